import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { AccountId, WorkspaceId } from "#domain/ids.ts";
import { countUnknowns, lockAdmissions } from "#store/account.ts";
import { postTransactions } from "#store/ledger.ts";
import type { Tx } from "#store/db.ts";
import { col, row } from "#store/row.ts";
import { readShared } from "#store/shared.ts";
import { sql } from "#store/sql.ts";
import { verifyInvariants } from "#store/invariants/verify.ts";
import { findViolations } from "./soak-truth.ts";
import { aSoak, ask, live, readAll, type Soak } from "./soak.ts";

// Two short seeds with every run of the tests. SOAK_SEEDS=40 SOAK_FROM=100 SOAK_DAYS=3 runs forty longer ones.
const count = Number(process.env["SOAK_SEEDS"] ?? "2");
const from = Number(process.env["SOAK_FROM"] ?? "1");
const days = Number(process.env["SOAK_DAYS"] ?? "0.25");

for (let seed = from; seed < from + count; seed += 1) {
  test(`SK-1 two engines, busy people and a hostile world: bought once, told once, nothing lost (seed ${seed})`, async (t) => {
    const soak = await aSoak(t, { seed, days });
    await live(soak, days);
    const { violations, counts } = await findViolations(soak);
    t.diagnostic(JSON.stringify({ seed, ...counts }));
    const broken = (await verifyInvariants(soak.database.engine)).filter((each) => each.count > 0);
    // Said at once: a long run of many seeds tells its failures only at its end.
    for (const each of [...violations, ...broken.map((one) => JSON.stringify(one))]) t.diagnostic(each);
    assert.deepEqual([violations, broken], [[], []]);
    await seesWhatIsPlanted(soak);
  });
}

test("SK-2 who refers to a shared account row is not in the way of who changes it, so that none waits in a circle", async (t) => {
  const { database, engine, workspaceId } = await aSoak(t, { seed: 1, days: 0.01 });
  await database.engine.tx(async (referring) => {
    // What the database does for each foreign key of a row that somebody is writing.
    await referring.run(sql`select from ledger_account where workspace_id = ${workspaceId}::bigint for key share`);
    await referring.run(sql`select from supplier_account where workspace_id = ${workspaceId}::bigint for key share`);
    await database.engine.tx(async (tx) => {
      await tx.run(sql`set local lock_timeout = '2s'`);
      await readShared(tx, [workspaceId], [], { balances: "lock" }, engine.clock.now());
      const accounts = await tx.rows(
        AccountIds,
        sql`select id from supplier_account where workspace_id = ${workspaceId}::bigint`,
      );
      assert.ok(accounts.length > 0);
      const keys = accounts.map(({ id }) => ({ workspaceId, accountId: id }));
      await lockAdmissions(tx, keys, engine.clock.now());
      await countUnknowns(
        tx,
        keys.map((each) => ({ ...each, count: 1, windowMs: 1000 })),
        engine.clock.now(),
      );
      await book(tx, engine, { workspaceId, accountId: keys[0]!.accountId, from: "available" });
    });
  });
});

test("SK-3 what a purchase on account moves is locked before its day is, as it is booked, so that none waits in a circle", async (t) => {
  const { database, engine, workspaceId } = await aSoak(t, { seed: 1, days: 0.01 });
  const { id: accountId } = await database.engine.one(
    AccountIds,
    sql`select min(id) as id from supplier_account where workspace_id = ${workspaceId}::bigint`,
  );
  const day = sql`select from account_day where workspace_id = ${workspaceId}::bigint for update`;
  const lock = (tx: Tx) => readShared(tx, [workspaceId], [], { balances: "lock" }, engine.clock.now());
  await database.engine.run(sql`update supplier_account set settings = settings || '{"dailyCap": 100000}'`);
  await database.engine.tx(async (tx) => {
    await book(tx, engine, { workspaceId, accountId, from: "payable" });
    await lock(tx);
  });

  const { promise: isAsked, resolve: asked } = Promise.withResolvers<void>();
  const other = database.engine.tx(async (booking) => {
    await booking.run(sql`set local lock_timeout = '2s'`);
    await book(booking, engine, { workspaceId, accountId, from: "payable" });
    asked();
    await pause(300);
    await booking.run(day);
  });
  await isAsked;
  await database.engine.tx(async (tx) => {
    await lock(tx);
    await book(tx, engine, { workspaceId, accountId, from: "payable" });
  });
  await other;
});
/** One unit for goods. */
const book = (
  tx: Tx,
  engine: Soak["engine"],
  { from, ...of }: { workspaceId: WorkspaceId; accountId: AccountId; from: "available" | "payable" },
): Promise<void> =>
  postTransactions(tx, () => engine.ids.next(), [
    {
      ...of,
      id: engine.ids.next<"ledgerTransaction">(),
      kind: "correction",
      orderId: null,
      fulfillmentOrderId: null,
      attemptId: null,
      currency: "EUR",
      reference: `${from} ${engine.ids.next()}`,
      entries: [
        { ledger: from, amount: 1n },
        { ledger: "goods", amount: -1n },
      ],
      at: engine.clock.now(),
      actor: "test",
    },
  ]);
const AccountIds = row({ id: col.id<AccountId>() });

/** A checker that has nothing to say must be able to speak: the same purchase once more, an order that nobody fetches, a number that nobody has. */
async function seesWhatIsPlanted(soak: Soak): Promise<void> {
  const attempts = (await readAll(soak)).flatMap((dossier) => dossier.attempts);
  const attempt = attempts.find(
    ({ state, supplierId }) => state === "placed" && soak.codes.get(supplierId) !== "kestrel",
  )!;
  const code = soak.codes.get(attempt.supplierId)!;
  const [purchase] = soak.world.state.suppliers.get(code)!.byReference.get(attempt.reference)!;
  const lines = purchase!.lines.map(({ no, sku }) => ({ no, sku, units: 1 }));
  const body = { reference: attempt.reference, shipTo: purchase!.shipTo, lines };
  // Twice, because what is there may have been cancelled.
  const again = [1, 2].map(() => ask(soak, "POST", `/suppliers/${code}/desk`, body).status);
  const sold = ask(soak, "POST", "/admin/sell", { order: { sku: "HP-TEAPOT" } }).body["orders"] as { id: string }[];
  const id = sold[0]!.id;
  const told = ask(soak, "POST", `/shop/orders/${id}/fulfilments`, {
    reference: "made-up",
    revision: 1,
    carrier: "ups",
    trackingNumber: "1Z0000000000000000",
    shippedAt: soak.clock.now().toISOString(),
    lines: [{ lineId: `${id}01`, quantity: 1 }],
  });
  assert.deepEqual([...again, told.status], [201, 201, 201], "It was planted.");
  const { violations } = await findViolations(soak);
  const seen = [...new Set(violations.map((each) => each.slice(0, 3)))].toSorted();
  assert.deepEqual(seen, ["I01", "I04", "I10", "I28"]);
}
