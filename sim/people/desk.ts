import type { OrderId, WorkspaceId } from "#domain/ids.ts";
import type { Attempt, DossierPart, FulfillmentOrder, OrderDossier } from "#domain/order.ts";
import type { Who } from "#engine/actions/change-order.ts";
import { readDossiers } from "#store/dossier.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { isOfTheConnection } from "../doorbell.ts";
import type { Stream } from "../random.ts";
import type { Tenant } from "../tenants.ts";
import type { Host, Running, Town } from "../town.ts";

// How people of the town work: they look, press a button in a browser, wait for the answer, and press again when none came.

/** One order as somebody of its workspace knows it. */
export interface Known {
  tenant: Tenant;
  orderId: OrderId;
}

/** The web process died, or is not up: the browser shows an error page. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

export const wait = async ({ scheduler, people }: Town, afterMs: number, what = "people"): Promise<void> =>
  void (await scheduler.park(people, { kind: "sleep", what }, afterMs));

/** A look by the harness between two steps: it takes no time and nobody notices. What `look` does at the end of it happens at the same moment. */
export function look<T>(town: Town, read: () => Promise<T>): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  town.scheduler.afterwards(async () => {
    try {
      resolve(await twice(read));
    } catch (error) {
      reject(error);
    }
  });
  return promise;
}
/** The server may have crashed since the last look. */
async function twice<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!isOfTheConnection(error)) throw error;
    return read();
  }
}

/** SM-21. Runs a handler in a web process. Throws `NoAnswer` when the process is not up or dies before it answers. */
export async function inBrowser<T>(web: Host, what: string, handle: (running: Running) => Promise<T>): Promise<T> {
  const there = web.current();
  if (there === null) throw new NoAnswer(`${web.name} is not up.`);
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const off = there.process.onDeath(() => reject(new NoAnswer(`${web.name} died.`)));
  void (async () => {
    await there.process.at("start", what, there.process.luck.whole(0, 3));
    return handle(there);
  })().then(resolve, reject);
  return promise.finally(off);
}

