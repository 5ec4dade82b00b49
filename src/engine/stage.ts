import { OrderDraft } from "#domain/draft.ts";
import type { FulfillmentOrderId, OrderId, WorkspaceId } from "#domain/ids.ts";
import type { FulfillmentState } from "#domain/lifecycle.ts";
import type { DossierPart, FulfillmentOrder, OrderDossier } from "#domain/order.ts";
import type { Shared } from "#domain/shared.ts";
import { claimDueOrders, postpone } from "#store/claim.ts";
import { commitDrafts, type CommitContext } from "#store/commit.ts";
import { isPassingFailure } from "#store/passing-failure.ts";
import type { Db, Tx } from "#store/db.ts";
import { lockOrders, readDossiers, type LockedOrder, type OrderKey } from "#store/dossier.ts";
import { readShared, type SharedNeed } from "#store/shared.ts";
import type { Engine } from "./context.ts";

/** One kind of work that falls due. Stages are driven by the runner in production and by the scheduler of a simulation alike. */
export interface Stage {
  name: string;
  /** Moves one batch of what is due. Answers how many rows it moved; 0: nothing was due. */
  run(engine: Engine): Promise<number>;
  /** When the next row of this stage falls due; null: none waits. */
  nextDue(db: Db): Promise<Date | null>;
  /** Waits for what `run` left under way: calls to the outside whose answers are still to be recorded. */
  settle?(engine: Engine): Promise<void>;
}

/** How a stage of this engine commits. */
export const commitContext = (engine: Engine): CommitContext => ({
  slot: engine.slot,
  newId: () => engine.ids.next(),
  kept: engine.kept,
});

/** Ids an order may need in one decision; the allocator is filled before deciding. */
const idsPerOrder = 40;

/** What a stage reads of orders and of what they share. Who needs less reads less; who forgot something gets an error. */
export interface Need extends SharedNeed {
  /** Of the orders; absent: everything. */
  parts?: readonly DossierPart[];
}

export interface DueClaim<Facts> {
  states: readonly FulfillmentState[];
  limit: number;
  need: Need;
  /** Reads what this stage needs beside the order itself, in a few set-based reads. */
  gather?: (tx: Tx, dossiers: OrderDossier[], shared: Map<WorkspaceId, Shared>) => Promise<Facts>;
}

/**
 * claim → gather → decide → commit, in one transaction (ENG-1). Claims skip orders that somebody else holds. When the batch fails, each order is tried
 * alone; the one that cannot be decided is put aside with an event, and the others go on (ENG-5). A lost connection says nothing about an order (ENG-9).
 */
export async function decideDue<Facts = undefined>(
  engine: Engine,
  claim: DueClaim<Facts>,
  decide: (draft: OrderDraft, fos: FulfillmentOrder[], facts: Facts) => void,
): Promise<number> {
  return decideBatch(engine, claim, decide, claim.limit, null);
}

async function decideBatch<Facts>(
  engine: Engine,
  claim: DueClaim<Facts>,
  decide: (draft: OrderDraft, fos: FulfillmentOrder[], facts: Facts) => void,
  limit: number,
  only: OrderKey | null,
): Promise<number> {
  let keys: LockedOrder[] = [];
  try {
    return await engine.db.tx(async (tx) => {
      const now = engine.clock.now();
      const claimed = await claimDueOrders(tx, { states: claim.states, now, limit, only });
      if (claimed.length === 0) return 0;
      const due = new Set<FulfillmentOrderId>(claimed.map((each) => each.fulfillmentOrderId));
      keys = distinctOrders(claimed);
      const { drafts, dossiers, shared } = await openDrafts(engine, tx, keys, claim.need, now, engine.actor);
      const facts = claim.gather === undefined ? (undefined as Facts) : await claim.gather(tx, dossiers, shared);
      for (const draft of byShipBy(drafts))
        decide(
          draft,
          draft.dossier.fulfillmentOrders.filter((fo) => due.has(fo.id)),
          facts,
        );
      await commitDrafts(tx, drafts, commitContext(engine));
      return claimed.length;
    });
  } catch (error) {
    if (keys.length === 0 || isPassingFailure(error)) throw error;
    if (keys.length === 1) return putAside(engine, keys[0]!, claim.states, error);
    engine.log.warn({ orders: keys.length, error: String(error) }, "a batch failed; each order is tried alone");
    let moved = 0;
    for (const key of keys) moved += await decideBatch(engine, claim, decide, 1, key);
    return moved;
  }
}

