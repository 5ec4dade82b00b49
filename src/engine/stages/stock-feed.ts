import { GateAway, type Failure, type StockItem } from "#connectors/ports.ts";
import { ring } from "#store/commit.ts";
import { rejectCredentials } from "#store/shipment.ts";
import { claimSuppliers, feedRead, nextFeed, putFeed, renewSuppliers, type DueSupplier } from "#store/supplier-feed.ts";
import { wake } from "#store/wake.ts";
import type { Engine } from "../context.ts";
import { leaseMs, underLease } from "../lease.ts";
import type { Stage } from "../stage.ts";

/** Items written in one transaction. */
const batch = 2000;

/** Reads what suppliers have in stock, as often as each one's settings say, and wakes what waited for it (SF-1 to SF-4). */
export const stockFeed: Stage = {
  name: "stock_feed",
  nextDue: (db) => nextFeed(db, "stock"),
  async run(engine) {
    const now = engine.clock.now();
    const leaseUntil = new Date(now.getTime() + leaseMs);
    const due = await engine.db.tx((tx) => claimSuppliers(tx, "stock", { now, leaseUntil, limit: 20 }));
    await underLease(
      engine,
      leaseUntil,
      (renewal) => renewSuppliers(engine.db, "stock", due, renewal),
      () => Promise.all(due.map((supplier) => readFeed(engine, supplier))),
    );
    return due.length;
  },
};

async function readFeed(engine: Engine, supplier: DueSupplier): Promise<void> {
  const { workspaceId, supplierId, accountId, settings } = supplier;
  const again = settings.stockEveryMs === null ? null : new Date(engine.clock.now().getTime() + settings.stockEveryMs);
  const ends = (problem: string | null): Promise<number> =>
    engine.db.tx((tx) => feedRead(tx, "stock", supplier, { dueAt: again, problem }));
  if (again === null) return void (await ends(null));
  if (accountId === null) return void (await ends("No active account can read the stock."));
  const answer = await stockOf(engine, { workspaceId, supplierId, accountId });
  if (answer.status !== "ok") {
    if (answer.status === "credentials")
      await engine.db.tx((tx) => rejectCredentials(tx, [{ workspaceId, accountId }], engine.clock.now()));
    return void (await ends(`${answer.status}: ${answer.message}`));
  }
  for (let from = 0; from < answer.items.length; from += batch)
    await store(engine, supplier, answer.items.slice(from, from + batch));
  await ends(null);
}

async function stockOf(
  engine: Engine,
  account: Parameters<Engine["gate"]["stock"]>[0],
): Promise<{ status: "ok"; items: StockItem[] } | Failure> {
  try {
    return await engine.gate.stock(account);
  } catch (error) {
    if (error instanceof GateAway) return { status: "retry_later", afterMs: 0, message: error.message };
    throw error;
  }
}

/** Orders first, then what they share: what waited is woken (and its rows locked) before the stock is. */
export async function store(
  engine: Engine,
  { workspaceId, supplierId }: Pick<DueSupplier, "workspaceId" | "supplierId">,
  items: readonly StockItem[],
): Promise<void> {
  await engine.db.tx(async (tx) => {
    const woken = await wake(
      tx,
      workspaceId,
      items.filter((item) => item.onHand > 0).map((item) => `stock:${supplierId}/${item.supplierSku}`),
      engine.clock.now(),
    );
    await putFeed(tx, workspaceId, supplierId, items);
    if (woken > 0) await ring(tx);
  });
}
