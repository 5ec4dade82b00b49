import { amountOf, priceOf, type DecimalMark } from "../../files/amount.ts";
import { textOf } from "../../files/cell.ts";
import type { Header } from "../../files/header.ts";
import { fitsStyle, knownStyles, momentOf, type DateStyle } from "../../files/moment.ts";
import { delimiterNames, detectDialect } from "../../files/dialect.ts";
import { shown } from "../../files/table.ts";
import type { Problem } from "./file-record.ts";
import { formats, type Format } from "./formats.ts";
import {
  BadMapping,
  checkParts,
  fields,
  fileFormats,
  type Field,
  type FileFormat,
  type OrderMapping,
} from "./order-mapping.ts";
import { headerCandidates, layoutOf, rowsBelow } from "./order-rows.ts";

export interface MappingGuess {
  /** Complete and usable where `problems` is empty; else the best that is known. */
  mapping: OrderMapping;
  guessed: Guess[];
  /** What must be declared before the file can be read, each with the way out. */
  problems: Problem[];
  /** What may be worth declaring; the file can be read without. */
  hints: string[];
}
/** One part of the mapping and where it came from: shown to the person before anything is stored. */
export interface Guess {
  part: string;
  value: string;
  why: string;
}

const moments = ["ordered_at", "updated_at", "paid_at", "cancelled_at", "ship_by"] as const satisfies readonly Field[];
const amounts = ["unit_price", "line_price", "total", "shipping_paid"] as const satisfies readonly Field[];

/**
 * Finds out how to read an order file. FI-34, FI-35. What is `given` is taken as it is; the rest is concluded from the file alone, from all its rows,
 * and said. What the file leaves open (03/04/2024 and no day above 12, "1.234" and no other price, a time without zone or offset) is a problem
 * that says what to declare, never a silent choice. Throws BadMapping for a given part that cannot be, and UnreadableFile.
 */
export async function guessMapping(path: string, given: Partial<OrderMapping> = {}): Promise<MappingGuess> {
  checkParts(given);
  const guessed: Guess[] = [];
  const problems: Problem[] = [];
  const say = (part: string, value: string, why: string): void => void guessed.push({ part, value, why });
  const { dialect, why } = await detectDialect(path, pick(given, ["encoding", "delimiter", "quoted"]));
  say("encoding", dialect.encoding, why.encoding);
  say("delimiter", delimiterNames.get(dialect.delimiter) ?? dialect.delimiter, why.delimiter);
  if (!dialect.quoted) say("quotes", "no", why.quoted);

  const { header, format, because } = await recognise(path, dialect, given);
  say("format", format, because);
  if (given.quoted === undefined && !formats[format].quoted && dialect.quoted) {
    dialect.quoted = false;
    say("quotes", "no", `${formats[format].title}s have none: a quote is a letter`);
  }
  const columns = chooseColumns(header, formats[format], given, say, problems);
  const mapping: OrderMapping = {
    ...dialect,
    format,
    decimal: ".",
    dateStyle: formats[format].dateStyle ?? "iso",
    zone: null,
    columns,
    constants: {},
    notGoods: [],
    countries: {},
    ...given,
  };
  mapping.columns = columns;
  if (columns.order_id === undefined)
    return { mapping, guessed, problems: [...problems, ...whatIsMissing(mapping, header)], hints: [] };

  const evidence = await gather(path, mapping, given.dateStyle ?? formats[format].dateStyle);
  if (given.decimal === undefined) mapping.decimal = decideDecimal(evidence, say, problems);
  if (given.dateStyle === undefined) mapping.dateStyle = decideStyle(evidence, mapping.dateStyle, say, problems);
  decideZone(evidence, mapping, problems);
  decideCurrency(evidence, mapping, say, problems);
  problems.push(...whatIsMissing(mapping, header, problems));
  return { mapping, guessed, problems, hints: hintsOf(evidence, mapping) };
}

// ---------------------------------------------------------------- format and columns

