import type { ChannelId, WorkspaceId } from "#domain/ids.ts";
import type { Tx } from "#store/db.ts";
import { metAnother } from "#store/errors.ts";
import { findKnownRows, readVersionDigests } from "#store/import.ts";
import type { Engine } from "../context.ts";
import { storeOrders, toIncoming, type Stored } from "../intake.ts";
import { applyNamed, countKnown, settleUnnamed, type OrdersStart } from "./cancellations.ts";
import {
  count,
  emptyTally,
  ImportLog,
  refuseRows,
  rowKeyOf,
  type ImportedFile,
  type ImportReport,
  type ImportWatcher,
  type Tally,
} from "./import-log.ts";
import type { CancellationRecord, OrderRecord } from "./record.ts";
import { storable, storeOrRefuse } from "./store-batches.ts";

export interface OrderImport extends ImportWatcher {
  workspaceId: WorkspaceId;
  channelId: ChannelId;
  file: ImportedFile;
  /** How the file is read; kept with the import. */
  mapping: object;
  /** What the file says, by a reader that was given the mapping. */
  records: AsyncIterable<OrderRecord>;
  /** Who imports, such as `user:…` or `local`. */
  actor: string;
}

const mostOrders = 500;
const mostRows = 5_000;

/**
 * IM-1 to IM-8. Stores an order file under its channel. Every row becomes stored, refused or set aside, and is counted in the transaction that made it so;
 * the same file again changes nothing. Throws what the reader throws (a file that cannot be read to its end); what was stored until then stays, and importing
 * again goes on.
 */
export async function importOrders(engine: Engine, wish: OrderImport): Promise<ImportReport> {
  const start: OrdersStart = {
    workspaceId: wish.workspaceId,
    kind: "orders",
    channelId: wish.channelId,
    file: wish.file,
    mapping: wish.mapping,
    actor: wish.actor,
  };
  const log = await ImportLog.begin(engine, start, wish);
  const importing: Importing = { engine, start, log, seen: new Map() };
  const unnamed: CancellationRecord[] = [];
  try {
    let batch = emptyBatch();
    for await (const record of wish.records) {
      if (record.type === "cancellation" && record.cancels === null) {
        unnamed.push(record);
        continue;
      }
      batch.records.push(record);
      batch.rows += record.rows.length;
      if (record.type === "order") batch.orders += 1;
      if (batch.orders < mostOrders && batch.rows < mostRows) continue;
      await store(importing, batch.records);
      batch = emptyBatch();
    }
    await store(importing, batch.records);
    await settle(importing, unnamed);
  } catch (error) {
    await log.stop(error).catch(() => {}); // the first error is the one to tell
    throw error;
  }
  return log.finish();
}

interface Importing {
  engine: Engine;
  start: OrdersStart;
  log: ImportLog;
  /** How often a row of this text was set aside in this file. */
  seen: Map<string, number>;
}
const emptyBatch = (): { records: OrderRecord[]; orders: number; rows: number } => ({
  records: [],
  orders: 0,
  rows: 0,
});

/** One transaction, and where it fails, fewer: what cannot be stored is refused, the others go on. */
const store = (importing: Importing, records: readonly OrderRecord[]): Promise<void> =>
  storeOrRefuse(
    records,
    (some) => storeBatch(importing, some),
    async (record, error) => {
      if (record.type === "refused") throw error;
      const found = record.type === "order" ? `order ${record.order.channelOrderId}` : record.type;
      const problem = { line: record.rows[0] ?? 0, column: 0, header: "", found, expected: storable(error) };
      await storeBatch(importing, [{ type: "refused", rows: record.rows, raw: record.raw, problems: [problem] }]);
    },
  );

