import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { aWorld, arming, id, keyTerms, minutes, noneTerms, t0, type WorldOptions } from "#test/placing.ts";
import type { OrderDraft, Posting } from "./draft.ts";
import { dismissHold } from "./edit.ts";
import type { Attempt } from "./order.ts";
import { armAttempt } from "./placement.ts";
import { closeAttempt, nextAttemptStates, type Answer } from "./placement-close.ts";
import { confirmCost } from "./placement-money.ts";

const gate = { source: "gate" };
const number77: Answer = {
  status: "placed",
  supplierOrderId: "77",
  total: { amount: 2400n, currency: "EUR" },
  notAccepted: [],
};
const outOfStock: Answer = { status: "refused", reason: "out_of_stock", message: "none left" };
const silence: Answer = { status: "unknown", message: "time-out" };
const notThere: Answer = { status: "void", proof: "absent", message: "looked twice" };

function armed(options: WorldOptions = {}, terms = keyTerms) {
  const world = aWorld(options);
  const { armed: attempt } = armAttempt(world.draft(), world.fo, arming(terms));
  assert.ok(attempt);
  return { ...world, attempt };
}
const entriesOf = (draft: OrderDraft) =>
  draft.postings.map(({ kind, entries }) => [kind, Object.fromEntries(entries.map((e) => [e.ledger, e.amount]))]);

test("PL-10 a placed answer places the fulfillment order with its number, its units and its cost, in one decision", () => {
  const { draft: at, fo, attempt } = armed();
  const draft = at(minutes(1));

  const result = closeAttempt(draft, attempt, number77, gate);

  assert.deepEqual(result, { ok: true, changed: true, replacement: null });
  assert.equal(fo.state, "placed");
  assert.deepEqual(fo.placedAt, minutes(1));
  assert.equal(fo.placedBy, "machine");
  assert.deepEqual(
    fo.lines.map((line) => line.unitsPlaced),
    [2, 1],
  );
  assert.deepEqual(
    [attempt.state, attempt.supplierOrderId, attempt.cost, attempt.costIs],
    ["placed", "77", 2400n, "confirmed"],
  );
  assert.equal(attempt.dueAt, null);
  assert.deepEqual(
    draft.evidence.map((each) => [each.kind, each.naturalKey]),
    [["placed", "gate:placed:77"]],
  );
});

test("PL-11 prepaid: the charge comes from the hold and the rest goes back; a price above the hold takes from the balance and is shown", () => {
  const cheap = armed({ account: { payment: "prepaid" }, balance: 5000n });
  const draft = cheap.draft();
  closeAttempt(draft, cheap.attempt, number77, gate);
  assert.deepEqual(entriesOf(draft), [
    ["charge", { held: -2400n, goods: 2400n }],
    ["release", { held: -240n, available: 240n }],
  ]);
  assert.deepEqual(draft.spends, [{ accountId: "41", day: "2026-11-22", amount: -240n }]);
  assert.equal(cheap.shared.accounts.get(id("41"))!.balance, 2600n);

  const dear = armed({ account: { payment: "prepaid" }, balance: 5000n });
  const over = dear.draft();
  closeAttempt(over, dear.attempt, { ...number77, total: { amount: 3000n, currency: "EUR" } } as Answer, gate);
  assert.deepEqual(entriesOf(over), [["charge", { held: -2640n, available: -360n, goods: 3000n }]]);
  assert.equal(dear.fo.state, "placed");
  assert.deepEqual(
    dear.dossier.holds.map((hold) => [hold.code, hold.subjectId, hold.detail["charged"]]),
    [["price_above_limit", "61", "3000"]],
  );
});

test("PL-72 a price that was paid is accepted by dismissing its hold, one that nobody has paid is not", () => {
  const paid = armed({ account: { payment: "prepaid" }, balance: 5000n });
  const draft = paid.draft();
  closeAttempt(draft, paid.attempt, { ...number77, total: { amount: 3000n, currency: "EUR" } } as Answer, gate);
  const unpaid = armed();
  const before = unpaid.draft();
  before.openHold({ subject: "fulfillment_order", subjectId: unpaid.fo.id, code: "price_above_limit", detail: {} });

  const accepted = dismissHold(draft, paid.dossier.holds[0]!.id);
  const refused = dismissHold(before, unpaid.dossier.holds[0]!.id);

  assert.equal(accepted.status, "ok");
  assert.deepEqual(paid.dossier.holds, []);
  assert.deepEqual(
    [refused.status, refused.status === "refused" && refused.code, unpaid.dossier.holds.length],
    ["refused", "not_dismissable", 1],
  );
});

