import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { FulfillmentOrderId } from "./ids.ts";
import type { OrderDraft } from "./draft.ts";
import type { UsedNumber } from "./parcel.ts";
import {
  addTracking,
  confirmExcess,
  confirmTracking,
  correctTracking,
  recordSupplierProgress,
  type ProgressReport,
  type ReportedParcel,
} from "./shipping.ts";
import {
  aDossier,
  aDraft,
  aFoLine,
  aFulfillmentOrder,
  after,
  aLine,
  anAttempt,
  aShared,
  days,
  hours,
  noon,
  supplierId,
} from "./testing/dossier.ts";

const ups1 = "1Z999AA10123456784";
const ups2 = "1Z12345E0205271686";
const report = (change: Partial<ProgressReport> = {}): ProgressReport => ({
  acknowledged: false,
  cancelled: null,
  backorderedUntil: null,
  parcels: [],
  total: null,
  source: "supplier",
  complete: true,
  ...change,
});
const parcel = (change: Partial<ReportedParcel> = {}): ReportedParcel => ({
  carrier: "UPS",
  trackingNumber: ups1,
  shippedAt: noon,
  lines: "all",
  ...change,
});
const three = (units = 3): OrderDraft =>
  aDraft(
    aDossier({
      lines: [aLine({ quantity: units })],
      fulfillmentOrders: [aFulfillmentOrder({ lines: [aFoLine({ quantity: units })] })],
      attempts: [anAttempt({ cost: 1300n, expectedTotal: 1300n })],
    }),
    { now: after(hours(30)) },
  );
const fo = (draft: OrderDraft, no = 1) => draft.dossier.fulfillmentOrders[no - 1]!;
const codes = (draft: OrderDraft) => draft.dossier.holds.map((hold) => hold.code);

test("SH-1 an acknowledgement is recorded once and takes the overdue hold away", () => {
  const draft = three();
  draft.openHold({ subject: "fulfillment_order", subjectId: "200", code: "acknowledgement_overdue" });

  recordSupplierProgress(draft, fo(draft), report({ acknowledged: true }), []);
  recordSupplierProgress(draft, fo(draft), report({ acknowledged: true }), []);

  assert.equal(fo(draft).state, "acknowledged");
  assert.deepEqual(fo(draft).acknowledgedAt, after(hours(30)));
  assert.deepEqual(codes(draft), []);
  assert.equal(draft.events.filter((event) => event.kind === "acknowledged").length, 1);
});

test("SH-2 a parcel that does not say its units carries all that is open", () => {
  const draft = three();

  recordSupplierProgress(draft, fo(draft), report({ parcels: [parcel()] }), []);

  assert.equal(fo(draft).state, "shipped");
  assert.equal(fo(draft).lines[0]!.unitsShipped, 3);
  assert.deepEqual(
    draft.dossier.shipments.map(({ lines, parcels, source }) => ({
      lines,
      numbers: parcels.map((each) => [each.carrier, each.trackingNumber, each.accepted]),
      source,
    })),
    [{ lines: [{ foLineNo: 1, units: 3 }], numbers: [["ups", ups1, true]], source: "supplier" }],
  );
  assert.deepEqual(
    draft.dossier.writeBacks.map(({ state, lines, dueAt }) => ({ state, lines, dueAt })),
    [{ state: "waiting", lines: [{ orderLineNo: 1, quantity: 3 }], dueAt: after(hours(30)) }],
  );
});

test("SH-2 the same report again changes nothing", () => {
  const draft = three();
  const twice = report({
    acknowledged: true,
    parcels: [parcel({ lines: [{ supplierSku: "S-1", units: 2 }] })],
    cancelled: [{ supplierSku: "S-1", units: 1, reason: "out_of_stock" }],
  });
  recordSupplierProgress(draft, fo(draft), twice, []);
  const before = structuredClone(draft.dossier);
  const { length } = draft.events;

  recordSupplierProgress(draft, fo(draft), twice, []);

  assert.deepEqual(draft.dossier, before);
  assert.equal(draft.events.length, length);
});

