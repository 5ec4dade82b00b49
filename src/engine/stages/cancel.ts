import { GateAway, type CancelAnswer, type CancelCall } from "#connectors/ports.ts";
import { reachOf } from "#domain/cancel.ts";
import { answerAsk, askByHand, openAsks, supplierLines, type OpenAsk } from "#domain/cancel-ask.ts";
import type { OrderDraft } from "#domain/draft.ts";
import { nextAsk, ordersToAsk, renewAsks, type AskKey } from "#store/cancellation.ts";
import type { OrderKey } from "#store/dossier.ts";
import { rejectCredentials } from "#store/shipment.ts";
import { changeEach, distinctKeys } from "../change-each.ts";
import type { Engine } from "../context.ts";
import { leaseMs, underLease } from "../lease.ts";
import type { Stage } from "../stage.ts";
import { lookAtPurchases, lookOf, type Look } from "./track.ts";

/** After so many tries a person asks. */
const mostTries = 12;

/** One question on its way. */
interface Question extends OrderKey {
  cancellationId: string;
  look: Look;
  call: CancelCall;
  /** It was asked before, so look first whether it was heard. */
  again: boolean;
}

/** Asks suppliers whether they cancel what they already have (CN-7, CN-9, CN-15), once the outcome of the purchase is known. */
export const cancel: Stage = {
  name: "cancel",
  nextDue: nextAsk,
  async run(engine) {
    const now = engine.clock.now();
    // A question is asked again after this, unless its answer came or whoever asked still waits for it.
    const leaseUntil = new Date(now.getTime() + leaseMs);
    const keys = await ordersToAsk(engine.db, now, engine.batch);
    const questions = new Map<string, Question>();
    let settled = 0;
    await changeEach(engine, keys, { stock: "lock" }, (drafts) => {
      for (const draft of drafts) {
        if (draft.shared.safeMode) continue;
        for (const open of openAsks(draft)) {
          // Answering one may have closed others of its case.
          if (open.ask.dueAt === null || open.ask.dueAt > draft.now) continue;
          settled += 1;
          const question = decide(engine, draft, open, leaseUntil);
          if (question !== null)
            questions.set(`${question.cancellationId}/${question.look.fulfillmentOrderId}`, question);
        }
      }
    });
    await engine.buggify("cancel:asked");
    const asked = [...questions.values()];
    await underLease(
      engine,
      leaseUntil,
      (renewal) => renewAsks(engine.db, asked.map(askKey), renewal),
      () => Promise.all([...byAccount(asked).values()].map((some) => askAccount(engine, some))),
    );
    return settled;
  },
};

/** What can be said without the supplier is said; else the question is leased and returned. */
function decide(engine: Engine, draft: OrderDraft, open: OpenAsk, leaseUntil: Date): Question | null {
  const { cancellation, ask, fo } = open;
  const reach = reachOf(draft, fo);
  if (reach === "free") return (answerAsk(draft, open, "all", { why: "nothing_was_bought" }), null);
  if (reach === "gone" || reach === "prep") return (answerAsk(draft, open, "none", { why: "has_left" }), null);
  const again = ask.tries > 0;
  if (reach === "doubt") return (later(draft, open, doubtMs(draft, open)), null);
  const supplier = fo.supplierId === null ? undefined : draft.shared.suppliers.get(fo.supplierId);
  const look = lookOf(draft, fo);
  const cancellable =
    supplier === undefined || look === null
      ? "human"
      : engine.gate.contract(supplier.kind, supplier.settings.connector).cancellable;
  if (cancellable === "no") return (answerAsk(draft, open, "none", { why: "supplier_does_not_cancel" }), null);
  if (cancellable === "human" || look === null) return (askByHand(draft, open, "supplier_has_no_api"), null);
  if (ask.tries >= mostTries) return (askByHand(draft, open, "no_clear_answer"), null);
  const lines = supplierLines(open);
  if (lines.length === 0) return (answerAsk(draft, open, "none", { why: "has_left" }), null);
  due(draft, open, leaseUntil);
  ask.tries += 1;
  return {
    workspaceId: draft.order.workspaceId,
    orderId: draft.order.id,
    cancellationId: cancellation.id,
    look,
    call: { supplierOrderId: look.supplierOrderId, lines },
    again,
  };
}

