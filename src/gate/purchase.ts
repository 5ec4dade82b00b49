import { hash } from "node:crypto";
import {
  HttpError,
  needsSecrets,
  type AccountKey,
  type BoughtBefore,
  type ByHandAnswer,
  type ByHandCall,
  type Failure,
  type HttpRequest,
  type Outside,
  type PurchaseAnswer,
  type PurchaseCall,
  type SettleAnswer,
  type SupplierContext,
} from "#connectors/ports.ts";
import { requestText } from "#domain/placement.ts";
import { hushed, noSecrets, type Secrets } from "#domain/secret.ts";
import { knownReferences, readSupplierNames, type Purchase } from "#store/attempt.ts";
import { isFinal, mayBeBought, wasPerhapsBought, type Known } from "./journal.ts";
import type { LastLook } from "./last-look.ts";
import { messageOf, noConnector, type GateOptions } from "./options.ts";

/** How long a last check may take before it no longer counts as the last thing before the first byte. */
const longestCheckMs = 1_000;

/** What purchases that were handed over together share. */
export interface Batch {
  secrets(account: AccountKey): Promise<Secrets>;
  lastLook: LastLook;
  /** Ends when a connector that has not come back is given up; what it did is unknown. */
  patience: Promise<void>;
}

/** PL-50 to PL-55. Everything between the question and the answer for one attempt. */
export async function sendOnce(
  options: GateOptions,
  batch: Batch,
  call: PurchaseCall,
  purchase: Purchase | undefined,
): Promise<PurchaseAnswer> {
  const { journal, clock, monotonicMs } = options;
  if (purchase === undefined) return missing(call);
  const known = journal.find(purchase.request.reference);
  if (known !== undefined) {
    const before = await fromBefore(options, known, purchase, call.mode);
    if (before !== null) return before;
  } else if (call.mode === "send") {
    const lost = await boughtBeforeRestore(options, purchase);
    if (lost !== null) return lost;
  }

  const now = clock.now();
  const keyUntil = keyIsKnownUntil(purchase, known);
  const refusal = whyNot(options, call, purchase, keyUntil, now);
  if (refusal !== null)
    return call.mode === "send" ? never(options, purchase, refusal) : { status: "unknown", message: refusal };
  const until = Math.min(purchase.sendBy.getTime(), (call.mode === "resend" ? keyUntil : null) ?? Infinity);
  const deadlineMs = monotonicMs() + (until - now.getTime());

  const account: AccountKey = {
    workspaceId: purchase.workspaceId,
    supplierId: purchase.supplierId,
    accountId: purchase.accountId,
  };
  let secrets: Secrets;
  try {
    const needed = needsSecrets(options.connectors.get(purchase.supplierKind)?.manifest);
    secrets = needed ? await batch.secrets(account) : noSecrets;
  } catch (error) {
    return call.mode === "send"
      ? never(options, purchase, `the account's secrets could not be opened: ${messageOf(error)}`)
      : { status: "unknown", message: messageOf(error) };
  }
  const way = oneWayOut(options, batch, call, purchase, deadlineMs);
  const context: SupplierContext = {
    supplierId: purchase.supplierId,
    accountId: purchase.accountId,
    settings: purchase.settings,
    secrets,
    outside: way.outside,
  };
  const said = await askConnector(options, batch, context, purchase);
  const answer = weigh(said, way.mayHaveLeft(), journal.find(purchase.request.reference)?.wasSent === true, call.mode);
  await options.buggify?.("gate-before-answer");
  await journal.append({ line: "answered", ...about(options, purchase), answer });
  return answer;
}

/**
 * PL-53, PL-64. What an earlier try under this reference says; null: it may be sent again (the same key, with the same request). A reference belongs to one
 * purchase for ever, so where what is asked for differs from what the journal knows, the database is older than the journal: what was bought then may have
 * been for this, and only what certainly was not bought leaves room for another attempt, which has another reference. What was sent elsewhere (PL-73) nobody
 * finds who looks where this one would go.
 */