test("SH-3 parcels add up: partly shipped, then shipped, and the last one counts for completion", () => {
  const draft = three();
  const first = parcel({ lines: [{ supplierSku: "S-1", units: 1 }] });
  const second = parcel({
    trackingNumber: ups2,
    lines: [{ supplierSku: "S-1", units: 2 }],
    shippedAt: after(hours(10)),
  });

  recordSupplierProgress(draft, fo(draft), report({ parcels: [first] }), []);
  const between = fo(draft).state;
  recordSupplierProgress(draft, fo(draft), report({ parcels: [first, second] }), []);

  assert.equal(between, "partially_shipped");
  assert.equal(fo(draft).state, "shipped");
  assert.deepEqual(fo(draft).lastShippedAt, after(hours(10)));
  assert.deepEqual(
    draft.dossier.shipments.map((each) => each.lines),
    [[{ foLineNo: 1, units: 1 }], [{ foLineNo: 1, units: 2 }]],
  );
});

test("SH-3 a known number that names more units than before gains exactly the difference", () => {
  const draft = three();
  recordSupplierProgress(
    draft,
    fo(draft),
    report({ parcels: [parcel({ lines: [{ supplierSku: "S-1", units: 1 }] })] }),
    [],
  );

  recordSupplierProgress(
    draft,
    fo(draft),
    report({ parcels: [parcel({ lines: [{ supplierSku: "S-1", units: 3 }] })] }),
    [],
  );

  assert.equal(fo(draft).lines[0]!.unitsShipped, 3);
  assert.deepEqual(
    draft.dossier.shipments.map((each) => each.lines[0]!.units),
    [1, 2],
  );
});

test("SH-3 a date in the future is taken as now", () => {
  const draft = three();

  recordSupplierProgress(draft, fo(draft), report({ parcels: [parcel({ shippedAt: after(days(40)) })] }), []);

  assert.deepEqual(fo(draft).lastShippedAt, draft.now);
});

test("SH-4 a backorder opens a hold with its date, a new date replaces it, shipping clears it", () => {
  const draft = three();

  recordSupplierProgress(draft, fo(draft), report({ backorderedUntil: after(days(5)) }), []);
  const first = draft.dossier.holds.map((hold) => [hold.code, hold.detail["until"]]);
  recordSupplierProgress(draft, fo(draft), report({ backorderedUntil: after(days(9)) }), []);
  const second = draft.dossier.holds.map((hold) => [hold.code, hold.detail["until"]]);
  recordSupplierProgress(draft, fo(draft), report({ parcels: [parcel()] }), []);

  assert.deepEqual(first, [["backordered", after(days(5)).toISOString()]]);
  assert.deepEqual(second, [["backordered", after(days(9)).toISOString()]]);
  assert.deepEqual(codes(draft), []);
  assert.equal(fo(draft).backorderedUntil, null);
});

test("SH-5 shipped in part and the rest cancelled is shipped; nothing shipped and all cancelled is cancelled", () => {
  const part = three();
  recordSupplierProgress(
    part,
    fo(part),
    report({ parcels: [parcel({ lines: [{ supplierSku: "S-1", units: 2 }] })] }),
    [],
  );
  recordSupplierProgress(
    part,
    fo(part),
    report({
      parcels: [parcel({ lines: [{ supplierSku: "S-1", units: 2 }] })],
      cancelled: [{ supplierSku: "S-1", units: 1, reason: "out_of_stock" }],
    }),
    [],
  );
  const whole = three();
  recordSupplierProgress(whole, fo(whole), report({ cancelled: "all" }), []);

  assert.equal(fo(part).state, "shipped");
  assert.equal(fo(whole).state, "cancelled");
});

test("SH-6 what the supplier cancels becomes a replacement with that supplier last, and is still wanted", () => {
  const draft = three();

  recordSupplierProgress(
    draft,
    fo(draft),
    report({ cancelled: [{ supplierSku: "S-1", units: 2, reason: "out_of_stock" }] }),
    [],
  );

  const next = fo(draft, 2);
  assert.deepEqual(
    [next.state, next.replaces, next.failedSuppliers, next.lines.map((line) => [line.orderLineNo, line.quantity])],
    ["received", "200", [supplierId], [[1, 2]]],
  );
  assert.equal(draft.dossier.lines[0]!.cancelled, 0);
  assert.equal(fo(draft).lines[0]!.unitsCancelled, 2);
});