async function recognise(
  path: string,
  dialect: Pick<OrderMapping, "delimiter" | "encoding" | "quoted">,
  given: Partial<OrderMapping>,
): Promise<{ header: Header; format: FileFormat; because: string }> {
  let best: Header | null = null;
  let most = -1;
  for await (const header of headerCandidates(path, dialect)) {
    for (const format of given.format === undefined ? fileFormats : [given.format]) {
      const signature = formats[format].signatures.find((names) =>
        names.every((name) => header.columnsNamed(name).length > 0),
      );
      if (signature !== undefined) {
        const because = `line ${header.line} has the columns of the ${formats[format].title} (${signature.join(", ")})`;
        return { header, format, because };
      }
    }
    const known = namesKnown(header, formats[given.format ?? "generic"], given.columns);
    if (known > most) [best, most] = [header, known];
  }
  if (best === null) throw new BadMapping(`${path} has no row that could be a header. Export it with column names.`);
  const because = given.format === undefined ? "its columns are of no export that we know" : "given";
  return { header: best, format: given.format ?? "generic", because };
}

/** How many fields a row would name if it were the header. */
const namesKnown = (header: Header, { columns }: Format, given: OrderMapping["columns"] = {}): number =>
  fields.filter((field) =>
    [...(columns[field] ?? []), given[field] ?? ""].some((name) => header.columnsNamed(name).length > 0),
  ).length;

function chooseColumns(
  header: Header,
  format: Format,
  given: Partial<OrderMapping>,
  say: (part: string, value: string, why: string) => void,
  problems: Problem[],
): OrderMapping["columns"] {
  const columns: OrderMapping["columns"] = { ...given.columns };
  const taken = new Set(Object.values(columns).flatMap((name) => header.columnsNamed(name)));
  const sharesColumns = format.signatures.length > 0; // an export that we know may use one column for two fields
  for (const field of fields) {
    const own = given.columns?.[field];
    const candidates = own === undefined ? (format.columns[field] ?? []) : [own];
    if (given.constants?.[field] !== undefined) continue;
    const name = candidates.find((candidate) =>
      header.columnsNamed(candidate).some((index) => sharesColumns || own !== undefined || !taken.has(index)),
    );
    if (name === undefined) {
      if (own !== undefined)
        problems.push({
          line: header.line,
          column: 0,
          header: own,
          found: header.names.filter((known) => known !== "").join(", "),
          expected: `a column called ${own}, as ${field}=${own} says`,
        });
      continue;
    }
    const [index = 0, ...others] = header.columnsNamed(name);
    const written = header.names[index] ?? name;
    if (others.length > 0)
      problems.push({
        line: header.line,
        column: (others[0] ?? 0) + 1,
        header: written,
        found: `${others.length + 1} columns called ${written}`,
        expected: `one, because it is ${field}. Rename the others in the file, or map another column: ${field}=Header`,
      });
    columns[field] = written;
    taken.add(index);
    if (own === undefined) say(field, written, sharesColumns ? format.title : "its name");
  }
  if (!sharesColumns && columns.name !== undefined)
    for (const part of ["first_name", "last_name"] as const) delete columns[part];
  return columns;
}

function whatIsMissing(mapping: OrderMapping, header: Header, said: readonly Problem[] = []): Problem[] {
  const has = (...any: Field[]): boolean =>
    any.some((field) => mapping.columns[field] !== undefined || mapping.constants[field] !== undefined);
  const found = header.names.filter((name) => name !== "").join(", ");
  const missing = (expected: string): Problem => ({ line: header.line, column: 0, header: "", found, expected });
  return [
    ...(has("order_id") ? [] : [missing("a column with the order id: --map order_id=Header")]),
    ...(has("sku") ? [] : [missing("a column with the SKU: --map sku=Header")]),
    ...(has("quantity") ? [] : [missing("a column with the quantity: --map quantity=Header")]),
    ...(has("unit_price", "line_price")
      ? []
      : [missing("a column with the price of one unit or of the line: --map unit_price=Header or line_price=Header")]),
    ...(has("currency") || said.some(({ expected }) => expected.startsWith("the currency"))
      ? []
      : [missing("the currency: --map currency:=GBP, or a column: currency=Header")]),
    ...(has("payment", "status", "paid_at")
      ? []
      : [missing("whether orders are paid: --map payment:=paid, or a column: payment=Header or paid_at=Header")]),
  ];
}

// ---------------------------------------------------------------- evidence

