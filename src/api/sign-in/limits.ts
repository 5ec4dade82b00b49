import { hash } from "node:crypto";
import { isIP } from "node:net";
import { giveBack, take, type BudgetRule } from "#store/auth/budget.ts";
import type { Db } from "#store/db.ts";
import { Problem } from "../problem.ts";

const minute = 60_000;
/** AU-10. Delays, never locks: who knows the password gets in after the wait, whatever others do. */
export const limits = {
  account: { free: 10, windowMs: 15 * minute, firstWaitMs: minute, longestWaitMs: 15 * minute },
  network: { free: 50, windowMs: 15 * minute, firstWaitMs: minute, longestWaitMs: 15 * minute },
  /** Sent links: three an hour. */
  links: { free: 3, windowMs: 60 * minute, firstWaitMs: 20 * minute, longestWaitMs: 60 * minute },
} as const satisfies Record<string, BudgetRule>;

/** So many wrong passwords in five minutes, whoever they are for, are told to the administrator. */
export const alarmAt = 500;
const everybody: BudgetRule = { free: 2 ** 30, windowMs: 5 * minute, firstWaitMs: 0, longestWaitMs: 0 };

/** Keys are digests: the table says of nobody that they have an account. */
const keyOf = (...parts: string[]): string => hash("sha256", parts.join("\n"));
export const accountKey = (email: string, device: string | null): string =>
  keyOf("account", email.toLowerCase(), device ?? "");
export const linkKey = (email: string): string => keyOf("link", email.toLowerCase());
export const networkKey = (address: string): string => keyOf("network", networkOf(address));
const everybodyKey = keyOf("everybody");

/** An IPv4 address, or the /64 of an IPv6 one: whoever has one address of it has them all. */
export function networkOf(address: string): string {
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  if (mapped !== undefined) return mapped;
  if (isIP(address) !== 6) return address;
  const [head, tail] = address.split("%", 1)[0]!.split("::") as [string, string?];
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const groups =
    tail === undefined ? before : [...before, ...Array(8 - before.length - after.length).fill("0"), ...after];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}

/** Takes one try of each budget, or throws the problem 429 with the seconds to wait. */
export async function takeAll(db: Db, budgets: readonly { key: string; rule: BudgetRule }[], now: Date): Promise<void> {
  for (const { key, rule } of budgets) {
    const taken = await take(db, key, rule, now);
    if (taken.status === "wait") throw tooMany(Math.max(1, Math.ceil((taken.until.getTime() - now.getTime()) / 1000)));
  }
}

/** Counts a wrong password of anybody's; true when it is time to tell the administrator. */
export async function countWrong(db: Db, now: Date): Promise<boolean> {
  const taken = await take(db, everybodyKey, everybody, now);
  return taken.status === "taken" && taken.used === alarmAt;
}

/** Who got in has made no wrong try. */
export async function forgive(db: Db, account: string, network: string): Promise<void> {
  await giveBack(db, account, true);
  await giveBack(db, network, false);
}

const tooMany = (seconds: number): Problem =>
  new Problem({
    status: 429,
    code: "too_many_tries",
    detail: `There were too many tries. The next one counts in ${wait(seconds)}.`,
    next: "Wait, then try once more. If it was not you who tried, sign in from a browser you have used before, or ask the administrator for a new password link: `npx switchyard user reset-password E-MAIL`.",
    headers: { "retry-after": String(seconds) },
  });
const wait = (seconds: number): string => (seconds <= 60 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`);
