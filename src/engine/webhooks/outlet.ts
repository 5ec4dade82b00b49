import type { WebhookAnswer } from "#domain/webhook-plan.ts";

/** The only way of a webhook to the outside: what an endpoint's owner typed is an address of somebody else's choosing, so all of it goes through one guard. */
export interface WebhookOutlet {
  /** What speaks against an address by its look alone, as a sentence with the way out; null: nothing. Where a name leads is only known when it is sent to. */
  objection(url: string): string | null;
  /** One POST, no redirect followed, nothing tried twice. Never throws: what went wrong is an answer too. */
  post(request: {
    url: string;
    headers: Record<string, string>;
    body: string;
    timeoutMs: number;
  }): Promise<WebhookAnswer>;
}
