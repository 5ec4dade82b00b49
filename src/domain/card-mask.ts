import type { Address } from "./address.ts";
import type { ChannelOrder } from "./channel-order.ts";

/**
 * CD rules. Card numbers and verification codes that people write where no one asked for them: they are blanked out before the first write, because what was
 * never stored cannot leak (PCI DSS 4.0.1, 3.3.1, read 2026-11-22: a code is never stored, not even encrypted).
 */

export const cardBlank = "[card number removed]";
export const codeBlank = "[card code removed]";

/** First digits and lengths of the brands, from their published ranges (ISO/IEC 7812 issuers, read 2026-11-22). */
const brands: readonly { begins: RegExp; lengths: readonly number[] }[] = [
  { begins: /^4/, lengths: [13, 16, 19] }, // Visa
  { begins: /^(5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, lengths: [16] }, // Mastercard
  { begins: /^3[47]/, lengths: [15] }, // American Express
  { begins: /^(30[0-5]|3095|36|38|39)/, lengths: [14] }, // Diners
  { begins: /^(6011|64[4-9]|65)/, lengths: [16, 19] }, // Discover
  { begins: /^35(2[89]|[3-8])/, lengths: [16, 19] }, // JCB
  { begins: /^62/, lengths: [16, 17, 18, 19] }, // UnionPay
  { begins: /^(5018|5020|5038|5893|6304|6759|676[1-3])/, lengths: [13, 14, 15, 16, 17, 18, 19] }, // Maestro
];

/** A text without this holds neither: thirteen digits, or three behind a word for a code. */
const mayHold =
  /\d[\d \u00a0-]{11,}\d|(?:c[vsi][cvnd]|code|numm?er|value|pr[uü]f|c[oó]digo|seguridad|cryptogramme)[^\d]{0,12}\d{3}/iu;
/** Digits in groups with a blank or a hyphen between them, not part of a longer name. */
const digitRun = /(?<![\p{L}\p{N}_])\d+(?:[ \u00a0-]\d+)*(?![\p{L}\p{N}_]|-[\p{L}\p{N}])/gu;
/** Directly before a number these make it part of something else: a phone number, an order number, an address. */
const joined = /[+#/.-]$/u;
/** Before a number these say that it is a card's. */
const cardWords =
  /(card|karte|carte|tarjeta|carta|cart[aã]o|kort|visa|master ?card|maestro|amex|american express|diners|discover|jcb|credit|debit|\bcc\b|\bpan\b|карт)[^\d]{0,30}$/iu;
/** Before a number these say that it is something else. */
const otherWords =
  /(track|sendung|paket|parcel|shipment|colis|env[ií]o|consignment|order|bestell|commande|pedido|auftrag|\bpo\b|phone|telefon|\btel\b|mobile|handy|whatsapp|fax|\bean\b|gtin|\bupc\b|isbn|\bimei\b|invoice|rechnung|facture|factura|\bsku\b|article|artikel|serial|\bref|customer|kunde|\bvat\b|\bust|\biban\b|account|konto)[^\d]{0,20}$/iu;
const codes =
  /\b(cvc2?|cvv2?|cvn2?|csc|cid|card (?:verification|security) (?:code|number|value)|security code|verification code|pr[üu]f(?:nummer|ziffer)|kartenpr[üu]fnummer|c[oó]digo de seguridad|cryptogramme)([^\p{L}\p{N}]{0,6}|\s+(?:is|ist|es|est|lautet)[^\p{L}\p{N}]{0,6})\d{3,4}(?!\d)/giu;
/** What stands behind a card number: when it expires, and perhaps its code. */
const afterCard =
  /^([\s,;|]{1,4}(?:exp\w*\.?:?\s*|gültig bis\s*|valid\w*\s*(?:thru|until)?:?\s*)?(?:0[1-9]|1[0-2])\s?[/.-]\s?(?:20)?\d\d)?([\s,;|/]{1,4})\d{3,4}(?![\p{L}\p{N}])/iu;

/** CD-1 to CD-4. The text with card numbers and verification codes blanked out; everything else is as it was. */
export function maskCards(text: string): string {
  if (!mayHold.test(text)) return text; // nearly every text
  let masked = "";
  let from = 0;
  for (const run of text.matchAll(digitRun)) {
    if (run[0].length < shortestCard) continue;
    for (const group of run[0].matchAll(/\d+/gu)) {
      const start = run.index + group.index;
      if (start < from || joined.test(text[start - 1] ?? "")) continue;
      // What is blanked out already says "card" itself: it counts as the digits that it was.
      const before = text
        .slice(Math.max(0, start - 60), start)
        .replaceAll(cardBlank, "0")
        .replaceAll(codeBlank, "0");
      const length = cardAt(text.slice(start, run.index + run[0].length), before);
      if (length === 0) continue;
      masked += text.slice(from, start) + cardBlank;
      from = start + length;
      const [whole, expiry = "", gap = ""] = afterCard.exec(text.slice(from, from + 60)) ?? [];
      if (whole === undefined) continue;
      masked += `${expiry}${gap}${codeBlank}`;
      from += whole.length;
    }
  }
  return (masked + text.slice(from)).replace(codes, (_whole, word: string, gap: string) => `${word}${gap}${codeBlank}`);
}

const shortestCard = 13;
/** A card with blanks or hyphens between its digits, at the very most. */
const longestCard = 2 * 19;

/** How long the card number is with which these groups of digits begin, the longest there is; 0: they begin with none. It ends where a group ends. */
function cardAt(groups: string, before: string): number {
  let found = 0;
  for (const { index, 0: group } of groups.slice(0, longestCard).matchAll(/\d+/gu)) {
    const end = index + group.length;
    if (groups[end] === "-" || (end === longestCard && /\d/u.test(groups[end] ?? ""))) continue;
    if (end >= shortestCard && isCard(groups.slice(0, end), before)) found = end;
  }
  return found;
}

function isCard(found: string, before: string): boolean {
  const digits = found.replaceAll(/[^\d]/gu, "");
  if (!brands.some(({ begins, lengths }) => begins.test(digits) && lengths.includes(digits.length)) || !luhn(digits))
    return false;
  if (cardWords.test(before)) return true;
  if (otherWords.test(before) || isOrderNumber(found)) return false;
  // Short ones look like a phone number or the number of an article; cards of that length are written in groups, or as a card's.
  return digits.length > 14 || (isGrouped(found) && !isTradeItem(digits));
}

/** Amazon's order ids. */
const isOrderNumber = (found: string): boolean => /^\d{3}-\d{7}-\d{7}$/.test(found);
/** As on the card: 4-4-4-4 and its like. */
const isGrouped = (found: string): boolean => /^\d{4}([ \u00a0-])\d{3,6}\1\d{3,5}(\1\d{1,4})?$/u.test(found);

/** The check digit of all card numbers. */
export function luhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const counted = index % 2 === 0 ? digit : digit * 2;
    sum += counted > 9 ? counted - 9 : counted;
  }
  return sum % 10 === 0;
}