test("SH-6 stated cancellations are totals: the same number again is no news, a higher one is the difference", () => {
  const draft = three();
  const say = (units: number) =>
    recordSupplierProgress(
      draft,
      fo(draft),
      report({ cancelled: [{ supplierSku: "S-1", units, reason: "out_of_stock" }] }),
      [],
    );

  say(1);
  say(1);
  say(2);

  assert.equal(fo(draft).lines[0]!.unitsCancelled, 2);
  assert.equal(draft.dossier.fulfillmentOrders.length, 3);
});

test("SH-8 more than is open, or goods that were not bought, are held with the numbers and never written down as shipped", () => {
  const draft = three();

  const problems = recordSupplierProgress(
    draft,
    fo(draft),
    report({
      parcels: [
        parcel({
          lines: [
            { supplierSku: "S-1", units: 5 },
            { supplierSku: "X", units: 1 },
          ],
        }),
      ],
    }),
    [],
  );

  assert.deepEqual(problems, [
    { code: "more_than_open", supplierSku: "S-1", units: 2 },
    { code: "unknown_sku", supplierSku: "X", units: 1 },
  ]);
  assert.equal(fo(draft).lines[0]!.unitsShipped, 3);
  assert.deepEqual(
    draft.dossier.holds.map((hold) => [hold.code, hold.subject, hold.detail["why"]]),
    [["tracking_not_accepted", "fulfillment_order", "more_than_open"]],
  );
});

test("SH-8 a parcel on top of everything joins the last shipment when a person says so, without a unit", () => {
  const draft = three();
  recordSupplierProgress(draft, fo(draft), report({ parcels: [parcel()] }), []);
  recordSupplierProgress(
    draft,
    fo(draft),
    report({ complete: false, parcels: [parcel({ trackingNumber: ups2, lines: [{ supplierSku: "S-1", units: 3 }] })] }),
    [],
  );

  const result = confirmExcess(draft, fo(draft), []);

  assert.equal(result.status, "ok");
  assert.deepEqual(
    draft.dossier.shipments.map((each) => each.parcels.map((one) => one.trackingNumber)),
    [[ups1, ups2]],
  );
  assert.equal(fo(draft).lines[0]!.unitsShipped, 3);
  assert.deepEqual(codes(draft), []);
});

test("SH-8 a parcel for something that was never placed is refused", () => {
  const draft = aDraft(
    aDossier({
      fulfillmentOrders: [
        aFulfillmentOrder({ state: "waiting", placedAt: null, lines: [aFoLine({ unitsPlaced: 0 })] }),
      ],
      attempts: [],
    }),
  );

  const problems = recordSupplierProgress(draft, fo(draft), report({ parcels: [parcel()] }), []);

  assert.deepEqual(problems, [{ code: "not_placed", supplierSku: null, units: 0 }]);
  assert.deepEqual(draft.dossier.shipments, []);
});

test("SH-9 a number that fails its carrier's check is kept, held and not told to the channel", () => {
  const draft = three();

  recordSupplierProgress(draft, fo(draft), report({ parcels: [parcel({ trackingNumber: "1Z999AA10123456785" })] }), []);

  assert.equal(fo(draft).state, "shipped");
  assert.deepEqual(
    draft.dossier.shipments[0]!.parcels.map((each) => [each.trackingNumber, each.accepted, each.dueAt]),
    [["1Z999AA10123456785", false, null]],
  );
  assert.deepEqual(
    draft.dossier.holds.map((hold) => [hold.code, hold.subject, hold.detail["why"]]),
    [["tracking_not_accepted", "shipment", "check"]],
  );
  assert.deepEqual(draft.dossier.writeBacks, []);
});

const usedBy = (change: Partial<UsedNumber> = {}): UsedNumber => ({
  carrier: "ups",
  trackingNumber: ups1,
  orderId: "999",
  buyerDigest: "somebody",
  addressDigest: "elsewhere",
  ...change,
});

