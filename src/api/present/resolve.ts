import { z } from "zod";
import type { ResolveAction } from "#domain/reasons.ts";

/** How each action that resolves a hold is done: an address of the API, or a command where it is the administrator's. */
export const resolveBy = {
  release: "POST /v1/orders/{id}/release",
  cancel: "POST /v1/orders/{id}/cancel",
  edit_address: "POST /v1/orders/{id}/edit",
  edit_lines: "POST /v1/orders/{id}/edit",
  link_sku: "PUT /v1/product-links",
  choose_supplier: "POST /v1/fulfillment-orders/{id}/choose-supplier",
  top_up: "POST /v1/ledger/{id}/top-up",
  raise_limit: "PUT /v1/accounts/{id}/settings",
  reenter_credentials: "PUT /v1/accounts/{id}/secrets",
  confirm_bought: "POST /v1/fulfillment-orders/{id}/attempts/{no}/confirm-bought",
  confirm_not_bought: "POST /v1/fulfillment-orders/{id}/attempts/{no}/confirm-not-bought",
  take_over: "POST /v1/fulfillment-orders/{id}/take-over",
  map_shipping: "PUT /v1/shipping-mappings",
  accept_change: "POST /v1/orders/{id}/holds/{hold}/answer",
  keep_ours: "POST /v1/orders/{id}/holds/{hold}/answer",
  accept_cancellation: "POST /v1/orders/{id}/cancellations/{no}/accept",
  refuse_cancellation: "POST /v1/orders/{id}/cancellations/{no}/refuse",
  add_tracking: "POST /v1/fulfillment-orders/{id}/tracking",
  confirm_tracking: "POST /v1/shipments/{id}/parcels/{no}/confirm-shared",
  resend: "POST /v1/shipments/{id}/resend",
  dismiss: "POST /v1/orders/{id}/holds/{hold}/dismiss",
  void_label: "POST /v1/fulfillment-orders/{id}/back",
} as const satisfies Record<ResolveAction, string>;

export const ResolveActionSchema = z
  .enum(Object.keys(resolveBy) as [ResolveAction, ...ResolveAction[]])
  .meta({ id: "ResolveAction", description: "How each is done says `resolve_by` of GET /v1/reasons" });
