import { z } from "zod";
import {
  answersOf,
  attemptActions,
  cancellationActions,
  fulfillmentOrderActions,
  holdActions,
  orderActions,
  parcelActions,
  shipmentActions,
  writeBacksOf,
  type ActionView,
} from "#domain/actions.ts";
import { pointOfNoReturn } from "#domain/cancel.ts";
import { holdsOn, OrderDraft } from "#domain/draft.ts";
import { publicId } from "#domain/ids.ts";
import { headlineOfPart, headlines } from "#domain/lifecycle.ts";
import type { Attempt, FulfillmentOrder, Hold, Shipment } from "#domain/order.ts";
import { orderMoney } from "#domain/order-money.ts";
import { importance, reasonOf } from "#domain/reasons.ts";
import type { Role } from "#domain/role.ts";
import { defaultSupplierSettings, type WorkspaceSettings } from "#domain/settings.ts";
import type { Shared } from "#domain/shared.ts";
import type { OrderView } from "#store/read/order.ts";
import { Actors, type Actor } from "../actors.ts";
import { actionsOf, Address, HeadlineCode, Money, money, ReasonCodeSchema, time, timeOrNull } from "../schemas.ts";
import { readableDetail } from "./hold-detail.ts";
import { placedBy, PlacedBy } from "./order-row.ts";
import { ResolveActionSchema } from "./resolve.ts";

const Named = z.object({ id: z.string(), name: z.string() });
const LineQuantity = z.object({ line_no: z.int(), quantity: z.int() });

export const HoldDetail = z
  .object({
    id: z.string(),
    code: ReasonCodeSchema,
    title: z.string(),
    what: z.string(),
    next: z.string(),
    resolve_with: z.array(ResolveActionSchema),
    on: z.object({ subject: z.enum(["order", "line", "fulfillment_order", "shipment"]), id: z.string() }),
    acts: z.string(),
    made_by: z.enum(["machine", "person"]),
    clears_itself: z.boolean(),
    waits_for: z.string().nullable(),
    detail: z.record(z.string(), z.unknown()),
    opened_at: z.string(),
    opened_by: z.string(),
    /** The member who looks after it, and until when nobody wants to see it. */
    owner: z.string().nullable(),
    snoozed_until: z.string().nullable(),
    actions: actionsOf(["dismiss", "answer"]),
  })
  .meta({ id: "Hold" });

const AttemptDetail = z
  .object({
    no: z.int(),
    kind: z.string(),
    state: z.enum(["armed", "unknown", "placed", "refused", "void"]),
    reference: z.string(),
    account: Named.nullable(),
    armed_at: z.string(),
    settles_at: z.string(),
    closed_at: z.string().nullable(),
    expected: Money,
    at_most: Money,
    cost: Money.nullable(),
    cost_is: z.enum(["expected", "confirmed"]).nullable(),
    supplier_order_id: z.string().nullable(),
    reason: z.object({ code: ReasonCodeSchema, title: z.string() }).nullable(),
    actor: z.string(),
    evidence: z.array(z.object({ kind: z.string(), source: z.string(), at: z.string() })),
    actions: actionsOf(["confirm_bought", "confirm_not_bought"]),
  })
  .meta({ id: "Attempt" });

