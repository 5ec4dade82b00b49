import { Decimal } from "decimal.js";
import type { OrderAddress } from "./order.ts";
import { checkAddress } from "./address-check.ts";
import type { HoldWish, OrderDraft } from "./draft.ts";
import { isBeforePlacing, isFinal } from "./lifecycle.ts";
import { lineTotal, toMajor } from "./money.ts";
import { allocated, wanted, type FulfillmentOrder, type FulfillmentOrderLine } from "./order.ts";
import { liveQuantity, reconcileQuantities, unrouted } from "./quantities.ts";
import type { ReasonCode } from "./reasons.ts";
import { routeLines, type Route, type RoutedPart, type Wish } from "./route.ts";
import { stillStated } from "./stated-hold.ts";

/** What verification reads beside the order and what orders share. The address is personal data: it decides, but never enters the record. */
export interface VerifyFacts {
  address: OrderAddress | null;
  /** The id of an earlier order of the same buyer with the same goods to the same address within the window. */
  duplicateOf: string | null;
}

/** The holds that verification owns: it recomputes exactly these from the facts each time, so one closes by itself once its cause is gone. */
const owned: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  "awaiting_payment",
  "stand_by",
  "review",
  "too_old",
  "suspected_duplicate",
  "fraud_risk",
  "already_fulfilled_on_channel",
  "address_incomplete",
  "address_invalid",
  "phone_missing",
  "sku_not_linked",
  "pack_size_mismatch",
  "no_supplier",
  "destination_not_served",
  "out_of_stock",
  "price_above_limit",
  "margin_below_limit",
  "shipping_not_mapped",
  "currency_mismatch",
  "no_rate",
  "credentials_rejected",
  "insufficient_balance",
  "no_action_credits",
  "spend_cap",
  "supplier_refused",
  "supplier_cancelled",
]);

/**
 * VF rules. Looks at the whole unplaced part of an order: opens and closes holds, routes, and moves each unplaced fulfillment order to `held` or
 * `waiting`. Placed parts are not touched. Returns whether everything unplaced may go on.
 */
export function verifyOrder(draft: OrderDraft, facts: VerifyFacts): boolean {
  reconcileQuantities(draft);
  const unplaced = draft.dossier.fulfillmentOrders.filter((fo) => isBeforePlacing(fo.state));
  if (unplaced.length === 0) return true;
  const stated = statedHolds(draft, unplaced);
  for (const fo of unplaced) if (fo.woken) draft.touch(fo, { woken: false });

  const wishes: HoldWish[] = orderHolds(draft, facts);
  for (const fo of unplaced) wishes.push(...routeFulfillmentOrder(draft, fo));
  const live = draft.dossier.fulfillmentOrders.filter((fo) => isBeforePlacing(fo.state));
  wishes.push(...marginHold(draft, live), ...moneyHolds(draft, live));
  draft.syncHolds(owned, [
    ...wishes.filter((wish) => !draft.order.answered.includes(wish.code)),
    ...holdsOnPlaced(draft),
    ...stated,
  ]);

  const partial = draft.channel.settings.partial;
  const blocked = live.filter((fo) => draft.holdsOn(fo).length > 0);
  const together = blocked.length > 0 && !partial;
  for (const fo of live) {
    const stop = together || blocked.includes(fo);
    if (stop) hold(draft, fo);
    else wait(draft, fo);
  }
  return blocked.length === 0;
}

/** VF-12. What a supplier said of a part is not in the facts: it stays until what it is about changed, or a person let it go. */
const statedHolds = (draft: OrderDraft, unplaced: readonly FulfillmentOrder[]): HoldWish[] =>
  draft.dossier.holds.filter(
    (each) =>
      stillStated(each, draft.order) &&
      unplaced.some((fo) => fo.id === each.subjectId && each.subject === "fulfillment_order" && !fo.woken),
  );

/**
 * VF-11. A held part that is due although nothing woke it: the daily sweep looks whether a wake-up was forgotten. Where a day's cap is part of what
 * holds the order, midnight is its proper time and no sweep.
 */
export const isSwept = (draft: OrderDraft, fo: FulfillmentOrder): boolean =>
  fo.state === "held" && !fo.woken && !draft.dossier.holds.some((each) => each.code === "spend_cap");

/** VF-11. What the sweep looked at and what verification then let go: nothing had told us that its cause was gone. */
export function markMended(draft: OrderDraft, swept: readonly FulfillmentOrder[]): FulfillmentOrder[] {
  const mended = swept.filter((fo) => fo.state !== "held");
  for (const fo of mended) {
    draft.touch(fo, { mendedAt: draft.now });
    draft.event("mended_by_sweep", "fulfillment_order", fo.id);
  }
  return mended;
}

