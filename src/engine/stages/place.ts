import { GateAway, type DocumentCall, type PurchaseAnswer, type PurchaseCall } from "#connectors/ports.ts";
import type { OrderDraft } from "#domain/draft.ts";
import type { AccountId, AttemptId, FulfillmentOrderId, OrderId, WorkspaceId } from "#domain/ids.ts";
import { dossierParts, type Attempt, type FulfillmentOrder } from "#domain/order.ts";
import { armAttempt, openAttemptOf, sendBack, type Arming } from "#domain/placement.ts";
import type { Shared } from "#domain/shared.ts";
import {
  claimPlacing,
  lockAdmissions,
  nextPlacing,
  openAttemptsOf,
  postponePlacing,
  readAdmissions,
  takeTokens,
  type Admission,
} from "#store/account.ts";
import { armedUnder } from "#store/attempt.ts";
import { commitDrafts, ring } from "#store/commit.ts";
import { isPassingFailure } from "#store/passing-failure.ts";
import { CommitUnknown, type Tx } from "#store/db.ts";
import type { LockedOrder, OrderKey } from "#store/dossier.ts";
import { meaningOf } from "../answers.ts";
import { readArming } from "../arming.ts";
import type { Engine } from "../context.ts";
import { recorderOf } from "../recorder.ts";
import { composeDocuments, sendDispatch, type InDocument } from "../documents.ts";
import { byShipBy, changeOrders, commitContext, distinctOrders, openDrafts, type Need, type Stage } from "../stage.ts";

/**
 * Arm, send, record (PL-1, PL-50, PL-59). One transaction commits to as many purchases as their accounts admit now; then they go through the gate, outside
 * any transaction, and each answer is recorded when it arrives. `run` does not wait for the answers: one slow supplier keeps nobody else's orders waiting.
 */
export const place: Stage = {
  name: "place",
  nextDue: nextPlacing,
  async run(engine) {
    const admissions = await readAdmissions(engine.db, engine.clock.now(), engine.batch);
    const admitted: Admitted[] = [];
    // An account that admits more than one transaction arms gets its turn again at once.
    let left = engine.batch;
    for (const { workspaceId, accountId, supplierKind, free, due } of admissions) {
      // Documents are no calls: what leaves together leaves in one.
      const limit = engine.gate.documents(supplierKind) === null ? Math.min(left, free, due) : due;
      if (limit > 0) admitted.push({ workspaceId, accountId, limit });
      left -= limit;
    }
    if (admitted.length === 0 || !(await engine.gate.isThere())) return 0;
    const armed = await armBatch(engine, admitted, null);
    under(engine, send(engine, armed));
    return armed.moved;
  },
  async settle(engine) {
    const running = underWay.get(engine);
    while (running !== undefined && running.size > 0) await Promise.all(running);
  },
};

interface Admitted {
  workspaceId: WorkspaceId;
  accountId: AccountId;
  limit: number;
}
/** What was committed to and must be sent now. */
interface Armed {
  /** Fulfillment orders that are no longer where they were. */
  moved: number;
  calls: ArmedCall[];
  documents: DocumentCall[];
}
interface ArmedCall {
  call: PurchaseCall;
  orderId: OrderId;
  accountId: AccountId;
}
const nothing: Armed = { moved: 0, calls: [], documents: [] };

// ------------------------------------------------------------------ arm

async function armBatch(engine: Engine, admitted: readonly Admitted[], only: OrderId | null): Promise<Armed> {
  let keys: LockedOrder[] = [];
  let armed: (Armed & { fence: number; attempts: Attempt[]; workspaces: WorkspaceId[] }) | null = null;
  try {
    await engine.db.tx(async (tx) => {
      const now = engine.clock.now();
      const claimed = await claimPlacing(tx, admitted, now, only);
      keys = distinctOrders(claimed);
      if (keys.length === 0) return;
      const due = new Set(claimed.map((each) => each.fulfillmentOrderId));
      // Alone, after a batch has failed, an order is read whole.
      const need = only === null ? armingNeed : { ...armingNeed, parts: dossierParts };
      armed = await armClaimed(engine, tx, { keys, due, admitted, need, now });
      await engine.buggify("place-before-commit");
    });
    return armed ?? nothing;
  } catch (error) {
    const plan = armed as (Armed & { fence: number; attempts: Attempt[]; workspaces: WorkspaceId[] }) | null;
    if (error instanceof CommitUnknown && plan !== null) return readBack(engine, plan);
    if (keys.length === 0 || isPassingFailure(error)) throw error;
    if (keys.length === 1) return putAside(engine, keys[0]!, error);
    engine.log.warn(
      { orders: keys.length, error: String(error) },
      "a batch could not be armed; each order is tried alone",
    );
    const all: Armed = { moved: 0, calls: [], documents: [] };
    for (const key of keys) {
      const one = await armBatch(engine, admitted, key.orderId);
      all.moved += one.moved;
      all.calls.push(...one.calls);
      all.documents.push(...one.documents);
    }
    return all;
  }
}

