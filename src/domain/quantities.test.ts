import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { requestCancellation } from "./cancel.ts";
import { isPending } from "./asked.ts";
import { answerAsk, openAsks } from "./cancel-ask.ts";
import { takeFreely } from "./cancel-free.ts";
import type { OrderDraft } from "./draft.ts";
import { editOrder } from "./edit.ts";
import type { FulfillmentOrderId } from "./ids.ts";
import { toPlace, type FulfillmentOrderLine, type OrderDossier } from "./order.ts";
import { reconcileQuantities, takeBack } from "./quantities.ts";
import { aDossier, aDraft, aFoLine, aFulfillmentOrder, aLine, noon } from "./testing/dossier.ts";

test("QT-2 what is left of a pack that was taken back has no route any more; whole packs keep theirs", () => {
  for (const [taken, left] of [
    [1, { quantity: 3, supplierSku: null, units: 0 }],
    [2, { quantity: 2, supplierSku: "PACK", units: 1 }],
  ] as const) {
    const line = aLine({ quantity: 4 });
    const part = aFulfillmentOrder({
      state: "held",
      lines: [aFoLine({ quantity: 4, supplierSku: "PACK", unitsPer: 1, per: 2, units: 2, unitsPlaced: 0 })],
    });
    const draft = aDraft(aDossier({ lines: [line], fulfillmentOrders: [part], attempts: [] }));

    assert.equal(takeBack(draft, line, taken), 0);

    const { quantity, supplierSku, units } = part.lines[0]!;
    assert.deepEqual({ quantity, supplierSku, units }, left);
  }
});

test("CN-5 a unit cancelled out of a pack leaves a rest without a route", () => {
  const part = aFulfillmentOrder({
    state: "waiting",
    lines: [aFoLine({ quantity: 4, supplierSku: "PACK", unitsPer: 1, per: 2, units: 2, unitsPlaced: 0 })],
  });
  const draft = aDraft(aDossier({ lines: [aLine({ quantity: 4 })], fulfillmentOrders: [part], attempts: [] }));
  const { orderLineNo, componentNo } = part.lines[0]!;

  assert.equal(takeFreely(draft, part, { orderLineNo, componentNo }, 1), 1);

  assert.deepEqual(
    part.lines.map(({ quantity, supplierSku, units }) => [quantity, supplierSku, units]),
    [[3, null, 0]],
  );
  assert.equal(part.state, "received");
});

test("QT-3 after any edits and cancellations each component is carried alike, as often as it is wanted, and nobody waits for an answer that nobody gives", () => {
  const states = ["received", "held", "waiting", "placed"] as const;
  /** Whole units without a route, bundles, and bundles whose components lie apart. */
  const anyPart = fc.record({
    shape: fc.constantFrom("whole" as const, "bundle" as const, "apart" as const),
    quantity: fc.integer({ min: 1, max: 3 }),
    state: fc.constantFrom(...states),
    otherState: fc.constantFrom(...states),
    joinsTheLast: fc.boolean(),
  });
  const anyStep = fc.record({
    do: fc.constantFrom("edit" as const, "lower" as const, "cancel" as const, "answer" as const),
    quantity: fc.integer({ min: 1, max: 9 }),
  });
  fc.assert(
    fc.property(
      fc.array(anyPart, { minLength: 1, maxLength: 4 }),
      fc.array(anyStep, { maxLength: 7 }),
      (parts, steps) => {
        const places: { state: (typeof states)[number]; lines: FulfillmentOrderLine[] }[] = [];
        const put = (state: (typeof states)[number], joins: boolean, components: number[], quantity: number): void => {
          const last = places.at(-1);
          // What was placed has had a route.
          const isUnrouted = components.includes(0);
          const canJoin = last !== undefined && !(isUnrouted && last.state === "placed");
          const place =
            joins && canJoin
              ? last
              : { state: isUnrouted && state === "placed" ? ("held" as const) : state, lines: [] };
          if (place !== last) places.push(place);
          for (const componentNo of components) {
            const no = place.lines.length + 1;
            const unitsPlaced = place.state === "placed" ? quantity : 0;
            place.lines.push(
              aFoLine({ no, componentNo, quantity, unitsPlaced, ...(isUnrouted && { supplierSku: null, units: 0 }) }),
            );
          }
        };
        for (const { shape, quantity, state, otherState, joinsTheLast } of parts) {
          if (shape === "apart") {
            put(state, joinsTheLast, [1], quantity);
            put(otherState, false, [2], quantity);
          } else put(state, joinsTheLast, shape === "whole" ? [0] : [1, 2], quantity);
        }
        const dossier = aDossier({
          lines: [aLine({ quantity: parts.reduce((sum, { quantity }) => sum + quantity, 0) })],
          fulfillmentOrders: places.map(({ state, lines }, index) =>
            aFulfillmentOrder({
              id: String(200 + index) as FulfillmentOrderId,
              no: index + 1,
              state,
              placedAt: state === "placed" ? noon : null,
              lines,
            }),
          ),
          attempts: [],
        });
        const draft = aDraft(dossier);

        for (const step of steps) {
          if (step.do === "edit") editOrder(draft, { lines: [{ lineNo: 1, quantity: step.quantity }] });
          else if (step.do === "cancel")
            requestCancellation(draft, { askedBy: "channel", lines: [{ orderLineNo: 1, quantity: step.quantity }] });
          else if (step.do === "lower") lower(draft, step.quantity);
          else {
            const asked = openAsks(draft).find(({ ask }) => ask.dueAt !== null);
            if (asked !== undefined) answerAsk(draft, asked, step.quantity > 4 ? "all" : "none");
          }

          const unanswerable = dossier.cancellations.filter(
            ({ asks }) => asks.some(isPending) && !asks.some((ask) => isPending(ask) && ask.dueAt !== null),
          );
          assert.deepEqual(unanswerable, []);
          if (!dossier.cancellations.some(({ asks }) => asks.some(isPending)))
            assert.deepEqual([over(dossier), imbalance(dossier)], [0, 0]);
        }
      },
    ),
    { numRuns: 5000 },
  );
});

/** The channel lowers the line, as its newest version does it. */
function lower(draft: OrderDraft, quantity: number): void {
  const line = draft.dossier.lines[0]!;
  if (line.quantityEdited !== null || quantity < line.cancelled || quantity >= line.quantity) return;
  draft.touchLine(line, { quantity });
  const excess = reconcileQuantities(draft).get(line) ?? 0;
  if (excess > 0) requestCancellation(draft, { askedBy: "channel", lines: [{ orderLineNo: 1, quantity: excess }] });
}

/** What is carried too little or too much, but for what a supplier would not give back. */
function over({ lines, fulfillmentOrders, cancellations }: OrderDossier): number {
  const open = toPlace(lines[0]!, fulfillmentOrders);
  return open < 0 && cancellations.some(({ state }) => state === "refused") ? 0 : open;
}

/** How many more there are of the one component than of the other. */
function imbalance({ fulfillmentOrders }: OrderDossier): number {
  let more = 0;
  for (const { state, lines } of fulfillmentOrders)
    for (const { componentNo, quantity, quantityCancelled } of lines)
      if (state !== "cancelled" && componentNo > 0)
        more += (componentNo === 1 ? 1 : -1) * (quantity - quantityCancelled);
  return more;
}
