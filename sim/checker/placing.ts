import { codeOf, iso, nameOf, type Bought, type Case } from "./case.ts";
import { group, type Attempt, type Evidence, type Part } from "./facts.ts";
import type { SentRequest } from "./outside.ts";
import { isAlive, keyOf, liveUnits, type TruthPurchase } from "./truth.ts";

/** Between the last look at the deadline and the first byte lies nothing but the write itself; the harness notes the byte. */
const writeMs = 1_000;

/** I01, I03, I06: what must hold at every moment. */
export function checkPurchases(the: Case): void {
  const { bought } = the;
  oneLivePurchase(the, bought);
  sentAfterArming(the);
  cancelledIsNeverBought(the, bought);
}

/** I04, I05, I07, I08, and what of I22 the supplier's own total says. */
export function checkPlacing(the: Case): void {
  const { bought } = the;
  noOrphan(the, bought);
  noPhantom(the, bought);
  belowItsMaximum(the, bought);
  chargedWhatItCosts(the, bought);
  provenBeforeAgain(the);
}

/** I01. A purchase while another of the same part was still alive, wherever it was made and whatever reference it had. */
function oneLivePurchase(the: Case, bought: readonly Bought[]): void {
  const lied = new Set(the.outside.mistakes?.map(({ attemptReference }) => attemptReference));
  const byPart = group(bought, ({ workspaceId, part, purchase }) => part?.id ?? `${workspaceId}/${purchase.reference}`);
  for (const purchases of byPart.values()) {
    if (purchases.length < 2) continue;
    const ordered = purchases.toSorted((a, b) => a.purchase.at - b.purchase.at);
    ordered.forEach((later, index) => {
      const alive = ordered
        .slice(0, index)
        .filter(({ purchase }) => isAlive(purchase, later.purchase.at) && !lied.has(purchase.reference));
      if (alive.length > 0 && !lied.has(later.purchase.reference))
        the.found(
          "I01",
          later.order,
          `part ${later.part?.no ?? "?"} was bought again as ${nameOf(later.purchase)} at ${iso(later.purchase.at)} while alive as ${alive.map(({ purchase }) => nameOf(purchase)).join(", ")}`,
        );
    });
  }
}

/** I03. Each request that left had its attempt committed before, in time, once where no key makes a repetition harmless, and always the same key. */
function sentAfterArming(the: Case): void {
  const committed =
    the.outside.commits && new Map(the.outside.commits.map((each) => [each.attemptReference, each.committedAt]));
  const bySender = group(the.outside.sent, ({ supplier, reference }) => `${supplier} ${reference}`);
  const { restored } = the.outside;
  const forgotten = new Map(
    restored?.forgotten.flatMap((each) => (each.isKnown ? [] : [[each.reference, each.committedAt ?? Infinity]])),
  );
  for (const all of bySender.values()) {
    // What left before the restore was armed in the database of that time.
    const before = forgotten.get(all[0]!.reference);
    const early = before === undefined ? [] : all.filter(({ at }) => at < restored!.at);
    for (const { at, reference, supplier } of early)
      if (before! > at)
        the.found("I03", undefined, `${supplier} ${reference} was sent at ${iso(at)}, before the commit that armed it`);
    const requests = all.slice(early.length);
    const first = requests[0];
    if (first === undefined) continue;
    const attempt = the.facts.attemptByReference.get(first.reference);
    const order = attempt && the.facts.orderById.get(attempt.orderId);
    const wrong = (what: string): void => the.found("I03", order, `${first.supplier} ${first.reference} ${what}`);
    if (attempt === undefined) {
      wrong(`was sent at ${iso(first.at)}, and no attempt was ever armed for it`);
      continue;
    }
    const at = committed === undefined ? attempt.armedAt : committed.get(first.reference);
    if (at === undefined) wrong(`was sent at ${iso(first.at)}, and the commit that armed it was never seen`);
    else if (at > first.at || attempt.armedAt > first.at)
      wrong(`was sent at ${iso(first.at)} and committed at ${iso(Math.max(at, attempt.armedAt))}`);
    if (codeOf(the, attempt) !== first.supplier) wrong(`was armed for ${codeOf(the, attempt)}`);
    // With a key that its supplier remembers, what was armed in vain is sent again later: the key's own time is the limit then.
    if (attempt.keyUntil === null && first.at > attempt.sendBy + writeMs)
      wrong(`was sent at ${iso(first.at)}, and its deadline was ${iso(attempt.sendBy)}`);
    repeated(attempt, requests, wrong);
  }
  for (const truth of the.truths.values())
    for (const call of truth.calls) {
      if (call.purchase === null) continue;
      const attempt = the.facts.attemptByReference.get(call.reference);
      if (
        attempt !== undefined &&
        attempt.armedAt > call.at &&
        !(forgotten.has(call.reference) && call.at < restored!.at)
      )
        the.found(
          "I03",
          the.facts.orderById.get(attempt.orderId),
          `${call.supplier} ${call.reference} was bought at ${iso(call.at)} and armed at ${iso(attempt.armedAt)}`,
        );
    }
}

