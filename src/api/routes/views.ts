import { z } from "zod";
import { publicId } from "#domain/ids.ts";
import { lockedViews, orderColumns } from "#domain/order-views.ts";
import { ok, type Result } from "#domain/result.ts";
import { headlines } from "#domain/lifecycle.ts";
import { changeView, createView, mostViews, removeView, type Viewer } from "#engine/manage/saved-view.ts";
import { countOrders } from "#store/read/counts.ts";
import { countFound, type OrderFilter } from "#store/read/order-list.ts";
import { mostHits, quickSearch, type Hit } from "#store/read/quick-search.ts";
import { listViews, type SavedView } from "#store/saved-view.ts";
import { inWorkspace } from "#store/workspace-scope.ts";
import { callerMay, type Caller } from "../caller.ts";
import { manageContext, type Api, type ApiContext } from "../context.ts";
import { filterOfWords, foundCount, mostCounted, Sort, Words } from "../order-search.ts";
import { noteRead } from "../personal.ts";
import { notFound, Problem } from "../problem.ts";
import { act, etag, noContent, refusal, versionOf } from "../route.ts";
import { HeadlineCode, idOf, problems, text } from "../schemas.ts";

const tags = ["Views"];

const View = z
  .object({
    /** Of the locked ones a word, such as `needs_attention`. */
    id: z.string(),
    name: z.string(),
    locked: z.boolean(),
    shared: z.boolean(),
    words: z.string(),
    sort: Sort,
    columns: z.array(z.enum(orderColumns)),
    position: z.int(),
    version: z.int(),
  })
  .meta({ id: "View" });
const Counted = View.extend({
  count: z
    .object({ orders: z.int(), or_more: z.boolean() })
    .nullable()
    .meta({
      description: `Exact up to ${mostCounted}, beyond that where counters know it; null: its words are understood no more`,
    }),
}).meta({ id: "CountedView" });
const columns = z.array(z.enum(orderColumns)).max(orderColumns.length);
const position = z.int().min(0).max(10_000);
const NewView = z
  .strictObject({
    name: text(60),
    words: Words.default(""),
    sort: Sort.default("newest"),
    columns: columns.default([]),
    position: position.default(0),
    shared: z.boolean().default(false),
  })
  .meta({ id: "NewView" });
const ViewChange = z
  .strictObject({
    name: text(60),
    words: Words,
    sort: Sort,
    columns,
    position,
    shared: z.boolean(),
  })
  .partial()
  .meta({ id: "ViewChange" });
const SearchHit = z
  .object({
    /** What was found: a number, a tracking number, a supplier's order number or a buyer's name. */
    found: z.string(),
    order: z.object({ id: z.string(), number: z.string(), headline: HeadlineCode, title: z.string() }),
  })
  .meta({ id: "SearchHit" });
const onView = z.strictObject({ id: idOf("savedView") });

