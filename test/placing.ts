import { createHash } from "node:crypto";
import { emptyAddress } from "#domain/address.ts";
import { OrderDraft } from "#domain/draft.ts";
import type { Id, IdSource } from "#domain/ids.ts";
import type { FulfillmentOrder, OrderDossier } from "#domain/order.ts";
import type { Arming, PlacingTerms } from "#domain/placement.ts";
import {
  defaultAccountSettings,
  defaultChannelSettings,
  defaultSupplierSettings,
  defaultWorkspaceSettings,
  type AccountSettings,
  type SupplierSettings,
  type WorkspaceSettings,
} from "#domain/settings.ts";
import { stockKey, type Shared } from "#domain/shared.ts";

/** For tests of placing: an order of 2 × MUG and 1 × TEA from supplier 31 (account 41), about to be placed. */
export const t0 = new Date("2026-11-22T10:00:00Z");
export const minutes = (count: number): Date => new Date(t0.getTime() + count * 60_000);
export const id = <Name extends string>(text: string): Id<Name> => text as Id<Name>;
export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

export const keyTerms: PlacingTerms = {
  kind: "key",
  keyWindowMs: 24 * 3_600_000,
  lookupLagMs: 30_000,
  maxInFlightMs: 60_000,
  sendByMs: 10_000,
};
export const lookupTerms: PlacingTerms = {
  kind: "lookup",
  lookupLagMs: 30_000,
  maxInFlightMs: 60_000,
  sendByMs: 10_000,
};
export const noneTerms: PlacingTerms = { kind: "none", lookupLagMs: 0, maxInFlightMs: 60_000, sendByMs: 10_000 };

export const arming = (terms: PlacingTerms = keyTerms, fence = 7): Arming => ({
  terms,
  fence,
  installationId: "inst",
  sha256,
  shipTo: {
    ...emptyAddress,
    name: "Ada Byron",
    line1: "1 Mill Lane",
    city: "Leeds",
    postcode: "LS1 1AA",
    country: "GB",
  },
  addressNo: 1,
});

export interface World {
  shared: Shared;
  dossier: OrderDossier;
  fo: FulfillmentOrder;
  /** A draft over what is there now. */
  draft(now?: Date, actor?: string): OrderDraft;
}
export interface WorldOptions {
  account?: Partial<AccountSettings>;
  supplier?: Partial<SupplierSettings>;
  workspace?: Partial<WorkspaceSettings>;
  balance?: bigint;
  credits?: bigint;
  /** Units that the feed of MUG says; none: no feed. */
  mugs?: number;
  state?: FulfillmentOrder["state"];
}

export function aWorld(options: WorldOptions = {}): World {
  const shared: Shared = {
    workspaceId: id("1"),
    workspace: { ...defaultWorkspaceSettings, ...options.workspace },
    safeMode: false,
    channels: new Map([
      [
        id("21"),
        {
          id: id("21"),
          publicId: "c",
          kind: "shop",
          externalId: "shop.example",
          name: "Shop",
          settings: { ...defaultChannelSettings },
          active: true,
          createdAt: t0,
        },
      ],
    ]),
    suppliers: new Map([
      [
        id("31"),
        {
          id: id("31"),
          publicId: "s",
          kind: "acme",
          role: "supplier",
          name: "Acme",
          settings: { ...defaultSupplierSettings, shippingCost: "4.00", ...options.supplier },
        },
      ],
    ]),
    accounts: new Map([
      [
        id("41"),
        {
          id: id("41"),
          supplierId: id("31"),
          name: "main",
          settings: { ...defaultAccountSettings, ...options.account },
          active: true,
          credentialsRejected: false,
          breakerUntil: null,
          balance: options.balance ?? 0n,
          credits: options.credits ?? 0n,
          spentToday: 0n,
        },
      ],
    ]),
    links: new Map(),
    stock: new Map(
      options.mugs === undefined
        ? []
        : [
            [
              stockKey("31", "A-MUG"),
              { onHand: options.mugs, reserved: 0, isShelf: false, unitCost: null, currency: null, asOf: t0 },
            ],
          ],
    ),
    methods: new Map(),
  };
  const fo: FulfillmentOrder = {
    id: id("61"),
    publicId: "f",
    no: 1,
    state: options.state ?? "placing",
    supplierId: id("31"),
    accountId: id("41"),
    supplierPinned: false,
    method: "post",
    placedBy: null,
    replaces: null,
    failedSuppliers: [],
    placeAfter: t0,
    dueAt: t0,
    woken: false,
    mendedAt: null,
    fence: 0,
    tries: 0,
    claimedBy: null,
    placedAt: null,
    acknowledgedAt: null,
    backorderedUntil: null,
    looks: 0,
    lastShippedAt: null,
    deliveredAt: null,
    expectedGoods: 2000n,
    expectedShipping: 400n,
    currency: "EUR",
    shipBy: null,
    lines: [
      {
        no: 1,
        orderLineNo: 1,
        componentNo: 1,
        supplierSku: "A-MUG",
        quantity: 2,
        quantityCancelled: 0,
        unitsPer: 1,
        per: 1,
        units: 2,
        unitsCancelled: 0,
        unitsPlaced: 0,
        unitsShipped: 0,
        unitsCollected: 0,
        unitCost: "7.50",
      },
      {
        no: 2,
        orderLineNo: 2,
        componentNo: 1,
        supplierSku: "A-TEA",
        quantity: 1,
        quantityCancelled: 0,
        unitsPer: 1,
        per: 1,
        units: 1,
        unitsCancelled: 0,
        unitsPlaced: 0,
        unitsShipped: 0,
        unitsCollected: 0,
        unitCost: "5.00",
      },
    ],
  };
  const line = (no: number, sku: string, quantity: number) =>
    ({
      no,
      channelLineId: `L${no}`,
      sku,
      title: sku,
      quantity,
      quantityEdited: null,
      cancelled: 0,
      channelCancelled: 0,
      fulfilledElsewhere: 0,
      unitPrice: "20.00",
      kind: "goods",
      fulfilledBy: "us",
    }) as const;
  const dossier: OrderDossier = {
    order: {
      workspaceId: id("1"),
      id: id("51"),
      publicId: "o",
      channelId: id("21"),
      channelOrderId: "1001",
      number: "#1001",
      origin: "live",
      orderedAt: t0,
      receivedAt: t0,
      channelUpdatedAt: null,
      versionNo: 1,
      versionDigest: "",
      payment: "paid",
      paidAt: t0,
      channelCancelledAt: null,
      risk: "none",
      buyerDigest: null,
      addressDigest: null,
      country: "GB",
      shippingMethod: null,
      shipBy: null,
      currency: "EUR",
      total: null,
      shippingPaid: null,
      headline: "in_process",
      releasedAt: null,
      releasedBy: null,
      answered: [],
      addressNo: 1,
      editedAddressNo: null,
      eventSeq: 0,
      eventHash: "",
      version: 1,
    },
    lines: [line(1, "MUG", 2), line(2, "TEA", 1)],
    fulfillmentOrders: [fo],
    holds: [],
    attempts: [],
    shipments: [],
    writeBacks: [],
    cancellations: [],
  };
  const ids = counting();
  return {
    shared,
    dossier,
    fo,
    draft: (now = t0, actor = "engine") => new OrderDraft(dossier, shared, { now, actor, ids }),
  };
}

export function counting(from = 1000): IdSource {
  let last = from;
  return {
    next: <Name extends string>() => id<Name>(String((last += 1))),
    uuid: () => `00000000-0000-7000-8000-${String((last += 1)).padStart(12, "0")}`,
  };
}
