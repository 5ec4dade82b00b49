import { z } from "zod";
import { toMajor, toMinor } from "#domain/money.ts";
import type { ReasonCode } from "#domain/reasons.ts";
import {
  HttpError,
  type Failure,
  type HttpResponse,
  type NotSent,
  type PlaceAnswer,
  type PlaceRequest,
  type SupplierContext,
} from "#connectors/ports.ts";
import { decimalText, headersFor, problemOf, readJson, textSetting, tokenOf } from "#connectors/sandbox/call.ts";

/** How long a purchase may stay without an answer before we stop listening. It may exist all the same. */
const placeTimeoutMs = 20_000;

/**
 * Sends one purchase, once. Only what is on the list of clear refusals is `refused`, only what never left is `not_sent`; everything else that
 * is no readable confirmation is `unknown` (design: placing at most once, section 5.3).
 */
export async function placeOnce(
  context: SupplierContext,
  url: string,
  request: PlaceRequest,
): Promise<PlaceAnswer | Failure | NotSent> {
  const body = {
    reference: request.reference,
    currency: request.maxTotal.currency,
    maxTotal: toMajor(request.maxTotal),
    shipTo: request.shipTo,
    method: request.method,
    note: request.note,
    lines: request.lines.map(({ no, supplierSku, units }) => ({ no, sku: supplierSku, units })),
  };
  let response: HttpResponse;
  try {
    response = await context.outside.http({
      method: "POST",
      url,
      headers: {
        ...headersFor(tokenOf(context, textSetting(context.settings, "supplier")), body),
        "idempotency-key": request.idempotencyKey,
      },
      body: JSON.stringify(body),
      timeoutMs: placeTimeoutMs,
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return error instanceof HttpError && !error.sent ? { status: "not_sent", message } : { status: "unknown", message };
  }
  return understand(response, request.reference);
}

export const purchaseBody = z
  .object({
    orderId: z.string().min(1),
    reference: z.string(),
    total: decimalText,
    currency: z.string().length(3),
    notAccepted: z.array(z.object({ no: z.int().min(1), units: z.int().min(1), reason: z.string() })),
  })
  .transform(({ orderId, reference, total, currency, notAccepted }): { reference: string; answer: PlaceAnswer } => ({
    reference,
    answer: {
      status: "placed",
      supplierOrderId: orderId,
      total: { amount: toMinor(total, currency), currency },
      notAccepted: notAccepted.map(({ no, units, reason }) => ({
        no,
        units,
        reason: reason === "out_of_stock" ? "out_of_stock" : "supplier_refused",
      })),
    },
  }));

function understand(response: HttpResponse, reference: string): PlaceAnswer | Failure {
  const json = readJson(response.text);
  const { error, message } = problemOf(json, response.status);
  // "We have this reference already", with its number: it was bought, by an earlier try of ours.
  const isDuplicate = response.status === 409 && error === "duplicate_reference";
  if (response.status === 200 || response.status === 201 || isDuplicate) {
    const read = purchaseBody.safeParse(json);
    if (read.success && read.data.reference === reference) return read.data.answer;
    return {
      status: "unknown",
      message: `The supplier answered with status ${response.status}, but not with a confirmation of ${reference}.`,
    };
  }
  if (response.status === 401 && error === "credentials_rejected")
    return { status: "credentials", reason: "credentials_rejected", message };
  const reason = clearRefusals.get(`${response.status} ${error}`);
  return reason === undefined ? { status: "unknown", message } : { status: "refused", reason, message };
}

/** Answers that say for certain that nothing was bought: status and code, both as the supplier's API names them. */
const clearRefusals: ReadonlyMap<string, ReasonCode> = new Map([
  ["400 bad_request", "placement_failed"],
  ["405 no_ordering", "supplier_refused"],
  ["409 out_of_stock", "out_of_stock"],
  ["409 price_changed", "price_above_limit"],
  ["422 unknown_sku", "supplier_refused"],
  ["422 unknown_method", "shipping_not_mapped"],
  ["422 address_incomplete", "address_incomplete"],
  ["422 destination_not_served", "destination_not_served"],
  ["422 currency_mismatch", "currency_mismatch"],
  ["422 order_refused", "supplier_refused"],
]);
