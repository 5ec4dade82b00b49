import type { PurchaseAnswer } from "#connectors/ports.ts";
import type { OrderDraft } from "#domain/draft.ts";
import type { AccountId, AttemptId, OrderId, WorkspaceId } from "#domain/ids.ts";
import { closeAttempt, type Answer, type Finding } from "#domain/placement-close.ts";
import { countUnknowns, rejectCredentials } from "#store/account.ts";
import { closeDispatch, takenNumbers } from "#store/attempt.ts";
import { commitDrafts, ring } from "#store/commit.ts";
import { lockOrders } from "#store/dossier.ts";
import type { DispatchId } from "#domain/ids.ts";
import { wake } from "#store/wake.ts";
import type { Engine } from "./context.ts";
import { commitContext, openDrafts, type Need } from "./stage.ts";

/** One answer about one attempt, and where it was found. */
export interface Recorded {
  workspaceId: WorkspaceId;
  orderId: OrderId;
  attemptId: AttemptId;
  accountId: AccountId;
  answer: Answer;
  by: Finding;
}

/** PL-52. What a gate's answer means. Whatever is no clear answer is unknown, `retry_later` too: what was sent may have been done. */
export function meaningOf(said: PurchaseAnswer): Answer {
  switch (said.status) {
    case "placed": {
      const { status, supplierOrderId, total, notAccepted } = said;
      return { status, supplierOrderId, total, notAccepted };
    }
    case "refused":
      return { status: "refused", reason: said.reason, message: said.message };
    case "not_sent":
      return { status: "void", proof: "not_sent", message: said.message };
    case "credentials":
      return { status: "void", proof: "credentials", message: said.message };
    case "retry_later":
    case "unknown":
    case "bug":
      return { status: "unknown", message: said.message };
  }
}

/**
 * PL-59. Writes answers down: what follows from them in the same commit, whoever brings them and however often (a result needs no fence). Answers that
 * came together share a transaction; if it fails, each is tried alone, so that one that cannot be written keeps nobody's result from being kept. What
 * stays unwritten is found again by `reconcile`. Returns how many were written.
 */
export async function recordAnswers(
  engine: Engine,
  answers: readonly Recorded[],
  dispatch: { id: DispatchId; state: "sent" | "void" } | null = null,
): Promise<number> {
  if (answers.length === 0) return 0;
  try {
    const freed = await record(engine, answers, dispatch);
    await wakeFreed(engine, freed);
    return answers.length;
  } catch (error) {
    const fields = {
      answers: answers.length,
      attempt: answers[0]?.attemptId,
      error: error instanceof Error ? error.message : String(error),
    };
    if (answers.length === 1 || dispatch !== null) {
      engine.log.error(fields, "an answer could not be recorded; reconcile will find it again");
      return 0;
    }
    engine.log.warn(fields, "answers could not be recorded together; each is tried alone");
    let written = 0;
    for (const each of answers) written += await recordAnswers(engine, [each]);
    return written;
  }
}

type Freed = { workspaceId: WorkspaceId; accountId: AccountId };

