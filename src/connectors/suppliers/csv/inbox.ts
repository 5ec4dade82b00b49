import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { basename, extname, join } from "node:path";
import { readTable, shown, type Dialect, type Encoding, type TableRow } from "../../files/table.ts";
import { Header, isBlank, isSeparatorLine } from "../../files/header.ts";
import type { Files, InboxDocument, InboxFault, InboxRecord } from "../../ports.ts";
import { quoted } from "./cell.ts";
import { columnsOf, inboxKinds, usualNames, type InboxKind } from "./inbox-columns.ts";
import { recordOf, Row, type Reading } from "./inbox-row.ts";
import { opensFormula, type CsvSettings } from "./settings.ts";

const kinds = Object.keys(inboxKinds) as InboxKind[];

/** Everything in the inbox that its writer has finished, by name (rules CS-15 to CS-22). Changes nothing; `finish` files it away. */
export async function readInbox(
  files: Files,
  settings: CsvSettings,
  { zone, now }: { zone: string; now: Date },
): Promise<InboxDocument[]> {
  const inbox = join(settings.folder, "inbox");
  const documents: InboxDocument[] = [];
  for (const fileName of await files.list(inbox)) {
    if (isUnfinishedName(fileName)) continue;
    const before = await files.stat(join(inbox, fileName));
    if (before === null || before.isFolder || isYoung(before.modifiedAt, settings, now)) continue;
    const bytes = await files.read(join(inbox, fileName));
    const after = await files.stat(join(inbox, fileName));
    if (after?.size !== bytes.length || after.modifiedAt.getTime() !== before.modifiedAt.getTime()) continue; // it grew while we read
    const reading: Reading = {
      decimal: settings.decimal,
      clockwork: { style: settings.inbox.dateStyle, zone },
      currency: settings.inbox.currency,
      asOf: after.modifiedAt,
    };
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    documents.push({ fileName, bytes, sha256, ...(await readDocument(fileName, bytes, settings, reading)) });
  }
  return documents;
}

const isUnfinishedName = (name: string): boolean =>
  name.startsWith(".") || /\.(?:tmp|part|filepart|partial|crdownload)$|~$/i.test(name);
/** A clock that is behind the file server's must not hold a file for ever, so only the recent past counts as young. */
const isYoung = (modifiedAt: Date, { inbox }: CsvSettings, now: Date): boolean => {
  const age = now.getTime() - modifiedAt.getTime();
  return Math.abs(age) < inbox.settleSeconds * 1000;
};

/** What one document says. Every row with text is one record or one fault. */
export async function readDocument(
  fileName: string,
  bytes: Uint8Array,
  settings: CsvSettings,
  reading: Reading,
): Promise<Pick<InboxDocument, "kind" | "records" | "faults">> {
  const table = await openTable(fileName, bytes, settings);
  if (!("kind" in table)) return { kind: null, records: [], faults: [table] };
  const records: InboxRecord[] = [];
  const faults: InboxFault[] = [];
  for await (const row of rowsBelow(bytes, table)) {
    const said =
      rowFault(row, table.header) ??
      recordOf(table.kind, row.line, new Row(row.line, row.cells, table.columns), reading);
    if ("type" in said) records.push(said);
    else faults.push(said);
  }
  return { kind: table.kind, records, faults };
}

/** Which bad rows a file has does not stop its good ones; afterwards the file and what is wrong with it lie in `rejected/`, else the file in `done/`. */
export async function finish(
  files: Files,
  settings: CsvSettings,
  document: InboxDocument,
  faults: readonly InboxFault[],
): Promise<void> {
  const inbox = join(settings.folder, "inbox");
  const suffix = extname(document.fileName);
  // The hash keeps the stock.csv of today from that of yesterday, and makes a second run end in the same place.
  const stem = `${basename(document.fileName, suffix)}.${document.sha256.slice(0, 12)}`;
  if (faults.length > 0) {
    const rejected = join(inbox, "rejected", stem);
    await files.write(`${rejected}.report.csv`, Buffer.from(reportOf(faults)));
    const badRows = await badRowsOf(document, settings, faults);
    if (badRows !== null) await files.write(`${rejected}.bad-rows${suffix}`, Buffer.from(badRows));
  }
  const target = join(inbox, faults.length > 0 ? "rejected" : "done", `${stem}${suffix}`);
  const source = join(inbox, document.fileName);
  // Another file may have come under the same name meanwhile: that one has not been read and stays.
  if ((await files.exists(source)) && Buffer.compare(await files.read(source), document.bytes) === 0)
    await files.rename(source, target);
}

// ---------------------------------------------------------------- the table in the bytes

interface OpenTable {
  kind: InboxKind;
  dialect: Dialect;
  header: Header;
  columns: ReadonlyMap<string, number>;
}