/** EAN-13 and GTIN-14 have a check digit of their own. */
function isTradeItem(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1)
    sum += Number(digits[digits.length - 1 - index]) * (index % 2 === 0 ? 1 : 3);
  return sum % 10 === 0;
}

/** CD-6. What a channel, a file or a person says about an order, with every text that people wrote masked. Ids, SKUs and the phone number stay. */
export function withoutCards(order: ChannelOrder): ChannelOrder {
  const { note, shipTo, shippingMethod, lines } = order;
  const texts = [note, shippingMethod, ...lines.map(({ title }) => title), ...(shipTo === null ? [] : written(shipTo))];
  if (texts.every((text) => text === null || maskCards(text) === text)) return order;
  const mask = (text: string | null): string | null => (text === null ? null : maskCards(text));
  return {
    ...order,
    note: mask(note),
    shippingMethod: mask(shippingMethod),
    lines: lines.map((line) => ({ ...line, title: maskCards(line.title) })),
    shipTo: shipTo === null ? null : maskAddress(shipTo),
  };
}
const written = ({ name, company, line1, line2, city }: Address): string[] => [name, company, line1, line2, city];
export const maskAddress = (address: Address): Address => ({
  ...address,
  name: maskCards(address.name),
  company: maskCards(address.company),
  line1: maskCards(address.line1),
  line2: maskCards(address.line2),
  city: maskCards(address.city),
});

/** Names of fields in which people write; in others a value of nothing but digits is an id. */
const wordy = /note|comment|message|instruction|remark|memo|text|description|reason|card|gift/i;

/**
 * CD-5. The same for a value as JSON has them: every text in it. A text of nothing but digits is an id and stays, unless its field is one that people write in;
 * numbers stay.
 */
export function maskCardsIn<T>(value: T, field = ""): T {
  if (typeof value === "string") return (isId(value, field) ? value : maskCards(value)) as T;
  if (Array.isArray(value)) {
    const masked = value.map((each: unknown) => maskCardsIn(each, field));
    return masked.every((each, index) => each === value[index]) ? value : (masked as T);
  }
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  let isChanged = false;
  const masked: Record<string, unknown> = {};
  for (const [name, each] of Object.entries(value)) {
    const now: unknown = maskCardsIn(each, name);
    isChanged ||= now !== each;
    Object.defineProperty(masked, name, { value: now, enumerable: true, writable: true, configurable: true });
  }
  return isChanged ? (masked as T) : value;
}
const isId = (text: string, field: string): boolean => /^\d*$/.test(text) && !wordy.test(field);

/** CD-5. A message as it came in: JSON text by text, anything else as one text. It stays byte for byte what it was where there is nothing to blank out. */
export function maskMessage(raw: string): string {
  if (!/\d{3}/.test(raw)) return raw;
  let said: unknown;
  try {
    said = JSON.parse(raw);
  } catch {
    return maskCards(raw);
  }
  const masked = maskCardsIn(said);
  return masked === said ? raw : JSON.stringify(masked);
}
