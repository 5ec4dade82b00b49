import type { OrderId } from "#domain/ids.ts";
import * as actions from "#engine/actions.ts";
import { countOrders } from "#store/read/counts.ts";
import { listEvents } from "#store/read/events.ts";
import { listOrders } from "#store/read/order-list.ts";
import { readOrder } from "#store/read/order.ts";
import { listParts } from "#store/read/part.ts";
import { listShipments } from "#store/read/shipment-list.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { inWorkspace } from "#store/workspace-scope.ts";
import type { Db, Tx } from "#store/db.ts";
import type { Stream } from "../random.ts";
import type { Tenant } from "../tenants.ts";
import type { Town } from "../town.ts";
import { inBrowser, look, pressing, someone, tell, type Known } from "./desk.ts";

/** SM-27. Somebody looks at a page, as the role that sees one workspace; now and then at an id that belongs to another one. Each answer is kept. */
export const readSomething = (town: Town, luck: Stream, known: Known): Promise<void> =>
  pressing(town, luck, "read", async () => {
    const { tenant } = known;
    const web = luck.pick(town.webs);
    const page = luck.pick(pages);
    const publicId = await look(town, () => publicIdOf(town, known));
    if (publicId === null) return;
    const stranger = await look(town, () => strangerTo(town, tenant));
    const answer = await inBrowser(web, `read ${page.name}`, ({ process }) =>
      page(process.read!, { tenant, orderId: known.orderId, publicId, stranger }),
    );
    tell(town, tenant, answer);
    if (stranger === null || !luck.chance(0.2)) return;
    const changed = await inBrowser(web, "a foreign button", ({ engine }) =>
      actions.hold(
        engine,
        someone(tenant, "seller"),
        { order: stranger.publicId },
        { note: `${tenant.marker}not mine` },
      ),
    );
    tell(town, tenant, changed);
    if (changed.status === "ok") town.thrown.push(`${tenant.slug} changed order ${stranger.publicId} of another one`);
  });

interface Asked {
  tenant: Tenant;
  orderId: OrderId;
  publicId: string;
  /** An order of somebody else's. */
  stranger: Stranger | null;
}
type Page = (db: Db, asked: Asked) => Promise<unknown>;

const within = (db: Db, { tenant }: Asked, work: (tx: Tx) => Promise<unknown>): Promise<unknown> =>
  inWorkspace(db, tenant.workspaceId, work);
const order: Page = (db, asked) => within(db, asked, (tx) => readOrder(tx, asked.tenant.workspaceId, asked.publicId));
const list: Page = (db, asked) =>
  within(db, asked, (tx) => listOrders(tx, asked.tenant.workspaceId, {}, { after: null, limit: 10 }));
const searched: Page = (db, asked) =>
  within(db, asked, (tx) => listOrders(tx, asked.tenant.workspaceId, { q: "HP-MUG-TIDE" }, { after: null, limit: 5 }));
const counts: Page = (db, asked) => within(db, asked, (tx) => countOrders(tx, asked.tenant.workspaceId));
const trail: Page = (db, asked) =>
  within(db, asked, (tx) =>
    listEvents(tx, asked.tenant.workspaceId, asked.orderId, { before: null, limit: 50, line: null }),
  );
const parts: Page = (db, asked) =>
  within(db, asked, (tx) =>
    listParts(tx, asked.tenant.workspaceId, { states: null, supplier: null }, { after: null, limit: 10 }),
  );
const shipments: Page = (db, asked) =>
  within(db, asked, (tx) => listShipments(tx, asked.tenant.workspaceId, { untold: false }, { after: null, limit: 10 }));
/** Their id under our name. */
const foreign: Page = (db, asked) =>
  within(db, asked, (tx) => readOrder(tx, asked.tenant.workspaceId, asked.stranger?.publicId ?? asked.publicId));
/** Their id under their name, by somebody who is let into ours: where a statement forgets to ask, the database does not. */
const trespassing: Page = (db, asked) =>
  within(db, asked, (tx) =>
    asked.stranger === null
      ? Promise.resolve(null)
      : readOrder(tx, asked.stranger.tenant.workspaceId, asked.stranger.publicId),
  );
const pages: readonly Page[] = [order, order, list, searched, counts, trail, parts, shipments, foreign, trespassing];

interface Stranger {
  tenant: Tenant;
  publicId: string;
}
const PublicIds = row({ publicId: col.text });
/** null: a database that was set back has not met it. */
const publicIdOf = async ({ eye }: Town, { tenant, orderId }: Known): Promise<string | null> =>
  (
    await eye.maybe(
      PublicIds,
      sql`select public_id from sales_order where workspace_id = ${tenant.workspaceId}::bigint and id = ${orderId}::bigint`,
    )
  )?.publicId ?? null;
async function strangerTo({ eye, tenants }: Town, { workspaceId }: Tenant): Promise<Stranger | null> {
  const tenant = tenants.find((each) => each.workspaceId !== workspaceId)!;
  const found = await eye.maybe(
    PublicIds,
    sql`select public_id from sales_order where workspace_id = ${tenant.workspaceId}::bigint order by id desc limit 1`,
  );
  return found === undefined ? null : { tenant, publicId: found.publicId };
}
