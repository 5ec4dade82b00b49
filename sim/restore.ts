import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import * as actions from "#engine/actions.ts";
import { holdWhatMayBeBought } from "#engine/manage/after-restore.ts";
import { Journal } from "#gate/journal.ts";
import { suppliers } from "#sandbox/catalogue.ts";
import { loadBackup } from "#store/backup/load.ts";
import type { Manifest } from "#store/backup/manifest.ts";
import { takeBackup } from "#store/backup/take.ts";
import { ring } from "#store/commit.ts";
import { findInstallation, moveHome } from "#store/installation.ts";
import type { SimCluster } from "./cluster.ts";
import { isNoted } from "./people/left-behind.ts";
import { findOrder, inBrowser, pressing, readKnown, someone, wait } from "./people/desk.ts";
import type { Stream } from "./random.ts";
import { orderName, type Forgotten } from "./restore-facts.ts";
import { diskOf, type Running, type Town } from "./town.ts";

const minute = 60_000;
/** Whoever died is started again by then. */
const upAgainMs = 21_000;

interface Copy {
  folder: string;
  manifest: Manifest;
  takenAt: number;
}

/**
 * SM-30, C13. Once in the run the database is set back to a backup of a while ago, by the product's own means, while the gate's journal, the suppliers and the
 * channels keep what they know. Everybody who runs is dead by then. The copy comes up in safe mode; a while later the administrator says that it is home.
 */
export async function setBackOnce(town: Town, cluster: SimCluster, { sellMs }: { sellMs: number }): Promise<void> {
  const luck = town.streams.stream("restore");
  await wait(town, luck.between(0.1, 0.9) * sellMs, "backup");
  const copy = await between(town, () => takeCopy(town, cluster));
  // Aimed: soon after something was armed that the copy does not know. Where nothing is, it is set back all the same.
  for (let looks = 0; looks < 120 && !isArmedSince(town, copy.takenAt); looks += 1)
    await wait(town, minute / 2, "something is armed");
  await wait(town, luck.between(0.2, 12) * minute, "restore");
  await between(town, async () => {
    try {
      await setBack(town, cluster, copy);
    } finally {
      await rm(copy.folder, { recursive: true });
    }
  });
  await wait(town, upAgainMs, "everybody is up");
  town.onRing();
  await wait(town, luck.between(0.1, 25) * minute, "safe mode");
  await proveSuppliers(town, luck);
  for (let tries = 0; town.restored?.homeAt === null && tries < 20; tries += 1) await sayHome(town, luck);
}

const isArmedSince = ({ attempts }: Town, instant: number): boolean =>
  [...attempts.byReference.values()].some(({ committedAt }) => committedAt > instant);

/** Between two steps, when nobody runs: what waits for the real world anywhere else would go on at another step each time. Unlike a look it is not tried again. */
function between<T>({ scheduler }: Town, work: () => Promise<T>): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  scheduler.afterwards(() => work().then(resolve, reject));
  return promise;
}

async function takeCopy(town: Town, cluster: SimCluster): Promise<Copy> {
  const { scheduler, database } = town;
  // It goes with the cluster where the run ends before it is needed.
  const folder = await mkdtemp(join(cluster.dataDir, "backup-"));
  const manifest = await takeBackup({
    database: database.config("postgres"),
    folder: join(folder, "backup"),
    sandbox: null,
  });
  scheduler.note(null, "backup", String(manifest.tables.reduce((sum, { rows }) => sum + rows, 0)));
  // The server's clock is the machine's.
  return { folder, manifest: { ...manifest, takenAt: new Date(scheduler.now).toISOString() }, takenAt: scheduler.now };
}

async function setBack(town: Town, cluster: SimCluster, { folder, manifest, takenAt }: Copy): Promise<void> {
  const { scheduler, monitor, database, attempts, coverage } = town;
  await town.killAll();
  const before = await readTrail(town);
  const fresh = await cluster.makeDatabase();
  await loadBackup({
    owner: fresh.config("switchyard_owner"),
    folder: join(folder, "backup"),
    manifest,
    now: new Date(scheduler.now),
  });
  await fresh.takePlaceOf(database);
  await monitor.reconnect();
  await eyeIsOpen(town);
  const after = await readTrail(town);

  const forgotten = before.attempts.filter(({ reference, state }) => after.states.get(reference) !== state);
  town.restored = {
    takenAt,
    at: scheduler.now,
    homeAt: null,
    forgotten: forgotten.map(({ state: _, ...each }) => ({
      ...each,
      committedAt: attempts.byReference.get(each.reference)?.committedAt ?? null,
      isKnown: after.states.has(each.reference),
    })),
    touched: new Set([...before.events].filter(([name, seq]) => after.events.get(name) !== seq).map(([name]) => name)),
    warned: new Set(),
  };
  for (const { kind } of forgotten) coverage.visit("C13", kind);
  for (const { reference } of forgotten) if (!after.states.has(reference)) attempts.forget(reference);
  scheduler.note(null, "restored", `${forgotten.length} attempts, ${town.restored.touched.size} orders`);
  town.onOtherDatabase();
}

