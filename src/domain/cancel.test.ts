import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  acceptCancellation,
  pointOfNoReturn,
  refuseCancellation,
  requestCancellation,
  stateCancelled,
} from "./cancel.ts";
import { isPending } from "./asked.ts";
import { answerAsk, answerSupplierByHand, askByHand, openAsks } from "./cancel-ask.ts";
import type { OrderDraft } from "./draft.ts";
import type { AttemptId, FulfillmentOrderId } from "./ids.ts";
import type { FulfillmentState } from "./lifecycle.ts";
import { allocated, type FulfillmentOrder, type OrderDossier } from "./order.ts";
import type { ChannelSettings } from "./settings.ts";
import {
  aDossier,
  aDraft,
  aFoLine,
  aFulfillmentOrder,
  aLine,
  anAttempt,
  aShared,
  noon,
  otherAccountId,
  otherSupplierId,
  prepId,
} from "./testing/dossier.ts";

/** One line of `quantity`, all of it in one fulfillment order in `state`. */
function inState(
  state: FulfillmentState,
  quantity = 3,
  change: {
    attempt?: "armed" | "unknown" | "placed" | null;
    channel?: Partial<ChannelSettings>;
    fo?: Partial<FulfillmentOrder>;
  } = {},
): OrderDraft {
  const isPlaced = ["placed", "acknowledged", "partially_shipped", "shipped"].includes(state);
  const isPrep = ["ready", "printed", "collecting"].includes(state);
  const attempt = change.attempt === undefined ? (isPlaced ? "placed" : null) : change.attempt;
  const dossier = aDossier({
    lines: [aLine({ quantity })],
    fulfillmentOrders: [
      aFulfillmentOrder({
        state,
        placedAt: isPlaced ? noon : null,
        supplierId: isPrep ? prepId : ("20" as never),
        lines: [aFoLine({ quantity, unitsPlaced: isPlaced || isPrep ? quantity : 0 })],
        ...change.fo,
      }),
    ],
    attempts:
      attempt === null
        ? []
        : [anAttempt({ state: attempt, cost: attempt === "placed" ? BigInt(quantity) * 400n : null })],
  });
  return aDraft(dossier, {
    shared: aShared({
      ...(change.channel === undefined ? {} : { channel: change.channel }),
      stock: { "S-1": { onHand: 10, reserved: quantity } },
    }),
  });
}
const fo = (draft: OrderDraft, no = 1) => draft.dossier.fulfillmentOrders[no - 1]!;
const line = (draft: OrderDraft) => draft.dossier.lines[0]!;
const cases = (draft: OrderDraft) =>
  draft.dossier.cancellations.map(
    ({ state, lines }) => `${state} ${lines.map((each) => `${each.orderLineNo}×${each.quantity}`).join(" ")}`,
  );
const codes = (draft: OrderDraft) => draft.dossier.holds.map((hold) => hold.code);

test("CN-1 what the channel states is applied, and the channel is not told what it said itself", () => {
  const draft = inState("waiting");

  requestCancellation(draft, { askedBy: "channel", lines: [{ orderLineNo: 1, quantity: 1 }] });

  assert.deepEqual(cases(draft), ["accepted 1×1"]);
  assert.equal(line(draft).cancelled, 1);
  assert.deepEqual([fo(draft).state, fo(draft).lines[0]!.quantity], ["received", 2]);
  assert.deepEqual(draft.dossier.writeBacks, []);
});

test("CN-2 a buyer's wish stops the order at once until the seller answers", () => {
  const draft = inState("waiting", 3, { channel: { buyerCancel: "ask" } });

  const cancellation = requestCancellation(draft, { askedBy: "buyer", lines: "all" })!;
  const stopped = [fo(draft).state, codes(draft), cancellation.state, line(draft).cancelled];
  acceptCancellation(draft, cancellation);

  assert.deepEqual(stopped, ["held", ["cancel_requested"], "requested", 0]);
  assert.deepEqual(
    [fo(draft).state, codes(draft), cancellation.state, line(draft).cancelled],
    ["cancelled", [], "accepted", 3],
  );
  assert.deepEqual(
    draft.dossier.writeBacks.map((each) => [each.cancellationId, each.state, each.lines]),
    [[cancellation.id, "waiting", [{ orderLineNo: 1, quantity: 3 }]]],
  );
});

