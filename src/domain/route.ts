import { Decimal } from "decimal.js";
import type { AccountId, SupplierId } from "./ids.ts";
import { toMinor } from "./money.ts";
import type { Order, OrderLine } from "./order.ts";
import type { ReasonCode } from "./reasons.ts";
import {
  available,
  linkFor,
  mappingKey,
  type LinkOption,
  type Shared,
  type SharedAccount,
  type SharedSupplier,
} from "./shared.ts";

/** What is to be routed: channel units of an order line, one component of it or (0) all. */
export interface Wish {
  orderLineNo: number;
  componentNo: number;
  quantity: number;
}
/** Where one component of a line goes, and why not elsewhere. */
export interface RoutedLine {
  orderLineNo: number;
  componentNo: number;
  quantity: number;
  units: number;
  option: LinkOption;
}
export interface RoutedPart {
  supplierId: SupplierId;
  accountId: AccountId;
  method: string;
  lines: RoutedLine[];
  /** Booked in the account's currency, minor units. */
  goods: bigint;
  shipping: bigint;
  currency: string;
}
export interface Rejection {
  supplierId: SupplierId;
  supplierSku: string;
  why: ReasonCode;
}
/** What was considered for one component: the screen's "why this supplier". Ids, codes and prices only. */
export interface Considered {
  orderLineNo: number;
  componentNo: number;
  chosen: SupplierId | null;
  candidates: { supplierId: SupplierId; supplierSku: string; unitCost: string; priority: number }[];
  rejected: Rejection[];
}
export interface Route {
  parts: RoutedPart[];
  /** Lines whose link says that there is nothing to ship. */
  nothingToShip: number[];
  problems: { orderLineNo: number; code: ReasonCode; waitsFor: string | null; detail: Record<string, unknown> }[];
  considered: Considered[];
}

interface Candidate {
  option: LinkOption;
  supplier: SharedSupplier;
  account: SharedAccount;
  method: string;
  units: number;
}

/**
 * RT rules. Splits wishes over suppliers: by priority, then total cost with shipping, then fewer parcels, then the lower supplier id, so that the same
 * facts always give the same route. `failed` suppliers are not asked again; `pinned` allows one only.
 */
export function routeLines(
  order: Order,
  lines: readonly OrderLine[],
  wishes: readonly Wish[],
  shared: Shared,
  options: { failed: readonly SupplierId[]; pinned: SupplierId | null },
): Route {
  const route: Route = { parts: [], nothingToShip: [], problems: [], considered: [] };
  const choices: { wish: Wish; componentNo: number; candidates: Candidate[]; considered: Considered }[] = [];
  for (const wish of wishes) {
    const line = lines.find((each) => each.no === wish.orderLineNo)!;
    const link = linkFor(shared, order.channelId, line.sku);
    if (link === undefined || (!link.nothingToShip && link.options.length === 0)) {
      route.problems.push({
        orderLineNo: line.no,
        code: "sku_not_linked",
        waitsFor: `sku:${line.sku}`,
        detail: { sku: line.sku },
      });
      continue;
    }
    if (link.nothingToShip) {
      route.nothingToShip.push(line.no);
      continue;
    }
    const components =
      wish.componentNo === 0 ? [...new Set(link.options.map((option) => option.componentNo))] : [wish.componentNo];
    for (const componentNo of components) {
      const considered: Considered = { orderLineNo: line.no, componentNo, chosen: null, candidates: [], rejected: [] };
      route.considered.push(considered);
      const candidates: Candidate[] = [];
      for (const option of link.options.filter((each) => each.componentNo === componentNo)) {
        const tried = tryOption(order, option, wish.quantity, shared, options);
        if (typeof tried === "string")
          considered.rejected.push({ supplierId: option.supplierId, supplierSku: option.supplierSku, why: tried });
        else {
          candidates.push(tried);
          considered.candidates.push({
            supplierId: option.supplierId,
            supplierSku: option.supplierSku,
            unitCost: option.unitCost,
            priority: option.priority,
          });
        }
      }
      if (candidates.length === 0) route.problems.push(problemOf(line, considered, options.failed, shared));
      else choices.push({ wish, componentNo, candidates: bestTier(candidates), considered });
    }
  }
  assign(route, choices);
  return route;
}

function tryOption(
  order: Order,
  option: LinkOption,
  quantity: number,
  shared: Shared,
  { failed, pinned }: { failed: readonly SupplierId[]; pinned: SupplierId | null },
): Candidate | ReasonCode {
  const supplier = shared.suppliers.get(option.supplierId);
  if (supplier === undefined || !supplier.settings.enabled) return "no_supplier";
  if (pinned !== null && option.supplierId !== pinned) return "no_supplier";
  if (failed.includes(option.supplierId)) return "supplier_refused";
  const { countries } = supplier.settings;
  if (countries !== null && !countries.includes(order.country)) return "destination_not_served";
  if ((quantity * option.units) % option.per !== 0) return "pack_size_mismatch";
  const units = (quantity * option.units) / option.per;
  const stock = available(shared, option.supplierId, option.supplierSku);
  if (stock === null ? !supplier.settings.unknownStockIsAvailable || supplier.role === "prep" : stock < units)
    return "out_of_stock";
  if (option.maxUnitCost !== null && new Decimal(option.unitCost).gt(option.maxUnitCost)) return "price_above_limit";
  const accounts = [...shared.accounts.values()].filter(
    (account) => account.supplierId === option.supplierId && account.active,
  );
  if (accounts.length === 0) return "no_supplier";
  const inCurrency = accounts.filter((account) => account.settings.currency === option.currency);
  if (inCurrency.length === 0) return "currency_mismatch";
  const account = inCurrency.find((each) => !each.credentialsRejected);
  if (account === undefined) return "credentials_rejected";
  const mapped =
    order.shippingMethod === null
      ? undefined
      : shared.methods.get(mappingKey(order.channelId, order.shippingMethod, option.supplierId));
  const method = mapped ?? supplier.settings.defaultMethod;
  if (method === null) return "shipping_not_mapped";
  return { option, supplier, account, method, units };
}

