import assert from "node:assert/strict";
import { test } from "node:test";
import { requestCancellation } from "./cancel.ts";
import type { OrderDraft } from "./draft.ts";
import { emptyAddress } from "./address.ts";
import { unrouted } from "./quantities.ts";
import { leaveBuffer } from "./release.ts";
import { linkKey, stockKey } from "./shared.ts";
import { collect, print, putBack, scanOut, stepBack, uncollect } from "./prep.ts";
import {
  aDossier,
  aDraft,
  aFoLine,
  aFulfillmentOrder,
  after,
  aLine,
  aShared,
  hours,
  noon,
  prepId,
} from "./testing/dossier.ts";

const label = { carrier: "UPS", trackingNumber: "1Z999AA10123456784" };
const later = after(hours(1));
const options = { used: [], sure: false };
const atPrep = (): OrderDraft =>
  aDraft(
    aDossier({
      lines: [aLine({ no: 1, quantity: 2 }), aLine({ no: 2, quantity: 1 })],
      fulfillmentOrders: [
        aFulfillmentOrder({
          state: "ready",
          supplierId: prepId,
          placedAt: null,
          lines: [aFoLine({ no: 1, orderLineNo: 1, quantity: 2 }), aFoLine({ no: 2, orderLineNo: 2 })],
        }),
      ],
      attempts: [],
    }),
    { shared: aShared({ stock: { "S-1": { onHand: 10, reserved: 2 }, "S-2": { onHand: 4, reserved: 1 } } }) },
  );
const fo = (draft: OrderDraft) => draft.dossier.fulfillmentOrders[0]!;
const code = (result: { status: string; code?: string }): string => (result.status === "refused" ? result.code! : "ok");
const collectAll = (draft: OrderDraft): void => {
  print(draft, fo(draft));
  collect(draft, fo(draft), { supplierSku: "S-1", units: 2 });
  collect(draft, fo(draft), { supplierSku: "S-2", units: 1 });
};

test("PR-1 shelf units are promised to one order; who finds too few is held for stock", () => {
  const waiting = () =>
    aDossier({
      lines: [aLine({ quantity: 6 })],
      fulfillmentOrders: [
        aFulfillmentOrder({
          state: "waiting",
          supplierId: null,
          accountId: null,
          placedAt: null,
          placeAfter: noon,
          lines: [{ no: 1, ...unrouted(1, 6) }],
        }),
      ],
      attempts: [],
    });
  const shared = aShared({ stock: { "S-1": { onHand: 10 } } });
  shared.links.set(linkKey("0", "SKU-1"), {
    sku: "SKU-1",
    nothingToShip: false,
    options: [
      {
        componentNo: 1,
        supplierId: prepId,
        supplierSku: "S-1",
        units: 1,
        per: 1,
        unitCost: "4",
        currency: "EUR",
        priority: 1,
        maxUnitCost: null,
      },
    ],
  });
  shared.accounts.set("32" as never, { ...shared.accounts.get("30" as never)!, id: "32" as never, supplierId: prepId });
  const facts = {
    address: {
      ...emptyAddress,
      name: "Mia",
      line1: "Hafenstr. 5",
      city: "Hamburg",
      postcode: "20095",
      country: "DE",
      no: 1,
      source: "channel" as const,
      digest: "d",
    },
    duplicateOf: null,
  };
  const drafts = [aDraft(waiting(), { shared, now: later }), aDraft(waiting(), { shared, now: later })];

  for (const draft of drafts) leaveBuffer(draft, facts, () => "key");

  assert.deepEqual(
    drafts.map((draft) => [fo(draft).state, draft.dossier.holds.map((hold) => hold.code)]),
    [
      ["ready", []],
      ["held", ["out_of_stock"]],
    ],
  );
  assert.deepEqual(shared.stock.get(stockKey(prepId, "S-1"))?.reserved, 6);
  assert.deepEqual(
    drafts[0]!.newReservations.map((each) => each.units),
    [6],
  );
});

