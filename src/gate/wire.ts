/** JSON with the three kinds of value it lacks: amounts, instants and bytes. Both sides of the gate and its journal write it. */
export const toWire = (value: unknown): string =>
  JSON.stringify(value, function (this: Record<string, unknown>, key: string, each: unknown) {
    const original = this[key]; // a Date has become text by the time it gets here
    if (typeof original === "bigint") return { $int: original.toString() };
    if (original instanceof Date) return { $at: original.toISOString() };
    if (original instanceof Uint8Array) return { $bytes: Buffer.from(original).toString("base64") };
    return each;
  });

/** Throws where the text is no JSON or a marked value is not what its mark says. */
export const fromWire = (text: string): unknown =>
  JSON.parse(text, (_key, each: unknown) => {
    if (each === null || typeof each !== "object") return each;
    const keys = Object.keys(each);
    if (keys.length !== 1) return each;
    const { $int, $at, $bytes } = each as { $int?: unknown; $at?: unknown; $bytes?: unknown };
    if (typeof $int === "string") return BigInt($int);
    if (typeof $at === "string") return instant($at);
    if (typeof $bytes === "string") return new Uint8Array(Buffer.from($bytes, "base64"));
    return each;
  });

function instant(text: string): Date {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw new SyntaxError(`"${text}" is no instant`);
  return at;
}