test("PL-39 what was armed prepaid is freed and charged from its hold, what was armed on account is not, whatever the account says now", () => {
  const said = (before: "prepaid" | "on_account", answer: Answer) => {
    const world = armed({
      account: { payment: before, actionCredits: before === "prepaid" },
      balance: 5000n,
      credits: 1n,
    });
    const account = world.shared.accounts.get(id("41"))!;
    account.settings = {
      ...account.settings,
      payment: before === "prepaid" ? "on_account" : "prepaid",
      actionCredits: before !== "prepaid",
    };
    const draft = world.draft();
    closeAttempt(draft, world.attempt, answer, gate);
    return [entriesOf(draft), account.balance, account.credits];
  };

  assert.deepEqual(said("prepaid", outOfStock), [[["release", { held: -2640n, available: 2640n }]], 5000n, 1n]);
  assert.deepEqual(said("prepaid", number77), [
    [
      ["charge", { held: -2400n, goods: 2400n }],
      ["release", { held: -240n, available: 240n }],
      ["credit_used", { credits: -1n, credits_used: 1n }],
    ],
    2600n,
    0n,
  ]);
  assert.deepEqual(said("on_account", outOfStock), [[], 5000n, 1n]);
  assert.deepEqual(said("on_account", number77), [[["charge", { payable: -2400n, goods: 2400n }]], 5000n, 1n]);
});

test("PL-11 on account: the same entries against a payable; without a stated total the expected cost is charged", () => {
  const { draft: at, attempt } = armed();
  const draft = at();

  closeAttempt(draft, attempt, { ...number77, total: null } as Answer, gate);

  assert.deepEqual(entriesOf(draft), [["charge", { payable: -2400n, goods: 2400n }]]);
  assert.equal(attempt.costIs, "expected");
});

test("PL-11 a total in another currency is never converted: the expected cost is charged and the difference shown", () => {
  const { draft: at, attempt, dossier } = armed();

  closeAttempt(at(), attempt, { ...number77, total: { amount: 100n, currency: "USD" } } as Answer, gate);

  assert.deepEqual([attempt.cost, attempt.costIs], [2400n, "expected"]);
  assert.deepEqual(
    dossier.holds.map((hold) => [hold.code, hold.detail["currency"]]),
    [["price_above_limit", "USD"]],
  );
});

test("PL-13 a cost that is confirmed later is booked as an adjustment, once", () => {
  const { draft: at, attempt } = armed();
  closeAttempt(at(), attempt, { ...number77, total: null } as Answer, gate);
  const draft = at(minutes(5));

  assert.equal(confirmCost(draft, attempt, { amount: 2300n, currency: "EUR" }), true);
  assert.equal(confirmCost(draft, attempt, { amount: 2300n, currency: "EUR" }), false);

  assert.deepEqual(entriesOf(draft), [["adjustment", { payable: 100n, goods: -100n }]]);
  assert.deepEqual([attempt.cost, attempt.costIs], [2300n, "confirmed"]);
});

test("PL-12 a refusal gives money, cap and stock back, cancels the units there and leaves a replacement that knows who failed", () => {
  const {
    draft: at,
    fo,
    attempt,
    dossier,
    shared,
  } = armed({ account: { payment: "prepaid" }, balance: 2640n, mugs: 2 });
  const draft = at();

  const result = closeAttempt(draft, attempt, outOfStock, gate);

  assert.ok(result.ok && result.replacement);
  assert.deepEqual(entriesOf(draft), [["release", { held: -2640n, available: 2640n }]]);
  assert.deepEqual(draft.spends, [{ accountId: "41", day: "2026-11-22", amount: -2640n }]);
  assert.equal(shared.stock.get("31/A-MUG")!.reserved, 0);
  assert.equal(fo.state, "cancelled");
  assert.deepEqual(
    fo.lines.map((line) => [line.unitsCancelled, line.quantityCancelled]),
    [
      [2, 2],
      [1, 1],
    ],
  );
  assert.equal(result.replacement.state, "received");
  assert.equal(result.replacement.replaces, "61");
  assert.deepEqual(result.replacement.failedSuppliers, ["31"]);
  assert.deepEqual(
    result.replacement.lines.map((line) => [line.orderLineNo, line.componentNo, line.quantity, line.supplierSku]),
    [
      [1, 1, 2, null],
      [2, 1, 1, null],
    ],
  );
  assert.equal(dossier.holds.length, 0);
});

