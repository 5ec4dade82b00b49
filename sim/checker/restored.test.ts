import assert from "node:assert/strict";
import { test } from "node:test";
import type { Bought, Case } from "./case.ts";
import type { RestoredOutside } from "./outside.ts";
import { checkRestored } from "./restored.ts";
import type { TruthPurchase } from "./truth.ts";

const minute = 60_000;
const lamp = { channelLineId: "L1", componentNo: 0, quantity: 1, supplierSku: "LAMP", units: 2 };
const before = {
  workspaceSlug: "one",
  channelOrderId: "7",
  reference: "SW-1",
  committedAt: 1,
  armedAt: 1,
  isKnown: false,
};
const purchase = (reference: string, calledAt: number): TruthPurchase =>
  ({
    supplier: "brume",
    supplierOrderId: `N-${reference}`,
    reference,
    by: "api",
    at: calledAt,
    calledAt,
    bought: [{ sku: "LAMP", units: 2 }],
    cancelled: [],
  }) as unknown as TruthPurchase;
const order = { workspaceId: "1", id: "11", channelOrderId: "7", number: "#1001" };
const part = { id: "21", no: 1, lines: [{ ...lamp, orderLineNo: 1, quantityCancelled: 0, unitsCancelled: 0 }] };

/** One order of one lamp, bought before the restore as SW-1; the copy is of minute 0, came at 10 and was home at 20. */
function aCase({
  again = null as TruthPurchase | null,
  sent = [] as { at: number; reference: string }[],
  told = [] as { at: number; orderId: string }[],
  holds = [] as { closedAt: number | null }[],
  changes = [] as { type: string }[],
  number = null as string | null,
  lines = [lamp],
} = {}): { the: Case; found: string[] } {
  const found: string[] = [];
  const restored: RestoredOutside = {
    takenAt: 0,
    at: 10 * minute,
    homeAt: 20 * minute,
    forgotten: [{ ...before, lines }],
    touched: new Set(["one/7"]),
  };
  const bought = [purchase("SW-1", 5 * minute), ...(again === null ? [] : [again])].map((each) => ({
    workspaceId: "1",
    purchase: each,
    order: each.reference === "SW-1" ? undefined : order,
    part: each.reference === "SW-1" ? undefined : part,
  }));
  const the = {
    facts: {
      workspaces: [{ id: "1", slug: "one" }],
      orders: [order],
      lines: new Map([["11", [{ no: 1, channelLineId: "L1", quantity: 1, quantityEdited: null }]]]),
      holds: new Map([["11", holds]]),
      attempts: number === null ? [] : [{ workspaceId: "1", state: "placed", supplierOrderId: number }],
    },
    outside: { restored, sent: sent.map((each) => ({ ...each, supplier: "brume" })) },
    truths: new Map([["1", { told, cancellationsTold: [], orders: new Map([["7", { changes }]]) }]]),
    bought: bought as unknown as Bought[],
    now: 60 * minute,
    isQuiet: true,
    found: (invariant: string) => void found.push(invariant),
  } as unknown as Case;
  return { the, found };
}
const foundIn = (given: Parameters<typeof aCase>[0]): string[] => {
  const { the, found } = aCase(given);
  checkRestored(the);
  return found;
};

test("SM-57 what was bought before a restore and is bought again is found, whatever its reference is now", () => {
  const number = "N-SW-1";
  assert.deepEqual(foundIn({ number }), []);
  assert.deepEqual(foundIn({ number, again: purchase("SW-9", 30 * minute) }), ["I01"]);
  const taken = { at: 40 * minute, by: "buyer" as const, units: [{ sku: "LAMP", units: 2 }] };
  assert.deepEqual(foundIn({ number, again: { ...purchase("SW-9", 30 * minute), cancelled: [taken] } }), []);
});

test("SM-57 of lines that share an article and were sold out in part, the one that is bought elsewhere is not taken for bought twice", () => {
  const lines = [lamp, { ...lamp, channelLineId: "L2" }];
  const again = purchase("SW-9", 30 * minute);
  assert.deepEqual(foundIn({ number: "N-SW-1", lines, again }), []);
  assert.deepEqual(foundIn({ number: "N-SW-1", lines: [lamp, { ...lamp, units: 0 }], again }), ["I01"]);
});

test("SM-57 what was bought before a restore is known by its number, asked about, or over at the channel; else it is found", () => {
  assert.deepEqual(foundIn({}), ["I04"]);
  assert.deepEqual(foundIn({ number: "N-SW-1" }), []);
  assert.deepEqual(foundIn({ holds: [{ closedAt: null }] }), []);
  assert.deepEqual(foundIn({ holds: [{ closedAt: 1 }] }), ["I04"]);
  assert.deepEqual(foundIn({ changes: [{ type: "fulfilled" }] }), []);
});

test("SM-57 what leaves in safe mode is found, before and after it nothing", () => {
  const number = "N-SW-1";
  const at = (minutes: number) => ({ at: minutes * minute, reference: "SW-1", orderId: "7" });
  assert.deepEqual(foundIn({ number, sent: [at(9), at(21)], told: [at(9), at(21)] }), []);
  assert.deepEqual(foundIn({ number, sent: [at(15)], told: [at(15)] }), ["I03", "I28"]);
});