const foActionNames = [
  "choose_supplier",
  "take_over",
  "placed",
  "not_placed",
  "give_back",
  "add_tracking",
  "accept",
  "cannot_send",
  "confirm_tracking",
  "supplier_answered",
  "print",
  "collect",
  "uncollect",
  "back",
  "put_back",
  "ship",
] as const;
const Decision = z.object({
  kind: z.string(),
  at: z.string(),
  considered: z.array(
    z.object({
      line_no: z.int(),
      component_no: z.int(),
      chosen: z.string().nullable(),
      candidates: z.array(
        z.object({ supplier: z.string(), supplier_sku: z.string(), unit_cost: z.string(), priority: z.int() }),
      ),
      rejected: z.array(
        z.object({ supplier: z.string(), supplier_sku: z.string(), why: z.string(), title: z.string() }),
      ),
    }),
  ),
});
const FulfillmentOrderDetail = z
  .object({
    id: z.string(),
    no: z.int(),
    state: z.string(),
    headline: HeadlineCode,
    title: z.string(),
    hint: z.string(),
    supplier: Named.extend({ kind: z.string(), role: z.enum(["supplier", "prep"]) }).nullable(),
    supplier_chosen_by_person: z.boolean(),
    account: Named.nullable(),
    method: z.string().nullable(),
    placed_by: PlacedBy,
    claimed_by: z.string().nullable(),
    replaces: z.string().nullable(),
    place_after: z.string().nullable(),
    placed_at: z.string().nullable(),
    acknowledged_at: z.string().nullable(),
    backordered_until: z.string().nullable(),
    delivered_at: z.string().nullable(),
    next_look_at: z.string().nullable(),
    looks: z.int(),
    ship_by: z.string().nullable(),
    expected: z.object({ goods: Money, shipping: Money }).nullable(),
    lines: z.array(
      z.object({
        no: z.int(),
        order_line_no: z.int(),
        component_no: z.int(),
        supplier_sku: z.string().nullable(),
        quantity: z.int(),
        quantity_cancelled: z.int(),
        units: z.int(),
        units_cancelled: z.int(),
        units_placed: z.int(),
        units_shipped: z.int(),
        units_collected: z.int(),
        unit_cost: z.string().nullable(),
      }),
    ),
    attempts: z.array(AttemptDetail),
    decision: Decision.nullable(),
    /** free, prep: cancelled at once; doubt, supplier: somebody is asked; gone: it has left. */
    cancel_reach: z.enum(["free", "prep", "doubt", "supplier", "gone"]),
    actions: actionsOf(foActionNames),
  })
  .meta({ id: "FulfillmentOrderDetail" });

const WriteBackDetail = z.object({
  state: z.string(),
  revision: z.int(),
  tries: z.int(),
  message: z.string().nullable(),
  told_at: z.string().nullable(),
  next_try_at: z.string().nullable(),
  lines: z.array(LineQuantity),
});
const ShipmentDetail = z
  .object({
    id: z.string(),
    fulfillment_order: z.string(),
    no: z.int(),
    source: z.string(),
    shipped_at: z.string(),
    lines: z.array(z.object({ fulfillment_order_line_no: z.int(), units: z.int() })),
    parcels: z.array(
      z.object({
        no: z.int(),
        carrier: z.string(),
        tracking_number: z.string(),
        state: z.string(),
        state_at: z.string().nullable(),
        accepted: z.boolean(),
        shared: z.boolean(),
        write_backs: z.array(WriteBackDetail),
        actions: actionsOf(["confirm_shared", "correct", "delivered"]),
      }),
    ),
    actions: actionsOf(["resend", "told_by_hand"]),
  })
  .meta({ id: "ShipmentDetail" });

