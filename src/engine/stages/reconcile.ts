import { GateAway, type PurchaseAnswer, type PurchaseCall } from "#connectors/ports.ts";
import type { OrderDraft } from "#domain/draft.ts";
import type { Attempt } from "#domain/order.ts";
import type { Answer, Finding } from "#domain/placement-close.ts";
import { askLater, askWhenBack, noteAbsence, waitForPerson } from "#domain/placement-lookup.ts";
import { claimAttempts, nextAttemptDue, readSupplierOf, renewAttempts, type DueAttempt } from "#store/attempt.ts";
import { meaningOf, recordAnswers, type Recorded } from "../answers.ts";
import type { Engine } from "../context.ts";
import { leaseMs, underLease } from "../lease.ts";
import { recorderOf } from "../recorder.ts";
import { changeOrders, type Need, type Stage } from "../stage.ts";

/** Attempts claimed at once at most: questions about them go out side by side, and no more than these wait for the lease of a worker that dies over them. */
const mostClaimed = 10;

/**
 * PL-20, PL-24 to PL-29. Finds out what became of attempts that nobody recorded, or whose outcome is unknown. First the gate's own journal is asked: it knows
 * an answer that died with its worker, and which attempts never left. Then by kind: the same key again while the supplier remembers it; the supplier's search
 * after the settle time, twice, before absence counts; everything else waits for a person. It never buys anything new.
 */
export const reconcile: Stage = {
  name: "reconcile",
  nextDue: nextAttemptDue,
  async run(engine) {
    const now = engine.clock.now();
    const until = new Date(now.getTime() + leaseMs);
    const due = await engine.db.tx((tx) =>
      claimAttempts(tx, { now, until, limit: Math.min(mostClaimed, engine.batch) }),
    );
    if (due.length === 0) return 0;
    await engine.buggify("reconcile-claimed");
    await underLease(
      engine,
      until,
      (renewal) => renewAttempts(engine.db, due, renewal),
      () => findOutIfThere(engine, due),
    );
    return due.length;
  },
};

async function findOutIfThere(engine: Engine, due: readonly DueAttempt[]): Promise<void> {
  try {
    await findOut(engine, due);
  } catch (error) {
    if (!(error instanceof GateAway)) throw error;
    engine.log.warn({ error: error.message, attempts: due.length }, "the gate is away; outcomes are asked for later");
    await changeEach(engine, due, timerOnly, (draft, attempt) => askWhenBack(draft, attempt));
  }
}

async function findOut(engine: Engine, due: readonly DueAttempt[]): Promise<void> {
  const byMachine = due.filter((each) => each.kind !== "human");
  const settled = await engine.gate.settle(byMachine.map((each) => callFor(each, "send")));
  const open: DueAttempt[] = [];
  const answers: Recorded[] = [];
  byMachine.forEach((each, index) => {
    const said = settled[index] ?? { status: "unknown", message: "the gate did not say" };
    if (said.status === "under_way") return; // its answer is recorded when it comes; if nobody is left to do that, the lease brings it back
    const answer = meaningOf(said);
    if (answer.status === "unknown") open.push(each);
    // That it is unknown is written once: nothing of the order need be read to say it again.
    if (answer.status !== "unknown" || each.state === "armed")
      answers.push(recorded(each, answer, { source: "journal" }));
  });
  for (const each of due) {
    if (each.kind === "human" && each.state === "armed")
      answers.push(
        recorded(
          each,
          { status: "unknown", message: "no result within the time for placing by hand" },
          { source: "clock" },
        ),
      );
  }
  await engine.buggify("reconcile-before-record");
  await recordAnswers(engine, answers);
  await ask(engine, open);
}

/** What the journal does not know is asked outside, each kind in its own way. */
async function ask(engine: Engine, open: readonly DueAttempt[]): Promise<void> {
  const now = engine.clock.now();
  const again: DueAttempt[] = [];
  const search = new Map<string, DueAttempt[]>();
  const person: DueAttempt[] = [];
  for (const each of open) {
    const way = await wayOf(engine, each, now);
    if (way === "again") again.push(each);
    else if (way === "search") search.set(each.accountId, [...(search.get(each.accountId) ?? []), each]);
    else person.push(each);
  }
  await Promise.all([sendAgain(engine, again), ...[...search.values()].map((some) => lookUp(engine, some))]);
  await changeEach(engine, person, timerOnly, (draft, attempt) => waitForPerson(draft, attempt));
}

