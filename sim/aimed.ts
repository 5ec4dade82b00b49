import type { Cell, Kind } from "./coverage.ts";
import type { Focus } from "./faults.ts";
import type { RunOptions } from "./run.ts";

/** What buyers want when a supplier of this kind shall get the order. */
const sold: Record<Kind, NonNullable<Focus["order"]>> = {
  key: { sku: "HP-MUG-TIDE", address: "good", paid: true },
  lookup: { sku: "HP-LANTERN", quantity: 1, address: "good", paid: true },
  none: { sku: "HP-BLANKET", address: "good", paid: true },
  human: { sku: "HP-LAMP-OAK", country: "FR", address: "good", paid: true },
};

/** SM-9. A few orders of a hostile world that all go to one crash point with one kind of supplier: for a cell that many orders passed by. */
export function townAt({ point, kind }: Cell, seed: number): RunOptions {
  const order = sold[kind];
  const focus: Focus =
    point === "C11"
      ? { order, town: 1, habits: { outages: 1 } } // in the fast town a key is forgotten within the run
      : point === "C12"
        ? { order, habits: { whilePlacing: 1 } }
        : point === "C13"
          ? { order, restores: true, habits: { serves: 0.7 } }
          : { order, rates: { aimed: 1 }, points: [point] };
  return {
    seed,
    orders: 5,
    days: point === "C13" ? 0.03 : 0.01,
    mode: "statement",
    profile: "hostile",
    // Whoever switches the supplier off would send everybody elsewhere.
    without: new Set(point === "C11" ? ["people"] : []),
    withoutOrders: new Set(),
    faultHours: point === "C11" ? 2 : 1,
    focus,
  };
}