/** What lies on a part that is placed or being placed (a price above the limit, a pack that did not divide) is not verification's to close. */
const holdsOnPlaced = (draft: OrderDraft): HoldWish[] =>
  draft.dossier.holds.filter((each) => {
    const fo = draft.dossier.fulfillmentOrders.find((one) => one.id === each.subjectId);
    return each.subject === "fulfillment_order" && fo !== undefined && !isBeforePlacing(fo.state) && !isFinal(fo.state);
  });

function hold(draft: OrderDraft, fo: FulfillmentOrder): void {
  if (fo.state !== "held") draft.move(fo, "held");
}

function wait(draft: OrderDraft, fo: FulfillmentOrder): void {
  if (fo.state === "held") draft.move(fo, "received");
  if (fo.state === "received") draft.move(fo, "waiting");
  const after = endOfBuffer(draft);
  // A connector that could not send may have asked for a later try; verification never makes that earlier.
  if (fo.placeAfter === null || after > fo.placeAfter) draft.touch(fo, { placeAfter: after });
}

/** VF-3: from the channel's order time, or from payment where that came later; a release leaves at the later of it and the undo time. */
export function endOfBuffer(draft: OrderDraft): Date {
  const { order, shared } = draft;
  const bought = order.orderedAt ?? order.receivedAt;
  const from = order.paidAt !== null && order.paidAt > bought ? order.paidAt : bought;
  const bufferMs = draft.channel.settings.bufferMs ?? shared.workspace.bufferMs;
  const buffer = from.getTime() + bufferMs;
  const undo = order.releasedAt === null ? 0 : order.releasedAt.getTime() + shared.workspace.undoMs;
  return new Date(Math.max(buffer, undo));
}

function orderHolds(draft: OrderDraft, facts: VerifyFacts): HoldWish[] {
  const { order, channel, now, shared } = draft;
  const wishes: HoldWish[] = [];
  const onOrder = (code: ReasonCode, detail: Record<string, unknown> = {}, waitsFor: string | null = null): void =>
    void wishes.push({ subject: "order", subjectId: "0", code, detail, waitsFor });

  const paid = order.payment === "paid" || (order.payment === "authorized" && channel.settings.authorizedIsPaid);
  if (!paid) onOrder("awaiting_payment", { payment: order.payment });
  const reference = order.orderedAt ?? order.receivedAt;
  if (order.releasedAt === null) {
    if (standsBy(draft)) onOrder("stand_by", { origin: order.origin });
    else if (channel.settings.mode === "review") onOrder("review");
    else if (now.getTime() - reference.getTime() > shared.workspace.maxAgeMs) onOrder("too_old");
  }
  if (facts.duplicateOf !== null)
    onOrder("suspected_duplicate", { of: facts.duplicateOf }, `order:${facts.duplicateOf}`);
  if (order.risk === "high") onOrder("fraud_risk");
  if (draft.dossier.lines.some((line) => line.fulfilledElsewhere > 0))
    onOrder("already_fulfilled_on_channel", {
      lines: draft.dossier.lines.filter((line) => line.fulfilledElsewhere > 0).map((line) => line.no),
    });

  const needsPhone = draft.dossier.fulfillmentOrders.some(
    (fo) =>
      fo.supplierId !== null &&
      isBeforePlacing(fo.state) &&
      (shared.suppliers.get(fo.supplierId)?.settings.needsPhone ?? false),
  );
  if (facts.address === null)
    onOrder("address_incomplete", { field: "address", expected: "an address: the source brought none" });
  else {
    for (const problem of firstPerCode(checkAddress(facts.address, { phone: needsPhone })))
      onOrder(problem.code, { field: problem.field, expected: problem.expected });
  }
  return wishes;
}

const firstPerCode = <Problem extends { code: ReasonCode }>(problems: Problem[]): Problem[] => [
  ...new Map(problems.map((problem) => [problem.code, problem] as const).reverse()).values(),
];

/** AUTO-1: bought before automation was switched on there (by the channel's own time), without a time, or brought by a first sync. */
export function standsBy(draft: OrderDraft): boolean {
  const { order, channel } = draft;
  if (order.origin === "by_hand") return false;
  if (order.orderedAt === null || order.origin === "first_sync" || order.origin === "catch_up") return true;
  const since =
    channel.settings.automationOnSince === null ? channel.createdAt : new Date(channel.settings.automationOnSince);
  return order.orderedAt < since;
}

