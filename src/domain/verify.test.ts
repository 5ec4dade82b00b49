import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyAddress } from "./address.ts";
import type { OrderDraft } from "./draft.ts";
import { chooseSupplier, editOrder, releaseOrder } from "./edit.ts";
import type { OrderAddress } from "./order.ts";
import { closeAttempt } from "./placement-close.ts";
import { linkKey, stockKey, type LinkOption, type Shared } from "./shared.ts";
import { unrouted } from "./quantities.ts";
import {
  aDossier,
  aDraft,
  aFulfillmentOrder,
  after,
  aLine,
  anAttempt,
  aShared,
  channelId,
  hours,
  noon,
  otherSupplierId,
  supplierId,
} from "./testing/dossier.ts";
import { verifyOrder, type VerifyFacts } from "./verify.ts";

const address: OrderAddress = {
  ...emptyAddress,
  no: 1,
  source: "channel",
  digest: "d",
  name: "Mia Kowalska",
  line1: "Hafenstr. 5",
  city: "Hamburg",
  postcode: "20095",
  country: "DE",
};
const good: VerifyFacts = { address, duplicateOf: null };
const option = (change: Partial<LinkOption> = {}): LinkOption => ({
  componentNo: 1,
  supplierId,
  supplierSku: "S-1",
  units: 1,
  per: 1,
  unitCost: "4.00",
  currency: "EUR",
  priority: 1,
  maxUnitCost: null,
  ...change,
});

function link(shared: Shared, sku: string, options: LinkOption[], nothingToShip = false): void {
  shared.links.set(linkKey(channelId, sku), { sku, nothingToShip, options });
}
const linked = (change: Parameters<typeof aShared>[0] = {}, lines = 1): Shared => {
  const shared = aShared(change);
  for (let no = 1; no <= lines; no += 1) link(shared, `SKU-${no}`, [option({ supplierSku: `S-${no}` })]);
  return shared;
};
/** A fresh paid order of `lines` lines, received and not routed. */
function received(
  options: {
    shared?: Shared;
    lines?: ReturnType<typeof aLine>[];
    order?: Parameters<typeof aDossier>[0] extends infer T ? (T extends { order?: infer O } ? O : never) : never;
    now?: Date;
  } = {},
): OrderDraft {
  const lines = options.lines ?? [aLine()];
  const fo = aFulfillmentOrder({
    state: "received",
    supplierId: null,
    accountId: null,
    placedAt: null,
    placedBy: null,
    expectedGoods: null,
    expectedShipping: null,
    currency: null,
    lines: lines.map((line, index) => ({ ...unrouted(line.no, line.quantity), no: index + 1 })),
  });
  const dossier = aDossier({
    lines,
    fulfillmentOrders: [fo],
    attempts: [],
    order: { headline: "new", ...options.order },
  });
  return aDraft(dossier, { shared: options.shared ?? linked({}, lines.length), now: options.now ?? noon });
}
const codes = (draft: OrderDraft): string[] => draft.dossier.holds.map((hold) => hold.code);
const states = (draft: OrderDraft): string[] => draft.dossier.fulfillmentOrders.map((fo) => fo.state);

test("VF-1 a hold closes by itself once its cause is gone", () => {
  const shared = aShared();
  const draft = received({ shared });
  verifyOrder(draft, good);
  assert.deepEqual(codes(draft), ["sku_not_linked"]);
  assert.deepEqual(states(draft), ["held"]);

  link(shared, "SKU-1", [option()]);
  verifyOrder(draft, good);

  assert.deepEqual(codes(draft), []);
  assert.deepEqual(states(draft), ["waiting"]);
});

test("VF-2 an unpaid order awaits payment; authorised is enough only where the channel says so", () => {
  const pending = received({ order: { payment: "pending", paidAt: null } });
  const authorized = received({ order: { payment: "authorized", paidAt: null } });
  const accepted = received({
    order: { payment: "authorized", paidAt: null },
    shared: linked({ channel: { authorizedIsPaid: true } }),
  });

  for (const draft of [pending, authorized, accepted]) verifyOrder(draft, good);

  assert.deepEqual(codes(pending), ["awaiting_payment"]);
  assert.deepEqual(codes(authorized), ["awaiting_payment"]);
  assert.deepEqual(codes(accepted), []);
});

