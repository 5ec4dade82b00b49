import type { ChannelOrder, LineKind } from "#domain/channel-order.ts";

/** What a part of an order file turned out to be. Each row of the file is in exactly one record. `rows` are the line numbers where the rows begin, `raw` their text. */
export type FileRecord =
  | { type: "order"; order: ChannelOrder; rows: number[]; raw: string }
  | FileCancellation
  /** It can be read but not decided by a machine. */
  | { type: "set_aside"; question: string; rows: number[]; raw: string }
  | { type: "refused"; rows: number[]; raw: string; problems: Problem[] };

export interface FileCancellation {
  type: "cancellation";
  /** The cancellation's own id; the order's where the channel has no other. */
  channelOrderId: string;
  /** The order that it names; null where it names none, and then it may be any. */
  cancels: string | null;
  buyerId: string | null;
  at: Date | null;
  /** Positive quantities; "all": whatever is left of the order. Lines that are no goods are told by their kind. */
  lines: { sku: string; quantity: number; kind: LineKind; channelLineId?: string }[] | "all";
  rows: number[];
  raw: string;
}

/** What is wrong, where, and what would be right. */
export interface Problem {
  line: number;
  /** Number of the column; the first is 1. 0: the row as a whole. */
  column: number;
  /** The column's name; "" where it has none. */
  header: string;
  found: string;
  expected: string;
}
