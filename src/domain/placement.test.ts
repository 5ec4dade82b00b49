import assert from "node:assert/strict";
import { test } from "node:test";
import { aWorld, arming, id, keyTerms, lookupTerms, minutes, sha256, t0 } from "#test/placing.ts";
import { armAttempt, requestText } from "./placement.ts";

test("PL-1 arming writes the attempt with everything that decides later: reference, hash, highest price, deadlines", () => {
  const world = aWorld();
  const draft = world.draft();

  const { armed: attempt } = armAttempt(draft, world.fo, arming(keyTerms, 7));

  assert.ok(attempt);
  assert.equal(attempt.state, "armed");
  assert.equal(attempt.no, 1);
  assert.equal(attempt.fence, 7);
  assert.equal(world.fo.fence, 7);
  assert.deepEqual(attempt.sendBy, new Date(t0.getTime() + 10_000));
  assert.deepEqual(attempt.settleAt, new Date(t0.getTime() + 120_000)); // (10 + 60 + 30) s and a fifth
  assert.deepEqual(attempt.dueAt, new Date(t0.getTime() + 12_000)); // when nothing may leave under it any more, the gate can say what became of it
  assert.deepEqual(attempt.keyUntil, new Date(t0.getTime() + 24 * 3_600_000));
  assert.equal(attempt.expectedTotal, 2400n); // 2 × 7.50 + 5.00 + 4.00 shipping
  assert.equal(attempt.maxTotal, 2640n);
  assert.equal(world.fo.state, "placing");
  assert.equal(draft.newAttempts.size, 1);
});

test("PL-2 only one attempt of a fulfillment order may be armed, unknown or placed", () => {
  const world = aWorld();
  armAttempt(world.draft(), world.fo, arming());

  const again = world.draft();
  const second = armAttempt(again, world.fo, arming());

  assert.deepEqual(second, { armed: null, because: "attempt_open" });
  assert.equal(again.isChanged, false);
});

test("PL-3 in safe mode nothing is armed", () => {
  const world = aWorld();
  world.shared.safeMode = true;
  const draft = world.draft();

  assert.deepEqual(armAttempt(draft, world.fo, arming()), { armed: null, because: "safe_mode" });
  assert.equal(draft.isChanged, false);
});

test("PL-4 key and reference come from installation, workspace, fulfillment order and number: the same for ever, another for each attempt", () => {
  const one = armAttempt(aWorld().draft(), aWorld().fo, arming());
  const world = aWorld();
  const first = armAttempt(world.draft(), world.fo, arming());
  assert.ok(first.armed);
  first.armed.state = "void";
  const second = armAttempt(world.draft(minutes(1)), world.fo, arming());
  assert.ok(second.armed && one.armed);

  assert.equal(first.armed.idempotencyKey, sha256("inst/1/f/1"));
  assert.equal(first.armed.reference, one.armed.reference);
  assert.equal(second.armed.no, 2);
  assert.equal(second.armed.idempotencyKey, sha256("inst/1/f/2"));
  assert.notEqual(second.armed.reference, first.armed.reference);
  assert.match(first.armed.reference, /^SW-[0-9A-HJKMNP-TV-Z]{14}$/);
});

test("PL-5 the expected total is goods and shipping rounded once, half to even; the highest is that plus the tolerance", () => {
  const world = aWorld({ supplier: { shippingCost: "0", priceTolerancePercent: "5" } });
  world.fo.lines[0]!.unitCost = "0.0125"; // 2 × 0.0125 = 0.025 → 0.02, half to even
  world.fo.lines[1]!.unitCost = "0";

  const { armed } = armAttempt(world.draft(), world.fo, arming());

  assert.equal(armed?.expectedTotal, 2n);
  assert.equal(armed?.maxTotal, 3n); // 0.02625
});

test("PL-5 without a known cost nothing is armed: what may be spent cannot be said", () => {
  const world = aWorld();
  world.fo.lines[1]!.unitCost = null;
  const draft = world.draft();

  assert.deepEqual(armAttempt(draft, world.fo, arming()), { armed: null, because: "stopped" });
  assert.equal(world.fo.state, "held");
  assert.deepEqual(
    world.dossier.holds.map((hold) => [hold.code, hold.detail]),
    [["placement_failed", { message: "no cost is known", skus: ["A-TEA"] }]],
  );
});

