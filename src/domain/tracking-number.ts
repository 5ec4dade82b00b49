import { isCountry } from "./country.ts";

/**
 * Whether a tracking number can be right, before anybody is told of it (rules CK-1 to CK-9). Formats and check digits are public facts, read from
 * the carriers' label guides and the open collection jkeen/tracking_number_data (MIT, read 2026-11-22); UPU S10 is the standard of all posts.
 */
export type TrackingCheck =
  | { status: "valid"; carrier: CarrierId; certainty: "check_digit" | "format" }
  /** `why` is a sentence for a seller; it never repeats more of the number than its check digit. */
  | { status: "invalid"; why: string }
  /** Nobody here can judge it; it is usable as it stands. */
  | { status: "unknown_carrier" };

/**
 * Judges `number` for `carrier` (any spelling; absent or "": the carrier is found by the number). A carrier we do not know is taken at its word as
 * long as the number is 4 to 64 visible ASCII characters.
 */
export function checkTrackingNumber(number: string, carrier?: string): TrackingCheck {
  const text = normalizeTrackingNumber(number);
  if (!/^[\x21-\x7e]{4,64}$/.test(text)) {
    return { status: "invalid", why: "A tracking number is 4 to 64 visible ASCII characters without blanks." };
  }
  if (carrier === undefined || carrier.trim() === "") return detect(text);
  const id = carrierName(carrier);
  return id === null ? { status: "unknown_carrier" } : checkFor(id, text);
}

/** The same number however it was typed: without blanks and invisible marks, upper case. Hyphens stay, because some carriers mean them. */
export function normalizeTrackingNumber(text: string): string {
  return text.replace(/[\s\u200b-\u200f\u2060\ufeff]+/gu, "").toUpperCase();
}

/** The carrier that a channel, a supplier or a person means ("United Parcel Service", "UPS Ground", "usps"), or null. */
export function carrierName(text: string): CarrierId | null {
  const words = wordsOf(text);
  // The longest name that the text begins with: "DHL eCommerce US" is DHL, "UPS Mail Innovations" is UPS.
  for (let length = words.length; length > 0; length--) {
    const id = byName.get(words.slice(0, length).join(""));
    if (id !== undefined) return id;
  }
  return null;
}

/** Where a person can look the parcel up; null for a carrier without a page that takes the number in its address. */
export function trackingUrl(carrier: string, number: string): string | null {
  const id = carrierName(carrier);
  const page: string | null = id === null ? null : carriers[id].page;
  return page === null ? null : page.replace("%s", encodeURIComponent(normalizeTrackingNumber(number)));
}

/** "Royal Mail" for `royal_mail`. */
export const carrierTitle = (id: CarrierId): string => carriers[id].title;

// ---------------------------------------------------------------- judging

function detect(text: string): TrackingCheck {
  for (const format of formats) {
    if (format.tooGeneral) continue;
    const result = match(format, text);
    if (result === "fits") {
      return {
        status: "valid",
        carrier: format.carrier,
        certainty: format.expected === null ? "format" : "check_digit",
      };
    }
  }
  // Two letters at the end that are no country say nothing: the number may be another system's.
  return isCountry(text.slice(-2)) ? (checkS10(text) ?? { status: "unknown_carrier" }) : { status: "unknown_carrier" };
}

function checkFor(id: CarrierId, text: string): TrackingCheck {
  const accepted = [id, ...(handsOverTo[id] ?? [])];
  let wrong: { found: string; expected: string } | null = null;
  for (const format of formats) {
    if (!accepted.includes(format.carrier)) continue;
    const result = match(format, text);
    if (result === "fits") {
      return { status: "valid", carrier: id, certainty: format.expected === null ? "format" : "check_digit" };
    }
    if (result !== null) wrong ??= result;
  }
  // A post carries the items of every other post on their last mile, so the country in an S10 number need not be its own.
  if (posts.has(id)) {
    const s10 = checkS10(text);
    if (s10 !== null) return s10.status === "valid" ? { ...s10, carrier: id } : s10;
  }
  const title = carriers[id].title;
  if (wrong !== null) {
    return {
      status: "invalid",
      why: `The check digit of this ${title} number does not fit: it is ${wrong.found} and should be ${wrong.expected}. Compare the number with the supplier's message.`,
    };
  }
  const example = formats.find((format) => format.carrier === id)?.example;
  if (example === undefined) return { status: "unknown_carrier" }; // a post whose domestic numbers we do not know
  return {
    status: "invalid",
    why: `This is not what ${title} numbers look like (for example ${example}). Compare number and carrier.`,
  };
}

