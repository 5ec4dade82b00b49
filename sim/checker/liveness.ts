import { causeOf } from "./cause.ts";
import { codeOf, iso, type Bought, type Case } from "./case.ts";
import { group, type Hold, type Order, type Part } from "./facts.ts";

const hour = 60 * 60_000;
/** Long enough for every pause of the machine's, doubled as often as it is, to have come round. */
const restlessMs = 4 * hour;
/** Of ten things that people are asked, one may be without a cause that the truth knows. */
const mostWithoutCause = 0.1;
/** A question that a person answered comes back only when something has changed; more often than this it is nagging. */
const mostRepetitions = 3;

/** L1 and L2, once all is quiet. */
export function checkLiveness(the: Case): void {
  if (!the.isQuiet) return;
  nobodyWaitsForEver(the);
  peopleAreAskedForCause(the);
}

/** L1. What only machines work on has come to an end; everything else has somebody to ask, or a date in the future. */
function nobodyWaitsForEver(the: Case): void {
  for (const parts of the.facts.parts.values()) for (const part of parts) partMoves(the, part);
  for (const cancellations of the.facts.cancellations.values())
    for (const { orderId, askedBy, state, openedAt, asks } of cancellations) {
      if (openedAt > the.now - restlessMs) continue;
      const order = the.facts.orderById.get(orderId);
      const isAsked = openHolds(the, orderId).some(({ code }) => code === "cancel_requested");
      const waiting = asks.find(({ state: answer }) => answer === "asking");
      const isStuck =
        state === "requested"
          ? asks.length === 0 && !isAsked
          : waiting !== undefined &&
            asks.every(({ dueAt, state: answer }) => answer !== "by_hand" && (dueAt ?? 0) < the.now);
      if (isStuck)
        the.found("L1", order, `the ${askedBy}'s cancellation of ${iso(openedAt)} is ${state}, and nobody answers it`);
      if (asks.some(({ state: answer }) => answer === "by_hand") && !isAsked)
        the.found(
          "L1",
          order,
          `a person is to ask the supplier about the ${askedBy}'s cancellation of ${iso(openedAt)}, and nobody is told to`,
        );
    }
  for (const { eventId, problem, dueAt, doneAt } of the.facts.inbox)
    if (doneAt === null && dueAt === null && problem === null)
      the.found("L1", undefined, `the message ${eventId} is neither done nor due, and has no problem`);
}

const machineOnly: ReadonlySet<string> = new Set(["received", "waiting", "placing", "outcome_unknown"]);
function partMoves(the: Case, part: Part): void {
  const order = the.facts.orderById.get(part.orderId);
  const moves = (the.facts.moves.get(part.orderId) ?? []).filter(({ partId }) => partId === part.id);
  const since = moves.at(-1)?.at ?? 0;
  if (part.state === "held" && openHolds(the, part.orderId).length === 0)
    the.found("L1", order, `part ${part.no} is held since ${iso(since)}, and nothing holds it`);
  if (!machineOnly.has(part.state) || since > the.now - restlessMs) return;
  const isAhead = part.placeAfter !== null && part.placeAfter > the.now;
  // An outcome that nobody can be asked about is a person's to find out.
  const isAsked =
    part.state === "outcome_unknown" &&
    openHolds(the, part.orderId).some(({ code, subjectId }) => code === "outcome_unknown" && subjectId === part.id) &&
    (the.facts.attemptsOfPart.get(part.id) ?? []).some(
      (attempt) => attempt.state === "unknown" && attempt.dueAt === null,
    );
  if (!isAhead && !isAsked) the.found("L1", order, `part ${part.no} is ${part.state} since ${iso(since)}`);
}

const openHolds = ({ facts }: Case, orderId: string): Hold[] =>
  (facts.holds.get(orderId) ?? []).filter(({ closedAt }) => closedAt === null);

/** L2. For each thing that people are asked the truth has a cause, but for one in ten; and nobody is asked the same over and over. */
function peopleAreAskedForCause(the: Case): void {
  const bought = group(the.bought, ({ order }) => order?.id ?? "");
  let tasks = 0;
  const without: { order: Order | undefined; what: string }[] = [];
  for (const [orderId, holds] of the.facts.holds) {
    const order = the.facts.orderById.get(orderId);
    if (order === undefined || !the.truths.has(order.workspaceId)) continue;
    for (const hold of holds) {
      // What nobody has seen to before it went away by itself was no work.
      const isTask = hold.madeBy === "machine" && (hold.closedAt === null || (hold.closedBy ?? "").startsWith("user:"));
      if (!isTask) continue;
      tasks += 1;
      if (!causeOf(the, order, hold, bought.get(orderId) ?? []))
        without.push({ order, what: `${hold.code} on ${hold.subject}, opened at ${iso(hold.openedAt)}` });
    }
    for (const same of group(holds, ({ subject, subjectId, code }) => `${code} on ${subject} ${subjectId}`).values()) {
      const answered = same.filter(
        ({ closedBy, madeBy }) => madeBy === "machine" && (closedBy ?? "").startsWith("user:"),
      );
      // Of each attempt they are asked anew what became of it.
      const { code } = same[0]!;
      const most = code === "outcome_unknown" ? (the.facts.attemptsOfOrder.get(orderId) ?? []).length : mostRepetitions;
      if (answered.length > Math.max(most, mostRepetitions) && !mayComeBack.has(code))
        the.found("L2", order, `people have answered ${same[0]!.code} ${answered.length} times`);
    }
  }
  for (const parts of the.facts.parts.values())
    for (const part of parts) {
      const order = the.facts.orderById.get(part.orderId);
      if (part.state !== "escalated" || order === undefined || !the.truths.has(order.workspaceId)) continue;
      tasks += 1;
      if (!isForPeople(the, part, bought.get(part.orderId) ?? []))
        without.push({ order, what: `part ${part.no} is with the ordering team` });
    }
  if (without.length <= mostWithoutCause * (tasks - without.length)) return;
  for (const { order, what } of without)
    the.found(
      "L2",
      order,
      `people are asked without a cause: ${what} (${without.length} of ${tasks} things they are asked)`,
    );
}
/** Each try to send it again may be refused again. */
const mayComeBack: ReadonlySet<string> = new Set(["channel_refused"]);

/** Only people place there, a person took it over, or what the machine tried was refused or went wrong. */
function isForPeople(the: Case, part: Part, bought: readonly Bought[]): boolean {
  const tries = the.facts.attemptsOfPart.get(part.id) ?? [];
  const takesMachines = (the.truths.get(part.workspaceId)?.calls ?? []).some(
    ({ supplier, purchase }) => supplier === codeOf(the, part) && purchase?.by !== "desk",
  );
  return part.claimedBy !== null || !takesMachines || tries.length > 0 || part.replaces !== null || bought.length > 0;
}
