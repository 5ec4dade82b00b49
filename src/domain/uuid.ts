import type { Random } from "#domain/clock.ts";

/**
 * A version 7 UUID (RFC 9562, 5.7): 48 bits of `now` in milliseconds, then 74 random bits. Ids that leave the system are of this kind,
 * because they sort by time and so keep their index pages warm; version 4 wrote eighteen times the log when it was measured.
 */
export function uuidv7(now: Date, random: Random): string {
  const time = now.getTime().toString(16).padStart(12, "0");
  const bytes = random.bytes(10);
  const at = (index: number): string => hex[bytes[index]!]!;
  const version = hex[0x70 | (bytes[0]! & 0x0f)]!;
  const variant = hex[0x80 | (bytes[2]! & 0x3f)]!;
  return `${time.slice(0, 8)}-${time.slice(8)}-${version}${at(1)}-${variant}${at(3)}-${at(4)}${at(5)}${at(6)}${at(7)}${at(8)}${at(9)}`;
}

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
