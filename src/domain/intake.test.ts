import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { emptyAddress } from "./address.ts";
import type { ChannelOrder, ChannelOrderLine } from "./channel-order.ts";
import { requestCancellation } from "./cancel.ts";
import type { OrderDraft } from "./draft.ts";
import { answerChange, editOrder } from "./edit.ts";
import type { FulfillmentOrderId } from "./ids.ts";
import { applyVersion, newOrder, type IncomingOrder } from "./intake.ts";
import { toPlace } from "./order.ts";
import {
  aDossier,
  aDraft,
  aFoLine,
  aFulfillmentOrder,
  aLine,
  aShared,
  after,
  channelId,
  countingIds,
  hours,
  noon,
  workspaceId,
} from "./testing/dossier.ts";

const aChannelLine = (change: Partial<ChannelOrderLine> = {}): ChannelOrderLine => ({
  channelLineId: "l-1",
  sku: "SKU-1",
  title: "A thing",
  quantity: 2,
  cancelled: 0,
  fulfilled: 0,
  unitPrice: "10.00",
  kind: "goods",
  fulfilledBy: "us",
  ...change,
});
const aChannelOrder = (change: Partial<ChannelOrder> = {}): ChannelOrder => ({
  channelOrderId: "900719925474099312345",
  number: "#1001",
  orderedAt: noon,
  updatedAt: noon,
  currency: "EUR",
  payment: "paid",
  paidAt: noon,
  cancelledAt: null,
  buyerId: "b-1",
  shipTo: { ...emptyAddress, name: "Zoë 山田", line1: "Quay 1", city: "Hamburg", postcode: "20095", country: "DE" },
  shippingMethod: null,
  shipBy: null,
  note: null,
  shippingPaid: "4.90",
  total: "24.90",
  risk: "none",
  lines: [aChannelLine()],
  ...change,
});
let versions = 0;
const incoming = (order: ChannelOrder, change: Partial<IncomingOrder> = {}): IncomingOrder => ({
  order,
  origin: "live",
  digest: `v${(versions += 1)}`,
  addressDigest: JSON.stringify(order.shipTo),
  buyerDigest: "b",
  ...change,
});
const arrive = (order: ChannelOrder = aChannelOrder()): OrderDraft =>
  newOrder(incoming(order), {
    workspaceId,
    channelId,
    shared: aShared(),
    now: after(1000),
    actor: "channel:10",
    ids: countingIds(),
  });
const open = (draft: OrderDraft): number[] =>
  draft.dossier.fulfillmentOrders
    .filter((fo) => fo.state !== "cancelled")
    .flatMap((fo) => fo.lines.map((line) => line.quantity - line.quantityCancelled));

test("IN-1 a new order becomes one fulfillment order with all its goods for us, due at once", () => {
  const draft = arrive();
  draft.finish();

  const [fo, ...others] = draft.dossier.fulfillmentOrders;
  assert.deepEqual([fo?.state, fo?.supplierId, fo?.dueAt, others.length], ["received", null, after(1000), 0]);
  assert.deepEqual(
    [draft.order.channelOrderId, draft.order.total, draft.order.shippingPaid, draft.order.headline],
    ["900719925474099312345", 2490n, 490n, "new"],
  );
  assert.equal(draft.newAddresses[0]?.name, "Zoë 山田");
  assert.ok(!JSON.stringify(draft.events).includes("Quay"), "no personal data in events");
});

test("IN-2 the same version again changes nothing", () => {
  const draft = arrive();
  const before = draft.events.length;

  const news = applyVersion(draft, incoming(aChannelOrder(), { digest: draft.order.versionDigest }));

  assert.deepEqual([news, draft.events.length], [false, before]);
});

test("IN-3 a newer version is applied, an older one that comes late is not", () => {
  const draft = arrive();

  applyVersion(
    draft,
    incoming(
      aChannelOrder({ updatedAt: after(60_000), lines: [aChannelLine({ quantity: 5 })], shippingMethod: "Express" }),
    ),
  );
  const late = applyVersion(
    draft,
    incoming(aChannelOrder({ updatedAt: after(30_000), lines: [aChannelLine({ quantity: 1 })] })),
  );

  assert.equal(late, false);
  assert.deepEqual([open(draft), draft.order.shippingMethod, draft.order.versionNo], [[5], "Express", 2]);
});

test("IN-3 one that says the same again is no news, and an older one that differs does not win over it", () => {
  const draft = arrive();
  const same = { digest: draft.order.versionDigest };

  const again = applyVersion(draft, incoming(aChannelOrder({ updatedAt: after(60_000) }), same));
  const late = applyVersion(
    draft,
    incoming(aChannelOrder({ updatedAt: after(30_000), lines: [aChannelLine({ quantity: 1 })] })),
  );

  assert.deepEqual([again, late], [false, false]);
  assert.deepEqual([draft.order.versionNo, draft.order.channelUpdatedAt], [1, after(60_000)]);
});

