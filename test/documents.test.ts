import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { diskFiles } from "#connectors/files/disk.ts";
import { csvSupplier } from "#connectors/suppliers/csv/supplier.ts";
import type { Stage } from "#engine/stage.ts";
import { dispatch } from "#engine/stages/dispatch.ts";
import { place } from "#engine/stages/place.ts";
import { release } from "#engine/stages/release.ts";
import { verify } from "#engine/stages/verify.ts";
import { col, row } from "#store/row.ts";
import { openDb } from "#store/db.ts";
import { sql } from "#store/sql.ts";
import { json } from "#store/writer.ts";
import { aShopFloor, contracts, type ShopFloor } from "./shop.ts";

interface Outbox extends ShopFloor {
  folder: string;
  sent(): Promise<string[]>;
}
async function anOutbox(t: TestContext, settings: Record<string, unknown> = {}): Promise<Outbox> {
  const folder = await mkdtemp(join(tmpdir(), "csv-supplier-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const floor = await aShopFloor(t, contracts.none, { connector: () => csvSupplier, files: diskFiles });
  const connector = { folder, ...settings };
  await floor.database.engine.run(sql`update supplier set settings = ${json({ connector })}::jsonb`);
  await csvSupplier.documents!.prepare({
    supplierId: "1",
    accountId: "1",
    settings: connector,
    secrets: {},
    outside: { files: diskFiles, now: () => floor.clock.now(), http: () => Promise.reject(new Error("no calls")) },
  });
  return { ...floor, folder, sent: async () => (await readdir(join(folder, "outbox"))).toSorted() };
}
const State = row({ state: col.text });
const states = async ({ database }: ShopFloor): Promise<string[]> =>
  (await database.engine.rows(State, sql`select state from fulfillment_order order by id`)).map((each) => each.state);
const attempts = async ({ database }: ShopFloor): Promise<string[]> =>
  (
    await database.engine.rows(
      State,
      sql`select state || ' ' || (supplier_order_id is not distinct from reference)::text as state from attempt order by armed_at, id`,
    )
  ).map((each) => each.state);

async function run(floor: ShopFloor, stages: readonly Stage[] = [verify, release, place, dispatch]): Promise<void> {
  for (let moved = 1; moved > 0;) {
    moved = 0;
    for (const stage of stages) {
      moved += await stage.run(floor.engine);
      await stage.settle?.(floor.engine);
    }
  }
}

test("PL-61 each purchase leaves as a file of its own, and placed means that it left; our reference stands for the number", async (t) => {
  const floor = await anOutbox(t);
  await floor.orders(2);

  await run(floor);

  assert.deepEqual(await states(floor), ["placed", "placed"]);
  assert.deepEqual(await attempts(floor), ["placed true", "placed true"]);
  const files = await floor.sent();
  assert.equal(files.length, 2);
  assert.match(await readFile(join(floor.folder, "outbox", files[0]!), "utf8"), /A-MUG/);
  const { state } = await floor.database.engine.one(
    State,
    sql`select string_agg(distinct state, ',') as state from dispatch`,
  );
  assert.equal(state, "sent");
});

test("PL-61 with set times the orders wait in the buffer, free to cancel, and leave together in one file", async (t) => {
  const floor = await anOutbox(t, { perFile: "batch", sendTimes: ["15:30"] });
  await floor.orders(3); // a little past noon, UTC

  await run(floor);
  assert.deepEqual([await states(floor), await floor.sent()], [["waiting", "waiting", "waiting"], []]);
  floor.clock.moveTo(new Date("2026-11-22T15:29:59Z"));
  await run(floor);
  assert.deepEqual([await states(floor), await floor.sent()], [["waiting", "waiting", "waiting"], []]);
  floor.clock.moveTo(new Date("2026-11-22T15:30:07Z")); // the worker is late
  await run(floor);

  assert.deepEqual(await states(floor), ["placed", "placed", "placed"]);
  const [file, ...others] = await floor.sent();
  assert.deepEqual(others, []);
  assert.equal((await readFile(join(floor.folder, "outbox", file!), "utf8")).trim().split("\r\n").length, 4);
});

test("PL-61 what a document cannot carry is held with the field that is wrong; the others leave without it", async (t) => {
  const floor = await anOutbox(t, { perFile: "batch", encoding: "windows-1252" });
  const orders = await floor.orders(3);
  await floor.database.engine.run(
    sql`update order_address set name = ${"王小明"} where order_id = ${orders[1]!}::bigint`,
  );

  await run(floor);

  assert.deepEqual(await states(floor), ["placed", "held", "placed"]);
  const { state } = await floor.database.engine.one(
    State,
    sql`select detail ->> 'message' as state from hold where closed_at is null`,
  );
  assert.match(state, /name/);
  assert.doesNotMatch(state, /小明/); // never the buyer's data
  assert.equal((await floor.sent()).length, 1);
});

for (const point of ["gate-document-staged", "gate-document-last-check", "gate-document-released"]) {
  test(`PL-56 when the gate dies at ${point}, the same bytes leave once, or are found to have left`, async (t) => {
    const floor = await anOutbox(t);
    await floor.orders(1);
    await floor.newGate(point);
    await run(floor, [place]);
    assert.deepEqual(await states(floor), ["placing"]);
    const [name] = await floor.sent();
    if (name !== undefined) await rename(join(floor.folder, "outbox", name), join(floor.folder, "fetched.csv")); // the supplier has taken it
    await floor.newGate();
    floor.clock.advance(120_000);

    await run(floor);

    assert.deepEqual(await states(floor), ["placed"]);
    assert.deepEqual((await floor.sent()).length, name === undefined ? 1 : 0);
    assert.equal((await attempts(floor)).length, 1);
  });
}

for (const point of ["place-armed", "dispatch-before-send", "dispatch-before-record"]) {
  test(`PL-56 when the worker dies at ${point}, another one sends the committed document, once`, async (t) => {
    const floor = await anOutbox(t);
    await floor.orders(1);
    const dying = floor.worker(point);
    await place.run(dying);
    await place.settle?.(dying);
    floor.clock.advance(120_000);

    await run(floor);

    assert.deepEqual([await states(floor), await attempts(floor)], [["placed"], ["placed true"]]);
    assert.equal((await floor.sent()).length, 1);
  });
}

test("PL-56 a folder that is away proves nothing: the document waits, and its orders are not placed elsewhere", async (t) => {
  const floor = await anOutbox(t);
  await floor.orders(1);
  await rename(floor.folder, `${floor.folder}-away`);
  t.after(() => rm(`${floor.folder}-away`, { recursive: true, force: true }));

  await run(floor);
  floor.clock.advance(600_000);
  await run(floor);
  assert.deepEqual([await states(floor), (await attempts(floor)).length], [["placing"], 1]);

  await rename(`${floor.folder}-away`, floor.folder);
  floor.clock.advance(120_000);
  await run(floor);
  assert.deepEqual([await states(floor), (await floor.sent()).length], [["placed"], 1]);
});

test("PL-56 in safe mode nothing leaves: what was committed is withdrawn, and only that is proof", async (t) => {
  const floor = await anOutbox(t);
  await floor.orders(1);
  const dying = floor.worker("place-armed");
  await place.run(dying);
  await place.settle?.(dying);
  await floor.database.engine.run(sql`update installation set safe_mode_reason = 'a copy'`);
  floor.clock.advance(120_000);

  await run(floor, [dispatch]);

  assert.deepEqual([await floor.sent(), (await attempts(floor)).map((each) => each.split(" ")[0])], [[], ["void"]]);
});

test("PL-68 C13 an order that left in a document after the backup does not leave in another one; the others of that one do", async (t) => {
  const floor = await anOutbox(t, { perFile: "batch" });
  await floor.orders(1);
  await run(floor);
  assert.deepEqual([await states(floor), (await floor.sent()).length], [["placed"], 1]);
  // The backup is from just before the arming; the administrator has said that this copy is home.
  const superuser = openDb(floor.database.config("postgres"));
  for (const change of [
    sql`truncate evidence, ledger_entry, ledger_transaction`,
    sql`delete from attempt`,
    sql`delete from dispatch`,
    sql`update fulfillment_order set state = 'waiting', placed_at = null, fence = 0, due_at = ${floor.clock.now()}`,
    sql`update fulfillment_order_line set units_placed = 0`,
  ])
    await superuser.run(change);
  await superuser.end();
  await floor.newGate();

  await floor.orders(1);
  await run(floor);
  floor.clock.advance(3_600_000); // what was withdrawn is tried again a little later
  await run(floor);

  assert.deepEqual(await states(floor), ["held", "placed"]);
  const { state } = await floor.database.engine.one(State, sql`select code as state from hold where closed_at is null`);
  assert.equal(state, "bought_before_restore");
  const texts = await Promise.all(
    (await floor.sent()).map((name) => readFile(join(floor.folder, "outbox", name), "utf8")),
  );
  assert.equal(texts.flatMap((text) => text.trim().split("\r\n").slice(1)).length, 2);
});
