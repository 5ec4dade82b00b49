import countries from "i18n-iso-countries";
import { isCountry } from "#domain/country.ts";
import { headerKey } from "../../files/header.ts";

/** Languages whose country names are read, besides ISO codes of two and three letters. */
const languages = ["en", "de", "fr", "es", "it", "nl", "pl", "pt", "sv", "da", "cs", "ja", "zh"];
/** What exports write and no list of names has. */
const alsoCalled: [string, string][] = [
  ["UK", "GB"],
  ["Great Britain", "GB"],
  ["England", "GB"],
  ["Scotland", "GB"],
  ["Wales", "GB"],
  ["Northern Ireland", "GB"],
  ["USA", "US"],
  ["United States", "US"],
  ["EIRE", "IE"],
  ["RSA", "ZA"],
  ["Holland", "NL"],
  ["Czech Republic", "CZ"],
  ["Kosovo", "XK"],
  ["Turkey", "TR"],
];

/** ISO 3166-1 alpha-2 of a code or a name in one of thirteen languages; null where it is neither, or names two countries in two languages. */
export function countryCode(text: string): string | null {
  const upper = text.toUpperCase();
  if (isCountry(upper)) return upper;
  return namesToCodes().get(headerKey(text)) ?? null;
}

let known: Map<string, string | null> | null = null;
function namesToCodes(): Map<string, string | null> {
  if (known !== null) return known;
  known = new Map();
  for (const language of languages) {
    for (const [code, names] of Object.entries(countries.getNames(language, { select: "all" }))) {
      for (const name of names) {
        const key = headerKey(name);
        const before = known.get(key);
        known.set(key, before === undefined || before === code ? code : null);
      }
    }
  }
  for (const [alpha3, alpha2] of Object.entries(countries.getAlpha3Codes())) known.set(alpha3.toLowerCase(), alpha2);
  for (const [name, code] of alsoCalled) known.set(headerKey(name), code);
  return known;
}