async function fromBefore(
  options: GateOptions,
  known: Known,
  purchase: Purchase,
  mode: "send" | "resend",
): Promise<PurchaseAnswer | null> {
  const isElsewhere = known.place !== undefined && !isAt(known.place, purchase);
  if (isElsewhere || known.requestHash !== purchase.requestHash) {
    if (known.isClosed || !mayBeBought(known.answer))
      return notSent("this reference was used before for another request, of which nothing was bought");
    if (isElsewhere) return boughtBefore(options, [known]);
    const number = known.answer?.status === "placed" ? ` and is the supplier's ${known.answer.supplierOrderId}` : "";
    return { status: "unknown", message: `this reference was sent before with another request${number}` };
  }
  if (known.answer !== null && isFinal(known.answer)) return known.answer;
  if (known.isClosed) return notSent("it was found never sent, and was closed for ever");
  if (mode === "resend" || !known.wasSent) return null;
  return known.answer ?? { status: "unknown", message: "it was sent before, and no answer was kept" };
}

/**
 * PL-68. The journal may know purchases for this order that the database does not: it was restored from a backup, and met the order anew or took another way
 * with it. Whether this one is still wanted is a person's to say.
 */
export async function boughtBeforeRestore(options: GateOptions, purchase: Purchase): Promise<BoughtBefore | null> {
  const { journal, db } = options;
  if (purchase.isReleased) return null;
  const others = journal.boughtFor(orderKey(purchase), purchase.request.reference);
  if (others.length === 0) return null;
  const known = await knownReferences(db, others);
  const lost = others.filter((each) => !known.has(each.reference));
  return lost.length === 0 ? null : boughtBefore(options, lost);
}
export async function boughtBefore({ db }: GateOptions, lost: readonly Known[]): Promise<BoughtBefore> {
  const places = lost.flatMap(({ workspaceId, place }) => (place === undefined ? [] : [{ workspaceId, ...place }]));
  const names = await readSupplierNames(db, places);
  const words = lost.map((each) => inWords(each, names.get(`${each.workspaceId}/${each.place?.supplierId}`)));
  return {
    status: "refused",
    reason: "bought_before_restore",
    message: `${words.join("; ")}; the restored database knows nothing of that`,
  };
}
function inWords({ reference, answer, at, isByHand }: Known, supplier = "a supplier"): string {
  const on = `for this order on ${at.toISOString().slice(0, 16).replace("T", " at ")} UTC`;
  if (isByHand) return `${reference} was perhaps ordered by hand at ${supplier} ${on}`;
  return answer?.status === "placed"
    ? `${reference} was sent to ${supplier} ${on}, and is ${answer.supplierOrderId} there`
    : `${reference} was sent to ${supplier} ${on}, without a clear answer`;
}
const isAt = (place: NonNullable<Known["place"]>, { supplierId, accountId }: Purchase): boolean =>
  place.supplierId === supplierId && place.accountId === accountId;

/**
 * PL-70. What people order leaves by no gate, but its journal keeps that they began: a restored database asks it before the same is bought again, by the machine
 * or by hand.
 */
export async function noteByHand(
  options: GateOptions,
  call: ByHandCall,
  purchase: Purchase | undefined,
): Promise<ByHandAnswer> {
  if (purchase === undefined) return missing(call);
  if (purchase.kind !== "human")
    return { status: "bug", message: `an attempt of kind ${purchase.kind} is not placed by hand` };
  const known = options.journal.find(purchase.request.reference);
  // Asked again, because the answer was lost on the way.
  if (known?.isByHand === true && known.attemptId === purchase.attemptId) return { status: "noted" };
  if (!call.isTold && !purchase.isReleased) {
    const lost =
      known !== undefined && wasPerhapsBought(known)
        ? await boughtBefore(options, [known])
        : await boughtBeforeRestore(options, purchase);
    if (lost !== null) return lost;
  }
  await options.journal.append({ line: "by_hand", ...about(options, purchase) });
  return { status: "noted" };
}
const orderKey = ({ workspaceId, order }: Purchase): string =>
  hash("sha256", JSON.stringify([workspaceId, ...order])).slice(0, 32);

