import { createHmac } from "node:crypto";
import type { ChannelHooks } from "../ports.ts";
import { isSame } from "./same.ts";

/**
 * WI-10. HMAC-SHA256 of the body alone, in one header: Shopify (`x-shopify-hmac-sha256`, with `x-shopify-event-id`) and WooCommerce (`x-wc-webhook-signature`,
 * with `x-wc-webhook-delivery-id`) in base64. There is no timestamp, so what protects against a replay is the event's id and the version in the body.
 */
export const verifyHmacHeader =
  ({
    header,
    eventId,
    encoding = "base64",
  }: {
    /** Both in lower case. */
    header: string;
    eventId: string;
    encoding?: "base64" | "hex";
  }): ChannelHooks["verify"] =>
  ({ headers, body }, secret) => {
    const key = secret.reveal();
    const isSigned = isSame(createHmac("sha256", key).update(body).digest(encoding), headers[header] ?? "");
    const id = headers[eventId] ?? "";
    return isSigned && key !== "" && id !== "" ? { eventId: id } : null;
  };