test("VF-3 the buffer runs from the order's time or from a later payment; a release leaves at the later of it and the undo time", () => {
  const bought = received();
  const paidLater = received({ order: { paidAt: after(hours(2)) } });
  const late = received({ order: { releasedAt: after(hours(5)), releasedBy: "user:1" }, now: after(hours(5)) });

  for (const draft of [bought, paidLater, late]) verifyOrder(draft, good);

  const leaves = (draft: OrderDraft) => draft.dossier.fulfillmentOrders[0]!.placeAfter?.toISOString();
  assert.equal(leaves(bought), "2026-11-22T12:10:00.000Z");
  assert.equal(leaves(paidLater), "2026-11-22T14:10:00.000Z");
  assert.equal(leaves(late), "2026-11-22T17:00:10.000Z");
});

test("VF-4 one held line keeps its order together; with partial the other lines go on", () => {
  const lines = [aLine({ no: 1 }), aLine({ no: 2 })];
  const together = received({ lines, shared: linked({}, 1) });
  const partial = received({
    lines: lines.map((line) => ({ ...line })),
    shared: linked({ channel: { partial: true } }, 1),
  });

  verifyOrder(together, good);
  verifyOrder(partial, good);

  assert.deepEqual(states(together), ["held"]);
  assert.deepEqual(states(partial), ["waiting", "held"]);
  assert.deepEqual(
    partial.dossier.fulfillmentOrders.map((fo) => fo.lines.map((line) => line.orderLineNo)),
    [[1], [2]],
  );
});

test("VF-5 an order older than the highest age is not placed without a release", () => {
  const draft = received({ now: after(15 * 24 * hours(1)) });
  verifyOrder(draft, good);
  assert.deepEqual(codes(draft), ["too_old"]);

  releaseOrder(draft);
  verifyOrder(draft, good);

  assert.deepEqual(codes(draft), []);
});

test("VF-6 the same goods for the same buyer and address within the window are a suspected duplicate, once", () => {
  const draft = received();
  verifyOrder(draft, { address, duplicateOf: "0198-other" });
  assert.deepEqual(codes(draft), ["suspected_duplicate"]);

  releaseOrder(draft);
  verifyOrder(draft, { address, duplicateOf: "0198-other" });

  assert.deepEqual(states(draft), ["waiting"]);
});

test("VF-7 a release answers what a person may answer; what only a correction mends stays open", () => {
  const draft = received({ shared: linked({ channel: { mode: "review" } }) });
  verifyOrder(draft, { address: { ...address, postcode: "" }, duplicateOf: null });
  assert.deepEqual(codes(draft).sort(), ["address_incomplete", "review"]);

  const released = releaseOrder(draft);
  verifyOrder(draft, { address: { ...address, postcode: "" }, duplicateOf: null });

  assert.deepEqual(released, { status: "ok", value: { stillOpen: ["address_incomplete"] } });
  assert.deepEqual(codes(draft), ["address_incomplete"]);
  assert.deepEqual(states(draft), ["held"]);
});

test("VF-8 a wrong address holds the order and names the field, never its content", () => {
  const draft = received();
  verifyOrder(draft, { address: { ...address, postcode: "ABC-SECRET" }, duplicateOf: null });

  assert.deepEqual(codes(draft), ["address_invalid"]);
  assert.equal(draft.dossier.holds[0]!.detail["field"], "postcode");
  assert.ok(
    !JSON.stringify([draft.dossier.holds, draft.events, draft.decisions.map((each) => each.record)]).includes("SECRET"),
  );
});

test("VF-9 a margin below the limit holds the order; without a rate it is held too", () => {
  const thin = received({ shared: linked({ channel: { minMarginPercent: "70" } }) });
  const fine = received({ shared: linked({ channel: { minMarginPercent: "50" } }) });
  const foreign = received({ shared: linked({ channel: { minMarginPercent: "50" } }), order: { currency: "USD" } });

  for (const draft of [thin, fine, foreign]) verifyOrder(draft, good);

  assert.deepEqual(
    thin.dossier.holds.map((hold) => [hold.code, hold.detail["marginPercent"]]),
    [["margin_below_limit", "60.0"]],
  );
  assert.deepEqual(codes(fine), []);
  assert.deepEqual(codes(foreign), ["no_rate"]);
});

