import { createHash } from "node:crypto";
import { attemptActions, fulfillmentOrderActions, type Verdict } from "#domain/actions.ts";
import type { OrderDraft } from "#domain/draft.ts";
import { isCurrency, toMinor, type DecimalText, type Money } from "#domain/money.ts";
import type { Attempt } from "#domain/order.ts";
import {
  beginPlacingByHand,
  confirmBought,
  confirmNotBought,
  finishPlacingByHand,
  giveBack,
  stopPlacingByHand,
  type PlacingRefusal,
} from "#domain/placement-person.ts";
import type { CloseResult } from "#domain/placement-close.ts";
import type { ReasonCode } from "#domain/reasons.ts";
import { ok, refuse, type Refused, type Result } from "#domain/result.ts";
import type { ByHandCall } from "#connectors/ports.ts";
import type { AttemptId } from "#domain/ids.ts";
import { nextFence, takenNumbers } from "#store/attempt.ts";
import type { Tx } from "#store/db.ts";
import { findInstallation } from "#store/installation.ts";
import { readAddresses } from "#store/verify.ts";
import type { Engine } from "../context.ts";
import { changeOrder, noSuchPart, onPart, partOf, type OnOrder, type OrderResult, type Who } from "./change-order.ts";

// Placing by hand, in two steps (PL-30 to PL-34): "I am placing now" arms an attempt, then comes the supplier's number or why there is none.

export interface OnPart extends OnOrder {
  /** The fulfillment order's public uuid. */
  part: string;
}
/** All that placing locks of what orders share. */
const need = { links: true, stock: "lock", balances: "lock" } as const;

/** "I am placing now": from here on nobody else, and no machine, buys the same; where it may have been bought before a restore it is held instead (PL-70). */
export async function takeOver(
  engine: Engine,
  who: Who,
  on: OnPart,
): OrderResult<{ attempt: { no: number; reference: string } }> {
  const armed = await armByHand(engine, who, on);
  if (armed.status === "refused") return armed;
  const { attempt, attemptId, isTold, order } = armed.value;
  const lost = await askJournal(engine, { workspaceId: who.workspaceId, attemptId, isTold });
  if (lost === null) return ok({ attempt, order });
  await changeOrder(
    engine,
    who,
    { order: on.order },
    {
      need,
      decide: (draft) =>
        onAttempt(draft, openAttempt(draft, on.part), (open) =>
          asResult(open.id === attemptId ? stopPlacingByHand(draft, open, lost) : done),
        ),
    },
  );
  return refuse("bought_before_restore", `Perhaps bought before the restore: ${lost}.`);
}
const done: CloseResult = { ok: true, changed: false, replacement: null };

/** The intention, committed before anybody else is asked. */
const armByHand = (
  engine: Engine,
  who: Who,
  on: OnPart,
): OrderResult<{ attempt: { no: number; reference: string }; attemptId: AttemptId; isTold: boolean }> =>
  changeOrder(engine, who, on, {
    need,
    may: (view, draft) => onPart(draft, on.part, (fo) => fulfillmentOrderActions(view, fo).take_over),
    decide: async (draft, tx) => {
      const fo = partOf(draft, on.part);
      if (fo === undefined) return noSuchPart;
      // A purchase carries the installation's name, by which its supplier and we find it again.
      const installation = await findInstallation(tx);
      if (installation === undefined)
        return refuse(
          "never_started",
          "This installation was never started, so it has no name to buy under. Start it once: npx switchyard start.",
        );
      const key = { workspaceId: who.workspaceId, orderId: draft.order.id };
      const address = (await readAddresses(tx, [key])).get(draft.order.id);
      if (address === undefined) return refuse("no_address", "The order has no address. Enter it first.");
      const begun = beginPlacingByHand(draft, fo, who.actor, {
        fence: await nextFence(tx),
        installationId: installation.id,
        sha256: (text) => createHash("sha256").update(text).digest("hex"),
        shipTo: address,
        addressNo: address.no,
      });
      if (!begun.ok) return refuse(begun.code, begun.message);
      const { id, no, reference } = begun.attempt;
      return ok({ attempt: { no, reference }, attemptId: id, isTold: begun.isTold });
    },
  });

/** What was bought before a restore, as the gate's journal has it; null: nothing that it knows of. People go on ordering while the gate is away. */
async function askJournal(engine: Engine, call: ByHandCall): Promise<string | null> {
  for (let tries = 1; ; tries += 1) {
    const said = await engine.gate.noteByHand(call);
    if (said.status === "noted") return null;
    if (said.status === "refused") return said.message;
    if (said.status !== "retry_later" || tries === askAtMost) {
      const { workspaceId, attemptId } = call;
      engine.log.warn(
        { workspaceId, attemptId, message: said.message },
        "the gate keeps nothing of a purchase by hand",
      );
      return null;
    }
    await engine.clock.sleep(askAgainMs);
  }
}
/** A gate that died is back by then. */
const askAtMost = 5;
const askAgainMs = 400;

export interface Bought {
  supplierOrderId: string;
  /** Major units in the account's currency; absent: not known yet, the expected cost is booked. */
  cost?: { amount: DecimalText; currency: string };
  /** Units that the supplier did not accept; absent: it took everything. */
  notAccepted?: readonly { supplierSku: string; units: number }[];
}
/** The second step: bought, with the supplier's number. */
export const placed = (engine: Engine, who: Who, on: OnPart, input: Bought): OrderResult =>
  changeOrder(engine, who, on, {
    need,
    may: (view, draft) => onPart(draft, on.part, (fo) => fulfillmentOrderActions(view, fo).placed),
    decide: (draft, tx) =>
      onAttempt(draft, openAttempt(draft, on.part), async (attempt) => {
        const cost = moneyOf(input.cost);
        if (cost !== null && "status" in cost) return cost;
        return (
          (await takenNumber(draft, tx, attempt, input.supplierOrderId)) ??
          asResult(finishPlacingByHand(draft, attempt, { ...input, cost }, who.actor))
        );
      }),
    keeps: isEvidence,
  });

