import { refusedBy } from "#domain/actions.ts";
import type { OrderDraft } from "#domain/draft.ts";
import type { OrderId } from "#domain/ids.ts";
import { letsGoOn, type JobAction } from "#domain/job.ts";
import { isBeforePlacing, mostImportant } from "#domain/lifecycle.ts";
import type { FulfillmentOrder } from "#domain/order.ts";
import type { ReasonCode } from "#domain/reasons.ts";
import { verifyOrder } from "#domain/verify.ts";
import { viewOf, type Who } from "../actions/change-order.ts";
import type { Engine } from "../context.ts";
import { openDrafts } from "../stage.ts";
import { gatherFacts } from "../stages/verify.ts";
import { changeOf, nothingToDo } from "./change.ts";

/** Of more orders only the first so many are tried. */
export const mostPreviewed = 2000;
const atOnce = 100;

export interface Preview {
  orders: number;
  /** How many of them were tried; less than `orders` where they are more than `mostPreviewed`. */
  checked: number;
  valid: number;
  /** Why not, each with how many and the numbers of the first few. */
  invalid: { code: string; why: string; skips: boolean; orders: number; examples: string[] }[];
  /** What would be bought; null where the action lets nothing go on. */
  commits: {
    purchaseOrders: number;
    suppliers: { name: string; purchaseOrders: number; total: Amount[] }[];
    total: Amount[];
    /** Orders that would be stopped for a limit of price, margin, balance or spending. */
    aboveLimit: number;
    /** Orders that would be stopped all the same, by their most important reason. */
    stillHeld: { reason: ReasonCode; orders: number }[];
  } | null;
}
interface Amount {
  amount: bigint;
  currency: string;
}
const limits: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  "price_above_limit",
  "margin_below_limit",
  "spend_cap",
  "insufficient_balance",
]);

/**
 * JB-8. Does it all, looks, and takes it back: the answer is what the job would find now. Orders are verified as they would be afterwards, so that what would be
 * bought, and where, is known; what a single one would cost is what its supplier's price list says.
 */
export async function previewJob(
  engine: Engine,
  who: Who,
  action: JobAction,
  orders: readonly OrderId[],
): Promise<Preview> {
  const { kept: _, ...apart } = engine;
  const tried = orders.slice(0, mostPreviewed);
  const sum = new Sum(letsGoOn.has(action.action));
  const change = changeOf(action, who.role);
  for (let from = 0; from < tried.length; from += atOnce) {
    const keys = tried.slice(from, from + atOnce).map((orderId) => ({ workspaceId: who.workspaceId, orderId }));
    await takenBack(engine, async (tx) => {
      const need = { links: true, stock: "read", balances: "read" } as const;
      const { drafts, dossiers, shared } = await openDrafts(apart, tx, keys, need, engine.clock.now(), who.actor);
      const facts = await gatherFacts(tx, dossiers, shared);
      for (const draft of drafts) {
        const before = onTheirWay(draft);
        const refused = change.may === undefined ? null : refusedBy(change.may(viewOf(draft, who.role), draft));
        const result = refused ?? (await change.decide(draft, tx));
        if (result.status === "refused") sum.refused(draft, result);
        else {
          if (sum.countsMoney) verifyOrder(draft, facts.get(draft.order.id)!);
          sum.allowed(draft, before);
        }
      }
    });
  }
  return { orders: orders.length, checked: tried.length, ...sum.result() };
}

class TakenBack extends Error {}
async function takenBack(
  engine: Engine,
  work: (tx: Parameters<Parameters<Engine["db"]["tx"]>[0]>[0]) => Promise<void>,
) {
  try {
    await engine.db.tx(async (tx) => {
      await work(tx);
      throw new TakenBack();
    });
  } catch (error) {
    if (!(error instanceof TakenBack)) throw error;
  }
}

/** What waits for the end of its buffer already, and where it will be bought. */
const onTheirWay = (draft: OrderDraft): ReadonlyMap<string, string | null> =>
  new Map(draft.dossier.fulfillmentOrders.filter((fo) => fo.state === "waiting").map((fo) => [fo.id, fo.supplierId]));

class Sum {
  readonly countsMoney: boolean;
  #valid = 0;
  #aboveLimit = 0;
  readonly #invalid = new Map<string, Preview["invalid"][number]>();
  readonly #held = new Map<ReasonCode, number>();
  readonly #suppliers = new Map<string, { name: string; purchaseOrders: number; total: Map<string, bigint> }>();
  constructor(countsMoney: boolean) {
    this.countsMoney = countsMoney;
  }

  refused(draft: OrderDraft, { code, message }: { code: string; message: string }): void {
    const key = `${code} ${message}`;
    const group = this.#invalid.get(key) ?? {
      code,
      why: message,
      skips: code === nothingToDo,
      orders: 0,
      examples: [],
    };
    group.orders += 1;
    if (group.examples.length < 3) group.examples.push(draft.order.number);
    this.#invalid.set(key, group);
  }

  allowed(draft: OrderDraft, before: ReadonlyMap<string, string | null>): void {
    this.#valid += 1;
    if (!this.countsMoney) return;
    const live = draft.dossier.fulfillmentOrders.filter((fo) => isBeforePlacing(fo.state));
    const stops = live.filter((fo) => fo.state === "held").flatMap((fo) => draft.holdsOn(fo));
    const main = mostImportant(stops);
    if (main !== null) this.#held.set(main, (this.#held.get(main) ?? 0) + 1);
    if (stops.some((code) => limits.has(code))) this.#aboveLimit += 1;
    for (const fo of live)
      if (fo.state === "waiting" && (!before.has(fo.id) || before.get(fo.id) !== fo.supplierId))
        this.#bought(draft, fo);
  }

  #bought(draft: OrderDraft, fo: FulfillmentOrder): void {
    const supplier = fo.supplierId === null ? undefined : draft.shared.suppliers.get(fo.supplierId);
    if (supplier === undefined || supplier.role === "prep" || fo.currency === null) return;
    const group = this.#suppliers.get(supplier.id) ?? { name: supplier.name, purchaseOrders: 0, total: new Map() };
    group.purchaseOrders += 1;
    const cost = (fo.expectedGoods ?? 0n) + (fo.expectedShipping ?? 0n);
    group.total.set(fo.currency, (group.total.get(fo.currency) ?? 0n) + cost);
    this.#suppliers.set(supplier.id, group);
  }

  result(): Pick<Preview, "valid" | "invalid" | "commits"> {
    const invalid = [...this.#invalid.values()].sort((a, b) => b.orders - a.orders).slice(0, 50);
    if (!this.countsMoney) return { valid: this.#valid, invalid, commits: null };
    const suppliers = [...this.#suppliers.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    const total = new Map<string, bigint>();
    for (const each of suppliers)
      for (const [currency, amount] of each.total) total.set(currency, (total.get(currency) ?? 0n) + amount);
    return {
      valid: this.#valid,
      invalid,
      commits: {
        purchaseOrders: suppliers.reduce((sum, each) => sum + each.purchaseOrders, 0),
        suppliers: suppliers.map((each) => ({ ...each, total: amounts(each.total) })),
        total: amounts(total),
        aboveLimit: this.#aboveLimit,
        stillHeld: [...this.#held].map(([reason, orders]) => ({ reason, orders })),
      },
    };
  }
}

const amounts = (sums: ReadonlyMap<string, bigint>): Amount[] =>
  [...sums].map(([currency, amount]) => ({ amount, currency })).sort((a, b) => (a.currency < b.currency ? -1 : 1));
