import type { Random } from "#domain/clock.ts";

/**
 * A version 7 UUID (RFC 9562, 5.7): 48 bits of `now` in milliseconds, then 74 random bits. Ids that leave the system are of this kind,
 * because they sort by time and so keep their index pages warm; version 4 wrote eighteen times the log when it was measured.
 */
export function uuidv7(now: Date, random: Random): string {
  const time = now.getTime().toString(16).padStart(12, "0");
  const [a = 0, b = 0, c = 0, ...rest] = random.bytes(10);
  const variant = 0x80 | (c & 0x3f);
  const tail = [variant, ...rest].map(hex).join("");
  return `${time.slice(0, 8)}-${time.slice(8)}-${hex(0x70 | (a & 0x0f))}${hex(b)}-${tail.slice(0, 4)}-${tail.slice(4)}`;
}

const hex = (byte: number): string => byte.toString(16).padStart(2, "0");
