import { iso, nameOf, type Bought, type Case } from "./case.ts";
import { group } from "./facts.ts";
import type { RestoredOutside } from "./outside.ts";
import { isAlive, liveUnits, type TruthPurchase } from "./truth.ts";

/**
 * C13. What must hold of a database that was set back to an older copy of itself. What was only ever written down in it is lost, and nobody is blamed for that;
 * what the suppliers, the channels and the gate's journal know is not.
 */
export function checkRestored(the: Case): void {
  const { restored } = the.outside;
  if (restored === undefined) return;
  nothingLeavesInSafeMode(the, restored);
  nothingIsBoughtAgain(the, restored);
  if (the.isQuiet) everyPurchaseIsKnown(the, restored);
}

const name = (workspaceSlug: string, channelOrderId: string): string => `${workspaceSlug}/${channelOrderId}`;

/** Whether an order had something written down that the copy does not have; then only what is here is asked of it. */
export function isForgotten(the: Case, order: { workspaceId: string; channelOrderId: string }): boolean {
  const slug = the.facts.workspaces.find(({ id }) => id === order.workspaceId)?.slug ?? "";
  return the.outside.restored?.touched.has(name(slug, order.channelOrderId)) === true;
}

/** I03, I28. Until somebody has said that it is home, it buys nothing and tells nobody anything. */
function nothingLeavesInSafeMode(the: Case, { at, homeAt }: RestoredOutside): void {
  const isSafe = (instant: number): boolean => instant > at && instant < (homeAt ?? Infinity);
  for (const { at: sentAt, supplier, reference } of the.outside.sent)
    if (isSafe(sentAt))
      the.found("I03", undefined, `${supplier} ${reference} was sent at ${iso(sentAt)}, in safe mode since ${iso(at)}`);
  for (const truth of the.truths.values())
    for (const { at: toldAt, orderId } of [...truth.told, ...truth.cancellationsTold])
      if (isSafe(toldAt))
        the.found(
          "I28",
          undefined,
          `the channel was told of ${orderId} at ${iso(toldAt)}, in safe mode since ${iso(at)}`,
        );
}

interface Goods {
  purchase: TruthPurchase;
  /** By line of the channel and component: how much of it is still to come, in the channel's units. */
  quantities: Map<string, number>;
  isForgotten: boolean;
}

/**
 * I01. Of an order that was bought in the time that the copy does not know, nothing of the same goods is bought again beyond what the order wants: whatever part,
 * supplier or reference it has now.
 */
function nothingIsBoughtAgain(the: Case, { forgotten, at }: RestoredOutside): void {
  const slugs = new Map(the.facts.workspaces.map(({ id, slug }) => [id, slug]));
  const byReference = new Map(forgotten.map((each) => [each.reference, each]));
  const byOrder = group(
    the.bought.flatMap((each): (Goods & { order: string })[] => {
      const { purchase, workspaceId, order } = each;
      const before = purchase.calledAt < at || purchase.by === "desk" ? byReference.get(purchase.reference) : undefined;
      if (before !== undefined)
        return [
          {
            order: name(before.workspaceSlug, before.channelOrderId),
            purchase,
            quantities: stillToCome(purchase, before.lines, the.now),
            isForgotten: true,
          },
        ];
      return order === undefined
        ? []
        : [
            {
              order: name(slugs.get(workspaceId) ?? "", order.channelOrderId),
              purchase,
              quantities: stillToCome(purchase, linesOf(the, each), the.now),
              isForgotten: false,
            },
          ];
    }),
    (each) => each.order,
  );
  for (const order of the.facts.orders) {
    const goods = byOrder.get(name(slugs.get(order.workspaceId) ?? "", order.channelOrderId)) ?? [];
    const later = goods.filter((each) => !each.isForgotten && each.purchase.calledAt > at);
    for (const line of the.facts.lines.get(order.id) ?? []) {
      const wanted = Math.max(line.quantity, line.quantityEdited ?? 0);
      for (const again of later)
        for (const [key, quantity] of again.quantities) {
          if (!key.startsWith(`${line.channelLineId}/`) || quantity === 0) continue;
          const before = goods.filter((each) => each.isForgotten && (each.quantities.get(key) ?? 0) > 0);
          const sum = before.reduce((all, each) => all + each.quantities.get(key)!, quantity);
          if (before.length > 0 && sum > wanted)
            the.found(
              "I01",
              order,
              `line ${line.no} wants ${wanted}, was bought before the restore as ${before.map(({ purchase }) => nameOf(purchase)).join(", ")}, and again as ${nameOf(again.purchase)} at ${iso(again.purchase.calledAt)}`,
            );
        }
    }
  }
}

