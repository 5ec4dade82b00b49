import { iso, isPrep, nameOf, type Bought, type Case } from "./case.ts";
import { group, type Cancellation, type Hold, type Line, type Order, type Part } from "./facts.ts";
import { knownOrders } from "./intake.ts";
import { isAlive, liveUnits, merged, type Truth, type TruthOrder } from "./truth.ts";

/**
 * The reference model: what may have become of an order, from what its buyer, its suppliers and people really did. It knows no rules but the life of an
 * order, so that a rule that was misunderstood once is not misunderstood here as well. M1 end states, M2 quantities, M3 parcels.
 */
export function checkModel(the: Case): void {
  if (!the.isQuiet) return;
  const bought = group(the.bought, ({ order }) => order?.id ?? "");
  for (const [workspaceId, truth] of the.truths)
    for (const { said, order } of knownOrders(the, workspaceId, truth)) {
      const life = lifeOf(the, truth, said, order, bought.get(order.id) ?? []);
      endsAsItMay(the, life);
      carriesWhatIsWanted(the, life);
      shippedWhatLeft(the, life);
      boughtWhatMay(the, life);
    }
}

/** Everything that happened to one order. */
interface Life {
  said: TruthOrder;
  order: Order;
  truth: Truth;
  lines: Line[];
  parts: Part[];
  holds: Hold[];
  cancellations: Cancellation[];
  bought: Bought[];
}
function lifeOf({ facts }: Case, truth: Truth, said: TruthOrder, order: Order, bought: Bought[]): Life {
  return {
    said,
    order,
    truth,
    bought,
    lines: facts.lines.get(order.id) ?? [],
    parts: facts.parts.get(order.id) ?? [],
    holds: (facts.holds.get(order.id) ?? []).filter(({ closedAt }) => closedAt === null),
    cancellations: facts.cancellations.get(order.id) ?? [],
  };
}

/** Goods that we are to send, at least one. */
const isOurs = (the: Case, line: Line): boolean =>
  line.kind === "goods" && line.fulfilledBy === "us" && !the.facts.nothingToShip.has(`${line.orderId}/${line.no}`);
const wantedOf = (line: Line): number =>
  Math.max(0, (line.quantityEdited ?? line.quantity) - line.cancelled - line.fulfilledElsewhere);

// ------------------------------------------------------------------ M1

/** How far an order has come, outside. */
type Reached = "nothing to send" | "nobody wants it" | "not bought" | "bought" | "partly left" | "all left";
const ends: Readonly<Record<Reached, readonly string[]>> = {
  "nothing to send": ["completed", "cancelled"],
  "nobody wants it": ["cancelled"],
  "not bought": ["at_prep", "with_our_team"],
  bought: ["ordered"],
  // The number of what left last may never have been told.
  "partly left": ["partly_shipped", "ordered", "at_prep", "with_our_team"],
  "all left": ["shipped", "delivered", "completed", "partly_shipped", "ordered"],
};
/** Stopped by a hold, wherever it was. */
const stopped: readonly string[] = ["needs_attention", "on_hold", "review", "stand_by", "awaiting_payment"];

function endsAsItMay(the: Case, life: Life): void {
  const { order, holds } = life;
  const reached = reachedBy(the, life);
  const isStopped = stopped.includes(order.headline);
  if (isStopped ? holds.length === 0 : !ends[reached].includes(order.headline) && !isMixed(the, life))
    the.found("M1", order, `is ${order.headline}, and of what it has: ${reached}${isStopped ? ", no hold" : ""}`);
  if (order.headline !== headlineOf(the, life))
    the.found("M1", order, `is ${order.headline}, and its parts and holds say ${headlineOf(the, life)}`);
  if (order.headline === "cancelled") cancelledForCause(the, life);
  else asksAreKnown(the, life);
  if (order.headline === "completed" || order.headline === "delivered") arrived(the, life);
}

