import type { DecimalText } from "#domain/money.ts";
import type { AccountSettings, ChannelSettings, SupplierSettings, WorkspaceSettings } from "#domain/settings.ts";
import { products, rates, shop, supplierByCode, suppliers, type SupplierProfile } from "./catalogue.ts";
import { tokenOf } from "./read.ts";

/**
 * How the sandbox workspace is set up: what a seller of the pretend shop would have entered. Plain data; the CLI makes rows of it. Only what
 * differs from the product's defaults is named. All durations are already divided by the world's speed.
 */
export interface DemoSetup {
  workspace: { code: string; name: string; settings: Partial<WorkspaceSettings> };
  channel: {
    name: string;
    /** Folder of the connector under connectors/channels. */
    connector: "sandbox";
    externalId: string;
    settings: Partial<ChannelSettings>;
    /** What the connector needs, by its manifest; `everyMs`: how often its feed is read. */
    connectorSettings: Record<string, unknown>;
    secrets: Record<string, string>;
  };
  suppliers: DemoSupplier[];
  productLinks: DemoProductLink[];
  shippingMapping: { rateName: string; supplier: string; method: string }[];
  /** What lies on a prep centre's own shelves. */
  shelves: { supplier: string; supplierSku: string; onHand: number; unitCost: DecimalText; currency: string }[];
  carrier: { connector: "sandbox"; connectorSettings: Record<string, unknown> };
}
export interface DemoSupplier {
  /** Names it within this set-up. */
  code: string;
  name: string;
  connector: "sandbox";
  role: "supplier" | "prep";
  /** `connector` in it is what the connector needs, by its manifest. */
  settings: Partial<SupplierSettings>;
  accounts: {
    name: string;
    settings: Partial<AccountSettings>;
    secrets: Record<string, string>;
    openingBalance: DecimalText | null;
  }[];
}
export interface DemoProductLink {
  sku: string;
  title: string;
  /** None: nothing to ship. */
  components: { options: DemoOption[] }[];
}
export interface DemoOption {
  supplier: string;
  supplierSku: string;
  /** `units` of the supplier make `per` of the channel. */
  units: number;
  per: number;
  cost: DecimalText;
  currency: string;
  /** 1 is asked first. */
  priority: number;
}

const minute = 60_000;

/** `baseUrl` is where the world's process listens, `speed` is what it was started with. */
export function demoSetup({ baseUrl, speed }: { baseUrl: string; speed: number }): DemoSetup {
  const soon = (minutes: number): number => Math.max(200, Math.round((minutes * minute) / speed));
  return {
    workspace: {
      code: "sandbox",
      name: "Sandbox",
      settings: {
        currency: shop.currency,
        zone: shop.zone,
        hasOrderingTeam: true,
        bufferMs: soon(10),
        undoMs: soon(10),
        completionMs: soon(30),
        duplicateWindowMs: soon(5),
        parcelStalledMs: soon(60),
        followEveryMs: soon(3),
        restOverdueMs: soon(60),
        retryMs: soon(0.5),
        carriers: { "*": { connector: "sandbox", settings: { baseUrl } } },
      },
    },
    channel: {
      name: shop.name,
      connector: "sandbox",
      externalId: shop.externalId,
      settings: { mode: "automatic", zone: shop.zone, buyerCancel: "accept", handlingDays: 2 },
      connectorSettings: { baseUrl, everyMs: soon(1) },
      secrets: {},
    },
    suppliers: suppliers.map((supplier) => demoSupplier(supplier, { baseUrl, speed, soon })),
    productLinks,
    shippingMapping: suppliers.flatMap(({ code, methods }) =>
      rates.map((rate) => ({
        rateName: rate.title,
        supplier: code,
        method: (rate.title === "Express" ? methods.at(-1) : methods[0]) ?? "",
      })),
    ),
    shelves: suppliers
      .filter(({ kind }) => kind === "prep")
      .flatMap(({ code, currency, items }) =>
        items.map(({ sku, stock, unitPrice }) => ({
          supplier: code,
          supplierSku: sku,
          onHand: stock,
          unitCost: unitPrice,
          currency,
        })),
      ),
    carrier: { connector: "sandbox", connectorSettings: { baseUrl } },
  };
}