interface GoodsLine {
  channelLineId: string;
  componentNo: number;
  quantity: number;
  supplierSku: string | null;
  units: number;
}
/** Where lines share an article and its supplier has only some of it, each line counts with what cannot be another one's. */
function stillToCome(purchase: TruthPurchase, lines: readonly GoodsLine[], now: number): Map<string, number> {
  const live = liveUnits(purchase, now);
  const asked = new Map<string, number>();
  for (const { supplierSku, units } of lines) asked.set(supplierSku ?? "", (asked.get(supplierSku ?? "") ?? 0) + units);
  const quantities = new Map<string, number>();
  for (const { channelLineId, componentNo, quantity, supplierSku, units } of lines) {
    const others = (asked.get(supplierSku ?? "") ?? 0) - units;
    const its = Math.min(units, Math.max(0, (live.get(supplierSku ?? "") ?? 0) - others));
    const key = `${channelLineId}/${componentNo}`;
    if (units > 0) quantities.set(key, (quantities.get(key) ?? 0) + (quantity * its) / units);
  }
  return quantities;
}
const linesOf = (the: Case, { part, order }: Bought): GoodsLine[] =>
  (part?.lines ?? []).map(
    ({ orderLineNo, componentNo, quantity, quantityCancelled, supplierSku, units, unitsCancelled }) => ({
      channelLineId:
        (the.facts.lines.get(order?.id ?? "") ?? []).find(({ no }) => no === orderLineNo)?.channelLineId ?? "",
      componentNo,
      quantity: quantity - quantityCancelled,
      supplierSku,
      units: units - unitsCancelled,
    }),
  );

/**
 * I04. What was bought in the time that the copy does not know is known here under its number, or people are asked about its order. Of an order that its channel
 * says is sent or cancelled there is nothing to buy, so there nobody is asked: `prove` lists it.
 */
function everyPurchaseIsKnown(the: Case, { forgotten }: RestoredOutside): void {
  const numbers = new Set(
    the.facts.attempts.flatMap(({ workspaceId, state, supplierOrderId }) =>
      state === "placed" && supplierOrderId !== null ? [`${workspaceId}/${supplierOrderId}`] : [],
    ),
  );
  for (const { reference, workspaceSlug, channelOrderId } of forgotten) {
    const workspaceId = the.facts.workspaces.find(({ slug }) => slug === workspaceSlug)?.id ?? "";
    const said = the.truths.get(workspaceId)?.orders.get(channelOrderId);
    const order = the.facts.orders.find(
      (each) => each.workspaceId === workspaceId && each.channelOrderId === channelOrderId,
    );
    for (const { purchase } of the.bought.filter(
      (each) => each.workspaceId === workspaceId && each.purchase.reference === reference,
    )) {
      if (!isAlive(purchase, the.now) || numbers.has(`${workspaceId}/${purchase.supplierOrderId}`)) continue;
      const isAsked = (the.facts.holds.get(order?.id ?? "") ?? []).some(({ closedAt }) => closedAt === null);
      const isOver = said?.changes.some(({ type }) => type === "fulfilled" || type === "cancelled") === true;
      if (!isAsked && !isOver)
        the.found(
          "I04",
          order,
          `${nameOf(purchase)} was bought before the restore, and here nobody knows of it or asks about it`,
        );
    }
  }
}