test("CN-2 a refused wish lets the order go on and is told to the channel", () => {
  const draft = inState("waiting", 3, { channel: { buyerCancel: "ask" } });
  const cancellation = requestCancellation(draft, { askedBy: "buyer", lines: "all" })!;

  refuseCancellation(draft, cancellation);
  const again = refuseCancellation(draft, cancellation);

  assert.deepEqual(
    [fo(draft).state, codes(draft), cancellation.state, line(draft).cancelled],
    ["received", [], "refused", 0],
  );
  assert.deepEqual(
    draft.dossier.writeBacks.map((each) => each.state),
    ["waiting"],
  );
  assert.equal(again.status === "refused" && again.code, "already_answered");
});

test("CN-2 the channel's rule answers a buyer in the seller's place", () => {
  const yes = inState("waiting", 3, { channel: { buyerCancel: "accept" } });
  const no = inState("waiting", 3, { channel: { buyerCancel: "refuse" } });

  requestCancellation(yes, { askedBy: "buyer", lines: "all" });
  requestCancellation(no, { askedBy: "buyer", lines: "all" });

  assert.deepEqual([fo(yes).state, cases(yes)], ["cancelled", ["accepted 1×3"]]);
  assert.deepEqual([fo(no).state, cases(no)], ["waiting", ["refused 1×3"]]);
});

test("CN-3 what the channel states as cancelled after we told it is an echo, and only what goes beyond is applied", () => {
  const draft = inState("waiting", 5);
  const cancellation = requestCancellation(draft, { askedBy: "person", lines: [{ orderLineNo: 1, quantity: 2 }] })!;
  const early = stateCancelled(draft, [{ orderLineNo: 1, quantity: 1 }]);
  draft.touchWriteBack(draft.dossier.writeBacks[0]!, { state: "told" });

  const echo = stateCancelled(draft, [{ orderLineNo: 1, quantity: 3 }]);
  const more = stateCancelled(draft, [{ orderLineNo: 1, quantity: 4 }]);

  assert.equal(cancellation.state, "accepted");
  assert.deepEqual(
    [early?.lines, echo, more?.lines],
    [[{ orderLineNo: 1, quantity: 1 }], null, [{ orderLineNo: 1, quantity: 1 }]],
  );
  assert.deepEqual([line(draft).cancelled, line(draft).channelCancelled], [4, 2]);
});

test("CN-3 the same statement again, and one that repeats what a line came with, change nothing", () => {
  const draft = inState("waiting", 3);
  draft.touchLine(line(draft), { quantity: 4, cancelled: 1, channelCancelled: 1 });

  const first = stateCancelled(draft, [{ orderLineNo: 1, quantity: 1 }]);
  const second = stateCancelled(draft, [{ orderLineNo: 1, quantity: 2 }]);
  const third = stateCancelled(draft, [{ orderLineNo: 1, quantity: 2 }]);

  assert.deepEqual([first, second?.lines, third], [null, [{ orderLineNo: 1, quantity: 1 }], null]);
  assert.equal(line(draft).cancelled, 2);
});

test("CN-3 a case that is half answered counts once", () => {
  const dossier = aDossier({
    lines: [aLine({ quantity: 3 })],
    fulfillmentOrders: [
      aFulfillmentOrder(),
      aFulfillmentOrder({ id: "201" as FulfillmentOrderId, no: 2, lines: [aFoLine({ quantity: 2 })] }),
    ],
    attempts: [anAttempt(), anAttempt({ id: "301" as AttemptId, fulfillmentOrderId: "201" as FulfillmentOrderId })],
  });
  const draft = aDraft(dossier);
  stateCancelled(draft, [{ orderLineNo: 1, quantity: 2 }]);
  const open = openAsks(draft);
  answerAsk(draft, open[0]!, [{ orderLineNo: 1, componentNo: 1, quantity: 1 }]);

  const again = stateCancelled(draft, [{ orderLineNo: 1, quantity: 2 }]);
  const more = stateCancelled(draft, [{ orderLineNo: 1, quantity: 3 }]);

  assert.deepEqual([again, more?.lines], [null, [{ orderLineNo: 1, quantity: 1 }]]);
  assert.equal(line(draft).cancelled + allocated(line(draft), dossier.fulfillmentOrders), 3);
});

