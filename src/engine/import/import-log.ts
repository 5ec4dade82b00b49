import { hash } from "node:crypto";
import type { ChannelId, WorkspaceId } from "#domain/ids.ts";
import { maskCards, maskCardsIn } from "#domain/card-mask.ts";
import { publicId } from "#domain/ids.ts";
import type { Tx } from "#store/db.ts";
import {
  countImport,
  endImport,
  insertImport,
  insertImportRows,
  type ImportId,
  type ImportKind,
  type ImportRow,
  type RowCounts,
} from "#store/import.ts";
import type { Engine } from "../context.ts";
import type { RefusedRecord } from "./record.ts";

/** The file as it is remembered. */
export interface ImportedFile {
  name: string;
  /** Hex, of its bytes: the same file is known again. */
  sha256: string;
}
export interface ImportStart {
  workspaceId: WorkspaceId;
  kind: ImportKind;
  /** "0": not into a channel. */
  channelId: ChannelId | "0";
  file: ImportedFile;
  /** How the file is read; kept with the import. */
  mapping: object;
  actor: string;
}

export interface ImportReport extends RowCounts {
  /** `imp_…` */
  id: string;
  /** What came of the rows, by name: orders new, changed, unchanged, cancellations … */
  summary: Record<string, number>;
}
export interface ImportProgress extends RowCounts {
  /** The farthest line that is dealt with. */
  line: number;
}
export interface ImportWatcher {
  onProgress?: (progress: ImportProgress) => void;
  /** Each refusal as it is committed, so that a caller can hand the rows back. */
  onRefused?: (refused: RefusedRecord) => void;
}

/**
 * IM-1, IM-2. Counts what becomes of each row. Rows and counts are written in the transaction that stores what they count, so that an import that was killed
 * says the truth about what it did.
 */
export class ImportLog {
  readonly start: ImportStart;
  readonly id: ImportId;
  readonly publicId: string;
  readonly #engine: Engine;
  readonly #watcher: ImportWatcher;
  #done: Tally = emptyTally();
  #line = 0;

  private constructor(
    engine: Engine,
    start: ImportStart,
    watcher: ImportWatcher,
    ids: { id: ImportId; publicId: string },
  ) {
    this.#engine = engine;
    this.start = start;
    this.#watcher = watcher;
    this.id = ids.id;
    this.publicId = ids.publicId;
  }

  static async begin(engine: Engine, start: ImportStart, watcher: ImportWatcher): Promise<ImportLog> {
    return engine.db.tx(async (tx) => {
      await engine.ids.ensure(tx, 1);
      const ids = { id: engine.ids.next<"import">(), publicId: engine.ids.uuid() };
      const { workspaceId, kind, channelId, file, actor } = start;
      await insertImport(
        tx,
        {
          workspaceId,
          ...ids,
          kind,
          channelId,
          fileName: file.name,
          sha256: file.sha256,
          actor,
          startedAt: engine.clock.now(),
        },
        start.mapping,
      );
      return new ImportLog(engine, start, watcher, ids);
    });
  }

  /** In the transaction of the batch; `committed` follows once it has happened. */
  async write(tx: Tx, tally: Tally): Promise<void> {
    const { workspaceId, actor } = this.start;
    const rows = tally.rows.map((each): ImportRow => {
      const row = { ...noRow, workspaceId, importId: this.id, ...each };
      const { raw, said, problems, candidates } = row;
      return { ...row, raw: raw === null ? null : maskCards(raw), ...maskCardsIn({ said, problems, candidates }) };
    });
    await insertImportRows(tx, rows, { at: this.#engine.clock.now(), by: actor });
    await countImport(tx, { workspaceId, id: this.id }, countsOf(tally), added(this.#done, tally).summary);
  }

  committed(tally: Tally, line: number): void {
    this.#done = added(this.#done, tally);
    this.#line = Math.max(this.#line, line);
    for (const row of tally.rows)
      if (row.outcome === "refused")
        this.#watcher.onRefused?.({
          type: "refused",
          rows: row.lines,
          raw: row.raw ?? "",
          problems: row.problems ?? [],
        });
    this.#watcher.onProgress?.({ ...countsOf(this.#done), line: this.#line });
  }

  async finish(): Promise<ImportReport> {
    await this.#engine.db.tx((tx) =>
      endImport(tx, { workspaceId: this.start.workspaceId, id: this.id }, this.#engine.clock.now(), null),
    );
    return this.report();
  }

  /** The file could not be read to its end: what was stored stays, and the import says why it stopped. */
  async stop(error: unknown): Promise<void> {
    const problem = error instanceof Error ? error.message : String(error);
    await this.#engine.db.tx((tx) =>
      endImport(tx, { workspaceId: this.start.workspaceId, id: this.id }, null, problem.slice(0, 2000)),
    );
  }

  report(): ImportReport {
    return { id: publicId("import", this.publicId), ...countsOf(this.#done), summary: this.#done.summary };
  }
}

/** One batch's outcome. `stored`, `refused` and `setAside` are rows of the file. */
export interface Tally {
  stored: number;
  refused: number;
  setAside: number;
  summary: Record<string, number>;
  rows: TallyRow[];
}
export type TallyRow = Pick<ImportRow, "line" | "lines" | "outcome" | "rowKey"> & Partial<ImportRow>;

export const emptyTally = (): Tally => ({ stored: 0, refused: 0, setAside: 0, summary: {}, rows: [] });
export const count = (tally: Tally, name: string, by = 1): void => {
  tally.summary[name] = (tally.summary[name] ?? 0) + by;
};

/** A name for what a row says, the same in every file of this channel or kind. */
export const rowKeyOf = (
  start: Pick<ImportStart, "kind" | "channelId">,
  ...parts: readonly (string | number)[]
): string => hash("sha256", JSON.stringify([start.kind, start.channelId, ...parts])).slice(0, 32);

/** IM-3. Kept with its import, so that it can be handed back. */
export function refuseRows(
  tally: Tally,
  start: ImportStart,
  { rows, raw, problems }: Omit<RefusedRecord, "type">,
): void {
  tally.refused += rows.length;
  tally.rows.push({
    line: rows[0] ?? 0,
    lines: rows,
    outcome: "refused",
    rowKey: rowKeyOf(start, "refused", raw),
    raw,
    problems,
  });
}

const noRow = { raw: null, said: null, problems: [], question: null, candidates: null, resolution: null };
const countsOf = ({ stored, refused, setAside }: Tally): RowCounts => ({
  rows: stored + refused + setAside,
  stored,
  refused,
  setAside,
});

function added(done: Tally, more: Tally): Tally {
  const summary = { ...done.summary };
  for (const [name, n] of Object.entries(more.summary)) summary[name] = (summary[name] ?? 0) + n;
  return {
    stored: done.stored + more.stored,
    refused: done.refused + more.refused,
    setAside: done.setAside + more.setAside,
    summary,
    rows: [],
  };
}