function repeated(attempt: Attempt, requests: readonly SentRequest[], wrong: (what: string) => void): void {
  if (requests.length > 1 && attempt.kind !== "key")
    wrong(`was sent ${requests.length} times, and ${attempt.kind} knows no key`);
  for (const { at, idempotencyKey } of requests) {
    if (attempt.kind === "key" && idempotencyKey !== null && idempotencyKey !== attempt.idempotencyKey)
      wrong(`was sent with another key than it was armed with, at ${iso(at)}`);
    if (attempt.keyUntil !== null && at > attempt.keyUntil + writeMs)
      wrong(`was sent at ${iso(at)}, and its key was known until ${iso(attempt.keyUntil)} only`);
  }
}

/** I06. Who was told that all of it is cancelled gets nothing bought, at any later time. */
function cancelledIsNeverBought(the: Case, bought: readonly Bought[]): void {
  if (the.outside.acknowledged.length === 0) return;
  const slugs = new Map(the.facts.workspaces.map(({ id, slug }) => [id, slug]));
  const byOrder = group(bought, ({ order }) => order?.channelOrderId ?? "");
  const { restored } = the.outside;
  for (const told of the.outside.acknowledged.filter(
    // What was said after the copy was taken went with the database that knew it.
    ({ at }) => restored === undefined || at < restored.takenAt || at > restored.at,
  ))
    for (const { order, purchase } of byOrder.get(told.channelOrderId) ?? []) {
      if (order === undefined || (told.workspaceSlug ?? slugs.get(order.workspaceId)) !== slugs.get(order.workspaceId))
        continue;
      if (purchase.at > told.at || isAlive(purchase, the.now))
        the.found(
          "I06",
          order,
          `was acknowledged as cancelled at ${iso(told.at)} (step ${told.step}), and ${nameOf(purchase)} was bought at ${iso(purchase.at)}`,
        );
    }
}

/** I04. Whatever is alive there is known here as bought, under the same number. */
function noOrphan(the: Case, bought: readonly Bought[]): void {
  const lied = new Set(the.outside.mistakes?.map(({ attemptReference }) => attemptReference));
  const forgotten = new Set(the.outside.restored?.forgotten.map(({ reference }) => reference));
  for (const { workspaceId, purchase, attempt, order } of bought) {
    if (purchase.at > the.now || !isAlive(purchase, the.now)) continue;
    // See restored.ts.
    if (attempt === undefined && forgotten.has(purchase.reference)) continue;
    if (attempt === undefined || attempt.workspaceId !== workspaceId)
      the.found("I04", order, `${nameOf(purchase)} has a reference that nobody here gave`);
    else if (attempt.state === "placed" && attempt.supplierOrderId === purchase.supplierOrderId) continue;
    else if (!the.isQuiet && (attempt.state === "armed" || attempt.state === "unknown")) continue;
    else if (!lied.has(purchase.reference))
      the.found(
        "I04",
        order,
        `${nameOf(purchase)} is alive, and attempt ${attempt.no} is ${attempt.state} (${attempt.kind}, number ${attempt.supplierOrderId ?? "none"})`,
      );
  }
}

