import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { publicId } from "#domain/ids.ts";
import type { ChangedOrder, OrderResult, Who } from "#engine/actions/change-order.ts";
import { confirmShared, correctParcel, parcelDelivered, resendShipment, toldByHand } from "#engine/actions/shipping.ts";
import { orderOfShipment } from "#store/read/part.ts";
import { listShipments, type ListedShipment } from "#store/read/shipment-list.ts";
import { inWorkspace } from "#store/workspace-scope.ts";
import type { Api, ApiContext } from "../context.ts";
import { decodeCursor, encodeCursor } from "../cursor.ts";
import { notFound } from "../problem.ts";
import { actOnOrder, OrderState } from "../route.ts";
import { cursor, idOf, instant, limit, problems, text, time, timeOrNull } from "../schemas.ts";

const tags = ["Shipments"];
const onShipment = z.strictObject({ id: idOf("shipment") });
const onParcel = onShipment.extend({ no: z.coerce.number().int().min(1).max(1000) });
const nothing = z.strictObject({});
const Row = z
  .object({
    id: z.string(),
    order: z.object({ id: z.string(), number: z.string() }),
    fulfillment_order: z.string(),
    channel: z.string(),
    supplier: z.string().nullable(),
    source: z.string(),
    shipped_at: z.string(),
    ship_by: z.string().nullable(),
    parcels: z.array(
      z.object({ carrier: z.string(), tracking_number: z.string(), state: z.string(), accepted: z.boolean() }),
    ),
    /** What the channel knows: told, or the state of the telling that is most in need of somebody. */
    channel_knows: z.enum([
      "told",
      "waiting",
      "armed",
      "unknown",
      "by_hand",
      "refused",
      "waits_for_rest",
      "not_needed",
      "nothing_to_tell",
    ]),
    message: z.string().nullable(),
  })
  .meta({ id: "ShipmentRow" });

type On = { order: string; shipment: string; ifVersion?: number };

