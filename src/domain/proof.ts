import type { AttemptState } from "./order.ts";

/** What we know of one purchase. */
export interface OurPurchase {
  reference: string;
  state: AttemptState;
  supplierOrderId: string | null;
  armedAt: Date;
  /** For people: the order it is for. */
  order: string;
}
/** What the supplier says it has. */
export interface TheirPurchase {
  reference: string;
  supplierOrderId: string;
  at: Date;
  cancelled: boolean;
}
export type Difference =
  /** The supplier has it and we never armed it, or gave it up. */
  | { kind: "bought_without_attempt"; reference: string; supplierOrderId: string; at: Date }
  | { kind: "bought_although_given_up"; reference: string; supplierOrderId: string; order: string; state: AttemptState }
  /** We say placed, the supplier has nothing. */
  | { kind: "placed_without_purchase"; reference: string; supplierOrderId: string | null; order: string }
  /** The supplier has one reference more than once. */
  | { kind: "bought_twice"; reference: string; supplierOrderIds: string[]; order: string | null }
  | { kind: "other_number"; reference: string; ours: string; theirs: string; order: string };
export interface Proof {
  /** Compared on both sides, and equal. */
  equal: number;
  /** Armed or unknown: on their way, or being asked about; the proof says nothing of them yet. */
  open: number;
  differences: Difference[];
}

/**
 * PROVE-1 to PROVE-4. Compares a supplier's own list with our attempts of the same period, by our reference. A purchase that the supplier cancelled
 * afterwards was bought all the same. `theirs` may hold purchases of other customers of ours under other references: they differ, and are shown.
 */
export function prove(ours: readonly OurPurchase[], theirs: readonly TheirPurchase[]): Proof {
  const differences: Difference[] = [];
  const known = new Map(ours.map((each) => [each.reference, each]));
  const listed = Map.groupBy(theirs, (each) => each.reference);
  for (const [reference, purchases] of listed) {
    const our = known.get(reference);
    const live = purchases.filter((each) => !each.cancelled);
    if (live.length > 1)
      differences.push({
        kind: "bought_twice",
        reference,
        supplierOrderIds: live.map((each) => each.supplierOrderId),
        order: our?.order ?? null,
      });
    const [first] = live.length > 0 ? live : purchases;
    if (first === undefined) continue;
    if (our === undefined) {
      differences.push({
        kind: "bought_without_attempt",
        reference,
        supplierOrderId: first.supplierOrderId,
        at: first.at,
      });
    } else if ((our.state === "refused" || our.state === "void") && live.length > 0) {
      differences.push({
        kind: "bought_although_given_up",
        reference,
        supplierOrderId: first.supplierOrderId,
        order: our.order,
        state: our.state,
      });
    } else if (
      our.state === "placed" &&
      our.supplierOrderId !== null &&
      !purchases.some((each) => each.supplierOrderId === our.supplierOrderId)
    ) {
      differences.push({
        kind: "other_number",
        reference,
        ours: our.supplierOrderId,
        theirs: first.supplierOrderId,
        order: our.order,
      });
    }
  }
  let equal = 0;
  let open = 0;
  for (const our of ours) {
    const theirsOfIt = listed.get(our.reference);
    if (our.state === "armed" || our.state === "unknown") open += 1;
    else if (our.state === "placed" && theirsOfIt === undefined)
      differences.push({
        kind: "placed_without_purchase",
        reference: our.reference,
        supplierOrderId: our.supplierOrderId,
        order: our.order,
      });
    else equal += 1;
  }
  const wrong = new Set(
    differences.flatMap((each) =>
      known.has(each.reference) && each.kind !== "placed_without_purchase" ? [each.reference] : [],
    ),
  );
  for (const reference of wrong) {
    const our = known.get(reference)!;
    if (our.state !== "armed" && our.state !== "unknown") equal -= 1;
  }
  return { equal, open, differences };
}
