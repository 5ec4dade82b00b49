import type { OrderDraft } from "#domain/draft.ts";
import type { OrderId } from "#domain/ids.ts";
import type { FulfillmentOrder } from "#domain/order.ts";
import type { UsedNumber } from "#domain/parcel.ts";
import { addTracking } from "#domain/shipping.ts";
import { hasOpenUnits } from "#domain/shipped.ts";
import { normalizeTrackingNumber } from "#domain/tracking-number.ts";
import { commitDrafts } from "#store/commit.ts";
import { lockOrders } from "#store/dossier.ts";
import { findOrdersByNumber, findPurchases } from "#store/import.ts";
import { usedNumbers } from "#store/parcel.ts";
import type { Engine } from "../context.ts";
import { openDrafts } from "../stage.ts";
import type { ImportReport } from "./import-log.ts";
import { importList, type ListBatch, type ListImport, type ListItem } from "./lists.ts";

/** All rows of one number for one order together: one parcel. */
export interface ListedParcel {
  /** The order's number or the channel's id of it; or the reference of our purchase order. At least one. */
  order: string | null;
  po: string | null;
  /** "" where the file does not say. */
  carrier: string;
  trackingNumber: string;
  /** null: as the file is imported. */
  shippedAt: Date | null;
  /** Supplier units; null: all that is open. */
  lines: { supplierSku: string; units: number }[] | null;
}
type Item = ListItem<ListedParcel>;

/** IM-17. Tracking numbers by hand: each becomes a parcel of the purchase it belongs to. A number that is there already is no news. */
export const importTracking = (engine: Engine, wish: ListImport<ListedParcel>): Promise<ImportReport> =>
  importList(engine, "tracking", wish, 200, storeTracking);

async function storeTracking(batch: ListBatch<ListedParcel>): Promise<void> {
  const { tx, workspaceId, engine, now, actor } = batch;
  const orderOf = await ordersOf(batch);
  const keys = [...new Set([...orderOf.values()].map((each) => each.orderId))].map((orderId) => ({
    workspaceId,
    orderId,
  }));
  await lockOrders(tx, keys);
  const opened = await openDrafts(engine, tx, keys, { stock: "lock" }, now, actor);
  const drafts = new Map(opened.drafts.map((draft) => [draft.order.id, draft]));
  const used = await usedNumbers(
    tx,
    workspaceId,
    batch.items.map(({ item }) => item.trackingNumber),
    now,
  );
  for (const item of batch.items) {
    const found = orderOf.get(item);
    const draft = found === undefined ? undefined : drafts.get(found.orderId);
    if (draft !== undefined) addParcel(batch, item, draft, found?.fulfillmentOrderId ?? null, used);
  }
  await commitDrafts(tx, opened.drafts, { slot: engine.slot, newId: () => engine.ids.next() });
}

/** Which order each item means; what means none or several is refused. */
async function ordersOf(
  batch: ListBatch<ListedParcel>,
): Promise<Map<Item, { orderId: OrderId; fulfillmentOrderId: string | null }>> {
  const { tx, workspaceId, items } = batch;
  const texts = (field: "po" | "order"): string[] => [...new Set(items.flatMap(({ item }) => item[field] ?? []))];
  const purchases = await findPurchases(tx, workspaceId, texts("po"));
  const orders = await findOrdersByNumber(tx, workspaceId, texts("order"));
  const found = new Map<Item, { orderId: OrderId; fulfillmentOrderId: string | null }>();
  for (const item of items) {
    const { po, order } = item.item;
    if (po !== null) {
      const purchase = purchases.find((each) => each.reference === po);
      if (purchase === undefined)
        batch.refuse(item, "po", po, "the reference of a purchase order of ours that was placed");
      else if (order !== null && order !== purchase.number && order !== purchase.channelOrderId)
        batch.refuse(item, "order", order, `the order of ${po}, which is ${purchase.number}`);
      else found.set(item, purchase);
      continue;
    }
    const [only, second] = orders.filter((each) => each.number === order || each.channelOrderId === order);
    if (only === undefined)
      batch.refuse(item, "order", order ?? "", "the number of an order here, or the channel's id of it");
    else if (second !== undefined)
      batch.refuse(
        item,
        "order",
        order ?? "",
        "the reference of our purchase order, because several orders have this number; map a column po=Header",
      );
    else found.set(item, { orderId: only.orderId, fulfillmentOrderId: null });
  }
  return found;
}

