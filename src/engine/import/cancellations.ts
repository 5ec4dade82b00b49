import { requestCancellation } from "#domain/cancel.ts";
import type { OrderDraft } from "#domain/draft.ts";
import { publicId, type ChannelId, type OrderId } from "#domain/ids.ts";
import { linesNamed, type NamedLines } from "#domain/named-lines.ts";
import type { Order } from "#domain/order.ts";
import type { Shared } from "#domain/shared.ts";
import { commitDrafts } from "#store/commit.ts";
import type { Tx } from "#store/db.ts";
import { lockOrders } from "#store/dossier.ts";
import {
  askAgain,
  findCancellable,
  findKnownRows,
  lockTombstones,
  readOpenQuantities,
  resolveImportRow,
  type Candidate,
  type KnownRow,
  type SaidCancellation,
} from "#store/import.ts";
import { findOrders, keepTombstone } from "#store/intake.ts";
import { readShared } from "#store/shared.ts";
import type { Engine } from "../context.ts";
import { digestBuyer } from "../intake.ts";
import { openDrafts } from "../stage.ts";
import { count, rowKeyOf, type ImportStart, type Tally } from "./import-log.ts";
import { matchCancellations, type Match } from "./match-cancellations.ts";
import type { CancellationRecord } from "./record.ts";

/** An import into a channel. */
export type OrdersStart = ImportStart & { channelId: ChannelId };

const keyOf = (start: OrdersStart, { channelOrderId, cancels, buyerId, at, lines }: CancellationRecord): string =>
  rowKeyOf(
    start,
    "cancellation",
    channelOrderId,
    cancels ?? "",
    buyerId ?? "",
    at?.toISOString() ?? "",
    JSON.stringify(lines),
  );

const saidBy = ({ channelOrderId, at, lines }: CancellationRecord): SaidCancellation => ({
  id: channelOrderId,
  at,
  lines:
    lines === "all"
      ? "all"
      : lines.map(({ sku, quantity, channelLineId }) =>
          channelLineId === undefined ? { sku, quantity } : { sku, quantity, channelLineId },
        ),
});

/** As an order's lines are looked up. */
export const namedLinesOf = ({ lines }: Pick<SaidCancellation, "lines">): NamedLines =>
  lines === "all"
    ? "all"
    : lines.map(({ sku, quantity, channelLineId }) =>
        channelLineId === undefined ? { sku, quantity } : { channelLineId, quantity },
      );

/**
 * IM-5. Cancellations that name their order: it is cancelled now, or as soon as it comes. What was done before by the same content is known and not done
 * twice. In the transaction that stored the batch's orders.
 */
export async function applyNamed(
  engine: Engine,
  tx: Tx,
  start: OrdersStart,
  records: readonly CancellationRecord[],
  tally: Tally,
): Promise<void> {
  const known = await findKnownRows(
    tx,
    start.workspaceId,
    records.map((record) => keyOf(start, record)),
  );
  const news = unknownOf(start, records, known, tally);
  if (news.length === 0) return;
  const { workspaceId, channelId } = start;
  const found = new Map(
    (await findOrders(tx, workspaceId, channelId, [...new Set(news.map((record) => record.cancels!))])).map((each) => [
      each.channelOrderId,
      each.orderId,
    ]),
  );
  const drafts = await draftsOf(engine, tx, start, [...found.values()]);
  const early: CancellationRecord[] = [];
  for (const record of news) {
    const orderId = found.get(record.cancels!);
    const draft = orderId === undefined ? undefined : drafts.get(orderId);
    if (draft === undefined) early.push(record);
    else cancelOrAsk(draft, start, record, tally);
  }
  await commitDrafts(tx, [...drafts.values()], { slot: engine.slot, newId: () => engine.ids.next() });
  await keepForLater(engine, tx, start, early, tally);
}

function unknownOf(
  start: OrdersStart,
  records: readonly CancellationRecord[],
  known: ReadonlyMap<string, KnownRow>,
  tally: Tally,
): CancellationRecord[] {
  return records.filter((record) => {
    const before = known.get(keyOf(start, record));
    if (before !== undefined) countKnown(tally, before, record.rows.length);
    return before === undefined;
  });
}

/** What an earlier import did with the same content. */
export function countKnown(tally: Tally, before: KnownRow, rows: number): void {
  if (before.outcome === "stored" || before.resolution?.startsWith(cancelledPrefix) === true) {
    tally.stored += rows;
    count(tally, "cancellations_known");
  } else {
    tally.setAside += rows;
    count(tally, "set_aside_before");
  }
}
/** How a resolution begins that cancelled an order. */
export const cancelledPrefix = "cancelled ";

