import assert from "node:assert/strict";
import type { AtScreen } from "./browser.ts";

export type Call = <T>(method: string, path: string, body?: unknown) => Promise<T>;

/** The sandbox's API, as the visitor of this machine. */
export function visitorOf({ url }: AtScreen): Call {
  return async <T>(method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        "x-switchyard-workspace": "sandbox",
        "content-type": "application/json",
        ...(method === "POST" ? { "idempotency-key": crypto.randomUUID() } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${text}`);
    return JSON.parse(text) as T;
  };
}

/** Looks again until there is something. */
export async function until<T>(look: () => Promise<T | undefined>, what: string, ms = 90_000): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    assert.ok(Date.now() < end, `in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** The sandbox opens a moment after the server. */
export const sandboxThere = (call: Call): Promise<true> =>
  until(
    async () => {
      const { workspace } = await call<{ workspace: unknown }>("GET", "/v1/session");
      if (workspace === null) return undefined;
      return (await call<{ total: number }>("GET", "/v1/orders/counts")).total > 0 ? true : undefined;
    },
    "the sandbox has orders",
    120_000,
  );

/** A UPS number of our own: its last digit is the check of the fifteen before it. */
export function upsNumber(no: number): string {
  const body = `999AA10${String(no).padStart(8, "0")}`;
  const sum = Array.from(body).reduce((total, char, index) => {
    const value = /\d/.test(char) ? Number(char) : (char.codePointAt(0)! - 63) % 10;
    return total + value * (index % 2 === 0 ? 1 : 2);
  }, 0);
  return `1Z${body}${(10 - (sum % 10)) % 10}`;
}

/** Nobody sells its SKU, so it stays where it is. */
export const unlinked = (channel: string, number: string) => ({
  channel,
  number,
  currency: "EUR",
  payment: "paid",
  ship_to: { name: "Test Person", line1: "Storgatan 1", city: "Stockholm", postcode: "111 22", country: "SE" },
  lines: [{ sku: "NOT-SOLD", quantity: 1, unit_price: "10.00" }],
});