/** A poison order must not stop its batch, nor be forgotten: it comes back after a pause, and the operators see the reason. */
async function putAside(
  engine: Engine,
  key: OrderKey,
  states: readonly FulfillmentState[],
  error: unknown,
): Promise<number> {
  const message = error instanceof Error ? error.message : String(error);
  engine.log.error(
    {
      order: key.orderId,
      workspace: key.workspaceId,
      error: message,
      stack: error instanceof Error ? error.stack : undefined,
    },
    "an order could not be decided; it is held",
  );
  await changeOrders(engine, [key], {}, ([draft]) => {
    for (const fo of draft?.dossier.fulfillmentOrders ?? []) {
      if (!states.includes(fo.state)) continue;
      draft!.openHold({
        subject: "fulfillment_order",
        subjectId: fo.id,
        code: "placement_failed",
        detail: { bug: message.slice(0, 200) },
      });
      if (fo.state === "received" || fo.state === "waiting") draft!.move(fo, "held", { why: "bug" });
    }
  });
  // What could not be moved to `held` would be due at once again, for ever.
  await postpone(engine.db, key, states, engine.clock.now(), poisonPauseMs);
  return 1;
}

const poisonPauseMs = 5 * 60_000;

export interface OpenDrafts {
  drafts: OrderDraft[];
  dossiers: OrderDossier[];
  shared: Map<WorkspaceId, Shared>;
}

const linesIn = ({ lines, fulfillmentOrders }: OrderDossier, parts: Need["parts"]): number =>
  (parts === undefined || parts.includes("lines") ? lines.length : 0) +
  fulfillmentOrders.reduce((sum, fo) => sum + fo.lines.length, 0);

/** Reads locked orders with what they share and opens a draft of each. What is kept of them is only used where they come with the version they were locked at. */
export async function openDrafts(
  engine: Engine,
  tx: Tx,
  keys: readonly (OrderKey | LockedOrder)[],
  need: Need,
  now: Date,
  actor: string,
): Promise<OpenDrafts> {
  const dossiers = await readDossiers(tx, keys, need.parts, engine.kept);
  const shared = await readShared(
    tx,
    keys.map((key) => key.workspaceId),
    dossiers,
    need,
    now,
  );
  await engine.ids.ensure(
    tx,
    dossiers.reduce((sum, dossier) => sum + idsPerOrder + 4 * linesIn(dossier, need.parts), 0),
  );
  const drafts = dossiers.map(
    (dossier) => new OrderDraft(dossier, shared.get(dossier.order.workspaceId)!, { now, actor, ids: engine.ids }),
  );
  return { drafts, dossiers, shared };
}

/**
 * Changes given orders in one transaction: locks their rows (waiting for who has them), decides, commits. What is recorded, resolved or asked by a person
 * comes this way. `decide` gets the drafts in the order of the keys; missing orders are left out.
 */
export async function changeOrders<T>(
  engine: Engine,
  keys: readonly OrderKey[],
  need: Need,
  decide: (drafts: OrderDraft[], tx: Tx) => T | Promise<T>,
  actor: string = engine.actor,
): Promise<T> {
  return engine.db.tx(async (tx) => {
    const locked = await lockOrders(tx, keys);
    const now = engine.clock.now();
    const { drafts } = await openDrafts(engine, tx, locked, need, now, actor);
    const result = await decide(drafts, tx);
    await commitDrafts(tx, drafts, commitContext(engine));
    return result;
  });
}

/** Each of them once. */
export function distinctOrders(claimed: readonly LockedOrder[]): LockedOrder[] {
  const keys = new Map<OrderId, LockedOrder>();
  for (const each of claimed) keys.set(each.orderId, each);
  return [...keys.values()];
}

/** What orders share is drawn down earliest ship-by first; the loser gets its hold in the same commit. */
export const byShipBy = (drafts: OrderDraft[]): OrderDraft[] =>
  [...drafts].sort(
    (a, b) =>
      (a.order.shipBy?.getTime() ?? Infinity) - (b.order.shipBy?.getTime() ?? Infinity) ||
      a.order.receivedAt.getTime() - b.order.receivedAt.getTime() ||
      Number(BigInt(a.order.id) - BigInt(b.order.id)),
  );
