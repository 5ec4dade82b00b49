import { z } from "zod";
import { answer, BadRequest, busy, notFound, problem, type WorldResponse } from "../answer.ts";
import { supplierByCode, type SupplierProfile } from "../catalogue.ts";
import { lineTotal, toMajor, toMinor } from "#domain/money.ts";
import { promises, takes } from "../pace.ts";
import type { SupplierFault } from "../profile.ts";
import { addressBody, decimalBody, readBody, readCount, readInstant, rejectStranger } from "../read.ts";
import type { Call, Route } from "../route.ts";
import { iso } from "../shop/render.ts";
import { supplierOf, type SupplierState } from "../state.ts";
import type { Context } from "../context.ts";
import { bodyOf, place } from "./place.ts";
import { cancellable, merged, progressOf, type BuyerCancellation, type Purchase } from "./purchase.ts";

/** The pretend suppliers as their customers' software sees them; what a kind does not offer is answered with 404 or 405. */
export const supplierRoutes: Route[] = [
  {
    method: "GET",
    path: "/suppliers/:code",
    does: "Who this is, and how it takes orders.",
    handle: forCustomer(identify),
  },
  {
    method: "POST",
    path: "/suppliers/:code/orders",
    does: "Place an order (kinds key, lookup, none).",
    handle: forCustomer(placeByApi),
  },
  {
    method: "POST",
    path: "/suppliers/:code/desk",
    does: "Place an order as a person does, on the supplier's own page.",
    handle: forCustomer(placeAtDesk),
  },
  {
    method: "GET",
    path: "/suppliers/:code/orders",
    does: "Look up orders by our ?reference= (kind lookup; may lag).",
    handle: forCustomer(reading(lookUp)),
  },
  {
    method: "POST",
    path: "/suppliers/:code/orders/status",
    does: "How the orders with these ids stand.",
    handle: forCustomer(reading(showStatus)),
  },
  {
    method: "POST",
    path: "/suppliers/:code/orders/:id/cancellation",
    does: "Cancel what has not shipped.",
    handle: forCustomer(cancel),
  },
  {
    method: "GET",
    path: "/suppliers/:code/stock",
    does: "The stock and price list.",
    handle: forCustomer(reading(showStock)),
  },
  {
    method: "POST",
    path: "/suppliers/:code/quote",
    does: "What these units would cost.",
    handle: forCustomer(reading(quote)),
  },
  {
    method: "GET",
    path: "/suppliers/:code/statement",
    does: "All orders placed from ?from= to ?to=, page by page (?after=).",
    handle: forCustomer(reading(showStatement)),
  },
];

type Handle = (context: Context, call: Call, supplier: SupplierProfile) => WorldResponse;

function forCustomer(handle: Handle): Route["handle"] {
  return (context, call) => {
    const supplier = supplierByCode.get(call.part("code"));
    if (supplier === undefined)
      return notFound(`There is no supplier ${call.part("code")}. There are ${[...supplierByCode.keys()].join(", ")}.`);
    const rejected = rejectStranger(call, supplier.code);
    if (rejected !== null) return rejected;
    if (strikes(context, supplier, "reject_credentials", `credentials:${context.now}`))
      return problem(401, "credentials_rejected", "This token is not valid any more.");
    return handle(context, call, supplier);
  };
}

/** SB-78. Reading may fail; nothing is lost by it. */
function reading(handle: Handle): Handle {
  return (context, call, supplier) =>
    strikes(context, supplier, "read_error", `read:${context.now}:${call.query.toString()}`)
      ? busy()
      : handle(context, call, supplier);
}
function strikes({ state, draws }: Context, { code }: SupplierProfile, fault: SupplierFault, name: string): boolean {
  return draws
    .of(`supplier:${code}`)
    .of(name)
    .chance(fault, state.profile.suppliers[code]?.[fault] ?? 0);
}

function identify(
  _: Context,
  __: Call,
  { code, name, kind, currency, methods, countries }: SupplierProfile,
): WorldResponse {
  return answer(200, { code, name, kind, currency, methods, countries });
}

