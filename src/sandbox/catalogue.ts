import type { DecimalText } from "#domain/money.ts";

/** What the pretend shop sells, who supplies it, and at what price. Plain data: the demo set-up and the world itself both read it. */

export const shop = {
  /** The shop's own id, as a seller's shop domain would be. */
  externalId: "harbour-and-pine.example",
  name: "Harbour & Pine",
  currency: "EUR",
  zone: "Europe/Berlin",
  firstOrderNumber: 1001,
  /** Longer than a JavaScript number can hold exactly, as real shops' ids are. */
  firstOrderId: 7_204_118_650_012_345_001n,
} as const;

export interface Product {
  sku: string;
  title: string;
  price: DecimalText;
  /** Quantities that buyers take, the common ones repeated. */
  quantities: readonly number[];
  kind: "goods" | "download";
  /** How often it is bought, against the others. */
  weight: number;
}
export const products: readonly Product[] = [
  {
    sku: "HP-MUG-TIDE",
    title: "Stoneware mug “Tide”, 350 ml",
    price: "18.00",
    quantities: [1, 1, 2, 2, 4],
    kind: "goods",
    weight: 10,
  },
  {
    sku: "HP-TEAPOT",
    title: "Stoneware teapot “Tide”, 1 l",
    price: "49.00",
    quantities: [1],
    kind: "goods",
    weight: 5,
  },
  {
    sku: "HP-TEA-SET",
    title: "Tea set “Tide”: one teapot, two mugs",
    price: "79.00",
    quantities: [1, 1, 2],
    kind: "goods",
    weight: 5,
  },
  {
    sku: "HP-CANDLE-6",
    title: "Pine candles, box of six",
    price: "27.00",
    quantities: [1, 1, 2],
    kind: "goods",
    weight: 8,
  },
  { sku: "HP-SOAP", title: "Sea salt soap, 100 g", price: "7.50", quantities: [2, 2, 4, 6], kind: "goods", weight: 7 },
  {
    sku: "HP-BLANKET",
    title: "Wool blanket, herringbone, 140 × 200 cm",
    price: "119.00",
    quantities: [1],
    kind: "goods",
    weight: 6,
  },
  {
    sku: "HP-LANTERN",
    title: "Harbour lantern, brass",
    price: "64.00",
    quantities: [1, 1, 2],
    kind: "goods",
    weight: 5,
  },
  {
    sku: "HP-LAMP-OAK",
    title: "Desk lamp, oak, made by hand",
    price: "210.00",
    quantities: [1],
    kind: "goods",
    weight: 2,
  },
  {
    sku: "HP-PRINT-A3",
    title: "Print “Lighthouse”, A3",
    price: "32.00",
    quantities: [1, 1, 2],
    kind: "goods",
    weight: 3,
  },
  {
    sku: "HP-CARD-SET",
    title: "Postcards, set of ten",
    price: "12.00",
    quantities: [1, 2, 3],
    kind: "goods",
    weight: 2,
  },
  { sku: "HP-GIFTWRAP", title: "Gift wrapping", price: "4.00", quantities: [1], kind: "goods", weight: 2 },
  {
    sku: "HP-CARE-PDF",
    title: "Care guide for wool (download)",
    price: "3.00",
    quantities: [1],
    kind: "download",
    weight: 1,
  },
];
/** What an order with the behaviour `unlinked_sku` holds: sold before anybody said who supplies it. */
export const unlinkedProduct: Product = {
  sku: "HP-KITE-NEW",
  title: "Kite “Gull” (new)",
  price: "38.00",
  quantities: [1],
  kind: "goods",
  weight: 0,
};
/** Half of soaps cannot be bought: the behaviour `odd_pack` orders three of what is supplied in twos. */
export const oddPack = { sku: "HP-SOAP", quantity: 3 } as const;

export const rates = [
  { title: "Standard (3–5 days)", price: "4.90", weight: 6 },
  { title: "Express", price: "12.90", weight: 3 },
  { title: "Tracked & Insured", price: "8.90", weight: 2 },
] as const;
/** What an order with the behaviour `unmapped_rate` was sold with. */
export const unmappedRate = { title: "Boat to the islands", price: "15.00" } as const;

