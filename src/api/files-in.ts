import type { ImportedFile } from "#engine/import/import-log.ts";
import type { ListedCost } from "#engine/import/costs.ts";
import type { ListedLink } from "#engine/import/links.ts";
import type { ListItem } from "#engine/import/lists.ts";
import type { OrderRecord, RefusedRecord } from "#engine/import/record.ts";
import type { ListedStock } from "#engine/import/stock.ts";
import type { ListedParcel } from "#engine/import/tracking.ts";
import type { ImportKind, RowProblem } from "#store/import.ts";

/** A table that somebody sent in, and what they said about it. */
export interface FileSent {
  kind: ImportKind;
  name: string;
  bytes: Uint8Array;
  /** `field=Header,field:=value,setting=value`, as the command line takes it. */
  map: string;
  /** Where the file and the map do not say it. */
  zone: string;
  /** A supplier's name, for every row of a list. */
  supplier?: string;
}

type List<Item> = AsyncIterable<ListItem<Item> | RefusedRecord>;
/** The records of each kind. They can be read once, and while `work` runs. */
export type Records =
  | { kind: "orders"; records: AsyncIterable<OrderRecord> }
  | { kind: "links"; records: List<ListedLink> }
  | { kind: "stock"; records: List<ListedStock> }
  | { kind: "costs"; records: List<ListedCost> }
  | { kind: "tracking"; records: List<ListedParcel> };

/** How a file will be read. Where `open` names something, it cannot be read until that is declared in the map. */
export interface FileRead {
  file: ImportedFile;
  readAs: { part: string; value: string; why: string }[];
  open: RowProblem[];
  hints: string[];
  mapping: object;
  content: Records;
}

/** Reads tables that are sent in; src/cli says how, because the readers are connectors'. A file that is no table is `unreadable`, with the way out. */
export interface FilesIn {
  read<T>(sent: FileSent, work: (file: FileRead) => Promise<T>): Promise<T | { unreadable: string }>;
}
