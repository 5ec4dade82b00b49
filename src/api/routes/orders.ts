import type { FastifyReply } from "fastify";
import { z } from "zod";
import { lineKinds, payments, type ChannelOrder } from "#domain/channel-order.ts";
import { publicId } from "#domain/ids.ts";
import { createOrder } from "#engine/actions/create-order.ts";
import { listNotes } from "#store/note.ts";
import { countOrders } from "#store/read/counts.ts";
import { listEvents } from "#store/read/events.ts";
import { findOrderId, readOrder } from "#store/read/order.ts";
import { countFound, listOrders } from "#store/read/order-list.ts";
import { readPublicIds } from "#store/read/public-ids.ts";
import { readWorkspaceSettings } from "#store/read/workspace.ts";
import { inWorkspace } from "#store/workspace-scope.ts";
import { actorsOf, nameActors } from "../actors.ts";
import { callerMay } from "../caller.ts";
import type { Api, ApiContext } from "../context.ts";
import { decodeCursor, encodeCursor } from "../cursor.ts";
import {
  filterOf,
  filterOfWords,
  FoundCount,
  foundCount,
  mostCounted,
  OrderFilterQuery,
  Sort,
  Words,
  WordsShown,
  wordsShown,
} from "../order-search.ts";
import { OrderEvent, presentEvent } from "../present/event.ts";
import { mentionedIn, OrderDetail, presentOrder } from "../present/order.ts";
import { OrderRow, presentOrderRow } from "../present/order-row.ts";
import { noteRead } from "../personal.ts";
import { notFound } from "../problem.ts";
import { act, etag } from "../route.ts";
import {
  AddressInput,
  currency,
  cursor,
  decimalText,
  HeadlineCode,
  idOf,
  instant,
  limit,
  positiveDecimal,
  problems,
  quantity,
  ReasonCodeSchema,
  text,
} from "../schemas.ts";

const cursorKey = { newest: "instant", oldest: "instant", ship_by: "instant_or_never", total: "number" } as const;
const orderParams = z.strictObject({ id: idOf("order") });
const tags = ["Orders"];

export function orderRoutes(app: Api, context: ApiContext): void {
  const { db, clock } = context;

  app.get(
    "/v1/orders",
    {
      schema: {
        summary: "Orders, newest received first unless sorted otherwise",
        tags,
        querystring: OrderFilterQuery.extend({ sort: Sort.default("newest"), cursor, limit }),
        response: {
          200: z.object({ orders: z.array(OrderRow), next: z.string().nullable(), words: WordsShown }),
          ...problems,
        },
      },
    },
    async ({ caller, query }) => {
      const { sort, limit: most } = query;
      const after = query.cursor === undefined ? null : decodeCursor(query.cursor, [cursorKey[sort], "id"] as const);
      const filter = await filterOf(context, caller, query);
      const seesMoney = callerMay(caller, "money.read");
      const rates = seesMoney ? await readWorkspaceSettings(db.engine, caller.workspaceId) : null;
      const page = await inWorkspace(db.api, caller.workspaceId, (tx) =>
        listOrders(tx, caller.workspaceId, filter, {
          after: after === null ? null : { key: after[0], id: after[1] },
          limit: most,
          sort,
          hasSums: seesMoney,
        }),
      );
      return {
        orders: page.orders.map((order) => presentOrderRow(order, { role: caller.role, rates })),
        next: page.next === null ? null : encodeCursor([page.next.key, page.next.id]),
        words: wordsShown(query.q ?? ""),
      };
    },
  );

  app.get(
    "/v1/orders/counts",
    {
      schema: {
        summary: "Orders by state and open holds by reason",
        tags,
        response: {
          200: z.object({
            total: z.int(),
            by_state: z.record(HeadlineCode, z.int()),
            by_reason: z.partialRecord(ReasonCodeSchema, z.int()),
          }),
          ...problems,
        },
      },
    },
    async ({ caller }) => {
      const counts = await inWorkspace(db.api, caller.workspaceId, (tx) => countOrders(tx, caller.workspaceId));
      return { total: counts.total, by_state: counts.headlines, by_reason: counts.reasons };
    },
  );

  app.get(
    "/v1/orders/found",
    {
      schema: {
        summary: "How many orders these words find",
        tags,
        querystring: z.strictObject({ q: Words.default("") }),
        response: { 200: FoundCount, ...problems },
      },
    },
    async ({ caller, query }) => {
      const filter = await filterOfWords(context, caller, query.q);
      return foundCount(
        await inWorkspace(db.api, caller.workspaceId, (tx) =>
          countFound(tx, caller.workspaceId, filter, mostCounted + 1),
        ),
      );
    },
  );

  app.get(
    "/v1/orders/:id",
    {
      schema: {
        summary: "One order with everything of it",
        description: "Its ETag is its version; If-None-Match saves the answer. Reading the address is recorded.",
        tags,
        params: orderParams,
        response: { 200: OrderDetail, ...problems },
      },
    },
    async (request, reply) => {
      const { caller, params } = request;
      const [view, workspace] = await Promise.all([
        inWorkspace(db.api, caller.workspaceId, (tx) => readOrder(tx, caller.workspaceId, params.id)),
        readWorkspaceSettings(db.engine, caller.workspaceId),
      ]);
      if (view === null) throw notFound();
      const tag = etag(view.dossier.order.version);
      void reply.header("etag", tag).header("cache-control", "private, no-cache");
      if (request.headers["if-none-match"] === tag) return (reply as FastifyReply).code(304).send() as never;
      const { order } = view.dossier;
      await noteRead(context, caller, "order", order);
      const mentioned = mentionedIn(view);
      const name = await nameActors(context, caller.workspaceId, mentioned);
      return presentOrder(view, {
        role: caller.role,
        seesMoney: callerMay(caller, "money.read"),
        now: clock.now(),
        workspace,
        actors: actorsOf(name, mentioned),
      });
    },
  );

  app.get(
    "/v1/orders/:id/events",
    {
      schema: {
        summary: "The trail of one order, newest first",
        tags,
        params: orderParams,
        querystring: z.strictObject({
          cursor,
          limit,
          line: z.coerce
            .number()
            .int()
            .min(1)
            .max(1_000_000)
            .optional()
            .meta({ description: "Only what is about this line" }),
        }),
        response: { 200: z.object({ events: z.array(OrderEvent), next: z.string().nullable() }), ...problems },
      },
    },
    async ({ caller, params, query }) => {
      const before = query.cursor === undefined ? null : Number(decodeCursor(query.cursor, ["int"] as const)[0]);
      const found = await inWorkspace(db.api, caller.workspaceId, async (tx) => {
        const orderId = await findOrderId(tx, caller.workspaceId, params.id);
        if (orderId === undefined) return null;
        const [page, ids, notes] = await Promise.all([
          listEvents(tx, caller.workspaceId, orderId, { before, limit: query.limit, line: query.line ?? null }),
          readPublicIds(tx, caller.workspaceId, orderId),
          listNotes(tx, caller.workspaceId, orderId),
        ]);
        const texts = notes
          .filter((note) => note.erasedAt === null)
          .map((note): [string, string] => [publicId("note", note.publicId), note.text]);
        return { page, ids, notes: new Map(texts) };
      });
      if (found === null) throw notFound();
      const { page, ids, notes } = found;
      const name = await nameActors(
        context,
        caller.workspaceId,
        page.events.map(({ actor }) => actor),
      );
      return {
        events: page.events.map((event) => presentEvent(event, ids, name, notes)),
        next: page.next === null ? null : encodeCursor([String(page.next)]),
      };
    },
  );

  app.post(
    "/v1/orders",
    {
      schema: {
        summary: "Create an order by hand or from another system",
        description:
          "`number` is yours and unique in its channel for ever: the same order again answers the one that is there (200), another one under the same number is 409.",
        tags,
        body: NewOrder,
        response: {
          200: z.object({ id: z.string(), outcome: z.enum(["created", "existing"]) }),
          201: z.object({ id: z.string(), outcome: z.enum(["created", "existing"]) }),
          ...problems,
        },
      },
    },
    (request, reply) =>
      act(
        context,
        request,
        reply,
        (who) =>
          createOrder(context.engine, who, { channel: request.body.channel, order: channelOrderOf(request.body) }),
        ({ id, outcome }) => ({
          status: outcome === "created" ? 201 : 200,
          body: { id: publicId("order", id), outcome },
          headers: { location: `/v1/orders/${publicId("order", id)}` },
        }),
      ),
  );
}