/** What all rows of the file together say about how it is written. */
interface Evidence {
  styles: Set<DateStyle>;
  stylesNeedingZone: Set<DateStyle>;
  /** Times that fit at least one style. */
  readable: number;
  /** The last time that struck a style out, by which the one left is known. */
  decisiveMoment: Place | null;
  firstMoment: Place | null;
  decimals: Set<DecimalMark>;
  decisiveAmount: Place | null;
  firstAmount: Place | null;
  hasMarks: boolean;
  currencies: readonly string[] | null;
  firstPrice: Place | null;
  negativeRows: number;
  /** First letters of the ids that have negative quantities, and of the others. */
  negativeInitials: Set<string>;
  otherInitials: Set<string>;
}
type Place = Omit<Problem, "expected">;

async function gather(path: string, mapping: OrderMapping, declaredStyle: DateStyle | null): Promise<Evidence> {
  const evidence: Evidence = {
    styles: new Set(declaredStyle === null ? knownStyles : [declaredStyle]),
    stylesNeedingZone: new Set(),
    readable: 0,
    decisiveMoment: null,
    firstMoment: null,
    decimals: new Set([".", ","]),
    decisiveAmount: null,
    firstAmount: null,
    hasMarks: false,
    currencies: null,
    firstPrice: null,
    negativeRows: 0,
    negativeInitials: new Set(),
    otherInitials: new Set(),
  };
  let layout;
  try {
    layout = await layoutOf(path, { ...mapping, columns: mapping.columns });
  } catch (error) {
    if (error instanceof BadMapping) return evidence; // a column that is missing or there twice is among the problems already
    throw error;
  }
  const seen = new Set<string>(); // most files repeat their dates and prices
  for await (const row of rowsBelow(path, layout)) {
    if (row.fault !== null) continue;
    const place = (field: Field, found: string): Place => {
      const column = layout.columns.get(field) ?? 0;
      return { line: row.line, column: column + 1, header: layout.header.names[column] ?? "", found };
    };
    const textIn = (field: Field): string => textOf(row.cells[layout.columns.get(field) ?? -1] ?? "");
    for (const field of moments) {
      const text = textIn(field);
      if (text === "" || seen.has(`t${text}`)) continue;
      seen.add(`t${text}`);
      testMoment(evidence, text, place(field, text));
    }
    for (const field of amounts) {
      const text = textIn(field);
      if (text === "" || seen.has(`a${text}`)) continue;
      seen.add(`a${text}`);
      testAmount(evidence, text, place(field, text));
    }
    if (seen.size > 100_000) seen.clear();
    const initial = textIn("order_id").slice(0, 1);
    if (textIn("quantity").startsWith("-")) {
      evidence.negativeRows += 1;
      evidence.negativeInitials.add(initial);
    } else evidence.otherInitials.add(initial);
  }
  return evidence;
}

function testMoment(evidence: Evidence, text: string, place: Place): void {
  evidence.firstMoment ??= place;
  const fits = [...evidence.styles].map((style) => [style, fitsStyle(text, style)] as const);
  // A value that fits no style is that row's own problem and no evidence about the others.
  if (fits.every(([, fit]) => fit === "no")) return;
  evidence.readable += 1;
  for (const [style, fit] of fits) {
    if (fit === "no") {
      evidence.styles.delete(style);
      evidence.decisiveMoment = place;
    } else if (fit === "needs_zone") evidence.stylesNeedingZone.add(style);
  }
}

function testAmount(evidence: Evidence, text: string, place: Place): void {
  evidence.firstAmount ??= place;
  const fits = [...evidence.decimals].filter((mark) => priceOf(text, mark).ok);
  if (fits.length === 0) return;
  if (fits.length < evidence.decimals.size) evidence.decisiveAmount = place;
  evidence.decimals = new Set(fits);
  if (/\d[.,]\d/.test(text)) evidence.hasMarks = true;
  const price = priceOf(text, fits[0] ?? ".");
  if (!price.ok || price.value.currencies === null) return;
  evidence.firstPrice ??= place;
  const before = evidence.currencies ?? price.value.currencies;
  evidence.currencies = before.filter((currency) => price.value.currencies?.includes(currency));
}

// ---------------------------------------------------------------- decisions

type Say = (part: string, value: string, why: string) => void;

