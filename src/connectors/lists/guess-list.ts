import { amountOf, type DecimalMark } from "../files/amount.ts";
import { textOf } from "../files/cell.ts";
import { delimiterNames, detectDialect } from "../files/dialect.ts";
import { headerKey, type Header } from "../files/header.ts";
import { fitsStyle, knownStyles, momentOf, type DateStyle } from "../files/moment.ts";
import { shown } from "../files/table.ts";
import type { Problem } from "../channels/file/file-record.ts";
import type { Guess } from "../channels/file/guess-mapping.ts";
import { fieldsOf, type ListKind, type ListMapping } from "./list-mapping.ts";
import { headerOf, tableRows } from "./list-table.ts";

export interface ListGuess {
  /** Complete and usable where `problems` is empty. */
  mapping: ListMapping;
  guessed: Guess[];
  problems: Problem[];
}

const amounts = ["cost", "max_cost"];
const moments = ["as_of", "shipped_at"];

/**
 * IM-11. Finds out how to read a list. What is `given` is taken as it is; the rest is concluded from all rows and said. What the file leaves open is a problem that
 * says what to declare, never a silent choice. Throws BadMapping and UnreadableFile.
 */
export async function guessList(kind: ListKind, path: string, given: Partial<ListMapping> = {}): Promise<ListGuess> {
  const guessed: Guess[] = [];
  const problems: Problem[] = [];
  const say = (part: string, value: string, why: string): void => void guessed.push({ part, value, why });
  const { encoding, delimiter, quoted } = given;
  const { dialect, why } = await detectDialect(path, {
    ...(encoding === undefined ? {} : { encoding }),
    ...(delimiter === undefined ? {} : { delimiter }),
    ...(quoted === undefined ? {} : { quoted }),
  });
  say("encoding", dialect.encoding, why.encoding);
  say("delimiter", delimiterNames.get(dialect.delimiter) ?? dialect.delimiter, why.delimiter);
  const header = await headerOf(path, dialect);
  const constants = given.constants ?? {};
  const columns = chooseColumns(kind, header, given, say, problems);
  const mapping: ListMapping = { decimal: ".", dateStyle: "iso", zone: null, ...dialect, ...given, columns, constants };
  problems.push(...missing(kind, mapping, header));
  if (problems.length === 0) await decideStyles(path, mapping, header, given, say, problems);
  return { mapping, guessed, problems };
}

function chooseColumns(
  kind: ListKind,
  header: Header,
  given: Partial<ListMapping>,
  say: (part: string, value: string, why: string) => void,
  problems: Problem[],
): Record<string, string> {
  const columns: Record<string, string> = { ...given.columns };
  const taken = new Set(Object.values(columns).flatMap((name) => header.columnsNamed(name)));
  const plain = (name: string): string => headerKey(name.replaceAll(/[_-]/g, " "));
  for (const [field, { headers }] of fieldsOf(kind)) {
    if (given.constants?.[field] !== undefined) continue;
    const own = given.columns?.[field];
    const wanted = own === undefined ? headers : [own];
    const found = wanted
      .map((name) =>
        header.names.flatMap((written, index) =>
          written !== "" &&
          (own === undefined ? plain(written) === plain(name) : headerKey(written) === headerKey(name))
            ? [index]
            : [],
        ),
      )
      .find((indexes) => indexes.some((index) => own !== undefined || !taken.has(index)));
    if (found === undefined) {
      if (own !== undefined)
        problems.push({
          line: header.line,
          column: 0,
          header: own,
          found: header.names.filter((name) => name !== "").join(", "),
          expected: `a column called ${own}, as ${field}=${own} says`,
        });
      continue;
    }
    const [index = 0, second] = found;
    const written = header.names[index] ?? "";
    if (second !== undefined)
      problems.push({
        line: header.line,
        column: second + 1,
        header: written,
        found: `${found.length} columns called ${written}`,
        expected: `one, because it is ${field}. Rename the others in the file, or map another column: ${field}=Header`,
      });
    columns[field] = written;
    taken.add(index);
    if (own === undefined) say(field, written, "its name");
  }
  return columns;
}

