import type { ChannelOrder } from "#domain/channel-order.ts";
import type { RowProblem, SaidCancellation } from "#store/import.ts";

/** What a part of an order file turned out to be, by the reader of files. Each row of the file is in exactly one record. `rows` are line numbers, `raw` their text. */
export type OrderRecord =
  | { type: "order"; order: ChannelOrder; rows: number[]; raw: string }
  | CancellationRecord
  | { type: "set_aside"; question: string; rows: number[]; raw: string }
  | RefusedRecord;

export interface CancellationRecord {
  type: "cancellation";
  /** The cancellation's own id; the order's where the channel has no other. */
  channelOrderId: string;
  /** The order that it names; null: it may be any. */
  cancels: string | null;
  buyerId: string | null;
  at: Date | null;
  lines: SaidCancellation["lines"];
  rows: number[];
  raw: string;
}
export interface RefusedRecord {
  type: "refused";
  rows: number[];
  raw: string;
  problems: RowProblem[];
}