test("SH-10 a number that another order had is held until a person says that the parcel is shared", () => {
  const draft = three();
  recordSupplierProgress(draft, fo(draft), report({ parcels: [parcel()] }), [usedBy()]);
  const before = [codes(draft), draft.dossier.writeBacks.length];

  const result = confirmTracking(draft, draft.dossier.shipments[0]!, { shared: true });

  assert.deepEqual(before, [["tracking_not_accepted"], 0]);
  assert.equal(result.status, "ok");
  assert.deepEqual(codes(draft), []);
  assert.deepEqual(
    draft.dossier.shipments[0]!.parcels.map((each) => [each.accepted, each.shared]),
    [[true, true]],
  );
  assert.deepEqual(
    draft.dossier.writeBacks.map((each) => each.state),
    ["waiting"],
  );
});

test("SH-10 the same buyer at the same address shares a parcel without being asked", () => {
  const draft = three();

  recordSupplierProgress(draft, fo(draft), report({ parcels: [parcel()] }), [
    usedBy({ buyerDigest: "buyer-1", addressDigest: "address-1" }),
  ]);

  assert.deepEqual(
    draft.dossier.shipments[0]!.parcels.map((each) => [each.accepted, each.shared]),
    [[true, true]],
  );
  assert.deepEqual(codes(draft), []);
});

test("SH-10 unknown buyers are never taken for the same one, and another carrier's number is another number", () => {
  const nobody = three();
  nobody.touchOrder({ buyerDigest: null });
  recordSupplierProgress(nobody, fo(nobody), report({ parcels: [parcel()] }), [
    usedBy({ buyerDigest: null, addressDigest: "address-1" }),
  ]);
  const other = three();
  recordSupplierProgress(other, fo(other), report({ parcels: [parcel()] }), [usedBy({ carrier: "Some Courier" })]);

  assert.deepEqual(codes(nobody), ["tracking_not_accepted"]);
  assert.deepEqual(codes(other), []);
});

test("SH-11 two numbers in one report without units are two boxes of one shipment", () => {
  const draft = three();

  recordSupplierProgress(draft, fo(draft), report({ parcels: [parcel(), parcel({ trackingNumber: ups2 })] }), []);

  assert.deepEqual(
    draft.dossier.shipments.map((each) => each.parcels.map((one) => one.trackingNumber)),
    [[ups1, ups2]],
  );
  assert.deepEqual(
    draft.dossier.writeBacks.map((each) => [each.state, each.lines.length]),
    [
      ["waiting", 1],
      ["not_needed", 0],
    ],
  );
});

test("SH-12 a number that the supplier replaced is corrected with its history and told again as a new revision", () => {
  const draft = three();
  recordSupplierProgress(draft, fo(draft), report({ parcels: [parcel()] }), []);
  const row = draft.dossier.writeBacks[0]!;
  draft.touchWriteBack(row, { state: "told", dueAt: null });

  recordSupplierProgress(draft, fo(draft), report({ parcels: [parcel({ trackingNumber: ups2 })] }), []);

  assert.deepEqual(
    draft.dossier.shipments.map((each) => each.parcels.map((one) => one.trackingNumber)),
    [[ups2]],
  );
  assert.deepEqual(
    draft.dossier.writeBacks.map((each) => [each.revision, each.state, each.lines]),
    [
      [1, "told", [{ orderLineNo: 1, quantity: 3 }]],
      [2, "waiting", [{ orderLineNo: 1, quantity: 3 }]],
    ],
  );
  assert.deepEqual(draft.events.find((event) => event.kind === "tracking_corrected")?.data, {
    source: "supplier",
    before: { carrier: "ups", trackingNumber: ups1 },
    now: { carrier: "ups", trackingNumber: ups2 },
  });
});

test("SH-12 a parcel that a complete report forgets stays", () => {
  const draft = three();
  recordSupplierProgress(draft, fo(draft), report({ parcels: [parcel()] }), []);

  recordSupplierProgress(draft, fo(draft), report(), []);

  assert.deepEqual(
    draft.dossier.shipments.map((each) => each.parcels.map((one) => one.trackingNumber)),
    [[ups1]],
  );
  assert.equal(fo(draft).state, "shipped");
});