test("VF-9 goods that were sold for nothing are below every limit", () => {
  const free = received({ shared: linked({ channel: { minMarginPercent: "1" } }) });
  for (const line of free.dossier.lines) line.unitPrice = "0.00";

  verifyOrder(free, good);

  assert.deepEqual(
    free.dossier.holds.map((hold) => [hold.code, hold.detail["marginPercent"]]),
    [["margin_below_limit", "-100.0"]],
  );
});

test("AUTO-1 what was bought before automation was switched on, has no time or came with a first sync stands by", () => {
  const shared = linked({ channel: { automationOnSince: "2026-11-22T11:00:00Z" } });
  const before = received({ shared, order: { orderedAt: new Date("2026-11-22T10:59:59Z") } });
  const timeless = received({ shared, order: { orderedAt: null } });
  const first = received({ shared, order: { origin: "first_sync" } });
  const live = received({ shared });

  for (const draft of [before, timeless, first, live]) verifyOrder(draft, good);

  assert.deepEqual([before, timeless, first, live].map(codes), [["stand_by"], ["stand_by"], ["stand_by"], []]);
});

test("AUTO-3 a channel in review holds each order until a person presses Process", () => {
  const draft = received({ shared: linked({ channel: { mode: "review" } }) });
  verifyOrder(draft, good);
  assert.deepEqual(codes(draft), ["review"]);
  draft.finish();
  assert.equal(draft.order.headline, "review");

  releaseOrder(draft);
  verifyOrder(draft, good);

  assert.deepEqual(states(draft), ["waiting"]);
});

test("RT-1 a SKU without a link holds its line and names what it waits for", () => {
  const draft = received({ shared: aShared() });

  verifyOrder(draft, good);

  const [hold] = draft.dossier.holds;
  assert.deepEqual(
    [hold?.subject, hold?.subjectId, hold?.code, hold?.waitsFor],
    ["line", "1", "sku_not_linked", "sku:SKU-1"],
  );
});

test("RT-2 each component of a bundle goes to its supplier", () => {
  const shared = aShared();
  link(shared, "SKU-1", [
    option({ componentNo: 1, supplierSku: "POT" }),
    option({ componentNo: 2, supplierSku: "MUG", units: 2, supplierId: otherSupplierId }),
  ]);
  const draft = received({ shared, lines: [aLine({ quantity: 3 })] });

  verifyOrder(draft, good);

  const parts = draft.dossier.fulfillmentOrders.map((fo) =>
    fo.lines.map((line) => [fo.supplierId, line.supplierSku, line.quantity, line.units]),
  );
  assert.deepEqual(parts, [[[supplierId, "POT", 3, 3]], [[otherSupplierId, "MUG", 3, 6]]]);
});

test("RT-3 a quantity that does not divide into packs is held, never rounded", () => {
  const shared = aShared();
  link(shared, "SKU-1", [option({ units: 1, per: 6 })]);
  const odd = received({ shared, lines: [aLine({ quantity: 7 })] });
  const whole = received({ shared, lines: [aLine({ quantity: 12 })] });

  verifyOrder(odd, good);
  verifyOrder(whole, good);

  assert.deepEqual(codes(odd), ["pack_size_mismatch"]);
  assert.equal(whole.dossier.fulfillmentOrders[0]!.lines[0]!.units, 2);
});

