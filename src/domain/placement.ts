import type { Address } from "./address.ts";
import type { HoldWish, OrderDraft } from "./draft.ts";
import { dayOf } from "./due.ts";
import type { AccountId } from "./ids.ts";
import type { DecimalText, Money } from "./money.ts";
import { isOpenAttempt, type Attempt, type FulfillmentOrder } from "./order.ts";
import { liveUnits, moneyProblems, purchaseCost, reserveMoney, type PurchaseCost } from "./placement-money.ts";
import { reasonOf, type ReasonCode } from "./reasons.ts";
import { available, stockKey, type SharedAccount, type SharedSupplier } from "./shared.ts";

/** How a supplier is reached, as far as arming must know: the numbers of its connector's contract. */
export interface PlacingTerms {
  kind: Attempt["kind"];
  /** How long the supplier remembers the key; none: it is never sent again. */
  keyWindowMs?: number;
  lookupLagMs: number;
  maxInFlightMs: number;
  sendByMs: number;
}

/** What arming needs beside the locked order and the locked rows that orders share. */
export interface Arming {
  terms: PlacingTerms;
  /** The newest of all: only its holder may start this purchase. */
  fence: number;
  installationId: string;
  /** SHA-256 of a text, in hex. */
  sha256(text: string): string;
  /** The address in force, and which row it is. Personal data: it leaves and is hashed, but is not kept with the attempt. */
  shipTo: Address;
  addressNo: number;
}

/** What leaves for the supplier. The attempt's `requestHash` is over exactly this. */
export interface OutgoingRequest {
  reference: string;
  idempotencyKey: string;
  maxTotal: Money;
  shipTo: Address;
  method: string;
  lines: { no: number; supplierSku: string; units: number; unitCost: DecimalText }[];
  note: string;
  orderNumber: string;
  shipBy?: string;
}
/** The part of a request that is kept with the attempt: everything but the address and what the attempt's own columns say. */
export type KeptRequest = Pick<OutgoingRequest, "method" | "lines" | "note" | "orderNumber" | "shipBy">;

/** Why nothing was armed. The order's own state says the rest: a hold, a time to try again, another desk. */
export type NotArmed =
  | "not_placing"
  | "attempt_open"
  | "safe_mode"
  | "nothing_left"
  | "cancellation_open"
  | "held"
  | "by_hand"
  | "breaker_open"
  | "sent_back"
  | "stopped";
export type ArmResult = { armed: Attempt; request: OutgoingRequest } | { armed: null; because: NotArmed };

/**
 * PL-1 to PL-9. Commits us to one purchase before it leaves: after all checks on the locked order and the locked shared rows, writes the attempt,
 * holds the money and draws stock, balance and cap down in `draft.shared`, so that the next order of the batch sees what is left.
 */
export function armAttempt(draft: OrderDraft, fo: FulfillmentOrder, arming: Arming): ArmResult {
  const not = (because: NotArmed): ArmResult => ({ armed: null, because });
  if (fo.state !== "placing") return not("not_placing");
  if (openAttemptOf(draft, fo) !== null) return not("attempt_open");
  if (draft.shared.safeMode) return not("safe_mode");
  if (fo.lines.every((line) => liveUnits(line) === 0)) {
    draft.move(fo, "cancelled", { why: "nothing_left" });
    return not("nothing_left");
  }
  if (isCancelling(draft, fo)) {
    draft.move(fo, "held", { why: "cancellation_open" });
    return not("cancellation_open");
  }
  if (draft.holdsOn(fo).length > 0) {
    draft.move(fo, "held");
    return not("held");
  }
  const { supplier, account } = partiesOf(draft, fo);
  if (supplier === null || account === null || !supplier.settings.enabled || !account.active) {
    return not(sendBack(draft, fo, "supplier_not_available"));
  }
  if (account.credentialsRejected) {
    const code = "credentials_rejected";
    return not(stopForPerson(draft, fo, [{ ...onFo(fo), code, waitsFor: `account:${account.id}` }]));
  }
  if (arming.terms.kind === "human") {
    draft.move(fo, "escalated", { why: "supplier_is_placed_by_hand" });
    return not("by_hand");
  }
  if (account.breakerUntil !== null && account.breakerUntil > draft.now) {
    draft.touch(fo, { placeAfter: account.breakerUntil });
    return not("breaker_open");
  }
  const costed = costOf(draft, fo, supplier, account, "machine");
  if ("wishes" in costed) return not(stopForPerson(draft, fo, costed.wishes));
  if (shortOf(draft, fo) !== null) return not(sendBack(draft, fo, "out_of_stock"));
  return writeAttempt(draft, fo, account, costed, arming);
}

/** The attempt that keeps a fulfillment order from a second one. */
export const openAttemptOf = (draft: OrderDraft, fo: FulfillmentOrder): Attempt | null =>
  draft.dossier.attempts.find((each) => each.fulfillmentOrderId === fo.id && isOpenAttempt(each.state)) ?? null;

