import { addressFields } from "./address.ts";
import type { Address } from "./address.ts";
import { countries, isCountry } from "./country.ts";

export interface AddressProblem {
  code: "address_incomplete" | "address_invalid" | "phone_missing";
  field: keyof Address;
  /** What would do, for a seller, e.g. `a ZIP code such as 94103 or 94103-1234`. Never repeats the address: it is personal data. */
  expected: string;
}

/**
 * What keeps a parcel from being sent to this address, one problem per field, in the order of the fields (rules CK-10 to CK-16); empty when nothing
 * does. Says nothing about whether the place exists and changes nothing. Needs per country: postal authorities' formats as collected in Google's
 * libaddressinput, made wider where buyers type more than the post prints (read 2026-11-22).
 */
export function checkAddress(address: Address, needs: { phone: boolean }): AddressProblem[] {
  return addressFields.flatMap((field) => {
    const problem = checkText(address[field]) ?? checkField(field, address, needs);
    return problem === null ? [] : [{ code: problem.code, field, expected: problem.expected }];
  });
}

type Problem = Pick<AddressProblem, "code" | "expected">;
const incomplete = (expected: string): Problem => ({ code: "address_incomplete", expected });
const invalid = (expected: string): Problem => ({ code: "address_invalid", expected });

const longest = 200;
/** Control characters break files and labels; bidirectional marks make a label read differently from what it says. */
const unprintable = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

function checkText(text: string): Problem | null {
  if (text.length > longest) return invalid(`at most ${longest} characters`);
  if (unprintable.test(text)) return invalid("one line without control or text-direction characters");
  return null;
}

function checkField(field: keyof Address, address: Address, needs: { phone: boolean }): Problem | null {
  const text = address[field];
  switch (field) {
    case "name":
      return isPrintable(text) || isPrintable(address.company) ? null : incomplete("a name or a company");
    case "line1":
      return isPrintable(text) ? null : incomplete("street and house number, or a post office box");
    case "city":
      return isPrintable(text) || cityStates.has(address.country) ? null : incomplete("a city or town");
    case "region":
      return checkRegion(text, address.country);
    case "postcode":
      return checkPostcode(text, address.country);
    case "country":
      if (text === "") return incomplete("a country code of two letters, such as US or DE");
      return isCountry(text) ? null : invalid("a country code of two capital letters (ISO 3166-1), such as US or DE");
    case "phone":
      return !needs.phone || (text.match(/\d/g)?.length ?? 0) >= 6
        ? null
        : { code: "phone_missing", expected: "a phone number with at least 6 digits" };
    case "company":
    case "line2":
    case "email":
      return null;
  }
}

/** Something a driver can read: at least one letter or digit of any script. */
const isPrintable = (text: string): boolean => /[\p{L}\p{N}]/u.test(text);

function checkRegion(region: string, country: string): Problem | null {
  const expected = regionNeeded.get(country);
  if (expected === undefined) return null;
  if (!isPrintable(region)) return incomplete(expected);
  return country === "US" && !usStates.has(regionKey(region)) ? invalid(expected) : null;
}

function checkPostcode(postcode: string, country: string): Problem | null {
  const format = postcodes.get(country);
  if (postcode === "") {
    return format === undefined || format.optional ? null : incomplete(`a postcode such as ${format.example}`);
  }
  if (format === undefined) return null;
  // "SE-114 55", "D-26133": the country before the code is no mistake.
  const code = postcode.toUpperCase().replace(/^[A-Z]{1,3}-(?=\d)/, "");
  return format.pattern.test(code) ? null : invalid(`a postcode such as ${format.example}`);
}

// ---------------------------------------------------------------- what countries need

/** Where the country or its district is city enough. */
const cityStates: ReadonlySet<string> = new Set([
  "AD",
  "AG",
  "GI",
  "HK",
  "KY",
  "MC",
  "MO",
  "NR",
  "SG",
  "SM",
  "VA",
  "VG",
]);