function addParcel(
  batch: ListBatch<ListedParcel>,
  item: Item,
  draft: OrderDraft,
  fulfillmentOrderId: string | null,
  used: UsedNumber[],
): void {
  const { carrier, trackingNumber, lines } = item.item;
  const shippedAt = item.item.shippedAt ?? batch.now;
  const where = item.item.po === null ? "order" : "po";
  const named = item.item.po ?? item.item.order ?? "";
  if (shippedAt > batch.now)
    return batch.refuse(
      item,
      "shipped_at",
      shippedAt.toISOString(),
      "a time that has come: a parcel leaves before it is reported",
    );
  const parts = draft.dossier.fulfillmentOrders.filter(
    (fo) => fulfillmentOrderId === null || fo.id === fulfillmentOrderId,
  );
  if (parts.some((fo) => hasNumber(draft, fo, trackingNumber))) return batch.stored(item, "parcels_known");
  const open = parts.filter((fo) => fo.placedAt !== null && hasOpenUnits(fo));
  const fitting = open.filter((fo) =>
    (lines ?? []).every(({ supplierSku }) => fo.lines.some((line) => line.supplierSku === supplierSku)),
  );
  if (open.length === 0)
    return batch.refuse(item, where, named, "an order with units that were placed and have not left yet");
  if (fitting.length === 0)
    return batch.refuse(
      item,
      "sku",
      (lines ?? []).map((line) => line.supplierSku).join(", "),
      `supplier SKUs that are open in it: ${skusOf(open).join(", ")}`,
    );
  if (fitting.length > 1)
    return batch.refuse(
      item,
      where,
      named,
      `the reference of one of its purchase orders, because several wait for parcels: ${fitting.map((fo) => referenceOf(draft, fo)).join(", ")}; map a column po=Header`,
    );
  const fo = fitting[0]!;
  const answer = addTracking(
    draft,
    fo,
    { carrier, trackingNumber, shippedAt, lines: lines ?? "all" },
    { used, sure: false, source: "file" },
  );
  if (answer.status === "ok") {
    used.push({
      carrier,
      trackingNumber: normalizeTrackingNumber(trackingNumber),
      orderId: draft.order.id,
      buyerDigest: draft.order.buyerDigest,
      addressDigest: draft.order.addressDigest,
    });
    return batch.stored(item, "parcels_new");
  }
  const [field, found] =
    answer.code === "tracking_not_accepted"
      ? ["tracking_number", trackingNumber]
      : answer.code === "nothing_open"
        ? [where, named]
        : ["units", (lines ?? []).map((line) => `${line.supplierSku} × ${line.units}`).join(", ")];
  batch.refuse(item, field!, found!, answer.message);
}

const hasNumber = (draft: OrderDraft, fo: FulfillmentOrder, trackingNumber: string): boolean =>
  draft.dossier.shipments.some(
    (shipment) =>
      shipment.fulfillmentOrderId === fo.id &&
      shipment.parcels.some((parcel) => parcel.trackingNumber === normalizeTrackingNumber(trackingNumber)),
  );
const skusOf = (fos: readonly FulfillmentOrder[]): string[] => [
  ...new Set(fos.flatMap((fo) => fo.lines.flatMap((line) => line.supplierSku ?? []))),
];
const referenceOf = (draft: OrderDraft, fo: FulfillmentOrder): string =>
  draft.dossier.attempts.find((attempt) => attempt.fulfillmentOrderId === fo.id && attempt.state === "placed")
    ?.reference ?? fo.publicId;
