import type { DecimalText } from "./money.ts";

/** All durations are milliseconds: the sandbox workspace has the same settings as everybody, only shorter. */
const minute = 60_000;
const hour = 60 * minute;
export const dayMs = 24 * hour;

export interface WorkspaceSettings {
  /** ISO 4217; profit is shown in it. */
  currency: string;
  /** IANA zone: whose day a cap, a statement, a completion means. */
  zone: string;
  /** An ordering team places what machines cannot. */
  hasOrderingTeam: boolean;
  /** Wait between buying and placing, in which a cancel is free. */
  bufferMs: number;
  /** Process and Release leave no earlier than this after the click (undo). */
  undoMs: number;
  /** Older orders are not placed by the machine without a person's release. */
  maxAgeMs: number;
  /** Days (as ms) after the last unit was shipped or delivered until the order is completed. */
  completionMs: number;
  /** The same buyer with the same goods to the same address within this is a suspected duplicate; 0 switches it off. */
  duplicateWindowMs: number;
  /** A parcel that reports nothing new for so long is stalled. */
  parcelStalledMs: number;
  /** How often a carrier is asked about a parcel. */
  followEveryMs: number;
  /** Partly shipped and the rest silent for so long. */
  restOverdueMs: number;
  /** How long a cancellation waits for its order. */
  tombstoneMs: number;
  /** Wait between two looks after a failed call, doubled each time up to 16 ×. */
  retryMs: number;
  /** 1 unit of the other currency in the workspace's currency. */
  rates: Record<string, DecimalText>;
  /** Which carrier connector follows whose parcels: by carrier id (`ups`), or `*` for all others. Without one, a parcel is not followed. */
  carriers: Record<string, CarrierConnection>;
}
export interface CarrierConnection {
  /** The connector's kind. */
  connector: string;
  /** What it needs, by its manifest. */
  settings: Record<string, unknown>;
}
export const defaultWorkspaceSettings: WorkspaceSettings = {
  currency: "EUR",
  zone: "UTC",
  hasOrderingTeam: false,
  bufferMs: 10 * minute,
  undoMs: 10_000,
  maxAgeMs: 14 * dayMs,
  completionMs: 14 * dayMs,
  duplicateWindowMs: dayMs,
  parcelStalledMs: 7 * dayMs,
  followEveryMs: 6 * hour,
  restOverdueMs: 5 * dayMs,
  tombstoneMs: 90 * dayMs,
  retryMs: 30_000,
  rates: {},
  carriers: {},
};

export interface ChannelSettings {
  /** review: a person presses Process on each order. */
  mode: "review" | "automatic";
  /** Orders with an earlier channel time stand by. Set when the mode becomes automatic; null: the channel's own birth here counts. */
  automationOnSince: string | null;
  zone: string;
  bufferMs: number | null;
  completionMs: number | null;
  /** Lines without a hold may go on without the held ones. */
  partial: boolean;
  /** An authorised but not captured payment is good enough to place. */
  authorizedIsPaid: boolean;
  /** Days to hand over to the carrier where the channel gives no ship-by; null: no ship-by is made up. */
  handlingDays: number | null;
  /** In percent of the sale; null: no limit. */
  minMarginPercent: DecimalText | null;
  writeBack: { shipped: "automatic" | "by_hand" | "never"; cancelled: "automatic" | "by_hand" | "never" };
  /** What happens to a buyer's wish to cancel while nothing is placed. */
  buyerCancel: "ask" | "accept" | "refuse";
  /** The channel's word that a parcel arrived counts, where no carrier connector follows it. */
  deliveredByChannel: boolean;
  /** How long after delivery (else shipping, else the end) an order's personal data is kept; null: what the kind of channel demands, see `eraseAfterMs`. */
  eraseAfterMs: number | null;
}
export const defaultChannelSettings: ChannelSettings = {
  mode: "review",
  automationOnSince: null,
  zone: "UTC",
  bufferMs: null,
  completionMs: null,
  partial: false,
  authorizedIsPaid: false,
  handlingDays: null,
  minMarginPercent: null,
  writeBack: { shipped: "automatic", cancelled: "automatic" },
  buyerCancel: "accept",
  deliveredByChannel: true,
  eraseAfterMs: null,
};

/** Amazon's data protection policy: gone 30 days after shipment or delivery, but for what tax law needs (read 2026-11-22). Null: kept until somebody asks. */
export const eraseAfterMs = (kind: string, settings: Pick<ChannelSettings, "eraseAfterMs">): number | null =>
  settings.eraseAfterMs ?? (kind === "amazon" ? 30 * dayMs : null);

/** The first look `firstMs` after placing, then every `everyMs`, the last at `untilMs`; then `tracking_overdue`. */
export interface ScanPlan {
  firstMs: number;
  everyMs: number;
  untilMs: number;
}
export interface SupplierSettings {
  enabled: boolean;
  /** ISO countries the supplier ships to; null: all. */
  countries: string[] | null;
  needsPhone: boolean;
  zone: string;
  scan: ScanPlan;
  /** No acknowledgement within this opens a hold; null: the supplier does not acknowledge. */
  acknowledgeWithinMs: number | null;
  /** How much above the expected price a purchase may cost, in percent; the rest is refused by the price guard. */
  priceTolerancePercent: DecimalText;
  /** What shipping costs per purchase order, major units in the account's currency. */
  shippingCost: DecimalText;
  /** Method for every rate name; null: the shipping mapping must name one; "": the supplier needs none. */
  defaultMethod: string | null;
  /** Where stock is unknown (no row): treat as available. */
  unknownStockIsAvailable: boolean;
  /** How often its stock feed is read; null: never. */
  stockEveryMs: number | null;
  /** How often the inbox of a supplier of documents is read. */
  inboxEveryMs: number;
  /** What the connector needs, by its settings schema. */
  connector: Record<string, unknown>;
}
export const defaultSupplierSettings: SupplierSettings = {
  enabled: true,
  countries: null,
  needsPhone: false,
  zone: "UTC",
  scan: { firstMs: 24 * hour, everyMs: 4 * hour, untilMs: 192 * hour },
  acknowledgeWithinMs: null,
  priceTolerancePercent: "10",
  shippingCost: "0",
  defaultMethod: "",
  unknownStockIsAvailable: true,
  stockEveryMs: null,
  inboxEveryMs: minute,
  connector: {},
};

/** How an account is paid: `prepaid` is checked and held at arming; the others book against a payable without a check. */
export type PaymentKind = "at_supplier" | "on_account" | "prepaid";
export interface AccountSettings {
  payment: PaymentKind;
  currency: string;
  /** Minor units a day of the workspace; null: none. */
  dailyCap: number | null;
  /** The provider sells prepaid actions: one is used per success. */
  actionCredits: boolean;
  /** Calls that place, per minute; null: as fast as they come. */
  placesPerMinute: number | null;
  /** Calls that place, at the same time. */
  maxInFlight: number;
}
export const defaultAccountSettings: AccountSettings = {
  payment: "on_account",
  currency: "EUR",
  dailyCap: null,
  actionCredits: false,
  placesPerMinute: null,
  maxInFlight: 20,
};
