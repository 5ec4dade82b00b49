/** Ids are decimal text of a bigint from the allocator, branded so that an OrderId never fits a ParcelId. Public ids are `prefix_` + uuidv7. */
declare const brand: unique symbol;
export type Id<Name extends string> = string & { readonly [brand]: Name };

export type WorkspaceId = Id<"workspace">;
export type ChannelId = Id<"channel">;
export type ConnectionId = Id<"connection">;
export type SupplierId = Id<"supplier">;
export type AccountId = Id<"account">;
export type OrderId = Id<"order">;
export type FulfillmentOrderId = Id<"fulfillmentOrder">;
export type HoldId = Id<"hold">;
export type AttemptId = Id<"attempt">;
export type EvidenceId = Id<"evidence">;
export type DispatchId = Id<"dispatch">;
export type ShipmentId = Id<"shipment">;
export type ParcelId = Id<"parcel">;
export type WriteBackId = Id<"writeBack">;
export type CancellationId = Id<"cancellation">;
export type LedgerAccountId = Id<"ledgerAccount">;
export type LedgerTransactionId = Id<"ledgerTransaction">;

/** Gives ids inside a decision. The engine fills it before `decide`, so that deciding stays synchronous. */
export interface IdSource {
  next<Name extends string>(): Id<Name>;
  /** A new public id (uuidv7 without prefix). */
  uuid(): string;
}

export const publicPrefixes = {
  order: "ord",
  fulfillmentOrder: "fo",
  shipment: "shp",
  supplier: "sup",
  channel: "chn",
  workspace: "ws",
  hold: "hld",
  account: "acc",
  import: "imp",
  webhookEndpoint: "whe",
  webhookDelivery: "whd",
  message: "msg",
  user: "usr",
  session: "ses",
  invitation: "inv",
  job: "job",
  savedView: "viw",
  note: "not",
  attachment: "att",
} as const;
export type PublicKind = keyof typeof publicPrefixes;

/** `ord_0198…`: what leaves the system. Dashes stay, so that a uuid can be pasted back. */
export const publicId = (kind: PublicKind, uuid: string): string => `${publicPrefixes[kind]}_${uuid}`;

/** The uuid behind a public id, or null when the text is not one of this kind. */
export function parsePublicId(kind: PublicKind, text: string): string | null {
  const match = /^([a-z]+)_([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/.exec(text);
  return match !== null && match[1] === publicPrefixes[kind] ? match[2]! : null;
}