const missing = (call: Pick<PurchaseCall, "workspaceId" | "attemptId">): Failure => ({
  status: "bug",
  message: `There is no attempt ${call.attemptId} in workspace ${call.workspaceId}.`,
});
export const about = ({ clock }: GateOptions, purchase: Purchase) => ({
  at: clock.now(),
  workspaceId: purchase.workspaceId,
  attemptId: purchase.attemptId,
  reference: purchase.request.reference,
  requestHash: purchase.requestHash,
  order: orderKey(purchase),
  place: { supplierId: purchase.supplierId, accountId: purchase.accountId },
});

/**
 * PL-71. Until when, in milliseconds, the supplier certainly knows the key; null: it knows none. It remembers from the first sending on, which the journal may
 * have seen before a restored database armed the same again.
 */
function keyIsKnownUntil({ keyUntil, armedAt }: Purchase, known: Known | undefined): number | null {
  if (keyUntil === null) return null;
  const sooner = armedAt.getTime() - (known?.firstSentAt ?? armedAt).getTime();
  return keyUntil.getTime() - Math.max(0, sooner);
}

/** What speaks against sending this attempt now; null: nothing. */
function whyNot(
  { connectors }: GateOptions,
  call: PurchaseCall,
  purchase: Purchase,
  keyUntil: number | null,
  now: Date,
): string | null {
  if (purchase.workspaceId !== call.workspaceId) return "the attempt is another workspace's";
  if (call.fence !== purchase.fence || purchase.fence !== purchase.newestFence)
    return "somebody newer has taken it over";
  if (purchase.kind === "human" || purchase.kind === "document")
    return `an attempt of kind ${purchase.kind} is not sent by a call`;
  if (!connectors.has(purchase.supplierKind)) return noConnector(purchase.supplierKind);
  if (hash("sha256", requestText(purchase.request)) !== purchase.requestHash)
    return "what would leave is not what was armed";
  if (call.mode === "send") {
    if (purchase.state !== "armed") return `the attempt is ${purchase.state}`;
    return now < purchase.sendBy ? null : "the send deadline has passed";
  }
  if (purchase.kind !== "key") return "only a supplier with idempotency keys may be asked the same again";
  if (purchase.state !== "armed" && purchase.state !== "unknown") return `the attempt is ${purchase.state}`;
  if (keyUntil === null || now.getTime() >= keyUntil) return "the supplier may have forgotten the key";
  return now >= purchase.sendBy ? "the deadline for asking once more has passed" : null;
}

/** Nothing leaves, now or ever. Only where the journal reaches back to the arming is that proof. */
async function never(options: GateOptions, purchase: Purchase, message: string): Promise<PurchaseAnswer> {
  if (!options.journal.knowsSince(purchase.armedAt))
    return { status: "unknown", message: `${message}; it was armed before this gate's journal begins` };
  await options.journal.append({ line: "closed", ...about(options, purchase), message });
  return notSent(message);
}

export async function settle(
  options: GateOptions,
  call: PurchaseCall,
  purchase: Purchase | undefined,
  isRunning: boolean,
): Promise<SettleAnswer> {
  if (isRunning) return { status: "under_way" };
  if (purchase === undefined) return missing(call);
  const known = options.journal.find(purchase.request.reference);
  if (known !== undefined) {
    const before = await fromBefore(options, known, purchase, "send");
    return before ?? { status: "unknown", message: "it was sent, and no answer was kept" };
  }
  return never(options, purchase, "nothing of it was ever sent");
}

/**
 * The outside of one attempt. Each request that is no mere question passes the last check when its connection stands; the same request passes once; and
 * what may have left is known here, whatever the connector makes of it.
 */
