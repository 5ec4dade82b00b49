import { iso, type Case } from "./case.ts";
import type { Order } from "./facts.ts";
import type { Truth, TruthOrder } from "./truth.ts";

const minute = 60_000;
/** A channel is read every few minutes, and what its feed lost is found by the daily comparison. */
const seenWithinMs = 30 * minute;
const backFilledWithinMs = 26 * 60 * minute;

interface Known {
  said: TruthOrder;
  order: Order;
}
export function knownOrders({ facts }: Case, workspaceId: string, truth: Truth): Known[] {
  const byId = new Map(
    facts.orders.filter((order) => order.workspaceId === workspaceId).map((order) => [order.channelOrderId, order]),
  );
  return [...truth.orders.values()].flatMap((said) => {
    const order = byId.get(said.id);
    return order === undefined ? [] : [{ said, order }];
  });
}

/** I10 and I13. */
export function checkIntake(the: Case): void {
  for (const [workspaceId, truth] of the.truths) {
    noneLost(the, workspaceId, truth);
    for (const known of knownOrders(the, workspaceId, truth)) newestWins(the, known);
  }
  for (const versions of the.facts.versions.values()) oneAfterTheOther(the, versions);
}

/** I10. Each order that the shop shows is here with each of its lines, or its message is on the list of what could not be read. */
function noneLost(the: Case, workspaceId: string, truth: Truth): void {
  const byId = new Map(knownOrders(the, workspaceId, truth).map((known) => [known.said.id, known.order]));
  const unread = the.facts.inbox.filter((each) => each.workspaceId === workspaceId && each.problem !== null);
  for (const said of truth.orders.values()) {
    if (said.shownAt > the.now - (the.isQuiet ? seenWithinMs : backFilledWithinMs)) continue;
    const order = byId.get(said.id);
    if (order === undefined) {
      if (unread.every(({ eventId }) => !eventId.startsWith(`${said.id}:`)))
        the.found("I10", undefined, `the shop's order ${said.number} (${said.id}, ${said.stream}) never arrived`);
      continue;
    }
    const lines = the.facts.lines.get(order.id) ?? [];
    for (const line of said.lines)
      if (lines.every(({ channelLineId }) => channelLineId !== line.id))
        the.found("I10", order, `has lost its line ${line.id} (${line.quantity} × ${line.sku})`);
  }
}

/** I13. What is stored is what the channel says now, for what was said long enough ago to be read. */
function newestWins(the: Case, { said, order }: Known): void {
  if (!the.isQuiet || said.updatedAt > the.now - seenWithinMs || said.shownAt > the.now - seenWithinMs) return;
  if (order.channelUpdatedAt !== said.updatedAt) {
    const here = order.channelUpdatedAt === null ? "none" : iso(order.channelUpdatedAt);
    the.found("I13", order, `is of ${here}, and the channel's version ${said.version} of ${iso(said.updatedAt)}`);
    return;
  }
  if (order.versionNo > said.version)
    the.found("I13", order, `has ${order.versionNo} versions, and the channel has made ${said.version}`);
  if ((order.payment === "paid") !== said.isPaid)
    the.found("I13", order, `is ${order.payment} here, and ${said.isPaid ? "paid" : "not paid"} at the channel`);
  for (const line of the.facts.lines.get(order.id) ?? []) {
    const theirs = said.lines.find(({ id }) => id === line.channelLineId);
    if (theirs === undefined)
      the.found("I13", order, `has a line ${line.channelLineId} that the channel does not have`);
    else if (theirs.quantity !== line.quantity || theirs.sku !== line.sku)
      the.found(
        "I13",
        order,
        `line ${line.no} is ${line.quantity} × ${line.sku} here and ${theirs.quantity} × ${theirs.sku} at the channel`,
      );
  }
  const stored = (the.facts.addresses.get(order.id) ?? []).find(({ no }) => no === order.addressNo);
  const other = Object.entries(said.address).find(([field, text]) => stored?.fields[field] !== text);
  if (other !== undefined)
    the.found("I13", order, `its newest address from the channel has another ${other[0]} than the channel's`);
}

/** I13. Versions are numbered without a gap, and none is older than the one before it. */
function oneAfterTheOther(
  the: Case,
  versions: readonly { orderId: string; no: number; channelUpdatedAt: number | null }[],
): void {
  const order = the.facts.orderById.get(versions[0]?.orderId ?? "");
  versions.forEach(({ no, channelUpdatedAt }, index) => {
    const before = versions[index - 1];
    if (no !== index + 1) the.found("I13", order, `version ${no} comes as number ${index + 1}`);
    if (channelUpdatedAt !== null && (before?.channelUpdatedAt ?? 0) > channelUpdatedAt)
      the.found("I13", order, `version ${no} is older than the one before it`);
  });
  const last = versions.at(-1);
  if (
    last !== undefined &&
    order !== undefined &&
    (last.no !== order.versionNo || (last.channelUpdatedAt ?? 0) > (order.channelUpdatedAt ?? 0))
  )
    the.found("I13", order, `says version ${order.versionNo} and has kept ${last.no}`);
}

/** I11. The same goods to the same buyer once more within the window are not bought before somebody was asked. */
export function checkDuplicates(the: Case): void {
  for (const [workspaceId, truth] of the.truths) {
    const windowMs = Number(
      the.facts.workspaces.find(({ id }) => id === workspaceId)?.settings["duplicateWindowMs"] ?? 24 * 60 * minute,
    );
    const known = knownOrders(the, workspaceId, truth);
    const byStream = new Map(known.map((each) => [each.said.stream, each]));
    for (const again of known) {
      const first = byStream.get(again.said.stream.replace(/:again$/, ""));
      if (first === undefined || first === again || again.said.boughtAt - first.said.boughtAt > windowMs) continue;
      if ([first, again].some((each) => isTouched(the, each))) continue;
      const isAsked = [first, again].some(({ order }) => wasAsked(the, order));
      const isBought = [first, again].every(({ order }) => the.facts.attemptsOfOrder.has(order.id));
      if (isBought && !isAsked)
        the.found("I11", again.order, `is ${first.order.number} once more, and both were bought without a question`);
    }
  }
}
/** Somebody was shown that there are two, of whichever of them, or let one go knowingly. */
const wasAsked = ({ facts }: Case, order: Order): boolean =>
  order.releasedAt !== null ||
  order.answered.includes("suspected_duplicate") ||
  (facts.holds.get(order.id) ?? []).some(({ code }) => code === "suspected_duplicate");

/** Another address, another quantity, a cancellation: then it is not the same twice any more. */
const isTouched = ({ facts }: Case, { said, order }: Known): boolean =>
  order.editedAddressNo !== null ||
  said.changes.some(({ type }) => type === "address" || type === "cancelled") ||
  order.headline === "cancelled" ||
  (facts.lines.get(order.id) ?? []).some((line) => line.quantityEdited !== null || line.cancelled > 0);
