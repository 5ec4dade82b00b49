import type { en } from "./texts/en.ts";

/**
 * Every text of the dashboard is in one catalogue, `texts/`; a language is a file of the same shape. The keys are typed here and not by a library: its own
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

/** What is put into a text, by the name that stands in its braces; `null` leaves nothing there. */
export type Values = Readonly<Record<string, string | number | null | undefined>>;

export interface Translate {
  (key: TextKey, values?: Values): string;
  /** For a key that comes from elsewhere, such as a code of the API: what is shown where the catalogue has no such text. */
  (key: string, fallback: string): string;
}
/** A part of the catalogue: a text, or more parts by name. */
export type Texts = string | { readonly [name: string]: Texts };

/** The parts that are here. Each comes with the chunk that asks for its first text: the build sees to that (vite.config.ts), so that nobody loads what they never read. */
const here = new Map<string, Texts>();
export const addTexts = (part: string, texts: Texts): void => void here.set(part, texts);

const plurals = new Intl.PluralRules("en");

/**
 * The text with its `{{values}}` put in. A `count` that is a number chooses `…_zero` where there is one, `…_one` or `…_other`. A key that the catalogue has
 * not shows itself.
 */
export const translate: Translate = (key: string, given: string | Values = {}): string => {
  const values = typeof given === "string" ? {} : given;
  const { count } = values;
  const forms = typeof count === "number" ? [...(count === 0 ? ["_zero"] : []), `_${plurals.select(count)}`, ""] : [""];
  for (const form of forms) {
    const text = at(key + form);
    if (text !== undefined) return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name] ?? ""));
  }
  return typeof given === "string" ? given : key;
};

function at(key: string): string | undefined {
  const [part, ...names] = key.split(".");
  let texts = here.get(part!);
  for (const name of names) texts = typeof texts === "object" && Object.hasOwn(texts, name) ? texts[name] : undefined;
  return typeof texts === "string" ? texts : undefined;
}

export const useTranslation = (): { t: Translate } => translator;
const translator = { t: translate };
