import type { AccountId, ChannelId, SupplierId, WorkspaceId } from "./ids.ts";
import type { DecimalText } from "./money.ts";
import type { AccountSettings, ChannelSettings, SupplierSettings, WorkspaceSettings } from "./settings.ts";

/** What the orders of one workspace share, as far as a batch needs it. Decisions draw stock, balances and caps down in it, order by order. */
export interface Shared {
  workspaceId: WorkspaceId;
  workspace: WorkspaceSettings;
  /** Nothing may be bought, written back or mailed (a restored backup, a copy). */
  safeMode: boolean;
  channels: Map<ChannelId, SharedChannel>;
  suppliers: Map<SupplierId, SharedSupplier>;
  accounts: Map<AccountId, SharedAccount>;
  /** By `linkKey(channelId, sku)`; a link for every channel has channel "0". */
  links: Map<string, ProductLink>;
  /** By `stockKey(supplierId, supplierSku)`; no entry: unknown. */
  stock: Map<string, SharedStock>;
  /** By `mappingKey(channelId, rateName, supplierId)`. */
  methods: Map<string, string>;
}
export interface SharedChannel {
  id: ChannelId;
  publicId: string;
  kind: string;
  externalId: string;
  name: string;
  settings: ChannelSettings;
  active: boolean;
  createdAt: Date;
}
export interface SharedSupplier {
  id: SupplierId;
  publicId: string;
  kind: string;
  role: "supplier" | "prep";
  name: string;
  settings: SupplierSettings;
}
export interface SharedAccount {
  id: AccountId;
  supplierId: SupplierId;
  name: string;
  settings: AccountSettings;
  active: boolean;
  credentialsRejected: boolean;
  breakerUntil: Date | null;
  /** Prepaid: what may still be spent (balance less holds), minor units. */
  balance: bigint;
  credits: bigint;
  /** Armed and placed on the workspace's day of this batch, minor units. */
  spentToday: bigint;
}
export interface ProductLink {
  sku: string;
  nothingToShip: boolean;
  options: LinkOption[];
}
export interface LinkOption {
  componentNo: number;
  supplierId: SupplierId;
  supplierSku: string;
  /** `units` supplier units make `per` channel units. */
  units: number;
  per: number;
  unitCost: DecimalText;
  currency: string;
  /** Lower is better. */
  priority: number;
  maxUnitCost: DecimalText | null;
}
export interface SharedStock {
  onHand: number;
  reserved: number;
  isShelf: boolean;
  unitCost: DecimalText | null;
  currency: string | null;
  asOf: Date;
}

export const linkKey = (channelId: string, sku: string): string => `${channelId}/${sku}`;
export const stockKey = (supplierId: string, supplierSku: string): string => `${supplierId}/${supplierSku}`;
export const mappingKey = (channelId: string, rateName: string, supplierId: string): string =>
  `${channelId}/${supplierId}/${rateName}`;

/** The link that holds for a SKU on a channel: the channel's own, else the one for every channel. */
export const linkFor = (shared: Shared, channelId: ChannelId, sku: string): ProductLink | undefined =>
  shared.links.get(linkKey(channelId, sku)) ?? shared.links.get(linkKey("0", sku));

/** Units that can still be promised; null where nobody knows. */
export function available(shared: Shared, supplierId: SupplierId, supplierSku: string): number | null {
  const stock = shared.stock.get(stockKey(supplierId, supplierSku));
  return stock === undefined ? null : stock.onHand - stock.reserved;
}
