import type { Address } from "./address.ts";
import { requestCancellation, stateCancelled } from "./cancel.ts";
import type { ChannelOrder, ChannelOrderLine, OrderOrigin } from "./channel-order.ts";
import { OrderDraft } from "./draft.ts";
import { startOfNextDay } from "./due.ts";
import type { ChannelId, IdSource, WorkspaceId } from "./ids.ts";
import { isBeforePlacing, isFinal } from "./lifecycle.ts";
import { toMinor } from "./money.ts";
import type { Order, OrderDossier, OrderLine } from "./order.ts";
import { reconcileQuantities } from "./quantities.ts";
import type { Shared } from "./shared.ts";

/** One version of an order on its way in. Digests are made at the edge: keyed by workspace, so that they say nothing outside it. */
export interface IncomingOrder {
  order: ChannelOrder;
  origin: OrderOrigin;
  /** Over everything the channel said. */
  digest: string;
  addressDigest: string | null;
  buyerDigest: string | null;
}

/** IN-1. An order that we did not know. Its goods for us become one fulfillment order without a supplier, due for verification at once. */
export function newOrder(
  incoming: IncomingOrder,
  at: { workspaceId: WorkspaceId; channelId: ChannelId; shared: Shared; now: Date; actor: string; ids: IdSource },
): OrderDraft {
  const { order: said, origin } = incoming;
  const order: Order = {
    workspaceId: at.workspaceId,
    id: at.ids.next(),
    publicId: at.ids.uuid(),
    channelId: at.channelId,
    channelOrderId: said.channelOrderId,
    number: said.number,
    origin,
    orderedAt: said.orderedAt,
    receivedAt: at.now,
    channelUpdatedAt: said.updatedAt,
    versionNo: 1,
    versionDigest: incoming.digest,
    payment: said.payment,
    paidAt: paidAtOf(said, at.now),
    channelCancelledAt: said.cancelledAt,
    risk: said.risk,
    buyerDigest: incoming.buyerDigest,
    addressDigest: incoming.addressDigest,
    country: said.shipTo?.country ?? "",
    shippingMethod: said.shippingMethod,
    shipBy: shipByOf(said, at.shared, at.channelId),
    currency: said.currency,
    total: booked(said.total, said.currency),
    shippingPaid: booked(said.shippingPaid, said.currency),
    headline: "new",
    releasedAt: null,
    releasedBy: null,
    answered: [],
    addressNo: said.shipTo === null ? 0 : 1,
    editedAddressNo: null,
    eventSeq: 0,
    eventHash: "",
    version: 0,
  };
  const dossier: OrderDossier = {
    order,
    lines: [],
    fulfillmentOrders: [],
    holds: [],
    attempts: [],
    shipments: [],
    writeBacks: [],
    cancellations: [],
  };
  const draft = new OrderDraft(dossier, at.shared, { now: at.now, actor: at.actor, ids: at.ids, isNew: true });
  draft.event("received", "order", order.id, { origin, lines: said.lines.length });
  said.lines.forEach((line, index) => draft.addLine(newLine(line, index + 1)));
  addVersion(draft, incoming, 1);
  if (said.shipTo !== null) addAddress(draft, said.shipTo, incoming, 1);
  reconcileQuantities(draft);
  if (said.cancelledAt !== null) requestCancellation(draft, { askedBy: "channel", lines: "all", at: said.cancelledAt });
  return draft;
}

/**
 * IN-3. A newer version of an order we know: what nobody edited is applied; a change of an edited or placed value asks a person. Returns whether it was news.
 * One that says nothing new is remembered by its time only: an older one that differs and comes after it must not win.
 */