function oneWayOut(
  options: GateOptions,
  { lastLook }: Batch,
  call: PurchaseCall,
  purchase: Purchase,
  deadlineMs: number,
): { outside: Outside; mayHaveLeft: () => boolean } {
  const { outside, journal, monotonicMs } = options;
  const seen = new Set<string>();
  let mayHaveLeft = false;
  let inTheAir = 0;
  let isJournaled: Promise<void> | null = null;

  async function lastCheck(): Promise<void> {
    const { fence, mode } = call;
    isJournaled ??= journal.append({ line: "sending", ...about(options, purchase), fence, mode });
    await isJournaled;
    await options.buggify?.("gate-before-last-check");
    const startedMs = monotonicMs();
    if (!(await lastLook.maySend(call)))
      throw new Error("it may no longer be sent: taken over, cancelled, settled, or not at home");
    await options.buggify?.("gate-after-last-check");
    // Nothing is waited for after this line: from here to the first byte there are those that looked at the same moment, milliseconds at most.
    if (monotonicMs() >= deadlineMs) throw new Error("the send deadline has passed");
    if (monotonicMs() - startedMs > longestCheckMs) throw new Error("this process stood still during its last check");
  }

  return {
    // Who does not wait for the answer any longer does not know what became of a request that is still in the air.
    mayHaveLeft: () => mayHaveLeft || inTheAir > 0,
    outside: {
      now: () => outside.now(),
      files: outside.files,
      async http(request: HttpRequest) {
        if (request.method === "GET") {
          try {
            const { lastCheck: _, ...question } = request;
            return await outside.http(question);
          } catch (error) {
            throw error instanceof HttpError ? error : new HttpError(messageOf(error), { sent: true, cause: error });
          }
        }
        const name = `${request.method} ${request.url}`;
        if (seen.has(name))
          throw new HttpError(`${name}: a connector sends nothing twice for one attempt.`, { sent: false });
        seen.add(name);
        inTheAir += 1;
        try {
          const response = await outside.http({ ...request, lastCheck });
          mayHaveLeft = true;
          return response;
        } catch (error) {
          if (!(error instanceof HttpError) || error.sent) mayHaveLeft = true;
          throw error;
        } finally {
          inTheAir -= 1;
        }
      },
    },
  };
}

async function askConnector(
  { connectors, buggify }: GateOptions,
  { patience }: Batch,
  context: SupplierContext,
  purchase: Purchase,
): Promise<PurchaseAnswer> {
  const supplier = connectors.get(purchase.supplierKind);
  if (supplier === undefined) return notSent(noConnector(purchase.supplierKind));
  let said: PurchaseAnswer | null = null;
  const placing = (async (): Promise<PurchaseAnswer> => {
    await buggify?.("gate-before-place");
    await hushed(supplier, context.secrets).place(context, [purchase.request], (reference, answer) => {
      if (reference === purchase.request.reference) said ??= answer; // the first answer stands
    });
    return said ?? { status: "bug", message: "The connector ended without an answer." };
  })().catch((error: unknown): PurchaseAnswer => said ?? { status: "bug", message: messageOf(error) });
  const late = patience.then((): PurchaseAnswer => ({ status: "unknown", message: "the connector did not come back" }));
  return Promise.race([placing, late]);
}

/** PL-52. What the connector says, weighed against what this process saw leave. */
function weigh(said: PurchaseAnswer, mayHaveLeft: boolean, everSent: boolean, mode: "send" | "resend"): PurchaseAnswer {
  const unclear =
    said.status === "unknown" || said.status === "bug" || said.status === "retry_later" || said.status === "not_sent";
  if (said.status === "placed" && said.supplierOrderId.trim() === "")
    return { status: "unknown", message: "The supplier confirmed without a number." };
  // Of a repetition that did not get in nothing follows for the first try, whose login may have been good.
  if (mode === "resend" && (unclear || said.status === "credentials"))
    return { status: "unknown", message: said.message };
  if (!unclear) return said;
  if (mayHaveLeft) return { status: "unknown", message: said.message };
  // Nothing passed the only way out. A connector that waited to be let out and was not says the same in its own words.
  return everSent || said.status === "not_sent"
    ? notSent(said.message)
    : said.status === "unknown"
      ? said
      : notSent(said.message);
}

const notSent = (message: string): PurchaseAnswer => ({ status: "not_sent", message });