/** How a supplier takes orders; `prep` takes none: our people pack there. */
export const supplierKinds = ["key", "lookup", "none", "human", "prep"] as const;
export type SupplierKind = (typeof supplierKinds)[number];
export interface SupplierProfile {
  code: string;
  name: string;
  kind: SupplierKind;
  currency: string;
  /** ISO countries it ships to; null: everywhere. */
  countries: readonly string[] | null;
  methods: readonly string[];
  carriers: readonly ("ups" | "fedex" | "royal_mail" | "deutsche_post")[];
  /** Each of its own order ids begins so. */
  orderPrefix: string;
  /** Kind `lookup`: a second order with the same reference is refused with the number of the first. */
  uniqueReference: boolean;
  items: readonly SupplierItem[];
}
export interface SupplierItem {
  sku: string;
  title: string;
  unitPrice: DecimalText;
  /** Where the shelf is filled up to. */
  stock: number;
}

const europe = [
  "AT",
  "BE",
  "CH",
  "CZ",
  "DE",
  "DK",
  "ES",
  "FI",
  "FR",
  "GB",
  "GR",
  "IE",
  "IT",
  "NL",
  "NO",
  "PL",
  "PT",
  "SE",
  "UA",
];

export const suppliers: readonly SupplierProfile[] = [
  {
    code: "northlight",
    name: "Northlight Wholesale",
    kind: "key",
    currency: "EUR",
    countries: null,
    methods: ["STD", "EXP"],
    carriers: ["ups", "fedex"],
    orderPrefix: "NL-",
    uniqueReference: false,
    items: [
      { sku: "NL-2201", title: "Mug stoneware blue 350", unitPrice: "6.40", stock: 4000 },
      { sku: "NL-2210", title: "Teapot stoneware blue 1000", unitPrice: "19.80", stock: 1200 },
      { sku: "NL-3104", title: "Candle pine single", unitPrice: "1.35", stock: 9000 },
      { sku: "NL-4405", title: "Lantern brass small", unitPrice: "27.50", stock: 800 },
    ],
  },
  {
    code: "kestrel",
    name: "Kestrel & Rowe",
    kind: "lookup",
    currency: "EUR",
    countries: null,
    methods: ["GROUND", "AIR"],
    carriers: ["fedex", "royal_mail"],
    orderPrefix: "KR",
    uniqueReference: false,
    items: [
      { sku: "KR-MUG-B", title: "Blue mug", unitPrice: "6.95", stock: 2500 },
      { sku: "KR-POT-B", title: "Blue teapot", unitPrice: "21.40", stock: 700 },
      { sku: "KR-SOAP-2", title: "Sea salt soap, pack of two", unitPrice: "4.10", stock: 3000 },
      { sku: "KR-LANT", title: "Brass lantern", unitPrice: "26.90", stock: 600 },
    ],
  },
  {
    code: "bazaar",
    name: "Bazaar Lane",
    kind: "none",
    currency: "EUR",
    countries: null,
    methods: ["post"],
    carriers: ["royal_mail", "deutsche_post"],
    orderPrefix: "BZ",
    uniqueReference: false,
    items: [
      { sku: "blanket-herringbone-grey", title: "Blanket herringbone grey", unitPrice: "58.00", stock: 400 },
      { sku: "soap-seasalt-x2", title: "Soap seasalt two bars", unitPrice: "4.60", stock: 900 },
    ],
  },
  {
    code: "brume",
    name: "Atelier Brume",
    kind: "human",
    currency: "EUR",
    countries: europe,
    methods: ["colis"],
    carriers: ["deutsche_post", "ups"],
    orderPrefix: "AB-",
    uniqueReference: false,
    items: [
      { sku: "lampe-chene", title: "Lampe de bureau, chêne", unitPrice: "120.00", stock: 60 },
      { sku: "couverture-chevrons", title: "Couverture chevrons", unitPrice: "64.00", stock: 80 },
    ],
  },
  {
    code: "pinehouse",
    name: "Pinehouse Prep",
    kind: "prep",
    currency: "EUR",
    countries: null,
    methods: ["STD", "EXP"],
    carriers: ["ups", "deutsche_post"],
    orderPrefix: "PH-",
    uniqueReference: false,
    items: [
      { sku: "PH-PRINT-A3", title: "Print Lighthouse A3 in tube", unitPrice: "9.00", stock: 500 },
      { sku: "PH-CARDS-10", title: "Postcards, ten", unitPrice: "2.20", stock: 900 },
    ],
  },
];
export const supplierByCode: ReadonlyMap<string, SupplierProfile> = new Map(
  suppliers.map((supplier) => [supplier.code, supplier]),
);
