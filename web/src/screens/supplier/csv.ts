/** Rows of text as a spreadsheet copies or saves them: divided by tabs, semicolons or commas (whichever its first line has), quoted where need be. */
export function readRows(text: string): string[][] {
  const firstLine = text.split(/\r?\n/, 1)[0] ?? "";
  const divider = ["\t", ";", ","].find((each) => firstLine.includes(each)) ?? "\t";
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let isQuoted = false;
  const endCell = (): void => {
    row.push(cell.trim());
    cell = "";
  };
  const endRow = (): void => {
    endCell();
    rows.push(row);
    row = [];
  };
  const chars = text.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n");
  for (let at = 0; at < chars.length; at += 1) {
    const char = chars[at]!;
    if (isQuoted) {
      if (char !== '"') cell += char;
      else if (chars[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else isQuoted = false;
    } else if (char === '"' && cell.trim() === "") isQuoted = true;
    else if (char === divider) endCell();
    else if (char === "\n") endRow();
    else cell += char;
  }
  endRow();
  return rows.map((cells) => cells.map(withoutGuard));
}

/** A file that every spreadsheet opens. A cell that it would run as a formula is kept from that by an apostrophe. */
export const writeRows = (rows: readonly (readonly string[])[]): string =>
  `\ufeff${rows.map((row) => row.map(writeCell).join(",")).join("\r\n")}\r\n`;

function writeCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",;\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
const withoutGuard = (text: string): string => (/^'[=+\-@]/.test(text) ? text.slice(1) : text);

export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
