import type { Address } from "#domain/address.ts";
import type { ChannelOrder } from "#domain/channel-order.ts";
import type { DecimalText, Money } from "#domain/money.ts";
import type { AccountId, AttemptId, DispatchId, SupplierId, WorkspaceId } from "#domain/ids.ts";
import type { ReasonCode } from "#domain/reasons.ts";
import type { Secret, Secrets } from "#domain/secret.ts";

/**
 * The contract between the product and the outside world. A connector translates: it never touches the database, never decides about an order,
 * never retries a placement. It gets the outside only through `Outside`.
 */

/** What a connector may use of the world. `http` aborts with the signal; nothing else reaches out. */
export interface Outside {
  http(request: HttpRequest): Promise<HttpResponse>;
  now(): Date;
  files: Files;
}
export interface HttpRequest {
  method: "GET" | "POST" | "PUT" | "DELETE";
  url: string;
  headers?: Record<string, string>;
  body?: string;
  timeoutMs: number;
  /** Runs when the connection stands and before the first byte is written; a rejection sends nothing. Only the gate sets it. */
  lastCheck?: () => Promise<void>;
}
export interface HttpResponse {
  status: number;
  headers: Record<string, string>;
  text: string;
}
/** Thrown by `http`. `sent: false` only where it is certain that no byte of the request left (DNS, refused, TLS, lastCheck). */
export class HttpError extends Error {
  readonly sent: boolean;
  constructor(message: string, options: { sent: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = "HttpError";
    this.sent = options.sent;
  }
}
/** Files of document suppliers. Paths are absolute. `rename` is atomic inside one file system; `write` is complete on disk (fsync) when it resolves. */
export interface Files {
  write(path: string, bytes: Uint8Array): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  exists(path: string): Promise<boolean>;
  list(folder: string): Promise<string[]>;
  read(path: string): Promise<Uint8Array>;
  makeFolder(folder: string): Promise<void>;
  /** null where nothing is. */
  stat(path: string): Promise<{ size: number; modifiedAt: Date; isFolder: boolean } | null>;
}

/** Every call can fail in exactly these ways, and nothing vaguer. What is not on a connector's list of clear refusals is `unknown`. */
export type Failure =
  | { status: "retry_later"; afterMs: number; message: string }
  | { status: "refused"; reason: ReasonCode; message: string }
  | { status: "unknown"; message: string }
  | { status: "credentials"; reason: ReasonCode; message: string }
  | { status: "bug"; message: string };

// ---------------------------------------------------------------- channels

/** One connection, as a connector sees it. */
export interface ChannelContext {
  /** The channel's own account id, e.g. shop domain. */
  externalId: string;
  settings: Record<string, unknown>;
  /** The settings that the manifest calls secret; each is revealed only where it is sent. */
  secrets: Secrets;
  outside: Outside;
}

export interface Channel {
  manifest: Manifest;
  /** Whose shop is this? The kind's own account id. */
  identify(context: ChannelContext): Promise<{ status: "ok"; externalId: string; name: string } | Failure>;
  /** Next page of changed orders since `cursor` (null: from the beginning). `raw` is saved before `parse` is called on it. */
  pull(
    context: ChannelContext,
    cursor: string | null,
  ): Promise<{ status: "ok"; raw: RawMessage[]; cursor: string; more: boolean } | Failure>;
  /** Pure: one saved raw message to what it says. */
  parse(raw: RawMessage): ParsedMessage;
  writeBack(context: ChannelContext, batch: WriteBackRequest[]): Promise<(WriteBackAnswer | Failure)[]>;
  /** What the channel knows about these shipments now, in the order asked. */
  readBack(context: ChannelContext, batch: ReadBackRequest[]): Promise<(ReadBackAnswer | Failure)[]>;
  /** Tells the channel that quantities were cancelled by us or that its buyer's request was refused. */
  cancel(context: ChannelContext, batch: ChannelCancelRequest[]): Promise<({ status: "ok" } | Failure)[]>;
  /** Ids of all orders the channel has in the period, for the gap report. */
  list(context: ChannelContext, from: Date, to: Date): Promise<{ status: "ok"; channelOrderIds: string[] } | Failure>;
  /** Of channels that send by themselves what changed. */
  hooks?: ChannelHooks;
}
/** What a channel sends is verified when it arrives, kept as it came, and parsed later by `parse`, like what was pulled. */
export interface ChannelHooks {
  /** Pure. The event's id where the very bytes are signed with this secret, at most so long ago as the scheme allows; null: they are not. */
  verify(request: HookRequest, secret: Secret, now: Date): { eventId: string } | null;
  /** Tells the channel where to send from now on and what to sign with; null: to stop. Telling it again is safe. */
  tell(context: ChannelContext, to: { url: string; secret: Secret } | null): Promise<{ status: "ok" } | Failure>;
}
export interface HookRequest {
  /** Names in lower case. */
  headers: Readonly<Record<string, string | undefined>>;
  body: Uint8Array;
}
export interface RawMessage {
  /** Unique per connection: the channel's event or order version id. */
  eventId: string;
  text: string;
}
export type ParsedMessage =
  | { type: "order"; order: ChannelOrder }
  /** The buyer asks, or the channel states, that (a part of) an order is cancelled. May arrive before the order. */
  | {
      type: "cancellation";
      channelOrderId: string;
      asked: "by_buyer" | "by_channel";
      lines: { channelLineId: string; quantity: number }[] | "all";
      at: Date;
    }
  | { type: "unparsable"; problem: string };

export interface WriteBackRequest {
  channelOrderId: string;
  /** Stable id of the shipment (idempotency mark, Amazon's packageReferenceId). */
  reference: string;
  revision: number;
  carrier: string;
  trackingNumber: string;
  shippedAt: Date;
  /** Whole channel units. */
  lines: { channelLineId: string; quantity: number }[];
}
export type WriteBackAnswer = { status: "told"; channelReference: string };
export interface ReadBackRequest {
  channelOrderId: string;
  reference: string;
  trackingNumber: string;
}
/** `knows: false` is complete and certain: the channel answered and has no such shipment. */
export type ReadBackAnswer = { status: "ok"; knows: boolean; channelReference: string | null; delivered: boolean };
export interface ChannelCancelRequest {
  channelOrderId: string;
  reference: string;
  outcome: "cancelled" | "refused";
  lines: { channelLineId: string; quantity: number }[];
}

// ---------------------------------------------------------------- suppliers

export interface SupplierContext {
  supplierId: string;
  accountId: string;
  settings: Record<string, unknown>;
  /** Of the account; what it has not, its supplier's. Each is revealed only where it is sent. */
  secrets: Secrets;
  outside: Outside;
}

/** What a supplier promises about placing (design: placing at most once, section 5.1). Undeclared counts as `none`. */
export interface PlaceContract {
  kind: "key" | "lookup" | "none" | "human";
  /** How long the supplier remembers the key. */
  keyWindowMs?: number;
  keyBinding?: "params-checked" | "params-ignored";
  lookup?: "unique-enforced" | "by-ref" | "fuzzy";
  /** How late a purchase may show up in the lookup. */
  lookupLagMs: number;
  /** Longest time a request may sit before the supplier acts on it. */
  maxInFlightMs: number;
  /** Our own limit between arming and the first byte. */
  sendByMs: number;
  moneyPoint: "place" | "confirm" | "pay";
  cancellable: "api" | "human" | "no";
  /** Date of the contract test that proved these numbers, e.g. 2026-11-22. */
  testedOn: string;
}

export interface Supplier {
  manifest: Manifest;
  contract(settings: Record<string, unknown>): PlaceContract;
  /** How long the first look for tracking waits etc.; null: the supplier pushes or has no tracking. */
  capabilities: SupplierCapabilities;
  /** One answer per request, as each arrives. Never retries. Called only by the gate. */
  place(
    context: SupplierContext,
    batch: PlaceRequest[],
    onAnswer: (reference: string, answer: PlaceAnswer | Failure | NotSent) => void,
  ): Promise<void>;
  /** What the supplier knows about our references. `complete` says that all pages were read without error. */
  find(context: SupplierContext, references: string[]): Promise<FindAnswer | Failure>;
  track(
    context: SupplierContext,
    supplierOrderIds: string[],
  ): Promise<{ status: "ok"; orders: SupplierOrderProgress[] } | Failure>;
  cancel(
    context: SupplierContext,
    batch: { supplierOrderId: string; lines: { supplierSku: string; units: number }[] | "all" }[],
  ): Promise<({ status: "accepted" } | { status: "refused"; message: string } | Failure)[]>;
  stock(context: SupplierContext): Promise<{ status: "ok"; items: StockItem[] } | Failure>;
  quote(
    context: SupplierContext,
    lines: { supplierSku: string; units: number }[],
    country: string,
  ): Promise<{ status: "ok"; total: Money } | Failure>;
  /** All purchases the supplier has in the period, for `prove`; null: it cannot list. */
  list(
    context: SupplierContext,
    from: Date,
    to: Date,
  ): Promise<{ status: "ok"; since: Date; purchases: ListedPurchase[] } | { status: "no_list" } | Failure>;
  /** What is wrong with the connector's settings, before anything is saved; empty: nothing. */
  checkSettings?(settings: Record<string, unknown>): SettingProblem[];
  /** Suppliers that get documents instead of calls; `place` is then never used. */
  documents?: Documents;
}
export interface SettingProblem {
  /** The setting, with the way into it: `columns.3.value`. */
  field: string;
  expected: string;
}
export interface SupplierCapabilities {
  tracking: "poll" | "push" | "by_hand";
  stock: boolean;
  quote: boolean;
  cancel: boolean;
  list: boolean;
  acknowledges: boolean;
}
/** What leaves for the supplier. Frozen with the attempt: `requestHash` is over exactly this. */
export interface PlaceRequest {
  /** Our reference: derived from the attempt, the same for ever. */
  reference: string;
  idempotencyKey: string;
  /** Purchase may not exceed this. */
  maxTotal: Money;
  shipTo: Address;
  /** The supplier's own method code, from the shipping mapping; "" where the supplier needs none. */
  method: string;
  lines: { no: number; supplierSku: string; units: number; unitCost: DecimalText }[];
  note: string;
  /** What people call the order; documents print it. */
  orderNumber?: string;
  /** Day by which it must leave, yyyy-mm-dd in the channel's zone; documents print it. */
  shipBy?: string;
}
export interface PlaceAnswer {
  status: "placed";
  supplierOrderId: string;
  /** The confirmed total; null where the answer does not say. */
  total: Money | null;
  /** Partial acceptance: units the supplier will not send, per line no. */
  notAccepted: { no: number; units: number; reason: ReasonCode }[];
}
/** Nothing left: certain, because the connector itself had not written the first byte. */
export interface NotSent {
  status: "not_sent";
  message: string;
}
export type FindAnswer = { status: "ok"; complete: boolean; found: { reference: string; answer: PlaceAnswer }[] };
export interface SupplierOrderProgress {
  supplierOrderId: string;
  acknowledged: boolean;
  /**
   * All units that will not come, in total: what it did not accept, what we took back and what it cancelled itself. A supplier that tells only its own
   * cancellations is added up by its connector: a part of the total looks like something that is known already.
   */
  cancelled: { supplierSku: string; units: number; reason: ReasonCode }[] | "all" | null;
  backorderedUntil: Date | null;
  parcels: SupplierParcel[];
  /** Confirmed total once known. */
  total: Money | null;
}
export interface SupplierParcel {
  carrier: string;
  trackingNumber: string;
  shippedAt: Date;
  /** Supplier units; "all": the source does not say which, so all that is open. */
  lines: { supplierSku: string; units: number }[] | "all";
}
export interface StockItem {
  supplierSku: string;
  onHand: number;
  unitCost: DecimalText | null;
  currency: string | null;
  asOf: Date;
}
export interface ListedPurchase {
  supplierOrderId: string;
  reference: string;
  at: Date;
  total: Money | null;
  cancelled: boolean;
}

// ---------------------------------------------------------------- documents to suppliers: files, mails, EDI

/**
 * The law of documents: bytes and hash are committed with the arming and never composed again. A document is complete in staging before ONE move
 * lets it leave: still in staging proves not sent; staged and gone from there proves sent, whatever the supplier did with it. All steps may be
 * repeated after a crash. Only the gate calls stage, release and withdraw.
 */
export interface Documents {
  /**
   * Makes ready what documents pass through (folders). Called when the supplier is set up and never on the way of a document: a drive that is not
   * mounted looks like folders that were never made, and would otherwise "prove" that nothing had left.
   */
  prepare(context: SupplierContext): Promise<void>;
  /** What one document holds: one purchase, or all of the account that leave at the same time. */
  grouping(settings: Record<string, unknown>): "order" | "batch";
  /** When the next document leaves, at or after `now`; `now` itself where each leaves at once. Until then its orders are free to cancel. */
  nextSendTime(settings: Record<string, unknown>, zone: string, now: Date): Date;
  /** Pure: the same input gives the same bytes for ever. Refuses what the document cannot carry; nothing is replaced or left out. */
  compose(
    settings: Record<string, unknown>,
    requests: PlaceRequest[],
    dispatch: { reference: string; at: Date },
  ): ComposedDocument | UncomposableDocument;
  /** Puts the document completely into staging; nothing leaves. `not_sent`: it may not be staged, e.g. because it has left before. */
  stage(context: SupplierContext, document: DocumentBytes): Promise<{ status: "staged" } | NotSent>;
  /** Lets a staged document leave. Throws only where it cannot be known what happened: then `whereIs` tells. */
  release(context: SupplierContext, document: DocumentBytes): Promise<{ status: "left" } | NotSent>;
  /** `absent` proves that it has not left and lies nowhere it could leave from. Throws where that cannot be known (the drive is away). */
  whereIs(context: SupplierContext, fileName: string): Promise<"staging" | "left" | "absent">;
  /** Takes a staged document back for ever; `left`: too late. */
  withdraw(context: SupplierContext, fileName: string): Promise<"withdrawn" | "left">;
  /** What the supplier has sent back and we have not finished, by name. Files still being written are left for the next time. */
  readInbox(context: SupplierContext, zone: string): Promise<InboxDocument[]>;
  /** Files an inbox document away after what it says is committed. `faults`: all rows that were not taken, the reader's own included. */
  finish(context: SupplierContext, document: InboxDocument, faults: InboxFault[]): Promise<void>;
}
export interface DocumentBytes {
  fileName: string;
  bytes: Uint8Array;
}
export type ComposedDocument = { status: "composed" } & DocumentBytes;
export interface UncomposableDocument {
  status: "uncomposable";
  /** Each names the purchase it lies on; the others may be composed without it. Never repeats buyers' data. */
  problems: { reference: string; field: string; message: string }[];
}

/** One document from the supplier. What the same `sha256` said before is known: applying it again must change nothing. */
export interface InboxDocument {
  fileName: string;
  bytes: Uint8Array;
  /** Hex, of `bytes`. */
  sha256: string;
  /** null: nobody can say what it is; then `faults` says why. */
  kind: "acknowledgement" | "tracking" | "stock" | "cost" | null;
  records: InboxRecord[];
  /** Rows that say nothing we understand. Rows with text = rows in `records` + rows in `faults`. */
  faults: InboxFault[];
}
export interface InboxFault {
  /** Line in the file, the first is 1; 0: the file as a whole. */
  line: number;
  /** Cell in the row, the first is 1; 0: the row as a whole. */
  column: number;
  /** What we take the cell for ("units"); "" for the row. */
  field: string;
  found: string;
  expected: string;
}
/** `line`: where in the document it stands. Purchases are named by our PO number, which is the request's reference. */
export type InboxRecord =
  | ({ type: "acknowledgement"; line: number; poNumber: string; supplierOrderId: string | null } & Acknowledged)
  | { type: "tracking"; line: number; poNumber: string; parcel: DocumentParcel }
  | { type: "stock"; line: number; item: StockItem }
  | { type: "cost"; line: number; supplierSku: string; unitCost: DecimalText; currency: string };
export interface Acknowledged {
  /** "all": the whole purchase. Else its line by our no, its SKU, or both; units null: all of that line. */
  scope: "all" | { no: number | null; supplierSku: string | null; units: number | null };
  answer:
    | { status: "accepted" }
    | { status: "refused"; reason: ReasonCode; message: string }
    | { status: "backordered"; until: Date | null; message: string };
}
export interface DocumentParcel {
  /** As the supplier writes it; "" where it does not say. */
  carrier: string;
  trackingNumber: string;
  /** null where the supplier does not say. */
  shippedAt: Date | null;
  /** null: the source does not say which line, so all that is open. */
  supplierSku: string | null;
  units: number | null;
}

// ---------------------------------------------------------------- carriers

export interface Carrier {
  manifest: Manifest;
  /** Where these parcels are now. Unknown numbers are `unknown_number`, never left out. */
  follow(
    outside: Outside,
    settings: Record<string, unknown>,
    trackingNumbers: string[],
  ): Promise<{ status: "ok"; parcels: ParcelProgress[] } | Failure>;
}
export interface ParcelProgress {
  trackingNumber: string;
  state: "unknown_number" | "announced" | "in_transit" | "out_for_delivery" | "delivered" | "stalled" | "returning";
  at: Date | null;
}

// ---------------------------------------------------------------- manifest

export interface Manifest {
  id: string;
  title: string;
  /** Field name → what it is; API validation and the settings form both come from it. */
  settings: Record<string, SettingField>;
}
/** Whether a connector of this manifest is given secrets at all; who needs none is opened nothing. */
export const needsSecrets = (manifest: Manifest | undefined): boolean =>
  Object.values(manifest?.settings ?? {}).some(({ secret }) => secret === true);
export interface SettingField {
  type: "text" | "number" | "boolean" | "url" | "folder" | "choice" | "json";
  title: string;
  help: string;
  required: boolean;
  secret?: boolean;
  choices?: string[];
  default?: string | number | boolean;
}

// ---------------------------------------------------------------- the egress gate

/**
 * What the engine sees of suppliers: the egress gate and nothing else. The engine asks, the gate
 * answers. What is pure (contract, capabilities, the rules of documents) is answered at once; all else goes to the gate.
 */
export interface Gate {
  /** How a supplier of this kind, set up like this, takes purchases. A kind that nobody knows counts as `none`. */
  contract(kind: string, settings: Record<string, unknown>): PlaceContract;
  /** null: nobody knows this kind. */
  capabilities(kind: string): SupplierCapabilities | null;
  /** The pure part of a document supplier; null: it is no document supplier. */
  documents(kind: string): DocumentRules | null;