async function storeBatch({ engine, start, log, seen }: Importing, records: readonly OrderRecord[]): Promise<void> {
  const { workspaceId, channelId, actor } = start;
  const orders = records.flatMap((record) => (record.type === "order" ? [record] : []));
  const unchanged = await unchangedOf(engine, start, orders);
  const fresh = orders.filter((record) => !unchanged.has(record.order.channelOrderId));
  let tally = emptyTally();
  let occurrences = new Map<string, number>();
  const also = async (tx: Tx, stored: readonly Stored[]): Promise<void> => {
    tally = emptyTally();
    occurrences = new Map(seen);
    const outcomes = new Map(stored.map((each) => [each.channelOrderId, each.outcome]));
    for (const record of orders) {
      tally.stored += record.rows.length;
      count(tally, `orders_${outcomes.get(record.order.channelOrderId) ?? "unchanged"}`);
    }
    for (const record of records) if (record.type === "refused") refuseRows(tally, start, record);
    await setAsideOnce(tx, start, records, occurrences, tally);
    await applyNamed(
      engine,
      tx,
      start,
      records.flatMap((record) => (record.type === "cancellation" ? [record] : [])),
      tally,
    );
    await log.write(tx, tally);
  };
  await storeOrders(
    engine,
    { workspaceId, channelId, origin: "file", actor },
    fresh.map((record) => record.order),
    also,
    { mayPutBy: records.some((record) => record.type === "cancellation") },
  );
  for (const [key, n] of occurrences) seen.set(key, n);
  log.committed(tally, lastLineOf(records));
  await engine.buggify("import.batch");
}

/** Orders whose newest version says the same: nothing of them need be read or locked. */
async function unchangedOf(
  engine: Engine,
  { workspaceId, channelId }: OrdersStart,
  orders: readonly Extract<OrderRecord, { type: "order" }>[],
): Promise<Set<string>> {
  const digests = new Map(
    (
      await readVersionDigests(
        engine.db,
        workspaceId,
        channelId,
        orders.map(({ order }) => order.channelOrderId),
      )
    ).map((each) => [each.channelOrderId, each.versionDigest]),
  );
  if (digests.size === 0) return new Set();
  return new Set(
    orders.flatMap(({ order }) =>
      digests.get(order.channelOrderId) === toIncoming(workspaceId, channelId, order, "file").digest
        ? [order.channelOrderId]
        : [],
    ),
  );
}

/** IM-4. Rows that only a person can decide, kept raw with the question; what an earlier import set aside is not asked a second time. */
async function setAsideOnce(
  tx: Tx,
  start: OrdersStart,
  records: readonly OrderRecord[],
  occurrences: Map<string, number>,
  tally: Tally,
): Promise<void> {
  const keyed = records.flatMap((record) => {
    if (record.type !== "set_aside") return [];
    const text = rowKeyOf(start, record.raw);
    const occurrence = (occurrences.get(text) ?? 0) + 1;
    occurrences.set(text, occurrence);
    return [{ record, rowKey: rowKeyOf(start, "row", record.raw, occurrence) }];
  });
  const known = await findKnownRows(
    tx,
    start.workspaceId,
    keyed.map((each) => each.rowKey),
  );
  for (const { record, rowKey } of keyed) {
    const before = known.get(rowKey);
    if (before !== undefined) countKnown(tally, before, record.rows.length);
    else {
      tally.setAside += record.rows.length;
      tally.rows.push({
        line: record.rows[0]!,
        lines: record.rows,
        outcome: "set_aside",
        rowKey,
        raw: record.raw,
        question: record.question,
      });
    }
  }
}

/** Cancellations without a name come last, when all orders of the file are here, the earliest first. */
async function settle({ engine, start, log }: Importing, unnamed: readonly CancellationRecord[]): Promise<void> {
  const inOrder = [...unnamed].sort(
    (a, b) => (a.at?.getTime() ?? Infinity) - (b.at?.getTime() ?? Infinity) || a.rows[0]! - b.rows[0]!,
  );
  for (let from = 0; from < inOrder.length; from += mostOrders) {
    const chunk = inOrder.slice(from, from + mostOrders);
    const tally = await settleChunk(engine, log, start, chunk);
    log.committed(tally, lastLineOf(chunk));
    await engine.buggify("import.batch");
  }
}

/** Who imports the same file at the same moment may have been first: then its work is found. */
async function settleChunk(
  engine: Engine,
  log: ImportLog,
  start: OrdersStart,
  chunk: readonly CancellationRecord[],
): Promise<Tally> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await engine.db.tx(async (tx) => {
        const tally = emptyTally();
        await settleUnnamed(engine, tx, start, chunk, tally);
        await log.write(tx, tally);
        return tally;
      });
    } catch (error) {
      if (!metAnother(error) || tries === 3) throw error;
    }
  }
}

const lastLineOf = (records: readonly { rows: number[] }[]): number =>
  records.reduce((last, { rows }) => Math.max(last, rows.at(-1) ?? 0), 0);
