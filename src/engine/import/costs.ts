import type { SupplierId } from "#domain/ids.ts";
import type { DecimalText } from "#domain/money.ts";
import type { ReasonCode } from "#domain/reasons.ts";
import { setLinkCosts } from "#store/product-link.ts";
import type { Engine } from "../context.ts";
import { record, wakeAgain, wakeAll } from "../manage/context.ts";
import type { ImportReport } from "./import-log.ts";
import { importList, supplierNames, type ListBatch, type ListImport, type ListItem } from "./lists.ts";

export interface ListedCost {
  supplier: string;
  supplierSku: string;
  unitCost: DecimalText;
  currency: string;
}

/** What a lower price may let go on. */
const priceCodes: readonly ReasonCode[] = ["price_above_limit", "margin_below_limit"];

/** IM-16. What suppliers ask now, for every link that buys the SKU there. One that no link buys is refused: the cost would be nobody's. */
export const importCosts = (engine: Engine, wish: ListImport<ListedCost>): Promise<ImportReport> =>
  importList(engine, "costs", wish, 500, storeCosts);

async function storeCosts(batch: ListBatch<ListedCost>): Promise<() => Promise<unknown>> {
  const { tx, workspaceId, manage, engine, now } = batch;
  const suppliers = await supplierNames(tx, workspaceId);
  const bySupplier = new Map<SupplierId, ListItem<ListedCost>[]>();
  for (const item of batch.items) {
    const id = suppliers.find(item.item.supplier);
    if (id === undefined) batch.refuse(item, "supplier", item.item.supplier, suppliers.expected(item.item.supplier));
    else bySupplier.set(id, [...(bySupplier.get(id) ?? []), item]);
  }
  const keys: string[] = [];
  for (const [supplierId, items] of bySupplier) {
    const changed = await setLinkCosts(
      tx,
      workspaceId,
      supplierId,
      items.map(({ item }) => item),
    );
    const linked = new Set(changed.map((each) => each.supplierSku));
    const stored = items.filter(({ item }) => linked.has(item.supplierSku));
    for (const item of items) {
      if (linked.has(item.item.supplierSku)) batch.stored(item, "costs_set");
      else
        batch.refuse(
          item,
          "sku",
          item.item.supplierSku,
          `a SKU that a product link buys from ${item.item.supplier}; link it first, with its cost`,
        );
    }
    keys.push(...changed.map((each) => `sku:${each.sku}`));
    if (stored.length === 0) continue;
    await engine.ids.ensure(tx, 1);
    const rows = stored
      .slice(0, 100)
      .map(({ item }) => ({ sku: item.supplierSku, to: item.unitCost, currency: item.currency }));
    await record(tx, manage, {
      workspaceId,
      kind: "costs_set",
      subject: "supplier",
      subjectId: supplierId,
      data: { rows, count: stored.length },
    });
  }
  const waking = { workspaceId, keys, codes: keys.length === 0 ? [] : priceCodes };
  await wakeAll(tx, waking, now);
  return () => wakeAgain({ ...manage, db: engine.db }, waking);
}
