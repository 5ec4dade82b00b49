export interface PastedCount {
  supplier_sku: string;
  on_hand: number;
  unit_cost?: string;
  currency?: string;
}

/** Cells as a sheet puts them on the clipboard (tabs), or as somebody types them (semicolons, commas). `wrong`: numbers of lines that say no count. */
export function pastedRows(text: string): { rows: PastedCount[]; wrong: number[] } {
  const rows: PastedCount[] = [];
  const wrong: number[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "") continue;
    const cells = line.split(line.includes("\t") ? "\t" : line.includes(";") ? ";" : ",").map((cell) => cell.trim());
    const [sku = "", count = "", cost = "", currency = ""] = cells;
    const isCount = /^\d{1,9}$/.test(count.replaceAll(/[\s.](?=\d{3}\b)/g, ""));
    // A sheet's head is no row.
    if (!isCount && index === 0 && !/\d/.test(count)) continue;
    if (sku === "" || !isCount || (cost !== "" && !/^\d+([.,]\d+)?$/.test(cost))) wrong.push(index + 1);
    else
      rows.push({
        supplier_sku: sku,
        on_hand: Number(count.replaceAll(/[\s.]/g, "")),
        ...(cost === "" ? {} : { unit_cost: cost.replace(",", ".") }),
        ...(currency === "" ? {} : { currency: currency.toUpperCase() }),
      });
  }
  return { rows, wrong };
}
