import type { DecimalText } from "#domain/money.ts";
import type { Engine } from "../context.ts";
import { wakeAgain } from "../manage/context.ts";
import { putProductLinks, type LinkWish, type OptionWish } from "../manage/product-link.ts";
import { count } from "./import-log.ts";
import type { ImportReport } from "./import-log.ts";
import {
  channelNames,
  importList,
  supplierNames,
  type ListBatch,
  type ListImport,
  type ListItem,
  type Names,
} from "./lists.ts";

/** All rows of one channel SKU together. */
export interface ListedLink {
  sku: string;
  /** A channel's name; null: for every channel. */
  channel: string | null;
  nothingToShip: boolean;
  options: {
    line: number;
    componentNo: number;
    supplier: string;
    supplierSku: string;
    units: number;
    per: number;
    unitCost: DecimalText;
    currency: string;
    priority: number;
    maxUnitCost: DecimalText | null;
  }[];
}

/** IM-14. Product links: the rows of a SKU are its whole link, what it said before is replaced. Orders held for one of them are verified again. */
export const importLinks = (engine: Engine, wish: ListImport<ListedLink>): Promise<ImportReport> =>
  importList(engine, "links", wish, 200, storeLinks);

async function storeLinks(batch: ListBatch<ListedLink>): Promise<() => Promise<unknown>> {
  const { tx, workspaceId, manage, engine } = batch;
  const [suppliers, channels] = [await supplierNames(tx, workspaceId), await channelNames(tx, workspaceId)];
  let wishes = batch.items.flatMap((item) => {
    const wish = wishOf(batch, item, suppliers, channels);
    return wish === null ? [] : [{ item, wish }];
  });
  for (;;) {
    const answer = await putProductLinks(
      manage,
      workspaceId,
      wishes.map((each) => each.wish),
    );
    if (answer.status === "ok") {
      for (const { item } of wishes) batch.stored(item);
      if (answer.stored > 0) count(batch.tally, "links_changed", answer.stored);
      if (answer.unchanged > 0) count(batch.tally, "links_unchanged", answer.unchanged);
      break;
    }
    const { item } = wishes[answer.index]!;
    batch.refuse(item, "sku", item.item.sku, answer.message);
    wishes = wishes.filter((_, index) => index !== answer.index);
  }
  const keys = wishes.flatMap(({ wish }) => [
    `sku:${wish.sku}`,
    ...wish.options.map((option) => `stock:${option.supplierId}/${option.supplierSku}`),
  ]);
  return () => wakeAgain({ ...manage, db: engine.db }, { workspaceId, keys });
}

function wishOf(
  batch: ListBatch<ListedLink>,
  item: ListItem<ListedLink>,
  suppliers: Names<OptionWish["supplierId"]>,
  channels: Names<NonNullable<LinkWish["channelId"]>>,
): LinkWish | null {
  const { sku, channel, nothingToShip, options } = item.item;
  const channelId = channel === null ? null : channels.find(channel);
  if (channelId === undefined) {
    batch.refuse(item, "channel", channel!, channels.expected(channel!));
    return null;
  }
  const wished: OptionWish[] = [];
  for (const { line, supplier, ...option } of options) {
    const supplierId = suppliers.find(supplier);
    if (supplierId === undefined) {
      batch.refuse(item, "supplier", supplier, suppliers.expected(supplier), line);
      return null;
    }
    wished.push({ ...option, supplierId });
  }
  return { sku, channelId, nothingToShip, options: wished };
}