/** I05. What counts as bought here was bought there: one purchase with that number and reference, the units still expected, the armed address. */
function noPhantom(the: Case, bought: readonly Bought[]): void {
  const lied = new Set(the.outside.mistakes?.map(({ attemptReference }) => attemptReference));
  const byNumber = new Map(bought.map((each) => [`${each.workspaceId}/${keyOf(each.purchase)}`, each]));
  const placed = new Map<string, number>();
  for (const attempt of the.facts.attempts) {
    if (attempt.state !== "placed") continue;
    placed.set(attempt.partId, (placed.get(attempt.partId) ?? 0) + 1);
    const part = the.facts.partById.get(attempt.partId);
    const order = the.facts.orderById.get(attempt.orderId);
    const code = codeOf(the, attempt);
    if (part === undefined || !the.truths.has(attempt.workspaceId) || code === "" || lied.has(attempt.reference))
      continue;
    const there = byNumber.get(`${attempt.workspaceId}/${code} ${attempt.supplierOrderId}`);
    if (there === undefined || there.purchase.reference !== attempt.reference || there.purchase.at > the.now) {
      the.found(
        "I05",
        order,
        `part ${part.no} is ${part.state} as ${code} ${attempt.supplierOrderId}, which was never bought under ${attempt.reference}`,
      );
      continue;
    }
    sameUnits(the, part, attempt, there);
    sameAddress(the, attempt, there);
  }
  for (const part of the.facts.partById.values()) {
    const isBought =
      part.lines.some((line) => line.unitsPlaced > 0) && part.supplierId !== null && codeOf(the, part) !== "";
    const isAtPrep = the.facts.supplierCodes.get(`${part.workspaceId}/${part.supplierId}`)?.role === "prep";
    if (isBought && !isAtPrep && placed.get(part.id) !== 1)
      the.found(
        "I05",
        the.facts.orderById.get(part.orderId),
        `part ${part.no} is ${part.state} with units placed, and ${placed.get(part.id) ?? 0} of its attempts are`,
      );
  }
}

function sameUnits(the: Case, part: Part, attempt: Attempt, { purchase, order }: Bought): void {
  const expected = new Map<string, number>();
  for (const { supplierSku, units, unitsCancelled } of part.lines)
    if (supplierSku !== null) expected.set(supplierSku, (expected.get(supplierSku) ?? 0) + units - unitsCancelled);
  const live = liveUnits(purchase, the.now);
  for (const sku of new Set([...expected.keys(), ...live.keys()])) {
    const here = expected.get(sku) ?? 0;
    const there = live.get(sku) ?? 0;
    // Between the supplier's own cancellation and the next look at it, more is expected here than will come.
    if (here === there || (!the.isQuiet && there < here)) continue;
    if (there < here && here - there <= excused(the, part, attempt, purchase, sku)) continue;
    the.found(
      "I05",
      order,
      `part ${part.no} (${part.state}, ${attempt.kind}) expects ${here} × ${sku}, and ${there} are on order as ${nameOf(purchase)}`,
    );
  }
}
/**
 * Units that may be missing without a word. Who confirmed a purchase from its number alone cannot say what of it was not accepted; then a hold says that
 * the rest is overdue. So does one that is still open about what the supplier took back when nobody looked any more, or could look.
 */
function excused(the: Case, part: Part, attempt: Attempt, purchase: TruthPurchase, sku: string): number {
  const holds = (the.facts.holds.get(part.orderId) ?? []).filter(({ subjectId }) => subjectId === part.id);
  const wasConfirmedByPerson = (the.facts.evidence.get(attempt.id) ?? []).some(
    ({ kind, source }) => kind === "placed" && source.startsWith("person:"),
  );
  if (wasConfirmedByPerson && holds.some(({ code }) => code.endsWith("_overdue"))) return Infinity;
  const lastLook = holds.find(({ code, closedAt }) => code === "tracking_overdue" && closedAt === null)?.openedAt;
  if (lastLook === undefined) return 0;
  const lookEveryMs = the.facts.supplierCodes.get(`${part.workspaceId}/${part.supplierId}`)?.looksEveryMs ?? 0;
  const taken = [
    { at: purchase.at, units: purchase.notAccepted },
    ...purchase.cancelled.filter(({ by }) => by === "supplier"),
  ];
  return (
    taken
      // One look may be lost with its worker, and one more with its answer.
      .filter(({ at }) => undisturbedMs(the, at, lastLook) < 3 * lookEveryMs)
      .flatMap(({ units }) => units)
      .reduce((sum, each) => sum + (each.sku === sku ? each.units : 0), 0)
  );
}

