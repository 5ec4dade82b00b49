import type { OrderId } from "#domain/ids.ts";
import { allocated, wanted, type OrderDossier } from "#domain/order.ts";
import type { WorldEvent } from "#sandbox/events.ts";
import { progressOf, type Purchase, type Units } from "#sandbox/suppliers/purchase.ts";
import { ask, readAll, type Soak } from "./soak.ts";

interface Bought {
  purchase: Purchase;
  isCancelled: boolean;
  /** Units per SKU that somebody will get: accepted, less what was cancelled by either side. */
  live: Map<string, number>;
}

/** What really happened, against what the database says: the S invariants. Answers a line per violation. */
export async function findViolations(soak: Soak): Promise<{ violations: string[]; counts: Record<string, unknown> }> {
  const dossiers = await readAll(soak);
  const bought = everythingBought(soak);
  const told = toldEvents(soak);
  const violations = [
    ...oneLivePurchase(dossiers, bought),
    ...noOrphan(dossiers, bought),
    ...noPhantom(soak, dossiers, bought),
    ...notMoreThanWanted(dossiers),
    ...cancelledIsNotBought(soak, dossiers, bought),
    ...noOrderLost(soak, dossiers),
    ...toldOnce(dossiers, told),
    ...soak.thrown.map((each) => `a stage threw: ${each}`),
    ...soak.engines.flatMap((engine) =>
      engine.log.lines
        .filter(({ level }) => level === "error")
        .map(({ message, fields }) => `logged: ${message} ${JSON.stringify(fields)}`),
    ),
  ];
  const counts = {
    orders: dossiers.length,
    purchases: bought.length,
    live: bought.filter((each) => !each.isCancelled).length,
    attempts: dossiers.reduce((sum, each) => sum + each.attempts.length, 0),
    told: told.length,
    warnings: tally(
      soak.engines.flatMap((engine) =>
        engine.log.lines.filter(({ level }) => level === "warn").map(({ message }) => message),
      ),
    ),
    headlines: tally(dossiers.map((each) => each.order.headline)),
    holds: tally(dossiers.flatMap((each) => each.holds.map((hold) => hold.code))),
    pressed: Object.fromEntries([...soak.pressed].map(([button, { done, refused }]) => [button, `${done}/${refused}`])),
    acknowledged: soak.acknowledged.length,
  };
  return { violations, counts };
}

const tally = (names: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};

function everythingBought({ world, clock }: Soak): Bought[] {
  return [...world.state.suppliers.values()].flatMap(({ purchases }) =>
    [...purchases.values()].map(({ purchase, cancelled }) => {
      const { cancelledByBuyer, cancelledBySupplier, isCancelled } = progressOf(
        purchase,
        cancelled,
        clock.now().getTime(),
      );
      const live = new Map<string, number>();
      const add = (units: readonly Units[], sign: 1 | -1): void => {
        for (const each of units) live.set(each.sku, (live.get(each.sku) ?? 0) + sign * each.units);
      };
      add(purchase.lines, 1);
      add(cancelledByBuyer, -1);
      add(cancelledBySupplier?.units ?? [], -1);
      return { purchase, isCancelled, live };
    }),
  );
}

/** I01. By our reference, and by the fulfillment order that the references belong to. */
function oneLivePurchase(dossiers: readonly OrderDossier[], bought: readonly Bought[]): string[] {
  return dossiers.flatMap((dossier) =>
    dossier.fulfillmentOrders.flatMap((fo) => {
      const references = new Set(
        dossier.attempts.filter((each) => each.fulfillmentOrderId === fo.id).map((each) => each.reference),
      );
      const alive = bought.filter((each) => !each.isCancelled && references.has(each.purchase.reference));
      return alive.length <= 1
        ? []
        : [
            `I01 ${at(dossier)} part ${fo.no} was bought ${alive.length} times: ${alive.map((each) => `${each.purchase.supplier} ${each.purchase.supplierOrderId} ${each.purchase.reference}`).join(", ")}`,
          ];
    }),
  );
}