export const OrderDetail = z
  .object({
    id: z.string(),
    number: z.string(),
    channel: Named.extend({ kind: z.string() }),
    channel_order_id: z.string(),
    headline: HeadlineCode,
    title: z.string(),
    hint: z.string(),
    origin: z.string(),
    payment: z.string(),
    risk: z.string(),
    placed_by: PlacedBy,
    ordered_at: z.string().nullable(),
    received_at: z.string(),
    paid_at: z.string().nullable(),
    ship_by: z.string().nullable(),
    shipping_method: z.string().nullable(),
    released: z.object({ at: z.string(), by: z.string().nullable() }).nullable(),
    channel_version: z.int(),
    version: z.int(),
    /** Personal data: reading it is recorded. */
    ship_to: Address.nullable(),
    note: z.string().nullable(),
    lines: z.array(
      z.object({
        no: z.int(),
        channel_line_id: z.string(),
        sku: z.string(),
        title: z.string(),
        kind: z.string(),
        fulfilled_by: z.string(),
        quantity: z.int(),
        quantity_on_channel: z.int(),
        cancelled: z.int(),
        fulfilled_elsewhere: z.int(),
        unit_price: z
          .string()
          .nullable()
          .meta({ description: "What the buyer paid; null for a role that does not see it" }),
      }),
    ),
    fulfillment_orders: z.array(FulfillmentOrderDetail),
    holds: z.array(HoldDetail).meta({ description: "The most important one first: the headline is of it" }),
    shipments: z.array(ShipmentDetail),
    cancellations: z.array(
      z.object({
        no: z.int(),
        asked_by: z.string(),
        state: z.string(),
        lines: z.array(LineQuantity),
        opened_at: z.string(),
        answered_at: z.string().nullable(),
        answered_by: z.string().nullable(),
        asks: z.array(z.object({ fulfillment_order: z.string(), state: z.string() })),
        told: z.string().nullable(),
        /** What the channel said to it. */
        told_message: z.string().nullable(),
        actions: actionsOf(["accept", "refuse", "resend", "told_by_hand"]),
      }),
    ),
    edits: z.array(
      z.object({
        field: z.string(),
        line_no: z.int().nullable(),
        replaced: z.record(z.string(), z.unknown()),
        value: z.record(z.string(), z.unknown()),
        by: z.string(),
        at: z.string(),
      }),
    ),
    money: z
      .object({
        sold: Money,
        goods: z.array(Money),
        shipping: z.array(Money),
        fees: Money,
        refunds: Money,
        profit: Money.nullable(),
        profit_unknown_because: z.string().nullable(),
      })
      .nullable(),
    actors: Actors,
    actions: actionsOf(["release", "hold", "unhold", "edit", "cancel"]),
  })
  .meta({ id: "Order" });

export interface Reader {
  role: Role;
  seesMoney: boolean;
  now: Date;
  workspace: WorkspaceSettings;
  /** Who the actors of this order are. */
  actors: Record<string, Actor>;
}

/** Everybody an order's answer names. */
export const mentionedIn = ({ dossier, edits, holds }: OrderView): (string | null)[] => [
  dossier.order.releasedBy,
  ...[...holds.values()].map((hold) => hold.openedBy),
  ...dossier.attempts.map((attempt) => attempt.actor),
  ...dossier.fulfillmentOrders.map((fo) => fo.claimedBy),
  ...dossier.cancellations.map((cancellation) => cancellation.answeredBy),
  ...edits.map((edit) => edit.actor),
];