test("PL-12 what only a person can mend stops with a hold and may be placed again by the same supplier afterwards", () => {
  const { draft: at, fo, attempt, dossier } = armed();

  closeAttempt(at(), attempt, { status: "refused", reason: "payment_method_declined", message: "card expired" }, gate);

  assert.equal(attempt.state, "refused");
  assert.equal(fo.state, "held");
  assert.deepEqual(
    dossier.holds.map((hold) => hold.code),
    ["payment_method_declined"],
  );
  assert.equal(dossier.fulfillmentOrders.length, 1);
});

test("PL-14 partial acceptance: what is not accepted becomes cancelled there and a new fulfillment order; only the rest is charged", () => {
  const { draft: at, fo, attempt } = armed();
  const draft = at();

  const result = closeAttempt(
    draft,
    attempt,
    {
      status: "placed",
      supplierOrderId: "77",
      total: null,
      notAccepted: [{ no: 1, units: 1, reason: "out_of_stock" }],
    },
    gate,
  );

  assert.ok(result.ok && result.replacement);
  assert.equal(fo.state, "placed");
  assert.deepEqual(
    fo.lines.map((line) => [line.unitsPlaced, line.unitsCancelled, line.quantityCancelled]),
    [
      [2, 1, 1],
      [1, 0, 0],
    ],
  );
  assert.deepEqual(
    result.replacement.lines.map((line) => [line.orderLineNo, line.quantity]),
    [[1, 1]],
  );
  assert.deepEqual(entriesOf(draft), [["charge", { payable: -1650n, goods: 1650n }]]); // 7.50 + 5.00 + 4.00
});

test("PL-14 units that make no whole channel unit are not rounded: they open a hold with the numbers", () => {
  const world = aWorld();
  Object.assign(world.fo.lines[0]!, { unitsPer: 3, units: 6 });
  const { armed: attempt } = armAttempt(world.draft(), world.fo, arming());
  assert.ok(attempt);

  const result = closeAttempt(
    world.draft(),
    attempt,
    {
      status: "placed",
      supplierOrderId: "77",
      total: null,
      notAccepted: [{ no: 1, units: 4, reason: "out_of_stock" }],
    },
    gate,
  );

  assert.ok(result.ok);
  assert.deepEqual(
    result.replacement?.lines.map((line) => line.quantity),
    [1],
  );
  assert.deepEqual([world.fo.lines[0]!.unitsCancelled, world.fo.lines[0]!.quantityCancelled], [4, 1]);
  assert.deepEqual(
    world.dossier.holds.map((hold) => [hold.code, hold.detail["units"]]),
    [["pack_size_mismatch", 4]],
  );
});

test("PL-14 a number without one accepted unit is a refusal that was filed", () => {
  const { draft: at, fo, attempt } = armed();
  const all = [
    { no: 1, units: 2, reason: "out_of_stock" },
    { no: 2, units: 1, reason: "out_of_stock" },
  ] as const;

  const result = closeAttempt(
    at(),
    attempt,
    { status: "placed", supplierOrderId: "77", total: null, notAccepted: [...all] },
    gate,
  );

  assert.ok(result.ok && result.replacement);
  assert.deepEqual([attempt.state, fo.state], ["refused", "cancelled"]);
});

test("PL-15 a supplier that answers twice changes nothing the second time", () => {
  for (const answer of [number77, outOfStock, silence, notThere]) {
    const { draft: at, attempt } = armed();
    closeAttempt(at(), attempt, answer, gate);
    const again = at(minutes(1));

    assert.deepEqual(closeAttempt(again, attempt, answer, gate), { ok: true, changed: false, replacement: null });
    assert.equal(again.isChanged, false);
  }
});

