import type { CaseResult, Gate, Table } from "./case.ts";

/** A table for a terminal: the first column to the left, numbers to the right. */
export function showTable({ title, columns, rows, notes = [] }: Table): string {
  const cells = [columns, ...rows.map((row) => row.map(showCell))];
  const widths = columns.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join("  ")
      .trimEnd(),
  );
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  return [title, "", lines[0]!, rule, ...lines.slice(1), ...notes.map((note) => `  ${note}`), ""].join("\n");
}

const showCell = (cell: string | number | null): string =>
  cell === null ? "not measured" : typeof cell === "string" ? cell : showNumber(cell);

/** Three digits that matter; whole numbers as they are. */
export function showNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value) || Math.abs(value) >= 100)
    return Math.round(value).toLocaleString("en").replaceAll(",", " ");
  return Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);
}

export function showGate({ name, kind, measured, target, bound, status, foreignLoad, note }: Gate): string {
  const said = measured === null ? "" : `${showNumber(measured)}, `;
  const load =
    kind === "wall" && measured !== null
      ? `, others used ${foreignLoad === null ? "an unknown number of" : foreignLoad.toFixed(2)} cores`
      : "";
  const why = note === undefined ? "" : ` (${note})`;
  return `${status.padEnd(7)} ${kind.padEnd(5)} ${name}: ${said}${bound} ${showNumber(target)}${load}${why}`;
}

/** Everything for a person. */
export function showResults(results: readonly CaseResult[]): string {
  const gates = results.flatMap((result) => result.gates);
  const counts = (["passed", "failed", "void", "not run"] as const)
    .map((status) => `${gates.filter((gate) => gate.status === status).length} ${status}`)
    .join(", ");
  return [
    ...results.flatMap((result) => result.tables.map(showTable)),
    "Gates",
    "",
    ...gates.map(showGate),
    "",
    `${gates.length} gates: ${counts}`,
  ].join("\n");
}