export function applyVersion(draft: OrderDraft, incoming: IncomingOrder): boolean {
  const { order } = draft;
  const { order: said } = incoming;
  // Newest wins: an older version that comes late is no news.
  if (said.updatedAt !== null && order.channelUpdatedAt !== null && said.updatedAt < order.channelUpdatedAt)
    return false;
  if (incoming.digest === order.versionDigest) {
    if (said.updatedAt !== null && said.updatedAt.getTime() !== order.channelUpdatedAt?.getTime())
      draft.touchOrder({ channelUpdatedAt: said.updatedAt });
    return false;
  }
  const versionNo = order.versionNo + 1;
  addVersion(draft, incoming, versionNo);
  draft.event("changed_on_channel", "order", order.id, { version: versionNo });
  const wasPaid = order.paidAt;
  draft.touchOrder({
    versionNo,
    versionDigest: incoming.digest,
    channelUpdatedAt: said.updatedAt ?? order.channelUpdatedAt,
    number: said.number,
    payment: said.payment,
    paidAt: wasPaid ?? paidAtOf(said, draft.now),
    risk: said.risk,
    shippingMethod: said.shippingMethod,
    shipBy: shipByOf(said, draft.shared, order.channelId) ?? order.shipBy,
    total: booked(said.total, said.currency),
    shippingPaid: booked(said.shippingPaid, said.currency),
  });
  applyAddress(draft, incoming);
  applyLines(draft, said);
  if (said.cancelledAt !== null && order.channelCancelledAt === null) {
    draft.touchOrder({ channelCancelledAt: said.cancelledAt });
    requestCancellation(draft, { askedBy: "channel", lines: "all", at: said.cancelledAt });
  }
  const excess = [...reconcileQuantities(draft)].map(([line, quantity]) => ({ orderLineNo: line.no, quantity }));
  if (excess.length > 0) requestCancellation(draft, { askedBy: "channel", lines: excess, at: draft.now });
  verifyAgain(draft);
  return true;
}

/** Everything unplaced is due for verification. */
export function verifyAgain(draft: OrderDraft): void {
  for (const fo of draft.dossier.fulfillmentOrders) {
    if (fo.state === "waiting" || fo.state === "held") draft.move(fo, "received");
  }
}

const booked = (amount: string | null, currency: string): bigint | null =>
  amount === null ? null : toMinor(amount, currency);
const paidAtOf = (said: ChannelOrder, now: Date): Date | null =>
  said.paidAt ?? (said.payment === "paid" ? (said.orderedAt ?? now) : null);

/** IN-9. The channel's own, or the end of the last handling day in the channel's zone, counted from the day of the order. */
function shipByOf(said: ChannelOrder, shared: Shared, channelId: ChannelId): Date | null {
  if (said.shipBy !== null) return said.shipBy;
  const { handlingDays, zone } = shared.channels.get(channelId)!.settings;
  if (handlingDays === null || said.orderedAt === null) return null;
  let end = said.orderedAt;
  for (let day = 0; day <= handlingDays; day += 1) end = startOfNextDay(end, zone);
  return new Date(end.getTime() - 1);
}

const newLine = (line: ChannelOrderLine, no: number): OrderLine => ({
  no,
  channelLineId: line.channelLineId,
  sku: line.sku,
  title: line.title,
  quantity: line.quantity,
  quantityEdited: null,
  cancelled: line.cancelled,
  channelCancelled: line.cancelled,
  fulfilledElsewhere: line.fulfilledBy === "us" ? line.fulfilled : 0,
  unitPrice: line.unitPrice,
  kind: line.kind,
  fulfilledBy: line.kind === "goods" ? line.fulfilledBy : "nobody",
});

function addVersion(draft: OrderDraft, incoming: IncomingOrder, no: number): void {
  const { order: said } = incoming;
  draft.newVersions.push({
    no,
    origin: incoming.origin,
    channelUpdatedAt: said.updatedAt,
    digest: incoming.digest,
    // Facts only: address, buyer and note are personal data and lie in order_address.
    facts: {
      number: said.number,
      payment: said.payment,
      cancelledAt: said.cancelledAt,
      shippingMethod: said.shippingMethod,
      shipBy: said.shipBy,
      total: said.total,
      lines: said.lines.map((line) => [
        line.channelLineId,
        line.sku,
        line.quantity,
        line.cancelled,
        line.fulfilled,
        line.unitPrice,
      ]),
      addressDigest: incoming.addressDigest,
    },
  });
}