/** How much of the time between two instants nothing was down. */
function undisturbedMs({ outside }: Case, from: number, until: number): number {
  let ms = Math.max(0, until - from);
  let counted = from;
  for (const each of (outside.disturbances ?? []).toSorted((a, b) => a.from - b.from)) {
    const start = Math.max(counted, each.from);
    const end = Math.min(until, each.until);
    if (end <= start) continue;
    ms -= end - start;
    counted = end;
  }
  return ms;
}

/** Bought before the database was set back: what was approved then is lost with it. */
const isOfBefore = (the: Case, { calledAt }: Bought["purchase"]): boolean =>
  calledAt < (the.outside.restored?.at ?? -Infinity);

function sameAddress(the: Case, attempt: Attempt, { purchase, order }: Bought): void {
  if (purchase.by === "desk" || isOfBefore(the, purchase)) return; // what a person typed on the supplier's page is theirs
  const armed = the.facts.addresses.get(attempt.orderId)?.find(({ no }) => no === attempt.addressNo);
  const other = Object.entries(purchase.shipTo).find(([field, text]) => armed?.fields[field] !== text);
  if (other !== undefined)
    the.found(
      "I05",
      order,
      `${nameOf(purchase)} goes to another ${other[0]} than address ${attempt.addressNo}, with which it was armed`,
    );
}

/** I07. The supplier's own total against what was approved when it was armed; what a person bought dearer has to say so. */
function belowItsMaximum(the: Case, bought: readonly Bought[]): void {
  for (const { purchase, attempt, order, part } of bought) {
    if (attempt === undefined || isOfBefore(the, purchase)) continue;
    const total = minorOf(purchase.total, purchase.currency);
    if (purchase.currency === attempt.currency && total <= attempt.maxTotal) continue;
    const isSaid =
      attempt.kind === "human" &&
      (the.facts.holds.get(attempt.orderId) ?? []).some(
        (hold) => hold.code === "price_above_limit" && hold.subjectId === part?.id,
      );
    if (!isSaid)
      the.found(
        "I07",
        order,
        `${nameOf(purchase)} costs ${purchase.total} ${purchase.currency}, and ${attempt.maxTotal} minor units of ${attempt.currency} were approved`,
      );
  }
}

/** "12.5" EUR as 1250n: rounded down, because a total has no more digits than its currency. */
export function minorOf(amount: string, currency: string): bigint {
  const digits =
    new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  const [whole = "0", rest = ""] = amount.split(".");
  return BigInt(whole + rest.padEnd(digits, "0").slice(0, digits));
}

/** I22. What the supplier said with its number was charged with it; what a person brought in is adjusted as soon as the supplier's total is known. */
function chargedWhatItCosts(the: Case, bought: readonly Bought[]): void {
  for (const { purchase, attempt, order } of bought) {
    if (attempt?.state !== "placed" || attempt.supplierOrderId !== purchase.supplierOrderId) continue;
    const total = minorOf(purchase.total, purchase.currency);
    const charges = the.facts.charges.get(attempt.id) ?? { first: 0n, total: 0n };
    const isSaid = (the.facts.evidence.get(attempt.id) ?? []).some(
      ({ kind, source }) => kind === "placed" && !source.startsWith("person:"),
    );
    if (isSaid && charges.first !== total)
      the.found(
        "I22",
        order,
        `${nameOf(purchase)} costs ${total}, and ${charges.first} was charged when it was placed`,
      );
    // A first total that comes after something was booked back does not say whether it is less that.
    const isRefunded = charges.total !== attempt.cost;
    if (attempt.costIs === "confirmed" && (isRefunded ? (attempt.cost ?? 0n) > total : charges.total !== total))
      the.found("I22", order, `${nameOf(purchase)} costs ${total}, and ${charges.total} was charged in all`);
  }
}