test("IN-4 a change of what a person edited asks; a person answers", () => {
  const draft = arrive();
  assert.equal(editOrder(draft, { lines: [{ lineNo: 1, quantity: 3 }] }).status, "ok");
  assert.deepEqual(open(draft), [3]);

  applyVersion(draft, incoming(aChannelOrder({ updatedAt: after(60_000), lines: [aChannelLine({ quantity: 4 })] })));

  const [hold] = draft.dossier.holds;
  assert.deepEqual(
    [hold?.code, hold?.detail],
    ["changed_on_channel", { field: "quantity", theirs: 4, ours: 3, was: 2 }],
  );
  assert.deepEqual(open(draft), [3]);
});

test("IN-4 another address after placing asks, it is never changed silently", () => {
  const draft = arrive();
  const [fo] = draft.dossier.fulfillmentOrders;
  fo!.state = "placed";

  applyVersion(
    draft,
    incoming(
      aChannelOrder({
        updatedAt: after(60_000),
        shipTo: {
          ...emptyAddress,
          name: "Zoë",
          line1: "Elsewhere 9",
          city: "Berlin",
          postcode: "10115",
          country: "DE",
        },
      }),
    ),
  );

  assert.deepEqual(
    draft.dossier.holds.map((hold) => [hold.code, hold.detail["field"], hold.detail["placed"]]),
    [["changed_on_channel", "address", true]],
  );
});

test("IN-5 lines that the channel fulfils, and lines that are no goods, are kept and never placed", () => {
  const draft = arrive(
    aChannelOrder({
      lines: [
        aChannelLine(),
        aChannelLine({ channelLineId: "fba", fulfilledBy: "channel" }),
        aChannelLine({ channelLineId: "post", kind: "shipping" }),
      ],
    }),
  );

  assert.equal(draft.dossier.lines.length, 3);
  assert.deepEqual(
    draft.dossier.fulfillmentOrders[0]!.lines.map((line) => line.orderLineNo),
    [1],
  );
});

test("IN-9 without a ship-by of the channel it is the end of the last handling day in the channel's zone", () => {
  const berlin = aShared({ channel: { handlingDays: 2, zone: "Europe/Berlin" } });
  const at = { workspaceId, channelId, shared: berlin, now: noon, actor: "channel:10", ids: countingIds() };
  // Friday night before the clocks go back: the second day after it has 25 hours.
  const night = new Date("2026-10-23T22:30:00Z");

  const counted = newOrder(incoming(aChannelOrder({ orderedAt: night })), at);
  const stated = newOrder(incoming(aChannelOrder({ shipBy: after(1000) })), at);
  const without = arrive();

  assert.equal(counted.order.shipBy?.toISOString(), "2026-10-26T22:59:59.999Z");
  assert.deepEqual([stated.order.shipBy, without.order.shipBy], [after(1000), null]);
});

test("LC-6 without goods for us the order is completed; with all goods cancelled it is cancelled", () => {
  const fees = arrive(aChannelOrder({ lines: [aChannelLine({ kind: "fee" })] }));
  const gone = arrive(aChannelOrder({ lines: [aChannelLine({ cancelled: 2 })] }));
  const stated = arrive(aChannelOrder({ cancelledAt: noon }));

  for (const draft of [fees, gone, stated]) draft.finish();

  assert.deepEqual(
    [fees, gone, stated].map((draft) => draft.order.headline),
    ["completed", "cancelled", "cancelled"],
  );
});

test("QT-1 QT-2 whatever changes come in, unplaced fulfillment orders carry exactly what is to place", () => {
  const change = fc.record({
    a: fc.integer({ min: 1, max: 9 }),
    b: fc.integer({ min: 0, max: 9 }),
    cancelled: fc.integer({ min: 0, max: 3 }),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 8 }), (changes) => {
      const draft = arrive();
      changes.forEach(({ a, b, cancelled }, index) => {
        const lines = [
          aChannelLine({ quantity: a, cancelled: Math.min(a, cancelled) }),
          ...(b === 0 ? [] : [aChannelLine({ channelLineId: "l-2", sku: "SKU-2", quantity: b })]),
        ];
        applyVersion(draft, incoming(aChannelOrder({ updatedAt: after(60_000 * (index + 1)), lines })));
      });
      for (const line of draft.dossier.lines) {
        assert.ok(toPlace(line, draft.dossier.fulfillmentOrders) <= 0 || line.quantity === 0, `line ${line.no}`);
        assert.ok(line.cancelled >= 0);
      }
      for (const fo of draft.dossier.fulfillmentOrders)
        for (const line of fo.lines)
          assert.ok(line.quantity > 0 && line.quantityCancelled >= 0 && line.quantityCancelled <= line.quantity);
    }),
    { numRuns: 200 },
  );
});