function cancelOrAsk(draft: OrderDraft, start: OrdersStart, record: CancellationRecord, tally: Tally): void {
  const stranger =
    record.lines === "all"
      ? undefined
      : record.lines.find(
          ({ sku, channelLineId }) =>
            !draft.dossier.lines.some((line) =>
              channelLineId === undefined ? line.sku === sku : line.channelLineId === channelLineId,
            ),
        );
  if (stranger !== undefined) {
    const question = `It cancels ${stranger.quantity} × ${stranger.sku} of order ${draft.order.number}, which has no such line. What is cancelled?`;
    setAside(tally, start, record, question, [candidateOf(draft.order)]);
    return;
  }
  requestCancellation(draft, {
    askedBy: "channel",
    lines: linesNamed(draft.dossier.lines, namedLinesOf(record)),
    ...(record.at === null ? {} : { at: record.at }),
  });
  applied(tally, start, record, `${cancelledPrefix}${publicId("order", draft.order.publicId)}`);
}

/** The order is not here yet. Several cancellations of one order add up. */
async function keepForLater(
  engine: Engine,
  tx: Tx,
  start: OrdersStart,
  early: readonly CancellationRecord[],
  tally: Tally,
): Promise<void> {
  if (early.length === 0) return;
  const { workspaceId, channelId } = start;
  const now = engine.clock.now();
  const shared = await sharedOf(engine, tx, start);
  const ids = [...new Set(early.map((record) => record.cancels!))];
  const waiting = new Map(
    (await lockTombstones(tx, workspaceId, channelId, ids)).map((each) => [each.channelOrderId, each.lines]),
  );
  const latest = new Map<string, Date>();
  for (const record of early) {
    const before = waiting.get(record.cancels!) ?? [];
    const more = namedLinesOf(saidBy(record));
    waiting.set(record.cancels!, before === "all" || more === "all" ? "all" : [...before, ...more]);
    latest.set(record.cancels!, record.at ?? now);
    applied(tally, start, record, "waits for its order");
    count(tally, "cancellations_early");
  }
  for (const [channelOrderId, at] of latest)
    await keepTombstone(tx, {
      workspaceId,
      channelId,
      channelOrderId,
      askedBy: "channel",
      lines: waiting.get(channelOrderId)!,
      at,
      expiresAt: new Date(now.getTime() + shared.workspace.tombstoneMs),
    });
}

/**
 * IM-6 to IM-8. Cancellations that name no order, the earliest first: the only order of the same buyer that they fit is cancelled; where none or several fit,
 * they are set aside with the question. What earlier imports decided stands; only a question that had no candidates is asked again.
 */
export async function settleUnnamed(
  engine: Engine,
  tx: Tx,
  start: OrdersStart,
  records: readonly CancellationRecord[],
  tally: Tally,
): Promise<void> {
  const known = await findKnownRows(
    tx,
    start.workspaceId,
    records.map((record) => keyOf(start, record)),
  );
  const isOpen = (before: KnownRow): boolean =>
    before.outcome === "set_aside" && before.resolution === null && before.candidates === 0;
  const pending = records.filter((record) => {
    const before = known.get(keyOf(start, record));
    if (before === undefined || isOpen(before)) return true;
    countKnown(tally, before, record.rows.length);
    return false;
  });
  const { matches, candidates } = await matchesFor(tx, start, pending);
  const chosen = [...new Set(matches.flatMap((match) => (match.type === "one" ? [match.orderId] : [])))];
  const drafts = await draftsOf(engine, tx, start, chosen);
  for (const [index, record] of pending.entries()) {
    const match = matches[index]!;
    const before = known.get(keyOf(start, record));
    if (match.type === "one") {
      const draft = drafts.get(match.orderId)!;
      requestCancellation(draft, {
        askedBy: "channel",
        lines: linesNamed(draft.dossier.lines, namedLinesOf(record)),
        ...(record.at === null ? {} : { at: record.at }),
      });
      const resolution = `${cancelledPrefix}${publicId("order", draft.order.publicId)}`;
      if (before === undefined) applied(tally, start, record, resolution);
      else {
        await resolveImportRow(
          tx,
          { workspaceId: start.workspaceId, ...before },
          { text: resolution, at: engine.clock.now(), by: start.actor },
        );
        tally.stored += record.rows.length;
        count(tally, "cancellations");
      }
      continue;
    }
    const found = match.type === "several" ? match.orderIds.map((orderId) => candidates.get(orderId)!) : [];
    const question = questionOf(record, found.length);
    if (before === undefined) setAside(tally, start, record, question, found);
    else {
      if (found.length > 0) await askAgain(tx, { workspaceId: start.workspaceId, ...before }, question, found);
      countKnown(tally, before, record.rows.length);
    }
  }
  await commitDrafts(tx, [...drafts.values()], { slot: engine.slot, newId: () => engine.ids.next() });
}