/** I08. Before a part is armed again, something proves that the try before bought nothing; and the proof is worth its name. */
function provenBeforeAgain(the: Case): void {
  const sent = group(the.outside.sent, ({ reference }) => reference);
  for (const attempts of group(the.facts.attempts, ({ partId }) => partId).values()) {
    const ordered = attempts.toSorted((a, b) => a.no - b.no);
    ordered.forEach((attempt, index) => {
      const order = the.facts.orderById.get(attempt.orderId);
      const evidence = the.facts.evidence.get(attempt.id) ?? [];
      const wrong = (what: string): void =>
        the.found("I08", order, `attempt ${attempt.no} (${attempt.kind}, ${attempt.reference}) ${what}`);
      if (attempt.state === "void" || attempt.state === "refused") {
        const problem = proofProblem(attempt, evidence, sent.get(attempt.reference) ?? []);
        if (problem !== null) wrong(`is ${attempt.state}, and ${problem}`);
      }
      // A person who gave it back has ended their own time; nobody else's settle time is over while it may still be sent.
      if (attempt.kind !== "human" && attempt.settleAt <= attempt.sendBy)
        wrong(`may be sent until ${iso(attempt.sendBy)}, and counts as settled from ${iso(attempt.settleAt)} on`);
      const before = ordered[index - 1];
      if (before === undefined) return;
      if (before.no !== attempt.no - 1) wrong(`follows on attempt ${before.no}`);
      if (before.state !== "void" && before.state !== "refused")
        wrong(`was armed although attempt ${before.no} is ${before.state}`);
      else if (before.closedAt === null || before.closedAt > attempt.armedAt)
        wrong(`was armed at ${iso(attempt.armedAt)}, before the one before it was settled`);
    });
  }
}

/** A search is as old as its question, however late its answer was written down. */
const searchedAt = ({ payload, at }: Evidence): number =>
  typeof payload["at"] === "string" ? Date.parse(payload["at"]) : at;

const proofs: ReadonlySet<string> = new Set([
  "refused",
  "not_sent",
  "absent",
  "by_person",
  "credentials",
  "document_withdrawn",
]);
function proofProblem(attempt: Attempt, evidence: readonly Evidence[], sent: readonly SentRequest[]): string | null {
  const proof = evidence.find(({ kind }) => proofs.has(kind));
  if (proof === undefined) {
    // A number under which nothing at all was accepted is a refusal that was filed.
    return attempt.state === "refused" && evidence.some(({ kind }) => kind === "placed") ? null : "nothing proves it";
  }
  if (proof.kind === "not_sent" && sent.length > 0) return "its proof is that nothing was sent, which is not so";
  if (proof.kind === "absent") {
    const misses = evidence.filter(({ kind }) => kind === "not_found");
    if (proof.at < attempt.settleAt)
      return `its absence was believed at ${iso(proof.at)}, before ${iso(attempt.settleAt)}`;
    const searches = misses.map(searchedAt);
    if (!searches.some((at) => at >= attempt.settleAt && at + attempt.lookupLagMs <= proof.at))
      return "its absence rests on a single search after the settle time";
  }
  const wasUnknown = evidence.some(({ kind, at }) => kind === "unknown" && at <= proof.at);
  if (proof.kind === "by_person" && wasUnknown && proof.at < attempt.settleAt)
    return `a person's word was taken at ${iso(proof.at)}, before ${iso(attempt.settleAt)}`;
  // Each repetition may buy for as long as the first try may: silence after an earlier one says nothing about it.
  const travelsMs = attempt.settleAt - attempt.sendBy;
  const under = sent.find(({ at }) => proof.at < at + travelsMs);
  if (((proof.kind === "by_person" && wasUnknown) || proof.kind === "absent") && under !== undefined)
    return `${proof.kind} was believed at ${iso(proof.at)}, and it was sent at ${iso(under.at)}`;
  return null;
}
