import { OrderDraft } from "../draft.ts";
import type {
  AccountId,
  AttemptId,
  ChannelId,
  FulfillmentOrderId,
  HoldId,
  Id,
  IdSource,
  OrderId,
  SupplierId,
  WorkspaceId,
} from "../ids.ts";
import type {
  Attempt,
  FulfillmentOrder,
  FulfillmentOrderLine,
  Hold,
  Order,
  OrderDossier,
  OrderLine,
} from "../order.ts";
import {
  defaultAccountSettings,
  defaultChannelSettings,
  defaultSupplierSettings,
  defaultWorkspaceSettings,
  type AccountSettings,
  type ChannelSettings,
  type SupplierSettings,
  type WorkspaceSettings,
} from "../settings.ts";
import { stockKey, type Shared, type SharedStock } from "../shared.ts";

/** Hand-made orders for tests: say only what matters, the rest is an ordinary paid order of one line with one supplier. */

export const noon = new Date("2026-11-22T12:00:00Z");
export const after = (ms: number, from = noon): Date => new Date(from.getTime() + ms);
export const hours = (count: number): number => count * 3_600_000;
export const days = (count: number): number => count * 86_400_000;

export const workspaceId = "1" as WorkspaceId;
export const channelId = "10" as ChannelId;
export const supplierId = "20" as SupplierId;
export const otherSupplierId = "21" as SupplierId;
export const prepId = "22" as SupplierId;
export const accountId = "30" as AccountId;
export const otherAccountId = "31" as AccountId;
export const orderId = "100" as OrderId;

/** Ids 1000, 1001 …; public ids that count along. */
export function countingIds(start = 1000): IdSource {
  let next = start;
  return {
    next: <Name extends string>() => String(next++) as Id<Name>,
    uuid: () => `00000000-0000-7000-8000-${String(next++).padStart(12, "0")}`,
  };
}

export const aLine = (change: Partial<OrderLine> = {}): OrderLine => ({
  no: 1,
  channelLineId: `line-${change.no ?? 1}`,
  sku: `SKU-${change.no ?? 1}`,
  title: "A thing",
  quantity: 1,
  quantityEdited: null,
  cancelled: 0,
  channelCancelled: 0,
  fulfilledElsewhere: 0,
  unitPrice: "10.00",
  kind: "goods",
  fulfilledBy: "us",
  ...change,
});

/** `quantity` channel units of line 1, one supplier unit each; in a placed fulfillment order all units are placed. */
export function aFoLine(change: Partial<FulfillmentOrderLine> = {}): FulfillmentOrderLine {
  const quantity = change.quantity ?? 1;
  const units = change.units ?? (quantity * (change.unitsPer ?? 1)) / (change.per ?? 1);
  return {
    no: 1,
    orderLineNo: 1,
    componentNo: 1,
    supplierSku: `S-${change.orderLineNo ?? 1}`,
    quantityCancelled: 0,
    unitsPer: 1,
    per: 1,
    unitsCancelled: 0,
    unitsPlaced: units,
    unitsShipped: 0,
    unitsCollected: 0,
    unitCost: "4.00",
    ...change,
    quantity,
    units,
  };
}

export const aFulfillmentOrder = (change: Partial<FulfillmentOrder> = {}): FulfillmentOrder => ({
  id: "200" as FulfillmentOrderId,
  publicId: "00000000-0000-7000-8000-000000000200",
  no: 1,
  state: "placed",
  supplierId,
  accountId,
  supplierPinned: false,
  method: "",
  placedBy: "machine",
  replaces: null,
  failedSuppliers: [],
  placeAfter: null,
  dueAt: null,
  woken: false,
  mendedAt: null,
  fence: 1,
  tries: 1,
  claimedBy: null,
  placedAt: noon,
  acknowledgedAt: null,
  backorderedUntil: null,
  looks: 0,
  lastShippedAt: null,
  deliveredAt: null,
  expectedGoods: 400n,
  expectedShipping: 0n,
  currency: "EUR",
  shipBy: null,
  lines: [aFoLine()],
  ...change,
});

export const anAttempt = (change: Partial<Attempt> = {}): Attempt => ({
  id: "300" as AttemptId,
  fulfillmentOrderId: "200" as FulfillmentOrderId,
  no: 1,
  supplierId,
  accountId,
  kind: "key",
  state: "placed",
  reference: "SW-300",
  idempotencyKey: "k",
  fence: 1,
  armedAt: noon,
  sendBy: noon,
  settleAt: noon,
  keyUntil: null,
  lookupLagMs: 0,
  lookups: 0,
  absentSince: null,
  dueAt: null,
  currency: "EUR",
  maxTotal: 1000n,
  expectedTotal: 400n,
  holdsMoney: false,
  takesCredit: false,
  requestHash: "h",
  supplierOrderId: "77",
  cost: 400n,
  costIs: "expected",
  reason: null,
  closedAt: noon,
  dispatchId: null,
  actor: "worker",
  ...change,
});

