import assert from "node:assert/strict";
import { test } from "node:test";
import { aWorld, arming, id, keyTerms, minutes, noneTerms, t0 } from "#test/placing.ts";
import { armAttempt } from "./placement.ts";
import { closeAttempt } from "./placement-close.ts";
import {
  beginPlacingByHand,
  confirmBought,
  confirmNotBought,
  finishPlacingByHand,
  giveBack,
} from "./placement-person.ts";

const { terms: _terms, ...byHand } = arming();

test("PL-30 'I am placing now' arms a human attempt, so that no machine and no second person buys the same", () => {
  const world = aWorld({ state: "escalated" });

  const begun = beginPlacingByHand(world.draft(t0, "ada"), world.fo, "ada", byHand);

  assert.ok(begun.ok);
  assert.deepEqual([begun.attempt.kind, begun.attempt.state, begun.attempt.actor], ["human", "armed", "ada"]);
  assert.deepEqual([world.fo.state, world.fo.claimedBy, world.fo.placedBy], ["escalated", "ada", "person"]);
  const second = world.draft(t0, "bob");
  const refused = beginPlacingByHand(second, world.fo, "bob", byHand);
  assert.equal(refused.ok === false && refused.code, "attempt_open");
  assert.equal(second.isChanged, false);
});

test("PL-30 taking over works for automated suppliers, from the buffer, from placing and from a hold that a person can pass; not while the machine sends", () => {
  for (const state of ["waiting", "placing"] as const) {
    const world = aWorld({ state });
    assert.equal(beginPlacingByHand(world.draft(t0, "ada"), world.fo, "ada", byHand).ok, true);
    assert.equal(world.fo.state, "escalated");
  }
  const held = aWorld({ state: "held" });
  held.draft().openHold({ subject: "fulfillment_order", subjectId: "61", code: "captcha_or_two_factor" });
  assert.equal(beginPlacingByHand(held.draft(t0, "ada"), held.fo, "ada", byHand).ok, true);
  assert.deepEqual(held.dossier.holds, []);

  const sending = aWorld();
  armAttempt(sending.draft(), sending.fo, arming());
  const refused = beginPlacingByHand(sending.draft(t0, "ada"), sending.fo, "ada", byHand);
  assert.equal(refused.ok === false && refused.code, "attempt_open");
  assert.equal(sending.dossier.attempts.length, 1);
});

test("PL-74 the others of an order that were held together with a part are verified again when that one is taken over", () => {
  const world = aWorld({ state: "held" });
  const other = { ...structuredClone(world.fo), id: id<"fulfillmentOrder">("69"), no: 2 };
  world.dossier.fulfillmentOrders.push(other);
  world.draft().openHold({ subject: "fulfillment_order", subjectId: "61", code: "captcha_or_two_factor" });

  const begun = beginPlacingByHand(world.draft(t0, "ada"), world.fo, "ada", byHand);

  assert.equal(begun.ok, true);
  assert.deepEqual([world.fo.state, other.state], ["escalated", "received"]);
});

test("PL-70 who takes a part from the hold that says it may have been bought was told; a hold on another part tells nobody", () => {
  const toldBy = (subject: "order" | "fulfillment_order", subjectId: string): boolean => {
    const world = aWorld({ state: "held" });
    world.draft().openHold({ subject, subjectId, code: "bought_before_restore" });
    const begun = beginPlacingByHand(world.draft(t0, "ada"), world.fo, "ada", byHand);
    return begun.ok && begun.isTold;
  };
  assert.deepEqual([toldBy("fulfillment_order", "61"), toldBy("order", "0")], [true, true]);
  assert.equal(toldBy("fulfillment_order", "62"), false);
});