/** Connections that were cut leave their pool when they notice it. */
async function eyeIsOpen({ monitor, eye }: Town): Promise<void> {
  await monitor.query("select");
  for (let tries = 0; ; tries += 1)
    try {
      return await eye.tx(async () => {});
    } catch (error) {
      if (tries === 9) throw error;
    }
}

interface Trail {
  attempts: (Omit<Forgotten, "isKnown" | "committedAt"> & { state: string })[];
  states: Map<string, string>;
  /** How many events each order has. */
  events: Map<string, number>;
}
/** What a database knows of its attempts and how much it knows of each order. */
async function readTrail({ monitor }: Town): Promise<Trail> {
  const attempts = await monitor.query<Trail["attempts"][number]>(`
    select w.slug as "workspaceSlug", o.channel_order_id as "channelOrderId", a.reference, a.kind, a.state,
           s.settings #>> '{connector,supplier}' as supplier,
           (select coalesce(json_agg(json_build_object('channelLineId', l.channel_line_id, 'componentNo', f.component_no, 'quantity', f.quantity - f.quantity_cancelled,
                                                       'supplierSku', f.supplier_sku, 'units', f.units - f.units_cancelled) order by f.no), '[]')
              from fulfillment_order_line f
              join order_line l on l.workspace_id = f.workspace_id and l.order_id = a.order_id and l.no = f.order_line_no
             where f.workspace_id = a.workspace_id and f.fulfillment_order_id = a.fulfillment_order_id and f.supplier_sku is not null) as lines
      from attempt a
      join workspace w on w.id = a.workspace_id
      join sales_order o on o.workspace_id = a.workspace_id and o.id = a.order_id
      join supplier s on s.workspace_id = a.workspace_id and s.id = a.supplier_id
     order by a.workspace_id, a.reference`);
  const events = await monitor.query<{ name: string; seq: number }>(`
    select w.slug || '/' || o.channel_order_id as name, coalesce(max(e.seq), 0)::float8 as seq
      from sales_order o join workspace w on w.id = o.workspace_id
      left join event e on e.workspace_id = o.workspace_id and e.order_id = o.id
     group by 1 order by 1`);
  return {
    attempts,
    states: new Map(attempts.map(({ reference, state }) => [reference, state])),
    events: new Map(events.map(({ name, seq }) => [name, seq])),
  };
}

/**
 * Before that they ask the suppliers, as docs/backup.md says (`switchyard prove`): of what people ordered at a desk while the gate was away no journal knows. What
 * only people order there is held by itself, where its order is here; any other order they hold themselves, or keep in mind until its channel brings it.
 */
async function proveSuppliers(town: Town, luck: Stream): Promise<void> {
  for (const { workspaceSlug, channelOrderId, reference, supplier } of town.restored?.forgotten ?? []) {
    const tenant = town.tenants.find(({ slug }) => slug === workspaceSlug)!;
    const there = tenant.world.state.suppliers.get(supplier)?.byReference.get(reference) ?? [];
    if (there.every(({ by }) => by !== "desk") || isNoted(town, reference)) continue;
    const known = await findOrder(town, tenant, channelOrderId);
    const isHeldByItself = suppliers.some(({ code, kind }) => code === supplier && kind === "human");
    if (known !== undefined && isHeldByItself) continue;
    town.restored!.warned.add(orderName(tenant, channelOrderId));
    if (known === undefined) continue;
    const { order } = await between(town, () => readKnown(town, known));
    await pressing(town, luck, "hold what was bought", () =>
      inBrowser(luck.pick(town.webs), "hold what was bought", ({ engine }) =>
        actions.hold(
          engine,
          someone(tenant, "ann"),
          { order: order.publicId },
          { note: `${tenant.marker}${reference}` },
        ),
      ),
    );
  }
}

/** The administrator, who has stopped every other copy, says that this one is home; who gets no answer says it again. */
const sayHome = async (town: Town, luck: Stream): Promise<void> => {
  await pressing(town, luck, "lift safe mode", async () => {
    const held = await inBrowser(luck.pick(town.webs), "lift safe mode", (running) => makeHome(town, running));
    town.scheduler.note(town.people, "safe mode is lifted", `${held} held`);
    if (town.restored !== null) town.restored.homeAt = town.scheduler.now;
    town.onRing();
  });
  if (town.restored?.homeAt === null) await wait(town, minute, "lift safe mode again");
};

/** As `makeHome` of src/cli/installation.ts does it, without its files: the journal lies in memory here, and the token has never left this home. */
async function makeHome(town: Town, { engine, process }: Running): Promise<number> {
  const installation = await findInstallation(engine.db);
  if (installation === undefined) throw new Error("The copy has no installation in it.");
  const journal = await Journal.open(diskOf(process, town.journal), () => engine.clock.now());
  const which = journal.knowsSince(installation.heartbeatAt) ? "by_hand" : "all";
  await journal.close();
  const held = await holdWhatMayBeBought(engine, { since: installation.heartbeatAt, which });
  await moveHome(engine.db, { tokenDigest: "", home: "" });
  await diskOf(process, town.journal).write([{ line: "adopted", at: engine.clock.now() }], engine.clock.now());
  await ring(engine.db);
  return held;
}