function addAddress(draft: OrderDraft, address: Address, incoming: IncomingOrder, no: number): void {
  draft.newAddresses.push({
    ...address,
    no,
    source: "channel",
    digest: incoming.addressDigest ?? "",
    buyerId: incoming.order.buyerId,
    note: incoming.order.note,
  });
}

/** The number the next address row of an order takes. */
export const nextAddressNo = (order: Order): number => Math.max(order.addressNo, order.editedAddressNo ?? 0) + 1;

function applyAddress(draft: OrderDraft, incoming: IncomingOrder): void {
  const { order } = draft;
  const { shipTo } = incoming.order;
  if (shipTo === null || incoming.addressDigest === order.addressDigest) return;
  const no = nextAddressNo(order);
  addAddress(draft, shipTo, incoming, no);
  const edited = order.editedAddressNo !== null;
  const placed = draft.dossier.fulfillmentOrders.some((fo) => !isBeforePlacing(fo.state) && !isFinal(fo.state));
  draft.touchOrder({
    addressNo: no,
    addressDigest: incoming.addressDigest,
    ...(edited ? {} : { country: shipTo.country }),
  });
  // Who edited it, or already sent it, has to look; never silently.
  if (edited || placed)
    draft.openHold({
      subject: "order",
      subjectId: "0",
      code: "changed_on_channel",
      detail: { field: "address", theirs: no, ours: order.editedAddressNo, placed },
    });
}

function applyLines(draft: OrderDraft, said: ChannelOrder): void {
  const totals: { orderLineNo: number; quantity: number }[] = [];
  const gone: { orderLineNo: number; quantity: number }[] = [];
  const seen = new Set<string>();
  for (const theirs of said.lines) {
    seen.add(theirs.channelLineId);
    const line = draft.dossier.lines.find((each) => each.channelLineId === theirs.channelLineId);
    if (line === undefined) {
      draft.addLine(newLine(theirs, 1 + Math.max(0, ...draft.dossier.lines.map((each) => each.no))));
      draft.event("line_added", "line", String(draft.dossier.lines.length), { quantity: theirs.quantity });
      continue;
    }
    if (theirs.quantity !== line.quantity) {
      draft.event("quantity_changed", "line", String(line.no), { from: line.quantity, to: theirs.quantity });
      if (line.quantityEdited !== null)
        draft.openHold({
          subject: "line",
          subjectId: String(line.no),
          code: "changed_on_channel",
          detail: { field: "quantity", theirs: theirs.quantity, ours: line.quantityEdited, was: line.quantity },
        });
      draft.touchLine(line, { quantity: theirs.quantity });
    }
    if (theirs.unitPrice !== line.unitPrice || theirs.title !== line.title || theirs.sku !== line.sku)
      draft.touchLine(line, { unitPrice: theirs.unitPrice, title: theirs.title, sku: theirs.sku });
    if (theirs.cancelled > 0) totals.push({ orderLineNo: line.no, quantity: theirs.cancelled });
    const elsewhere = line.fulfilledBy === "us" ? Math.max(0, theirs.fulfilled - shippedUnits(draft.dossier, line)) : 0;
    if (elsewhere !== line.fulfilledElsewhere) draft.touchLine(line, { fulfilledElsewhere: elsewhere });
  }
  for (const line of draft.dossier.lines) {
    if (seen.has(line.channelLineId)) continue;
    const left = line.quantity - line.cancelled;
    if (left > 0) gone.push({ orderLineNo: line.no, quantity: left });
  }
  // The channel's totals contain what we told it ourselves (CN-3).
  stateCancelled(draft, totals);
  if (gone.length > 0) requestCancellation(draft, { askedBy: "channel", lines: gone, at: draft.now });
}

/** Channel units of a line that we shipped: what the channel calls fulfilled because we told it. */
export function shippedUnits(dossier: OrderDossier, line: OrderLine): number {
  let units = 0;
  for (const fo of dossier.fulfillmentOrders) {
    for (const foLine of fo.lines) {
      if (foLine.orderLineNo === line.no && foLine.componentNo <= 1)
        units += Math.floor((foLine.unitsShipped * foLine.per) / foLine.unitsPer);
    }
  }
  return units;
}
