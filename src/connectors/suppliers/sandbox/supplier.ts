import { z } from "zod";
import { toMinor } from "#domain/money.ts";
import type { Failure, ListedPurchase, Supplier, SupplierContext, SupplierOrderProgress } from "#connectors/ports.ts";
import { ask, baseUrlOf, decimalText, instant, textSetting, tokenOf } from "#connectors/sandbox/call.ts";
import { contractOf, supplierKinds } from "./contract.ts";
import { placeOnce, purchaseBody } from "./place.ts";

/** A supplier of the pretend world, of any kind; which one is a setting. */
export const sandboxSupplier: Supplier = {
  manifest: {
    id: "sandbox",
    title: "Sandbox supplier",
    settings: {
      baseUrl: {
        type: "url",
        title: "Address of the sandbox",
        help: "Where the pretend world is reached, e.g. http://127.0.0.1:4410.",
        required: true,
      },
      supplier: {
        type: "text",
        title: "Supplier",
        help: "Its code in the pretend world, e.g. northlight.",
        required: true,
      },
      kind: {
        type: "choice",
        title: "How it takes orders",
        help: "By idempotency key, with a look-up, with neither, from people only, or not at all (a prep centre).",
        required: true,
        choices: [...supplierKinds],
      },
      uniqueReference: {
        type: "boolean",
        title: "Keeps references unique",
        help: "Refuses a second order with the same reference and tells the number of the first.",
        required: false,
        default: false,
      },
      speed: {
        type: "number",
        title: "Speed",
        help: "By how much the sandbox divides its durations; what the supplier promises is divided likewise.",
        required: false,
        default: 60,
      },
      token: {
        type: "text",
        title: "Token",
        help: "Only where it is another than the pretend world's own.",
        required: false,
        secret: true,
      },
    },
  },
  contract: contractOf,
  capabilities: { tracking: "poll", stock: true, quote: true, cancel: true, list: true, acknowledges: true },

  async place(context, batch, onAnswer) {
    const { kind } = contractOf(context.settings);
    await Promise.all(
      batch.map(async (request) => {
        // Known before a byte leaves: nobody but a person can buy there.
        const answer =
          kind === "human"
            ? ({ status: "not_sent", message: "This supplier takes orders from people only." } as const)
            : await placeOnce(context, url(context, "/orders"), request);
        onAnswer(request.reference, answer);
      }),
    );
  },

  async find(context, references) {
    if (contractOf(context.settings).kind !== "lookup") return { status: "ok", complete: false, found: [] };
    const found: z.output<typeof purchaseBody>[] = [];
    for (const some of pages(references, 50)) {
      const query = new URLSearchParams(some.map((reference): [string, string] => ["reference", reference]));
      const answer = await get(context, `/orders?${query.toString()}`, z.object({ orders: z.array(purchaseBody) }));
      if (answer.status !== "ok") return answer;
      found.push(...answer.value.orders);
    }
    return { status: "ok", complete: true, found };
  },

  async track(context, supplierOrderIds) {
    const orders: SupplierOrderProgress[] = [];
    for (const ids of pages(supplierOrderIds, 200)) {
      const answer = await post(context, "/orders/status", { ids }, z.object({ orders: z.array(progressBody) }));
      if (answer.status !== "ok") return answer;
      orders.push(...answer.value.orders);
    }
    return { status: "ok", orders };
  },

  async cancel(context, batch) {
    const answers: ({ status: "accepted" } | { status: "refused"; message: string } | Failure)[] = [];
    for (const { supplierOrderId, lines } of batch) {
      const body = {
        lines: lines === "all" ? "all" : lines.map(({ supplierSku, units }) => ({ sku: supplierSku, units })),
      };
      const answer = await post(
        context,
        `/orders/${encodeURIComponent(supplierOrderId)}/cancellation`,
        body,
        z.object({ status: z.literal("cancelled") }),
        true,
      );
      answers.push(
        answer.status === "ok"
          ? { status: "accepted" }
          : answer.status === "refused"
            ? { status: "refused", message: answer.message }
            : answer,
      );
    }
    return answers;
  },

  async stock(context) {
    const answer = await get(context, "/stock", stockBody);
    if (answer.status !== "ok") return answer;
    const { asOf, items } = answer.value;
    return {
      status: "ok",
      items: items.map(({ sku, onHand, unitPrice, currency }) => ({
        supplierSku: sku,
        onHand,
        unitCost: unitPrice,
        currency,
        asOf,
      })),
    };
  },

  async quote(context, lines, country) {
    const body = { lines: lines.map(({ supplierSku, units }) => ({ sku: supplierSku, units })), country };
    const answer = await post(context, "/quote", body, z.object({ total: decimalText, currency: z.string() }));
    if (answer.status !== "ok") return answer;
    const { total, currency } = answer.value;
    return { status: "ok", total: { amount: toMinor(total, currency), currency } };
  },

  async list(context, from, to) {
    const purchases: ListedPurchase[] = [];
    for (let after = 0; ;) {
      const query = new URLSearchParams({ from: from.toISOString(), to: to.toISOString(), after: String(after) });
      const answer = await get(context, `/statement?${query.toString()}`, statementBody);
      if (answer.status !== "ok") return answer;
      purchases.push(...answer.value.purchases);
      if (!answer.value.more) return { status: "ok", since: answer.value.since, purchases };
      after = answer.value.after;
    }
  },
};