test("CN-4 never more is cancelled than is left, and nothing twice", () => {
  const draft = inState("placed");
  const first = requestCancellation(draft, { askedBy: "person", lines: [{ orderLineNo: 1, quantity: 2 }] });

  const second = requestCancellation(draft, { askedBy: "person", lines: "all" });
  const third = requestCancellation(draft, { askedBy: "person", lines: "all" });

  assert.deepEqual(
    [first?.lines, second?.lines, third],
    [[{ orderLineNo: 1, quantity: 2 }], [{ orderLineNo: 1, quantity: 1 }], null],
  );
});

for (const state of ["received", "held", "waiting", "placing", "escalated"] as const) {
  test(`CN-5 a fulfillment order that is ${state} without an open attempt is cancelled at once, in part or whole`, () => {
    const part = inState(state);
    const whole = inState(state);

    requestCancellation(part, { askedBy: "person", lines: [{ orderLineNo: 1, quantity: 2 }] });
    requestCancellation(whole, { askedBy: "person", lines: "all" });

    assert.deepEqual(
      [fo(part).state, fo(part).lines.map((each) => each.quantity), line(part).cancelled, cases(part)],
      ["received", [1], 2, ["accepted 1×2"]],
    );
    assert.deepEqual([fo(whole).state, line(whole).cancelled, openAsks(whole).length], ["cancelled", 3, 0]);
  });
}

test("CN-6 at a prep centre a cancellation is free until the parcel is scanned out; what nobody collected is free for others at once", () => {
  const draft = inState("collecting");
  draft.touchFoLine(fo(draft), fo(draft).lines[0]!, { unitsCollected: 1 });

  requestCancellation(draft, { askedBy: "person", lines: "all" });

  assert.deepEqual([fo(draft).state, line(draft).cancelled, cases(draft)], ["cancelled", 3, ["accepted 1×3"]]);
  assert.deepEqual(draft.stockChanges, [{ supplierId: prepId, supplierSku: "S-1", reserved: -2, onHand: 0 }]);
  assert.equal(
    draft.events.some((event) => event.kind === "label_voided"),
    true,
  );
});

test("CN-7 who has it already is asked, and nothing is cancelled before the answer", () => {
  const draft = inState("placed");

  requestCancellation(draft, { askedBy: "person", lines: [{ orderLineNo: 1, quantity: 2 }] });

  assert.deepEqual(
    openAsks(draft).map(({ ask }) => [ask.state, ask.lines, ask.dueAt]),
    [["asking", [{ orderLineNo: 1, componentNo: 1, quantity: 2, accepted: 0 }], noon]],
  );
  assert.deepEqual([fo(draft).state, line(draft).cancelled, draft.dossier.writeBacks.length], ["placed", 0, 0]);
});

test("CN-7 an order whose purchase is on its way waits for the outcome, then the supplier is asked or nobody has to be", () => {
  const bought = inState("outcome_unknown", 3, { attempt: "unknown" });
  requestCancellation(bought, { askedBy: "person", lines: "all" });
  const pending = openAsks(bought).map(({ ask }) => ask.state);
  const absent = inState("outcome_unknown", 3, { attempt: "unknown" });
  requestCancellation(absent, { askedBy: "person", lines: "all" });
  absent.touchAttempt(absent.dossier.attempts[0]!, { state: "void" });
  absent.move(fo(absent), "placing");

  answerAsk(absent, openAsks(absent)[0]!, "all");

  assert.deepEqual(pending, ["asking"]);
  assert.deepEqual([fo(absent).state, line(absent).cancelled, cases(absent)], ["cancelled", 3, ["accepted 1×3"]]);
});

test("CN-8 the point of no return says what is free, what is asked for and what has left", () => {
  const dossier = aDossier({
    lines: [aLine({ quantity: 4 })],
    fulfillmentOrders: [
      aFulfillmentOrder({ state: "waiting", lines: [aFoLine({ unitsPlaced: 0 })] }),
      aFulfillmentOrder({
        id: "201" as FulfillmentOrderId,
        no: 2,
        state: "partially_shipped",
        lines: [aFoLine({ quantity: 2, unitsShipped: 1 })],
      }),
      aFulfillmentOrder({
        id: "202" as FulfillmentOrderId,
        no: 3,
        state: "shipped",
        lines: [aFoLine({ unitsShipped: 1 })],
      }),
    ],
    attempts: [anAttempt({ fulfillmentOrderId: "201" as FulfillmentOrderId })],
  });

  assert.deepEqual(
    pointOfNoReturn(aDraft(dossier)).map(({ fulfillmentOrderId, reach, lines }) => [
      fulfillmentOrderId,
      reach,
      lines.map((each) => each.quantity),
    ]),
    [
      ["200", "free", [1]],
      ["201", "supplier", [1]],
      ["202", "gone", [1]],
    ],
  );
});