function reachedBy(the: Case, life: Life): Reached {
  const ours = life.lines.filter((line) => isOurs(the, line));
  if (ours.length === 0) return "nothing to send";
  const alive = life.bought.filter(({ purchase }) => isAlive(purchase, the.now));
  const packed = shipmentsOf(the, life).filter(({ source }) => source === "prep");
  const isWanted = ours.some((line) => wantedOf(line) > 0);
  if (alive.length === 0 && packed.length === 0) return isWanted ? "not bought" : "nobody wants it";
  const gone =
    unitsOf(alive.flatMap(({ purchase }) => purchase.parcels.filter(({ shippedAt }) => shippedAt <= the.now))) +
    packed.flatMap(({ lines }) => lines).reduce((sum, { units }) => sum + units, 0);
  const expected =
    alive.flatMap(({ purchase }) => [...liveUnits(purchase, the.now).values()]).reduce((sum, units) => sum + units, 0) +
    packed.flatMap(({ lines }) => lines).reduce((sum, { units }) => sum + units, 0);
  const hasOpenPart = life.parts.some((part) =>
    [
      "received",
      "held",
      "waiting",
      "placing",
      "outcome_unknown",
      "escalated",
      "ready",
      "printed",
      "collecting",
    ].includes(part.state),
  );
  return gone === 0
    ? hasOpenPart
      ? "not bought"
      : "bought"
    : gone < expected || hasOpenPart
      ? "partly left"
      : "all left";
}
/** Some of its parts have come less far than others: the least of them gives the order its headline. */
const isMixed = (the: Case, { parts, order }: Life): boolean => {
  const live = parts.filter(({ state }) => state !== "cancelled");
  return (
    live.length > 1 &&
    live.some((part) => isPrep(the, part) || part.state === "escalated") &&
    ["at_prep", "with_our_team", "ordered", "partly_shipped"].includes(order.headline)
  );
};
const unitsOf = (parcels: readonly { units: { units: number }[] }[]): number =>
  parcels.flatMap(({ units }) => units).reduce((sum, { units }) => sum + units, 0);
const shipmentsOf = ({ facts }: Case, { order }: Life) => facts.shipments.get(order.id) ?? [];

/** Most urgent first. */
const urgency = [
  "needs_attention",
  "checking",
  "with_our_team",
  "in_process",
  "new",
  "on_hold",
  "review",
  "awaiting_payment",
  "stand_by",
  "waiting",
  "at_prep",
  "ordered",
  "partly_shipped",
  "shipped",
  "delivered",
  "completed",
];
const byState: Readonly<Record<string, string>> = {
  received: "new",
  held: "on_hold",
  waiting: "waiting",
  placing: "in_process",
  outcome_unknown: "checking",
  escalated: "with_our_team",
  placed: "ordered",
  acknowledged: "ordered",
  ready: "at_prep",
  printed: "at_prep",
  collecting: "at_prep",
  partially_shipped: "partly_shipped",
};
/** Holds that are no cry for help, least important last. */
const quietHolds: Readonly<Record<string, string>> = {
  outcome_unknown: "checking",
  by_person: "on_hold",
  review: "review",
  stand_by: "stand_by",
  awaiting_payment: "awaiting_payment",
};

function headlineOf(the: Case, life: Life): string {
  const headlines = life.parts
    .map((part) => headlineOfPart(the, life, part))
    .filter((headline) => headline !== "cancelled");
  const best = headlines.toSorted((a, b) => urgency.indexOf(a) - urgency.indexOf(b))[0];
  if (best !== undefined) return best;
  const goods = life.lines.filter(({ kind }) => kind === "goods");
  return life.parts.length > 0 || (goods.length > 0 && goods.every((line) => line.cancelled >= line.quantity))
    ? "cancelled"
    : "completed";
}
function headlineOfPart(the: Case, life: Life, part: Part): string {
  const shipments = new Set(
    shipmentsOf(the, life)
      .filter(({ partId }) => partId === part.id)
      .map(({ id }) => id),
  );
  const codes = life.holds
    .filter(
      ({ subject, subjectId }) =>
        subject === "order" ||
        (subject === "line"
          ? part.lines.some(({ orderLineNo }) => String(orderLineNo) === subjectId)
          : subject === "shipment"
            ? shipments.has(subjectId)
            : subjectId === part.id),
    )
    .map(({ code }) => code);
  const state = byState[part.state] ?? part.state;
  if (codes.length === 0 || state === "completed" || state === "cancelled") return state;
  // The most important of them speaks: an outcome that is being checked before anything else that needs somebody, what a channel waits for last.
  const main = codes.includes("bought_after_all")
    ? undefined
    : codes.includes("outcome_unknown")
      ? "outcome_unknown"
      : codes.some((code) => quietHolds[code] === undefined)
        ? undefined
        : Object.keys(quietHolds).find((code) => codes.includes(code));
  const shown = main === undefined ? "needs_attention" : quietHolds[main]!;
  return ["new", "on_hold", "waiting"].includes(state) || shown === "needs_attention" ? shown : state;
}

