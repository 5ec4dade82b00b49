/** What a cell says, or what was expected instead. Refusals are values: the caller knows line and column and puts them together. */
export type Cell<T> = { ok: true; value: T } | { ok: false; expected: string };

export const value = <T>(read: T): Cell<T> => ({ ok: true, value: read });
export const expected = (what: string): { ok: false; expected: string } => ({ ok: false, expected: what });

/** NFC, trimmed, and without the ="…" that spreadsheets need to leave digits alone. */
export function textOf(cell: string): string {
  const text = cell.trim();
  const bare = text.length > 3 && text.startsWith('="') && text.endsWith('"') ? text.slice(2, -1) : text;
  return isAscii(bare) ? bare : bare.normalize("NFC");
}
// eslint-disable-next-line no-control-regex
const isAscii = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);

/** Control characters, zero-width and direction marks, line separators, and the mark of a character that was lost. */
const invisible = /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\ufffd]/u;
/** As Excel shows a long number: its last digits are gone for good. SKUs like 84E12 have no plus. */
const scientific = /^\d(?:[.,]\d+)?E\+\d{2,}$/i;

/** An exact id: up to 200 characters, text whatever it looks like. `what` names it in the refusal, e.g. "an order id". */
export function idOf(cell: string, what: string, options: { scientificIsDamage?: boolean } = {}): Cell<string> {
  const text = textOf(cell);
  if (text === "") return expected(`${what}; this cell is empty`);
  if (text.length > 200) return expected(`${what} of at most 200 characters; this has ${text.length}`);
  if (invisible.test(text))
    return expected(
      `${what} without control, invisible or damaged characters; this has ${nameOf(invisible.exec(text)?.[0] ?? "")}`,
    );
  if (options.scientificIsDamage === true && scientific.test(text))
    return expected(
      `${what} with all its digits; a spreadsheet has rounded this number. Export the file again and do not save it in a spreadsheet`,
    );
  return value(text);
}
const nameOf = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;

/** One line of an address or a name: white space folded, at most `longest` characters, no control characters. */
export function lineOf(cell: string, longest: number): Cell<string> {
  const text = textOf(cell)
    .replaceAll(/[\s\u200b\ufeff]+/g, " ")
    .trim();
  if (text.length > longest) return expected(`at most ${longest} characters; this has ${text.length}`);
  const control = /\p{Cc}/u.exec(text);
  return control === null ? value(text) : expected(`no control characters; this has ${nameOf(control[0])}`);
}

/** Free text of any length; only NUL, which no database can hold, is refused. */
export const noteOf = (cell: string): Cell<string> =>
  cell.includes("\0") ? expected("text without NUL characters") : value(textOf(cell));