test("SH-12 a person corrects a number; what was not told of the old one never is", () => {
  const draft = three();
  recordSupplierProgress(draft, fo(draft), report({ parcels: [parcel()] }), []);
  const shipment = draft.dossier.shipments[0]!;

  const wrong = correctTracking(
    draft,
    shipment,
    shipment.parcels[0]!,
    { carrier: "UPS", trackingNumber: "1Z999AA10123456785" },
    { used: [], sure: false },
  );
  const right = correctTracking(
    draft,
    shipment,
    shipment.parcels[0]!,
    { carrier: "UPS", trackingNumber: ups2 },
    { used: [], sure: false },
  );

  assert.equal(wrong.status === "refused" && wrong.code, "tracking_not_accepted");
  assert.equal(right.status, "ok");
  assert.deepEqual(
    draft.dossier.writeBacks.map((each) => [each.revision, each.state]),
    [
      [1, "not_needed"],
      [2, "waiting"],
    ],
  );
});

test("SH-16 the first confirmed total corrects the expected one; repeated totals are no news", () => {
  const draft = three();

  recordSupplierProgress(draft, fo(draft), report({ total: { amount: 1250n, currency: "EUR" } }), []);
  recordSupplierProgress(draft, fo(draft), report({ total: { amount: 1300n, currency: "EUR" } }), []);

  assert.deepEqual(
    draft.postings.map(({ kind, attemptId, entries }) => ({ kind, attemptId, entries })),
    [
      {
        kind: "adjustment",
        attemptId: "300",
        entries: [
          { ledger: "payable", amount: 50n },
          { ledger: "goods", amount: -50n },
        ],
      },
    ],
  );
  assert.deepEqual([draft.dossier.attempts[0]!.cost, draft.dossier.attempts[0]!.costIs], [1250n, "confirmed"]);
});

test("SH-17 cancelled units are booked back at their cost, and the whole rest of the charge with the last unit", () => {
  const draft = three();
  const say = (units: number) =>
    recordSupplierProgress(
      draft,
      fo(draft),
      report({ cancelled: [{ supplierSku: "S-1", units, reason: "out_of_stock" }] }),
      [],
    );

  say(1);
  say(3);

  assert.deepEqual(
    draft.postings.map((posting) => [posting.kind, posting.entries.map((entry) => [entry.ledger, entry.amount])]),
    [
      [
        "refund",
        [
          ["payable", 400n],
          ["goods", -400n],
        ],
      ],
      [
        "refund",
        [
          ["payable", 900n],
          ["goods", -900n],
        ],
      ],
    ],
  );
  assert.equal(draft.dossier.attempts[0]!.cost, 0n);
});

test("SH-17 a prepaid account gets its money back into the balance, never more than was charged", () => {
  const dossier = aDossier({ attempts: [anAttempt({ cost: 100n, holdsMoney: true })] });
  const draft = aDraft(dossier, { shared: aShared({ account: { payment: "prepaid" } }) });

  recordSupplierProgress(draft, fo(draft), report({ cancelled: "all" }), []);

  assert.deepEqual(draft.postings[0]!.entries, [
    { ledger: "available", amount: 100n },
    { ledger: "goods", amount: -100n },
  ]);
  assert.equal(draft.shared.accounts.get("30" as never)!.balance, 100n);
});

test("SH-18 a person's number is checked before it is taken, and more than is open is always refused", () => {
  const draft = three();
  const attempt = (change: Partial<ReportedParcel>, sure = false) =>
    addTracking(draft, fo(draft), parcel(change), { used: [], sure });

  const wrong = attempt({ trackingNumber: "1Z999AA10123456785" });
  const tooMany = attempt({ lines: [{ supplierSku: "S-1", units: 4 }] }, true);
  const sure = attempt({ trackingNumber: "1Z999AA10123456785" }, true);
  const again = attempt({ trackingNumber: ups2 });

  assert.deepEqual(
    [wrong, tooMany, sure, again].map((each) => (each.status === "refused" ? each.code : "ok")),
    ["tracking_not_accepted", "more_than_open", "ok", "nothing_open"],
  );
  assert.equal(tooMany.status === "refused" && tooMany.message, "S-1: 1 units too many. Open here: S-1 × 3.");
  assert.deepEqual(
    draft.dossier.shipments.map((each) => [each.source, each.parcels[0]!.accepted]),
    [["person", true]],
  );
  assert.deepEqual(codes(draft), []);
});

