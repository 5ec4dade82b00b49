import { countryName } from "./format.ts";

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".split("");
/** Codes that the browser knows by a name and that are none of a country one can send to. */
const none = new Set([
  "EU",
  "EZ",
  "UN",
  "QO",
  "XA",
  "XB",
  "ZZ",
  "UK",
  "AC",
  "CP",
  "CQ",
  "DG",
  "EA",
  "IC",
  "TA",
  "AN",
  "BU",
  "CS",
  "DD",
  "DY",
  "FX",
  "HV",
  "NH",
  "RH",
  "SU",
  "TP",
  "VD",
  "YD",
  "YU",
  "ZR",
]);

/** ISO codes of countries, by their names in the reader's language. */
export const countryCodes: readonly string[] = letters
  .flatMap((first) => letters.map((second) => first + second))
  .filter((code) => !none.has(code) && countryName(code) !== code)
  .sort((one, other) => countryName(one).localeCompare(countryName(other)));
