import type { AttemptId } from "#domain/ids.ts";
import type { Attempt, FulfillmentOrder } from "#domain/order.ts";
import * as placing from "#engine/actions/placing.ts";
import type { OutgoingRequest } from "#domain/placement.ts";
import { readPurchases } from "#store/attempt.ts";
import { isNoted, isWarned, leftBehind, purchaseFor, remember, takeBack } from "./left-behind.ts";
import { ask, boughtUnder, inBrowser, look, readKnown, someone, tell, wait } from "./desk.ts";
import type { Hand, Outcome } from "./hand.ts";

// Ordering by hand: somebody says "I am placing now", orders at the supplier's own desk, and says what came of it. They are right; only late, twice, and two at once.

/** Attempts that somebody is busy with at the supplier's desk: nobody else then says anything about them. */
const busyWith = new WeakMap<object, Set<string>>();
export function busy({ people }: Hand["town"]): Set<string> {
  let references = busyWith.get(people);
  if (references === undefined) busyWith.set(people, (references = new Set()));
  return references;
}

/** How often somebody who has taken a part over gives it back at once, by who sits before the screens of a run: for a planted bug. */
export const givesBackAfter = new WeakMap<object, number>();

/** SM-23. Takes a part over; sometimes two do at the same moment, or one clicks twice. Most go on at once. */
export async function takeOver(
  hand: Hand,
  states: readonly FulfillmentOrder["state"][] = ["escalated", "held", "waiting", "placing"],
): Promise<Outcome> {
  const { town, luck, known, dossier, web } = hand;
  const fo = dossier.fulfillmentOrders.find(({ state }) => states.includes(state));
  if (fo === undefined) return null;
  const where = { order: dossier.order.publicId, part: fo.publicId };
  const who = luck.pick(["ann", "bob"]);
  const press = (name: string, on: Hand["web"]): Promise<Outcome> =>
    inBrowser(on, "take over", ({ engine }) => placing.takeOver(engine, someone(known.tenant, name), where));
  const also = luck.next();
  const second =
    also < 0.15
      ? press(who === "ann" ? "bob" : "ann", luck.pick(town.webs))
      : also < 0.25
        ? press(who, luck.pick(town.webs))
        : null;
  const [taken, other] = await Promise.allSettled([press(who, web), second]);
  if (other.status === "fulfilled" && other.value !== null) tell(town, known.tenant, other.value);
  if (taken.status === "rejected") throw taken.reason;
  const givesBack = givesBackAfter.get(town.people) ?? 0;
  if (taken.value?.status === "ok" && givesBack > 0 && luck.chance(givesBack)) {
    await wait(town, luck.whole(2_000, 120_000) / known.tenant.speed, "at the supplier's desk");
    await giveBack({ ...hand, dossier: await look(town, () => readKnown(town, known)) });
  } else if (taken.value?.status === "ok" && luck.chance(0.7)) {
    await wait(town, luck.whole(2_000, 120_000) / known.tenant.speed, "at the supplier's desk");
    await finish({ ...hand, dossier: await look(town, () => readKnown(town, known)) }, fo.id);
  }
  return taken.value;
}

/** Orders what is taken over, once per reference, and says what came of it. Who finds it in the supplier's list does not order it again. */
export async function finish(hand: Hand, id?: FulfillmentOrder["id"]): Promise<Outcome> {
  const { town, luck, known, dossier, web } = hand;
  const fo = dossier.fulfillmentOrders.find(
    (each) => (id === undefined || each.id === id) && each.claimedBy !== null && armedByHand(dossier.attempts, each),
  );
  const attempt = fo && armedByHand(dossier.attempts, fo);
  if (fo === undefined || attempt === undefined || busy(town).has(attempt.reference)) return null;
  busy(town).add(attempt.reference);
  try {
    const who = someone(known.tenant, fo.claimedBy!.replace("user:", ""));
    const where = { order: dossier.order.publicId, part: fo.publicId };
    if (!isNoted(town, attempt.reference)) remember(hand);
    const before = boughtBefore(hand, fo);
    if (before === "not here") return null;
    const isBought = before !== undefined || boughtUnder(town, known.tenant, attempt) !== undefined;
    const reason = !isBought && luck.chance(0.12) ? "out_of_stock" : "supplier_refused";
    const number = reason === "out_of_stock" ? null : (before ?? (await orderAtDesk(hand, attempt)));
    if (number === null)
      return await inBrowser(web, "not placed", ({ engine }) =>
        placing.notPlaced(engine, who, where, { reason, message: "they did not take it" }),
      );
    const say = (on: Hand["web"]): Promise<Outcome> =>
      inBrowser(on, "placed", ({ engine }) => placing.placed(engine, who, where, { supplierOrderId: number }));
    const twice = luck.chance(0.15) ? say(luck.pick(town.webs)) : null;
    const said = say(web);
    if (town.faults.strikes("C6", town.attempts.byReference.get(attempt.reference))) strikeDown(hand);
    const [first, second] = await Promise.allSettled([said, twice]);
    if (second.status === "fulfilled" && second.value !== null) tell(town, known.tenant, second.value);
    if (first.status === "rejected") throw first.reason;
    return first.value;
  } finally {
    busy(town).delete(attempt.reference);
  }
}
/** What the supplier has for this part since before a restore, where people were told of it; "not here": something else, which has to be seen to first. */
function boughtBefore(hand: Hand, fo: FulfillmentOrder): string | "not here" | undefined {
  const { town, known, dossier } = hand;
  if (!isWarned(hand)) return undefined;
  const there = leftBehind(town, known.tenant, dossier);
  if (there.length === 0) return undefined;
  const found = purchaseFor(known.tenant, fo, there);
  if (found !== undefined) return found.at > town.scheduler.now ? "not here" : found.supplierOrderId;
  return there.every((each) => takeBack(town, known.tenant, each)) ? undefined : "not here";
}
/** Who does not answer shows no list either. */
const isSilent = ({ town, known: { tenant } }: Hand, { supplierId }: Attempt): boolean =>
  town.outages.some(
    ({ host, supplier, from, until }) =>
      host === tenant.host &&
      supplier === tenant.codes.get(supplierId) &&
      from <= town.scheduler.now &&
      town.scheduler.now < until,
  );
