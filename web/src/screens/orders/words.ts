/** The keys of the search, as the API knows them (a test compares): each is a filter with a pill. */
export const wordKeys = [
  "state",
  "reason",
  "channel",
  "supplier",
  "country",
  "sku",
  "due",
  "received",
  "owner",
  "is",
] as const;
export type WordKey = (typeof wordKeys)[number];
export interface Word {
  key: WordKey;
  value: string;
}
/** A search taken apart as the API takes it apart: `key:value` words, and text. */
export interface Words {
  words: readonly Word[];
  text: string;
}

const isKey = (key: string): key is WordKey => (wordKeys as readonly string[]).includes(key);

export function splitWords(q: string): Words {
  const words: Word[] = [];
  const rest: string[] = [];
  for (const [token] of q.matchAll(/[^\s":]+:"[^"]*"?|\S+/gu)) {
    const [, key = "", value = ""] = /^([a-z]+):"?([^"]*)"?$/u.exec(token) ?? [];
    if (isKey(key) && value !== "") words.push({ key, value });
    else rest.push(token);
  }
  return { words, text: rest.join(" ") };
}

/** A word as it is typed. */
export const writeWord = ({ key, value }: Word): string =>
  /\s/u.test(value) ? `${key}:"${value}"` : `${key}:${value}`;
export const joinWords = ({ words, text }: Words): string => [...words.map(writeWord), text].filter(Boolean).join(" ");

/**
 * What is being typed: words that are finished (a blank follows, or `isDone`) become pills, what is left stays in the box. A last word that has a key is no
 * text to look for yet.
 */
export function takeTyped(typed: string, isDone = false): { words: readonly Word[]; left: string; text: string } {
  const last = /(?:^|\s)([a-z]+:(?:"[^"]*|[^\s"]*))$/u.exec(typed)?.[1];
  const isOpen = !isDone && last !== undefined && isKey(last.slice(0, last.indexOf(":")));
  const { words, text } = splitWords(isOpen ? typed.slice(0, typed.length - last.length) : typed);
  const left = isOpen ? [text, last].filter(Boolean).join(" ") : words.length > 0 ? text : typed;
  return { words, left, text };
}
