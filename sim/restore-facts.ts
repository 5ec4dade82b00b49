/** What became of a town whose database was set back. Instants are virtual milliseconds. */
export interface Restored {
  /** Of what moment the copy is. */
  takenAt: number;
  at: number;
  /** From when on it buys again; null: it is in safe mode. */
  homeAt: number | null;
  /** Attempts that were armed, or had an outcome, and of which the copy does not know that. */
  forgotten: readonly Forgotten[];
  /** Orders of which anything was written down after the copy was taken: workspace and the channel's own id. */
  touched: ReadonlySet<string>;
  /** Orders of which people were told that they may have been bought. */
  warned: Set<string>;
}
export interface Forgotten {
  workspaceSlug: string;
  channelOrderId: string;
  reference: string;
  kind: string;
  /** The world's code of the supplier. */
  supplier: string;
  /** Of the commit that armed it. */
  committedAt: number | null;
  /** The copy has it, as still open. */
  isKnown: boolean;
  lines: { channelLineId: string; componentNo: number; quantity: number; supplierSku: string; units: number }[];
}

export const orderName = ({ slug }: { slug: string }, channelOrderId: string): string => `${slug}/${channelOrderId}`;