/** Somebody asks to cancel (a part of) it and has no answer yet: nothing is bought meanwhile. */
export function isCancelling(draft: OrderDraft, fo: FulfillmentOrder): boolean {
  return draft.dossier.cancellations.some((cancellation) => {
    const asking = cancellation.asks.some((ask) => ask.fulfillmentOrderId === fo.id && ask.state === "asking");
    const wished = cancellation.lines.some((line) => fo.lines.some((each) => each.orderLineNo === line.orderLineNo));
    return asking || (cancellation.state === "requested" && wished);
  });
}

export function partiesOf(
  draft: OrderDraft,
  fo: FulfillmentOrder,
): { supplier: SharedSupplier | null; account: SharedAccount | null } {
  const { suppliers, accounts } = draft.shared;
  return {
    supplier: fo.supplierId === null ? null : (suppliers.get(fo.supplierId) ?? null),
    account: fo.accountId === null ? null : (accounts.get(fo.accountId as AccountId) ?? null),
  };
}

/** What it may cost, or the holds that say why it may not. */
export function costOf(
  draft: OrderDraft,
  fo: FulfillmentOrder,
  supplier: SharedSupplier,
  account: SharedAccount,
  by: "machine" | "person",
): PurchaseCost | { wishes: HoldWish[] } {
  const cost = purchaseCost(fo, supplier, account.settings.currency);
  if (cost === null) {
    const skus = fo.lines.filter((line) => line.unitCost === null).map((line) => line.supplierSku);
    return { wishes: [{ ...onFo(fo), code: "placement_failed", detail: { message: "no cost is known", skus } }] };
  }
  const wishes = moneyProblems(fo, draft.shared, cost, by);
  return wishes.length > 0 ? { wishes } : cost;
}

/** The supplier SKU of which its feed, less what was placed since, does not have enough; null: none, or the feed does not say. */
export function shortOf(draft: OrderDraft, fo: FulfillmentOrder): string | null {
  const needed = new Map<string, number>();
  for (const line of fo.lines) {
    if (line.supplierSku !== null) needed.set(line.supplierSku, (needed.get(line.supplierSku) ?? 0) + liveUnits(line));
  }
  for (const [sku, units] of needed) {
    const left = fo.supplierId === null ? null : available(draft.shared, fo.supplierId, sku);
    if (left !== null && left < units) return sku;
  }
  return null;
}

/**
 * SM-83. So long after its deadline for sending, the gate certainly starts nothing under an attempt any more and can say what became of it: sent, never
 * sent, or still under way. Until then the worker that armed it may be the one who asks.
 */
const sendingEndsMs = 2_000;

/** Writes the armed attempt and takes money and stock for it. All checks are done. */
export function writeAttempt(
  draft: OrderDraft,
  fo: FulfillmentOrder,
  account: SharedAccount,
  cost: PurchaseCost,
  { terms, fence, installationId, sha256, shipTo, addressNo }: Arming,
): { armed: Attempt; request: OutgoingRequest } {
  const no = 1 + Math.max(0, ...attemptsOf(draft, fo).map((each) => each.no));
  // The public id, because it is drawn and not counted: a restored database counts the same ids again for other orders.
  const idempotencyKey = sha256([installationId, draft.order.workspaceId, fo.publicId, no].join("/"));
  const reference = referenceOf(idempotencyKey);
  const { currency } = account.settings;
  const kept: KeptRequest = {
    method: fo.method ?? "",
    lines: fo.lines
      .filter((line) => liveUnits(line) > 0)
      .map((line) => ({
        no: line.no,
        supplierSku: line.supplierSku ?? "",
        units: liveUnits(line),
        unitCost: line.unitCost ?? "0",
      })),
    note: `Ref ${reference}`, // a supplier that shows it anywhere can be searched by it
    orderNumber: draft.order.number,
    ...(fo.shipBy === null ? {} : { shipBy: dayOf(fo.shipBy, draft.channel.settings.zone) }),
  };
  const request: OutgoingRequest = {
    reference,
    idempotencyKey,
    maxTotal: { amount: cost.max, currency },
    shipTo,
    ...kept,
  };
  const { now } = draft;
  const after = (ms: number): Date => new Date(now.getTime() + Math.ceil(ms));
  const attempt: Attempt = {
    id: draft.nextId(),
    fulfillmentOrderId: fo.id,
    no,
    supplierId: account.supplierId,
    accountId: account.id,
    kind: terms.kind,
    state: "armed",
    reference,
    idempotencyKey,
    fence,
    armedAt: now,
    sendBy: after(terms.sendByMs),
    settleAt: after((terms.sendByMs + terms.maxInFlightMs + terms.lookupLagMs) * 1.2),
    keyUntil: terms.kind === "key" && terms.keyWindowMs !== undefined ? after(terms.keyWindowMs) : null,
    lookupLagMs: terms.lookupLagMs,
    lookups: 0,
    absentSince: null,
    dueAt: after(terms.sendByMs + (terms.kind === "human" ? terms.maxInFlightMs : sendingEndsMs)),
    currency,
    maxTotal: cost.max,
    expectedTotal: cost.expected,
    holdsMoney: account.settings.payment === "prepaid",
    takesCredit: account.settings.actionCredits && terms.kind !== "human", // a person's work uses up no action of the provider's
    requestHash: sha256(requestText(request)),
    supplierOrderId: null,
    cost: null,
    costIs: null,
    reason: null,
    closedAt: null,
    dispatchId: null,
    actor: draft.actor,
  };
  draft.dossier.attempts.push(attempt);
  draft.newAttempts.add(attempt);
  draft.attemptRequests.set(attempt, { request: { ...kept }, addressNo });
  draft.touch(fo, { fence });
  reserveMoney(draft, attempt);
  drawStock(draft, fo, 1);
  draft.event(
    "attempt_armed",
    "attempt",
    attempt.id,
    { no, reference, kind: terms.kind, max: cost.max.toString(), currency, fulfillmentOrder: fo.id },
    null,
    "armed",
  );
  return { armed: attempt, request };
}

