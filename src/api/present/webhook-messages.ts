import { webhookCatalogue } from "#engine/webhooks/payload.ts";

const header = (name: string, description: string) => ({
  in: "header" as const,
  name,
  description,
  required: true,
  schema: { type: "string" as const },
});

/** WH-10. The messages that we send, as OpenAPI 3.1 describes them: what a receiver gets, and what it answers. */
export const describeMessages = (): Record<string, object> =>
  Object.fromEntries(
    webhookCatalogue().map(({ type, about, data: { $schema: _, ...data } }) => [
      type,
      {
        post: {
          summary: about,
          tags: ["Webhook messages"],
          parameters: [
            header("webhook-id", "The same on every try: do your work once for each"),
            header("webhook-timestamp", "Seconds since 1970 at this try"),
            header("webhook-signature", "`v1,…`: HMAC-SHA256 of id, timestamp and body; several divided by spaces"),
          ],
          requestBody: {
            required: true,
            content: {
              "application/json": {
                schema: {
                  type: "object",
                  properties: { type: { const: type }, timestamp: { type: "string", format: "date-time" }, data },
                  required: ["type", "timestamp", "data"],
                },
              },
            },
          },
          responses: {
            "2XX": { description: "Taken." },
            "410": { description: "Not wanted any more: the endpoint is switched off." },
            default: { description: "Not taken: it is tried again." },
          },
        },
      },
    ]),
  );
