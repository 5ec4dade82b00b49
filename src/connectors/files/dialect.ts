import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { isBlank, isSeparatorLine } from "./header.ts";
import { readTable, UnreadableFile, whyUnreadable, type Dialect, type Encoding } from "./table.ts";

export interface DetectedDialect {
  dialect: Dialect;
  /** For each part, the evidence it was taken from, as a sentence for the person who imports. */
  why: Record<keyof Dialect, string>;
}

const delimiters = [",", ";", "\t", "|"];
export const delimiterNames = new Map([
  [",", "comma"],
  [";", "semicolon"],
  ["\t", "tab"],
  ["|", "bar"],
]);

/**
 * Finds encoding, delimiter and quoting from the file alone. FI-7 to FI-9. What is given is not guessed, but a byte order mark that contradicts
 * it is an error. Reads the whole file for the encoding and its first 1,000 rows for the rest. Throws UnreadableFile for what is no table.
 */
export async function detectDialect(path: string, given: Partial<Dialect> = {}): Promise<DetectedDialect> {
  const head = await firstBytes(path, 4096);
  refuseOtherFormats(path, head);
  const [encoding, whyEncoding] = await detectEncoding(path, head, given.encoding);
  const declared = given.delimiter ?? separatorLine(encoding, head);
  const scored: (Shape & { delimiter: string; quoted: boolean })[] = [];
  for (const delimiter of declared === null ? delimiters : [declared]) {
    const plain = await shape(path, { encoding, delimiter, quoted: false });
    const strict = await shape(path, { encoding, delimiter, quoted: true });
    // Quotes are read as letters only where reading them as quotes breaks rows and reading them as letters breaks none.
    const quoted = given.quoted ?? !(delimiter === "\t" && strict.faults > 0 && plain.share === 1);
    scored.push({ delimiter, quoted, ...(quoted ? strict : plain) });
  }
  // A header as wide as the rows tells more than equally wide rows: decimal commas are in every row of a table with semicolons, but not in its header.
  const tables = scored
    .filter((one) => one.columns > 1)
    .sort((a, b) => Number(b.headed) - Number(a.headed) || b.share - a.share || b.columns - a.columns);
  const best = tables[0] ?? scored[0];
  if (best === undefined) throw new UnreadableFile(`${path} has no delimiter to try.`);
  const name = delimiterNames.get(best.delimiter) ?? JSON.stringify(best.delimiter);
  return {
    dialect: { encoding, delimiter: best.delimiter, quoted: best.quoted },
    why: {
      encoding: whyEncoding,
      delimiter:
        given.delimiter !== undefined
          ? "given"
          : declared !== null
            ? `${name}: the first line says so`
            : best.columns > 1
              ? `${name}: it makes ${best.columns} columns`
              : "the file has only one column",
      quoted:
        given.quoted !== undefined
          ? "given"
          : best.quoted
            ? "cells may stand in double quotes"
            : "quotes are part of the text: read as quotes they would break rows",
    },
  };
}

/** The delimiter that Excel's own first line ("sep=;") names. */
function separatorLine(encoding: Encoding, head: Uint8Array): string | null {
  const text = new TextDecoder(encoding).decode(head);
  return /^"?sep=([^\r\n])"?[\r\n]/i.exec(text)?.[1] ?? null;
}

/** How the first rows look in a dialect. */
interface Shape {
  /** The commonest number of columns, and the share of rows that have it. */
  columns: number;
  share: number;
  /** Rows that are none. */
  faults: number;
  /** Whether the first row that is not blank is as wide as most. */
  headed: boolean;
}

async function shape(path: string, dialect: Dialect): Promise<Shape> {
  const counts = new Map<number, number>();
  let rows = 0;
  let faults = 0;
  let first = 0;
  for await (const { cells, raw, fault } of readTable(path, dialect)) {
    if (isBlank(cells) || isSeparatorLine(raw)) continue;
    if (rows === 0) first = cells.length;
    if (fault !== null) faults += 1;
    else counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
    if (++rows === 1000) break;
  }
  const [columns, times] = [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0] ?? [1, 0];
  return { columns, share: rows === 0 ? 0 : times / rows, faults, headed: first === columns };
}