test("PR-1 two lines of one SKU may not have more together than there is", () => {
  const shared = aShared({ stock: { "S-1": { onHand: 10 } } });
  const option = {
    componentNo: 1,
    supplierId: prepId,
    supplierSku: "S-1",
    units: 1,
    per: 1,
    unitCost: "4",
    currency: "EUR",
    priority: 1,
    maxUnitCost: null,
  };
  for (const sku of ["SKU-1", "SKU-2"])
    shared.links.set(linkKey("0", sku), { sku, nothingToShip: false, options: [option] });
  shared.accounts.set("32" as never, { ...shared.accounts.get("30" as never)!, id: "32" as never, supplierId: prepId });
  const address = {
    ...emptyAddress,
    name: "Mia",
    line1: "Hafenstr. 5",
    city: "Hamburg",
    postcode: "20095",
    country: "DE",
    no: 1,
    source: "channel" as const,
    digest: "d",
  };
  const dossier = aDossier({
    lines: [aLine({ no: 1, quantity: 6 }), aLine({ no: 2, quantity: 6 })],
    fulfillmentOrders: [
      aFulfillmentOrder({
        state: "waiting",
        supplierId: null,
        accountId: null,
        placedAt: null,
        placeAfter: noon,
        lines: [
          { no: 1, ...unrouted(1, 6) },
          { no: 2, ...unrouted(2, 6) },
        ],
      }),
    ],
    attempts: [],
  });
  const draft = aDraft(dossier, { shared, now: later });

  leaveBuffer(draft, { address, duplicateOf: null }, () => "key");

  assert.deepEqual(draft.stockChanges, []);
  assert.equal(shared.stock.get(stockKey(prepId, "S-1"))?.reserved, 0);
  assert.deepEqual(
    draft.dossier.holds.map((hold) => hold.code),
    ["out_of_stock"],
  );
});

test("PR-2 a label is printed from ready only", () => {
  const draft = atPrep();

  const results = [
    collect(draft, fo(draft), { supplierSku: "S-1", units: 1 }),
    print(draft, fo(draft)),
    print(draft, fo(draft)),
  ].map(code);

  assert.deepEqual(results, ["wrong_step", "ok", "wrong_step"]);
  assert.equal(fo(draft).state, "printed");
});

test("PR-3 a scan counts what is in hand and says what is left", () => {
  const draft = atPrep();
  print(draft, fo(draft));

  const first = collect(draft, fo(draft), { supplierSku: "S-1", units: 1 });

  assert.deepEqual(first, { status: "ok", value: { left: 1 } });
  assert.deepEqual([fo(draft).state, fo(draft).lines.map((line) => line.unitsCollected)], ["collecting", [1, 0]]);
});

test("PR-3 wrong goods and too many are refused with what was expected, and nothing is counted", () => {
  const draft = atPrep();
  print(draft, fo(draft));

  const wrong = collect(draft, fo(draft), { supplierSku: "X-9", units: 1 });
  const many = collect(draft, fo(draft), { supplierSku: "S-1", units: 3 });
  const none = collect(draft, fo(draft), { supplierSku: "S-1", units: 0 });

  assert.deepEqual([wrong, many, none].map(code), ["wrong_sku", "too_many", "units_invalid"]);
  assert.equal(wrong.status === "refused" && wrong.message, "X-9 does not belong here. Expected: S-1 × 2, S-2 × 1.");
  assert.deepEqual([fo(draft).state, fo(draft).lines.map((line) => line.unitsCollected)], ["printed", [0, 0]]);
});

test("PR-4 one step back at a time: what was collected counts no more, a printed label is void", () => {
  const draft = atPrep();
  collectAll(draft);

  const results = [stepBack(draft, fo(draft)), stepBack(draft, fo(draft)), stepBack(draft, fo(draft))].map(code);

  assert.deepEqual(results, ["ok", "ok", "wrong_step"]);
  assert.deepEqual([fo(draft).state, fo(draft).lines.map((line) => line.unitsCollected)], ["ready", [0, 0]]);
  assert.equal(draft.events.filter((event) => event.kind === "label_voided").length, 1);
});

test("PR-5 scanning out ships what was collected, takes it off the shelf and uses its reservation", () => {
  const draft = atPrep();
  collectAll(draft);

  const result = scanOut(draft, fo(draft), label, options);

  assert.equal(code(result), "ok");
  assert.equal(fo(draft).state, "shipped");
  assert.deepEqual(draft.stockChanges, [
    { supplierId: prepId, supplierSku: "S-1", reserved: -2, onHand: -2 },
    { supplierId: prepId, supplierSku: "S-2", reserved: -1, onHand: -1 },
  ]);
  assert.deepEqual(
    draft.endedReservations.map(({ lineNo, state, units }) => [lineNo, state, units]),
    [
      [1, "used", 2],
      [2, "used", 1],
    ],
  );
  assert.deepEqual(
    draft.dossier.shipments.map((each) => [each.source, each.shippedAt]),
    [["prep", noon]],
  );
  assert.deepEqual(
    draft.dossier.writeBacks.map((each) => each.lines.length),
    [2],
  );
});