function decideDecimal(
  { decimals, decisiveAmount, firstAmount, hasMarks }: Evidence,
  say: Say,
  problems: Problem[],
): DecimalMark {
  if (decimals.size === 1) {
    const mark = decimals.has(",") ? "," : ".";
    if (decisiveAmount !== null) say("decimal", mark, `line ${decisiveAmount.line} has ${shown(decisiveAmount.found)}`);
    return mark;
  }
  if (firstAmount !== null && hasMarks) {
    const read = (mark: DecimalMark): string => {
      const amount = amountOf(firstAmount.found, mark);
      return amount.ok ? amount.value : "?";
    };
    problems.push({
      ...firstAmount,
      expected: `the decimal mark, declared: with decimal=. this is ${read(".")}, with decimal=comma it is ${read(",")}, and no other price in the file tells`,
    });
  } else if (firstAmount !== null) say("decimal", ".", "no price in the file has a decimal mark");
  return ".";
}

function decideStyle(
  { styles, readable, decisiveMoment, firstMoment }: Evidence,
  unless: DateStyle,
  say: Say,
  problems: Problem[],
): DateStyle {
  const [style = unless] = styles;
  if (firstMoment === null) return unless;
  const shownBy = decisiveMoment ?? firstMoment;
  if (readable === 0)
    problems.push({
      ...firstMoment,
      expected: "a time in a style that we know; declare how times are written, e.g. date=dd.MM.yyyy HH:mm",
    });
  // Styles that differ only in a time of day that the file never writes mean the same.
  else if (sameDay(styles)) say("date", style, `line ${shownBy.line} has ${shown(shownBy.found)}`);
  else
    problems.push({
      ...firstMoment,
      expected: `the date style, declared: ${meaningsOf(firstMoment.found, styles)}, and no other time in the file tells`,
    });
  return style;
}
function meaningsOf(text: string, styles: ReadonlySet<DateStyle>): string {
  const meanings = new Map<string, string>();
  for (const style of styles) {
    const read = momentOf(text, { style, zone: "UTC" });
    const day = read.ok ? read.value.toISOString().slice(0, 10) : "no date";
    if (!meanings.has(day)) meanings.set(day, `with date=${style} this is ${day}`);
  }
  return [...meanings.values()].join(", ");
}
const sameDay = (styles: ReadonlySet<DateStyle>): boolean =>
  new Set([...styles].map((style) => style.replace(/ [Hh]:mm.*$/, ""))).size === 1;

function decideZone(evidence: Evidence, mapping: OrderMapping, problems: Problem[]): void {
  if (evidence.stylesNeedingZone.has(mapping.dateStyle) && mapping.zone === null && evidence.firstMoment !== null)
    problems.push({
      ...evidence.firstMoment,
      expected: "the zone of times without an offset, declared: zone=Europe/London, zone=America/New_York …",
    });
}

function decideCurrency(
  { currencies, firstPrice }: Evidence,
  mapping: OrderMapping,
  say: Say,
  problems: Problem[],
): void {
  if (mapping.columns.currency !== undefined || mapping.constants.currency !== undefined) return;
  const [currency, ...others] = currencies ?? [];
  if (currency === undefined || firstPrice === null) return;
  if (others.length > 0) {
    problems.push({
      ...firstPrice,
      expected: `the currency, declared: this sign is used for ${[currency, ...others].join(", ")}; say currency:=${currency} or the right one`,
    });
    return;
  }
  mapping.constants = { ...mapping.constants, currency };
  say("currency", currency, `line ${firstPrice.line} has ${shown(firstPrice.found)}, and no price has another sign`);
}

function hintsOf({ negativeRows, negativeInitials, otherInitials }: Evidence, mapping: OrderMapping): string[] {
  if (negativeRows === 0 || mapping.cancellationPrefix !== undefined || mapping.columns.cancels !== undefined)
    return [];
  const letters = [...negativeInitials].filter((initial) => /\p{L}/u.test(initial) && !otherInitials.has(initial));
  const rows = `${negativeRows} ${negativeRows === 1 ? "row has" : "rows have"} a negative quantity and will be set aside with a question.`;
  return [
    letters.length === 0
      ? rows
      : `${rows} Many of their order ids begin with ${letters.join(" or ")} and no others do: if these are cancellations, say cancellation-prefix=${letters[0]}.`,
  ];
}

function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]])) as Pick<T, K>;
}