const NewOrder = z
  .strictObject({
    channel: idOf("channel"),
    number: text(200),
    /** Absent: it counts as received now. */
    ordered_at: instant.optional(),
    currency,
    payment: z.enum(payments),
    paid_at: instant.optional(),
    ship_to: AddressInput,
    shipping_method: text(200).optional(),
    ship_by: instant.optional(),
    note: text(2000).optional(),
    buyer_id: text(200).optional(),
    shipping_paid: positiveDecimal.optional(),
    total: positiveDecimal.optional(),
    lines: z
      .array(
        z.strictObject({
          /** Yours; absent: the SKU and its occurrence. */
          id: text(200).optional(),
          sku: text(200),
          title: text(500).optional(),
          quantity,
          unit_price: decimalText,
          kind: z.enum(lineKinds).default("goods"),
        }),
      )
      .min(1)
      .max(10_000),
  })
  .refine((order) => new Set(lineIds(order.lines)).size === order.lines.length, {
    path: ["lines"],
    error: "each line id once",
  })
  .meta({ id: "NewOrder" });

function lineIds(lines: readonly { id?: string | undefined; sku: string }[]): string[] {
  const seen = new Map<string, number>();
  return lines.map(({ id, sku }) => {
    if (id !== undefined) return id;
    const occurrence = (seen.get(sku) ?? 0) + 1;
    seen.set(sku, occurrence);
    return `sku:${sku}#${occurrence}`;
  });
}

/** What a channel would have said; null where the caller is silent. */
function channelOrderOf(body: z.output<typeof NewOrder>): ChannelOrder {
  const ids = lineIds(body.lines);
  const date = (at: string | undefined): Date | null => (at === undefined ? null : new Date(at));
  return {
    channelOrderId: body.number,
    number: body.number,
    orderedAt: date(body.ordered_at),
    updatedAt: null,
    currency: body.currency,
    payment: body.payment,
    paidAt: date(body.paid_at),
    cancelledAt: null,
    buyerId: body.buyer_id ?? null,
    shipTo: body.ship_to,
    shippingMethod: body.shipping_method ?? null,
    shipBy: date(body.ship_by),
    note: body.note ?? null,
    shippingPaid: body.shipping_paid ?? null,
    total: body.total ?? null,
    risk: "none",
    lines: body.lines.map((line, index) => ({
      channelLineId: ids[index]!,
      sku: line.sku,
      title: line.title ?? line.sku,
      quantity: line.quantity,
      cancelled: 0,
      fulfilled: 0,
      unitPrice: line.unit_price,
      kind: line.kind,
      fulfilledBy: line.kind === "goods" ? "us" : "nobody",
    })),
  };
}