test("PL-30 what a person may not pass is refused with its reason: a hold by a person, an open cancellation, too little money, another's claim", () => {
  const codeOf = (prepare: (world: ReturnType<typeof aWorld>) => void, options = {}): string => {
    const world = aWorld({ state: "escalated", ...options });
    prepare(world);
    const before = world.draft(t0, "ada");
    const result = beginPlacingByHand(before, world.fo, "ada", byHand);
    assert.equal(world.dossier.attempts.length, 0);
    return result.ok ? "ok" : result.code;
  };

  assert.equal(
    codeOf((world) => world.draft().openHold({ subject: "order", subjectId: "0", code: "by_person" }, "person")),
    "on_hold",
  );
  assert.equal(
    codeOf((world) => (world.fo.claimedBy = "bob")),
    "claimed_by_other",
  );
  assert.equal(
    codeOf(() => {}, { account: { payment: "prepaid" }, balance: 1n }),
    "cannot_pay",
  );
  assert.equal(
    codeOf((world) => (world.shared.safeMode = true)),
    "safe_mode",
  );
  assert.equal(
    codeOf((world) => (world.fo.supplierId = null)),
    "no_supplier",
  );
  assert.equal(
    codeOf((world) =>
      world.dossier.cancellations.push({
        id: id("91"),
        askedBy: "buyer",
        state: "requested",
        lines: [{ orderLineNo: 2, quantity: 1 }],
        openedAt: t0,
        asks: [],
        dueAt: null,
        answeredAt: null,
        answeredBy: null,
      }),
    ),
    "cancellation_open",
  );
});

test("PL-31 the second step brings the supplier's number and the cost, and shows that a person placed it", () => {
  const world = aWorld({ state: "escalated" });
  const begun = beginPlacingByHand(world.draft(t0, "ada"), world.fo, "ada", byHand);
  assert.ok(begun.ok);

  const done = finishPlacingByHand(
    world.draft(minutes(9), "ada"),
    begun.attempt,
    { supplierOrderId: "W-9", cost: { amount: 2500n, currency: "EUR" } },
    "ada",
  );

  assert.equal(done.ok, true);
  assert.deepEqual([world.fo.state, world.fo.placedBy, world.fo.claimedBy], ["placed", "person", null]);
  assert.deepEqual([begun.attempt.supplierOrderId, begun.attempt.cost], ["W-9", 2500n]);
});

test("PL-31 'not placed' tries another supplier where that helps, else it waits for a person with the reason", () => {
  const begin = () => {
    const world = aWorld({ state: "escalated" });
    const begun = beginPlacingByHand(world.draft(t0, "ada"), world.fo, "ada", byHand);
    assert.ok(begun.ok);
    return { ...world, attempt: begun.attempt };
  };
  const empty = begin();
  finishPlacingByHand(empty.draft(), empty.attempt, { notPlaced: "out_of_stock", message: "sold out" }, "ada");
  assert.deepEqual(
    [empty.attempt.state, empty.fo.state, empty.dossier.fulfillmentOrders.length],
    ["refused", "cancelled", 2],
  );

  const stuck = begin();
  finishPlacingByHand(stuck.draft(), stuck.attempt, { notPlaced: "placement_failed", message: "site down" }, "ada");
  assert.deepEqual([stuck.attempt.state, stuck.fo.state], ["void", "held"]);
  assert.deepEqual(
    stuck.dossier.holds.map((hold) => hold.code),
    ["placement_failed"],
  );
});

test("PL-31 a missing number or a cost in another currency is refused and nothing changes", () => {
  const world = aWorld({ state: "escalated" });
  const begun = beginPlacingByHand(world.draft(t0, "ada"), world.fo, "ada", byHand);
  assert.ok(begun.ok);
  const draft = world.draft();

  const noNumber = finishPlacingByHand(draft, begun.attempt, { supplierOrderId: " ", cost: null }, "ada");
  const dollars = finishPlacingByHand(
    draft,
    begun.attempt,
    { supplierOrderId: "1", cost: { amount: 1n, currency: "USD" } },
    "ada",
  );

  assert.deepEqual(
    [noNumber, dollars].map((each) => !each.ok && each.code),
    ["no_number", "other_currency"],
  );
  assert.equal(draft.isChanged, false);
});

