import { UnreadableFile } from "../../files/table.ts";
import type { FileRecord } from "./file-record.ts";
import { recordFrom } from "./order-from-rows.ts";
import { checkParts, type OrderMapping } from "./order-mapping.ts";
import { keyOf, layoutOf, rowsBelow, stampOf, survey, type OrderRow } from "./order-rows.ts";

export type { FileRecord, Problem } from "./file-record.ts";
export { guessMapping, type Guess, type MappingGuess } from "./guess-mapping.ts";
export { parseMap, type FileFormat, type OrderMapping } from "./order-mapping.ts";

/**
 * Reads an order file: pure translation, each row of the file in exactly one record. FI-11. An order comes as soon as its last row was read; its rows
 * need not stand together. Reads the file twice, so it must not change meanwhile, and keeps one number per order and the rows of open orders in
 * memory. Throws BadMapping and UnreadableFile before the first record, UnreadableFile also when the file changes.
 */
export async function* readOrders(path: string, mapping: OrderMapping): AsyncGenerator<FileRecord, void, void> {
  checkParts(mapping);
  const stamp = await stampOf(path);
  const layout = await layoutOf(path, mapping);
  const { lastLines, spoiled } = await survey(path, layout);
  const open = new Map<string, OrderRow[]>();
  for await (const row of rowsBelow(path, layout)) {
    if (row.fault !== null) {
      yield {
        type: "refused",
        rows: [row.line],
        raw: row.raw,
        problems: [{ ...row.fault, header: layout.header.names[row.fault.column - 1] ?? "" }],
      };
      continue;
    }
    const key = keyOf(row, layout);
    if (key === "") {
      yield recordFrom([row], layout, undefined);
      continue;
    }
    const rows = open.get(key) ?? [];
    rows.push(row);
    if (row.line !== lastLines.get(key)) {
      open.set(key, rows);
      continue;
    }
    open.delete(key);
    lastLines.delete(key);
    yield recordFrom(rows, layout, spoiled.get(key));
  }
  if (open.size > 0 || lastLines.size > 0 || (await stampOf(path)) !== stamp)
    throw new UnreadableFile(
      `${path} was changed while it was read. Import it again when nothing writes to it any more; what was read already is not imported twice.`,
    );
}
