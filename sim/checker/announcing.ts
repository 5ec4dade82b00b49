import { iso, type Case } from "./case.ts";
import { group, type Order, type Parcel, type Shipment } from "./facts.ts";
import { knownOrders } from "./intake.ts";
import type { FulfilmentTold, Truth } from "./truth.ts";

/** I26, I27, I28: what the channel was told, against what left. */
export function checkAnnouncing(the: Case): void {
  for (const [workspaceId, truth] of the.truths) {
    const told = group(truth.told, ({ orderId }) => orderId);
    for (const { said, order } of knownOrders(the, workspaceId, truth)) {
      const heard = told.get(said.id) ?? [];
      toldOnce(the, order, said.lines, heard);
      toldWithEvidence(the, truth, order, heard);
      everythingTold(the, order, heard);
      cancellationsTold(the, truth, order);
      told.delete(said.id);
    }
    for (const each of [...told.values()].flat())
      the.found(
        "I28",
        undefined,
        `the channel was told of ${each.fulfilment.trackingNumber} for ${each.orderId}, which nobody here knows`,
      );
  }
}

/** I27. By number: another reference with the same number is a second announcement; and all together are no more units than were sold. */
function toldOnce(
  the: Case,
  order: Order,
  sold: readonly { id: string; quantity: number }[],
  told: readonly FulfilmentTold[],
): void {
  for (const same of group(told, ({ fulfilment }) => fulfilment.trackingNumber).values()) {
    const references = new Set(same.map(({ fulfilment }) => fulfilment.reference));
    if (references.size > 1)
      the.found(
        "I27",
        order,
        `${same[0]!.fulfilment.trackingNumber} was announced as ${[...references].join(" and as ")}`,
      );
  }
  for (const revisions of group(told, ({ fulfilment }) => fulfilment.reference).values()) {
    const numbers = revisions.map(({ fulfilment }) => fulfilment.revision);
    if (new Set(numbers).size < numbers.length)
      the.found("I27", order, `${revisions[0]!.fulfilment.reference} was announced twice in one revision`);
    for (const { fulfilment } of revisions)
      if (
        fulfilment.revision > 1 &&
        !(the.facts.writeBacks.get(order.id) ?? []).some(({ revision }) => revision === fulfilment.revision)
      )
        the.found(
          "I27",
          order,
          `${fulfilment.reference} was announced as revision ${fulfilment.revision}, and nobody here corrected it`,
        );
  }
  const newest = [...group(told, ({ fulfilment }) => fulfilment.reference).values()].map((revisions) =>
    revisions.at(-1)!,
  );
  for (const { id, quantity } of sold) {
    const units = newest
      .flatMap(({ fulfilment }) => fulfilment.lines)
      .filter(({ lineId }) => lineId === id)
      .reduce((sum, line) => sum + line.quantity, 0);
    if (units > quantity) the.found("I27", order, `line ${id} was sold ${quantity} times and announced ${units} times`);
  }
}

/** I28. A number that the channel was told is one of this order's parcels here, and really on a parcel of what was bought for it. */
function toldWithEvidence(the: Case, truth: Truth, order: Order, told: readonly FulfilmentTold[]): void {
  if (told.length === 0) return;
  const parcels = (the.facts.shipments.get(order.id) ?? []).flatMap((shipment) => shipment.parcels);
  const real = new Set(
    the.bought
      .filter((each) => each.order === order)
      .flatMap(({ purchase }) => purchase.parcels.map(({ trackingNumber }) => trackingNumber)),
  );
  for (const { fulfilment, at } of told) {
    const parcel = parcels.find((each) => [each.trackingNumber, ...each.before].includes(fulfilment.trackingNumber));
    if (parcel === undefined)
      the.found(
        "I28",
        order,
        `the channel was told ${fulfilment.trackingNumber} at ${iso(at)}, and no shipment has it`,
      );
    else if (parcel.source === "supplier" && !real.has(fulfilment.trackingNumber))
      the.found("I28", order, `the channel was told ${fulfilment.trackingNumber}, which no supplier ever sent for it`);
    else if (
      parcel.source === "prep" &&
      !truth.labels.has(fulfilment.trackingNumber) &&
      !real.has(fulfilment.trackingNumber)
    )
      the.found("I28", order, `the channel was told ${fulfilment.trackingNumber}, for which no label was ever made`);
  }
}

