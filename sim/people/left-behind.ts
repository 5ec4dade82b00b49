import type { FulfillmentOrder, OrderDossier } from "#domain/order.ts";
import { parcelsOf, type Purchase } from "#sandbox/suppliers/purchase.ts";
import { orderName } from "../restore-facts.ts";
import type { Tenant } from "../tenants.ts";
import type { Town } from "../town.ts";
import { ask } from "./desk.ts";
import type { Hand } from "./hand.ts";

// After a restore people are told of orders that may have been bought. They look at the supplier, and find what is there.

export const code = "bought_before_restore";
export const isAskedAbout = ({ holds }: OrderDossier): boolean => holds.some((hold) => hold.code === code);

/** Whether somebody has seen the question: from then on they look at the supplier before they order. */
export function isWarned({ town: { restored }, known, dossier }: Omit<Hand, "web" | "luck">): boolean {
  if (restored === null) return false;
  const name = orderName(known.tenant, dossier.order.channelOrderId);
  if (isAskedAbout(dossier)) restored.warned.add(name);
  return restored.warned.has(name);
}

/** The gate's journal took it: whoever orders this by hand was let through, and what they do is not forgotten. */
export const isNoted = ({ journal }: Town, reference: string): boolean =>
  journal.some((each) => each.line === "by_hand" && each.reference === reference);

/** Whose beginning the gate did not take, because it was away or the answer got lost, looks at what `prove` listed first. */
export function remember({ town: { restored }, known, dossier }: Pick<Hand, "town" | "known" | "dossier">): void {
  const name = orderName(known.tenant, dossier.order.channelOrderId);
  if (
    restored?.forgotten.some((each) => orderName({ slug: each.workspaceSlug }, each.channelOrderId) === name) === true
  )
    restored.warned.add(name);
}

/** What the suppliers have for an order from the time that the database does not remember, and that nobody here has written down. */
export function leftBehind(town: Town, tenant: Tenant, dossier: OrderDossier): Purchase[] {
  const name = orderName(tenant, dossier.order.channelOrderId);
  const known = new Set(dossier.attempts.flatMap((each) => each.supplierOrderId ?? []));
  return (town.restored?.forgotten ?? [])
    .filter((each) => orderName({ slug: each.workspaceSlug }, each.channelOrderId) === name)
    .flatMap(({ supplier, reference }) => tenant.world.state.suppliers.get(supplier)?.byReference.get(reference) ?? [])
    .filter((purchase) => !known.has(purchase.supplierOrderId) && isWanted(tenant, purchase, town.scheduler.now));
}
/** Units of it will come, as far as its supplier knows. */
function isWanted({ world }: Tenant, purchase: Purchase, now: number): boolean {
  const { cancelled } = world.state.suppliers.get(purchase.supplier)!.purchases.get(purchase.supplierOrderId)!;
  return parcelsOf(purchase, cancelled).length > 0 || (purchase.cancels !== null && purchase.cancels.at > now);
}

/** The one that is what this part wants, of the same supplier, unit for unit. */
export function purchaseFor(
  tenant: Tenant,
  fo: FulfillmentOrder,
  purchases: readonly Purchase[],
): Purchase | undefined {
  const wanted = unitsOf(
    fo.lines.flatMap(({ supplierSku, units, unitsCancelled }) =>
      supplierSku === null ? [] : [{ sku: supplierSku, units: units - unitsCancelled }],
    ),
  );
  return purchases.find(
    ({ supplier, lines }) =>
      fo.supplierId !== null &&
      supplier === tenant.codes.get(fo.supplierId) &&
      unitsOf(lines.map(({ sku, units, notAccepted }) => ({ sku, units: units + notAccepted }))) === wanted,
  );
}
const unitsOf = (lines: readonly { sku: string; units: number }[]): string => {
  const sum = new Map<string, number>();
  for (const { sku, units } of lines) if (units > 0) sum.set(sku, (sum.get(sku) ?? 0) + units);
  return JSON.stringify([...sum].toSorted(([a], [b]) => (a < b ? -1 : 1)));
};

/** At the supplier's desk; true: it is taken back, all that had not left. */
export function takeBack(town: Town, tenant: Tenant, { supplier, supplierOrderId, lines }: Purchase): boolean {
  const { status } = ask(town, tenant, "POST", `/suppliers/${supplier}/orders/${supplierOrderId}/cancellation`, {
    lines: lines.map(({ sku, units }) => ({ sku, units })),
  });
  return status === 200;
}