const skuUnits = z.object({ sku: z.string().min(1), units: z.int().min(1).max(1_000_000) });
const orderBody = z.object({
  reference: z.string().min(1).max(100),
  currency: z.string().length(3).optional(),
  maxTotal: decimalBody.nullish().transform((value) => value ?? null),
  shipTo: addressBody,
  method: z.string().default(""),
  note: z.string().max(2000).default(""),
  lines: z
    .array(skuUnits.extend({ no: z.int().min(1) }))
    .min(1)
    .max(200),
});

function placeByApi(context: Context, call: Call, supplier: SupplierProfile): WorldResponse {
  if (supplier.kind === "prep")
    return problem(405, "no_ordering", `${supplier.name} packs what you send there; it sells nothing.`);
  if (supplier.kind === "human")
    return problem(
      405,
      "no_ordering",
      `${supplier.name} takes orders from people only: POST /suppliers/${supplier.code}/desk.`,
    );
  const key = call.headers["idempotency-key"] ?? null;
  if (supplier.kind === "key" && key === null) throw new BadRequest("The header Idempotency-Key is missing.");
  return place(context, { supplier, idempotencyKey: key, by: "api", ...readBody(call, orderBody) });
}
function placeAtDesk(context: Context, call: Call, supplier: SupplierProfile): WorldResponse {
  if (supplier.kind === "prep")
    return problem(405, "no_ordering", `${supplier.name} packs what you send there; it sells nothing.`);
  return place(context, { supplier, idempotencyKey: null, by: "desk", ...readBody(call, orderBody) });
}

function lookUp({ state, now }: Context, call: Call, supplier: SupplierProfile): WorldResponse {
  if (supplier.kind !== "lookup") return notFound(`${supplier.name} has no look-up by reference.`);
  const { byReference } = supplierOf(state, supplier.code);
  const found = call.query.getAll("reference").flatMap((reference) => byReference.get(reference) ?? []);
  return answer(200, { orders: found.filter(({ listedAt }) => listedAt <= now).map(bodyOf) });
}

const statusBody = z.object({ ids: z.array(z.string()).max(200) });
function showStatus({ state, now }: Context, call: Call, supplier: SupplierProfile): WorldResponse {
  const { ids } = readBody(call, statusBody);
  const { purchases } = supplierOf(state, supplier.code);
  const known = ids.map((id) => purchases.get(id)).filter((entry) => entry !== undefined && entry.purchase.at <= now);
  return answer(200, { orders: known.map((entry) => (entry === undefined ? {} : statusOf(entry, now))) });
}
function statusOf(
  { purchase, cancelled }: { purchase: Purchase; cancelled: BuyerCancellation },
  now: number,
): Record<string, unknown> {
  const progress = progressOf(purchase, cancelled, now);
  return {
    orderId: purchase.supplierOrderId,
    reference: purchase.reference,
    total: purchase.total,
    currency: purchase.currency,
    acknowledged: progress.acknowledged,
    backorderedUntil: progress.backorderedUntil === null ? null : iso(progress.backorderedUntil),
    isCancelled: progress.isCancelled,
    notAccepted: merged(purchase.lines.map(({ sku, notAccepted }) => ({ sku, units: notAccepted }))),
    cancelledBySupplier: progress.cancelledBySupplier,
    cancelledByBuyer: progress.cancelledByBuyer,
    parcels: progress.parcels.map(({ carrier, trackingNumber, shippedAt, units }) => ({
      carrier,
      trackingNumber,
      shippedAt: iso(shippedAt),
      lines: units,
    })),
  };
}

