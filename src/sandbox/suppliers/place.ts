import { createHash } from "node:crypto";
import type { Address } from "#domain/address.ts";
import { lineTotal, toMajor, toMinor, type DecimalText } from "#domain/money.ts";
import { answer, BadRequest, problem, type WorldResponse } from "../answer.ts";
import type { SupplierProfile } from "../catalogue.ts";
import type { Draws } from "../draws.ts";
import type { PlaceCalled } from "../events.ts";
import { promises, takes } from "../pace.ts";
import type { SupplierFault } from "../profile.ts";
import { supplierOf } from "../state.ts";
import type { Context } from "../context.ts";
import { planPurchase } from "./plan.ts";
import type { Purchase, PurchaseLine } from "./purchase.ts";

/** One order as it reaches a supplier, already read. */
export interface PlaceCall {
  supplier: SupplierProfile;
  reference: string;
  idempotencyKey: string | null;
  shipTo: Address;
  method: string;
  note: string;
  /** What the caller counts in; absent: in whatever we count. */
  currency?: string | undefined;
  /** The caller's limit; null: any price. */
  maxTotal: DecimalText | null;
  lines: { no: number; sku: string; units: number }[];
  /** At the desk a person stands in front of us: no transport, no faults of it. */
  by: "api" | "desk";
}

/**
 * Takes an order, or fails as the profile has drawn it. Whatever happened is recorded before anybody is answered: a purchase whose answer
 * is lost exists all the same (SB-65, SB-67, SB-68).
 */
export function place(context: Context, call: PlaceCall): WorldResponse {
  const { state, now, draws, record, speed } = context;
  const { code } = call.supplier;
  const supplier = supplierOf(state, code);
  const callNo = (supplier.calls.get(call.reference) ?? 0) + 1;
  const callDraws = draws.of(`supplier:${code}:call:${call.reference}:${callNo}`);
  const wait = call.by === "desk" ? 0 : takes(callDraws, "latency", promises.latency, speed);
  const fault = call.by === "desk" ? null : transportFault(callDraws, state.profile.suppliers[code]);

  const verdict = fault === "time_out_before" || fault === "error_before" ? nothing : decide(context, call, fault);
  record({
    type: "place_called",
    at: now,
    supplier: code,
    reference: call.reference,
    idempotencyKey: call.idempotencyKey,
    requestHash: hashOf(call),
    fault,
    ...verdict,
  });
  return transported(fault, verdict.answer, wait);
}

type Verdict = Pick<PlaceCalled, "outcome" | "purchase" | "answer">;
const nothing: Verdict = { outcome: "nothing", purchase: null, answer: { status: 500, body: {} } };
const refuse = (status: number, error: string, message: string): Verdict => ({
  outcome: "refused",
  purchase: null,
  answer: { status, body: { error, message } },
});

const transportFaults = [
  "time_out_before",
  "time_out_after",
  "error_before",
  "error_after",
  "garbage",
  "late_effect",
] as const satisfies SupplierFault[];
type TransportFault = (typeof transportFaults)[number];

/** At most one strikes a call. */
function transportFault(draws: Draws, rates: Record<SupplierFault, number> | undefined): TransportFault | null {
  return transportFaults.find((fault) => draws.chance(fault, rates?.[fault] ?? 0)) ?? null;
}

/** What the caller gets to see of an answer. */
function transported(
  fault: TransportFault | null,
  { status, body }: PlaceCalled["answer"],
  afterMs: number,
): WorldResponse {
  switch (fault) {
    case "time_out_before":
    case "time_out_after":
    case "late_effect":
      return { type: "drop", afterMs };
    case "error_before":
    case "error_after":
      return problem(500, "internal_error", "Something went wrong on our side.", afterMs);
    case "garbage":
      return {
        type: "answer",
        afterMs,
        status: 200,
        headers: { "content-type": "text/html" },
        body: "<!doctype html><title>Maintenance</title><p>We will be back soon.</p>",
      };
    case null:
      return answer(status, body, afterMs);
  }
}