/** One order as a person sees it; with each thing what may be done, and why not (API-22). */
export function presentOrder(view: OrderView, reader: Reader): z.output<typeof OrderDetail> {
  const { dossier } = view;
  const { order } = dossier;
  const actions: ActionView = {
    dossier,
    role: reader.role,
    now: reader.now,
    prepCentres: new Set([...view.suppliers.values()].filter(({ role }) => role === "prep").map((each) => each.id)),
  };
  const money_ = orderMoney(dossier, reader.workspace);
  // Whoever buys by hand knows what things may cost, not what they were sold for (AU-25).
  const { seesMoney } = reader;
  return {
    id: publicId("order", order.publicId),
    number: order.number,
    channel: { id: publicId("channel", view.channel.publicId), name: view.channel.name, kind: view.channel.kind },
    channel_order_id: order.channelOrderId,
    headline: order.headline,
    title: headlines[order.headline].title,
    hint: headlines[order.headline].hint,
    origin: order.origin,
    payment: order.payment,
    risk: order.risk,
    placed_by: placedBy(dossier.fulfillmentOrders.map((fo) => fo.placedBy)),
    ordered_at: timeOrNull(order.orderedAt),
    received_at: time(order.receivedAt),
    paid_at: timeOrNull(order.paidAt),
    ship_by: timeOrNull(order.shipBy),
    shipping_method: order.shippingMethod,
    released: order.releasedAt === null ? null : { at: time(order.releasedAt), by: order.releasedBy },
    channel_version: order.versionNo,
    version: order.version,
    ship_to: view.address,
    note: view.note,
    lines: dossier.lines.map((line) => ({
      no: line.no,
      channel_line_id: line.channelLineId,
      sku: line.sku,
      title: line.title,
      kind: line.kind,
      fulfilled_by: line.fulfilledBy,
      quantity: line.quantityEdited ?? line.quantity,
      quantity_on_channel: line.quantity,
      cancelled: line.cancelled,
      fulfilled_elsewhere: line.fulfilledElsewhere,
      unit_price: seesMoney ? line.unitPrice : null,
    })),
    fulfillment_orders: dossier.fulfillmentOrders.map((fo) => presentPart(view, actions, fo)),
    holds: dossier.holds
      .toSorted((one, other) => importance(one.code) - importance(other.code))
      .map((hold) => presentHold(view, actions, hold)),
    shipments: dossier.shipments.map((shipment) => presentShipment(view, actions, shipment)),
    cancellations: dossier.cancellations.map((cancellation, index) => ({
      no: index + 1,
      asked_by: cancellation.askedBy,
      state: cancellation.state,
      lines: cancellation.lines.map(lineQuantity),
      opened_at: time(cancellation.openedAt),
      answered_at: timeOrNull(cancellation.answeredAt),
      answered_by: cancellation.answeredBy,
      asks: cancellation.asks.map((ask) => ({
        fulfillment_order: partId(view, ask.fulfillmentOrderId),
        state: ask.state,
      })),
      told: answersOf(dossier, cancellation)[0]?.state ?? null,
      told_message: answersOf(dossier, cancellation)[0]?.message ?? null,
      actions: cancellationActions(actions, cancellation),
    })),
    edits: view.edits.map((edit) => ({
      field: edit.field,
      line_no: edit.lineNo,
      replaced: edit.replaced,
      value: edit.value,
      by: edit.actor,
      at: time(edit.at),
    })),
    money: !seesMoney
      ? null
      : {
          sold: money(money_.sold),
          goods: money_.goods.map(money),
          shipping: money_.shipping.map(money),
          fees: money(money_.fees),
          refunds: money(money_.refunds),
          profit: money_.profit === null ? null : money(money_.profit),
          profit_unknown_because: money_.profitUnknownBecause,
        },
    actors: reader.actors,
    actions: orderActions(actions),
  };
}

function presentPart(
  view: OrderView,
  actions: ActionView,
  fo: FulfillmentOrder,
): z.output<typeof FulfillmentOrderDetail> {
  const { dossier } = view;
  const headline = headlineOfPart(fo.state, holdsOn(dossier, fo));
  const supplier = fo.supplierId === null ? undefined : view.suppliers.get(fo.supplierId);
  const account = fo.accountId === null ? undefined : view.accounts.get(fo.accountId);
  return {
    id: publicId("fulfillmentOrder", fo.publicId),
    no: fo.no,
    state: fo.state,
    headline,
    ...headlines[headline],
    supplier:
      supplier === undefined
        ? null
        : {
            id: publicId("supplier", supplier.publicId),
            name: supplier.name,
            kind: supplier.kind,
            role: supplier.role,
          },
    supplier_chosen_by_person: fo.supplierPinned,
    account: account === undefined ? null : { id: publicId("account", account.publicId), name: account.name },
    method: fo.method,
    placed_by: fo.placedBy,
    claimed_by: fo.claimedBy,
    replaces: fo.replaces === null ? null : partId(view, fo.replaces),
    place_after: timeOrNull(fo.placeAfter),
    placed_at: timeOrNull(fo.placedAt),
    acknowledged_at: timeOrNull(fo.acknowledgedAt),
    backordered_until: timeOrNull(fo.backorderedUntil),
    delivered_at: timeOrNull(fo.deliveredAt),
    next_look_at: fo.placedAt === null ? null : timeOrNull(fo.dueAt),
    looks: fo.looks,
    ship_by: timeOrNull(fo.shipBy),
    expected:
      fo.expectedGoods === null || fo.currency === null
        ? null
        : {
            goods: money({ amount: fo.expectedGoods, currency: fo.currency }),
            shipping: money({ amount: fo.expectedShipping ?? 0n, currency: fo.currency }),
          },
    lines: fo.lines.map((line) => ({
      no: line.no,
      order_line_no: line.orderLineNo,
      component_no: line.componentNo,
      supplier_sku: line.supplierSku,
      quantity: line.quantity,
      quantity_cancelled: line.quantityCancelled,
      units: line.units,
      units_cancelled: line.unitsCancelled,
      units_placed: line.unitsPlaced,
      units_shipped: line.unitsShipped,
      units_collected: line.unitsCollected,
      unit_cost: line.unitCost,
    })),
    attempts: dossier.attempts
      .filter((attempt) => attempt.fulfillmentOrderId === fo.id)
      .map((attempt) => presentAttempt(view, actions, attempt)),
    decision: presentDecision(view, fo),
    cancel_reach: reachOf(view, actions.now, fo),
    actions: fulfillmentOrderActions(actions, fo),
  };
}