  /** Whether it answers. Nothing is armed while it does not: what nobody can send should not be committed to. */
  isThere(): Promise<boolean>;
  /**
   * Sends armed attempts, each at most once, and reports each answer as it arrives. An attempt without an answer when this ends may have been
   * sent: `settle` tells. Rejects with `GateAway` where the gate cannot be reached.
   */
  place(calls: PurchaseCall[], onAnswer: (call: PurchaseCall, answer: PurchaseAnswer) => void): Promise<void>;
  /**
   * What became of attempts, in the order asked, without sending anything: the answer the gate's journal holds; `not_sent` where none was ever
   * sent, and then none ever will be; `under_way` while it is being sent; else `unknown`.
   */
  settle(calls: PurchaseCall[]): Promise<SettleAnswer[]>;
  /**
   * Somebody begins to place an armed attempt by hand: from here on the journal says that it may be bought. `refused`, and nothing noted: for its order
   * something was bought before a restore.
   */
  noteByHand(call: ByHandCall): Promise<ByHandAnswer>;
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
  finishInbox(account: AccountKey, document: InboxDocument, faults: InboxFault[]): Promise<{ status: "ok" } | Failure>;
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
export type SettleAnswer = PurchaseAnswer | { status: "under_way" };
export interface ByHandCall {
  workspaceId: WorkspaceId;
  attemptId: AttemptId;
  /** Whoever places it was told what was bought before a restore, and places it all the same. */
  isTold: boolean;
}
export type ByHandAnswer = { status: "noted" } | BoughtBefore | Failure;
/** PL-68. The gate's journal knows purchases for the order that the database does not. */
export interface BoughtBefore {
  status: "refused";
  reason: "bought_before_restore";
  /** Which, with our reference and the supplier's number where it is known. */
  message: string;
}
export interface DocumentCall {
  workspaceId: WorkspaceId;
  dispatchId: DispatchId;
}
/** withdrawn: it has not left and never will under this name. */
export type DocumentAnswer =
  | { status: "left" }
  /** `boughtBefore`: by our reference, what keeps a part of it from leaving in any other document too. */
  | { status: "withdrawn"; message: string; boughtBefore: { reference: string; message: string }[] }
  | Failure;
export interface CancelCall {
  supplierOrderId: string;
  lines: { supplierSku: string; units: number }[] | "all";
}
export type CancelAnswer = { status: "accepted" } | { status: "refused"; message: string } | Failure;
export type ListAnswer = { status: "ok"; since: Date; purchases: ListedPurchase[] } | { status: "no_list" } | Failure;

/** The gate did not take the call. Whether an earlier one left is its journal's to say. */
export class GateAway extends Error {
  override readonly name = "GateAway";
}
