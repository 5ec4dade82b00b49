import { z } from "zod";
import type { Channel, ChannelContext, Failure } from "#connectors/ports.ts";
import { verifyStandardWebhook } from "#connectors/hooks/standard-webhooks.ts";
import { ask, baseUrlOf, tokenOf } from "#connectors/sandbox/call.ts";
import { parseMessage } from "./parse.ts";

/** The shop of the pretend world. */
export const sandboxChannel: Channel = {
  manifest: {
    id: "sandbox",
    title: "Sandbox shop",
    settings: {
      baseUrl: {
        type: "url",
        title: "Address of the sandbox",
        help: "Where the pretend world is reached, e.g. http://127.0.0.1:4410.",
        required: true,
      },
      token: {
        type: "text",
        title: "Token",
        help: "Only where it is another than the pretend world's own.",
        required: false,
        secret: true,
      },
      everyMs: {
        type: "number",
        title: "Read every",
        help: "How often its feed is read, in milliseconds.",
        required: false,
        default: 1000,
      },
    },
  },

  async identify(context) {
    const answer = await get(context, "/shop", z.object({ id: z.string().min(1), name: z.string() }));
    return answer.status === "ok" ? { status: "ok", externalId: answer.value.id, name: answer.value.name } : answer;
  },

  async pull(context, cursor) {
    const query = new URLSearchParams({ limit: "100", ...(cursor === null ? {} : { cursor }) });
    const answer = await get(context, `/shop/changes?${query.toString()}`, changesBody);
    if (answer.status !== "ok") return answer;
    const { messages, more } = answer.value;
    return {
      status: "ok",
      raw: messages.map((message) => ({ eventId: message.id, text: JSON.stringify(message) })),
      cursor: answer.value.cursor,
      more,
    };
  },

  parse: parseMessage,

  writeBack: (context, batch) =>
    inTurn(batch, async ({ channelOrderId, reference, revision, carrier, trackingNumber, shippedAt, lines }) => {
      const body = {
        reference,
        revision,
        carrier,
        trackingNumber,
        shippedAt: shippedAt.toISOString(),
        lines: linesFor(lines),
      };
      const answer = await tell(context, channelOrderId, "fulfilments", body, z.object({ fulfilmentId: z.string() }));
      return answer.status === "ok" ? { status: "told", channelReference: answer.value.fulfilmentId } : answer;
    }),

  readBack: (context, batch) =>
    inTurn(batch, async ({ channelOrderId, reference, trackingNumber }) => {
      const answer = await get(
        context,
        `/shop/orders/${encodeURIComponent(channelOrderId)}/fulfilments`,
        fulfilmentsBody,
      );
      if (answer.status !== "ok") return answer;
      const known = answer.value.fulfilments.find(
        (one) => one.reference === reference && one.trackingNumber === trackingNumber,
      );
      return {
        status: "ok",
        knows: known !== undefined,
        channelReference: known?.id ?? null,
        delivered: known?.delivered ?? false,
      };
    }),

  cancel: (context, batch) =>
    inTurn(batch, async ({ channelOrderId, reference, outcome, lines }) => {
      const answer = await tell(
        context,
        channelOrderId,
        "cancellations",
        { reference, outcome, lines: linesFor(lines) },
        z.object({ reference: z.string() }),
      );
      return answer.status === "ok" ? { status: "ok" } : answer;
    }),

  async list(context, from, to) {
    const channelOrderIds: string[] = [];
    for (let after = ""; ;) {
      const query = new URLSearchParams({ from: from.toISOString(), to: to.toISOString(), after });
      const answer = await get(context, `/shop/orders?${query.toString()}`, listBody);
      if (answer.status !== "ok") return answer;
      channelOrderIds.push(...answer.value.ids);
      if (!answer.value.more) return { status: "ok", channelOrderIds };
      after = answer.value.after;
    }
  },

  hooks: {
    verify: verifyStandardWebhook,
    async tell(context, to) {
      const answer = await ask({
        outside: context.outside,
        method: "PUT",
        url: `${baseUrlOf(context.settings)}/shop/webhook`,
        token: tokenOf(context, "shop"),
        body: { url: to?.url ?? null, secret: to?.secret.reveal() ?? null },
        schema: z.object({}),
        meaning: refusedByShop,
      });
      return answer.status === "ok" ? { status: "ok" } : answer;
    },
  },
};

const changesBody = z.object({
  messages: z.array(z.looseObject({ id: z.string().min(1) })),
  cursor: z.string(),
  more: z.boolean(),
});
const fulfilmentsBody = z.object({
  fulfilments: z.array(
    z.object({ id: z.string(), reference: z.string(), trackingNumber: z.string(), delivered: z.boolean() }),
  ),
});
const listBody = z.object({ ids: z.array(z.string()), after: z.string(), more: z.boolean() });

/** What the shop refuses clearly; all else that is no success is `bug` or `unknown`. */
const refusals: ReadonlySet<string> = new Set(["too_many_units", "already_told", "not_found"]);
const refusedByShop = (error: string, message: string): Failure | null =>
  refusals.has(error) ? { status: "refused", reason: "channel_refused", message } : null;

function get<Schema extends z.ZodType>(context: ChannelContext, path: string, schema: Schema) {
  return ask({
    outside: context.outside,
    method: "GET",
    url: `${baseUrlOf(context.settings)}${path}`,
    token: tokenOf(context, "shop"),
    schema,
    meaning: refusedByShop,
  });
}
function tell<Schema extends z.ZodType>(
  context: ChannelContext,
  orderId: string,
  what: "fulfilments" | "cancellations",
  body: unknown,
  schema: Schema,
) {
  const url = `${baseUrlOf(context.settings)}/shop/orders/${encodeURIComponent(orderId)}/${what}`;
  return ask({
    outside: context.outside,
    method: "POST",
    url,
    token: tokenOf(context, "shop"),
    body,
    schema,
    meaning: refusedByShop,
    changesSomething: true,
  });
}

const linesFor = (lines: { channelLineId: string; quantity: number }[]) =>
  lines.map(({ channelLineId, quantity }) => ({ lineId: channelLineId, quantity }));

/** One after the other: the shop takes one at a time, and an order's shipments must not overtake each other. */
async function inTurn<Item, Answer>(items: Item[], answerTo: (item: Item) => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const item of items) answers.push(await answerTo(item));
  return answers;
}