function missing(kind: ListKind, mapping: ListMapping, header: Header): Problem[] {
  const found = header.names.filter((name) => name !== "").join(", ");
  const has = (field: string): boolean =>
    mapping.columns[field] !== undefined || mapping.constants[field] !== undefined;
  const lacks = (expected: string): Problem => ({ line: header.line, column: 0, header: "", found, expected });
  const problems = fieldsOf(kind).flatMap(([field, { needed }]) =>
    needed && !has(field)
      ? [
          lacks(
            `a column with ${field}: --map ${field}=Header${field === "supplier" ? ", or the same for every row: --supplier NAME" : ""}`,
          ),
        ]
      : [],
  );
  if (kind === "links" && !has("nothing_to_ship"))
    for (const field of ["supplier", "supplier_sku", "cost"])
      if (!has(field))
        problems.push(lacks(`a column with ${field}: --map ${field}=Header, or ${field}:=value for every row`));
  if (kind === "tracking" && !has("order") && !has("po"))
    problems.push(
      lacks(
        "a column with the order's number (--map order=Header) or with our purchase order's reference (--map po=Header)",
      ),
    );
  if (has("cost") && !has("currency"))
    problems.push(lacks("the currency of the costs: --map currency:=EUR, or a column: currency=Header"));
  return problems;
}

/** IM-12. Decimal mark, date style and zone, from all rows of the file. */
async function decideStyles(
  path: string,
  mapping: ListMapping,
  header: Header,
  given: Partial<ListMapping>,
  say: (part: string, value: string, why: string) => void,
  problems: Problem[],
): Promise<void> {
  const index = (field: string): number | null =>
    mapping.columns[field] === undefined ? null : header.indexOf(mapping.columns[field]);
  const cost = amounts.map(index).filter((each) => each !== null);
  const time = moments.map(index).filter((each) => each !== null);
  let decimals: DecimalMark[] = [".", ","];
  let styles: readonly DateStyle[] = given.dateStyle === undefined ? knownStyles : [given.dateStyle];
  let firstAmount: Problem | null = null;
  let firstMoment: Problem | null = null;
  let needsZone: Problem | null = null;
  for await (const row of tableRows(path, mapping, header)) {
    if (row.fault !== null) continue;
    const at = (column: number): Problem => ({
      line: row.line,
      column: column + 1,
      header: header.names[column] ?? "",
      found: shown(textOf(row.cells[column] ?? "")),
      expected: "",
    });
    for (const column of cost) {
      const text = textOf(row.cells[column] ?? "");
      if (!/[.,]/.test(text)) continue;
      const fit = decimals.filter((mark) => amountOf(text, mark).ok);
      if (fit.length === 0) continue;
      firstAmount ??= at(column);
      decimals = fit;
    }
    for (const column of time) {
      const text = textOf(row.cells[column] ?? "");
      if (text === "") continue;
      firstMoment ??= at(column);
      const fit = styles.filter((style) => fitsStyle(text, style) !== "no");
      if (fit.length > 0) styles = fit;
      if (fit.length > 0 && fit.every((style) => fitsStyle(text, style) === "needs_zone")) needsZone ??= at(column);
    }
  }
  if (given.decimal === undefined && firstAmount !== null) {
    const { found } = firstAmount;
    const read = (mark: DecimalMark): string => {
      const amount = amountOf(found, mark);
      return amount.ok ? amount.value : "?";
    };
    if (decimals.length > 1)
      problems.push({
        ...firstAmount,
        expected: `the decimal mark, declared: with decimal=. this is ${read(".")}, with decimal=comma it is ${read(",")}, and no other amount in the file tells`,
      });
    else {
      mapping.decimal = decimals[0]!;
      say("decimal", mapping.decimal, `line ${firstAmount.line} has ${found}`);
    }
  }
  if (given.dateStyle === undefined && firstMoment !== null) {
    const { found } = firstMoment;
    const days = new Map(
      styles.flatMap((style): [string, DateStyle][] => {
        const read = momentOf(found, { style, zone: "UTC" });
        return read.ok ? [[read.value.toISOString().slice(0, 10), style]] : [];
      }),
    );
    if (days.size !== 1)
      problems.push({
        ...firstMoment,
        expected:
          days.size === 0
            ? "a time in a style that we know; declare how times are written, e.g. date=dd.MM.yyyy HH:mm"
            : `the date style, declared: ${[...days].map(([day, style]) => `with date=${style} this is ${day}`).join(", ")}, and no other time in the file tells`,
      });
    else {
      mapping.dateStyle = styles[0]!;
      say("date", mapping.dateStyle, `line ${firstMoment.line} has ${found}`);
    }
  }
  if (needsZone !== null && mapping.zone === null)
    problems.push({
      ...needsZone,
      expected: "the zone of times without an offset, declared: zone=Europe/London, zone=America/New_York …",
    });
}
