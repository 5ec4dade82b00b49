import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { countOrders } from "#store/read/counts.ts";
import { listEvents } from "#store/read/events.ts";
import { listOrders } from "#store/read/order-list.ts";
import { sandboxWorkspace } from "#store/read/workspace.ts";
import { inWorkspace } from "#store/workspace-scope.ts";
import type { Api, ApiContext } from "../context.ts";
import { isFromThisMachine } from "../loopback.ts";
import { doorHtml, doors } from "../page/door.ts";
import { pageHtml, type PageState } from "../page/page.ts";
import { notFound } from "../problem.ts";

const folder = join(import.meta.dirname, "..", "page");
const files = {
  "/page.css": { path: join(folder, "page.css"), type: "text/css; charset=utf-8" },
  "/icon.svg": { path: join(folder, "icon.svg"), type: "image/svg+xml" },
  "/door.css": { path: join(folder, "door.css"), type: "text/css; charset=utf-8" },
  "/door.js": { path: join(folder, "door.js"), type: "text/javascript; charset=utf-8" },
  "/page.js": { path: join(folder, "page.js"), type: "text/javascript; charset=utf-8" },
} as const;

const rows = 40;
const timelines = 8;

/** API-40. Until there is a dashboard: one page about the sandbox alone, for this machine only. It shows what is there and acts on nothing. */
export function pageRoutes(app: Api, context: ApiContext): void {
  for (const [url, { path, type }] of Object.entries(files))
    app.get(url, { schema: { hide: true } }, async (_request, reply) =>
      reply
        .type(type)
        .header("cache-control", "no-cache")
        .send(await readFile(path)),
    );

  for (const door of context.signIn === undefined ? [] : doors)
    app.get(`/${door}`, { schema: { hide: true } }, (_request, reply) =>
      reply.type("text/html; charset=utf-8").header("cache-control", "no-store").send(doorHtml(door)),
    );

  app.get("/", { schema: { hide: true } }, async (request, reply) => {
    if (!isFromThisMachine(request)) throw notFound();
    const html = pageHtml(await readState(context));
    return reply.type("text/html; charset=utf-8").header("cache-control", "no-store").send(html);
  });
}

async function readState({ db, clock, version = "0.1.0", sandbox }: ApiContext): Promise<PageState> {
  const shown = { now: clock.now(), version, speed: sandbox?.speed ?? null };
  const workspace = await sandboxWorkspace(db.engine);
  if (workspace === undefined) return { ...shown, sandbox: null };
  const { id } = workspace;
  return inWorkspace(db.api, id, async (tx) => {
    const [counts, page] = await Promise.all([
      countOrders(tx, id),
      listOrders(tx, id, {}, { after: null, limit: rows }),
    ]);
    const events = await Promise.all(
      page.orders
        .slice(0, timelines)
        .map(
          async (order) =>
            [order.id, (await listEvents(tx, id, order.id, { before: null, limit: 20, line: null })).events] as const,
        ),
    );
    return {
      ...shown,
      sandbox: {
        name: workspace.name,
        counts,
        orders: page.orders,
        timelines: new Map(events),
        isMore: page.next !== null,
      },
    };
  });
}