test("ED-1 an edit names what it replaced and is refused after the point of no return", () => {
  const draft = arrive();
  const before = draft.order.addressNo;

  editOrder(draft, {
    address: { ...emptyAddress, name: "Zoë", line1: "Quay 2", city: "Hamburg", postcode: "20095", country: "DE" },
    addressDigest: "new",
  });
  draft.dossier.fulfillmentOrders[0]!.state = "placed";
  const late = editOrder(draft, { shippingMethod: "Express" });

  assert.deepEqual(draft.newEdits, [
    { field: "address", lineNo: null, replaced: { addressNo: before }, value: { addressNo: before + 1 } },
  ]);
  assert.equal(late.status === "refused" && late.code, "already_placed");
});

test("ED-2 a quantity cannot be edited below what is placed or cancelled", () => {
  const draft = arrive();
  applyVersion(
    draft,
    incoming(aChannelOrder({ updatedAt: after(60_000), lines: [aChannelLine({ quantity: 5, cancelled: 2 })] })),
  );

  const low = editOrder(draft, { lines: [{ lineNo: 1, quantity: 1 }] });
  const nowhere = editOrder(draft, { lines: [{ lineNo: 9, quantity: 1 }] });

  assert.deepEqual(
    [low.status === "refused" && low.code, nowhere.status === "refused" && nowhere.code],
    ["below_placed", "no_such_line"],
  );
});

test("ED-2 nor while a cancellation of the line waits for its answer", () => {
  const draft = aDraft(
    aDossier({
      lines: [aLine({ no: 1, quantity: 3 }), aLine({ no: 2 })],
      fulfillmentOrders: [
        aFulfillmentOrder({ state: "placed", placedAt: noon, lines: [aFoLine({ quantity: 3 })] }),
        aFulfillmentOrder({
          id: "201" as FulfillmentOrderId,
          no: 2,
          state: "held",
          lines: [aFoLine({ orderLineNo: 2, unitsPlaced: 0 })],
        }),
      ],
    }),
  );
  requestCancellation(draft, { askedBy: "person", lines: [{ orderLineNo: 1, quantity: 1 }] });

  const asked = editOrder(draft, { lines: [{ lineNo: 1, quantity: 4 }] });
  const other = editOrder(draft, { lines: [{ lineNo: 2, quantity: 2 }] });

  assert.deepEqual([asked.status === "refused" && asked.code, other.status], ["cancellation_open", "ok"]);
});

test("ED-3 an edit does not restart the buffer", () => {
  const draft = arrive();
  const [fo] = draft.dossier.fulfillmentOrders;
  draft.move(fo!, "waiting");
  draft.touch(fo!, { placeAfter: after(hours(1)) });

  editOrder(draft, { lines: [{ lineNo: 1, quantity: 3 }] });

  assert.deepEqual([fo!.state, fo!.placeAfter], ["received", after(hours(1))]);
});

test("ED-4 taking the channel's value or keeping ours closes the question", () => {
  for (const take of ["theirs", "ours"] as const) {
    const draft = arrive();
    editOrder(draft, { lines: [{ lineNo: 1, quantity: 3 }] });
    applyVersion(draft, incoming(aChannelOrder({ updatedAt: after(60_000), lines: [aChannelLine({ quantity: 4 })] })));

    const answered = answerChange(draft, draft.dossier.holds[0]!.id, take);

    assert.equal(answered.status, "ok");
    assert.deepEqual(draft.dossier.holds, []);
    assert.equal(draft.dossier.lines[0]!.quantityEdited ?? draft.dossier.lines[0]!.quantity, take === "theirs" ? 4 : 3);
  }
});

test("RL-1 a release names what is still open", async () => {
  const { releaseOrder } = await import("./edit.ts");
  const draft = arrive();
  draft.openHold({ subject: "line", subjectId: "1", code: "sku_not_linked", waitsFor: "sku:SKU-1" });
  draft.openHold({ subject: "order", subjectId: "0", code: "by_person" }, "person");

  const result = releaseOrder(draft);

  assert.deepEqual(result, { status: "ok", value: { stillOpen: ["sku_not_linked"] } });
  assert.deepEqual(
    draft.dossier.holds.map((hold) => hold.code),
    ["sku_not_linked"],
  );
});