const regionNeeded = tableOf({
  US: "a state such as CA or California (AA, AE or AP for the armed forces)",
  CA: "a province or territory such as ON or Ontario",
  AU: "a state or territory such as NSW or New South Wales",
  BR: "a state such as SP or São Paulo",
  CN: "a province such as Guangdong (广东)",
  IN: "a state such as Maharashtra",
  JP: "a prefecture such as Tokyo (東京都)",
  MX: "a state such as Jalisco",
});

interface PostcodeFormat {
  pattern: RegExp;
  example: string;
  /** Parcels arrive without it. */
  optional: boolean;
}
const needed = (pattern: RegExp, example: string): PostcodeFormat => ({ pattern, example, optional: false });
const optional = (pattern: RegExp, example: string): PostcodeFormat => ({ pattern, example, optional: true });

const digits4 = (example: string) => needed(/^\d{4}$/, example);
const digits5 = (example: string) => needed(/^\d{5}$/, example);
const digits6 = (example: string) => needed(/^\d{6}$/, example);
const threeAndTwo = (example: string) => needed(/^\d{3} ?\d{2}$/, example);
const zip = (example: string) => needed(/^\d{5}(?:[ -]?\d{4})?$/, example);
const british = (example: string) =>
  needed(/^(?:GIR ?0AA|BFPO ?\d{1,4}|[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2})$/, example);
const french = (example: string) => needed(/^\d{2} ?\d{3}$/, example);

/** Countries that are not here have no postcodes, or none that parcels depend on: whatever is given is taken. */
const postcodes = tableOf<PostcodeFormat>({
  US: zip("94103 or 94103-1234"),
  PR: zip("00930"),
  GU: zip("96910"),
  VI: zip("00802"),
  AS: zip("96799"),
  MP: zip("96950"),
  CA: needed(/^[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z][ -]?\d[ABCEGHJ-NPRSTV-Z]\d$/, "K1A 0B1"),
  GB: british("EC1A 1HQ"),
  GG: british("GY1 1AA"),
  JE: british("JE1 1AA"),
  IM: british("IM2 1AA"),
  IE: optional(/^(?:D6W|[A-Z]\d\d) ?[A-Z\d]{4}$/, "D02 X285"),
  DE: digits5("26133"),
  AT: digits4("1010"),
  CH: digits4("3030"),
  LI: digits4("9490"),
  FR: french("33380"),
  MC: french("98000"),
  GF: french("97300"),
  GP: french("97100"),
  MQ: french("97220"),
  RE: french("97400"),
  YT: french("97600"),
  PM: french("97500"),
  BL: french("97133"),
  MF: french("97150"),
  NC: french("98814"),
  PF: french("98709"),
  WF: french("98600"),
  BE: digits4("1000"),
  NL: needed(/^\d{4} ?[A-Z]{2}$/, "1234 AB"),
  LU: digits4("4750"),
  IT: digits5("00144"),
  SM: digits5("47890"),
  VA: digits5("00120"),
  ES: digits5("28039"),
  PT: needed(/^\d{4}[ -]?\d{3}$/, "2725-079"),
  SE: threeAndTwo("114 55"),
  NO: digits4("0025"),
  SJ: digits4("9170"),
  DK: digits4("8660"),
  GL: digits4("3900"),
  FO: needed(/^\d{3}$/, "100"),
  FI: digits5("00550"),
  AX: digits5("22150"),
  IS: needed(/^\d{3}$/, "101"),
  PL: needed(/^\d{2}[ -]?\d{3}$/, "00-950"),
  CZ: threeAndTwo("100 00"),
  SK: threeAndTwo("010 01"),
  HU: digits4("1037"),
  RO: digits6("060274"),
  BG: digits4("1000"),
  HR: digits5("10000"),
  SI: digits4("4000"),
  GR: threeAndTwo("151 24"),
  CY: digits4("2008"),
  MT: needed(/^[A-Z]{3} ?\d{2,4}$/, "BZN 1130"),
  LT: digits5("04340"),
  LV: digits4("LV-1073"),
  EE: digits5("69501"),
  UA: digits5("15432"),
  RU: digits6("125075"),
  TR: digits5("06101"),
  AU: digits4("2060"),
  NZ: digits4("6001"),
  ZA: digits4("0083"),
  JP: needed(/^\d{3}-?\d{4}$/, "154-0023"),
  CN: digits6("266033"),
  KR: needed(/^\d{5}$|^\d{3}-\d{3}$/, "03187"), // five digits since 2015; the old form still gets there
  TW: needed(/^\d{3}(?:-?\d{2,3})?$/, "10603"),
  SG: digits6("546080"),
  MY: digits5("43000"),
  TH: digits5("10150"),
  IN: needed(/^\d{3} ?\d{3}$/, "110034"),
  BR: needed(/^\d{5}-?\d{3}$/, "40301-110"),
  MX: digits5("02860"),
  PH: optional(/^\d{4}$/, "1008"),
  ID: optional(/^\d{5}$/, "40115"),
  VN: optional(/^\d{5,6}$/, "119415"),
  IL: optional(/^\d{5}(?:\d{2})?$/, "9614303"),
  SA: optional(/^\d{5}(?:-?\d{4})?$/, "11564"),
  AR: optional(/^\d{4}$|^[A-HJ-NP-Z]\d{4}(?:[A-Z]{3})?$/, "C1070AAM"),
  CL: optional(/^\d{3}-?\d{4}$/, "8340457"),
  CO: optional(/^\d{6}$/, "111221"),
});