function decide(context: Context, call: PlaceCall, fault: TransportFault | null): Verdict {
  return rememberedAnswer(context, call) ?? refusal(context, call) ?? buy(context, call, fault);
}

/** What was bought under this key, or under this reference where the supplier keeps references unique. */
function rememberedAnswer({ state, now, speed }: Context, call: PlaceCall): Verdict | null {
  const { kind, code, uniqueReference } = call.supplier;
  const supplier = supplierOf(state, code);
  if (kind === "key" && call.by === "api") {
    const before = call.idempotencyKey === null ? undefined : supplier.byKey.get(call.idempotencyKey);
    if (before !== undefined && now < before.at + promises.keyWindowMs / speed) {
      const isSame = before.requestHash === hashOf(call);
      return {
        outcome: "repeated",
        purchase: null,
        answer: isSame
          ? before.answer
          : { status: 422, body: { error: "key_reused", message: "This key came before with another order." } },
      };
    }
  }
  const [earlier] = uniqueReference ? (supplier.byReference.get(call.reference) ?? []) : [];
  return earlier === undefined
    ? null
    : {
        outcome: "repeated",
        purchase: null,
        answer: {
          status: 409,
          body: { ...bodyOf(earlier), error: "duplicate_reference", message: `We have ${call.reference} already.` },
        },
      };
}

function refusal({ state, draws, now }: Context, call: PlaceCall): Verdict | null {
  const { supplier: profile, shipTo, lines } = call;
  const supplier = supplierOf(state, profile.code);
  const luck = purchaseDraws(draws, call);
  const happens = (fault: SupplierFault): boolean =>
    call.by === "api" && luck.chance(fault, state.profile.suppliers[profile.code]?.[fault] ?? 0);

  const stranger = lines.find(({ sku }) => !supplier.prices.has(sku));
  if (stranger !== undefined) return refuse(422, "unknown_sku", `We do not sell ${stranger.sku}.`);
  if (call.method !== "" && !profile.methods.includes(call.method))
    return refuse(422, "unknown_method", `We ship by ${profile.methods.join(", ")}, not by ${call.method}.`);
  const absent = (["name", "line1", "city", "country"] as const).find((field) => shipTo[field] === "");
  if (absent !== undefined) return refuse(422, "address_incomplete", `The address has no ${absent}.`);
  if (profile.countries !== null && !profile.countries.includes(shipTo.country))
    return refuse(422, "destination_not_served", `We do not ship to ${shipTo.country}.`);
  if (call.currency !== undefined && call.currency !== profile.currency)
    return refuse(422, "currency_mismatch", `We sell in ${profile.currency}, not in ${call.currency}.`);
  if (happens("refusal")) return refuse(422, "order_refused", "We cannot take this order.");
  const short =
    lines.find(({ sku, units }) => units > (supplier.stock.get(sku) ?? 0)) ??
    (happens("out_of_stock") ? lines[0] : undefined);
  if (short !== undefined) return refuse(409, "out_of_stock", `${short.sku} is out of stock.`);
  const total = totalOf(priced(call, pricesNow(supplier.prices, luck, happens("price_up"))), profile.currency);
  if (call.maxTotal !== null && toMinor(total, profile.currency) > toMinor(call.maxTotal, profile.currency))
    return refuse(
      409,
      "price_changed",
      `This costs ${total} ${profile.currency} now (${new Date(now).toISOString()}), above your limit of ${call.maxTotal}.`,
    );
  return null;
}