test("RT-4 the cheapest plan with shipping wins; ties go to fewer parcels, then to the lower supplier id", () => {
  const shared = aShared({ supplier: { shippingCost: "5.00" } });
  const both = (mine: string, theirs: string, sku: string): LinkOption[] => [
    option({ supplierSku: sku, unitCost: mine }),
    option({ supplierSku: sku, unitCost: theirs, supplierId: otherSupplierId }),
  ];
  link(shared, "SKU-1", both("4.00", "6.00", "A"));
  link(shared, "SKU-2", both("6.00", "4.00", "B"));
  const split = received({ shared, lines: [aLine({ no: 1 }), aLine({ no: 2 })] });
  verifyOrder(split, good);

  // 4 + 4 + 2 × 5 = 18 against 10 + 5 = 15 from either: one parcel, and of the two equal ones the lower id.
  assert.deepEqual(
    split.dossier.fulfillmentOrders.map((fo) => [fo.supplierId, fo.expectedGoods, fo.expectedShipping]),
    [[supplierId, 1000n, 500n]],
  );

  const preferred = aShared();
  link(preferred, "SKU-1", [
    option({ unitCost: "9.00", priority: 1 }),
    option({ unitCost: "1.00", priority: 2, supplierId: otherSupplierId }),
  ]);
  const byPriority = received({ shared: preferred });
  verifyOrder(byPriority, good);
  assert.equal(byPriority.dossier.fulfillmentOrders[0]!.supplierId, supplierId);
});

test("RT-5 a supplier is passed over with a named reason", () => {
  const why = (change: Parameters<typeof aShared>[0], options: Partial<LinkOption>, stock?: number): string[] => {
    const shared = aShared(change);
    link(shared, "SKU-1", [option(options)]);
    if (stock !== undefined)
      shared.stock.set(stockKey(supplierId, "S-1"), {
        onHand: stock,
        reserved: 0,
        isShelf: false,
        unitCost: null,
        currency: null,
        asOf: noon,
      });
    const draft = received({ shared, lines: [aLine({ quantity: 3 })], order: { shippingMethod: "Express" } });
    verifyOrder(draft, good);
    return codes(draft);
  };

  assert.deepEqual(why({ supplier: { enabled: false } }, {}), ["no_supplier"]);
  assert.deepEqual(why({ supplier: { countries: ["FR"] } }, {}), ["destination_not_served"]);
  assert.deepEqual(why({}, {}, 2), ["out_of_stock"]);
  assert.deepEqual(why({}, {}, 3), []);
  assert.deepEqual(why({}, { maxUnitCost: "3.99" }), ["price_above_limit"]);
  assert.deepEqual(why({}, { currency: "USD" }), ["currency_mismatch"]);
  assert.deepEqual(why({ supplier: { defaultMethod: null } }, {}), ["shipping_not_mapped"]);
});

test("RT-6 the decision records every candidate, what spoke against each, and the choice", () => {
  const shared = aShared();
  link(shared, "SKU-1", [
    option({ maxUnitCost: "1.00" }),
    option({ supplierId: otherSupplierId, supplierSku: "T-1", priority: 2 }),
  ]);
  const draft = received({ shared });

  verifyOrder(draft, good);

  assert.deepEqual(draft.decisions[0]!.record["considered"], [
    {
      orderLineNo: 1,
      componentNo: 1,
      chosen: otherSupplierId,
      candidates: [{ supplierId: otherSupplierId, supplierSku: "T-1", unitCost: "4.00", priority: 2 }],
      rejected: [{ supplierId, supplierSku: "S-1", why: "price_above_limit" }],
    },
  ]);
});

test("RT-7 a supplier chosen by a person is kept, also where another one is preferred", () => {
  const shared = aShared();
  link(shared, "SKU-1", [option({ priority: 1 }), option({ supplierId: otherSupplierId, priority: 2 })]);
  const draft = received({ shared });
  verifyOrder(draft, good);
  const [fo] = draft.dossier.fulfillmentOrders;
  assert.equal(fo!.supplierId, supplierId);

  assert.equal(chooseSupplier(draft, fo!, otherSupplierId).status, "ok");
  verifyOrder(draft, good);

  assert.deepEqual([fo!.supplierId, fo!.state], [otherSupplierId, "waiting"]);
});

test("RT-8 lines with different suppliers become one fulfillment order each", () => {
  const shared = aShared();
  link(shared, "SKU-1", [option()]);
  link(shared, "SKU-2", [option({ supplierId: otherSupplierId })]);
  link(shared, "SKU-3", [option({ supplierSku: "S-3" })]);
  const draft = received({ shared, lines: [aLine({ no: 1 }), aLine({ no: 2 }), aLine({ no: 3 })] });

  verifyOrder(draft, good);

  assert.deepEqual(
    draft.dossier.fulfillmentOrders.map((fo) => [fo.supplierId, fo.lines.map((line) => line.orderLineNo)]),
    [
      [supplierId, [1, 3]],
      [otherSupplierId, [2]],
    ],
  );
  assert.deepEqual(states(draft), ["waiting", "waiting"]);
  const again = draft.events.length;
  verifyOrder(draft, good);
  assert.equal(draft.events.length, again, "verifying again changes nothing");
});