interface Claim {
  keys: LockedOrder[];
  due: Set<FulfillmentOrderId>;
  admitted: readonly Admitted[];
  need: Need;
  now: Date;
}
const armingNeed = { parts: ["attempts", "cancellations"], stock: "lock", balances: "lock" } as const satisfies Need;

/** Orders are locked already; accounts, stock, balances and caps follow in that order, each in id order. */
async function armClaimed(
  engine: Engine,
  tx: Tx,
  { keys, due, admitted, need, now }: Claim,
): Promise<Armed & { fence: number; attempts: Attempt[]; workspaces: WorkspaceId[] }> {
  const admissions = await lockAdmissions(tx, admitted, now);
  const { drafts, shared } = await openDrafts(engine, tx, keys, need, now, engine.actor);
  await reserveCredits(tx, shared, admitted);
  const arming = await readArming(tx, keys);

  const armed: { draft: OrderDraft; attempt: Attempt }[] = [];
  const inDocuments: InDocument[] = [];
  let moved = 0;
  for (const draft of byShipBy(drafts)) {
    for (const fo of draft.dossier.fulfillmentOrders.filter((each) => due.has(each.id))) {
      const admission = fo.accountId === null ? undefined : admissions.get(fo.accountId);
      const before = fo.state;
      const facts = arming.get(draft.order.id);
      const result = facts === undefined ? sendBack(draft, fo, "no_address") : arm(engine, draft, fo, facts, admission);
      if (fo.state !== before) moved += 1;
      if (typeof result === "string") continue;
      moved += 1;
      armed.push({ draft, attempt: result.attempt });
      if (result.attempt.kind === "document") inDocuments.push(result);
      else if (admission !== undefined) admission.free -= 1;
    }
  }
  await engine.ids.ensure(tx, inDocuments.length);
  const documents = await composeDocuments(engine, tx, inDocuments, now);
  const sending = armed.filter(({ attempt }) => attempt.state === "armed" && attempt.kind !== "document");
  await commitDrafts(tx, drafts, commitContext(engine));
  const taken = [...admissions.values()].map((admission) => ({
    admission,
    count: sending.filter(({ attempt }) => attempt.accountId === admission.accountId).length,
  }));
  await takeTokens(tx, taken, now);
  if (moved > armed.length) await ring(tx);
  return {
    moved,
    calls: sending.map(({ draft, attempt }) => ({
      call: { workspaceId: draft.order.workspaceId, attemptId: attempt.id, fence: attempt.fence, mode: "send" },
      orderId: draft.order.id,
      accountId: attempt.accountId,
    })),
    documents,
    fence: armed[0]?.attempt.fence ?? 0,
    attempts: armed.map((each) => each.attempt),
    workspaces: armed.map((each) => each.draft.order.workspaceId),
  };
}

/** An attempt that may still use an action has it reserved, armed or unknown. */
async function reserveCredits(
  tx: Tx,
  shared: ReadonlyMap<WorkspaceId, Shared>,
  admitted: readonly Admitted[],
): Promise<void> {
  const counted = admitted.flatMap(({ workspaceId, accountId }) => {
    const account = shared.get(workspaceId)?.accounts.get(accountId);
    return account?.settings.actionCredits === true ? [account] : [];
  });
  const open = await openAttemptsOf(
    tx,
    [...shared.keys()],
    counted.map((account) => account.id),
  );
  for (const account of counted) account.credits -= BigInt(open.get(account.id) ?? 0);
}

function arm(
  engine: Engine,
  draft: OrderDraft,
  fo: FulfillmentOrder,
  facts: Omit<Arming, "terms">,
  admission: Admission | undefined,
): InDocument | string {
  const supplier = fo.supplierId === null ? undefined : draft.shared.suppliers.get(fo.supplierId);
  if (supplier === undefined) return sendBack(draft, fo, "supplier_not_available");
  const { connector, zone } = supplier.settings;
  const contract = engine.gate.contract(supplier.kind, connector);
  const documents = engine.gate.documents(supplier.kind);
  if (documents === null && (admission === undefined || admission.free <= 0) && contract.kind !== "human")
    return "not_admitted";
  if (documents !== null) {
    // Until the document leaves its orders are free to cancel, so they wait in the buffer and are armed together.
    const sendAt = documents.nextSendTime(connector, zone, fo.placeAfter ?? draft.now);
    if (sendAt > draft.now) {
      draft.move(fo, "waiting", { why: "send_time" });
      draft.touch(fo, { placeAfter: sendAt });
      return "send_time";
    }
  }
  const kind = documents === null ? contract.kind : "document";
  const result = armAttempt(draft, fo, { ...facts, terms: { ...contract, kind } });
  return result.armed === null ? result.because : { draft, supplier, attempt: result.armed, request: result.request };
}

