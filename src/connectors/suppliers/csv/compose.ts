import type { ComposedDocument, PlaceRequest, UncomposableDocument } from "../../ports.ts";
import { cellOf, encoded, quoted } from "./cell.ts";
import type { CsvSettings } from "./settings.ts";

/**
 * One purchase order file: a row per line, the order's own cells repeated in each. Pure, because its bytes are hashed and committed with the arming
 * (rules CS-1 to CS-7). Throws RangeError for what no caller may ask for: see `refuseImpossible`.
 */
export function compose(
  settings: CsvSettings,
  requests: readonly PlaceRequest[],
  dispatch: { reference: string; at: Date },
): ComposedDocument | UncomposableDocument {
  refuseImpossible(settings, requests);
  const problems: UncomposableDocument["problems"] = [];
  const ending = settings.lineEnding === "crlf" ? "\r\n" : "\n";
  const pieces: Uint8Array[] = [];
  if (settings.bom) pieces.push(Uint8Array.of(0xef, 0xbb, 0xbf));

  const addRow = (
    cells: { field: string; written: ReturnType<typeof quoted> }[],
    references: readonly string[],
  ): void => {
    const refuse = (field: string, message: string): void => {
      for (const reference of references) problems.push({ reference, field, message: `${field} ${message}.` });
    };
    for (const [index, { field, written }] of cells.entries()) {
      const bytes = written.ok ? encoded(written.text, settings.encoding) : written;
      if (bytes.ok) pieces.push(encodedAscii(index === 0 ? "" : settings.delimiter), bytes.bytes);
      else refuse(field, bytes.message);
    }
    pieces.push(encodedAscii(ending));
  };

  if (settings.header) {
    const cells = settings.columns.map(({ header }) => ({
      field: `the header ${header}`,
      written: quoted(header, settings),
    }));
    addRow(
      cells,
      requests.map(({ reference }) => reference),
    );
  }
  for (const request of requests) {
    for (const line of request.lines) {
      const cells = settings.columns.map(({ value }) => ({
        field: value,
        written: cellOf(value, request, line, settings),
      }));
      addRow(cells, [request.reference]);
    }
  }

  const fileName = fileNameOf(settings.fileName, requests[0]?.reference ?? "", dispatch);
  if (!/^[A-Za-z0-9(_-][A-Za-z0-9 ._()-]{0,199}$/.test(fileName)) {
    const message = `The file name would not be safe: po_number and batch may have letters, digits and . _ - only, and the name at most 200 characters.`;
    problems.push(...requests.map(({ reference }) => ({ reference, field: "fileName", message })));
  }
  return problems.length > 0
    ? { status: "uncomposable", problems }
    : { status: "composed", fileName, bytes: Buffer.concat(pieces) };
}

/** What no caller may ask for: a purchase that would be in no row, twice in a file, or of no units. */
function refuseImpossible({ perFile }: CsvSettings, requests: readonly PlaceRequest[]): void {
  if (requests.length === 0 || (perFile === "order" && requests.length > 1)) {
    throw new RangeError(
      `One file holds ${perFile === "order" ? "one purchase" : "at least one purchase"}, not ${requests.length}.`,
    );
  }
  if (new Set(requests.map(({ reference }) => reference)).size < requests.length) {
    throw new RangeError("The same purchase is twice in this batch.");
  }
  for (const { reference, lines } of requests) {
    if (lines.length === 0) throw new RangeError(`Purchase ${reference} has no lines.`);
    for (const { no, units } of lines) {
      if (!Number.isSafeInteger(units) || units < 1)
        throw new RangeError(`Line ${no} of purchase ${reference} has ${units} units.`);
    }
  }
}

/** Date and time are of the sending, in UTC, so that the name never depends on a zone's rules. */
function fileNameOf(pattern: string, poNumber: string, { reference, at }: { reference: string; at: Date }): string {
  const iso = at.toISOString();
  const values: Record<string, string> = {
    po_number: poNumber,
    batch: reference,
    date: iso.slice(0, 10),
    time: iso.slice(11, 19).replaceAll(":", ""),
  };
  return pattern.replaceAll(/\{(po_number|date|time|batch)\}/g, (_, name: string) => values[name] ?? "");
}

const encodedAscii = (text: string): Uint8Array => Buffer.from(text, "latin1");