/** A cancelled order was cancelled by somebody: the channel for its own reasons, its buyer, or a person here. */
function cancelledForCause(the: Case, { order, said, lines, cancellations }: Life): void {
  const asked = new Set(cancellations.map(({ askedBy }) => askedBy));
  const atChannel = said.changes.some(({ type, by }) => type === "cancelled" && by === "buyer");
  const isAsked = said.changes.some(({ type }) => type === "cancel_asked");
  const isByPerson = asked.has("person") || lines.some(({ quantityEdited }) => quantityEdited === 0);
  if (!atChannel && !isAsked && !isByPerson) the.found("M1", order, "is cancelled, and nobody ever asked for that");
  if (asked.has("channel") && !said.changes.some(({ type }) => type === "cancelled"))
    the.found("M1", order, "has a cancellation by the channel, which never made one");
  if (asked.has("buyer") && !isAsked && !atChannel)
    the.found("M1", order, "has a cancellation by its buyer, who never asked for one");
}

/** A buyer who asked for a cancellation is known here to have asked, whatever the answer was. */
function asksAreKnown(the: Case, { order, said, cancellations }: Life): void {
  const asked = said.changes.find(({ type, at }) => type === "cancel_asked" && at < the.now - 60 * 60_000);
  if (asked !== undefined && cancellations.length === 0)
    the.found("M1", order, `its buyer asked at ${iso(asked.at)} to cancel it, and nobody here knows of that`);
}

/** Delivered is never a guess, and completed has left in full. */
function arrived(the: Case, life: Life): void {
  const { order, truth, bought } = life;
  const ways = new Map([
    ...truth.labels,
    ...bought.flatMap(({ purchase }) =>
      purchase.parcels.map(({ trackingNumber, steps }) => [trackingNumber, steps] as const),
    ),
  ]);
  for (const { parcels } of shipmentsOf(the, life))
    for (const { trackingNumber, state, before } of parcels) {
      const steps = [trackingNumber, ...before].map((number) => ways.get(number)).find((each) => each !== undefined);
      if (
        state === "delivered" &&
        steps !== undefined &&
        !steps.some((step) => step.state === "delivered" && step.at <= the.now)
      )
        the.found("M3", order, `${trackingNumber} is delivered here, and its carrier has not delivered it`);
    }
  if (
    order.headline === "completed" &&
    life.holds.length > 0 &&
    life.parts.some(({ state }) => state === "completed") &&
    shipmentsOf(the, life).length > 0
  )
    the.found("M1", order, `is completed with the hold ${life.holds[0]!.code} open`);
}

// ------------------------------------------------------------------ M2