function routeFulfillmentOrder(draft: OrderDraft, fo: FulfillmentOrder): HoldWish[] {
  const wishes = wishesOf(fo);
  const route = routeLines(draft.order, draft.dossier.lines, wishes, draft.shared, {
    failed: fo.failedSuppliers,
    pinned: fo.supplierPinned ? fo.supplierId : null,
  });
  const record = { considered: route.considered, problems: route.problems };
  for (const no of route.nothingToShip) {
    const line = draft.dossier.lines.find((each) => each.no === no)!;
    draft.touchLine(line, { fulfilledBy: "nobody" });
    draft.event("nothing_to_ship", "line", String(no));
  }
  // They leave at once, also where another line keeps the rest here: what nobody wants must not stay allocated.
  const shipping = fo.lines.filter((line) => !route.nothingToShip.includes(line.orderLineNo));
  if (shipping.length > 0 && shipping.length < fo.lines.length) draft.replaceFoLines(fo, shipping);
  const changed = applyRoute(draft, fo, route);
  if (changed || route.problems.length > 0) draft.decisions.push({ fo, kind: "route", record });
  return route.problems.map((problem) => {
    // What its suppliers refused keeps the reason that a seller can act on.
    const code =
      problem.code === "supplier_refused" && fo.failedSuppliers.length > 0 ? failureOf(draft, fo) : problem.code;
    const onLine = code === "sku_not_linked" || code === "pack_size_mismatch";
    return {
      subject: onLine ? "line" : "fulfillment_order",
      subjectId: onLine ? String(problem.orderLineNo) : fo.id,
      code,
      waitsFor: problem.waitsFor,
      detail: problem.detail,
    } satisfies HoldWish;
  });
}

/** Whether the last supplier refused at once or cancelled later. */
function failureOf(draft: OrderDraft, fo: FulfillmentOrder): ReasonCode {
  const replaced = draft.dossier.fulfillmentOrders.find((each) => each.id === fo.replaces);
  const attempt = draft.dossier.attempts.findLast((each) => each.fulfillmentOrderId === replaced?.id);
  return attempt?.state === "placed" ? "supplier_cancelled" : (attempt?.reason ?? "supplier_refused");
}

/** What a fulfillment order asks for, line by line: whole channel units while unrouted, a component of a bundle afterwards. */
const wishesOf = (fo: FulfillmentOrder): Wish[] =>
  fo.lines.map((line) => ({
    orderLineNo: line.orderLineNo,
    componentNo: line.componentNo,
    quantity: liveQuantity(line),
  }));

/** Gives the fulfillment order its supplier, or splits it. Returns whether anything changed. */
function applyRoute(draft: OrderDraft, fo: FulfillmentOrder, route: Route): boolean {
  const held = fo.lines.filter((line) => route.problems.some((problem) => problem.orderLineNo === line.orderLineNo));
  const routed = route.parts
    .map((part) => ({
      ...part,
      lines: part.lines.filter((line) => !held.some((each) => each.orderLineNo === line.orderLineNo)),
    }))
    .filter((part) => part.lines.length > 0);
  const rest = held.map((line) =>
    line.componentNo === 0 ? unrouted(line.orderLineNo, liveQuantity(line)) : { ...line },
  );
  if (routed.length === 0 && rest.length === 0) {
    // Every line turned out to have nothing to ship.
    for (const line of fo.lines) draft.touchFoLine(fo, line, { quantityCancelled: line.quantity });
    if (fo.state === "held") draft.move(fo, "received");
    if (fo.state === "waiting") draft.move(fo, "received");
    draft.move(fo, "completed", { why: "nothing_to_ship" });
    return true;
  }
  // One held line keeps the order together, so nothing is split off before everything is clear; with `partial` the clear lines leave it.
  if (rest.length > 0 && !draft.channel.settings.partial) return false;
  const [first, ...others] = routed;
  const keep = first === undefined ? null : first;
  if (keep !== null && others.length === 0 && rest.length === 0 && isSamePart(fo, keep)) {
    draft.touch(fo, { expectedGoods: keep.goods, expectedShipping: keep.shipping });
    return false;
  }
  if (keep === null) return false;
  takePart(draft, fo, keep);
  for (const part of others) takePart(draft, draft.addFulfillmentOrder([], inherit(fo)), part);
  if (rest.length > 0) draft.addFulfillmentOrder(rest, { ...inherit(fo), supplierId: null, accountId: null });
  return true;
}

const inherit = (fo: FulfillmentOrder): Partial<FulfillmentOrder> => ({
  replaces: fo.replaces,
  failedSuppliers: [...fo.failedSuppliers],
  supplierPinned: fo.supplierPinned,
  placeAfter: fo.placeAfter,
});