/** Shipments and what the channel knows of them. */
export function shipmentRoutes(app: Api, context: ApiContext): void {
  const { db, engine } = context;

  app.get(
    "/v1/shipments",
    {
      schema: {
        summary: "Shipments; with told=false those of which the channel does not know, earliest ship-by first",
        tags,
        querystring: z.strictObject({ told: z.enum(["false"]).optional(), cursor, limit }),
        response: { 200: z.object({ shipments: z.array(Row), next: z.string().nullable() }), ...problems },
      },
    },
    async ({ caller, query }) => {
      const after = query.cursor === undefined ? null : decodeCursor(query.cursor, ["instant", "id"] as const);
      const page = await inWorkspace(db.api, caller.workspaceId, (tx) =>
        listShipments(tx, caller.workspaceId, { untold: query.told === "false" }, { after, limit: query.limit }),
      );
      return {
        shipments: page.shipments.map((shipment) => {
          const rows = shipment.writeBacks.map((row) => ({ ...row, knows: knowsOf(row) }));
          const worst = urgency.find((each) => rows.some(({ knows }) => knows === each));
          return {
            id: publicId("shipment", shipment.publicId),
            order: { id: publicId("order", shipment.orderPublicId), number: shipment.orderNumber },
            fulfillment_order: publicId("fulfillmentOrder", shipment.partPublicId),
            channel: shipment.channelName,
            supplier: shipment.supplierName,
            source: shipment.source,
            shipped_at: time(shipment.shippedAt),
            ship_by: timeOrNull(shipment.shipBy),
            parcels: shipment.parcels,
            channel_knows: worst ?? ("nothing_to_tell" as const),
            message: rows.find(({ knows }) => knows === worst)?.message ?? null,
          };
        }),
        next: page.next === null ? null : encodeCursor(page.next),
      };
    },
  );

  async function actOnShipment<T>(
    request: FastifyRequest & { params: z.output<typeof onShipment> },
    reply: FastifyReply,
    work: (who: Who, on: On) => OrderResult<T>,
    more?: (value: T & { order: ChangedOrder }) => Record<string, unknown>,
  ): Promise<never> {
    const { workspaceId } = request.caller;
    const shipment = request.params.id;
    const order = await inWorkspace(db.api, workspaceId, (tx) => orderOfShipment(tx, workspaceId, shipment));
    if (order === undefined) throw notFound();
    return actOnOrder(context, request, reply, (who, ifVersion) => work(who, { order, shipment, ...ifVersion }), more);
  }
  const answer = { 200: z.object({ order: OrderState }), ...problems };
  const told = { 200: z.object({ order: OrderState, write_backs: z.int() }), ...problems };

  app.post(
    "/v1/shipments/:id/resend",
    { schema: { summary: "Tell the channel (again)", tags, params: onShipment, body: nothing, response: told } },
    (request, reply) =>
      actOnShipment(
        request,
        reply,
        (who, on) => resendShipment(engine, who, on),
        ({ writeBacks }) => ({ write_backs: writeBacks }),
      ),
  );
  app.post(
    "/v1/shipments/:id/told-by-hand",
    {
      schema: {
        summary: "You entered it on the channel yourself; say what you saw there",
        tags,
        params: onShipment,
        body: z.strictObject({ evidence: text(500) }),
        response: told,
      },
    },
    (request, reply) =>
      actOnShipment(
        request,
        reply,
        (who, on) => toldByHand(engine, who, on, request.body),
        ({ writeBacks }) => ({ write_backs: writeBacks }),
      ),
  );
  app.post(
    "/v1/shipments/:id/parcels/:no/confirm-shared",
    {
      schema: {
        summary: "Its numbers are right; `shared` when one parcel carries several orders",
        tags,
        params: onParcel,
        body: z.strictObject({ shared: z.boolean().default(true) }),
        response: answer,
      },
    },
    (request, reply) =>
      actOnShipment(request, reply, (who, on) =>
        confirmShared(engine, who, { ...on, parcel: request.params.no }, request.body),
      ),
  );
  app.post(
    "/v1/shipments/:id/parcels/:no/delivered",
    {
      schema: {
        summary: "You know that the parcel arrived",
        tags,
        params: onParcel,
        body: z.strictObject({ at: instant.optional() }),
        response: answer,
      },
    },
    (request, reply) =>
      actOnShipment(request, reply, (who, on) => {
        const { at } = request.body;
        return parcelDelivered(
          engine,
          who,
          { ...on, parcel: request.params.no },
          at === undefined ? {} : { at: new Date(at) },
        );
      }),
  );
  app.post(
    "/v1/shipments/:id/parcels/:no/correct",
    {
      schema: {
        summary: "Correct a parcel's number; the channel is told again",
        tags,
        params: onParcel,
        body: z.strictObject({
          carrier: text(60, 0).default(""),
          tracking_number: text(100),
          sure: z.boolean().default(false),
        }),
        response: answer,
      },
    },
    (request, reply) =>
      actOnShipment(request, reply, (who, on) => {
        const { carrier, tracking_number: trackingNumber, sure } = request.body;
        return correctParcel(engine, who, { ...on, parcel: request.params.no }, { carrier, trackingNumber, sure });
      }),
  );
}

/** Of several tellings the one that needs somebody most. */
const urgency = [
  "refused",
  "by_hand",
  "unknown",
  "waiting",
  "armed",
  "waits_for_rest",
  "told",
  "not_needed",
] as const satisfies readonly z.output<typeof Row>["channel_knows"][];

/** WB-2, WB-3. Half a pack or one part of a bundle: nothing can be told before the rest has left. */
const knowsOf = ({ state, tells }: ListedShipment["writeBacks"][number]): (typeof urgency)[number] =>
  state === "waiting" && !tells ? "waits_for_rest" : state;
