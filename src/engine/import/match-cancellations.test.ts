import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { OrderId } from "#domain/ids.ts";
import { matchCancellations, type Unmatched } from "./match-cancellations.ts";

const a = "1" as OrderId;
const b = "2" as OrderId;
const needs = (quantities: Record<string, number>, ...candidates: OrderId[]): Unmatched => ({
  needs: new Map(Object.entries(quantities)),
  candidates,
});
const open = (quantities: Partial<Record<string, Record<string, number>>>) =>
  new Map(
    Object.entries(quantities).map(([orderId, skus]) => [orderId as OrderId, new Map(Object.entries(skus ?? {}))]),
  );

test("IM-6 the only order that has all SKUs in these quantities is meant", () => {
  const matches = matchCancellations([needs({ MUG: 2, TEA: 1 }, a, b)], open({ 1: { MUG: 2, TEA: 1 }, 2: { MUG: 9 } }));

  assert.deepEqual(matches, [{ type: "one", orderId: a }]);
});

test("IM-6 two cancellations never take the same units: the earlier has them", () => {
  const matches = matchCancellations([needs({ MUG: 2 }, a), needs({ MUG: 1 }, a)], open({ 1: { MUG: 2 } }));

  assert.deepEqual(matches, [{ type: "one", orderId: a }, { type: "none" }]);
});

test("IM-6 what one cancellation takes can leave another with one order", () => {
  const matches = matchCancellations(
    [needs({ MUG: 1 }, a, b), needs({ MUG: 1 }, b)],
    open({ 1: { MUG: 1 }, 2: { MUG: 1 } }),
  );

  assert.deepEqual(matches, [
    { type: "one", orderId: a },
    { type: "one", orderId: b },
  ]);
});

test("IM-7 where several fit, nobody guesses", () => {
  const matches = matchCancellations([needs({ MUG: 1 }, a, b)], open({ 1: { MUG: 1 }, 2: { MUG: 5 } }));

  assert.deepEqual(matches, [{ type: "several", orderIds: [a, b] }]);
});

test("IM-6 no unit is cancelled twice, whatever is asked, and what is left undecided is open still", () =>
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          sku: fc.constantFrom("MUG", "TEA"),
          units: fc.integer({ min: 1, max: 4 }),
          of: fc.subarray([a, b]),
        }),
        { maxLength: 12 },
      ),
      fc.record({ MUG: fc.nat(6), TEA: fc.nat(6) }),
      fc.record({ MUG: fc.nat(6), TEA: fc.nat(6) }),
      (asked, ofA, ofB) => {
        const cancellations = asked.map(({ sku, units, of }) => needs({ [sku]: units }, ...of));
        const has = new Map<OrderId, Record<"MUG" | "TEA", number>>([
          [a, { ...ofA }],
          [b, { ...ofB }],
        ]);

        const matches = matchCancellations(cancellations, open({ 1: ofA, 2: ofB }));

        matches.forEach((match, index) => {
          if (match.type === "one") has.get(match.orderId)![asked[index]!.sku as "MUG"] -= asked[index]!.units;
        });
        for (const left of has.values()) assert.ok(left.MUG >= 0 && left.TEA >= 0);
        matches.forEach((match, index) => {
          const { sku, units, of } = asked[index]!;
          const fitting = of.filter((orderId) => has.get(orderId)![sku as "MUG"] >= units);
          if (match.type === "none") assert.deepEqual(fitting, []);
          if (match.type === "several") assert.deepEqual(fitting, match.orderIds);
        });
      },
    ),
  ));