async function firstBytes(path: string, length: number): Promise<Uint8Array> {
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    throw await whyUnreadable(path, "utf-8", error);
  }
}

function refuseOtherFormats(path: string, head: Uint8Array): void {
  if (head.length === 0) throw new UnreadableFile(`${path} is empty. Export it again.`);
  const begins = (...bytes: number[]): boolean => bytes.every((byte, i) => head[i] === byte);
  const text = new TextDecoder("windows-1252").decode(head).trimStart().toLowerCase();
  if (begins(0x50, 0x4b, 0x03, 0x04))
    throw new UnreadableFile(
      `${path} is an Excel workbook or a ZIP archive, not a text table. In Excel: Save as, "CSV UTF-8". An archive: unpack it first.`,
    );
  if (begins(0xd0, 0xcf, 0x11, 0xe0))
    throw new UnreadableFile(`${path} is an old Excel workbook, not a text table. In Excel: Save as, "CSV UTF-8".`);
  if (begins(0x1f, 0x8b)) throw new UnreadableFile(`${path} is compressed (gzip). Unpack it first.`);
  if (begins(0x25, 0x50, 0x44, 0x46)) throw new UnreadableFile(`${path} is a PDF, not a text table. Export it as CSV.`);
  if (text.startsWith("<!doctype") || text.startsWith("<html") || text.startsWith("<?xml"))
    throw new UnreadableFile(
      `${path} is a web page or XML, not a table. Was it saved while signed out? Export it again as CSV.`,
      1,
    );
  if (text.startsWith("{") && text.includes('":'))
    throw new UnreadableFile(`${path} is JSON, not a table. Export it as CSV.`, 1);
}

async function detectEncoding(
  path: string,
  head: Uint8Array,
  given: Encoding | undefined,
): Promise<[Encoding, string]> {
  const marked = byteOrderMark(head);
  if (marked !== null && given !== undefined && marked !== given)
    throw new UnreadableFile(
      `${path} says by its byte order mark that it is ${marked}, but ${given} was declared. Declare ${marked} or nothing.`,
      1,
    );
  if (given !== undefined) return [given, "given"];
  if (marked !== null) return [marked, "by its byte order mark"];
  const [even, odd] = zeroBytes(head);
  if (odd > head.length / 8 && even === 0)
    return ["utf-16le", "every second byte is zero, as in UTF-16 (little endian)"];
  if (even > head.length / 8 && odd === 0) return ["utf-16be", "every first byte is zero, as in UTF-16 (big endian)"];
  if (even + odd > 0)
    throw new UnreadableFile(
      `${path} has zero bytes: it is no text in an encoding we know. Export it as CSV in UTF-8.`,
    );
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let beyondAscii = false;
  try {
    for await (const piece of createReadStream(path, { highWaterMark: 64 * 1024 })) {
      const bytes = piece as Uint8Array;
      if (decoder.decode(bytes, { stream: true }).length !== bytes.length) beyondAscii = true;
    }
    decoder.decode();
    return ["utf-8", beyondAscii ? "all its bytes are valid UTF-8" : "it has only ASCII, which is UTF-8 too"];
  } catch (error) {
    const why = await whyUnreadable(path, "utf-8", error);
    if (!(why instanceof UnreadableFile) || why.line === 0) throw why;
    return [
      "windows-1252",
      `line ${why.line} is not valid UTF-8; Windows-1252 is what is left. Declare another encoding if names look wrong`,
    ];
  }
}

function byteOrderMark(head: Uint8Array): Encoding | null {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return "utf-8";
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  return null;
}

function zeroBytes(head: Uint8Array): [even: number, odd: number] {
  const zeros: [number, number] = [0, 0];
  head.forEach((byte, i) => {
    if (byte === 0) zeros[i % 2 === 0 ? 0 : 1] += 1;
  });
  return zeros;
}