/** C1: the commit's answer was lost. What is there under our fence was committed and is ours to send; the rest is not there. */
async function readBack(
  engine: Engine,
  plan: Armed & { fence: number; attempts: Attempt[]; workspaces: WorkspaceId[] },
): Promise<Armed> {
  const keys = plan.attempts.map(({ fulfillmentOrderId, no }, index) => ({
    workspaceId: plan.workspaces[index]!,
    fulfillmentOrderId,
    no,
  }));
  const there = await armedUnder(engine.db, plan.fence, keys);
  engine.log.warn(
    { armed: plan.attempts.length, found: there.size },
    "the answer to a commit was lost; what it armed was read back",
  );
  const all =
    plan.attempts.length > 0 && plan.attempts.every((attempt) => attempt.state !== "armed" || there.has(attempt.id));
  return {
    moved: plan.moved,
    calls: plan.calls.filter(({ call }) => there.has(call.attemptId)),
    documents: all ? plan.documents : [],
  };
}

/** A poison order must not stop its batch: it is held with what went wrong, and a person sees it. */
async function putAside(engine: Engine, key: OrderKey, error: unknown): Promise<Armed> {
  const message = error instanceof Error ? error.message : String(error);
  engine.log.error(
    {
      order: key.orderId,
      workspace: key.workspaceId,
      error: message,
      stack: error instanceof Error ? error.stack : undefined,
    },
    "an order could not be armed; it is held",
  );
  try {
    await changeOrders(engine, [key], {}, (drafts) => {
      for (const draft of drafts) holdPoison(draft, message);
    });
  } catch (second) {
    // It cannot even be read. It must not be claimed again at once, or nobody else would have a turn.
    engine.log.error(
      { order: key.orderId, workspace: key.workspaceId, error: String(second) },
      "an order cannot be read; it waits",
    );
    await postponePlacing(engine.db, key, new Date(engine.clock.now().getTime() + poisonPauseMs));
  }
  return { ...nothing, moved: 1 };
}

const poisonPauseMs = 5 * 60_000;

function holdPoison(draft: OrderDraft, message: string): void {
  for (const fo of draft.dossier.fulfillmentOrders.filter((each) => each.state === "placing")) {
    if (openAttemptOf(draft, fo) !== null) continue;
    draft.openHold({
      subject: "fulfillment_order",
      subjectId: fo.id,
      code: "placement_failed",
      detail: { bug: message.slice(0, 200) },
    });
    draft.move(fo, "held", { why: "bug" });
  }
}

// ------------------------------------------------------------------ send and record

async function send(engine: Engine, { calls, documents }: Armed): Promise<void> {
  await engine.buggify("place-armed");
  const recorder = recorderOf(engine);
  const armedOf = new Map<AttemptId, ArmedCall>(calls.map((each) => [each.call.attemptId, each]));
  const onAnswer = ({ workspaceId, attemptId }: PurchaseCall, said: PurchaseAnswer): void => {
    const { orderId, accountId } = armedOf.get(attemptId)!;
    recorder.add({ workspaceId, orderId, accountId, attemptId, answer: meaningOf(said), by: { source: "gate" } });
  };
  const placing =
    calls.length === 0
      ? null
      : engine.gate.place(
          calls.map(({ call }) => call),
          onAnswer,
        );
  const done = await Promise.allSettled([
    placing,
    ...documents.map((call) => sendDispatch(engine, call.workspaceId, call.dispatchId)),
  ]);
  for (const each of done) {
    if (each.status === "rejected")
      engine.log.warn(
        { away: each.reason instanceof GateAway, error: String(each.reason) },
        "not every purchase has an answer; reconcile asks for the rest",
      );
  }
  await recorder.drained();
}

const underWay = new WeakMap<Engine, Set<Promise<void>>>();
/** Keeps work that `run` does not wait for, so that `settle` can. What fails in it is found again by its rows. */
function under(engine: Engine, work: Promise<void>): void {
  const running = underWay.get(engine) ?? new Set();
  underWay.set(engine, running);
  const watched = work
    .catch((error: unknown) =>
      engine.log.error({ error: String(error) }, "sending stopped in the middle; reconcile goes on with it"),
    )
    .finally(() => running.delete(watched));
  running.add(watched);
}
