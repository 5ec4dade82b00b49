import type { Money } from "#domain/money.ts";
import type { AccountId, AttemptId, DispatchId, SupplierId, WorkspaceId } from "#domain/ids.ts";
import type {
  Documents,
  Failure,
  FindAnswer,
  InboxDocument,
  InboxFault,
  ListedPurchase,
  NotSent,
  PlaceAnswer,
  PlaceContract,
  StockItem,
  SupplierCapabilities,
  SupplierOrderProgress,
} from "./ports.ts";

/**
 * What the engine sees of suppliers: the egress gate and nothing else. It lies beside the other ports because both its sides may import it: the
 * engine asks, the gate answers. What is pure (contract, capabilities, the rules of documents) is answered at once; all else goes to the gate.
 */
export interface Gate {
  /** How a supplier of this kind, set up like this, takes purchases. A kind that nobody knows counts as `none`. */
  contract(kind: string, settings: Record<string, unknown>): PlaceContract;
  /** null: nobody knows this kind. */
  capabilities(kind: string): SupplierCapabilities | null;
  /** The pure part of a document supplier; null: it is no document supplier. */
  documents(kind: string): DocumentRules | null;

  /**
   * Sends armed attempts, each at most once, and reports each answer as it arrives. An attempt without an answer when this ends may have been
   * sent: `settle` tells. Rejects with `GateAway` where the gate cannot be reached.
   */
  place(calls: PurchaseCall[], onAnswer: (call: PurchaseCall, answer: PurchaseAnswer) => void): Promise<void>;
  /**
   * What became of attempts, in the order asked, without sending anything: the answer the gate's journal holds; `not_sent` where none was ever
   * sent, and then none ever will be; else `unknown`.
   */
  settle(calls: PurchaseCall[]): Promise<PurchaseAnswer[]>;
  /** Lets one committed document leave, at most once; asking again is safe and sends the same bytes or finds that they have left. */
  sendDocument(call: DocumentCall): Promise<DocumentAnswer>;

  find(account: AccountKey, references: string[]): Promise<FindAnswer | Failure>;
  track(
    account: AccountKey,
    supplierOrderIds: string[],
  ): Promise<{ status: "ok"; orders: SupplierOrderProgress[] } | Failure>;
  cancel(account: AccountKey, batch: CancelCall[]): Promise<CancelAnswer[]>;
  stock(account: AccountKey): Promise<{ status: "ok"; items: StockItem[] } | Failure>;
  quote(
    account: AccountKey,
    lines: { supplierSku: string; units: number }[],
    country: string,
  ): Promise<{ status: "ok"; total: Money } | Failure>;
  list(account: AccountKey, from: Date, to: Date): Promise<ListAnswer>;

  /** Makes what a document supplier needs outside, once, when it is set up. */
  prepareDocuments(account: AccountKey): Promise<{ status: "ok" } | Failure>;
  readInbox(account: AccountKey, zone: string): Promise<{ status: "ok"; documents: InboxDocument[] } | Failure>;
  finishInbox(
    account: AccountKey,
    document: InboxDocument,
    faults: InboxFault[],
  ): Promise<{ status: "ok" } | Failure>;
}

export type DocumentRules = Pick<Documents, "grouping" | "nextSendTime" | "compose">;
export interface AccountKey {
  workspaceId: WorkspaceId;
  supplierId: SupplierId;
  accountId: AccountId;
}
export interface PurchaseCall {
  workspaceId: WorkspaceId;
  attemptId: AttemptId;
  /** The attempt's newest; an older one sends nothing. */
  fence: number;
  /** resend: the same key once more, only for suppliers of kind `key` inside the window. */
  mode: "send" | "resend";
}
export type PurchaseAnswer = PlaceAnswer | Failure | NotSent;
export interface DocumentCall {
  workspaceId: WorkspaceId;
  dispatchId: DispatchId;
}
/** withdrawn: it has not left and never will under this name. */
export type DocumentAnswer = { status: "left" } | { status: "withdrawn"; message: string } | Failure;
export interface CancelCall {
  supplierOrderId: string;
  lines: { supplierSku: string; units: number }[] | "all";
}
export type CancelAnswer = { status: "accepted" } | { status: "refused"; message: string } | Failure;
export type ListAnswer =
  | { status: "ok"; since: Date; purchases: ListedPurchase[] }
  | { status: "no_list" }
  | Failure;

/** The gate did not take the call. Whether an earlier one left is its journal's to say. */
export class GateAway extends Error {
  override readonly name = "GateAway";
}