/** CN-8 asks a draft; this one is only read. */
function reachOf(view: OrderView, now: Date, fo: FulfillmentOrder) {
  const draft = new OrderDraft(view.dossier, sharedOf(view), { now, actor: "reader", ids: noIds });
  return pointOfNoReturn(draft).find((each) => each.fulfillmentOrderId === fo.id)?.reach ?? "gone";
}
const noIds = {
  next(): never {
    throw new Error("Reading an order makes no ids.");
  },
  uuid(): never {
    throw new Error("Reading an order makes no ids.");
  },
};
const sharedOf = (view: OrderView): Shared =>
  ({
    suppliers: new Map(
      [...view.suppliers].map(([id, supplier]) => [id, { ...supplier, settings: defaultSupplierSettings }]),
    ),
  }) as Partial<Shared> as Shared;

function presentAttempt(view: OrderView, actions: ActionView, attempt: Attempt): z.output<typeof AttemptDetail> {
  const { currency } = attempt;
  const account = view.accounts.get(attempt.accountId);
  return {
    no: attempt.no,
    kind: attempt.kind,
    state: attempt.state,
    reference: attempt.reference,
    account: account === undefined ? null : { id: publicId("account", account.publicId), name: account.name },
    armed_at: time(attempt.armedAt),
    settles_at: time(attempt.settleAt),
    closed_at: timeOrNull(attempt.closedAt),
    expected: money({ amount: attempt.expectedTotal, currency }),
    at_most: money({ amount: attempt.maxTotal, currency }),
    cost: attempt.cost === null ? null : money({ amount: attempt.cost, currency }),
    cost_is: attempt.costIs,
    supplier_order_id: attempt.supplierOrderId,
    reason: attempt.reason === null ? null : { code: attempt.reason, title: reasonOf(attempt.reason).title },
    actor: attempt.actor,
    evidence: view.evidence
      .filter((each) => each.attemptId === attempt.id)
      .map(({ kind, source, at }) => ({ kind, source, at: time(at) })),
    actions: attemptActions(actions, attempt),
  };
}