const pauseMs = (draft: OrderDraft, tries: number): number => draft.shared.workspace.retryMs * 2 ** Math.min(tries, 4);

/** The longer a purchase has been in doubt, the longer it will be: a person may need hours, and nobody should look twice a minute meanwhile. */
const doubtMs = ({ shared, now }: OrderDraft, { cancellation }: OpenAsk): number =>
  Math.max(shared.workspace.retryMs, Math.min(longestDoubtMs, (now.getTime() - cancellation.openedAt.getTime()) / 4));
const longestDoubtMs = 15 * 60_000;

const later = (draft: OrderDraft, open: OpenAsk, ms: number): void =>
  due(draft, open, new Date(draft.now.getTime() + ms));
function due(draft: OrderDraft, { cancellation, ask }: OpenAsk, at: Date): void {
  ask.dueAt = at;
  draft.touchCancellation(cancellation, {});
}
const askKey = ({ workspaceId, cancellationId, look }: Question): AskKey => ({
  workspaceId,
  cancellationId,
  fulfillmentOrderId: look.fulfillmentOrderId,
});

function byAccount(questions: readonly Question[]): Map<string, Question[]> {
  const groups = new Map<string, Question[]>();
  for (const question of questions) {
    const key = `${question.workspaceId}/${question.look.account.accountId}`;
    groups.set(key, [...(groups.get(key) ?? []), question]);
  }
  return groups;
}

async function askAccount(engine: Engine, questions: Question[]): Promise<void> {
  // A question whose answer was lost may have been heard: the purchase's own state answers it, and it is not asked twice.
  const repeated = questions.filter((each) => each.again);
  if (repeated.length > 0) {
    await lookAtPurchases(
      engine,
      repeated.map((each) => each.look),
    );
    const open = await stillOpen(engine, repeated);
    questions = questions.filter((each) => !each.again || open.has(each));
  }
  if (questions.length === 0) return;
  const { account } = questions[0]!.look;
  let answers: CancelAnswer[];
  try {
    answers = await engine.gate.cancel(
      account,
      questions.map((each) => each.call),
    );
  } catch (error) {
    if (!(error instanceof GateAway)) throw error;
    answers = questions.map(() => ({ status: "retry_later", afterMs: 0, message: error.message }));
  }
  await engine.buggify("cancel:answered");
  await record(
    engine,
    questions.map((question, index) => ({
      question,
      answer: answers[index] ?? { status: "unknown", message: "no answer for this one" },
    })),
  );
}

async function stillOpen(engine: Engine, questions: readonly Question[]): Promise<Set<Question>> {
  const open = new Set<Question>();
  await changeEach(engine, distinctKeys(questions), {}, (drafts) => {
    for (const draft of drafts)
      for (const question of questions) if (askOf(draft, question) !== undefined) open.add(question);
  });
  return open;
}

const askOf = (draft: OrderDraft, question: Question): OpenAsk | undefined =>
  draft.order.id === question.orderId
    ? openAsks(draft).find(
        ({ cancellation, fo, ask }) =>
          cancellation.id === question.cancellationId &&
          fo.id === question.look.fulfillmentOrderId &&
          ask.state === "asking",
      )
    : undefined;

async function record(
  engine: Engine,
  answered: readonly { question: Question; answer: CancelAnswer }[],
): Promise<void> {
  await changeEach(engine, distinctKeys(answered.map((each) => each.question)), {}, async (drafts, tx) => {
    for (const draft of drafts) {
      for (const { question, answer } of answered) {
        const open = askOf(draft, question);
        if (open === undefined) continue;
        if (answer.status === "accepted") answerAsk(draft, open, "all", { by: "supplier" });
        else if (answer.status === "refused")
          answerAsk(draft, open, "none", { by: "supplier", message: answer.message.slice(0, 200) });
        else {
          engine.log.warn(
            {
              workspace: draft.order.workspaceId,
              order: draft.order.id,
              status: answer.status,
              message: answer.message,
            },
            "a supplier gave no clear answer to a cancellation; it is asked again",
          );
          const pause = pauseMs(draft, open.ask.tries);
          later(draft, open, answer.status === "retry_later" ? Math.max(answer.afterMs, pause) : pause);
          if (answer.status === "credentials") await rejectCredentials(tx, [question.look.account], draft.now);
        }
      }
    }
  });
}