/** null: another shape. Otherwise the shape is this one, and its check digit fits or does not. */
function match(format: Format, text: string): "fits" | { found: string; expected: string } | null {
  const found = format.pattern.exec(text);
  if (found === null) return null;
  if (format.expected === null) return "fits";
  const expected = format.expected(found[1] ?? "");
  const digit = found[2] ?? "";
  return expected === digit ? "fits" : { found: digit, expected };
}

/** UPU S10: two letters, eight digits, a check digit, the country of the post that gave it out. null: not of this shape. */
function checkS10(text: string): TrackingCheck | null {
  const found = /^[A-Z]{2}(\d{8})(\d)([A-Z]{2})$/.exec(text);
  if (found === null) return null;
  const [, serial = "", digit = "", country = ""] = found;
  if (!isCountry(country)) {
    return { status: "invalid", why: `A postal number ends with the country of its post; ${country} is no country.` };
  }
  const expected = s10(serial);
  if (expected !== digit) {
    return {
      status: "invalid",
      why: `The check digit of this postal number does not fit: it is ${digit} and should be ${expected}.`,
    };
  }
  return { status: "valid", carrier: postOf[country] ?? "s10", certainty: "check_digit" };
}

// ---------------------------------------------------------------- check digits: from the serial to the digit it must have

/** Sum with two weights, by position from the left (0 first), to the next ten. Letters count as (ASCII − 3) mod 10, as UPS defines it. */
const mod10 =
  ({ even, odd }: { even: number; odd: number }) =>
  (serial: string): string => {
    let sum = 0;
    for (let i = 0; i < serial.length; i++) {
      const code = serial.charCodeAt(i);
      const value = code <= 57 ? code - 48 : (code - 3) % 10;
      sum += value * (i % 2 === 0 ? even : odd);
    }
    return String((10 - (sum % 10)) % 10);
  };
const weighted = (weights: readonly number[]) => (serial: string) => String((dot(serial, weights) % 11) % 10);
const mod7 = (serial: string) => String(BigInt(serial) % 7n);
const luhn = (serial: string): string => {
  let sum = 0;
  for (let i = 0; i < serial.length; i++) {
    const doubled = Number(serial[serial.length - 1 - i]) * (i % 2 === 0 ? 2 : 1);
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return String((10 - (sum % 10)) % 10);
};
const s10 = (serial: string): string => {
  const rest = 11 - (dot(serial, [8, 6, 4, 2, 3, 5, 9, 7]) % 11);
  return rest === 10 ? "0" : rest === 11 ? "5" : String(rest);
};
/** ISO 7064 mod 37,36 (DPD parcel label specification 2.4.1). */
const mod37 = (serial: string): string => {
  const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  let carry = 36;
  for (const letter of serial) {
    const sum = (carry + alphabet.indexOf(letter)) % 36 || 36;
    carry = (sum * 2) % 37;
  }
  return alphabet[(37 - carry) % 36] ?? "";
};
function dot(serial: string, weights: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < serial.length; i++) sum += Number(serial[i]) * (weights[i] ?? 0);
  return sum;
}

// ---------------------------------------------------------------- formats, the one that names its carrier best first

interface Format {
  carrier: CarrierId;
  /** Group 1: what the check digit is over; group 2: the check digit. */
  pattern: RegExp;
  expected: ((serial: string) => string) | null;
  example: string;
  /** Right for a parcel that is said to be of this carrier, but too common to name the carrier by. */
  tooGeneral?: true;
}
const gs1 = mod10({ even: 3, odd: 1 });
const doubleOdd = mod10({ even: 1, odd: 2 });
const tripleOdd = mod10({ even: 1, odd: 3 });
const fedexExpress = weighted([3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1]);
const fedexLong = weighted([1, 7, 3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1]);