function buy({ state, now, draws, speed, pace }: Context, call: PlaceCall, fault: TransportFault | null): Verdict {
  const { supplier: profile } = call;
  const supplier = supplierOf(state, profile.code);
  const luck = purchaseDraws(draws, call);
  const rates = state.profile.suppliers[profile.code];
  const happens = (name: SupplierFault): boolean => call.by === "api" && luck.chance(name, rates?.[name] ?? 0);

  const accepted = partly(
    priced(call, pricesNow(supplier.prices, luck, happens("price_up"))),
    luck,
    happens("partial_acceptance"),
  );
  const at =
    fault === "late_effect"
      ? now + takes(luck, "late_effect_for", [promises.maxInFlightMs * 0.2, promises.maxInFlightMs * 0.95], speed)
      : now;
  const purchase = planPurchase({
    supplier: profile,
    supplierOrderId: `${profile.orderPrefix}${100_001 + supplier.purchases.size}`,
    reference: call.reference,
    idempotencyKey: call.idempotencyKey,
    at,
    by: call.by,
    shipTo: call.shipTo,
    method: call.method,
    note: call.note,
    lines: accepted,
    total: totalOf(accepted, profile.currency),
    draws: luck,
    happens: (name) => luck.chance(name, rates?.[name] ?? 0),
    carrierHappens: (name) => state.profile.carriers[name],
    pace,
    speed,
    isTakenNumber: (number) => state.parcels.has(number),
  });
  return { outcome: "bought", purchase, answer: { status: 201, body: bodyOf(purchase) } };
}

/** What a supplier says about an order that it took. */
export function bodyOf(purchase: Purchase): Record<string, unknown> {
  return {
    orderId: purchase.supplierOrderId,
    reference: purchase.reference,
    total: purchase.total,
    currency: purchase.currency,
    notAccepted: purchase.lines
      .filter(({ notAccepted }) => notAccepted > 0)
      .map(({ no, notAccepted }) => ({ no, units: notAccepted, reason: "out_of_stock" })),
  };
}

/** The luck of one purchase: the same for the same reference, however often it is sent (SB-2). */
const purchaseDraws = (draws: Draws, call: PlaceCall): Draws =>
  draws.of(`supplier:${call.supplier.code}:order:${call.reference}`);

function pricesNow(prices: ReadonlyMap<string, DecimalText>, luck: Draws, isUp: boolean): (sku: string) => DecimalText {
  const percent = isUp ? luck.whole("price_up_by", 5, 40) : 0;
  return (sku) => {
    const price = prices.get(sku);
    if (price === undefined) throw new BadRequest(`${sku}: not sold here.`);
    return percent === 0
      ? price
      : lineTotal(price, 100 + percent)
          .div(100)
          .toDecimalPlaces(2)
          .toFixed(2);
  };
}
function priced({ lines }: PlaceCall, priceOf: (sku: string) => DecimalText): PurchaseLine[] {
  return lines.map(({ no, sku, units }) => ({ no, sku, units, notAccepted: 0, unitPrice: priceOf(sku) }));
}
/** SB-63. Leaves out a part of one line, never all of the order. */
function partly(lines: PurchaseLine[], luck: Draws, isPartial: boolean): PurchaseLine[] {
  const all = lines.reduce((sum, { units }) => sum + units, 0);
  if (!isPartial || all < 2) return lines;
  const chosen = luck.pick("partial_line", lines);
  const left = luck.whole("partial_units", 1, Math.min(chosen.units, all - 1));
  return lines.map((line) => (line === chosen ? { ...line, units: line.units - left, notAccepted: left } : line));
}
function totalOf(lines: readonly PurchaseLine[], currency: string): DecimalText {
  const exact = lines.reduce((sum, { unitPrice, units }) => sum.plus(lineTotal(unitPrice, units)), lineTotal("0", 0));
  return toMajor({ amount: toMinor(exact, currency), currency });
}

/** Of what was asked for; a repetition of a key must ask for the same. */
function hashOf({ reference, shipTo, method, maxTotal, note, lines }: PlaceCall): string {
  return createHash("sha256")
    .update(JSON.stringify([reference, shipTo, method, maxTotal, note, lines]))
    .digest("hex");
}