/** I26. Each accepted parcel has been told, waits with a date, or is on the list of what a person does; one that is not accepted asks a person. */
function everythingTold(the: Case, order: Order, told: readonly FulfilmentTold[]): void {
  for (const shipment of the.facts.shipments.get(order.id) ?? [])
    for (const parcel of shipment.parcels) everyParcelTold(the, order, shipment, parcel, told);
}

function everyParcelTold(
  the: Case,
  order: Order,
  shipment: Shipment,
  parcel: Parcel,
  told: readonly FulfilmentTold[],
): void {
  const holds = (the.facts.holds.get(order.id) ?? []).filter(({ closedAt }) => closedAt === null);
  const rows = (the.facts.writeBacks.get(order.id) ?? []).filter(({ parcelId }) => parcelId === parcel.id);
  const wrong = (invariant: string, what: string): void =>
    the.found(invariant, order, `${parcel.trackingNumber} ${what}`);
  const isHeard = told.some(({ fulfilment }) =>
    [parcel.trackingNumber, ...parcel.before].includes(fulfilment.trackingNumber),
  );
  if (!parcel.accepted) {
    // A number that was told is never doubted afterwards; it may be corrected.
    if (isHeard && parcel.before.length === 0) wrong("I28", "is not accepted, and the channel was told it");
    if (holds.every(({ code }) => code !== "tracking_not_accepted"))
      wrong("I26", "is not accepted, and nobody is asked about it");
    return;
  }
  if (rows.length === 0) wrong("I26", `(${shipment.source}) has nothing that announces it`);
  for (const { id, state, dueAt, revision, lines } of rows) {
    if (state === "told" && !isHeard && !the.facts.ticked.has(id))
      wrong("I26", "counts as announced, and the channel has not heard of it");
    if (state === "refused" && holds.every(({ code }) => code !== "channel_refused"))
      wrong("I26", "was refused by the channel, and nobody is asked about it");
    if (!the.isQuiet) continue;
    if (state !== "told" && isHeard && revision === 1 && rows.length === 1)
      wrong("I27", `is ${state} here, and the channel has it`);
    if (state === "armed" || state === "unknown" || (state === "waiting" && lines.length > 0 && dueAt !== null))
      wrong("I26", `is still ${state}, due ${dueAt === null ? "never" : iso(dueAt)}`);
  }
}

/** I26, I28. The same for cancellations: each answer that counts as given was heard, and none was heard that nobody here gave. */
function cancellationsTold(the: Case, truth: Truth, order: Order): void {
  const heard = new Set(
    truth.cancellationsTold.filter(({ orderId }) => orderId === order.channelOrderId).map(({ reference }) => reference),
  );
  const known = new Set<string>();
  for (const { id, cancellationId, state, dueAt } of the.facts.writeBacks.get(order.id) ?? []) {
    if (cancellationId === null) continue;
    const reference = `cancellation-${cancellationId}`;
    known.add(reference);
    if (state === "told" && !heard.has(reference) && !the.facts.ticked.has(id))
      the.found("I26", order, `${reference} counts as told, and the channel has not heard of it`);
    if (the.isQuiet && (state === "armed" || state === "unknown" || (state === "waiting" && dueAt !== null)))
      the.found("I26", order, `${reference} is still ${state}`);
  }
  for (const reference of heard)
    if (!known.has(reference)) the.found("I28", order, `the channel was told ${reference}, which nobody here has`);
}
