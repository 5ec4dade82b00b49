import { refusedBy, type ActionView, type Verdict } from "#domain/actions.ts";
import type { OrderDraft } from "#domain/draft.ts";
import type { WorkspaceId } from "#domain/ids.ts";
import type { Headline } from "#domain/lifecycle.ts";
import type { FulfillmentOrder } from "#domain/order.ts";
import { ok, refuse, type Refused, type Result } from "#domain/result.ts";
import type { Role } from "#domain/role.ts";
import type { Tx } from "#store/db.ts";
import { findOrderId } from "#store/read/order.ts";
import type { SharedNeed } from "#store/shared.ts";
import type { Engine } from "../context.ts";
import { changeOrders } from "../stage.ts";

/** Who presses a button, and in which workspace; authorised by whoever calls. */
export interface Who {
  workspaceId: WorkspaceId;
  /** As events name it: `key:…`, `user:…`, `local`. */
  actor: string;
  role: Role;
}
export interface OnOrder {
  /** The order's public uuid (without prefix). */
  order: string;
  /** The version that the caller saw; refused with `version_changed` when it is another by now. */
  ifVersion?: number;
}

/** The order after an action: no personal data, so that an answer may be kept and given again. */
export interface ChangedOrder {
  id: string;
  number: string;
  headline: Headline;
  version: number;
}

export interface OrderChange<T> {
  need?: SharedNeed;
  /** What the table of actions says; asked with the order locked, so that it cannot change in between. */
  may?: (view: ActionView, draft: OrderDraft) => Verdict;
  decide: (draft: OrderDraft, tx: Tx) => Result<T> | Promise<Result<T>>;
  /** Refusals that are recorded all the same, because they are evidence; everything else leaves no trace. */
  keeps?: (refused: Refused) => boolean;
}

/**
 * API-31. One person's change of one order: lock, ask the table, decide, commit; a refusal changes nothing. `no_such_order` is the answer for what is not
 * there and for what another workspace has.
 */
export async function changeOrder<T>(
  engine: Engine,
  who: Who,
  { order: publicId, ifVersion }: OnOrder,
  { need = {}, may, decide, keeps = () => false }: OrderChange<T>,
): Promise<Result<T & { order: ChangedOrder }>> {
  const orderId = await findOrderId(engine.db, who.workspaceId, publicId);
  if (orderId === undefined) return noSuchOrder;
  const key = { workspaceId: who.workspaceId, orderId };
  try {
    const change = async ([draft]: OrderDraft[], tx: Tx) => {
      if (draft === undefined) throw new Refusal(noSuchOrder);
      if (ifVersion !== undefined && draft.order.version !== ifVersion)
        throw new Refusal({
          ...refuse("version_changed", `The order is at version ${draft.order.version} by now, not at ${ifVersion}.`),
          version: draft.order.version,
        });
      const refused = may === undefined ? null : refusedBy(may(viewOf(draft, who.role), draft));
      const result = refused ?? (await decide(draft, tx));
      if (result.status === "refused" && !keeps(result)) throw new Refusal(result);
      return { result, draft };
    };
    const { result, draft } = await changeOrders(engine, [key], need, change, who.actor);
    return result.status === "refused" ? result : ok({ ...result.value, order: changed(draft) });
  } catch (error) {
    if (error instanceof Refusal) return error.refused;
    throw error;
  }
}

export const viewOf = (draft: OrderDraft, role: Role): ActionView => ({
  dossier: draft.dossier,
  role,
  now: draft.now,
  prepCentres: new Set(
    [...draft.shared.suppliers.values()].filter(({ role: kind }) => kind === "prep").map((each) => each.id),
  ),
});

const changed = ({ order }: OrderDraft): ChangedOrder => ({
  id: order.publicId,
  number: order.number,
  headline: order.headline,
  version: order.version,
});

export const noSuchOrder: Refused = refuse("no_such_order", "There is no such order here.");

export type OrderResult<T = unknown> = Promise<Result<T & { order: ChangedOrder }>>;

/** Where domain answers with nothing more than done. */
export const asResult = (result: Result): Result<Record<never, never>> => (result.status === "ok" ? ok({}) : result);

/** A fulfillment order of the draft's order by its public uuid. */
export const partOf = (draft: OrderDraft, publicId: string): FulfillmentOrder | undefined =>
  draft.dossier.fulfillmentOrders.find((fo) => fo.publicId === publicId);
export const noSuchPart = refuse("no_such_fulfillment_order", "The order has no such fulfillment order.");
/** The table's word about a part; what is not there is left to `decide`. */
export const onPart = <Verdict extends { allowed: boolean }>(
  draft: OrderDraft,
  publicId: string,
  ask: (fo: FulfillmentOrder) => Verdict,
): Verdict | { allowed: true } => {
  const fo = partOf(draft, publicId);
  return fo === undefined ? { allowed: true } : ask(fo);
};

/** Carries a refusal out of a transaction that must not commit. */
class Refusal extends Error {
  readonly refused: Refused;
  constructor(refused: Refused) {
    super(refused.message);
    this.refused = refused;
  }
}
