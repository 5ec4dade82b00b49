import type { webhooks } from "./schema.d.ts";

/** What comes to a webhook endpoint: its `type` says which. */
export type WebhookMessage = webhooks[keyof webhooks];

/** The message is not ours, or too old: answer 401 and do nothing. */
export class WebhookRefused extends Error {
  override readonly name = "WebhookRefused";
}

export interface ReceivedWebhook {
  /** As it came, unread: one changed byte breaks the signature. */
  body: string;
  headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The endpoint's secret, `whsec_…`; several while one takes over from another. */
  secret: string | readonly string[];
  now?: Date;
}

const toleranceSeconds = 300;

/**
 * Checks a webhook by the Standard Webhooks specification and answers it read, with its id: the same id may come twice, do your work once. Throws
 * `WebhookRefused` for what was not signed with the secret, or not within five minutes.
 */
export async function verifyWebhook({
  body,
  headers,
  secret,
  now = new Date(),
}: ReceivedWebhook): Promise<{ id: string; message: WebhookMessage }> {
  const [id, timestamp, signatures] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) =>
    header(headers, name),
  );
  if (!id || !timestamp || !signatures)
    throw new WebhookRefused("webhook-id, webhook-timestamp or webhook-signature is missing.");
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now.getTime() / 1000 - Number(timestamp)) > toleranceSeconds)
    throw new WebhookRefused("It was sent more than five minutes ago, or the clocks differ by so much.");
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
  const given = signatures.split(" ").flatMap((each) => (each.startsWith("v1,") ? [bytes(each.slice(3))] : []));
  for (const each of [secret].flat()) {
    const key = await crypto.subtle.importKey(
      "raw",
      bytes(each.replace(/^whsec_/, "")),
      { name: "HMAC", hash: "SHA-256" },
      false,
      ["verify"],
    );
    // Compares in constant time.
    for (const signature of given)
      if (await crypto.subtle.verify("HMAC", key, signature, signed))
        return { id, message: JSON.parse(body) as WebhookMessage };
  }
  throw new WebhookRefused("It was not signed with this secret.");
}

function header(headers: ReceivedWebhook["headers"], name: string): string | null {
  if (typeof (headers as Headers).get === "function") return (headers as Headers).get(name);
  const value = (headers as Readonly<Record<string, string | readonly string[] | undefined>>)[name];
  return typeof value === "string" ? value : (value?.[0] ?? null);
}

function bytes(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  } catch {
    return new Uint8Array(0);
  }
}
