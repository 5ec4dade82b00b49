/** What begins so is run by spreadsheets; full-width forms count, because some normalise first. */
const opensFormula = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
/** A plain number is no formula, whatever its sign. */
const isNumber = /^[+-]?\d+(\.\d+)?$/;
const defuse = (text: string): string => (opensFormula.test(text) && !isNumber.test(text) ? `'${text}` : text);

/** One RFC 4180 line with its end, formulas defused. */
export const csvLine = (cells: readonly string[]): string =>
  `${cells
    .map(defuse)
    .map((cell) => (/[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(",")}\r\n`;