test("PL-16 a later answer that contradicts is refused, its evidence kept; one that says bought stops the whole order", () => {
  const { draft: at, attempt, dossier } = armed();
  closeAttempt(at(), attempt, notThere, gate);
  const draft = at(minutes(1));

  const late = closeAttempt(draft, attempt, number77, { source: "mail" });

  assert.deepEqual(late, { ok: false, code: "attempt_already_closed", state: "void" });
  assert.deepEqual(
    draft.evidence.map((each) => each.naturalKey),
    ["mail:placed:77"],
  );
  assert.deepEqual(
    dossier.holds.map((hold) => [hold.subject, hold.code, hold.detail["supplierOrderId"]]),
    [["order", "bought_after_all", "77"]],
  );
  assert.equal(draft.postings.length, 0);

  const twice = armed();
  closeAttempt(twice.draft(), twice.attempt, number77, gate);
  closeAttempt(twice.draft(), twice.attempt, { ...number77, supplierOrderId: "78" } as Answer, gate);
  assert.deepEqual(
    twice.dossier.holds.map((hold) => hold.code),
    ["bought_after_all"],
  );
  assert.equal(twice.attempt.supplierOrderId, "77");
});

test("PL-17 what is not a clear answer is unknown: the order waits for evidence and nobody buys it meanwhile", () => {
  const { draft: at, fo, attempt, dossier } = armed();

  closeAttempt(at(), attempt, silence, gate);

  assert.deepEqual([attempt.state, fo.state], ["unknown", "outcome_unknown"]);
  assert.deepEqual(
    dossier.holds.map((hold) => hold.code),
    ["outcome_unknown"],
  );
  assert.deepEqual(armAttempt(at(), fo, arming()), { armed: null, because: "not_placing" });
  closeAttempt(at(minutes(3)), attempt, number77, gate);
  assert.equal(fo.state, "placed");
  assert.deepEqual(dossier.holds, []);
});

test("PL-20 a key may be asked again at once, a search only after the settle time, the rest only by a person", () => {
  const due = (terms: typeof keyTerms) => {
    const { draft: at, attempt } = armed({}, terms);
    closeAttempt(at(minutes(1)), attempt, silence, gate);
    return attempt.dueAt;
  };

  assert.deepEqual(due(keyTerms), minutes(1));
  assert.deepEqual(due({ ...keyTerms, kind: "lookup" }), new Date(t0.getTime() + 120_000));
  assert.equal(due(noneTerms), null);
});

test("PL-21 proven not bought, it may be placed again: through the buffer when nothing left, straight on after an unknown outcome, later each time", () => {
  const quick = armed();
  closeAttempt(quick.draft(), quick.attempt, { status: "void", proof: "not_sent", message: "refused" }, gate);
  assert.equal(quick.fo.state, "waiting");
  assert.deepEqual(quick.fo.placeAfter, new Date(t0.getTime() + 30_000));

  const slow = armed();
  slow.fo.tries = 2;
  closeAttempt(slow.draft(), slow.attempt, silence, gate);
  closeAttempt(slow.draft(), slow.attempt, notThere, gate);
  assert.equal(slow.fo.state, "placing");
  assert.deepEqual(slow.fo.placeAfter, new Date(t0.getTime() + 120_000));

  const endless = armed();
  endless.fo.tries = 12;
  closeAttempt(endless.draft(), endless.attempt, { status: "void", proof: "not_sent", message: "refused" }, gate);
  assert.deepEqual(
    endless.dossier.holds.map((hold) => hold.code),
    ["placement_failed"],
  );
});

test("PL-22 an action credit is used only when the purchase succeeded", () => {
  const credited = (answer: Answer) => {
    const { draft: at, attempt } = armed({ account: { actionCredits: true }, credits: 1n });
    const draft = at();
    closeAttempt(draft, attempt, answer, gate);
    return draft.postings.filter((posting) => posting.kind === "credit_used").length;
  };

  assert.deepEqual([number77, outOfStock, notThere, silence].map(credited), [1, 0, 0, 0]);
});

test("PL-23 whoever asked to cancel while it was being bought gets an answer as soon as the outcome is known", () => {
  const { draft: at, attempt, dossier } = armed();
  dossier.cancellations.push({
    id: id("91"),
    askedBy: "buyer",
    state: "accepted",
    lines: [],
    openedAt: t0,
    asks: [{ fulfillmentOrderId: id("61"), state: "asking", lines: [], dueAt: minutes(9), tries: 0 }],
    dueAt: null,
    answeredAt: null,
    answeredBy: null,
  });
  const draft = at(minutes(1));

  closeAttempt(draft, attempt, number77, gate);

  assert.deepEqual(dossier.cancellations[0]!.asks[0]!.dueAt, minutes(1));
  assert.equal(draft.touchedCancellations.size, 1);
});