const cancelBody = z.object({ lines: z.union([z.literal("all"), z.array(skuUnits).min(1)]) });
function cancel(context: Context, call: Call, supplier: SupplierProfile): WorldResponse {
  const { state, now, record, draws, speed } = context;
  const { lines } = readBody(call, cancelBody);
  const supplierOrderId = call.part("id");
  const entry = supplierOf(state, supplier.code).purchases.get(supplierOrderId);
  if (entry === undefined || entry.purchase.at > now) return notFound(`We have no order ${supplierOrderId}.`);
  const luck = draws.of(`supplier:${supplier.code}:order:${entry.purchase.reference}`);
  const wait = takes(luck, "cancel_latency", promises.latency, speed);
  const refuse = (because: string): WorldResponse => {
    record({ type: "cancel_refused", at: now, supplier: supplier.code, supplierOrderId, because });
    return problem(409, "cancel_refused", because, wait);
  };

  if (progressOf(entry.purchase, entry.cancelled, now).isCancelled) return answer(200, { status: "cancelled" }, wait);
  const taken = cancellable(entry.purchase, entry.cancelled, lines, now);
  if (taken === null) return refuse("A part of this is on its way already.");
  if (lines === "all" && hasLeft(entry.purchase, now)) return refuse("This order is on its way already.");
  if (luck.chance("cancel_refused", state.profile.suppliers[supplier.code]?.cancel_refused ?? 0))
    return refuse("This order is being packed and cannot be stopped.");
  record({ type: "purchase_cancelled", at: now, supplier: supplier.code, supplierOrderId, cancelled: taken });
  return answer(200, { status: "cancelled" }, wait);
}
const hasLeft = (purchase: Purchase, now: number): boolean =>
  purchase.parcels.some(({ shippedAt }) => shippedAt <= now);

function showStock({ state, now }: Context, _: Call, supplier: SupplierProfile): WorldResponse {
  const { stock, prices } = supplierOf(state, supplier.code);
  const items = supplier.items.map(({ sku, title }) => ({
    sku,
    title,
    onHand: stock.get(sku) ?? 0,
    unitPrice: priceOf({ prices }, sku),
    currency: supplier.currency,
  }));
  return answer(200, { asOf: iso(now), items });
}

const quoteBody = z.object({ lines: z.array(skuUnits).min(1), country: z.string() });
function quote({ state }: Context, call: Call, supplier: SupplierProfile): WorldResponse {
  const { lines, country } = readBody(call, quoteBody);
  const { prices } = supplierOf(state, supplier.code);
  if (supplier.countries !== null && !supplier.countries.includes(country))
    return problem(422, "destination_not_served", `We do not ship to ${country}.`);
  const stranger = lines.find(({ sku }) => !prices.has(sku));
  if (stranger !== undefined) return problem(422, "unknown_sku", `We do not sell ${stranger.sku}.`);
  const exact = lines.reduce(
    (sum, { sku, units }) => sum.plus(lineTotal(priceOf({ prices }, sku), units)),
    lineTotal("0", 0),
  );
  return answer(200, {
    total: toMajor({ amount: toMinor(exact, supplier.currency), currency: supplier.currency }),
    currency: supplier.currency,
  });
}
const priceOf = ({ prices }: Pick<SupplierState, "prices">, sku: string): string => prices.get(sku) ?? "0";

const statementPage = 200;
/** SB-22. Everything that was ever bought here, cancelled or not, whatever its caller got to hear: what `prove` compares with. */
function showStatement({ state, now }: Context, call: Call, supplier: SupplierProfile): WorldResponse {
  const from = readInstant(call, "from", 0);
  const to = readInstant(call, "to", now + 1);
  const after = readCount(call, "after", 0, Number.MAX_SAFE_INTEGER);
  const all = [...supplierOf(state, supplier.code).purchases.values()];
  const page = all
    .map((entry, index) => ({ ...entry, no: index + 1 }))
    .filter(({ purchase, no }) => no > after && purchase.at <= now && purchase.at >= from && purchase.at < to)
    .slice(0, statementPage + 1);
  const shown = page.slice(0, statementPage);
  return answer(200, {
    since: iso(state.foundedAt),
    purchases: shown.map(({ purchase, cancelled }) => ({
      orderId: purchase.supplierOrderId,
      reference: purchase.reference,
      at: iso(purchase.at),
      total: purchase.total,
      currency: purchase.currency,
      cancelled: progressOf(purchase, cancelled, now).isCancelled,
    })),
    after: shown.at(-1)?.no ?? after,
    more: page.length > statementPage,
  });
}
