import { z } from "zod";
import { publicId } from "#domain/ids.ts";
import { fulfillmentStates, type FulfillmentState } from "#domain/lifecycle.ts";
import { chooseSupplierFor } from "#engine/actions.ts";
import type { ChangedOrder, OrderResult, Who } from "#engine/actions/change-order.ts";
import * as placing from "#engine/actions/placing.ts";
import * as prep from "#engine/actions/prep.ts";
import {
  confirmPartTracking,
  enterTracking,
  supplierAccepts,
  supplierAnswered,
  supplierCannot,
} from "#engine/actions/shipping.ts";
import { orderOfDeskPart } from "#store/read/desk.ts";
import { readPartDocument } from "#store/read/document.ts";
import { listParts, orderOfPart } from "#store/read/part.ts";
import { inWorkspace } from "#store/workspace-scope.ts";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Api, ApiContext } from "../context.ts";
import { decodeCursor, encodeCursor } from "../cursor.ts";
import { noteRead } from "../personal.ts";
import { notFound } from "../problem.ts";
import { actOnOrder, asDownload, OrderState } from "../route.ts";
import {
  currency,
  cursor,
  idOf,
  instant,
  limit,
  positiveDecimal,
  problems,
  quantity,
  ReasonCodeSchema,
  text,
  timeOrNull,
} from "../schemas.ts";

const tags = ["Fulfillment orders"];
const StateCode = z.enum(fulfillmentStates as [FulfillmentState, ...FulfillmentState[]]);
const onPart = z.strictObject({ id: idOf("fulfillmentOrder") });
const nothing = z.strictObject({});
const answer = { 200: z.object({ order: OrderState }), ...problems };
const carrier = text(60).meta({
  description: "Absent: found by the number, where a carrier that we know has such numbers",
});
const Scan = z.strictObject({ supplier_sku: text(200), units: quantity.default(1) });
const Bought = z.strictObject({
  supplier_order_id: text(200),
  cost: z
    .strictObject({ amount: positiveDecimal, currency })
    .optional()
    .meta({ description: "Absent: not known yet; the expected cost is booked" }),
  not_accepted: z
    .array(z.strictObject({ supplier_sku: text(200), units: quantity }))
    .max(200)
    .optional()
    .meta({
      description: "Units that the supplier did not accept: they are bought elsewhere. Absent: it took everything",
    }),
});

const Row = z
  .object({
    id: z.string(),
    no: z.int(),
    state: z.string(),
    order: z.object({ id: z.string(), number: z.string(), headline: z.string() }),
    supplier: z.object({ id: z.string(), name: z.string() }).nullable(),
    supplier_order_id: z.string().nullable(),
    placed_by: z.enum(["machine", "person"]).nullable(),
    claimed_by: z.string().nullable(),
    place_after: z.string().nullable(),
    placed_at: z.string().nullable(),
    ship_by: z.string().nullable(),
    lines: z.array(
      z.object({ supplier_sku: z.string().nullable(), quantity: z.int(), units: z.int(), units_shipped: z.int() }),
    ),
  })
  .meta({ id: "FulfillmentOrderRow" });

type On = { order: string; part: string; ifVersion?: number };