/** I04. Whatever was bought is known as bought. */
function noOrphan(dossiers: readonly OrderDossier[], bought: readonly Bought[]): string[] {
  const attempts = new Map(
    dossiers.flatMap((dossier) => dossier.attempts.map((attempt) => [attempt.reference, { dossier, attempt }])),
  );
  return bought.flatMap(({ purchase, isCancelled }) => {
    if (isCancelled) return [];
    const known = attempts.get(purchase.reference);
    const what = `${purchase.supplier} ${purchase.supplierOrderId} (${purchase.by})`;
    if (known === undefined) return [`I04 ${what} has a reference that nobody here gave: ${purchase.reference}`];
    const { attempt, dossier } = known;
    return attempt.state === "placed" && attempt.supplierOrderId === purchase.supplierOrderId
      ? []
      : [
          `I04 ${what} is alive, but its attempt ${attempt.no} of ${at(dossier)} is ${attempt.state} (${attempt.kind}, ${attempt.reason}, number ${attempt.supplierOrderId}, ${attempt.reference})`,
        ];
  });
}

/** I05. What is placed here was bought there: the same number, and as many units of each SKU as are still expected. */
function noPhantom(soak: Soak, dossiers: readonly OrderDossier[], bought: readonly Bought[]): string[] {
  const byNumber = new Map(bought.map((each) => [`${each.purchase.supplier} ${each.purchase.supplierOrderId}`, each]));
  return dossiers.flatMap((dossier) =>
    dossier.attempts.flatMap((attempt) => {
      if (attempt.state !== "placed") return [];
      const fo = dossier.fulfillmentOrders.find((each) => each.id === attempt.fulfillmentOrderId)!;
      const found = byNumber.get(`${soak.codes.get(attempt.supplierId)} ${attempt.supplierOrderId}`);
      if (found === undefined || found.purchase.reference !== attempt.reference)
        return [
          `I05 ${at(dossier)} part ${fo.no} is ${fo.state} as ${attempt.supplierOrderId}, which was never bought`,
        ];
      const expected = new Map<string, number>();
      for (const line of fo.lines)
        expected.set(line.supplierSku!, (expected.get(line.supplierSku!) ?? 0) + line.units - line.unitsCancelled);
      return [...expected].flatMap(([sku, units]) => {
        const live = found.live.get(sku) ?? 0;
        // Who confirmed a purchase by hand cannot say what of it was not accepted; then a hold says that the rest is overdue.
        const isMissed =
          live < units && dossier.holds.some((hold) => hold.subjectId === fo.id && hold.code.endsWith("_overdue"));
        return live === units || isMissed
          ? []
          : [
              `I05 ${at(dossier)} part ${fo.no} (${fo.state}, ${attempt.kind}) expects ${units} × ${sku}, and ${live} are on order under ${attempt.supplierOrderId}; holds ${holdsOf(dossier)}; cancellations ${JSON.stringify(dossier.cancellations.map((each) => [each.askedBy, each.state, each.asks.map((one) => one.state)]))}`,
            ];
      });
    }),
  );
}

/** I01 by quantities. More than is wanted is on its way only where everybody knows: somebody was asked to cancel it and could or would not. */
function notMoreThanWanted(dossiers: readonly OrderDossier[]): string[] {
  return dossiers.flatMap((dossier) =>
    dossier.lines.flatMap((line) => {
      const inFos = allocated(line, dossier.fulfillmentOrders);
      if (inFos <= wanted(line)) return [];
      const isKnown =
        dossier.holds.length > 0 ||
        dossier.cancellations.some((each) => each.asks.some((one) => one.state !== "accepted"));
      return isKnown
        ? []
        : [`I01 ${at(dossier)} line ${line.no} wants ${wanted(line)} and ${inFos} are on their way, and nobody knows`];
    }),
  );
}

/** I06. */
function cancelledIsNotBought(
  { acknowledged }: Soak,
  dossiers: readonly OrderDossier[],
  bought: readonly Bought[],
): string[] {
  const byId = new Map<OrderId, OrderDossier>(dossiers.map((each) => [each.order.id, each]));
  return acknowledged.flatMap(({ orderId, at: when }) => {
    const dossier = byId.get(orderId)!;
    const references = new Set(dossier.attempts.map((each) => each.reference));
    return bought
      .filter(
        ({ purchase, isCancelled }) =>
          references.has(purchase.reference) && (purchase.at > when.getTime() || !isCancelled),
      )
      .map(
        ({ purchase }) =>
          `I06 ${at(dossier)} was cancelled at ${when.toISOString()} and ${purchase.supplierOrderId} was bought at ${new Date(purchase.at).toISOString()}`,
      );
  });
}