test("CN-9 an accepted question cancels exactly what was asked and books it back", () => {
  const draft = inState("placed");
  requestCancellation(draft, { askedBy: "buyer", lines: [{ orderLineNo: 1, quantity: 2 }] });

  answerAsk(draft, openAsks(draft)[0]!, "all");

  assert.deepEqual(
    [fo(draft).lines[0]!.quantityCancelled, fo(draft).lines[0]!.unitsCancelled, line(draft).cancelled],
    [2, 2, 2],
  );
  assert.deepEqual(
    draft.postings.map((each) => [each.kind, each.entries.map((entry) => entry.amount)]),
    [["refund", [800n, -800n]]],
  );
  assert.deepEqual(
    draft.dossier.writeBacks.map((each) => each.state),
    ["waiting"],
  );
});

test("CN-9 a refused question leaves everything as it is, says so, and tells a buyer", () => {
  const draft = inState("placed");
  requestCancellation(draft, { askedBy: "buyer", lines: "all" });

  answerAsk(draft, openAsks(draft)[0]!, "none", { message: "already packed" });

  assert.deepEqual([fo(draft).state, line(draft).cancelled, cases(draft)], ["placed", 0, ["refused 1×3"]]);
  assert.deepEqual(
    draft.dossier.writeBacks.map((each) => each.state),
    ["waiting"],
  );
  assert.deepEqual(draft.postings, []);
});

test("CN-10 a bundle is cancelled whole or not at all: what one supplier gave back in vain is bought again", () => {
  const bundle = (): OrderDossier =>
    aDossier({
      lines: [aLine({ quantity: 2 })],
      fulfillmentOrders: [
        aFulfillmentOrder({ lines: [aFoLine({ quantity: 2, componentNo: 1 })] }),
        aFulfillmentOrder({
          id: "201" as FulfillmentOrderId,
          no: 2,
          supplierId: otherSupplierId,
          accountId: otherAccountId,
          lines: [aFoLine({ quantity: 2, componentNo: 2 })],
        }),
      ],
      attempts: [
        anAttempt({ cost: 800n }),
        anAttempt({
          id: "301" as AttemptId,
          fulfillmentOrderId: "201" as FulfillmentOrderId,
          accountId: otherAccountId,
          supplierId: otherSupplierId,
          cost: 800n,
        }),
      ],
    });
  const draft = aDraft(bundle());
  requestCancellation(draft, { askedBy: "person", lines: [{ orderLineNo: 1, quantity: 1 }] });
  answerAsk(draft, openAsks(draft)[0]!, "all");
  const between = line(draft).cancelled;
  answerAsk(draft, openAsks(draft)[0]!, "none");
  const both = aDraft(bundle());
  requestCancellation(both, { askedBy: "person", lines: [{ orderLineNo: 1, quantity: 1 }] });
  answerAsk(both, openAsks(both)[0]!, "all");
  answerAsk(both, openAsks(both)[0]!, "all");

  assert.equal(between, 0);
  assert.deepEqual([line(draft).cancelled, cases(draft)], [0, ["refused 1×1"]]);
  assert.deepEqual(
    draft.dossier.fulfillmentOrders
      .slice(2)
      .map((each) => [each.replaces, each.lines.map((one) => [one.componentNo, one.quantity])]),
    [["200", [[1, 1]]]],
  );
  assert.deepEqual(
    [line(both).cancelled, cases(both), both.dossier.fulfillmentOrders.length],
    [1, ["accepted 1×1"], 2],
  );
});

