import { createHmac } from "node:crypto";
import type { Random } from "#domain/clock.ts";

/** `whsec_` and 256 random bits in base64 (Standard Webhooks 1.0.0, "Signature scheme"). */
export const makeWebhookSecret = (random: Random): string =>
  `whsec_${Buffer.from(random.bytes(32)).toString("base64")}`;

/** WH-20. What the receiver compares: HMAC-SHA256 over id, timestamp (seconds) and the very bytes of the body. Throws where the secret has no bytes. */
export function signWebhook(
  secret: string,
  { id, timestamp, payload }: { id: string; timestamp: number; payload: string },
): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  if (key.length === 0) throw new Error("A webhook secret must hold at least one byte of base64 after whsec_.");
  return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${payload}`).digest("base64")}`;
}

/** The three headers of one try: `at` is the instant of the try, not of the event. During a rotation there is a signature for each secret. */
export function webhookHeaders(
  secrets: readonly string[],
  { id, at, payload }: { id: string; at: Date; payload: string },
): Record<string, string> {
  const timestamp = Math.floor(at.getTime() / 1000);
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": secrets.map((secret) => signWebhook(secret, { id, timestamp, payload })).join(" "),
  };
}
