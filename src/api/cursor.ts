import { z } from "zod";
import { Problem } from "./problem.ts";

/** A cursor names the last row of a page, so that rows which come or go meanwhile neither repeat nor hide others. Opaque to callers. */
export const encodeCursor = (position: readonly string[]): string =>
  Buffer.from(JSON.stringify(position)).toString("base64url");

/** The position in a cursor: `shape` lists its parts. Throws the problem 400 for one that we did not give. */
export function decodeCursor<
  const Parts extends readonly ("instant" | "instant_or_never" | "id" | "text" | "int" | "number")[],
>(cursor: string, shape: Parts): { [K in keyof Parts]: string } {
  const parsed = Position.safeParse(parse(cursor));
  const isOurs =
    parsed.success &&
    parsed.data.length === shape.length &&
    shape.every((part, index) => looksLike[part](parsed.data[index]!));
  if (!isOurs)
    throw new Problem({
      status: 400,
      code: "bad_cursor",
      detail: "The cursor is not one that this list gave.",
      next: "Leave `cursor` out for the first page, then pass on `next` of each answer, with the same filters.",
      errors: [{ field: "cursor", found: JSON.stringify(cursor.slice(0, 40)), expected: "`next` of the page before" }],
    });
  return parsed.data as unknown as { [K in keyof Parts]: string };
}

const Position = z.array(z.string().max(200)).max(5);
const isInstant = (text: string): boolean => /^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text));
const looksLike = {
  instant: isInstant,
  instant_or_never: (text: string) => text === "infinity" || isInstant(text),
  number: (text: string) => /^-?\d{1,18}$/.test(text),
  id: (text: string) => /^\d{1,18}$/.test(text),
  int: (text: string) => /^\d{1,9}$/.test(text),
  text: (text: string) => text.length > 0,
} as const;

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}
