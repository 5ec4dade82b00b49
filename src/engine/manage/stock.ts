import type { SupplierId, WorkspaceId } from "#domain/ids.ts";
import { isCurrency, type DecimalText } from "#domain/money.ts";
import { refuse, type Refused, type Result } from "#domain/result.ts";
import { lockStock, putStock } from "#store/stock-row.ts";
import { listSuppliers } from "#store/supplier.ts";
import { change, record, wakeAgain, wakeAll, type ManageContext } from "./context.ts";
import { shown } from "./settings-change.ts";

export interface StockWish {
  supplierSku: string;
  onHand: number;
  unitCost?: DecimalText | null;
  currency?: string | null;
  /** When it was counted; now unless given. */
  asOf?: Date;
  /** `onHand` came in on top of what is there. */
  isOnTop?: boolean;
}

/**
 * STK-1, STK-2. Sets counted stock. At a prep centre it is the shelf: fewer than are promised to orders is refused. At another supplier it begins anew
 * what was placed since. Orders that were held for want of it are verified again. PR-10: what came in is added with the row locked, so that nothing that leaves
 * at the same moment is lost.
 */
export async function setStock(
  context: ManageContext,
  target: { workspaceId: WorkspaceId; supplierId: SupplierId },
  wishes: readonly StockWish[],
): Promise<Result<{ stored: number; onHand: number[] }> & { index?: number }> {
  const { workspaceId, supplierId } = target;
  let index = 0;
  const keys = wishes.map((wish) => `stock:${supplierId}/${wish.supplierSku}`);
  const answer = await change(context, async (tx): Promise<Result<{ stored: number; onHand: number[] }>> => {
    const supplier = (await listSuppliers(tx, workspaceId)).find((each) => each.id === supplierId);
    if (supplier === undefined) return refuse("supplier_unknown", "There is no such supplier in this workspace.");
    for (index = 0; index < wishes.length; index += 1) {
      const problem = checkStock(wishes[index]!);
      if (problem !== null) return problem;
    }
    const now = context.clock.now();
    await wakeAll(tx, { workspaceId, keys }, now);
    const isShelf = supplier.role === "prep";
    const known = new Map(
      (
        await lockStock(
          tx,
          workspaceId,
          supplierId,
          wishes.map((wish) => wish.supplierSku),
        )
      ).map((each) => [each.supplierSku, each]),
    );
    const counts = wishes.map(
      (wish) => wish.onHand + (wish.isOnTop === true ? (known.get(wish.supplierSku)?.onHand ?? 0) : 0),
    );
    for (index = 0; index < wishes.length; index += 1) {
      const wish = wishes[index]!;
      const promised = known.get(wish.supplierSku)?.reserved ?? 0;
      if (isShelf && counts[index]! < promised) {
        return refuse(
          "stock_promised",
          `${wish.supplierSku}: ${counts[index]!} on the shelf, but ${promised} are promised to orders. Cancel or re-route orders first, or count again.`,
        );
      }
    }
    await putStock(
      tx,
      workspaceId,
      wishes.map((wish, no) => ({
        supplierId,
        supplierSku: wish.supplierSku,
        onHand: counts[no]!,
        reserved: isShelf ? (known.get(wish.supplierSku)?.reserved ?? 0) : 0,
        isShelf,
        unitCost: wish.unitCost ?? null,
        currency: wish.currency ?? null,
        asOf: wish.asOf ?? now,
      })),
    );
    await context.ids.ensure(tx, 1);
    await record(tx, context, {
      workspaceId,
      kind: "stock_set",
      subject: "stock",
      subjectId: supplierId,
      data: {
        rows: wishes.slice(0, 100).map((wish, no) => ({
          sku: wish.supplierSku,
          from: known.get(wish.supplierSku)?.onHand ?? null,
          to: counts[no]!,
        })),
        count: wishes.length,
      },
    });
    return { status: "ok", value: { stored: wishes.length, onHand: counts } };
  });
  if (answer.status === "refused") return { ...answer, index };
  await wakeAgain(context, { workspaceId, keys });
  return answer;
}

function checkStock(wish: StockWish): Refused | null {
  const { supplierSku, onHand, unitCost = null, currency = null } = wish;
  const at = (field: string, found: unknown, expected: string): Refused =>
    refuse(
      "stock_invalid",
      `${supplierSku.slice(0, 80) || "A row"}, ${field}: found ${shown(found)}, expected ${expected}.`,
    );
  if (supplierSku.trim() === "" || supplierSku.length > 500)
    return at("sku", supplierSku, "a supplier SKU of 1 to 500 characters");
  if (!Number.isInteger(onHand) || onHand < 0 || onHand > 1_000_000_000)
    return at("units", onHand, "a whole number from 0 to 1000000000");
  if (unitCost !== null && !/^\d{1,12}(\.\d{1,10})?$/.test(unitCost))
    return at("cost", unitCost, "an amount such as 4.50");
  if (currency !== null && !isCurrency(currency))
    return at("currency", currency, "an ISO 4217 currency code such as EUR");
  if ((unitCost === null) !== (currency === null)) return at("currency", currency, "a cost and its currency together");
  return null;
}