export const attemptsOf = (draft: OrderDraft, fo: FulfillmentOrder): Attempt[] =>
  draft.dossier.attempts.filter((each) => each.fulfillmentOrderId === fo.id);

/** PL-4. Short, printable, without letters that look like digits; derived from the attempt, so it is the same for ever. 70 bits. */
export function referenceOf(idempotencyKey: string): string {
  let bits = BigInt(`0x${idempotencyKey.slice(0, 18)}`) >> 2n;
  let text = "";
  for (let index = 0; index < 14; index += 1) {
    text = base32[Number(bits & 31n)]! + text;
    bits >>= 5n;
  }
  return `SW-${text}`;
}
const base32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** One text per request, whatever order its fields came in: what the hash is made of. It is JSON, and never changes: the gate's journal keeps its hashes. */
export const requestText = (request: OutgoingRequest): string => textOf(request);

function textOf(value: unknown): string {
  if (typeof value === "bigint") return `"${value}"`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(textOf).join(",")}]`;
  const fields = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, each]) => `"${name}":${textOf(each)}`).join(",")}}`;
}

/** PL-9. Units placed since the feed was read, so that the next order does not count on them; -1 gives them back. */
export function drawStock(draft: OrderDraft, fo: FulfillmentOrder, times: 1 | -1): void {
  if (fo.supplierId === null) return;
  for (const line of fo.lines) {
    const units = liveUnits(line);
    if (line.supplierSku === null || units === 0) continue;
    const stock = draft.shared.stock.get(stockKey(fo.supplierId, line.supplierSku));
    if (stock === undefined || stock.isShelf) continue; // no feed; a shelf has reservations of its own
    const reserved = times * units;
    stock.reserved = Math.max(0, stock.reserved + reserved);
    draft.stockChanges.push({ supplierId: fo.supplierId, supplierSku: line.supplierSku, reserved, onHand: 0 });
  }
}

export const onFo = (fo: FulfillmentOrder): { subject: "fulfillment_order"; subjectId: string } => ({
  subject: "fulfillment_order",
  subjectId: fo.id,
});

/** Whether the ordering team places it all the same. What may have been bought before a restore would be one more order to place on its desk (PL-68). */
const isForTheDesk = (code: ReasonCode): boolean => reasonOf(code).placeable && code !== "bought_before_restore";

/** A person has to act: the ordering team takes it where it could place it all the same, else it is held for the reasons. */
export function stopForPerson(draft: OrderDraft, fo: FulfillmentOrder, wishes: HoldWish[]): "stopped" {
  const codes: ReasonCode[] = wishes.map((wish) => wish.code);
  if (draft.shared.workspace.hasOrderingTeam && codes.every(isForTheDesk)) {
    draft.move(fo, "escalated", { why: codes });
    return "stopped";
  }
  for (const wish of wishes) draft.openHold(wish);
  draft.move(fo, "held", { why: codes });
  return "stopped";
}

/** Back into the buffer, where it is verified and routed again; later each time, so that it never spins. */
export function sendBack(draft: OrderDraft, fo: FulfillmentOrder, why: string): "sent_back" {
  draft.move(fo, "waiting", { why });
  draft.touch(fo, { placeAfter: tryAgainAt(draft, fo), tries: fo.tries + 1 });
  return "sent_back";
}

/** The workspace's pause, doubled with each try up to 16 times. */
export const tryAgainAt = (draft: OrderDraft, fo: FulfillmentOrder): Date =>
  new Date(draft.now.getTime() + draft.shared.workspace.retryMs * 2 ** Math.min(fo.tries, 4));
