import { createHmac } from "node:crypto";
import type { ChannelHooks } from "../ports.ts";
import { isSame } from "./same.ts";

const toleranceSeconds = 300;

/**
 * WI-2. Standard Webhooks 1.0.0: HMAC-SHA256 over id, timestamp (seconds) and body, one of several signatures in base64 after `v1,`. The event's id is the
 * message's.
 */
export const verifyStandardWebhook: ChannelHooks["verify"] = ({ headers, body }, secret, now) => {
  const { "webhook-id": id = "", "webhook-timestamp": timestamp = "", "webhook-signature": signatures = "" } = headers;
  const key = Buffer.from(secret.reveal().replace(/^whsec_/, ""), "base64");
  const ours = `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64")}`;
  const isSigned = signatures.split(" ").reduce((found, each) => isSame(ours, each) || found, false);
  const isInTime =
    /^\d{1,12}$/.test(timestamp) && Math.abs(now.getTime() / 1000 - Number(timestamp)) <= toleranceSeconds;
  return isSigned && isInTime && key.length > 0 && id !== "" ? { eventId: id } : null;
};