/** VW rules. Lists as people keep them, with their counts, and what the command palette finds. */
export function viewRoutes(app: Api, context: ApiContext): void {
  const { db } = context;
  const viewerOf = (caller: Caller): Viewer => ({
    workspaceId: caller.workspaceId,
    mayShare: callerMay(caller, "orders.change"),
  });

  app.get(
    "/v1/views",
    {
      schema: {
        summary: "The locked views, everybody's and your own, each with its count",
        tags,
        response: { 200: z.object({ views: z.array(Counted) }), ...problems },
      },
    },
    async ({ caller }) => {
      const { workspaceId, actor } = caller;
      const saved = await inWorkspace(db.api, workspaceId, (tx) => listViews(tx, workspaceId, actor));
      const searches = new Map<string, OrderFilter | null>();
      for (const { words } of [...lockedViews, ...saved])
        searches.set(words, await filterOfWords(context, caller, words).catch(noFilter));
      return inWorkspace(db.api, workspaceId, async (tx) => {
        const counters = await countOrders(tx, workspaceId);
        const counted = async (words: string) => {
          const filter = searches.get(words) ?? null;
          if (filter === null) return null;
          return foundCount(await countFound(tx, workspaceId, filter, mostCounted + 1));
        };
        const views: z.output<typeof Counted>[] = [];
        for (const [index, { id, name, words, headlines: summed }] of lockedViews.entries()) {
          const sum = id === "all" ? counters.total : summed?.reduce((all, each) => all + counters.headlines[each], 0);
          const count = sum === undefined ? await counted(words) : { orders: sum, or_more: false };
          views.push({ ...lockedShape, id, name, words, position: index, count });
        }
        for (const view of saved) views.push({ ...viewOf(view), count: await counted(view.words) });
        return { views };
      });
    },
  );

  app.post(
    "/v1/views",
    {
      schema: {
        summary: "Save a list: your own, or everybody's",
        description: `Up to ${mostViews} of your own and ${mostViews} shared. Shared ones are for those who may change orders.`,
        tags,
        body: NewView,
        response: { 201: View, ...problems },
      },
    },
    async (request, reply) => {
      const { caller, body } = request;
      await filterOfWords(context, caller, body.words); // refuses words that mean nothing
      return act(
        context,
        request,
        reply,
        async () => mine(await createView(manageContext(context, caller), viewerOf(caller), body)),
        (view) => ({ status: 201, body: viewOf(view), headers: { etag: etag(view.version) } }),
      );
    },
  );

  app.put(
    "/v1/views/:id",
    {
      schema: {
        summary: "Change a saved view; what is not named stays",
        tags,
        params: onView,
        body: ViewChange,
        response: { 200: View, ...problems },
      },
    },
    async (request, reply) => {
      const { caller, body, params } = request;
      if (body.words !== undefined) await filterOfWords(context, caller, body.words);
      const on = { view: params.id, ...versionOf(request) };
      return act(
        context,
        request,
        reply,
        async () => mine(await changeView(manageContext(context, caller), viewerOf(caller), on, body)),
        (view) => ({ body: viewOf(view), headers: { etag: etag(view.version) } }),
      );
    },
  );

  app.delete(
    "/v1/views/:id",
    { schema: { summary: "Delete a saved view", tags, params: onView, response: { 204: z.null(), ...problems } } },
    async ({ caller, params }, reply) => {
      const result = mine(await removeView(manageContext(context, caller), viewerOf(caller), params.id));
      if (result.status === "refused") throw refusal(result);
      return noContent(reply);
    },
  );

  app.get(
    "/v1/search",
    {
      schema: {
        summary: "What begins with these letters: orders, supplier orders, tracking numbers, SKUs, buyers",
        description: `At most ${mostHits} of each. That buyers' names were shown is recorded.`,
        tags,
        querystring: z.strictObject({ q: text(100, 2) }),
        response: {
          200: z.object({
            orders: z.array(SearchHit),
            supplier_orders: z.array(SearchHit),
            tracking_numbers: z.array(SearchHit),
            buyers: z.array(SearchHit),
            skus: z.array(z.string()),
          }),
          ...problems,
        },
      },
    },
    async ({ caller, query }) => {
      const { workspaceId } = caller;
      const found = await inWorkspace(db.api, workspaceId, (tx) => quickSearch(tx, workspaceId, query.q.trim()));
      if (found.buyers.length > 0) await noteRead(context, caller, "search", null);
      return {
        orders: found.orders.map(hitOf),
        supplier_orders: found.supplierOrders.map(hitOf),
        tracking_numbers: found.trackingNumbers.map(hitOf),
        buyers: found.buyers.map(hitOf),
        skus: found.skus,
      };
    },
  );
}

/** Words that were saved and mean nothing any more, or nothing to this caller, must not hide the other views. */
const noFilter = (error: unknown): null => {
  if (error instanceof Problem) return null;
  throw error;
};

/** A view of somebody else is answered like one that is not there; what the role forbids is 403. */
function mine<T>(result: Result<T>): Result<T> {
  if (result.status === "ok") return ok(result.value);
  if (result.code === "no_such_view") throw notFound();
  if (result.code === "role_may_not")
    throw new Problem({
      status: 403,
      code: result.code,
      detail: result.message,
      next: "Send it with `shared: false`.",
    });
  return result;
}

const lockedShape = { locked: true, shared: true, sort: "newest", columns: [], version: 0 } as const satisfies Partial<
  z.output<typeof View>
>;
const viewOf = (view: SavedView): z.output<typeof View> => ({
  id: publicId("savedView", view.publicId),
  name: view.name,
  locked: false,
  shared: view.owner === null,
  words: view.words,
  sort: view.sort,
  columns: view.columns,
  position: view.position,
  version: view.version,
});
const hitOf = (hit: Hit): z.output<typeof SearchHit> => ({
  found: hit.found,
  order: {
    id: publicId("order", hit.orderPublicId),
    number: hit.number,
    headline: hit.headline,
    title: headlines[hit.headline].title,
  },
});