test("PR-5 with a part collected it is partly shipped and collecting goes on", () => {
  const draft = atPrep();
  print(draft, fo(draft));
  const nothing = scanOut(draft, fo(draft), label, options);
  collect(draft, fo(draft), { supplierSku: "S-1", units: 2 });
  const wrongLabel = scanOut(draft, fo(draft), { carrier: "UPS", trackingNumber: "1Z999AA10123456785" }, options);
  scanOut(draft, fo(draft), label, options);
  const between = fo(draft).state;
  collect(draft, fo(draft), { supplierSku: "S-2", units: 1 });
  scanOut(draft, fo(draft), { carrier: "UPS", trackingNumber: "1Z12345E0205271686" }, options);

  assert.deepEqual(
    [code(nothing), code(wrongLabel), between, fo(draft).state],
    ["wrong_step", "tracking_not_accepted", "partially_shipped", "shipped"],
  );
  assert.deepEqual(
    draft.dossier.shipments.map((each) => each.lines),
    [[{ foLineNo: 1, units: 2 }], [{ foLineNo: 2, units: 1 }]],
  );
});

test("PR-6 a cancelled one says STOP at the next scan, and collected units go back by scan", () => {
  const draft = atPrep();
  collectAll(draft);
  requestCancellation(draft, { askedBy: "channel", lines: "all" });

  const stop = scanOut(draft, fo(draft), label, options);
  const wrong = putBack(draft, fo(draft), { supplierSku: "S-1", units: 3 });
  const back = putBack(draft, fo(draft), { supplierSku: "S-1", units: 2 });

  assert.deepEqual([stop, wrong, back].map(code), ["stop", "not_to_put_back", "ok"]);
  assert.equal(stop.status === "refused" && stop.message, "STOP: cancelled. Put back by scan: S-1 × 2, S-2 × 1.");
  assert.deepEqual(draft.stockChanges, [{ supplierId: prepId, supplierSku: "S-1", reserved: -2, onHand: 0 }]);
  assert.deepEqual(draft.dossier.shipments, []);
});

test("PR-6 with a part cancelled the surplus is put back before the parcel may leave", () => {
  const draft = atPrep();
  collectAll(draft);
  requestCancellation(draft, { askedBy: "person", lines: [{ orderLineNo: 1, quantity: 1 }] });

  const before = scanOut(draft, fo(draft), label, options);
  putBack(draft, fo(draft), { supplierSku: "S-1", units: 1 });
  const then = scanOut(draft, fo(draft), label, options);

  assert.deepEqual([before, then].map(code), ["stop", "ok"]);
  assert.deepEqual(draft.dossier.shipments[0]!.lines, [
    { foLineNo: 1, units: 1 },
    { foLineNo: 2, units: 1 },
  ]);
  assert.deepEqual(
    draft.endedReservations.map(({ lineNo, state, units }) => [lineNo, state, units]),
    [
      [1, "released", 1],
      [1, "used", 1],
      [2, "used", 1],
    ],
  );
});

test("PR-7 a held one, and one whose cancellation waits for an answer, go no further", () => {
  const held = atPrep();
  held.openHold({ subject: "order", subjectId: "0", code: "by_person" }, "person");
  const asked = atPrep();
  asked.shared.channels.values().next().value!.settings.buyerCancel = "ask";
  requestCancellation(asked, { askedBy: "buyer", lines: "all" });

  assert.deepEqual([print(held, fo(held)), print(asked, fo(asked))].map(code), ["held", "stop"]);
});

test("PR-8 the last scan is undone unit by unit; with an empty parcel it is as it was when printed", () => {
  const draft = atPrep();
  collectAll(draft);

  assert.equal(code(uncollect(draft, fo(draft), { supplierSku: "S-1", units: 3 })), "not_collected");
  assert.equal(code(uncollect(draft, fo(draft), { supplierSku: "S-9", units: 1 })), "not_collected");
  assert.deepEqual(
    fo(draft).lines.map((line) => line.unitsCollected),
    [2, 1],
  );
  assert.equal(code(uncollect(draft, fo(draft), { supplierSku: "S-1", units: 1 })), "ok");
  assert.deepEqual([fo(draft).state, fo(draft).lines[0]!.unitsCollected], ["collecting", 1]);
  uncollect(draft, fo(draft), { supplierSku: "S-1", units: 1 });
  uncollect(draft, fo(draft), { supplierSku: "S-2", units: 1 });

  assert.deepEqual([fo(draft).state, fo(draft).lines.map((line) => line.unitsCollected)], ["printed", [0, 0]]);
  assert.equal(code(collect(draft, fo(draft), { supplierSku: "S-1", units: 2 })), "ok", "and again from there");
});

test("PR-8 what was cancelled while it lay in the parcel is put back, not undone", () => {
  const draft = atPrep();
  collectAll(draft);
  requestCancellation(draft, { askedBy: "person", lines: [{ orderLineNo: 1, quantity: 1 }] });

  const undone = uncollect(draft, fo(draft), { supplierSku: "S-1", units: 1 });

  assert.equal(code(undone), "stop");
  assert.equal(fo(draft).lines[0]!.unitsCollected, 2);
});