/** Prefix 420 and ZIP are routing, not part of the number. Nine-digit mailer ids begin with 9 and leave room for 7, 11 or 15 digits, others for 10 or 14. */
const impb = (service: string) =>
  new RegExp(
    String.raw`^(?:420\d{5}(?:\d{4})?)?(${service}(?:9\d{8}(?:\d{7}|\d{11}|\d{15})|[0-8]\d{5}(?:\d{10}|\d{14})))(\d)$`,
  );

// oxfmt-ignore
const formats: readonly Format[] = [
  { carrier: "ups", pattern: /^1Z([A-Z0-9]{15})(\d)$/, expected: doubleOdd, example: "1Z879E930346834440" },
  { carrier: "ups", pattern: /^[AHJKTV](\d{9})(\d)$/, expected: doubleOdd, example: "K1506235620" },
  { carrier: "ups", pattern: /^MI\d{6}[A-Z0-9]{1,22}$/, expected: null, example: "MI000000123456" },
  { carrier: "amazon", pattern: /^TB[ACM]\d{12}$/, expected: null, example: "TBA010000000000" },
  { carrier: "amazon", pattern: /^[AFC]\d{10}$/, expected: null, example: "C1004444443" },
  { carrier: "amazon", pattern: /^(?:Q[AB]?|DE|ES|FR|IT|UK)\d{9,12}$/, expected: null, example: "QB12345678901", tooGeneral: true },
  { carrier: "yodel", pattern: /^JJ?D\d{16}$/, expected: null, example: "JJD0002255380054291" },
  { carrier: "yunexpress", pattern: /^YT\d{16}$/, expected: null, example: "YT2229521272164446" },
  { carrier: "4px", pattern: /^4PX\d{10,16}(?:[A-Z]{2})?$/, expected: null, example: "4PX3000100001234CN" },
  { carrier: "sf_express", pattern: /^SF\d{12,15}$/, expected: null, example: "SF1234567890123" },
  { carrier: "sf_express", pattern: /^\d{12}$/, expected: null, example: "123456789012", tooGeneral: true },
  { carrier: "cainiao", pattern: /^(?:LP|CNG|CNUSU|CAINIAO)\d{10,18}[A-Z]{0,2}$/, expected: null, example: "LP00123456789012" },
  { carrier: "postnl", pattern: /^3S[A-Z0-9]{8,16}$/, expected: null, example: "3SABCD012345678" },
  { carrier: "evri", pattern: /^[A-Z]\d{2}[A-Z0-9]{3}\d{10}$/, expected: null, example: "H001HA0001234567" },
  { carrier: "evri", pattern: /^H\d{19,20}$/, expected: null, example: "H1000000000000000001" },
  { carrier: "evri", pattern: /^\d{14}$|^\d{16}$/, expected: null, example: "6212345678901234", tooGeneral: true },
  { carrier: "lasership", pattern: /^L[AEHINX][1-3]\d{7}$/, expected: null, example: "LX17635036" },
  { carrier: "lasership", pattern: /^1LS7[12](?:\d{10}|\d{2}01[1-4]\d{6}-1)$/, expected: null, example: "1LS724505321754" },
  { carrier: "lasership", pattern: /^1LSCX[A-Z0-9]{10}$/, expected: null, example: "1LSCXVE0058631Y" },
  { carrier: "ontrac", pattern: /^C(\d{13})(\d)$/, expected: (serial) => doubleOdd(`4${serial}`), example: "C11031500001879" },
  { carrier: "ontrac", pattern: /^D(\d{13})(\d)$/, expected: (serial) => doubleOdd(`5${serial}`), example: "D10011342332145" },
  { carrier: "canpar", pattern: /^[CDKLSUXZ]\d{21}$/, expected: null, example: "D576002440000001718010" },
  { carrier: "gofo", pattern: /^GFUS\d{14}$/, expected: null, example: "GFUS01011884214272" },
  { carrier: "landmark", pattern: /^LTN\d{8}N1$/, expected: null, example: "LTN74209518N1" },
  { carrier: "speedee", pattern: /^SP\d{18}$/, expected: null, example: "SP029692510000901479" },
  { carrier: "purolator", pattern: /^[A-Z]{3}\d{9}$/, expected: null, example: "JFV247545960" },
  { carrier: "dhl", pattern: /^J[A-Z]{2,3}\d{9,10}$/, expected: null, example: "JVGL0999999990" },
  { carrier: "dhl", pattern: /^JJ?D\d{18,20}$/, expected: null, example: "JJD014600003828392837" },
  { carrier: "dhl", pattern: /^(?:GM|LX|RX|UV|CN|SG|TH|IN|HK|MY)(?=\D*\d)[A-Z0-9]{14,39}$/, expected: null, example: "GM295117494011169042" },
  { carrier: "dhl", pattern: /^(?:00)?(3404\d{13})(\d)$/, expected: gs1, example: "00340434161094000007" },
  { carrier: "dpd", pattern: /^%?(\d{27})([A-Z0-9])$/, expected: mod37, example: "008182709980000020033350276C" },
  { carrier: "dpd", pattern: /^(\d{14})([A-Z0-9])$/, expected: mod37, example: "09980000020034D" },
  { carrier: "dpd", pattern: /^\d{14}$/, expected: null, example: "09980000020034", tooGeneral: true },
  { carrier: "usps", pattern: impb(String.raw`94\d{3}`), expected: gs1, example: "9405803699300124287899" },
  { carrier: "usps", pattern: impb(String.raw`9[235]\d{3}`), expected: gs1, example: "9505511069605048600624" },
  { carrier: "usps", pattern: /^(?:420\d{5}(?:\d{4})?)?(91\d{19})(\d)$/, expected: gs1, example: "9101123456789000000013" },
  { carrier: "fedex", pattern: /^96\d{2}\d{5}\d{10}\d(\d{13})(\d)$/, expected: fedexLong, example: "9622001900000000000000776632517510" },
  { carrier: "fedex", pattern: /^[0-8]\d{19}(\d{13})(\d)$/, expected: fedexLong, example: "1001921334250001000300779017972697" },
  { carrier: "fedex", pattern: /^3\d{15}(\d{11})(\d)\d{4}$/, expected: fedexExpress, example: "32971514560102447849175802862014" },
  { carrier: "fedex", pattern: /^96\d{5}(\d{14})(\d)$/, expected: tripleOdd, example: "9611020987654312345672" },
  { carrier: "usps", pattern: /^(?:420\d{5}(?:\d{4})?)?(\d{19})(\d)$/, expected: (serial) => gs1(`91${serial}`), example: "71123456789000000014" },
  { carrier: "usps", pattern: /^(0[1-9]\d{17})(\d)$/, expected: gs1, example: "03071790000523483741" },
  { carrier: "fedex", pattern: /^(0[0124]\d{15})(\d)$/, expected: gs1, example: "000123450000000027" },
  { carrier: "canada_post", pattern: /^(\d{15})(\d)$/, expected: gs1, example: "0073938000549297" },
  { carrier: "fedex", pattern: /^(\d{14})(\d)$/, expected: tripleOdd, example: "568283610012000" },
  { carrier: "dhl", pattern: /^60\d{12}$/, expected: null, example: "60120172242323" },
  { carrier: "dhl", pattern: /^\d{12}$|^\d{14}$/, expected: null, example: "123456789012", tooGeneral: true },
  { carrier: "fedex", pattern: /^(\d{11})(\d)$/, expected: fedexExpress, example: "986578788855" },
  { carrier: "purolator", pattern: /^([0-5]\d{10})(\d)$/, expected: luhn, example: "320595463938" },
  { carrier: "old_dominion", pattern: /^((?:77[78]|072|780)\d{7})(\d)$/, expected: luhn, example: "07209562763" },
  { carrier: "old_dominion", pattern: /^(80\d{8})(\d)$/, expected: luhn, example: "80003280379" },
  { carrier: "dhl", pattern: /^(\d{9,10})(\d)$/, expected: mod7, example: "3318810025" },
  { carrier: "gls", pattern: /^\d{11,12}$|^\d{14}$|^\d{20}$|^[A-Z0-9]{8}$/, expected: null, example: "ZX1A2B3C", tooGeneral: true },
  { carrier: "royal_mail", pattern: /^(?=.*\d)[0-9A-F]{16}$|^(?=.*\d)[0-9A-F]{21}$/, expected: null, example: "0B0480284000010A6FBD2", tooGeneral: true },
];

