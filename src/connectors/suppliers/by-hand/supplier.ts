import type { Failure, PlaceContract, Supplier } from "../../ports.ts";

/**
 * A supplier that no program can reach: a person buys there and says the number and the price, in the two steps of placing by hand. Also our own shelf,
 * with the role prep. Nothing ever leaves through it.
 */
export const byHandSupplier: Supplier = {
  manifest: { id: "by_hand", title: "Placed by hand", settings: {} },
  contract: (): PlaceContract => ({
    kind: "human",
    lookupLagMs: 0,
    maxInFlightMs: 0,
    sendByMs: 60_000,
    moneyPoint: "place",
    cancellable: "human",
    testedOn: "2026-11-22",
  }),
  capabilities: { tracking: "by_hand", stock: false, quote: false, cancel: false, list: false, acknowledges: false },
  place: async (_context, batch, onAnswer) => {
    for (const { reference } of batch)
      onAnswer(reference, { status: "not_sent", message: "This supplier is placed by people only." });
  },
  find: async () => noCall("look up a purchase"),
  track: async () => ({ status: "ok", orders: [] }),
  cancel: async (_context, batch) =>
    batch.map(() => ({
      status: "refused",
      message: "Nobody can be asked by a program. Ask the supplier, then say what was cancelled.",
    })),
  stock: async () => noCall("ask for stock"),
  quote: async () => noCall("ask for a price"),
  list: async () => ({ status: "no_list" }),
};

const noCall = (what: string): Failure => ({
  status: "bug",
  message: `No program can ${what} at a supplier that is placed by hand. Look at the capabilities first.`,
});