test("CN-10 the free part of a bundle stops while the other supplier is asked, and follows its answer", () => {
  const mixed = (): OrderDossier =>
    aDossier({
      lines: [aLine({ quantity: 1 })],
      fulfillmentOrders: [
        aFulfillmentOrder({ lines: [aFoLine({ componentNo: 1 })] }),
        aFulfillmentOrder({
          id: "201" as FulfillmentOrderId,
          no: 2,
          supplierId: otherSupplierId,
          state: "waiting",
          placedAt: null,
          lines: [aFoLine({ componentNo: 2, unitsPlaced: 0 })],
        }),
      ],
    });
  const yes = aDraft(mixed());
  requestCancellation(yes, { askedBy: "person", lines: "all" });
  const stopped = [fo(yes, 2).state, openAsks(yes).map(({ ask }) => ask.dueAt)];
  answerAsk(yes, openAsks(yes)[0]!, "all");
  const no = aDraft(mixed());
  requestCancellation(no, { askedBy: "person", lines: "all" });
  answerAsk(no, openAsks(no)[0]!, "none");

  assert.deepEqual(stopped, ["held", [noon, null]]);
  assert.deepEqual([fo(yes).state, fo(yes, 2).state, line(yes).cancelled], ["cancelled", "cancelled", 1]);
  assert.deepEqual(
    [fo(no).state, fo(no, 2).state, line(no).cancelled, cases(no)],
    ["placed", "received", 0, ["refused 1×1"]],
  );
});

test("CN-11 a case that ends both ways becomes two: what was free is done, what had left is refused", () => {
  const draft = inState("partially_shipped");
  draft.touchFoLine(fo(draft), fo(draft).lines[0]!, { unitsShipped: 1 });

  requestCancellation(draft, { askedBy: "buyer", lines: "all" });
  const asked = openAsks(draft).map(({ ask }) => ask.lines[0]!.quantity);
  answerAsk(draft, openAsks(draft)[0]!, "all");

  assert.deepEqual(asked, [2]);
  assert.deepEqual(cases(draft).sort(), ["accepted 1×2", "refused 1×1"]);
  assert.equal(fo(draft).state, "shipped");
  assert.deepEqual(draft.dossier.writeBacks.filter((each) => each.cancellationId !== null).length, 2);
});

test("CN-11 what the channel states too late goes to a person", () => {
  const draft = inState("shipped");
  draft.touchFoLine(fo(draft), fo(draft).lines[0]!, { unitsShipped: 3 });

  requestCancellation(draft, { askedBy: "channel", lines: "all" });

  assert.deepEqual([cases(draft), codes(draft)], [["refused 1×3"], ["changed_on_channel"]]);
});

for (const end of ["delivered", "completed"] as const)
  test(`CN-11 a buyer's wish that comes when everything is ${end} is kept as a case, and the seller or the channel's rule answers it`, () => {
    const asks = inState(end, 3, { attempt: "placed", channel: { buyerCancel: "ask" } });
    const accepts = inState(end, 3, { attempt: "placed", channel: { buyerCancel: "accept" } });
    for (const draft of [asks, accepts]) {
      draft.touchFoLine(fo(draft), fo(draft).lines[0]!, { unitsPlaced: 3, unitsShipped: 3 });
      requestCancellation(draft, { askedBy: "buyer", lines: "all" });
    }

    assert.deepEqual([cases(asks), codes(asks), fo(asks).state], [["requested 1×3"], ["cancel_requested"], end]);
    assert.deepEqual([cases(accepts), fo(accepts).state], [["refused 1×3"], end]);
    assert.equal(accepts.dossier.writeBacks.length, 1, "the buyer hears it");
  });

test("CN-12 holds about what is cancelled are closed with it, others stay", () => {
  const draft = inState("held", 1);
  draft.openHold({ subject: "line", subjectId: "1", code: "sku_not_linked", waitsFor: "sku:SKU-1" });
  draft.openHold({ subject: "order", subjectId: "0", code: "awaiting_payment" });
  draft.openHold({ subject: "order", subjectId: "0", code: "changed_on_channel" });

  requestCancellation(draft, { askedBy: "person", lines: "all" });
  draft.finish();

  assert.deepEqual(codes(draft), ["changed_on_channel"]);
  assert.equal(draft.order.headline, "cancelled");
});