// ---------------------------------------------------------------- carriers

// oxfmt-ignore
const carriers = {
  ups: { title: "UPS", names: ["united parcel service", "ups"], page: "https://www.ups.com/track?tracknum=%s" },
  usps: { title: "USPS", names: ["united states postal service", "us postal service", "u s p s", "us mail"], page: "https://tools.usps.com/go/TrackConfirmAction?tLabels=%s" },
  fedex: { title: "FedEx", names: ["federal express", "fed ex"], page: "https://www.fedex.com/fedextrack/?trknbr=%s" },
  dhl: { title: "DHL", names: ["deutsche post dhl", "dhl express", "dhl paket"], page: "https://www.dhl.com/en/express/tracking.html?AWB=%s" },
  amazon: { title: "Amazon Logistics", names: ["amazon", "amzl", "amazon shipping", "swiship"], page: null },
  canada_post: { title: "Canada Post", names: ["postes canada", "canadapost"], page: "https://www.canadapost-postescanada.ca/track-reperage/en#/search?searchFor=%s" },
  purolator: { title: "Purolator", names: [], page: "https://www.purolator.com/en/shipping/tracker?searchValue=%s" },
  dpd: { title: "DPD", names: ["dynamic parcel distribution", "dpdgroup", "geopost"], page: "https://www.dpdgroup.com/nl/mydpd/my-parcels/track?lang=en&parcelNumber=%s" },
  evri: { title: "Evri", names: ["hermes", "myhermes", "hermes uk", "hermesworld"], page: "https://www.evri.com/track/parcel/%s" },
  yodel: { title: "Yodel", names: ["yodel direct"], page: "https://www.yodel.co.uk/tracking/%s" },
  gls: { title: "GLS", names: ["general logistics systems"], page: "https://gls-group.eu/EU/en/parcel-tracking?match=%s" },
  postnl: { title: "PostNL", names: ["post nl", "tnt post"], page: "https://jouw.postnl.nl/track-and-trace/%s" },
  lasership: { title: "LaserShip", names: ["laser ship"], page: "https://www.ontrac.com/tracking/?number=%s" },
  ontrac: { title: "OnTrac", names: ["on trac"], page: "https://www.ontrac.com/tracking/?number=%s" },
  yunexpress: { title: "YunExpress", names: ["yun express", "yuntrack"], page: "https://www.yuntrack.com/parcelTracking?id=%s" },
  "4px": { title: "4PX", names: ["4 px", "fourpx", "4px worldwide express"], page: "https://track.4px.com/#/result/0/%s" },
  sf_express: { title: "SF Express", names: ["sf", "shunfeng", "sf international"], page: "https://www.sf-international.com/us/en/dynamic_function/waybill/#search/bill-number/%s" },
  cainiao: { title: "Cainiao", names: ["aliexpress standard shipping", "cainiao super economy"], page: "https://global.cainiao.com/detail.htm?mailNoList=%s" },
  royal_mail: { title: "Royal Mail", names: ["royalmail"], page: "https://www.royalmail.com/track-your-item#/tracking-results/%s" },
  canpar: { title: "Canpar", names: ["canpar express"], page: "https://www.canpar.com/en/track/tracking.jsp?reference=%s&locale=en" },
  gofo: { title: "GOFO Express", names: ["gofo"], page: "https://www.gofoexpress.com/tracking.html?searchID=%s" },
  landmark: { title: "Landmark Global", names: ["landmark"], page: "https://track.landmarkglobal.com/?search=%s" },
  old_dominion: { title: "Old Dominion", names: ["odfl", "old dominion freight line"], page: "https://www.odfl.com/us/en/tools/trace-track-ltl-freight/trace.html?proNumbers=%s" },
  speedee: { title: "Spee-Dee Delivery", names: ["speedee", "spee dee"], page: "https://www.speedeedelivery.com/track/?tracking=%s" },
  china_post: { title: "China Post", names: ["china post ems", "chinapost", "china ems"], page: null },
  deutsche_post: { title: "Deutsche Post", names: ["deutschepost"], page: "https://www.deutschepost.de/sendung/simpleQueryResult.html?form.sendungsnummer=%s" },
  la_poste: { title: "La Poste", names: ["laposte", "colissimo"], page: "https://www.laposte.fr/outils/suivre-vos-envois?code=%s" },
  australia_post: { title: "Australia Post", names: ["auspost", "aus post"], page: "https://auspost.com.au/mypost/track/details/%s" },
  japan_post: { title: "Japan Post", names: ["japanpost"], page: "https://trackings.post.japanpost.jp/services/srv/search/direct?locale=en&reqCodeNo1=%s" },
  austrian_post: { title: "Austrian Post", names: ["post at", "osterreichische post", "oesterreichische post"], page: null },
  swiss_post: { title: "Swiss Post", names: ["swisspost", "die schweizerische post"], page: null },
  bpost: { title: "bpost", names: ["belgian post"], page: "https://track.bpost.cloud/btr/web/#/search?itemCode=%s" },
  correos: { title: "Correos", names: ["correos espana", "correos spain"], page: "https://www.correos.es/es/en/tools/tracker/items/details?tracking-number=%s" },
  poste_italiane: { title: "Poste Italiane", names: ["poste it"], page: null },
  postnord: { title: "PostNord", names: ["post nord"], page: "https://portal.postnord.com/tracking/details/%s" },
  posten: { title: "Posten Norge", names: ["bring"], page: "https://sporing.posten.no/sporing/%s" },
  posti: { title: "Posti", names: ["itella"], page: "https://www.posti.fi/en/tracking#/lahetys/%s" },
  an_post: { title: "An Post", names: ["anpost"], page: null },
  singapore_post: { title: "Singapore Post", names: ["singpost"], page: null },
  hongkong_post: { title: "Hongkong Post", names: ["hong kong post"], page: null },
  india_post: { title: "India Post", names: [], page: null },
  s10: { title: "International post", names: ["s10", "international mail", "registered mail"], page: null },
} as const satisfies Record<string, { title: string; names: readonly string[]; page: string | null }>;
export type CarrierId = keyof typeof carriers;
export const carrierIds = Object.keys(carriers) as CarrierId[];