/** Someone who presses a button, until it is answered: three times at most, seconds apart. Each time they look first. */
export async function pressing(town: Town, luck: Stream, what: string, press: () => Promise<unknown>): Promise<void> {
  for (let times = 1; times <= 3; times += 1) {
    try {
      return void (await press());
    } catch (error) {
      town.scheduler.note(town.people, `${what} failed`, error instanceof Error ? error.message : String(error));
      if (!(error instanceof NoAnswer) && !isOfTheConnection(error)) {
        town.thrown.push(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
        return;
      }
      await wait(town, luck.whole(1_000, 25_000), `${what} again`);
    }
  }
}

export const someone = ({ workspaceId }: Tenant, name: string): Who => ({
  workspaceId,
  actor: `user:${name}`,
  role: "owner",
});

/** What was answered is kept, for whoever looks for texts that belong to others. */
export function tell({ scheduler, told }: Town, { slug }: Tenant, answer: unknown): void {
  told.push({ step: scheduler.step, workspaceSlug: slug, text: JSON.stringify(answer, plain) });
}
const plain = (_key: string, value: unknown): unknown =>
  typeof value === "bigint"
    ? value.toString()
    : value instanceof Map
      ? [...(value.entries() as Iterable<unknown>)]
      : value;

// ------------------------------------------------------------------ what they know of orders

const OrderIds = row({ id: col.id<OrderId>() });
export const findOrder = (town: Town, tenant: Tenant, channelOrderId: string): Promise<Known | undefined> =>
  look(town, async () => {
    const found = await town.eye.maybe(
      OrderIds,
      sql`select id from sales_order where workspace_id = ${tenant.workspaceId}::bigint and channel_order_id = ${channelOrderId} order by id limit 1`,
    );
    return found === undefined ? undefined : { tenant, orderId: found.id };
  });

/** Throws `NoAnswer` for an order that is not there any more: its database was set back. */
export const readKnown = (
  town: Town,
  { tenant, orderId }: Known,
  parts?: readonly DossierPart[],
): Promise<OrderDossier> =>
  town.eye.tx(async (tx) => {
    const [dossier] = await readDossiers(tx, [{ workspaceId: tenant.workspaceId, orderId }], parts);
    if (dossier === undefined) throw new NoAnswer(`There is no order ${orderId}.`);
    return dossier;
  });

/** In no run. */
const farOff = Date.parse("2999-01-01T00:00:00Z");
const NeedRow = row({ workspaceId: col.id<WorkspaceId>(), orderId: col.id<OrderId>(), channelOrderId: col.text });
/** Orders that wait for somebody's hands, oldest first, each with the number on the screen. */
export const inNeed = (town: Town): Promise<(Known & { channelOrderId: string })[]> =>
  look(town, async () => {
    const rows = await town.eye.rows(
      NeedRow,
      sql`
      with need as (
        select workspace_id, order_id from fulfillment_order
         where state in ('ready', 'printed', 'collecting', 'escalated', 'outcome_unknown')
            or state = 'partially_shipped' and supplier_id in (select s.id from supplier s where s.role = 'prep')
        union
        select workspace_id, order_id from attempt where state = 'unknown' or state = 'armed' and kind = 'human'
        union
        select workspace_id, order_id from cancellation where state = 'requested'
        union
        select c.workspace_id, c.order_id from cancellation c
          join cancellation_ask a on a.workspace_id = c.workspace_id and a.cancellation_id = c.id where a.state = 'by_hand'
        union
        select workspace_id, order_id from write_back where state in ('refused', 'by_hand')
        union
        select workspace_id, order_id from hold where code = 'bought_before_restore' and closed_at is null
        union
        select workspace_id, order_id from hold where code = 'stand_by' and closed_at is null and opened_at > ${new Date(town.restored?.at ?? farOff)}
      )
      select o.workspace_id, o.id as order_id, o.channel_order_id
        from need join sales_order o on o.workspace_id = need.workspace_id and o.id = need.order_id order by 1, 2`,
    );
    return rows.map(({ workspaceId, ...order }) => ({
      tenant: town.tenants.find((each) => each.workspaceId === workspaceId)!,
      ...order,
    }));
  });

export const openAttempt = (dossier: OrderDossier, fo: FulfillmentOrder): Attempt | undefined =>
  dossier.attempts.find(
    (each) => each.fulfillmentOrderId === fo.id && (each.state === "armed" || each.state === "unknown"),
  );

// ------------------------------------------------------------------ the world outside

/** What the supplier's own list shows under this reference now. */
export const boughtUnder = (
  { scheduler }: Town,
  { world, codes }: Tenant,
  { supplierId, reference }: Pick<Attempt, "supplierId" | "reference">,
): string | undefined =>
  world.state.suppliers
    .get(codes.get(supplierId)!)
    ?.byReference.get(reference)
    ?.find(({ at }) => at <= scheduler.now)?.supplierOrderId;

/** A call of a person's browser to the world: no faults of the way, no waiting. */
export function ask(
  town: Town,
  { world }: Tenant,
  method: string,
  path: string,
  body: unknown,
): { status: number; body: Record<string, unknown> } {
  const code = /^\/(?:suppliers\/)?(?!admin|carriers)([^/]+)/.exec(path)?.[1];
  const given = world.handle({
    method,
    path,
    headers: {
      "content-type": "application/json",
      ...(code === undefined ? {} : { authorization: `Bearer sandbox-${code}` }),
    },
    body: JSON.stringify(body),
  });
  if (given.type === "drop") throw new NoAnswer(`${method} ${path} was dropped.`);
  town.scheduler.note(town.people, `${method} ${path}`, `${given.status} ${given.body}`);
  return { status: given.status, body: JSON.parse(given.body) as Record<string, unknown> };
}