/** Encoding by mark and bytes, delimiter by the header that makes most sense, kind by name or else by header; or why not. */
async function openTable(fileName: string, bytes: Uint8Array, settings: CsvSettings): Promise<OpenTable | InboxFault> {
  const wrong = (found: string, expected: string, line = 0): InboxFault => ({
    line,
    column: 0,
    field: "",
    found,
    expected,
  });
  if (bytes.length === 0) return wrong("an empty file", "a table with a header line; send the file again");
  const encoding = encodingOf(bytes, settings.inbox.encoding);
  if (encoding === null)
    return wrong(
      "bytes that are not in the declared encoding",
      `text in ${settings.inbox.encoding}; correct inbox.encoding in the supplier's settings, or send the file again`,
    );
  const delimiters = settings.inbox.delimiter === "auto" ? [",", ";", "\t", "|"] : [settings.inbox.delimiter];
  const { allowed, likely } = kindsByName(fileName, settings);
  let best: (OpenTable & { score: number }) | null = null;
  let widest: { header: Header; raw: string; lacks: string[] } | null = null;
  for (const delimiter of delimiters) {
    const dialect: Dialect = { encoding, delimiter, quoted: true };
    const row = await headerRow(bytes, dialect);
    if (row === null) return wrong("a file without text", "a table with a header line; send the file again");
    if (row.fault !== null) continue;
    const header = new Header(row.line, row.cells);
    const lacks: string[] = [];
    for (const kind of allowed) {
      const match = columnsOf(kind, header, settings.inbox[kind].columns);
      if ("missing" in match) {
        lacks.push(`${kind}: ${match.missing}`);
        continue;
      }
      const score = match.columns.size + (kind === likely ? 100 : 0);
      if (best === null || score > best.score) best = { kind, dialect, header, columns: match.columns, score };
    }
    if (widest === null || header.names.length > widest.header.names.length) widest = { header, raw: row.raw, lacks };
  }
  if (best !== null) return best;
  return wrong(
    shown(widest?.raw ?? "a first line with broken quotes"),
    `a header line by which we know what the file is. What is missing for ${widest?.lacks.join("; for ") ?? "it"}. Its columns can be named in the supplier's setting inbox`,
    widest?.header.line ?? 1,
  );
}

/** What the file's name says: a pattern of the settings decides, a usual word ("tracking-0412.csv") only breaks a tie between headers. */
function kindsByName(fileName: string, { inbox }: CsvSettings): { allowed: InboxKind[]; likely: InboxKind | null } {
  const byPattern = kinds.filter((kind) => {
    const pattern = inbox[kind].files;
    return pattern !== undefined && globOf(pattern).test(fileName);
  });
  const byWord = kinds.filter((kind) => usualNames[kind].test(fileName));
  return {
    allowed: byPattern.length > 0 ? byPattern : kinds,
    likely: byWord.length === 1 ? (byWord[0] ?? null) : null,
  };
}
const globOf = (pattern: string): RegExp => new RegExp(`^${pattern.split("*").map(RegExp.escape).join(".*")}$`, "iu");

function encodingOf(bytes: Uint8Array, declared: CsvSettings["inbox"]["encoding"]): Encoding | null {
  const marked: Encoding | null =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? "utf-16le"
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? "utf-16be"
        : bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
          ? "utf-8"
          : null;
  if (declared !== "auto" && marked !== null && declared !== marked) return null;
  const encoding = declared !== "auto" ? declared : (marked ?? (isUtf8(bytes) ? "utf-8" : "windows-1252"));
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return encoding;
  } catch {
    return null;
  }
}

async function headerRow(bytes: Uint8Array, dialect: Dialect): Promise<TableRow | null> {
  for await (const row of readTable(bytes, dialect)) if (!isBlank(row.cells) && !isSeparatorLine(row.raw)) return row;
  return null;
}

async function* rowsBelow(bytes: Uint8Array, { dialect, header }: OpenTable): AsyncGenerator<TableRow> {
  for await (const row of readTable(bytes, dialect)) {
    if (row.line > header.line && (row.fault !== null || !isBlank(row.cells))) yield row;
  }
}

function rowFault(row: TableRow, header: Header): InboxFault | null {
  if (row.fault !== null) return { ...row.fault, field: header.names[row.fault.column - 1] ?? "" };
  if (row.cells.length === header.names.length) return null;
  return {
    line: row.line,
    column: 0,
    field: "",
    found: `${row.cells.length} cells`,
    expected: `${header.names.length} cells, as in the header`,
  };
}

// ---------------------------------------------------------------- what goes back to the people

/** The report is opened in a spreadsheet by whoever mends the file: what was found there must not run. */
function reportOf(faults: readonly InboxFault[]): string {
  const cell = (text: string): string => {
    const written = quoted(opensFormula.test(text) ? `'${text}` : text, { quotes: "minimal", delimiter: "," });
    return written.ok ? written.text : "";
  };
  const rows = faults.map(({ line, column, field, found, expected }) =>
    [String(line), String(column), field, found, expected].map(cell).join(","),
  );
  return `\ufeff${["line,column,field,found,expected", ...rows].join("\r\n")}\r\n`;
}

/** Header and bad rows as they stood, to be mended and put into the inbox again; null where it is not the rows that are bad. */
async function badRowsOf(
  document: InboxDocument,
  settings: CsvSettings,
  faults: readonly InboxFault[],
): Promise<string | null> {
  const lines = new Set(faults.map(({ line }) => line));
  const table = await openTable(document.fileName, document.bytes, settings);
  if (!("kind" in table) || lines.has(0)) return null;
  const raws: string[] = [];
  for await (const row of readTable(document.bytes, table.dialect))
    if (row.line === table.header.line || lines.has(row.line)) raws.push(row.raw);
  return `\ufeff${raws.join("\r\n")}\r\n`;
}