// ------------------------------------------------------------------ properties

const anyAnswer: fc.Arbitrary<Answer> = fc.oneof(
  fc.record({
    status: fc.constant("placed" as const),
    supplierOrderId: fc.constantFrom("77", "78"),
    total: fc.option(fc.record({ amount: fc.bigInt(0n, 5000n), currency: fc.constantFrom("EUR", "USD") }), {
      nil: null,
    }),
    notAccepted: fc.array(
      fc.record({
        no: fc.constantFrom(1, 2),
        units: fc.integer({ min: 1, max: 3 }),
        reason: fc.constant("out_of_stock" as const),
      }),
      { maxLength: 2 },
    ),
  }),
  fc.record({
    status: fc.constant("refused" as const),
    reason: fc.constantFrom("out_of_stock" as const, "payment_method_declined" as const),
    message: fc.constant(""),
  }),
  fc.record({
    status: fc.constant("void" as const),
    proof: fc.constantFrom("not_sent" as const, "absent" as const),
    message: fc.constant(""),
  }),
  fc.constant(silence),
);

test("PL-2 whatever answers come in whatever order, an attempt that was settled stays what it was", () =>
  fc.assert(
    fc.property(fc.array(anyAnswer, { maxLength: 8 }), (answers) => {
      const { draft: at, attempt } = armed();
      let settled: Attempt["state"] | null = null;
      for (const answer of answers) {
        closeAttempt(at(), attempt, answer, gate);
        if (settled !== null) assert.equal(attempt.state, settled);
        else if (nextAttemptStates[attempt.state].length === 0) settled = attempt.state;
      }
    }),
  ));

test("PL-11 whatever happens, the ledger sums to zero, no hold outlives its attempt, and the cap counts exactly what was charged", () =>
  fc.assert(
    fc.property(
      fc.constantFrom("prepaid" as const, "on_account" as const),
      fc.array(anyAnswer, { maxLength: 6 }),
      (payment, answers) => {
        const world = aWorld({ account: { payment, actionCredits: true }, balance: 10_000n, credits: 1n });
        const postings: Posting[] = [];
        const spends: bigint[] = [];
        const keep = (draft: OrderDraft): void => {
          postings.push(...draft.postings);
          spends.push(...draft.spends.map((spend) => spend.amount));
        };
        const arm = world.draft();
        const { armed: attempt } = armAttempt(arm, world.fo, arming());
        assert.ok(attempt);
        keep(arm);
        for (const answer of answers) {
          const draft = world.draft();
          closeAttempt(draft, attempt, answer, gate);
          keep(draft);
        }

        const balance = (ledger: string): bigint =>
          postings
            .flatMap((posting) => posting.entries)
            .filter((entry) => entry.ledger === ledger)
            .reduce((sum, entry) => sum + entry.amount, 0n);
        const isOpen = attempt.state === "armed" || attempt.state === "unknown";
        for (const posting of postings)
          assert.equal(
            posting.entries.reduce((sum, entry) => sum + entry.amount, 0n),
            0n,
          );
        assert.equal(balance("held"), payment === "prepaid" && isOpen ? attempt.maxTotal : 0n);
        assert.equal(balance("goods"), attempt.cost ?? 0n);
        assert.equal(
          spends.reduce((sum, amount) => sum + amount, 0n),
          isOpen ? attempt.maxTotal : (attempt.cost ?? 0n),
        );
        assert.equal(balance("credits_used"), attempt.state === "placed" ? 1n : 0n);
        assert.equal(world.shared.accounts.get(id("41"))!.balance, 10_000n + balance("available"));
      },
    ),
  ));

test("PL-14 whatever is refused or accepted, no unit is lost and none is wanted twice", () =>
  fc.assert(
    fc.property(anyAnswer, (answer) => {
      const { draft: at, attempt, dossier } = armed();

      closeAttempt(at(), attempt, answer, gate);

      for (const line of dossier.lines) {
        const live = dossier.fulfillmentOrders
          .filter((fo) => fo.state !== "cancelled")
          .flatMap((fo) => fo.lines)
          .filter((each) => each.orderLineNo === line.no)
          .reduce((sum, each) => sum + each.quantity - each.quantityCancelled, 0);
        assert.equal(live, line.quantity);
      }
    }),
  ));
