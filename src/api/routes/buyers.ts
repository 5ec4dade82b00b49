import { z } from "zod";
import { erasePersonalData, exportPersonalData, type Whose } from "#engine/manage/erase.ts";
import type { Api, ApiContext } from "../context.ts";
import { noteRead } from "../personal.ts";
import { notFound } from "../problem.ts";
import { act } from "../route.ts";
import { idOf, problems, text, time, timeOrNull } from "../schemas.ts";

const tags = ["Buyers"];
const Whom = z
  .union([
    z.strictObject({ order: idOf("order") }),
    z.strictObject({ buyer: text(500) }),
    z.strictObject({ mail: text(320) }),
  ])
  .meta({ description: "One order, the channel's own id of a buyer, or an e-mail address" });
const whose = (body: z.output<typeof Whom>): Whose =>
  "order" in body ? { order: body.order } : "buyer" in body ? { buyerId: body.buyer } : { mail: body.mail };
const Named = z.object({ id: z.string(), number: z.string() });

/** PD-7. What the law gives a buyer: to get what is kept about them, and to have it erased. */
export function buyerRoutes(app: Api, context: ApiContext): void {
  const { engine } = context;
  app.post(
    "/v1/buyers/export",
    {
      schema: {
        summary: "Everything that is kept about a buyer, with the messages as they came",
        tags,
        body: Whom,
        response: {
          200: z.object({
            orders: z.array(
              z.object({
                id: z.string(),
                number: z.string(),
                channel: z.string(),
                channel_order_id: z.string(),
                ordered_at: z.string().nullable(),
                received_at: z.string(),
                headline: z.string(),
                currency: z.string(),
                addresses: z.array(z.record(z.string(), z.unknown())),
                lines: z.array(z.record(z.string(), z.unknown())),
                parcels: z.array(z.record(z.string(), z.unknown())),
                messages: z.array(z.object({ event: z.string(), received_at: z.string(), text: z.string() })),
              }),
            ),
          }),
          ...problems,
        },
      },
    },
    async ({ caller, body }) => {
      const found = await exportPersonalData(engine, caller.workspaceId, whose(body));
      if (found === null) throw notFound();
      await noteRead(context, caller, "export", null);
      return {
        orders: found.map((order) => ({
          id: order.id,
          number: order.number,
          channel: order.channel,
          channel_order_id: order.channelOrderId,
          ordered_at: timeOrNull(order.orderedAt),
          received_at: time(order.receivedAt),
          headline: order.headline,
          currency: order.currency,
          addresses: order.addresses,
          lines: order.lines,
          parcels: order.parcels,
          messages: order.messages.map((each) => ({
            event: each.event,
            received_at: time(each.receivedAt),
            text: each.text,
          })),
        })),
      };
    },
  );
  app.post(
    "/v1/buyers/erase",
    {
      schema: {
        summary: "Erase what is kept of a buyer; orders on their way are named and stay",
        tags,
        body: Whom,
        response: {
          200: z.object({
            erased: z.array(Named),
            kept: z.array(Named.extend({ why: z.string() })),
            unfiled: z.int().meta({ description: "Messages and rows of files that belonged to no order" }),
          }),
          ...problems,
        },
      },
    },
    (request, reply) =>
      act(
        context,
        request,
        reply,
        (who) => erasePersonalData(engine, who, whose(request.body)),
        (body) => ({ body }),
      ),
  );
}