const skuUnits = z
  .object({ sku: z.string(), units: z.int().min(1) })
  .transform(({ sku, units }) => ({ supplierSku: sku, units }));
const progressBody = z
  .object({
    orderId: z.string(),
    acknowledged: z.boolean(),
    isCancelled: z.boolean(),
    backorderedUntil: instant.nullable(),
    notAccepted: z.array(skuUnits),
    cancelledBySupplier: z.object({ units: z.array(skuUnits), reason: z.string() }).nullable(),
    cancelledByBuyer: z.array(skuUnits),
    parcels: z.array(
      z.object({ carrier: z.string(), trackingNumber: z.string(), shippedAt: instant, lines: z.array(skuUnits) }),
    ),
    total: decimalText,
    currency: z.string().length(3),
  })
  .transform(
    ({
      orderId,
      acknowledged,
      backorderedUntil,
      notAccepted,
      cancelledBySupplier,
      cancelledByBuyer,
      parcels,
      total,
      currency,
    }): SupplierOrderProgress => ({
      supplierOrderId: orderId,
      acknowledged,
      cancelled: allThatWillNotCome({
        out_of_stock: [
          ...notAccepted,
          ...(cancelledBySupplier?.reason === "out_of_stock" ? cancelledBySupplier.units : []),
        ],
        supplier_cancelled: [
          ...(cancelledBySupplier?.reason === "out_of_stock" ? [] : (cancelledBySupplier?.units ?? [])),
          ...cancelledByBuyer,
        ],
      }),
      backorderedUntil,
      parcels,
      total: { amount: toMinor(total, currency), currency },
    }),
  );
/** What the port asks for is a total: this supplier tells its parts apart. */
function allThatWillNotCome(
  units: Record<"out_of_stock" | "supplier_cancelled", { supplierSku: string; units: number }[]>,
): SupplierOrderProgress["cancelled"] {
  const all = (["out_of_stock", "supplier_cancelled"] as const).flatMap((reason) =>
    units[reason].map((each) => ({ ...each, reason })),
  );
  return all.length === 0 ? null : all;
}

const stockBody = z.object({
  asOf: instant,
  items: z.array(z.object({ sku: z.string(), onHand: z.int().min(0), unitPrice: decimalText, currency: z.string() })),
});
const statementBody = z.object({
  since: instant,
  purchases: z.array(
    z
      .object({
        orderId: z.string(),
        reference: z.string(),
        at: instant,
        total: decimalText,
        currency: z.string().length(3),
        cancelled: z.boolean(),
      })
      .transform(({ orderId, reference, at, total, currency, cancelled }): ListedPurchase => ({
        supplierOrderId: orderId,
        reference,
        at,
        total: { amount: toMinor(total, currency), currency },
        cancelled,
      })),
  ),
  after: z.int(),
  more: z.boolean(),
});

function url({ settings }: SupplierContext, path: string): string {
  return `${baseUrlOf(settings)}/suppliers/${encodeURIComponent(textSetting(settings, "supplier"))}${path}`;
}
/** What the supplier refuses clearly when asked, told or asked to cancel; its purchases have a list of their own. */
const meaning = (error: string, message: string): Failure | null => {
  if (error === "cancel_refused" || error === "not_found" || error === "unknown_sku")
    return { status: "refused", reason: "supplier_refused", message };
  return error === "destination_not_served" ? { status: "refused", reason: "destination_not_served", message } : null;
};
function get<Schema extends z.ZodType>(context: SupplierContext, path: string, schema: Schema) {
  return ask({
    outside: context.outside,
    method: "GET",
    url: url(context, path),
    token: tokenOf(context, textSetting(context.settings, "supplier")),
    schema,
    meaning,
  });
}
function post<Schema extends z.ZodType>(
  context: SupplierContext,
  path: string,
  body: unknown,
  schema: Schema,
  changesSomething = false,
) {
  return ask({
    outside: context.outside,
    method: "POST",
    url: url(context, path),
    token: tokenOf(context, textSetting(context.settings, "supplier")),
    body,
    schema,
    meaning,
    changesSomething,
  });
}

function pages<Item>(items: Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, page) =>
    items.slice(page * size, (page + 1) * size),
  );
}