/** The reason that tells a seller most: what time or a delivery may mend first, else what speaks against the best option. */
function problemOf(
  line: OrderLine,
  considered: Considered,
  failed: readonly SupplierId[],
  shared: Shared,
): Route["problems"][number] {
  const detail = { sku: line.sku, component: considered.componentNo, rejected: considered.rejected };
  const outOfStock = considered.rejected.find((each) => each.why === "out_of_stock");
  if (outOfStock !== undefined)
    return {
      orderLineNo: line.no,
      code: "out_of_stock",
      waitsFor: `stock:${outOfStock.supplierId}/${outOfStock.supplierSku}`,
      detail,
    };
  const rejected = considered.rejected.find((each) => !failed.includes(each.supplierId)) ?? considered.rejected[0];
  const code = rejected?.why ?? "no_supplier";
  const account = [...shared.accounts.values()].find(
    (each) => each.supplierId === rejected?.supplierId && each.credentialsRejected,
  );
  return {
    orderLineNo: line.no,
    code,
    waitsFor: code === "credentials_rejected" && account !== undefined ? `account:${account.id}` : `sku:${line.sku}`,
    detail,
  };
}

const bestTier = (candidates: Candidate[]): Candidate[] => {
  const best = Math.min(...candidates.map((candidate) => candidate.option.priority));
  return candidates.filter((candidate) => candidate.option.priority === best);
};

type Choice = { wish: Wish; componentNo: number; candidates: Candidate[]; considered: Considered };

/** RT-4: everything from one supplier where that costs no more than the cheapest per line; ties go to fewer parcels, then to the lower id. */
function assign(route: Route, choices: Choice[]): void {
  if (choices.length === 0) return;
  const cheapest = choices.map((choice) =>
    choice.candidates.reduce((best, each) => (cheaper(each, best) ? each : best)),
  );
  const plans = [cheapest];
  for (const supplierId of new Set(
    choices.flatMap((choice) => choice.candidates.map((candidate) => candidate.supplier.id)),
  )) {
    const alone = choices.map((choice) => choice.candidates.find((candidate) => candidate.supplier.id === supplierId));
    if (alone.every((each) => each !== undefined)) plans.push(alone);
  }
  const chosen = plans.reduce((best, plan) => (better(plan, best) ? plan : best));
  const parts = new Map<string, RoutedPart>();
  choices.forEach((choice, index) => {
    const candidate = chosen[index]!;
    choice.considered.chosen = candidate.supplier.id;
    const key = `${candidate.supplier.id}/${candidate.account.id}/${candidate.method}`;
    let part = parts.get(key);
    if (part === undefined) {
      const { currency } = candidate.account.settings;
      part = {
        supplierId: candidate.supplier.id,
        accountId: candidate.account.id,
        method: candidate.method,
        lines: [],
        goods: 0n,
        shipping: toMinor(candidate.supplier.settings.shippingCost, currency),
        currency,
      };
      parts.set(key, part);
    }
    part.lines.push({
      orderLineNo: choice.wish.orderLineNo,
      componentNo: choice.componentNo,
      quantity: choice.wish.quantity,
      units: candidate.units,
      option: candidate.option,
    });
  });
  for (const part of parts.values()) {
    const goods = part.lines.reduce(
      (sum, line) => sum.plus(new Decimal(line.option.unitCost).mul(line.units)),
      new Decimal(0),
    );
    part.goods = toMinor(goods, part.currency);
    route.parts.push(part);
  }
}

const costOf = (candidate: Candidate): Decimal => new Decimal(candidate.option.unitCost).mul(candidate.units);
function cheaper(a: Candidate, b: Candidate): boolean {
  const order = costOf(a).cmp(costOf(b));
  return order < 0 || (order === 0 && BigInt(a.supplier.id) < BigInt(b.supplier.id));
}
function better(plan: Candidate[], than: Candidate[]): boolean {
  const order = planCost(plan).cmp(planCost(than));
  if (order !== 0) return order < 0;
  const parcels = suppliersOf(plan).length - suppliersOf(than).length;
  return parcels !== 0 ? parcels < 0 : BigInt(suppliersOf(plan)[0]!.id) < BigInt(suppliersOf(than)[0]!.id);
}
const suppliersOf = (plan: Candidate[]): SharedSupplier[] => [
  ...new Map(plan.map((each) => [each.supplier.id, each.supplier])).values(),
];
const planCost = (plan: Candidate[]): Decimal =>
  suppliersOf(plan).reduce(
    (sum, supplier) => sum.plus(supplier.settings.shippingCost),
    plan.reduce((sum, each) => sum.plus(costOf(each)), new Decimal(0)),
  );
