import i18next from "i18next";
import { initReactI18next, useTranslation as useLibrary } from "react-i18next";
import { en } from "./texts/en.ts";

/**
 * Every text of the dashboard is in one catalogue, `texts/`; a language is a file of the same shape. The keys are typed here and not by the library: its own
 * types take a compiler a minute with as many texts as ours.
 */
type KeysOf<Texts, Before extends string = ""> = {
  [Name in keyof Texts & string]: Texts[Name] extends string
    ? `${Before}${WithoutPlural<Name>}`
    : KeysOf<Texts[Name], `${Before}${Name}.`>;
}[keyof Texts & string];
/** `rows_one` and `rows_other` are asked for as `rows`, with a count. */
type WithoutPlural<Name extends string> = Name extends `${infer Bare}_${"one" | "other"}` ? Bare | Name : Name;
export type TextKey = KeysOf<typeof en>;

export interface Translate {
  (key: TextKey, values?: Readonly<Record<string, unknown>>): string;
  /** For a key that comes from elsewhere, such as a code of the API: what is shown where the catalogue has no such text. */
  (key: string, fallback: string): string;
}

void i18next.use(initReactI18next).init({
  lng: "en",
  fallbackLng: "en",
  resources: { en: { translation: en } },
  interpolation: { escapeValue: false }, // React escapes
});

/** Outside of components. */
export const translate = i18next.t.bind(i18next) as unknown as Translate;
export const useTranslation = (): { t: Translate } => ({ t: useLibrary().t as unknown as Translate });
