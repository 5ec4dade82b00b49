import type { Attempt, Facts, Order, Part } from "./facts.ts";
import type { Outside } from "./outside.ts";
import { keyOf, type Truth, type TruthPurchase } from "./truth.ts";

/** One comparison of what the database says with what happened outside; each check adds what it finds. */
export interface Case {
  facts: Facts;
  outside: Outside;
  /** By workspace id; a workspace without a pretend world of its own has none. */
  truths: Map<string, Truth>;
  bought: readonly Bought[];
  now: number;
  /** All faults have stopped: what was open has come to an end, or waits for somebody. */
  isQuiet: boolean;
  found(invariant: string, order: Order | undefined, what: string): void;
}

/** Each purchase with the workspace whose supplier it was made at, and the attempt that its reference names. */
export interface Bought {
  workspaceId: string;
  purchase: TruthPurchase;
  attempt: Attempt | undefined;
  part: Part | undefined;
  order: Order | undefined;
}

export function everythingBought({ facts, truths, outside }: Pick<Case, "facts" | "truths" | "outside">): Bought[] {
  const forgotten = new Set(outside.restored?.forgotten.map(({ reference }) => reference));
  const byNumber = new Map(
    facts.attempts.flatMap((each) =>
      each.supplierOrderId === null ? [] : [[`${each.workspaceId}/${each.supplierOrderId}`, each]],
    ),
  );
  return [...truths].flatMap(([workspaceId, truth]) =>
    truth.purchases.map((purchase): Bought => {
      const attempt =
        facts.attemptByReference.get(purchase.reference) ??
        // What was bought before a restore has its number here, and another reference.
        (forgotten.has(purchase.reference) ? byNumber.get(`${workspaceId}/${purchase.supplierOrderId}`) : undefined);
      return {
        workspaceId,
        purchase,
        attempt,
        part: attempt === undefined ? undefined : facts.partById.get(attempt.partId),
        order: attempt === undefined ? undefined : facts.orderById.get(attempt.orderId),
      };
    }),
  );
}

/** Who sold it, in the pretend world's words. */
export const codeOf = (
  { facts }: Pick<Case, "facts">,
  at: { workspaceId: string; supplierId: string | null },
): string => facts.supplierCodes.get(`${at.workspaceId}/${at.supplierId}`)?.code ?? "";
export const isPrep = (
  { facts }: Pick<Case, "facts">,
  at: { workspaceId: string; supplierId: string | null },
): boolean => facts.supplierCodes.get(`${at.workspaceId}/${at.supplierId}`)?.role === "prep";

export const iso = (at: number): string => new Date(at).toISOString();
export const nameOf = (purchase: TruthPurchase): string => `${keyOf(purchase)} (${purchase.reference}, ${purchase.by})`;