async function matchesFor(
  tx: Tx,
  start: OrdersStart,
  pending: readonly CancellationRecord[],
): Promise<{ matches: Match[]; candidates: Map<OrderId, Candidate> }> {
  const { workspaceId, channelId } = start;
  const wishes = pending.map((record) => ({
    // No buyer: no order is of the same one.
    buyerDigest: record.buyerId === null ? "" : digestBuyer(workspaceId, channelId, record.buyerId),
    at: record.at,
    lines: record.lines === "all" ? [] : [...needsOf(record.lines)].map(([sku, quantity]) => ({ sku, quantity })),
  }));
  const found = (await findCancellable(tx, { workspaceId, channelId, wishes })).filter(
    ({ wish }) => wishes[wish]!.lines.length > 0,
  );
  const orderIds = [...new Set(found.map((each) => each.orderId))];
  // Locked before their quantities are read, so that nobody cancels the same units meanwhile.
  await lockOrders(
    tx,
    orderIds.map((orderId) => ({ workspaceId, orderId })),
  );
  const skus = [...new Set(wishes.flatMap((wish) => wish.lines.map((line) => line.sku)))];
  const open = new Map<OrderId, Map<string, number>>();
  const candidates = new Map<OrderId, Candidate>();
  for (const each of await readOpenQuantities(tx, workspaceId, orderIds, skus)) {
    const quantities = open.get(each.orderId) ?? new Map<string, number>();
    quantities.set(each.sku, each.open);
    open.set(each.orderId, quantities);
    candidates.set(each.orderId, candidateOf(each));
  }
  const byWish = new Map<number, OrderId[]>();
  for (const { wish, orderId } of found) byWish.set(wish, [...(byWish.get(wish) ?? []), orderId]);
  const matches = matchCancellations(
    wishes.map((wish, index) => ({
      needs: new Map(wish.lines.map(({ sku, quantity }) => [sku, quantity])),
      candidates: byWish.get(index) ?? [],
    })),
    open,
  );
  return { matches, candidates };
}

function needsOf(lines: readonly { sku: string; quantity: number }[]): Map<string, number> {
  const needs = new Map<string, number>();
  for (const { sku, quantity } of lines) needs.set(sku, (needs.get(sku) ?? 0) + quantity);
  return needs;
}

function questionOf({ buyerId, lines }: CancellationRecord, candidates: number): string {
  if (candidates > 1) return `It names no order, and ${candidates} orders of this buyer fit. Which one is cancelled?`;
  if (lines === "all") return "It names no order and no goods. Which order is cancelled?";
  if (buyerId === null)
    return "It names neither an order nor a buyer. Which order is cancelled, or is it a return or a correction?";
  return "It names no order, and none of this buyer that was bought before it has these goods in these quantities. Which order is cancelled, or is it a return or a correction?";
}

const candidateOf = ({
  publicId: uuid,
  number,
  orderedAt,
}: Pick<Order, "publicId" | "number" | "orderedAt">): Candidate => ({
  order: publicId("order", uuid),
  number,
  orderedAt,
});

function applied(tally: Tally, start: OrdersStart, record: CancellationRecord, resolution: string): void {
  tally.stored += record.rows.length;
  count(tally, "cancellations");
  tally.rows.push({
    line: record.rows[0]!,
    lines: record.rows,
    outcome: "stored",
    rowKey: keyOf(start, record),
    said: saidBy(record),
    resolution,
  });
}

function setAside(
  tally: Tally,
  start: OrdersStart,
  record: CancellationRecord,
  question: string,
  candidates: Candidate[],
): void {
  tally.setAside += record.rows.length;
  tally.rows.push({
    line: record.rows[0]!,
    lines: record.rows,
    outcome: "set_aside",
    rowKey: keyOf(start, record),
    raw: record.raw,
    said: saidBy(record),
    question,
    candidates,
  });
}

async function draftsOf(
  engine: Engine,
  tx: Tx,
  start: OrdersStart,
  orderIds: readonly OrderId[],
): Promise<Map<OrderId, OrderDraft>> {
  if (orderIds.length === 0) return new Map();
  const keys = orderIds.map((orderId) => ({ workspaceId: start.workspaceId, orderId }));
  await lockOrders(tx, keys);
  const { drafts } = await openDrafts(engine, tx, keys, {}, engine.clock.now(), start.actor);
  return new Map(drafts.map((draft) => [draft.order.id, draft]));
}

async function sharedOf(engine: Engine, tx: Tx, { workspaceId }: OrdersStart): Promise<Shared> {
  const shared = (await readShared(tx, [workspaceId], [], {}, engine.clock.now())).get(workspaceId);
  if (shared === undefined) throw new Error(`There is no workspace ${workspaceId}.`);
  return shared;
}
