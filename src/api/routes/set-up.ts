import { z } from "zod";
import { publicId, type ChannelId, type SupplierId, type WorkspaceId } from "#domain/ids.ts";
import { ok, refuse, type Result } from "#domain/result.ts";
import { deleteProductLink, putProductLinks } from "#engine/manage/product-link.ts";
import { setShippingMapping } from "#engine/manage/shipping-mapping.ts";
import { setStock } from "#engine/manage/stock.ts";
import { listChannels } from "#store/channel.ts";
import type { Tx } from "#store/db.ts";
import { listLinks, type StoredLink } from "#store/product-link.ts";
import { listUnlinkedSkus } from "#store/read/unlinked.ts";
import { listMappings } from "#store/shipping-mapping.ts";
import { listStock } from "#store/stock-row.ts";
import { listSuppliers } from "#store/supplier.ts";
import { inWorkspace } from "#store/workspace-scope.ts";
import { manageContext, type Api, type ApiContext } from "../context.ts";
import { decodeCursor, encodeCursor } from "../cursor.ts";
import { act } from "../route.ts";
import {
  currency,
  cursor,
  idOf,
  instant,
  limit,
  positiveDecimal,
  problems,
  text,
  time,
  timeOrNull,
} from "../schemas.ts";

const tags = ["Set-up"];
const Option = z.object({
  component: z.int(),
  supplier: z.string(),
  supplier_sku: z.string(),
  units: z.int(),
  per: z.int(),
  unit_cost: z.string(),
  currency: z.string(),
  priority: z.int(),
  max_unit_cost: z.string().nullable(),
});
const Link = z
  .object({
    sku: z.string(),
    channel: z.string().nullable(),
    nothing_to_ship: z.boolean(),
    options: z.array(Option),
    updated_at: z.string(),
  })
  .meta({ id: "ProductLink" });
/** Whoever has more unlinked SKUs than this imports a file. */
const mostUnlinked = 500;
const packs = z.int().min(1).max(1_000_000);
const LinkInput = z
  .strictObject({
    sku: text(200),
    channel: idOf("channel").nullable().default(null).meta({ description: "null: for every channel" }),
    nothing_to_ship: z.boolean().default(false),
    options: z
      .array(
        z.strictObject({
          component: z.int().min(1).max(1000).default(1),
          supplier: idOf("supplier"),
          supplier_sku: text(200),
          units: packs.default(1).meta({ description: "So many supplier units …" }),
          per: packs.default(1).meta({ description: "… make so many channel units" }),
          unit_cost: positiveDecimal,
          currency,
          priority: z.int().min(1).max(1000).default(1).meta({ description: "Lower is asked first" }),
          max_unit_cost: positiveDecimal.nullable().default(null),
        }),
      )
      .max(200)
      .default([]),
  })
  .meta({ id: "NewProductLink" });

/** Inner and public ids of a workspace's channels and suppliers: both are few. */
async function names(tx: Tx, workspaceId: WorkspaceId) {
  const [channels, suppliers] = await Promise.all([listChannels(tx, workspaceId), listSuppliers(tx, workspaceId)]);
  const channelIds = new Map<string, string>(channels.map((each) => [each.id, publicId("channel", each.publicId)]));
  const supplierIds = new Map<string, string>(suppliers.map((each) => [each.id, publicId("supplier", each.publicId)]));
  return {
    channel: (id: string): string => channelIds.get(id) ?? "",
    supplier: (id: string): string => supplierIds.get(id) ?? "",
    channelByPublic: (uuid: string): ChannelId | undefined => channels.find((each) => each.publicId === uuid)?.id,
    supplierByPublic: (uuid: string): SupplierId | undefined => suppliers.find((each) => each.publicId === uuid)?.id,
  };
}