function demoSupplier(
  supplier: SupplierProfile,
  { baseUrl, speed, soon }: { baseUrl: string; speed: number; soon: (minutes: number) => number },
): DemoSupplier {
  const { code, name, kind, currency, countries, uniqueReference } = supplier;
  return {
    code,
    name,
    connector: "sandbox",
    role: kind === "prep" ? "prep" : "supplier",
    settings: {
      countries: countries === null ? null : [...countries],
      zone: shop.zone,
      // The real plan is 24 h, 4 h, 192 h; a day is a quarter of an hour here.
      scan: { firstMs: soon(6), everyMs: soon(4), untilMs: soon(60) },
      acknowledgeWithinMs: kind === "prep" ? null : soon(20),
      priceTolerancePercent: "10",
      defaultMethod: null,
      unknownStockIsAvailable: false,
      stockEveryMs: kind === "prep" ? null : soon(5),
      connector: { baseUrl, supplier: code, kind, uniqueReference, speed },
    },
    accounts: [
      {
        name: `${name} account`,
        settings: { payment: code === "northlight" ? "prepaid" : "on_account", currency },
        secrets: { token: tokenOf(code) },
        openingBalance: code === "northlight" ? "25000.00" : null,
      },
    ],
  };
}

/** Costs come from the suppliers' own price lists, so that link and purchase agree as long as nobody raises a price. */
function option(priority: number, supplier: string, supplierSku: string, units = 1, per = 1): DemoOption {
  const profile = supplierByCode.get(supplier);
  const item = profile?.items.find(({ sku }) => sku === supplierSku);
  if (profile === undefined || item === undefined) throw new RangeError(`${supplier} does not sell ${supplierSku}.`);
  return { supplier, supplierSku, units, per, cost: item.unitPrice, currency: profile.currency, priority };
}

const mug = (units = 1) => ({
  options: [option(1, "northlight", "NL-2201", units), option(2, "kestrel", "KR-MUG-B", units)],
});
const teapot = { options: [option(1, "northlight", "NL-2210"), option(2, "kestrel", "KR-POT-B")] };

const components: Record<string, DemoProductLink["components"]> = {
  "HP-MUG-TIDE": [mug()],
  "HP-TEAPOT": [teapot],
  // A bundle: one teapot and two mugs.
  "HP-TEA-SET": [teapot, mug(2)],
  // Sold as a box of six, supplied one by one.
  "HP-CANDLE-6": [{ options: [option(1, "northlight", "NL-3104", 6)] }],
  // Sold one by one, supplied in twos: an odd number cannot be bought.
  "HP-SOAP": [{ options: [option(1, "kestrel", "KR-SOAP-2", 1, 2), option(2, "bazaar", "soap-seasalt-x2", 1, 2)] }],
  "HP-BLANKET": [
    { options: [option(1, "bazaar", "blanket-herringbone-grey"), option(2, "brume", "couverture-chevrons")] },
  ],
  "HP-LANTERN": [{ options: [option(1, "kestrel", "KR-LANT"), option(2, "northlight", "NL-4405")] }],
  "HP-LAMP-OAK": [{ options: [option(1, "brume", "lampe-chene")] }],
  "HP-PRINT-A3": [{ options: [option(1, "pinehouse", "PH-PRINT-A3")] }],
  "HP-CARD-SET": [{ options: [option(1, "pinehouse", "PH-CARDS-10")] }],
  "HP-GIFTWRAP": [],
};
const productLinks: DemoProductLink[] = products.flatMap(({ sku, title }) => {
  const linked = components[sku];
  return linked === undefined ? [] : [{ sku, title, components: linked }];
});