/** The second step: not bought, and why. */
export const notPlaced = (
  engine: Engine,
  who: Who,
  on: OnPart,
  input: { reason: ReasonCode; message: string },
): OrderResult =>
  changeOrder(engine, who, on, {
    need,
    may: (view, draft) => onPart(draft, on.part, (fo) => fulfillmentOrderActions(view, fo).not_placed),
    decide: (draft) =>
      onAttempt(draft, openAttempt(draft, on.part), (attempt) =>
        asResult(finishPlacingByHand(draft, attempt, { notPlaced: input.reason, message: input.message }, who.actor)),
      ),
    keeps: isEvidence,
  });

/** Given back without a result: it may have been bought, so its outcome is unknown, not free. */
export const returnPart = (engine: Engine, who: Who, on: OnPart): OrderResult =>
  changeOrder(engine, who, on, {
    need,
    may: (view, draft) => onPart(draft, on.part, (fo) => fulfillmentOrderActions(view, fo).give_back),
    decide: (draft) => {
      const fo = partOf(draft, on.part);
      return fo === undefined ? noSuchPart : asResult(giveBack(draft, fo, who.actor));
    },
  });

export interface OnAttempt extends OnPart {
  attempt: number;
}
/** Somebody saw the purchase at the supplier. */
export const confirmAttemptBought = (engine: Engine, who: Who, on: OnAttempt, input: Bought): OrderResult =>
  changeOrder(engine, who, on, {
    need,
    may: (view, draft) => verdictOn(attemptOf(draft, on), (attempt) => attemptActions(view, attempt).confirm_bought),
    decide: (draft, tx) =>
      onAttempt(draft, attemptOf(draft, on), async (attempt) => {
        const cost = moneyOf(input.cost);
        if (cost !== null && "status" in cost) return cost;
        return (
          (await takenNumber(draft, tx, attempt, input.supplierOrderId)) ??
          asResult(confirmBought(draft, attempt, { ...input, cost, actor: who.actor }))
        );
      }),
    keeps: isEvidence,
  });

/** Somebody looked and it is not there. Refused before the settle time: until then "not there" proves nothing. */
export const confirmAttemptNotBought = (
  engine: Engine,
  who: Who,
  on: OnAttempt,
  { reason }: { reason: string },
): OrderResult =>
  changeOrder(engine, who, on, {
    need,
    may: (view, draft) =>
      verdictOn(attemptOf(draft, on), (attempt) => attemptActions(view, attempt).confirm_not_bought),
    decide: (draft) =>
      onAttempt(draft, attemptOf(draft, on), (attempt) =>
        asResult(confirmNotBought(draft, attempt, { actor: who.actor, reason })),
      ),
    keeps: isEvidence,
  });

// ------------------------------------------------------------------ small parts

const attemptOf = (draft: OrderDraft, { part, attempt }: OnAttempt): Attempt | undefined => {
  const fo = partOf(draft, part);
  return draft.dossier.attempts.find((each) => each.fulfillmentOrderId === fo?.id && each.no === attempt);
};
const openAttempt = (draft: OrderDraft, part: string): Attempt | undefined => {
  const fo = partOf(draft, part);
  return draft.dossier.attempts.find(
    (each) => each.fulfillmentOrderId === fo?.id && (each.state === "armed" || each.state === "unknown"),
  );
};
const verdictOn = (attempt: Attempt | undefined, ask: (attempt: Attempt) => Verdict): Verdict =>
  attempt === undefined ? { allowed: true } : ask(attempt);

const onAttempt = <T>(
  _draft: OrderDraft,
  attempt: Attempt | undefined,
  decide: (attempt: Attempt) => T | Promise<T>,
): T | Refused | Promise<T> =>
  attempt === undefined ? refuse("no_such_attempt", "The fulfillment order has no such attempt.") : decide(attempt);

const asResult = (result: CloseResult | PlacingRefusal): Result<Record<never, never>> => {
  if (result.ok) return ok({});
  return "message" in result
    ? refuse(result.code, result.message)
    : refuse(result.code, `It was settled before: ${result.state}. What you said is kept as evidence.`);
};
/** What contradicts a settled attempt changes nothing, but is kept as evidence; something may have been bought after all. */
const isEvidence = ({ code }: Refused): boolean => code === "attempt_already_closed";

function moneyOf(cost: Bought["cost"]): Money | null | Refused {
  if (cost === undefined) return null;
  if (!isCurrency(cost.currency)) return refuse("no_such_currency", `${cost.currency} is no currency code (ISO 4217).`);
  return { amount: toMinor(cost.amount, cost.currency), currency: cost.currency };
}

/** One supplier order belongs to one attempt: the same number twice is a typing error, or a purchase that nobody made. */
async function takenNumber(
  draft: OrderDraft,
  tx: Tx,
  attempt: Attempt,
  supplierOrderId: string,
): Promise<Refused | null> {
  const asked = {
    workspaceId: draft.order.workspaceId,
    accountId: attempt.accountId,
    supplierOrderId,
    attemptId: attempt.id,
  };
  const taken = await takenNumbers(tx, [asked]);
  return taken.size === 0
    ? null
    : refuse(
        "number_taken",
        `The supplier's order ${supplierOrderId} belongs to another purchase here. Check the number at the supplier.`,
      );
}