test("CN-13 lines that others fulfil are cancelled by the channel's word alone", () => {
  const dossier = aDossier({
    lines: [
      aLine({ quantity: 1 }),
      aLine({ no: 2, quantity: 2, fulfilledBy: "channel" }),
      aLine({ no: 3, kind: "fee", fulfilledBy: "nobody" }),
    ],
    fulfillmentOrders: [aFulfillmentOrder({ state: "waiting", lines: [aFoLine({ unitsPlaced: 0 })] })],
    attempts: [],
  });
  const draft = aDraft(dossier);

  requestCancellation(draft, { askedBy: "channel", lines: "all" });

  assert.deepEqual(
    dossier.lines.map((each) => each.cancelled),
    [1, 2, 1],
  );
});

test("CN-13 a quantity that the channel lowered after placing is asked back without being counted twice", () => {
  const draft = inState("placed");
  draft.touchLine(line(draft), { quantity: 1 });

  requestCancellation(draft, { askedBy: "channel", lines: [{ orderLineNo: 1, quantity: 2 }] });
  answerAsk(draft, openAsks(draft)[0]!, "all");

  assert.deepEqual(
    [line(draft).quantity, line(draft).cancelled, allocated(line(draft), draft.dossier.fulfillmentOrders)],
    [1, 0, 1],
  );
});

test("CN-15 where only a person can ask the supplier, a hold says so until the answer is entered", () => {
  const draft = inState("placed");
  requestCancellation(draft, { askedBy: "person", lines: "all" });

  askByHand(draft, openAsks(draft)[0]!, "supplier_has_no_api");
  const asked = draft.dossier.holds.map((hold) => [hold.code, hold.subject, hold.detail["askTheSupplier"]]);
  const result = answerSupplierByHand(draft, fo(draft), "all");
  const again = answerSupplierByHand(draft, fo(draft), "all");

  assert.deepEqual(asked, [["cancel_requested", "fulfillment_order", true]]);
  assert.deepEqual([result.status, fo(draft).state, line(draft).cancelled, codes(draft)], ["ok", "cancelled", 3, []]);
  assert.equal(again.status === "refused" && again.code, "nothing_to_answer");
});

test("WB-7 a buyer hears the answer, a channel that stated it does not, and a person's attempt that failed stays among us", () => {
  const rows = (["buyer", "channel", "person"] as const).map((askedBy) => {
    const done = inState("waiting");
    requestCancellation(done, { askedBy, lines: "all" });
    const failed = inState("placed");
    requestCancellation(failed, { askedBy, lines: "all" });
    answerAsk(failed, openAsks(failed)[0]!, "none");
    return [askedBy, done.dossier.writeBacks.length, failed.dossier.writeBacks.length];
  });

  assert.deepEqual(rows, [
    ["buyer", 1, 1],
    ["channel", 0, 0],
    ["person", 1, 0],
  ]);
});

test("CN-14 a pack is never broken by a cancellation", () => {
  const dossier = aDossier({
    lines: [aLine({ quantity: 12 })],
    fulfillmentOrders: [aFulfillmentOrder({ lines: [aFoLine({ quantity: 12, unitsPer: 1, per: 6 })] })],
    attempts: [anAttempt({ cost: 800n })],
  });
  const draft = aDraft(dossier);

  requestCancellation(draft, { askedBy: "person", lines: [{ orderLineNo: 1, quantity: 8 }] });
  answerAsk(draft, openAsks(draft)[0]!, "all");

  assert.deepEqual(cases(draft).sort(), ["accepted 1×6", "refused 1×2"]);
  assert.deepEqual(
    [fo(draft).lines[0]!.unitsCancelled, fo(draft).lines[0]!.quantityCancelled, line(draft).cancelled],
    [1, 6, 6],
  );
});

