import { scrypt, timingSafeEqual } from "node:crypto";
import type { Random } from "#domain/clock.ts";
import { commonPasswords } from "./common-passwords.ts";

/** Cost of one guess: 2^ln blocks of memory, r·128 bytes each, p times. */
export interface PasswordCost {
  ln: number;
  r: number;
  p: number;
}
/** 32 MB and three passes: one of the equal choices of the OWASP password storage cheat sheet (read 2026-11-22). */
export const standardCost: PasswordCost = { ln: 15, r: 8, p: 3 };

export const shortestPassword = 8;
export const longestPassword = 200;

/** AU-1. `$scrypt$ln=15,r=8,p=3$salt$hash`: the parameters are in the hash, so that the cost can rise without anybody noticing. */
export async function hashPassword(password: string, random: Random, cost: PasswordCost): Promise<string> {
  const salt = Buffer.from(random.bytes(16));
  const key = await derive(password, salt, cost);
  return `$scrypt$ln=${cost.ln},r=${cost.r},p=${cost.p}$${salt.toString("base64url")}$${key.toString("base64url")}`;
}

/** False also for a text that is no hash of ours. */
export async function isPassword(password: string, hash: string): Promise<boolean> {
  const [, ln, r, p, salt, key] =
    /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w-]+)\$([\w-]+)$/.exec(hash) ?? [];
  if (salt === undefined || key === undefined) return false;
  const expected = Buffer.from(key, "base64url");
  const found = await derive(password, Buffer.from(salt, "base64url"), { ln: Number(ln), r: Number(r), p: Number(p) });
  return expected.length === found.length && timingSafeEqual(expected, found);
}

const derive = (password: string, salt: Buffer, { ln, r, p }: PasswordCost): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const options = { N: 2 ** ln, r, p, maxmem: 2 ** ln * r * 128 * 2 };
    // The same letters can be typed as different code points.
    scrypt(password.normalize("NFKC"), salt, 32, options, (error, key) => (error ? reject(error) : resolve(key)));
  });

/** AU-2. Why this password cannot be taken; null where it can. Any characters, no rules about their kinds (ASVS 5.0, 6.2). */
export function whyNotPassword(password: string, about: readonly string[]): string | null {
  const { length } = Array.from(password); // characters, not halves of them
  if (length < shortestPassword) return `at least ${shortestPassword} characters`;
  if (length > longestPassword) return `at most ${longestPassword} characters`;
  const plain = password.toLowerCase();
  if (commonPasswords.has(plain) || new Set(plain).size < 4)
    return "not one of the passwords that are tried first: three or four words that nobody would put together are better";
  const own = about.flatMap((text) => [text, ...text.split(/[@\s]/)]).map((text) => text.toLowerCase());
  if (own.some((text) => text.length >= 4 && (plain === text || plain.replaceAll(/\d+/g, "") === text)))
    return "not your name or e-mail address";
  return null;
}