test("RT-9 a link that says nothing to ship takes the line out; nothing else left completes the order", () => {
  const shared = aShared();
  link(shared, "SKU-1", [], true);
  link(shared, "SKU-2", [option()]);
  const mixed = received({ shared, lines: [aLine({ no: 1 }), aLine({ no: 2 })] });
  const only = received({ shared, lines: [aLine({ no: 1 })] });

  for (const draft of [mixed, only]) {
    verifyOrder(draft, good);
    draft.finish();
  }

  assert.deepEqual(
    mixed.dossier.fulfillmentOrders[0]!.lines.map((line) => line.orderLineNo),
    [2],
  );
  assert.equal(only.order.headline, "completed");

  const held = received({ shared: aShared(), lines: [aLine({ no: 1 }), aLine({ no: 2 })] });
  link(held.shared, "SKU-1", [], true);
  verifyOrder(held, good);
  assert.deepEqual(
    [states(held), held.dossier.fulfillmentOrders[0]!.lines.map((line) => line.orderLineNo)],
    [["held"], [2]],
  );
});

test("HD-1 a hold on the order stops also what is created later", () => {
  const draft = received({ lines: [aLine({ quantity: 1 })] });
  draft.openHold({ subject: "order", subjectId: "0", code: "by_person" }, "person");

  draft.touchLine(draft.dossier.lines[0]!, { quantity: 2 });
  verifyOrder(draft, good);
  draft.addFulfillmentOrder([unrouted(1, 1)]);
  verifyOrder(draft, good);

  assert.deepEqual([...new Set(states(draft).filter((state) => state !== "cancelled"))], ["held"]);
});

test("HD-2 verification never closes a person's hold", () => {
  const draft = received();
  draft.openHold({ subject: "order", subjectId: "0", code: "by_person" }, "person");

  verifyOrder(draft, good);

  assert.deepEqual(codes(draft), ["by_person"]);
  assert.deepEqual(states(draft), ["held"]);
});

test("VF-12 a supplier's refusal of the address stays a hold until the address was changed, what it waits for changed, or a person released it", () => {
  /** Refused by its supplier for `code`, verified once since. */
  const refused = (code: "address_invalid" | "insufficient_balance") => {
    const draft = received();
    verifyOrder(draft, good);
    const [fo] = draft.dossier.fulfillmentOrders;
    draft.move(fo!, "placing");
    const attempt = anAttempt({ state: "armed", supplierOrderId: null, cost: null, costIs: null, closedAt: null });
    draft.dossier.attempts.push(attempt);
    closeAttempt(draft, attempt, { status: "refused", reason: code, message: "no such street" }, { source: "gate" });
    verifyOrder(draft, good);
    return { draft, fo: fo! };
  };
  const left = refused("address_invalid");
  const edited = refused("address_invalid");
  const released = refused("address_invalid");
  const woken = refused("insufficient_balance");
  assert.deepEqual([codes(left.draft), states(left.draft)], [["address_invalid"], ["held"]]);
  assert.deepEqual(
    [codes(woken.draft), woken.draft.dossier.holds[0]!.waitsFor],
    [["insufficient_balance"], "balance:30"],
  );

  editOrder(edited.draft, { address: { ...address, line1: "Hafenstr. 6" }, addressDigest: "other" });
  verifyOrder(edited.draft, good);
  releaseOrder(released.draft);
  verifyOrder(released.draft, good);
  woken.fo.woken = true;
  verifyOrder(woken.draft, good);
  verifyOrder(left.draft, good);

  assert.deepEqual([codes(left.draft), states(left.draft)], [["address_invalid"], ["held"]]);
  for (const { draft } of [edited, released, woken]) assert.deepEqual([codes(draft), states(draft)], [[], ["waiting"]]);
});