/** What parcels to a country need, for a form that asks for an address. */
export interface AddressNeeds {
  country: string;
  city: boolean;
  /** What the region is there, such as "a state such as CA or California"; null: nothing depends on it. */
  region: string | null;
  /** null: there are none, or none that parcels depend on. */
  postcode: { example: string; needed: boolean } | null;
}
/** UI-24. The same tables as the check's, country by country. */
export const addressNeeds = (): AddressNeeds[] =>
  countries.map((country) => {
    const format = postcodes.get(country);
    return {
      country,
      city: !cityStates.has(country),
      region: regionNeeded.get(country) ?? null,
      postcode: format === undefined ? null : { example: format.example, needed: !format.optional },
    };
  });

/** A Map, because the country is whatever a buyer sent ("constructor" too). */
function tableOf<T>(entries: Record<string, T>): ReadonlyMap<string, T> {
  return new Map(Object.entries(entries));
}
const regionKey = (text: string): string => text.toLowerCase().replace(/[^a-z]/g, "");
/** USPS Publication 28, appendix B: states, territories and military "states", by code and by name. */
const usStates: ReadonlySet<string> = new Set(
  (
    "AL Alabama,AK Alaska,AZ Arizona,AR Arkansas,CA California,CO Colorado,CT Connecticut,DE Delaware,DC District of Columbia,DC Washington DC," +
    "FL Florida,GA Georgia,HI Hawaii,ID Idaho,IL Illinois,IN Indiana,IA Iowa,KS Kansas,KY Kentucky,LA Louisiana,ME Maine,MD Maryland," +
    "MA Massachusetts,MI Michigan,MN Minnesota,MS Mississippi,MO Missouri,MT Montana,NE Nebraska,NV Nevada,NH New Hampshire,NJ New Jersey," +
    "NM New Mexico,NY New York,NC North Carolina,ND North Dakota,OH Ohio,OK Oklahoma,OR Oregon,PA Pennsylvania,RI Rhode Island,SC South Carolina," +
    "SD South Dakota,TN Tennessee,TX Texas,UT Utah,VT Vermont,VA Virginia,WA Washington,WV West Virginia,WI Wisconsin,WY Wyoming," +
    "AS American Samoa,GU Guam,MP Northern Mariana Islands,PR Puerto Rico,VI Virgin Islands,VI US Virgin Islands,FM Micronesia," +
    "MH Marshall Islands,PW Palau,AA Armed Forces Americas,AE Armed Forces Europe,AP Armed Forces Pacific"
  )
    .split(",")
    .flatMap((entry) => [entry.slice(0, 2), entry.slice(3)].map(regionKey)),
);
