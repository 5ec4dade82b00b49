import type {
  Failure,
  NotSent,
  PlaceAnswer,
  PlaceContract,
  PlaceRequest,
  Supplier,
  SupplierOrderProgress,
} from "#connectors/ports.ts";

/** A supplier that does what the test's script says and remembers every purchase: its own truth, which the product cannot see. */
export interface Scripted {
  connector: Supplier;
  /** Everything that was really bought, in the order in which it was. */
  bought: { supplier: string; request: PlaceRequest; supplierOrderId: string }[];
  /** How many times each supplier was asked about tracking. */
  looks: Map<string, number>;
  /** What a supplier answers to a purchase; without one it accepts. */
  onPlace: Map<string, (request: PlaceRequest, accept: () => PlaceAnswer) => PlaceAnswer | Failure | NotSent>;
  /** What a supplier says about an order; without one it knows no more than that it has it. */
  onTrack: Map<string, (supplierOrderId: string) => Partial<SupplierOrderProgress>>;
  onCancel: Map<string, () => { status: "accepted" } | { status: "refused"; message: string } | Failure>;
}

const contract: PlaceContract = {
  kind: "key",
  keyWindowMs: 86_400_000,
  keyBinding: "params-checked",
  lookupLagMs: 5_000,
  maxInFlightMs: 30_000,
  sendByMs: 10_000,
  moneyPoint: "place",
  cancellable: "api",
  testedOn: "2026-11-22",
};

export function scriptedSupplier(change: Partial<PlaceContract> = {}): Scripted {
  const script: Scripted = {
    connector: undefined as never,
    bought: [],
    looks: new Map(),
    onPlace: new Map(),
    onTrack: new Map(),
    onCancel: new Map(),
  };
  const nameOf = (settings: Record<string, unknown>): string => String(settings["name"]);
  const accept = (supplier: string, request: PlaceRequest): PlaceAnswer => {
    const before = script.bought.find((each) => each.request.idempotencyKey === request.idempotencyKey);
    const supplierOrderId = before?.supplierOrderId ?? `${supplier}-${script.bought.length + 1}`;
    if (before === undefined) script.bought.push({ supplier, request, supplierOrderId });
    return { status: "placed", supplierOrderId, total: null, notAccepted: [] };
  };
  script.connector = {
    manifest: {
      id: "scripted",
      title: "Scripted",
      settings: { name: { type: "text", title: "Name", help: "Which one.", required: true } },
    },
    contract: () => ({ ...contract, ...change }),
    capabilities: { tracking: "poll", stock: false, quote: false, cancel: true, list: true, acknowledges: false },
    async place(context, batch, onAnswer) {
      const supplier = nameOf(context.settings);
      for (const request of batch) {
        // A real connector writes its request here; the gate's last check runs before the first byte.
        await context.outside.http({
          method: "POST",
          url: `http://scripted/${supplier}/${request.reference}`,
          timeoutMs: 1000,
        });
        const answer =
          script.onPlace.get(supplier)?.(request, () => accept(supplier, request)) ?? accept(supplier, request);
        onAnswer(request.reference, answer);
      }
    },
    async find(_context, references) {
      const found = script.bought.filter((each) => references.includes(each.request.reference));
      return {
        status: "ok",
        complete: true,
        found: found.map((each) => ({
          reference: each.request.reference,
          answer: { status: "placed", supplierOrderId: each.supplierOrderId, total: null, notAccepted: [] },
        })),
      };
    },
    async track(context, ids) {
      const supplier = nameOf(context.settings);
      script.looks.set(supplier, (script.looks.get(supplier) ?? 0) + 1);
      return {
        status: "ok",
        orders: ids.map((supplierOrderId) => ({
          supplierOrderId,
          acknowledged: false,
          cancelled: null,
          backorderedUntil: null,
          parcels: [],
          total: null,
          ...script.onTrack.get(supplier)?.(supplierOrderId),
        })),
      };
    },
    async cancel(context, batch) {
      return batch.map(() => script.onCancel.get(nameOf(context.settings))?.() ?? { status: "accepted" as const });
    },
    stock: async () => ({ status: "ok", items: [] }),
    quote: async () => ({ status: "bug", message: "not scripted" }),
    list: async () => ({
      status: "ok",
      since: new Date(0),
      purchases: script.bought.map((each) => ({
        supplierOrderId: each.supplierOrderId,
        reference: each.request.reference,
        at: new Date(0),
        total: null,
        cancelled: false,
      })),
    }),
  };
  return script;
}
