import type { SupplierId } from "#domain/ids.ts";
import type { DecimalText } from "#domain/money.ts";
import type { Engine } from "../context.ts";
import { wakeAgain } from "../manage/context.ts";
import { setStock } from "../manage/stock.ts";
import type { ImportReport } from "./import-log.ts";
import { importList, supplierNames, type ListBatch, type ListImport, type ListItem } from "./lists.ts";

export interface ListedStock {
  supplier: string;
  supplierSku: string;
  onHand: number;
  unitCost: DecimalText | null;
  currency: string | null;
  /** When it was counted; null: as the file is imported. */
  asOf: Date | null;
}

/** IM-15. Counted stock of suppliers and prep centres. Orders held for want of it are verified again. */
export const importStock = (engine: Engine, wish: ListImport<ListedStock>): Promise<ImportReport> =>
  importList(engine, "stock", wish, 500, storeStock);

async function storeStock(batch: ListBatch<ListedStock>): Promise<() => Promise<unknown>> {
  const { tx, workspaceId, manage, engine, now } = batch;
  const suppliers = await supplierNames(tx, workspaceId);
  const bySupplier = new Map<SupplierId, ListItem<ListedStock>[]>();
  for (const item of batch.items) {
    const { supplier, asOf } = item.item;
    const id = suppliers.find(supplier);
    if (id === undefined) batch.refuse(item, "supplier", supplier, suppliers.expected(supplier));
    else if (asOf !== null && asOf > now)
      batch.refuse(item, "as_of", asOf.toISOString(), "a time that has come: stock is counted, not foretold");
    else bySupplier.set(id, [...(bySupplier.get(id) ?? []), item]);
  }
  const keys: string[] = [];
  for (const [supplierId, all] of bySupplier) {
    let items = all;
    for (;;) {
      const answer = await setStock(
        manage,
        { workspaceId, supplierId },
        items.map(({ item: { supplierSku, onHand, unitCost, currency, asOf } }) => ({
          supplierSku,
          onHand,
          unitCost,
          currency,
          asOf: asOf ?? now,
        })),
      );
      if (answer.status === "ok") break;
      const refused = items[answer.index ?? 0]!;
      batch.refuse(refused, "on_hand", String(refused.item.onHand), answer.message);
      items = items.filter((each) => each !== refused);
      if (items.length === 0) break;
    }
    for (const item of items) batch.stored(item, "stock_set");
    keys.push(...items.map(({ item }) => `stock:${supplierId}/${item.supplierSku}`));
  }
  return () => wakeAgain({ ...manage, db: engine.db }, { workspaceId, keys });
}
