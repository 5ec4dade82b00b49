import type { ChannelId, SupplierId, WorkspaceId } from "#domain/ids.ts";
import { listChannels } from "#store/channel.ts";
import type { Db, Tx } from "#store/db.ts";
import type { RowProblem } from "#store/import.ts";
import { listSuppliers } from "#store/supplier.ts";
import type { Engine } from "../context.ts";
import type { ManageContext } from "../manage/context.ts";
import { didYouMean } from "../manage/nearest.ts";
import {
  emptyTally,
  ImportLog,
  refuseRows,
  type ImportedFile,
  type ImportReport,
  type ImportStart,
  type ImportWatcher,
  type Tally,
} from "./import-log.ts";
import type { RefusedRecord } from "./record.ts";
import { storable, storeOrRefuse } from "./store-batches.ts";

/** A thing that rows of a list say. `places`: where each field stands in the file. */
export interface ListItem<Item> {
  type: "item";
  item: Item;
  rows: number[];
  raw: string;
  places: ReadonlyMap<string, { column: number; header: string }>;
}
export interface ListImport<Item> extends ImportWatcher {
  workspaceId: WorkspaceId;
  file: ImportedFile;
  /** How the file is read; kept with the import. */
  mapping: object;
  records: AsyncIterable<ListItem<Item> | RefusedRecord>;
  actor: string;
}

/** What storing a batch of a list may use. */
export interface ListBatch<Item> {
  tx: Tx;
  /** Set-up functions with this run in the batch's own transaction. */
  manage: ManageContext;
  engine: Engine;
  workspaceId: WorkspaceId;
  actor: string;
  now: Date;
  items: readonly ListItem<Item>[];
  tally: Tally;
  stored(item: ListItem<Item>, ...names: string[]): void;
  /** Names the field, what it says, and what it should say. */
  refuse(item: ListItem<Item>, field: string, found: string, expected: string, line?: number): void;
  refuseWhole(item: ListItem<Item>, problem: RowProblem): void;
}

/**
 * IM-1 to IM-3 for lists: every row is stored or refused, counted in the transaction that made it so. `after` runs once the batch is committed.
 */
export async function importList<Item>(
  engine: Engine,
  kind: ImportStart["kind"],
  wish: ListImport<Item>,
  batchSize: number,
  store: (batch: ListBatch<Item>) => Promise<void | (() => Promise<unknown>)>,
): Promise<ImportReport> {
  const start: ImportStart = {
    workspaceId: wish.workspaceId,
    kind,
    channelId: "0",
    file: wish.file,
    mapping: wish.mapping,
    actor: wish.actor,
  };
  const log = await ImportLog.begin(engine, start, wish);
  type Read = ListItem<Item> | RefusedRecord;
  const storeBatch = async (records: readonly Read[]): Promise<void> => {
    const { tally, after } = await engine.db.tx(async (tx) => {
      const batch = emptyTally();
      for (const record of records) if (record.type === "refused") refuseRows(batch, start, record);
      const items = records.flatMap((record) => (record.type === "item" ? [record] : []));
      const then = items.length === 0 ? undefined : await store(batchOf(engine, tx, start, items, batch));
      await log.write(tx, batch);
      return { tally: batch, after: then };
    });
    log.committed(tally, Math.max(0, ...records.map(({ rows }) => rows.at(-1) ?? 0)));
    await after?.();
    await engine.buggify("import.batch");
  };
  const keep = (records: readonly Read[]): Promise<void> =>
    storeOrRefuse(records, storeBatch, async (record, error) => {
      if (record.type === "refused") throw error;
      const problem = {
        line: record.rows[0] ?? 0,
        column: 0,
        header: "",
        found: "this row",
        expected: storable(error),
      };
      await storeBatch([{ type: "refused", rows: record.rows, raw: record.raw, problems: [problem] }]);
    });
  try {
    let records: Read[] = [];
    for await (const record of wish.records) {
      records.push(record);
      if (records.length < batchSize) continue;
      await keep(records);
      records = [];
    }
    await keep(records);
  } catch (error) {
    await log.stop(error).catch(() => {}); // the first error is the one to tell
    throw error;
  }
  return log.finish();
}

function batchOf<Item>(
  engine: Engine,
  tx: Tx,
  start: ImportStart,
  items: readonly ListItem<Item>[],
  tally: Tally,
): ListBatch<Item> {
  const { workspaceId, actor } = start;
  const within: Db = { ...engine.db, ...tx, tx: (work) => work(tx) };
  const refuseWhole = ({ rows, raw }: ListItem<Item>, problem: RowProblem): void =>
    refuseRows(tally, start, { rows, raw, problems: [problem] });
  return {
    tx,
    manage: {
      db: within,
      clock: engine.clock,
      ids: engine.ids,
      outside: engine.outside,
      vault: engine.vault,
      channels: engine.channels,
      suppliers: new Map(),
      actor,
    },
    engine,
    workspaceId,
    actor,
    now: engine.clock.now(),
    items,
    tally,
    stored({ rows }, ...names) {
      tally.stored += rows.length;
      for (const name of names) tally.summary[name] = (tally.summary[name] ?? 0) + 1;
    },
    refuse(item, field, found, expected, line = item.rows[0] ?? 0) {
      const { column, header } = item.places.get(field) ?? { column: 0, header: field };
      refuseWhole(item, { line, column, header, found, expected });
    },
    refuseWhole,
  };
}

/** The workspace's suppliers and channels by name, as files name them. */
export interface Names<Id> {
  find(name: string): Id | undefined;
  /** What a name should have been. */
  expected(name: string): string;
}
export const supplierNames = async (tx: Tx, workspaceId: WorkspaceId): Promise<Names<SupplierId>> =>
  namesOf("supplier", await listSuppliers(tx, workspaceId));
export const channelNames = async (tx: Tx, workspaceId: WorkspaceId): Promise<Names<ChannelId>> =>
  namesOf("channel", await listChannels(tx, workspaceId));

/** By exact name, else by the only one that differs in case. */
function namesOf<Id>(what: string, things: readonly { id: Id; name: string }[]): Names<Id> {
  const exact = new Map(things.map((each) => [each.name, each.id]));
  const names = things.map((each) => each.name);
  return {
    find(name) {
      const alike = things.filter((each) => each.name.toLowerCase() === name.toLowerCase());
      return exact.get(name) ?? (alike.length === 1 ? alike[0]!.id : undefined);
    },
    expected: (name) =>
      `a ${what} of this workspace${names.length === 0 ? "; it has none yet" : `. ${didYouMean(name, names)}`.trimEnd()}`,
  };
}