test("PL-6 a prepaid balance is checked and held at the worst case; the hold of the order names the missing sum", () => {
  const rich = aWorld({ account: { payment: "prepaid" }, balance: 2640n });
  const draft = rich.draft();
  const { armed } = armAttempt(draft, rich.fo, arming());
  assert.ok(armed);
  assert.deepEqual(
    draft.postings.map(({ kind, entries }) => ({ kind, entries })),
    [
      {
        kind: "hold",
        entries: [
          { ledger: "available", amount: -2640n },
          { ledger: "held", amount: 2640n },
        ],
      },
    ],
  );
  assert.equal(rich.shared.accounts.get(id("41"))!.balance, 0n);

  const poor = aWorld({ account: { payment: "prepaid" }, balance: 2639n });
  const refused = poor.draft();
  assert.equal(armAttempt(refused, poor.fo, arming()).armed, null);
  assert.equal(poor.fo.state, "held");
  assert.equal(refused.postings.length, 0);
  const [hold] = poor.dossier.holds;
  assert.equal(hold?.code, "insufficient_balance");
  assert.equal(hold?.waitsFor, "balance:41");
  assert.deepEqual(hold?.detail, { missing: "1", needed: "2640", currency: "EUR" });
});

test("PL-6 two orders of one batch cannot hold the same money: the later one finds what is left", () => {
  const world = aWorld({ account: { payment: "prepaid" }, balance: 4000n });
  const other = aWorld();
  const second = { ...other.fo, id: id<"fulfillmentOrder">("62") };
  other.dossier.fulfillmentOrders[0] = second;

  assert.ok(armAttempt(world.draft(), world.fo, arming()).armed);
  other.shared.accounts = world.shared.accounts;
  assert.equal(armAttempt(other.draft(), second, arming()).armed, null);
  assert.equal(other.dossier.holds[0]?.detail["missing"], "1280");
});

test("PL-7 the day's cap counts the worst case of what is armed; reaching it holds the order, exceeding it is impossible", () => {
  const world = aWorld({ account: { dailyCap: 2640 } });
  const draft = world.draft();
  assert.ok(armAttempt(draft, world.fo, arming()).armed);
  assert.deepEqual(draft.spends, [{ accountId: "41", day: "2026-11-22", amount: 2640n }]);

  const capped = aWorld({ account: { dailyCap: 2639 } });
  assert.equal(armAttempt(capped.draft(), capped.fo, arming()).armed, null);
  assert.equal(capped.dossier.holds[0]?.code, "spend_cap");
  assert.deepEqual(capped.dossier.holds[0]?.detail, { left: "2639", needed: "2640", currency: "EUR" });
});

test("PL-8 another currency than the account's, no action credit, a rejected login: each is a hold that says what it waits for", () => {
  const currency = aWorld({ account: { currency: "USD" } });
  assert.equal(armAttempt(currency.draft(), currency.fo, arming()).armed, null);
  assert.deepEqual(
    currency.dossier.holds.map((hold) => [hold.code, hold.detail]),
    [["currency_mismatch", { expected: "EUR", account: "USD" }]],
  );

  const credits = aWorld({ account: { actionCredits: true }, credits: 0n });
  assert.equal(armAttempt(credits.draft(), credits.fo, arming()).armed, null);
  assert.deepEqual(
    credits.dossier.holds.map((hold) => [hold.code, hold.waitsFor]),
    [["no_action_credits", "balance:41"]],
  );

  const login = aWorld();
  login.shared.accounts.get(id("41"))!.credentialsRejected = true;
  assert.equal(armAttempt(login.draft(), login.fo, arming()).armed, null);
  assert.deepEqual(
    login.dossier.holds.map((hold) => [hold.code, hold.waitsFor]),
    [["credentials_rejected", "account:41"]],
  );
});

test("PL-8 with an ordering team, what a person can place goes to their desk instead of being held", () => {
  const world = aWorld({ account: { actionCredits: true }, workspace: { hasOrderingTeam: true } });

  assert.equal(armAttempt(world.draft(), world.fo, arming()).armed, null);

  assert.equal(world.fo.state, "escalated");
  assert.deepEqual(world.dossier.holds, []);
});

