import { Problem } from "./problem.ts";

export interface Allowance {
  limit: number;
  remaining: number;
  /** Seconds until the bucket is full again. */
  resetSeconds: number;
}

/** API-6. A bucket per caller: 20 requests a second, 100 at once. Kept in this process: several API processes allow several times as much. */
export class RateLimit {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor({ perSecond = 20, burst = 100 }: { perSecond?: number; burst?: number } = {}) {
    this.#perSecond = perSecond;
    this.#burst = burst;
  }

  /** Throws the problem 429, with the seconds to wait, when there is nothing left. */
  take(who: string, now: Date): Allowance {
    const ms = now.getTime();
    if (this.#buckets.size > 10_000) this.#forgetFull(ms);
    const bucket = this.#buckets.get(who) ?? { tokens: this.#burst, at: ms };
    bucket.tokens = Math.min(this.#burst, bucket.tokens + (Math.max(0, ms - bucket.at) / 1000) * this.#perSecond);
    bucket.at = ms;
    this.#buckets.set(who, bucket);
    const isAllowed = bucket.tokens >= 1;
    if (isAllowed) bucket.tokens -= 1;
    const allowance = {
      limit: this.#burst,
      remaining: Math.floor(bucket.tokens),
      resetSeconds: Math.ceil((this.#burst - bucket.tokens) / this.#perSecond),
    };
    if (isAllowed) return allowance;
    throw new Problem({
      status: 429,
      code: "too_many_requests",
      detail: `At most ${this.#perSecond} requests a second, and ${this.#burst} at once.`,
      next: "Wait for the seconds in Retry-After, then send again. Lists take limit=200, and POST /v1/jobs does the same to many orders.",
      headers: {
        ...allowanceHeaders(allowance),
        "retry-after": String(Math.max(1, Math.ceil((1 - bucket.tokens) / this.#perSecond))),
      },
    });
  }

  #forgetFull(ms: number): void {
    for (const [who, bucket] of this.#buckets) {
      if (bucket.tokens + ((ms - bucket.at) / 1000) * this.#perSecond >= this.#burst) this.#buckets.delete(who);
    }
  }
}

export const allowanceHeaders = (allowance: Allowance): Record<string, string> => ({
  "ratelimit-limit": String(allowance.limit),
  "ratelimit-remaining": String(allowance.remaining),
  "ratelimit-reset": String(allowance.resetSeconds),
});