test("PL-32 given back after 'placing now' without a result it is unknown, not free; without a first step it is free", () => {
  const world = aWorld({ state: "escalated" });
  const begun = beginPlacingByHand(world.draft(t0, "ada"), world.fo, "ada", byHand);
  assert.ok(begun.ok);
  giveBack(world.draft(minutes(1), "ada"), world.fo, "ada");
  assert.deepEqual([begun.attempt.state, world.fo.state, world.fo.claimedBy], ["unknown", "outcome_unknown", null]);
  const found = confirmNotBought(world.draft(minutes(1), "bob"), begun.attempt, { actor: "bob", reason: "not there" });
  assert.ok(found.ok, "whoever looks when nobody is placing it any more is not too early");

  const free = aWorld({ state: "escalated" });
  free.fo.claimedBy = "ada";
  giveBack(free.draft(t0, "ada"), free.fo, "ada");
  assert.deepEqual([free.fo.state, free.fo.claimedBy], ["escalated", null]);
});

test("PL-33 a person who saw the purchase ends an unknown outcome with its number", () => {
  const world = aWorld();
  const { armed } = armAttempt(world.draft(), world.fo, arming(noneTerms));
  assert.ok(armed);
  const early = confirmBought(world.draft(t0, "ada"), armed, { supplierOrderId: "5", cost: null, actor: "ada" });
  assert.equal(!early.ok && early.code, "in_flight");
  closeAttempt(world.draft(), armed, { status: "unknown", message: "" }, { source: "gate" });
  const draft = world.draft(minutes(2), "ada");

  const done = confirmBought(draft, armed, { supplierOrderId: "5", cost: null, actor: "ada" });

  assert.equal(done.ok, true);
  assert.equal(world.fo.state, "placed");
  assert.deepEqual(
    draft.evidence.map((each) => each.source),
    ["person:ada"],
  );
});

test("PL-34 'not bought' needs a reason and the settle time; then the fulfillment order may be placed again", () => {
  const world = aWorld();
  const { armed } = armAttempt(world.draft(), world.fo, arming(keyTerms));
  assert.ok(armed);
  closeAttempt(world.draft(), armed, { status: "unknown", message: "" }, { source: "gate" });

  const early = confirmNotBought(world.draft(minutes(1), "ada"), armed, { actor: "ada", reason: "not in the list" });
  assert.deepEqual([!early.ok && early.code, armed.state], ["too_early", "unknown"]);
  const mute = confirmNotBought(world.draft(minutes(3), "ada"), armed, { actor: "ada", reason: " " });
  assert.equal(!mute.ok && mute.code, "no_reason");
  const done = confirmNotBought(world.draft(minutes(3), "ada"), armed, { actor: "ada", reason: "not in the list" });

  assert.equal(done.ok, true);
  assert.deepEqual([armed.state, world.fo.state], ["void", "placing"]);
});

test("PL-65 a person says what the supplier did not accept: it is bought elsewhere, and what cannot be missing is refused", () => {
  const world = aWorld({ state: "escalated" });
  const begun = beginPlacingByHand(world.draft(t0, "ada"), world.fo, "ada", byHand);
  assert.ok(begun.ok);
  const [line] = world.fo.lines;
  const sku = line!.supplierSku!;
  const bought = (supplierSku: string, units: number) =>
    finishPlacingByHand(
      world.draft(),
      begun.attempt,
      { supplierOrderId: "W-9", cost: null, notAccepted: [{ supplierSku, units }] },
      "ada",
    );

  for (const wrong of [bought("ELSE", 1), bought(sku, line!.units + 1)])
    assert.equal(!wrong.ok && wrong.code, "not_in_purchase");
  assert.equal(begun.attempt.state, "armed");

  const done = bought(sku, 1);

  assert.ok(done.ok && done.replacement !== null);
  assert.deepEqual([begun.attempt.state, world.fo.state, line!.unitsCancelled], ["placed", "placed", 1]);
  assert.equal(
    done.replacement.lines.reduce((sum, each) => sum + each.quantity, 0),
    line!.quantityCancelled,
  );
});