test("PL-9 arming draws the feed's stock down; too little sends the order back to be verified and routed again", () => {
  const world = aWorld({ mugs: 3 });
  const draft = world.draft();
  assert.ok(armAttempt(draft, world.fo, arming()).armed);
  assert.deepEqual(draft.stockChanges, [{ supplierId: "31", supplierSku: "A-MUG", reserved: 2, onHand: 0 }]);

  const next = aWorld({ mugs: 3 });
  next.shared.stock = world.shared.stock;
  assert.deepEqual(armAttempt(next.draft(), next.fo, arming()), { armed: null, because: "sent_back" });
  assert.equal(next.fo.state, "waiting");
  assert.deepEqual(next.fo.placeAfter, new Date(t0.getTime() + 30_000));
});

test("PL-18 a hold or an open cancellation stops arming, whoever made it and wherever it lies", () => {
  const held = aWorld();
  held.draft().openHold({ subject: "line", subjectId: "2", code: "by_person" }, "person");
  assert.deepEqual(armAttempt(held.draft(), held.fo, arming()), { armed: null, because: "held" });
  assert.equal(held.fo.state, "held");

  const cancelling = aWorld();
  cancelling.dossier.cancellations.push({
    id: id("91"),
    askedBy: "buyer",
    state: "requested",
    lines: [{ orderLineNo: 1, quantity: 2 }],
    openedAt: t0,
    asks: [],
    dueAt: null,
    answeredAt: null,
    answeredBy: null,
  });
  assert.deepEqual(armAttempt(cancelling.draft(), cancelling.fo, arming()), {
    armed: null,
    because: "cancellation_open",
  });
  assert.equal(cancelling.dossier.attempts.length, 0);
});

test("PL-19 while the account's breaker is open nothing is armed on it, and the order knows when to come back", () => {
  const world = aWorld();
  world.shared.accounts.get(id("41"))!.breakerUntil = minutes(7);

  assert.deepEqual(armAttempt(world.draft(), world.fo, arming()), { armed: null, because: "breaker_open" });

  assert.equal(world.fo.state, "placing");
  assert.deepEqual(world.fo.placeAfter, minutes(7));
});

test("PL-1 a supplier of kind human never gets a machine's attempt: it goes to the people who place by hand", () => {
  const world = aWorld();

  assert.deepEqual(armAttempt(world.draft(), world.fo, arming({ ...lookupTerms, kind: "human" })), {
    armed: null,
    because: "by_hand",
  });

  assert.equal(world.fo.state, "escalated");
});

test("PL-1 the hash is over what leaves, address included, and not over the order of its fields", () => {
  const { request } = armAttempt(aWorld().draft(), aWorld().fo, arming()) as {
    request: Parameters<typeof requestText>[0];
  };

  const shuffled = Object.fromEntries(Object.entries(request).reverse()) as unknown as typeof request;
  assert.equal(requestText(shuffled), requestText(request));
  assert.notEqual(
    requestText({ ...request, shipTo: { ...request.shipTo, line1: "2 Mill Lane" } }),
    requestText(request),
  );
});

test("PL-1 the text that is hashed stays what it was: a journal keeps hashes for longer than a version", () => {
  const request = {
    reference: 'SW-"1"',
    idempotencyKey: "k",
    maxTotal: { currency: "EUR", amount: 880n },
    shipTo: { name: "Zoë", line1: "" },
    method: "",
    lines: [{ units: 2, no: 1, supplierSku: "A\nB", unitCost: "4.00" }],
    note: "n",
    orderNumber: "#1",
    shipBy: undefined,
  } as unknown as Parameters<typeof requestText>[0];

  assert.equal(
    requestText(request),
    String.raw`{"idempotencyKey":"k","lines":[{"no":1,"supplierSku":"A\nB","unitCost":"4.00","units":2}],"maxTotal":{"amount":"880","currency":"EUR"},"method":"","note":"n","orderNumber":"#1","reference":"SW-\"1\"","shipTo":{"line1":"","name":"Zoë"}}`,
  );
});