/** Whose numbers a carrier's parcels may also have, because it hands them over for the last mile or was merged. */
const handsOverTo: Partial<Record<CarrierId, readonly CarrierId[]>> = {
  ups: ["usps"], // Mail Innovations, SurePost
  fedex: ["usps"], // SmartPost
  dhl: ["usps"], // eCommerce
  amazon: ["usps"],
  ontrac: ["lasership"],
  lasership: ["ontrac"],
};

/** The post that gives out S10 numbers with this country code. */
// oxfmt-ignore
const postOf: Record<string, CarrierId> = {
  US: "usps", GB: "royal_mail", CA: "canada_post", NL: "postnl", CN: "china_post", DE: "deutsche_post", FR: "la_poste", AU: "australia_post",
  JP: "japan_post", AT: "austrian_post", CH: "swiss_post", BE: "bpost", ES: "correos", IT: "poste_italiane", SE: "postnord", DK: "postnord",
  NO: "posten", FI: "posti", IE: "an_post", SG: "singapore_post", HK: "hongkong_post", IN: "india_post",
};
/** Who may carry an S10 item: the posts, and those that sell postal service under their own name. */
const posts: ReadonlySet<CarrierId> = new Set<CarrierId>([
  ...Object.values(postOf),
  "s10",
  "dhl",
  "4px",
  "yunexpress",
  "cainiao",
  "evri",
]);

const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .match(/[a-z0-9]+/g) ?? [];
const byName = new Map<string, CarrierId>(
  carrierIds.flatMap((id) =>
    [id, carriers[id].title, ...carriers[id].names].map((name) => [wordsOf(name).join(""), id] as const),
  ),
);