test("SH-8 whatever a supplier reports, in whatever order, shipped and cancelled never exceed what was placed", () => {
  const anyParcel = fc.record({
    trackingNumber: fc.constantFrom(ups1, ups2, "AB1234567", ""),
    lines: fc.oneof(
      fc.constant("all" as const),
      fc.array(fc.record({ supplierSku: fc.constantFrom("S-1", "S-2", "X"), units: fc.integer({ min: 1, max: 6 }) }), {
        maxLength: 3,
      }),
    ),
  });
  const anyReport = fc.record({
    parcels: fc.array(anyParcel, { maxLength: 3 }),
    cancelled: fc.oneof(
      fc.constant(null),
      fc.constant("all" as const),
      fc.array(
        fc.record({
          supplierSku: fc.constantFrom("S-1", "S-2"),
          units: fc.integer({ min: 1, max: 6 }),
          reason: fc.constant("out_of_stock" as const),
        }),
        { maxLength: 2 },
      ),
    ),
    complete: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(anyReport, { maxLength: 6 }), (reports) => {
      const draft = aDraft(
        aDossier({
          lines: [aLine({ no: 1, quantity: 4 }), aLine({ no: 2, quantity: 2 })],
          fulfillmentOrders: [
            aFulfillmentOrder({
              lines: [
                aFoLine({ no: 1, orderLineNo: 1, quantity: 4 }),
                aFoLine({ no: 2, orderLineNo: 2, quantity: 2, unitsPer: 3 }),
              ],
            }),
          ],
          attempts: [anAttempt({ cost: 4000n })],
        }),
      );

      for (const each of reports)
        recordSupplierProgress(
          draft,
          fo(draft),
          report({ ...each, parcels: each.parcels.map((one) => parcel(one)) }),
          [],
        );

      const refunds = draft.postings
        .filter((each) => each.kind === "refund")
        .reduce((sum, each) => sum - (each.entries.find((entry) => entry.ledger === "goods")?.amount ?? 0n), 0n);
      assert.ok(refunds <= 4000n && draft.dossier.attempts[0]!.cost === 4000n - refunds);
      for (const line of fo(draft).lines) {
        const inShipments = draft.dossier.shipments
          .flatMap((each) => each.lines)
          .filter((each) => each.foLineNo === line.no)
          .reduce((sum, each) => sum + each.units, 0);
        assert.equal(inShipments, line.unitsShipped);
        assert.ok(line.unitsShipped + line.unitsCancelled <= line.unitsPlaced);
        assert.ok(line.quantityCancelled <= line.quantity);
      }
      for (const orderLine of draft.dossier.lines) {
        const told = draft.dossier.writeBacks
          .flatMap((each) => each.lines)
          .filter((each) => each.orderLineNo === orderLine.no)
          .reduce((sum, each) => sum + each.quantity, 0);
        if (draft.dossier.writeBacks.every((each) => each.revision === 1)) assert.ok(told <= orderLine.quantity);
      }
    }),
  );
});

test("SH-7 what we had asked the supplier to cancel answers our question instead of being bought again", () => {
  const draft = three();
  draft.dossier.cancellations.push({
    id: "500" as never,
    askedBy: "person",
    state: "accepted",
    lines: [{ orderLineNo: 1, quantity: 1 }],
    openedAt: noon,
    asks: [
      {
        fulfillmentOrderId: "200" as FulfillmentOrderId,
        state: "asking",
        lines: [{ orderLineNo: 1, componentNo: 1, quantity: 1, accepted: 0 }],
        dueAt: noon,
        tries: 1,
      },
    ],
    dueAt: null,
    answeredAt: noon,
    answeredBy: "p",
  });

  recordSupplierProgress(
    draft,
    fo(draft),
    report({ cancelled: [{ supplierSku: "S-1", units: 2, reason: "out_of_stock" }] }),
    [],
  );

  assert.equal(draft.dossier.lines[0]!.cancelled, 1);
  assert.deepEqual(
    draft.dossier.fulfillmentOrders.slice(1).map((each) => [each.replaces, each.lines[0]!.quantity]),
    [["200", 1]],
  );
  assert.deepEqual(
    draft.dossier.cancellations.map((each) => each.asks[0]?.state),
    ["accepted"],
  );
});