/** I10. Each order that the shop shows is here, with each of its lines. */
function noOrderLost({ world, clock }: Soak, dossiers: readonly OrderDossier[]): string[] {
  const byChannelId = new Map(dossiers.map((each) => [each.order.channelOrderId, each]));
  return [...world.state.orders.values()].flatMap(({ order }) => {
    if (order.shownAt > clock.now().getTime()) return [];
    const dossier = byChannelId.get(order.id);
    if (dossier === undefined) return [`I10 the shop's order ${order.number} (${order.stream}) never arrived`];
    const absent = order.lines.filter((line) => !dossier.lines.some((each) => each.channelLineId === line.id));
    return absent.map((line) => `I10 ${at(dossier)} has lost its line ${line.id}`);
  });
}

/** I26, I27, I28. */
function toldOnce(dossiers: readonly OrderDossier[], told: readonly Told[]): string[] {
  const violations: string[] = [];
  const seen = new Map<string, Told>();
  const byChannelId = new Map(dossiers.map((each) => [each.order.channelOrderId, each]));
  for (const each of told) {
    const { orderId, fulfilment } = each;
    const key = `${orderId} ${fulfilment.trackingNumber}`;
    const before = seen.get(key);
    if (before !== undefined && before.fulfilment.reference !== fulfilment.reference)
      violations.push(
        `I27 ${orderId}: ${fulfilment.trackingNumber} was told twice, as ${before.fulfilment.reference} and ${fulfilment.reference}`,
      );
    seen.set(key, each);
    const dossier = byChannelId.get(orderId);
    const isStored = dossier?.shipments.some((shipment) =>
      shipment.parcels.some((parcel) => parcel.trackingNumber === fulfilment.trackingNumber),
    );
    if (isStored !== true)
      violations.push(`I28 ${orderId}: ${fulfilment.trackingNumber} was told, and no shipment has it`);
  }
  for (const dossier of dossiers) {
    for (const shipment of dossier.shipments) {
      for (const parcel of shipment.parcels) {
        if (!parcel.accepted) {
          if (dossier.holds.every((hold) => hold.code !== "tracking_not_accepted"))
            violations.push(`I26 ${at(dossier)}: ${parcel.trackingNumber} is not accepted, and nobody is asked`);
          continue;
        }
        const rows = dossier.writeBacks.filter((each) => each.parcelId === parcel.id);
        if (rows.length === 0) violations.push(`I26 ${at(dossier)}: nothing tells ${parcel.trackingNumber}`);
        for (const each of rows) {
          const isTold = seen.has(`${dossier.order.channelOrderId} ${parcel.trackingNumber}`);
          if (each.state === "told" && !isTold)
            violations.push(
              `I26 ${at(dossier)}: ${parcel.trackingNumber} counts as told and the shop has not heard of it`,
            );
          if (each.state !== "told" && isTold && each.revision === 1)
            violations.push(`I27 ${at(dossier)}: the shop has ${parcel.trackingNumber}, and here it is ${each.state}`);
          if (
            each.state === "armed" ||
            each.state === "unknown" ||
            (each.state === "waiting" && each.lines.length > 0 && each.dueAt !== null)
          )
            violations.push(
              `I26 ${at(dossier)}: ${parcel.trackingNumber} is still ${each.state} (${each.message}, due ${each.dueAt?.toISOString()})`,
            );
        }
      }
    }
  }
  return violations;
}

type Told = WorldEvent & { type: "fulfilment_told" };
function toldEvents(soak: Soak): Told[] {
  const told: Told[] = [];
  for (let after = 0; ;) {
    const page = ask(soak, "GET", `/admin/log?after=${after}&limit=10000`).body as {
      events: WorldEvent[];
      after: number;
    };
    if (page.events.length === 0) return told;
    told.push(...page.events.filter((event): event is Told => event.type === "fulfilment_told"));
    after = page.after;
  }
}

const at = ({ order }: OrderDossier): string => `${order.number} (${order.headline})`;
const holdsOf = ({ holds }: OrderDossier): string => holds.map((each) => each.code).join(", ") || "none";