/** What is kept of a routing decision (codes, ids and prices), with names. Written by us; read leniently, as older versions stay. */
const Record = z.object({
  considered: z
    .array(
      z.object({
        orderLineNo: z.int(),
        componentNo: z.int(),
        chosen: z.string().nullable(),
        candidates: z.array(
          z.object({ supplierId: z.string(), supplierSku: z.string(), unitCost: z.string(), priority: z.int() }),
        ),
        rejected: z.array(z.object({ supplierId: z.string(), supplierSku: z.string(), why: ReasonCodeSchema })),
      }),
    )
    .catch([]),
});
function presentDecision(view: OrderView, fo: FulfillmentOrder): z.output<typeof Decision> | null {
  const found = view.decisions.find((each) => each.fulfillmentOrderId === fo.id && each.kind === "route");
  if (found === undefined) return null;
  const name = (id: string): string => view.suppliers.get(id as never)?.name ?? "a supplier that is gone";
  return {
    kind: found.kind,
    at: time(found.at),
    considered: Record.parse(found.record).considered.map((each) => ({
      line_no: each.orderLineNo,
      component_no: each.componentNo,
      chosen: each.chosen === null ? null : name(each.chosen),
      candidates: each.candidates.map((candidate) => ({
        supplier: name(candidate.supplierId),
        supplier_sku: candidate.supplierSku,
        unit_cost: candidate.unitCost,
        priority: candidate.priority,
      })),
      rejected: each.rejected.map(({ supplierId, supplierSku, why }) => ({
        supplier: name(supplierId),
        supplier_sku: supplierSku,
        why,
        title: reasonOf(why).title,
      })),
    })),
  };
}

function presentHold(view: OrderView, actions: ActionView, hold: Hold): z.output<typeof HoldDetail> {
  const { order, shipments } = view.dossier;
  const reason = reasonOf(hold.code);
  const row = view.holds.get(hold.id);
  const onId = {
    order: () => publicId("order", order.publicId),
    line: () => hold.subjectId,
    fulfillment_order: () => partId(view, hold.subjectId),
    shipment: () => publicId("shipment", shipments.find((each) => each.id === hold.subjectId)?.publicId ?? ""),
  };
  return {
    id: publicId("hold", row?.publicId ?? ""),
    code: hold.code,
    title: reason.title,
    what: reason.what,
    next: reason.next,
    resolve_with: [...reason.actions],
    on: { subject: hold.subject, id: onId[hold.subject]() },
    acts: reason.acts,
    made_by: hold.madeBy,
    clears_itself: reason.clearsItself,
    waits_for: hold.waitsFor === null ? null : hold.waitsFor.replace(/:\d+(?=\/|$)/, ":…"),
    detail: readableDetail(hold.detail, view),
    opened_at: time(hold.openedAt),
    opened_by: row?.openedBy ?? "",
    owner: row?.ownerId == null ? null : publicId("user", row.ownerId),
    snoozed_until: timeOrNull(row?.snoozedUntil ?? null),
    actions: holdActions(actions, hold),
  };
}

function presentShipment(view: OrderView, actions: ActionView, shipment: Shipment): z.output<typeof ShipmentDetail> {
  const rows = writeBacksOf(view.dossier, shipment);
  return {
    id: publicId("shipment", shipment.publicId),
    fulfillment_order: partId(view, shipment.fulfillmentOrderId),
    no: shipment.no,
    source: shipment.source,
    shipped_at: time(shipment.shippedAt),
    lines: shipment.lines.map(({ foLineNo, units }) => ({ fulfillment_order_line_no: foLineNo, units })),
    parcels: shipment.parcels.map((parcel, index) => ({
      no: index + 1,
      carrier: parcel.carrier,
      tracking_number: parcel.trackingNumber,
      state: parcel.state,
      state_at: timeOrNull(parcel.stateAt),
      accepted: parcel.accepted,
      shared: parcel.shared,
      write_backs: rows
        .filter((row) => row.parcelId === parcel.id)
        .map((row) => ({
          state: row.state,
          revision: row.revision,
          tries: row.tries,
          message: row.message,
          told_at: timeOrNull(row.toldAt),
          next_try_at: timeOrNull(row.dueAt),
          lines: row.lines.map(lineQuantity),
        })),
      actions: parcelActions(actions, parcel),
    })),
    actions: shipmentActions(actions, shipment),
  };
}

const lineQuantity = ({ orderLineNo, quantity }: { orderLineNo: number; quantity: number }) => ({
  line_no: orderLineNo,
  quantity,
});
const partId = ({ dossier }: OrderView, id: string): string =>
  publicId("fulfillmentOrder", dossier.fulfillmentOrders.find((fo) => fo.id === id)?.publicId ?? "");