/** API-38. What routing needs to know: product links, stock, shipping methods. A change wakes the orders that wait for it. */
export function setUpRoutes(app: Api, context: ApiContext): void {
  const { db, clock } = context;
  const look = <T>(workspaceId: WorkspaceId, work: (tx: Tx) => Promise<T>) => inWorkspace(db.api, workspaceId, work);
  const presentLink = (link: StoredLink, by: Awaited<ReturnType<typeof names>>): z.output<typeof Link> => ({
    sku: link.sku,
    channel: link.channelId === "0" ? null : by.channel(link.channelId),
    nothing_to_ship: link.nothingToShip,
    options: link.options.map((option) => ({
      component: option.componentNo,
      supplier: by.supplier(option.supplierId),
      supplier_sku: option.supplierSku,
      units: option.units,
      per: option.per,
      unit_cost: option.unitCost,
      currency: option.currency,
      priority: option.priority,
      max_unit_cost: option.maxUnitCost,
    })),
    updated_at: time(link.updatedAt),
  });

  app.get(
    "/v1/product-links",
    {
      schema: {
        summary: "Product links by SKU",
        tags,
        querystring: z.strictObject({
          sku: text(200).optional().meta({ description: "Only the links of this SKU" }),
          q: text(200).optional().meta({ description: "Only those whose SKU, or a supplier's for it, contains this" }),
          cursor,
          limit,
        }),
        response: { 200: z.object({ product_links: z.array(Link), next: z.string().nullable() }), ...problems },
      },
    },
    async ({ caller: { workspaceId }, query }) => {
      const at = query.cursor === undefined ? null : decodeCursor(query.cursor, ["text", "id"] as const);
      const after = at === null ? null : { sku: at[0], channelId: at[1] };
      const [found, by] = await look(workspaceId, (tx) =>
        Promise.all([
          listLinks(tx, { workspaceId, sku: query.sku, contains: query.q, after, limit: query.limit + 1 }),
          names(tx, workspaceId),
        ]),
      );
      const links = found.slice(0, query.limit);
      const last = links.at(-1);
      const isMore = found.length > query.limit && last !== undefined;
      return {
        product_links: links.map((link) => presentLink(link, by)),
        next: isMore ? encodeCursor([last.sku, last.channelId]) : null,
      };
    },
  );

  app.get(
    "/v1/unlinked-skus",
    {
      schema: {
        summary: "SKUs that hold orders because no product link names them, those of most orders first",
        tags,
        response: {
          200: z.object({
            skus: z.array(
              z.object({
                sku: z.string(),
                title: z.string(),
                orders: z.int(),
                units: z.int(),
                since: z.string(),
                ship_by: z.string().nullable().meta({ description: "The earliest of their orders" }),
              }),
            ),
            or_more: z.boolean().meta({ description: "There are more than are listed" }),
          }),
          ...problems,
        },
      },
    },
    async ({ caller: { workspaceId } }) => {
      const found = await look(workspaceId, (tx) => listUnlinkedSkus(tx, workspaceId, mostUnlinked + 1));
      return {
        skus: found.slice(0, mostUnlinked).map((each) => ({
          sku: each.sku,
          title: each.title,
          orders: each.orders,
          units: each.units,
          since: time(each.since),
          ship_by: timeOrNull(each.shipBy),
        })),
        or_more: found.length > mostUnlinked,
      };
    },
  );

  app.put(
    "/v1/product-links",
    {
      schema: {
        summary: "Put one product link, whole",
        tags,
        body: LinkInput,
        response: { 200: z.object({ changed: z.boolean() }), ...problems },
      },
    },
    (request, reply) =>
      act(
        context,
        request,
        reply,
        async ({ workspaceId }): Promise<Result<{ changed: boolean }>> => {
          const { body } = request;
          const by = await look(workspaceId, (tx) => names(tx, workspaceId));
          const channelId = body.channel === null ? null : by.channelByPublic(body.channel);
          if (channelId === undefined) return noSuchChannel;
          const options = body.options.map(({ supplier, ...option }) => ({
            componentNo: option.component,
            supplierId: by.supplierByPublic(supplier),
            supplierSku: option.supplier_sku,
            units: option.units,
            per: option.per,
            unitCost: option.unit_cost,
            currency: option.currency,
            priority: option.priority,
            maxUnitCost: option.max_unit_cost,
          }));
          const known = options.filter(
            (option): option is typeof option & { supplierId: SupplierId } => option.supplierId !== undefined,
          );
          if (known.length < options.length) return noSuchSupplier;
          const wish = { sku: body.sku, channelId, nothingToShip: body.nothing_to_ship, options: known };
          const put = await putProductLinks(manageContext(context, request.caller), workspaceId, [wish]);
          return put.status === "ok" ? ok({ changed: put.stored > 0 }) : refuse(put.code, put.message);
        },
        (body) => ({ body }),
      ),
  );

  app.delete(
    "/v1/product-links",
    {
      schema: {
        summary: "Delete one product link; what is placed stays placed",
        tags,
        querystring: z.strictObject({ sku: text(200), channel: idOf("channel").optional() }),
        response: { 200: z.object({ deleted: z.literal(true) }), ...problems },
      },
    },
    (request, reply) =>
      act(
        context,
        request,
        reply,
        async ({ workspaceId }): Promise<Result<{ deleted: true }>> => {
          const { sku, channel } = request.query;
          const by = await look(workspaceId, (tx) => names(tx, workspaceId));
          const channelId = channel === undefined ? null : by.channelByPublic(channel);
          if (channelId === undefined) return noSuchChannel;
          const gone = await deleteProductLink(manageContext(context, request.caller), { workspaceId, channelId, sku });
          if (gone.status === "ok") return ok({ deleted: true });
          return gone.code === "not_found" ? refuse("no_such_link", gone.message) : gone;
        },
        (body) => ({ body }),
      ),
  );

  const Stock = z.object({
    supplier: z.string(),
    supplier_sku: z.string(),
    on_hand: z.int(),
    reserved: z.int(),
    available: z.int(),
    is_shelf: z.boolean(),
    unit_cost: z.string().nullable(),
    currency: z.string().nullable(),
    as_of: z.string(),
  });
  app.get(
    "/v1/stock",
    {
      schema: {
        summary: "Stock by supplier and SKU",
        tags,
        querystring: z.strictObject({ supplier: idOf("supplier").optional(), cursor, limit }),
        response: { 200: z.object({ stock: z.array(Stock), next: z.string().nullable() }), ...problems },
      },
    },
    async ({ caller: { workspaceId }, query }) => {
      const at = query.cursor === undefined ? null : decodeCursor(query.cursor, ["id", "text"] as const);
      const after = at === null ? null : { supplierId: at[0], supplierSku: at[1] };
      return look(workspaceId, async (tx) => {
        const by = await names(tx, workspaceId);
        const supplierId = query.supplier === undefined ? null : by.supplierByPublic(query.supplier);
        if (supplierId === undefined) return { stock: [], next: null };
        const found = await listStock(tx, { workspaceId, supplierId, after, limit: query.limit + 1 });
        const stock = found.slice(0, query.limit);
        const last = stock.at(-1);
        const isMore = found.length > query.limit && last !== undefined;
        return {
          stock: stock.map((each) => ({
            supplier: by.supplier(each.supplierId),
            supplier_sku: each.supplierSku,
            on_hand: each.onHand,
            reserved: each.reserved,
            available: each.onHand - each.reserved,
            is_shelf: each.isShelf,
            unit_cost: each.unitCost,
            currency: each.currency,
            as_of: time(each.asOf),
          })),
          next: isMore ? encodeCursor([last.supplierId, last.supplierSku]) : null,
        };
      });
    },
  );
  app.put(
    "/v1/stock",
    {
      schema: {
        summary: "Set counted stock; at a prep centre never below what is promised to orders",
        tags,
        body: z.strictObject({
          supplier: idOf("supplier"),
          stock: z
            .array(
              z.strictObject({
                supplier_sku: text(200),
                on_hand: z.int().min(0).max(1_000_000_000),
                unit_cost: positiveDecimal.optional(),
                currency: currency.optional(),
                as_of: instant.optional(),
              }),
            )
            .min(1)
            .max(1000),
        }),
        response: { 200: z.object({ stored: z.int() }), ...problems },
      },
    },
    (request, reply) =>
      act(
        context,
        request,
        reply,
        async ({ workspaceId }): Promise<Result<{ stored: number }>> => {
          const { supplier, stock } = request.body;
          const by = await look(workspaceId, (tx) => names(tx, workspaceId));
          const supplierId = by.supplierByPublic(supplier);
          if (supplierId === undefined) return noSuchSupplier;
          return setStock(
            manageContext(context, request.caller),
            { workspaceId, supplierId },
            stock.map((each) => ({
              supplierSku: each.supplier_sku,
              onHand: each.on_hand,
              asOf: each.as_of === undefined ? clock.now() : new Date(each.as_of),
              ...(each.unit_cost === undefined ? {} : { unitCost: each.unit_cost }),
              ...(each.currency === undefined ? {} : { currency: each.currency }),
            })),
          );
        },
        (body) => ({ body: { stored: body.stored } }),
      ),
  );

  app.post(
    "/v1/stock/received",
    {
      schema: {
        summary: "Goods came in at a prep centre: they are on the shelf from now on",
        tags,
        body: z.strictObject({
          supplier: idOf("supplier"),
          stock: z
            .array(z.strictObject({ supplier_sku: text(200), units: z.int().min(1).max(1_000_000) }))
            .min(1)
            .max(1000),
        }),
        response: {
          200: z.object({ stock: z.array(z.object({ supplier_sku: z.string(), on_hand: z.int() })) }),
          ...problems,
        },
      },
    },
    (request, reply) =>
      act(
        context,
        request,
        reply,
        async ({ workspaceId }): Promise<Result<{ stock: { supplier_sku: string; on_hand: number }[] }>> => {
          const { supplier, stock } = request.body;
          const theirs = request.caller.supplierIds;
          const found = (await look(workspaceId, (tx) => listSuppliers(tx, workspaceId))).find(
            (each) => each.publicId === supplier && (theirs === null || theirs.includes(each.id)),
          );
          if (found === undefined) return noSuchSupplier;
          if (found.role !== "prep")
            return refuse(
              "not_a_shelf",
              `${found.name} is a supplier: its stock is its own, and comes by its feed or by PUT /v1/stock.`,
            );
          const units = Map.groupBy(stock, (each) => each.supplier_sku); // a SKU that was scanned twice came in twice
          const skus = [...units.keys()];
          const added = await setStock(
            manageContext(context, request.caller),
            { workspaceId, supplierId: found.id },
            skus.map((supplierSku) => ({
              supplierSku,
              onHand: units.get(supplierSku)!.reduce((sum, each) => sum + each.units, 0),
              isOnTop: true,
            })),
          );
          if (added.status === "refused") return added;
          return ok({
            stock: skus.map((sku, no) => ({ supplier_sku: sku, on_hand: added.value.onHand[no]! })),
          });
        },
        ({ stock }) => ({ body: { stock } }),
      ),
  );

  const Mapping = z.object({ channel: z.string(), rate_name: z.string(), supplier: z.string(), method: z.string() });
  app.get(
    "/v1/shipping-mappings",
    {
      schema: {
        summary: "Which rate of a channel is which method of a supplier",
        tags,
        response: { 200: z.object({ shipping_mappings: z.array(Mapping) }), ...problems },
      },
    },
    async ({ caller: { workspaceId } }) => {
      const [mappings, by] = await look(workspaceId, (tx) =>
        Promise.all([listMappings(tx, workspaceId), names(tx, workspaceId)]),
      );
      return {
        shipping_mappings: mappings.map((mapping) => ({
          channel: by.channel(mapping.channelId),
          rate_name: mapping.rateName,
          supplier: by.supplier(mapping.supplierId),
          method: mapping.method,
        })),
      };
    },
  );
  app.put(
    "/v1/shipping-mappings",
    {
      schema: {
        summary: "Map a rate to a method; null takes the mapping away",
        tags,
        body: z.strictObject({
          channel: idOf("channel"),
          rate_name: z.string().min(1).max(500),
          supplier: idOf("supplier"),
          method: text(200, 0).nullable(),
        }),
        response: { 200: z.object({ mapped: z.boolean() }), ...problems },
      },
    },
    (request, reply) =>
      act(
        context,
        request,
        reply,
        async ({ workspaceId }): Promise<Result<{ mapped: boolean }>> => {
          const { channel, rate_name: rateName, supplier, method } = request.body;
          const by = await look(workspaceId, (tx) => names(tx, workspaceId));
          const channelId = by.channelByPublic(channel);
          const supplierId = by.supplierByPublic(supplier);
          if (channelId === undefined) return noSuchChannel;
          if (supplierId === undefined) return noSuchSupplier;
          const wish = { workspaceId, channelId, rateName, supplierId, method };
          const set = await setShippingMapping(manageContext(context, request.caller), wish);
          return set.status === "ok" ? ok({ mapped: method !== null }) : set;
        },
        (body) => ({ body }),
      ),
  );
}

const noSuchChannel = refuse("no_such_channel", "There is no such channel in this workspace.");
const noSuchSupplier = refuse("no_such_supplier", "There is no such supplier in this workspace.");