export const aHold = (change: Partial<Hold> = {}): Hold => ({
  id: "400" as HoldId,
  subject: "order",
  subjectId: "0",
  code: "by_person",
  waitsFor: null,
  madeBy: "person",
  detail: {},
  openedAt: noon,
  ...change,
});

export function aDossier(change: Partial<Omit<OrderDossier, "order">> & { order?: Partial<Order> } = {}): OrderDossier {
  const { order, ...rest } = change;
  return {
    order: {
      workspaceId,
      id: orderId,
      publicId: "00000000-0000-7000-8000-000000000100",
      channelId,
      channelOrderId: "C-100",
      number: "#100",
      origin: "live",
      orderedAt: noon,
      receivedAt: noon,
      channelUpdatedAt: noon,
      versionNo: 1,
      versionDigest: "v1",
      payment: "paid",
      paidAt: noon,
      channelCancelledAt: null,
      risk: "none",
      buyerDigest: "buyer-1",
      addressDigest: "address-1",
      country: "DE",
      shippingMethod: null,
      shipBy: null,
      currency: "EUR",
      total: 1000n,
      shippingPaid: null,
      headline: "ordered",
      releasedAt: null,
      releasedBy: null,
      answered: [],
      addressNo: 1,
      editedAddressNo: null,
      eventSeq: 0,
      eventHash: "",
      version: 1,
      ...order,
    },
    lines: [aLine()],
    fulfillmentOrders: [aFulfillmentOrder()],
    holds: [],
    attempts: [anAttempt()],
    shipments: [],
    writeBacks: [],
    cancellations: [],
    ...rest,
  };
}

export function aShared(
  change: {
    workspace?: Partial<WorkspaceSettings>;
    channel?: Partial<ChannelSettings>;
    supplier?: Partial<SupplierSettings>;
    account?: Partial<AccountSettings>;
    stock?: Record<string, Partial<SharedStock>>;
  } = {},
): Shared {
  const supplier = (id: SupplierId, role: "supplier" | "prep") =>
    [
      id,
      {
        id,
        publicId: `00000000-0000-7000-8000-0000000000${id}`,
        kind: role === "prep" ? "prep" : "sandbox",
        role,
        name: `Supplier ${id}`,
        settings: { ...defaultSupplierSettings, ...change.supplier },
      },
    ] as const;
  const account = (id: AccountId, of: SupplierId) =>
    [
      id,
      {
        id,
        supplierId: of,
        name: "main",
        settings: { ...defaultAccountSettings, ...change.account },
        active: true,
        credentialsRejected: false,
        breakerUntil: null,
        balance: 0n,
        credits: 0n,
        spentToday: 0n,
      },
    ] as const;
  return {
    workspaceId,
    workspace: { ...defaultWorkspaceSettings, ...change.workspace },
    safeMode: false,
    channels: new Map([
      [
        channelId,
        {
          id: channelId,
          publicId: "00000000-0000-7000-8000-000000000010",
          kind: "sandbox",
          externalId: "shop",
          name: "Shop",
          settings: { ...defaultChannelSettings, mode: "automatic", ...change.channel },
          active: true,
          createdAt: new Date("2026-01-01T00:00:00Z"),
        },
      ],
    ]),
    suppliers: new Map([
      supplier(supplierId, "supplier"),
      supplier(otherSupplierId, "supplier"),
      supplier(prepId, "prep"),
    ]),
    accounts: new Map([account(accountId, supplierId), account(otherAccountId, otherSupplierId)]),
    links: new Map(),
    stock: new Map(
      Object.entries(change.stock ?? {}).map(([sku, stock]) => [
        stockKey(prepId, sku),
        { onHand: 100, reserved: 0, isShelf: true, unitCost: null, currency: null, asOf: noon, ...stock },
      ]),
    ),
    methods: new Map(),
  };
}

export const aDraft = (
  dossier: OrderDossier = aDossier(),
  options: { now?: Date; shared?: Shared; actor?: string; ids?: IdSource } = {},
): OrderDraft =>
  new OrderDraft(dossier, options.shared ?? aShared(), {
    now: options.now ?? noon,
    actor: options.actor ?? "test",
    ids: options.ids ?? countingIds(),
  });