/** Every unit that somebody wants is carried by a part, and no unit more; a difference has a hold or a refused cancellation to show for it. */
function carriesWhatIsWanted(the: Case, life: Life): void {
  const { order, said, lines, parts, holds, cancellations } = life;
  const isKnown =
    holds.length > 0 ||
    cancellations.some(({ asks, state }) => state === "refused" || asks.some((ask) => ask.state !== "accepted"));
  for (const line of lines.filter((each) => isOurs(the, each))) {
    const byComponent = new Map<number, number>();
    for (const part of parts)
      if (part.state !== "cancelled")
        for (const each of part.lines)
          if (each.orderLineNo === line.no)
            byComponent.set(
              each.componentNo,
              (byComponent.get(each.componentNo) ?? 0) + each.quantity - each.quantityCancelled,
            );
    const whole = byComponent.get(0) ?? 0;
    byComponent.delete(0);
    const components = byComponent.size === 0 ? [0] : [...byComponent.values()];
    const wanted = wantedOf(line);
    for (const carried of components)
      if (whole + carried !== wanted && !isKnown)
        the.found("M2", order, `line ${line.no} wants ${wanted}, and ${whole + carried} are in its parts`);
    const theirs = said.lines.find(({ id }) => id === line.channelLineId);
    const wasSaidSo =
      isKnown || (the.facts.holds.get(order.id) ?? []).some(({ code }) => code === "changed_on_channel");
    if (
      theirs !== undefined &&
      // Of what a seller has made fewer, no more than that can be cancelled.
      Math.min(theirs.cancelled, line.quantityEdited ?? line.quantity) > line.cancelled &&
      !wasSaidSo &&
      said.updatedAt < the.now - 60 * 60_000
    )
      the.found(
        "M2",
        order,
        `line ${line.no} has ${theirs.cancelled} cancelled at the channel and ${line.cancelled} here`,
      );
  }
}

// ------------------------------------------------------------------ M3

/** As much as left, and no more, is shipped here; each number that was told in time is known. */
function shippedWhatLeft(the: Case, life: Life): void {
  const { order, bought } = life;
  const shipments = shipmentsOf(the, life);
  const numbers = new Set(
    shipments.flatMap(({ parcels }) => parcels.flatMap(({ trackingNumber, before }) => [trackingNumber, ...before])),
  );
  for (const { purchase, part, attempt } of bought) {
    if (part === undefined || attempt?.state !== "placed" || attempt.supplierOrderId !== purchase.supplierOrderId)
      continue;
    const left = new Map(
      merged(purchase.parcels.filter(({ shippedAt }) => shippedAt <= the.now).flatMap(({ units }) => units)).map(
        ({ sku, units }) => [sku, units],
      ),
    );
    const isTyped = shipments.some(({ partId, source }) => partId === part.id && source === "person");
    for (const [sku, lines] of group(part.lines, ({ supplierSku }) => supplierSku ?? "")) {
      const here = lines.reduce((sum, { unitsShipped }) => sum + unitsShipped, 0);
      if (here > (left.get(sku) ?? 0) && !isTyped)
        the.found(
          "M3",
          order,
          `part ${part.no} has shipped ${here} × ${sku}, and ${left.get(sku) ?? 0} have left ${nameOf(purchase)}`,
        );
    }
    const looksEnd =
      (part.placedAt ?? 0) + (the.facts.supplierCodes.get(`${part.workspaceId}/${part.supplierId}`)?.looksForMs ?? 0);
    const isAsked = (the.facts.holds.get(order.id) ?? []).some(
      ({ code }) => code.endsWith("_overdue") || code === "tracking_not_accepted",
    );
    for (const { trackingNumber, toldAt } of purchase.parcels)
      if (
        toldAt !== null &&
        toldAt < Math.min(the.now - 30 * 60_000, looksEnd) &&
        !numbers.has(trackingNumber) &&
        !isAsked
      )
        the.found(
          "M3",
          order,
          `${trackingNumber} of ${nameOf(purchase)} was told at ${iso(toldAt)}, and nobody here has it`,
        );
  }
}

// ------------------------------------------------------------------ M4

/** What nobody has paid for, or what its channel warned of, is bought only where a person let it go; without a hold's help, because a hold that was never opened says nothing. */
function boughtWhatMay(the: Case, { order, said, bought }: Life): void {
  const paid = said.changes.find(({ type }) => type === "paid");
  for (const { purchase, attempt } of bought) {
    if (attempt === undefined || attempt.kind === "human") continue;
    const isUnpaid = paid === undefined ? !said.isPaid : paid.at > attempt.armedAt;
    if (isUnpaid && !order.answered.includes("awaiting_payment"))
      the.found("M4", order, `${nameOf(purchase)} was armed at ${iso(attempt.armedAt)}, before anybody had paid`);
    if (said.risk === "high" && !order.answered.includes("fraud_risk"))
      the.found("M4", order, `${nameOf(purchase)} was armed although the channel warns of this order`);
  }
}
