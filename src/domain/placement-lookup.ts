import type { OrderDraft } from "./draft.ts";
import type { Attempt } from "./order.ts";
import { closeAttempt, type CloseResult } from "./placement-close.ts";

/** Asked in vain: again after the workspace's pause, doubled each time up to 16 times. */
export function askLater(draft: OrderDraft, attempt: Attempt): void {
  const pauseMs = draft.shared.workspace.retryMs * 2 ** Math.min(attempt.lookups, 4);
  draft.touchAttempt(attempt, { dueAt: new Date(draft.now.getTime() + pauseMs), lookups: attempt.lookups + 1 });
}

/** PL-29. Nobody could even ask, which says nothing about the attempt: soon again, and its own pauses do not grow by it. */
export function askWhenBack(draft: OrderDraft, attempt: Attempt): void {
  draft.touchAttempt(attempt, { dueAt: new Date(draft.now.getTime() + draft.shared.workspace.retryMs) });
}

/**
 * PL-66. Nothing but a person can find out: it stays unknown, and its hold asks for evidence. While it is still armed, that its outcome is unknown could not be
 * written down; nobody is asked yet, so it keeps its time and is claimed again.
 */
export function waitForPerson(draft: OrderDraft, attempt: Attempt): void {
  if (attempt.state === "unknown") draft.touchAttempt(attempt, { dueAt: null });
}

/**
 * PL-26. A complete search did not find it, at `at`. Before the settle time that proves nothing. After it, a second complete search at least the lookup lag
 * later proves that nothing was bought; the first only says when to look again.
 */
export function noteAbsence(draft: OrderDraft, attempt: Attempt, at: Date): CloseResult | null {
  if (at < attempt.settleAt) {
    draft.touchAttempt(attempt, { dueAt: attempt.settleAt, lookups: attempt.lookups + 1 });
    return null;
  }
  const secondAt = attempt.absentSince === null ? null : new Date(attempt.absentSince.getTime() + attempt.lookupLagMs);
  if (attempt.absentSince !== null && secondAt !== null && at >= secondAt && at > attempt.absentSince) {
    const payload = { absentSince: attempt.absentSince.toISOString(), lookups: attempt.lookups + 1 };
    const message = "two complete searches after the settle time did not find it";
    return closeAttempt(draft, attempt, { status: "void", proof: "absent", message }, { source: "lookup", payload });
  }
  const since = attempt.absentSince ?? at;
  // Where the supplier shows everything at once, a second later is later enough.
  const next = new Date(since.getTime() + Math.max(attempt.lookupLagMs, 1_000));
  draft.touchAttempt(attempt, { absentSince: since, lookups: attempt.lookups + 1, dueAt: next });
  draft.evidence.push({
    attemptId: attempt.id,
    kind: "not_found",
    naturalKey: `lookup:${attempt.lookups}`,
    source: "lookup",
    payload: { at: at.toISOString(), settleAt: attempt.settleAt.toISOString() },
  });
  return null;
}