/** C11: a key whose window has passed is no key any more; what is left is the search, if the supplier has one that is exact, or a person. */
async function wayOf(engine: Engine, attempt: DueAttempt, now: Date): Promise<"again" | "search" | "person"> {
  if (attempt.kind === "key" && attempt.keyUntil !== null && now < attempt.keyUntil) return "again";
  if (attempt.kind !== "key" && attempt.kind !== "lookup") return "person";
  const supplier = await readSupplierOf(engine.db, attempt);
  const contract = supplier === undefined ? null : engine.gate.contract(supplier.kind, supplier.settings);
  return contract?.lookup === "by-ref" || contract?.lookup === "unique-enforced" ? "search" : "person";
}

/** The same key, with what was armed and under the new fence: the supplier answers what it answered first, or does it now for the first time. */
async function sendAgain(engine: Engine, attempts: readonly DueAttempt[]): Promise<void> {
  if (attempts.length === 0) return;
  const byId = new Map(attempts.map((each) => [each.attemptId, each]));
  const recorder = recorderOf(engine);
  const unclear: DueAttempt[] = [];
  await engine.gate.place(
    attempts.map((each) => callFor(each, "resend")),
    (call: PurchaseCall, said: PurchaseAnswer) => {
      const each = byId.get(call.attemptId)!;
      const answer = meaningOf(said);
      if (answer.status === "unknown") unclear.push(each);
      else recorder.add(recorded(each, answer, { source: "key" }));
    },
  );
  await recorder.drained();
  await changeEach(engine, unclear, timerOnly, (draft, attempt) => askLater(draft, attempt));
}

async function lookUp(engine: Engine, attempts: readonly DueAttempt[]): Promise<void> {
  const now = engine.clock.now();
  const [first] = attempts;
  if (first === undefined) return;
  const { workspaceId, supplierId, accountId } = first;
  const references = attempts.map((each) => each.reference);
  const answer = await engine.gate.find({ workspaceId, supplierId, accountId }, references);
  await engine.buggify("reconcile-before-record");
  if (answer.status !== "ok")
    return changeEach(engine, attempts, timerOnly, (draft, attempt) => askLater(draft, attempt));
  const found = new Map(answer.found.map((each) => [each.reference, each.answer]));
  await recordAnswers(
    engine,
    attempts.flatMap((each) => {
      const purchase = found.get(each.reference);
      return purchase === undefined ? [] : [recorded(each, meaningOf(purchase), { source: "lookup" })];
    }),
  );
  const missing = attempts.filter((each) => !found.has(each.reference));
  // A second absence ends the attempt, and what follows from that may be about anything of the order.
  await changeEach(engine, missing, answer.complete ? {} : timerOnly, (draft, attempt) => {
    if (answer.complete) noteAbsence(draft, attempt, now);
    else askLater(draft, attempt);
  });
}

const callFor = ({ workspaceId, attemptId, fence }: DueAttempt, mode: "send" | "resend"): PurchaseCall => ({
  workspaceId,
  attemptId,
  fence,
  mode,
});
const recorded = (
  { workspaceId, orderId, attemptId, accountId }: DueAttempt,
  answer: Answer,
  by: Finding,
): Recorded => ({
  workspaceId,
  orderId,
  attemptId,
  accountId,
  answer,
  by,
});

/** What a change needs that only says when an attempt is asked about again. */
const timerOnly: Need = { parts: ["attempts"] };

/** Changes the attempts that are still unsettled; what was recorded meanwhile needs nothing more. */
async function changeEach(
  engine: Engine,
  attempts: readonly DueAttempt[],
  need: Need,
  change: (draft: OrderDraft, attempt: Attempt) => void,
): Promise<void> {
  if (attempts.length === 0) return;
  const keys = [...new Map(attempts.map(({ workspaceId, orderId }) => [orderId, { workspaceId, orderId }])).values()];
  const wanted = new Set(attempts.map((each) => each.attemptId));
  await changeOrders(engine, keys, need, (drafts) => {
    for (const draft of drafts) {
      for (const attempt of draft.dossier.attempts) {
        if (wanted.has(attempt.id) && (attempt.state === "armed" || attempt.state === "unknown"))
          change(draft, attempt);
      }
    }
  });
}