test("CN-13 ordered is always what is cancelled and what lives, whoever cancels what when", () => {
  const states = [
    "received",
    "held",
    "waiting",
    "placing",
    "outcome_unknown",
    "escalated",
    "placed",
    "acknowledged",
    "ready",
    "printed",
    "collecting",
  ] as const;
  const anyPart = fc.record({
    state: fc.constantFrom(...states),
    quantity: fc.integer({ min: 1, max: 4 }),
    collected: fc.nat(4),
    shipped: fc.nat(4),
    bundle: fc.boolean(),
  });
  const anyStep = fc.oneof(
    fc.record({
      do: fc.constant("ask" as const),
      by: fc.constantFrom("buyer" as const, "channel" as const, "person" as const),
      quantity: fc.integer({ min: 1, max: 9 }),
    }),
    fc.record({ do: fc.constant("state" as const), quantity: fc.integer({ min: 0, max: 9 }) }),
    fc.record({ do: fc.constant("answer" as const), all: fc.boolean() }),
    fc.record({ do: fc.constant("seller" as const), all: fc.boolean() }),
  );
  fc.assert(
    fc.property(
      fc.array(anyPart, { minLength: 1, maxLength: 4 }),
      fc.array(anyStep, { maxLength: 8 }),
      fc.constantFrom("ask" as const, "accept" as const, "refuse" as const),
      (parts, steps, buyerCancel) => {
        const isBundle = parts[0]!.bundle;
        const ids = parts.map((_, index) => String(200 + index) as FulfillmentOrderId);
        const components = isBundle ? [1, 2] : [1];
        const fos = parts.flatMap((part, index) =>
          components.map((componentNo) => {
            const isPrep = ["ready", "printed", "collecting"].includes(part.state);
            const isPlaced = ["placed", "acknowledged"].includes(part.state);
            const state = componentNo === 2 && part.state === "placed" ? "waiting" : part.state;
            return aFulfillmentOrder({
              id: `${ids[index]!}${componentNo}` as FulfillmentOrderId,
              no: index * 2 + componentNo,
              state,
              placedAt: isPlaced ? noon : null,
              supplierId: isPrep ? prepId : ("20" as never),
              lines: [
                aFoLine({
                  quantity: part.quantity,
                  componentNo,
                  unitsPlaced: isPrep || isPlaced ? part.quantity : 0,
                  unitsCollected: part.state === "collecting" ? Math.min(part.collected, part.quantity) : 0,
                }),
              ],
            });
          }),
        );
        const ordered = parts.reduce((sum, part) => sum + part.quantity, 0);
        const dossier = aDossier({
          lines: [aLine({ quantity: ordered })],
          fulfillmentOrders: fos,
          attempts: fos
            .filter((each) => ["placed", "acknowledged", "outcome_unknown"].includes(each.state))
            .map((each, index) =>
              anAttempt({
                id: String(900 + index) as AttemptId,
                fulfillmentOrderId: each.id,
                state: each.state === "outcome_unknown" ? "unknown" : "placed",
                cost: each.state === "outcome_unknown" ? null : 400n * BigInt(each.lines[0]!.quantity),
              }),
            ),
        });
        const draft = aDraft(dossier, {
          shared: aShared({ channel: { buyerCancel }, stock: { "S-1": { onHand: 100, reserved: 50 } } }),
        });

        for (const step of steps) {
          if (step.do === "ask")
            requestCancellation(draft, { askedBy: step.by, lines: [{ orderLineNo: 1, quantity: step.quantity }] });
          else if (step.do === "state") stateCancelled(draft, [{ orderLineNo: 1, quantity: step.quantity }]);
          else if (step.do === "seller") {
            const open = dossier.cancellations.find((each) => each.state === "requested");
            if (open !== undefined) (step.all ? acceptCancellation : refuseCancellation)(draft, open);
          } else {
            const open = openAsks(draft).find(
              ({ ask, fo: asked }) => ask.dueAt !== null && asked.state !== "outcome_unknown",
            );
            if (open !== undefined) answerAsk(draft, open, step.all ? "all" : "none");
          }
          const only = dossier.lines[0]!;
          assert.ok(only.cancelled >= 0 && only.cancelled <= ordered);
          assert.equal(only.cancelled + allocated(only, dossier.fulfillmentOrders), ordered);
          for (const each of dossier.fulfillmentOrders.flatMap((one) => one.lines)) {
            assert.ok(each.quantityCancelled >= 0 && each.quantityCancelled <= each.quantity);
            assert.ok(each.unitsCancelled <= each.units);
          }
          const done = dossier.cancellations
            .filter((each) => (each.state === "accepted" || each.state === "told") && !each.asks.some(isPending))
            .flatMap((each) => each.lines)
            .reduce((sum, each) => sum + each.quantity, 0);
          assert.ok(done <= only.cancelled);
          if (openAsks(draft).length === 0) assert.equal(done, only.cancelled);
        }
      },
    ),
  );
});