/** API-33, API-35. The desks: placing by hand in two steps, tracking by hand, and the prep centre's scans. */
export function fulfillmentOrderRoutes(app: Api, context: ApiContext): void {
  const { db, engine } = context;

  app.get(
    "/v1/fulfillment-orders",
    {
      schema: {
        summary: "Fulfillment orders, oldest first",
        tags,
        querystring: z.strictObject({
          state: z
            .string()
            .max(500)
            .transform((list) => list.split(",").map((each) => each.trim()))
            .pipe(z.array(StateCode).min(1))
            .optional(),
          supplier: idOf("supplier").optional(),
          cursor,
          limit,
        }),
        response: { 200: z.object({ fulfillment_orders: z.array(Row), next: z.string().nullable() }), ...problems },
      },
    },
    async ({ caller, query }) => {
      const after = query.cursor === undefined ? null : decodeCursor(query.cursor, ["id"] as const)[0];
      const filter = { states: query.state ?? null, supplier: query.supplier ?? null };
      const page = await inWorkspace(db.api, caller.workspaceId, (tx) =>
        listParts(tx, caller.workspaceId, filter, { after, limit: query.limit }),
      );
      return {
        fulfillment_orders: page.parts.map((part) => ({
          id: publicId("fulfillmentOrder", part.publicId),
          no: part.no,
          state: part.state,
          order: { id: publicId("order", part.orderPublicId), number: part.orderNumber, headline: part.orderHeadline },
          supplier:
            part.supplierPublicId === null || part.supplierName === null
              ? null
              : { id: publicId("supplier", part.supplierPublicId), name: part.supplierName },
          supplier_order_id: part.supplierOrderId,
          placed_by: part.placedBy,
          claimed_by: part.claimedBy,
          place_after: timeOrNull(part.placeAfter),
          placed_at: timeOrNull(part.placedAt),
          ship_by: timeOrNull(part.shipBy),
          lines: part.lines,
        })),
        next: page.next === null ? null : encodeCursor([page.next]),
      };
    },
  );

  app.get(
    "/v1/fulfillment-orders/:id/document",
    {
      schema: {
        summary: "Download the purchase order file in which it left",
        description: "The bytes that were committed and sent. 404 where the supplier is sent no files.",
        tags,
        produces: ["application/octet-stream"],
        params: onPart,
        response: { 200: z.string().meta({ description: "The file's bytes" }), ...problems },
      },
    },
    async ({ caller, params }, reply) => {
      const { workspaceId, supplierIds, part: only } = caller;
      if (only !== undefined && only !== params.id) throw notFound();
      const found = await inWorkspace(db.api, workspaceId, async (tx) => {
        const isTheirs =
          supplierIds === null || (await orderOfDeskPart(tx, workspaceId, params.id, supplierIds)) !== undefined;
        return isTheirs ? readPartDocument(tx, workspaceId, params.id) : undefined;
      });
      if (found === undefined) throw notFound();
      for (const order of found.orders) await noteRead(context, caller, "document", order);
      void reply
        .type("application/octet-stream")
        .header("content-disposition", asDownload(found.fileName))
        .header("cache-control", "private, no-store");
      return (reply as FastifyReply).send(Buffer.from(found.bytes)) as never;
    },
  );

  /** Finds the order first; what is not there, another workspace's, or another supplier's than a desk's own, is the same 404. */
  async function actOnPart<T>(
    request: FastifyRequest & { params: z.output<typeof onPart> },
    reply: FastifyReply,
    work: (who: Who, on: On) => OrderResult<T>,
    more?: (value: T & { order: ChangedOrder }) => Record<string, unknown>,
  ): Promise<never> {
    const { workspaceId, supplierIds, part: only } = request.caller;
    if (only !== undefined && only !== request.params.id) throw notFound();
    const order = await inWorkspace(db.api, workspaceId, (tx) =>
      supplierIds === null
        ? orderOfPart(tx, workspaceId, request.params.id)
        : orderOfDeskPart(tx, workspaceId, request.params.id, supplierIds),
    );
    if (order === undefined) throw notFound();
    const part = request.params.id;
    return actOnOrder(context, request, reply, (who, ifVersion) => work(who, { order, part, ...ifVersion }), more);
  }
  const schema = <Body extends z.ZodType>(summary: string, body: Body) => ({
    summary,
    tags,
    params: onPart,
    body,
    response: answer,
  });

  app.post(
    "/v1/fulfillment-orders/:id/choose-supplier",
    { schema: schema("Choose its supplier; routing keeps the choice", z.strictObject({ supplier: idOf("supplier") })) },
    (request, reply) =>
      actOnPart(request, reply, (who, { part, ...on }) =>
        chooseSupplierFor(engine, who, on, { fulfillmentOrder: part, supplier: request.body.supplier }),
      ),
  );
  app.post(
    "/v1/fulfillment-orders/:id/take-over",
    {
      schema: {
        ...schema("“I am placing now”: from here on nobody else buys it", nothing),
        response: {
          200: z.object({ order: OrderState, attempt: z.object({ no: z.int(), reference: z.string() }) }),
          ...problems,
        },
      },
    },
    (request, reply) =>
      actOnPart(
        request,
        reply,
        (who, on) => placing.takeOver(engine, who, on),
        ({ attempt }) => ({ attempt }),
      ),
  );
  app.post(
    "/v1/fulfillment-orders/:id/placed",
    { schema: schema("Placed by hand: the supplier's order number and what it cost", Bought) },
    (request, reply) => actOnPart(request, reply, (who, on) => placing.placed(engine, who, on, boughtOf(request.body))),
  );
  app.post(
    "/v1/fulfillment-orders/:id/not-placed",
    {
      schema: schema(
        "Not placed by hand, and why",
        z.strictObject({ reason: ReasonCodeSchema, message: text(500, 0).default("") }),
      ),
    },
    (request, reply) => actOnPart(request, reply, (who, on) => placing.notPlaced(engine, who, on, request.body)),
  );
  app.post(
    "/v1/fulfillment-orders/:id/give-back",
    { schema: schema("Give it back; without a result its outcome is unknown", nothing) },
    (request, reply) => actOnPart(request, reply, (who, on) => placing.returnPart(engine, who, on)),
  );

  const onAttempt = onPart.extend({ no: z.coerce.number().int().min(1).max(10_000) });
  app.post(
    "/v1/fulfillment-orders/:id/attempts/:no/confirm-bought",
    { schema: { ...schema("You see the purchase at the supplier: its number and cost", Bought), params: onAttempt } },
    (request, reply) =>
      actOnPart(request, reply, (who, on) =>
        placing.confirmAttemptBought(engine, who, { ...on, attempt: request.params.no }, boughtOf(request.body)),
      ),
  );
  app.post(
    "/v1/fulfillment-orders/:id/attempts/:no/confirm-not-bought",
    {
      schema: {
        ...schema("You looked at the supplier and it is not there", z.strictObject({ reason: text(500) })),
        params: onAttempt,
      },
    },
    (request, reply) =>
      actOnPart(request, reply, (who, on) =>
        placing.confirmAttemptNotBought(engine, who, { ...on, attempt: request.params.no }, request.body),
      ),
  );
  app.post(
    "/v1/fulfillment-orders/:id/tracking",
    {
      schema: schema(
        "Add a tracking number by hand",
        z.strictObject({
          carrier: carrier.optional(),
          tracking_number: text(100),
          shipped_at: instant.optional(),
          lines: z
            .array(z.strictObject({ supplier_sku: text(200), units: quantity }))
            .min(1)
            .max(1000)
            .optional()
            .meta({ description: "Absent: everything that is open" }),
          sure: z
            .boolean()
            .default(false)
            .meta({ description: "The number is right although its check says otherwise" }),
        }),
      ),
    },
    (request, reply) =>
      actOnPart(request, reply, (who, on) => {
        const { tracking_number: trackingNumber, shipped_at: shippedAt, lines, sure } = request.body;
        return enterTracking(engine, who, on, {
          carrier: request.body.carrier,
          trackingNumber,
          sure,
          ...(shippedAt === undefined ? {} : { shippedAt: new Date(shippedAt) }),
          ...(lines === undefined
            ? {}
            : { lines: lines.map((line) => ({ supplierSku: line.supplier_sku, units: line.units })) }),
        });
      }),
  );

  app.post(
    "/v1/fulfillment-orders/:id/confirm-tracking",
    { schema: schema("A number that came on top of all units belongs here", nothing) },
    (request, reply) => actOnPart(request, reply, (who, on) => confirmPartTracking(engine, who, on)),
  );
  app.post(
    "/v1/fulfillment-orders/:id/accept",
    { schema: schema("The supplier accepts the purchase and will send it", nothing) },
    (request, reply) => actOnPart(request, reply, (who, on) => supplierAccepts(engine, who, on)),
  );
  app.post(
    "/v1/fulfillment-orders/:id/cannot-send",
    {
      schema: schema(
        "The supplier cannot send it: later, or not at all; then it is bought elsewhere",
        z.strictObject({
          reason: z.enum(["out_of_stock", "supplier_refused", "destination_not_served"]),
          until: instant.optional().meta({ description: "It leaves on this day; absent: it does not come at all" }),
          lines: z
            .array(z.strictObject({ supplier_sku: text(200), units: quantity }))
            .min(1)
            .max(1000)
            .optional()
            .meta({ description: "Absent: all that has not left" }),
        }),
      ),
    },
    (request, reply) =>
      actOnPart(request, reply, (who, on) => {
        const { reason, until, lines } = request.body;
        return supplierCannot(engine, who, on, {
          reason,
          ...(until === undefined ? {} : { until: new Date(until) }),
          ...(lines === undefined ? {} : { lines: lines.map(scanOf) }),
        });
      }),
  );
  app.post(
    "/v1/fulfillment-orders/:id/supplier-answered",
    {
      schema: schema(
        "You asked the supplier to cancel: what it said",
        z.strictObject({ granted: z.enum(["all", "none"]) }),
      ),
    },
    (request, reply) => actOnPart(request, reply, (who, on) => supplierAnswered(engine, who, on, request.body)),
  );

  app.post(
    "/v1/fulfillment-orders/:id/print",
    { schema: schema("Prep: the label is printed", nothing) },
    (request, reply) => actOnPart(request, reply, (who, on) => prep.printLabel(engine, who, on)),
  );
  app.post(
    "/v1/fulfillment-orders/:id/collect",
    {
      schema: {
        ...schema("Prep: a unit is scanned into the parcel", Scan),
        response: { 200: z.object({ order: OrderState, left: z.int() }), ...problems },
      },
    },
    (request, reply) =>
      actOnPart(
        request,
        reply,
        (who, on) => prep.collectUnits(engine, who, on, scanOf(request.body)),
        ({ left }) => ({ left }),
      ),
  );
  app.post(
    "/v1/fulfillment-orders/:id/uncollect",
    { schema: schema("Prep: the last scan was a mistake; the unit is out of the parcel again", Scan) },
    (request, reply) =>
      actOnPart(request, reply, (who, on) => prep.takeOutAgain(engine, who, on, scanOf(request.body))),
  );
  app.post("/v1/fulfillment-orders/:id/back", { schema: schema("Prep: one step back", nothing) }, (request, reply) =>
    actOnPart(request, reply, (who, on) => prep.oneStepBack(engine, who, on)),
  );
  app.post(
    "/v1/fulfillment-orders/:id/put-back",
    { schema: schema("Prep: cancelled units go back to the shelf by scan", Scan) },
    (request, reply) =>
      actOnPart(request, reply, (who, on) => prep.putUnitsBack(engine, who, on, scanOf(request.body))),
  );
  app.post(
    "/v1/fulfillment-orders/:id/ship",
    {
      schema: {
        ...schema(
          "Prep: the parcel is scanned out",
          z.strictObject({ carrier: carrier.optional(), tracking_number: text(100), sure: z.boolean().default(false) }),
        ),
        response: { 200: z.object({ order: OrderState, shipment: z.string() }), ...problems },
      },
    },
    (request, reply) =>
      actOnPart(
        request,
        reply,
        (who, on) => {
          const { tracking_number: trackingNumber, sure } = request.body;
          return prep.shipParcel(engine, who, on, { carrier: request.body.carrier, trackingNumber, sure });
        },
        ({ shipment }) => ({ shipment: publicId("shipment", shipment) }),
      ),
  );
}

const boughtOf = ({
  supplier_order_id: supplierOrderId,
  cost,
  not_accepted,
}: z.output<typeof Bought>): placing.Bought => ({
  supplierOrderId,
  ...(cost === undefined ? {} : { cost }),
  ...(not_accepted === undefined ? {} : { notAccepted: not_accepted.map(scanOf) }),
});
const scanOf = ({ supplier_sku: supplierSku, units }: z.output<typeof Scan>): prep.Scan => ({ supplierSku, units });