function takePart(draft: OrderDraft, fo: FulfillmentOrder, part: RoutedPart): void {
  draft.replaceFoLines(
    fo,
    part.lines.map((line) => ({
      orderLineNo: line.orderLineNo,
      componentNo: line.componentNo,
      supplierSku: line.option.supplierSku,
      quantity: line.quantity,
      quantityCancelled: 0,
      unitsPer: line.option.units,
      per: line.option.per,
      units: line.units,
      unitsCancelled: 0,
      unitsPlaced: 0,
      unitsShipped: 0,
      unitsCollected: 0,
      unitCost: line.option.unitCost,
    })),
  );
  draft.touch(fo, {
    supplierId: part.supplierId,
    accountId: part.accountId,
    method: part.method,
    currency: part.currency,
    expectedGoods: part.goods,
    expectedShipping: part.shipping,
  });
  draft.event("routed", "fulfillment_order", fo.id, {
    supplier: part.supplierId,
    lines: part.lines.map((line) => line.orderLineNo),
  });
}

const isSamePart = (fo: FulfillmentOrder, part: RoutedPart): boolean =>
  fo.supplierId === part.supplierId &&
  fo.accountId === part.accountId &&
  fo.method === part.method &&
  fo.lines.length === part.lines.length &&
  fo.lines.every((line: FulfillmentOrderLine, index) => {
    const other = part.lines[index]!;
    return (
      line.orderLineNo === other.orderLineNo &&
      line.componentNo === other.componentNo &&
      line.quantity === other.quantity &&
      line.units === other.units &&
      line.supplierSku === other.option.supplierSku &&
      line.unitCost === other.option.unitCost
    );
  });

/** VF-9: what remains of the sale after goods and shipping, over all that is not cancelled, in the order's currency or by the workspace's rates. */
function marginHold(draft: OrderDraft, live: FulfillmentOrder[]): HoldWish[] {
  const limit = draft.channel.settings.minMarginPercent;
  if (limit === null || live.some((fo) => fo.expectedGoods === null)) return [];
  const { order, shared } = draft;
  const inWorkspace = (amount: Decimal, currency: string): Decimal | null => {
    if (currency === shared.workspace.currency) return amount;
    const rate = shared.workspace.rates[currency];
    return rate === undefined ? null : amount.mul(rate);
  };
  let sold = new Decimal(0);
  for (const line of draft.dossier.lines) {
    const units = Math.min(wanted(line), allocated(line, draft.dossier.fulfillmentOrders));
    sold = sold.plus(lineTotal(line.unitPrice, units));
  }
  const soldHere = inWorkspace(sold, order.currency);
  let cost: Decimal | null = new Decimal(0);
  for (const fo of draft.dossier.fulfillmentOrders.filter(
    (each) => each.state !== "cancelled" && each.currency !== null,
  )) {
    const expected = toMajor({ amount: fo.expectedGoods! + fo.expectedShipping!, currency: fo.currency! });
    const here: Decimal | null = inWorkspace(new Decimal(expected), fo.currency!);
    cost = cost === null || here === null ? null : cost.plus(here);
  }
  if (soldHere === null || cost === null)
    return [
      {
        subject: "order",
        subjectId: "0",
        code: "no_rate",
        detail: { currency: order.currency, workspace: shared.workspace.currency },
      },
    ];
  if (soldHere.isZero() && (cost.isZero() || live.length === 0)) return [];
  // What was given away earns nothing of its cost, whoever said that it was free.
  const margin = soldHere.isZero() ? new Decimal(-100) : soldHere.minus(cost).div(soldHere).mul(100);
  return margin.lt(limit)
    ? [
        {
          subject: "order",
          subjectId: "0",
          code: "margin_below_limit",
          detail: { marginPercent: margin.toFixed(1), limitPercent: limit },
        },
      ]
    : [];
}

/** An early look at the money of those that were stopped for it; the check that counts is made under lock when arming. */
function moneyHolds(draft: OrderDraft, live: FulfillmentOrder[]): HoldWish[] {
  const wishes: HoldWish[] = [];
  for (const hold of draft.dossier.holds) {
    if (hold.code !== "insufficient_balance" && hold.code !== "no_action_credits" && hold.code !== "spend_cap")
      continue;
    const fo = live.find((each) => each.id === hold.subjectId);
    const account = fo?.accountId == null ? undefined : draft.shared.accounts.get(fo.accountId);
    if (fo === undefined || account === undefined) continue;
    const needed = (fo.expectedGoods ?? 0n) + (fo.expectedShipping ?? 0n);
    const missing = Number(hold.detail["needed"] ?? needed);
    const cap = account.settings.dailyCap;
    const stays =
      hold.code === "insufficient_balance"
        ? account.settings.payment === "prepaid" && account.balance < BigInt(missing)
        : hold.code === "no_action_credits"
          ? account.settings.actionCredits && account.credits <= 0n
          : cap !== null && account.spentToday + BigInt(missing) > BigInt(cap);
    if (stays)
      wishes.push({
        subject: hold.subject,
        subjectId: hold.subjectId,
        code: hold.code,
        waitsFor: hold.waitsFor,
        detail: hold.detail,
      });
  }
  return wishes;
}