async function record(
  engine: Engine,
  answers: readonly Recorded[],
  dispatch: { id: DispatchId; state: "sent" | "void" } | null,
): Promise<Freed[]> {
  const keys = [
    ...new Map(
      answers.map((each) => [each.orderId, { workspaceId: each.workspaceId, orderId: each.orderId }]),
    ).values(),
  ];
  return engine.db.tx(async (tx) => {
    const locked = await lockOrders(tx, keys);
    const now = engine.clock.now();
    const rejected = answers.filter((each) => each.answer.status === "void" && each.answer.proof === "credentials");
    if (rejected.length > 0) await rejectCredentials(tx, rejected, now);
    const { drafts, shared } = await openDrafts(engine, tx, locked, needOf(answers), now, engine.actor);
    const byOrder = new Map(drafts.map((draft) => [draft.order.id, draft]));
    const taken = await takenNumbers(
      tx,
      answers.flatMap(({ answer, ...rest }) =>
        answer.status === "placed" ? [{ ...rest, supplierOrderId: answer.supplierOrderId }] : [],
      ),
    );
    const freed: Freed[] = [];
    const unknowns = new Map<
      AccountId,
      { workspaceId: WorkspaceId; accountId: AccountId; count: number; windowMs: number }
    >();
    for (const each of answers) {
      const draft = byOrder.get(each.orderId);
      const attempt = draft?.dossier.attempts.find((one) => one.id === each.attemptId);
      if (draft === undefined || attempt === undefined)
        throw new Error(`Order ${each.orderId} has no attempt ${each.attemptId}.`);
      const isOthers = taken.has(each.attemptId) && attempt.kind !== "document";
      const answer: Answer = isOthers
        ? { status: "unknown", message: "the supplier's number belongs to another purchase already" }
        : each.answer;
      const result = closeAttempt(
        draft,
        attempt,
        answer,
        isOthers ? { ...each.by, payload: { ...each.by.payload, said: each.answer } } : each.by,
      );
      if (!result.ok || !result.changed) continue;
      const { status } = answer;
      const kind = draft.shared.suppliers.get(attempt.supplierId)?.kind;
      if (kind !== undefined) tx.onCommit(() => engine.watch?.answered(kind, status));
      if (answer.status === "refused" || answer.status === "void" || answer.status === "placed") freed.push(each);
      // What died with a worker or gate of ours says nothing about the supplier.
      if (answer.status === "unknown" && each.by.source === "gate") countOne(unknowns, each, draft);
    }
    await countUnknowns(
      tx,
      [...unknowns.values()].sort((a, b) => Number(BigInt(a.accountId) - BigInt(b.accountId))),
      now,
    );
    await commitDrafts(tx, drafts, commitContext(engine));
    if (dispatch !== null) await closeDispatch(tx, answers[0]!.workspaceId, dispatch.id, dispatch.state, now);
    await ring(tx);
    return freed.filter(({ workspaceId, accountId }) => {
      const settings = shared.get(workspaceId)?.accounts.get(accountId)?.settings;
      return settings !== undefined && (settings.payment === "prepaid" || settings.actionCredits);
    });
  });
}

/** Most purchases come back whole, many together, and then little of their orders is looked at. One alone is read whole, so that nothing can be missing. */
function needOf(answers: readonly Recorded[]): Need {
  const areWhole = answers.every(({ answer }) => answer.status === "placed" && answer.notAccepted.length === 0);
  return areWhole && answers.length > 1 ? { parts: ["attempts", "cancellations"] } : {};
}

function countOne(
  unknowns: Map<AccountId, { workspaceId: WorkspaceId; accountId: AccountId; count: number; windowMs: number }>,
  { workspaceId, accountId }: Recorded,
  draft: OrderDraft,
): void {
  // Twenty of the workspace's pauses: ten minutes by default, and in step with a sandbox that runs faster.
  const windowMs = 20 * draft.shared.workspace.retryMs;
  const known = unknowns.get(accountId);
  if (known === undefined) unknowns.set(accountId, { workspaceId, accountId, count: 1, windowMs });
  else known.count += 1;
}

/** Money or an action that came back may be what a held order waits for. After the commit: it locks other orders, which must not be locked out of order. */
async function wakeFreed(engine: Engine, freed: readonly Freed[]): Promise<void> {
  const byWorkspace = new Map<WorkspaceId, Set<string>>();
  for (const { workspaceId, accountId } of freed) {
    const keys = byWorkspace.get(workspaceId) ?? new Set();
    byWorkspace.set(workspaceId, keys.add(`balance:${accountId}`));
  }
  for (const [workspaceId, keys] of byWorkspace) {
    await engine.db.tx(async (tx) => {
      if ((await wake(tx, workspaceId, [...keys], engine.clock.now())) > 0) await ring(tx);
    });
  }
}