const armedByHand = (attempts: readonly Attempt[], fo: FulfillmentOrder): Attempt | undefined =>
  attempts.find((each) => each.fulfillmentOrderId === fo.id && each.state === "armed" && each.kind === "human");

/** C6 by hand: it is bought, and whoever was to write it down is dead before anything was read. */
function strikeDown({ town, web }: Hand): void {
  const there = web.current();
  if (there === null) return;
  town.faults.counts.kills += 1;
  town.scheduler.note(there.process, "kill", "bought at the desk");
  town.scheduler.afterwards(() => town.scheduler.onKill(there.process));
}

/** The supplier's number; null: they would not sell it. Exactly what was armed is ordered. */
async function orderAtDesk({ town, known }: Hand, attempt: Attempt): Promise<string | null> {
  const before = boughtUnder(town, known.tenant, attempt);
  if (before !== undefined) return before;
  const request = await look(town, () => requestOf(town, known.tenant.workspaceId, attempt.id));
  const { shipTo, method, lines } = request;
  const answer = ask(town, known.tenant, "POST", `/suppliers/${known.tenant.codes.get(attempt.supplierId)}/desk`, {
    reference: attempt.reference,
    shipTo,
    method,
    lines: lines.map(({ no, supplierSku, units }) => ({ no, sku: supplierSku, units })),
  });
  return answer.status === 201 ? String(answer.body["orderId"]) : null;
}
const requestOf = async (
  { eye }: Hand["town"],
  workspaceId: Hand["known"]["tenant"]["workspaceId"],
  attemptId: AttemptId,
): Promise<OutgoingRequest> =>
  eye.tx(async (tx) => (await readPurchases(tx, [{ workspaceId, attemptId }])).get(attemptId)!.request);

/** Gives a part back; half of them had ordered it, where nothing said that it may be there already, and say nothing. */
export async function giveBack(hand: Hand): Promise<Outcome> {
  const { town, luck, known, dossier, web } = hand;
  const fo = dossier.fulfillmentOrders.find((each) => each.claimedBy !== null);
  const attempt = fo && armedByHand(dossier.attempts, fo);
  if (fo === undefined || luck.chance(0.5) || (attempt !== undefined && busy(town).has(attempt.reference))) return null;
  if (attempt !== undefined) busy(town).add(attempt.reference);
  try {
    if (attempt !== undefined && luck.chance(0.5) && isNoted(town, attempt.reference) && !isWarned(hand))
      await orderAtDesk(hand, attempt);
    return await inBrowser(web, "give back", ({ engine }) =>
      placing.returnPart(engine, someone(known.tenant, fo.claimedBy!.replace("user:", "")), {
        order: dossier.order.publicId,
        part: fo.publicId,
      }),
    );
  } finally {
    if (attempt !== undefined) busy(town).delete(attempt.reference);
  }
}

/**
 * SM-23. A right operator looks at the supplier's own list and says what is there. Now and then somebody is too early: what they say then is refused. Where
 * their browser hung until it was not, they were wrong, and the checker knows it.
 */
export async function resolveUnknown(hand: Hand): Promise<Outcome> {
  const { town, luck, known, dossier, web } = hand;
  const attempt = dossier.attempts.find((each) => each.state === "unknown");
  const fo = dossier.fulfillmentOrders.find((each) => each.id === attempt?.fulfillmentOrderId);
  if (attempt === undefined || fo === undefined || busy(town).has(attempt.reference)) return null;
  if (isSilent(hand, attempt)) return null;
  const lookedAt = town.scheduler.now;
  const settleAt = attempt.settleAt.getTime();
  const bought = boughtUnder(town, known.tenant, attempt);
  const where = { order: dossier.order.publicId, part: fo.publicId, attempt: attempt.no };
  const who = someone(known.tenant, luck.pick(["ann", "bob"]));
  if (bought !== undefined)
    return inBrowser(web, "confirm bought", ({ engine }) =>
      placing.confirmAttemptBought(engine, who, where, { supplierOrderId: bought }),
    );
  if (lookedAt < settleAt && !luck.chance(0.3)) return null;
  if (lookedAt < settleAt) town.mistakes.push({ attemptReference: attempt.reference });
  const said = await inBrowser(web, "confirm not bought", ({ engine }) =>
    placing.confirmAttemptNotBought(engine, who, where, { reason: "not in their list" }),
  );
  // Taken back: refused, or accepted before it may be. Either way the product alone answers for what follows.
  if (lookedAt < settleAt && (said.status === "refused" || town.scheduler.now < settleAt))
    town.mistakes.splice(
      town.mistakes.findIndex(({ attemptReference }) => attemptReference === attempt.reference),
      1,
    );
  return said;
}
