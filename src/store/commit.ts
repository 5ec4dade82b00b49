import type { OrderDraft, Posting, RowChange } from "#domain/draft.ts";
import type { Order } from "#domain/order.ts";
import type { WorkspaceId } from "#domain/ids.ts";
import { reasonOf } from "#domain/reasons.ts";
import { countDelta, Counters } from "./counter.ts";
import type { Tx } from "./db.ts";
import { keepOrders } from "./dossier.ts";
import { canonical, chain } from "./event-chain.ts";
import type { KeptOrders } from "./kept-orders.ts";
import { bookTransactions, openLedgerAccounts } from "./ledger.ts";
import { OrderChanges } from "./order-change.ts";
import * as write from "./order-rows.ts";
import { sql } from "./sql.ts";
import { wakeFree } from "./wake.ts";

export interface CommitContext {
  slot: number;
  newId: () => string;
  /** Where the orders are kept as they are now; not given: nowhere. */
  kept?: KeptOrders | undefined;
}

/**
 * Writes a batch of decided orders: all of it or nothing, one statement per table, in the caller's transaction. The caller holds the rows of the
 * orders; what orders share (stock, balances, caps, counters) is locked here, after them and in key order. Drafts without a change cost nothing, and of
 * an order of which nothing but a timer changed the row stays as it is: its version is about what a person sees.
 */
export async function commitDrafts(tx: Tx, drafts: readonly OrderDraft[], context: CommitContext): Promise<void> {
  const counters = new Counters(context.slot);
  const events: write.EventRow[] = [];
  const changes = new OrderChanges();
  const changed: OrderDraft[] = [];
  const known: Order[] = [];
  for (const draft of drafts) {
    const before = draft.finish();
    if (!draft.isChanged && !draft.isNew) continue;
    changed.push(draft);
    if (draft.isNew || draft.isMoreThanTimers) {
      const { eventSeq } = draft.order;
      numberEvents(draft, events);
      changes.add(draft.order, eventSeq, draft.now);
      draft.touchOrder({ version: draft.order.version + 1 });
      if (!draft.isNew) known.push(draft.order);
    }
    countDelta(counters, draft, before);
  }
  if (context.kept !== undefined)
    keepOrders(
      tx,
      context.kept,
      drafts.map((draft) => draft.dossier),
    );
  if (changed.length === 0) return;

  const owned = <Row>(pick: (draft: OrderDraft) => readonly Row[] | ReadonlySet<Row>): write.Owned<Row>[] => {
    const rows: write.Owned<Row>[] = [];
    for (const draft of changed) {
      const some = pick(draft);
      if ((Array.isArray(some) ? some.length : (some as ReadonlySet<Row>).size) === 0) continue; // most of an order is untouched
      for (const row of some) rows.push({ order: draft.order, row, at: draft.now, actor: draft.actor });
    }
    return rows;
  };
  const all = <Row>(pick: (draft: OrderDraft) => Row[]): Row[] => changed.flatMap(pick);
  const set = fieldsSet(changed);
  const isNew = (draft: OrderDraft): boolean => draft.isNew;
  const posted = changed.flatMap((draft) =>
    draft.postings.map((posting: Posting) => ({
      ...posting,
      workspaceId: draft.order.workspaceId,
      orderId: draft.order.id,
      at: draft.now,
      actor: draft.actor,
    })),
  );

  const [ledgerAccounts] = await Promise.all([
    openLedgerAccounts(tx, context.newId, posted),
    write.orders.insert(
      tx,
      changed.filter(isNew).map((draft) => draft.order),
    ),
    write.orders.update(tx, known, new Set([...set("order"), "eventSeq", "eventHash"])),
    write.orderLines.insert(
      tx,
      owned((draft) => draft.newLines),
    ),
    write.orderLines.update(
      tx,
      owned((draft) => draft.touchedLines),
      set("line"),
    ),
    write.versions.insert(
      tx,
      owned((draft) => draft.newVersions),
    ),
    write.addresses.insert(
      tx,
      owned((draft) => draft.newAddresses),
    ),
    write.edits.insert(tx, editRows(changed)),
    write.fulfillmentOrders.insert(
      tx,
      owned((draft) => draft.newFulfillmentOrders),
    ),
    write.fulfillmentOrders.update(
      tx,
      owned((draft) => draft.touchedFulfillmentOrders),
      set("fulfillment_order"),
    ),
    dropFoLines(tx, changed),
    write.foLines.insert(
      tx,
      owned((draft) => draft.newFoLines),
    ),
    write.foLines.update(
      tx,
      owned((draft) => foLineRows(draft)),
      set("fulfillment_order_line"),
    ),
    closeHolds(tx, changed),
    write.holds.insert(
      tx,
      owned((draft) => holdRows(draft)),
    ),
    write.attempts.insert(
      tx,
      owned((draft) => attemptRows(draft)),
    ),
    write.attemptStates.update(
      tx,
      owned((draft) => draft.touchedAttempts),
      set("attempt"),
    ),
    write.evidence.insert(
      tx,
      owned((draft) => draft.evidence.map((each) => ({ ...each, id: draft.nextId() }))),
    ),
    write.shipments.insert(
      tx,
      owned((draft) => draft.newShipments),
    ),
    write.shipmentLines.insert(
      tx,
      owned((draft) => draft.newShipments.flatMap((shipment) => shipment.lines.map((line) => ({ shipment, line })))),
    ),
    write.parcels.insert(
      tx,
      owned((draft) => draft.newParcels),
    ),
    write.parcelStates.update(
      tx,
      owned((draft) => draft.touchedParcels),
      set("parcel"),
    ),
    write.cancellations.insert(
      tx,
      owned((draft) => draft.newCancellations),
    ),
    write.cancellations.update(
      tx,
      owned((draft) => draft.touchedCancellations),
    ),
    write.writeBacks.insert(
      tx,
      owned((draft) => draft.newWriteBacks),
    ),
    write.writeBacks.update(
      tx,
      owned((draft) => draft.touchedWriteBacks),
      set("write_back"),
    ),
    upsertAsks(tx, changed),
    write.decisions.insert(
      tx,
      owned((draft) => draft.decisions.map((each) => ({ ...each, seq: draft.order.eventSeq }))),
    ),
    write.events.insert(tx, events),
    write.reservations.insert(
      tx,
      owned((draft) => draft.newReservations),
    ),
    endReservations(tx, changed),
    changeStock(
      tx,
      all((draft) => draft.stockChanges.map((change) => ({ workspaceId: draft.order.workspaceId, ...change }))),
    ),
  ]);
  // Sent in the order in which readShared locks (stock, balances, caps): two orders that share all three never wait for each other in a circle.
  await Promise.all([
    bookTransactions(tx, ledgerAccounts, posted),
    addSpends(
      tx,
      all((draft) => draft.spends.map((spend) => ({ workspaceId: draft.order.workspaceId, ...spend }))),
    ),
    counters.write(tx),
    changes.write(tx, context.newId),
    ring(tx),
  ]);
  await wakeDuplicates(tx, changed);
}

/** The fields that were set in rows of a table, by any draft of the batch. In a row in which one of them was not set, it is written as it was read. */
function fieldsSet(drafts: readonly OrderDraft[]): (of: RowChange["of"]) => ReadonlySet<string> {
  const fields = new Map<RowChange["of"], Set<string>>();
  for (const draft of drafts) {
    for (const { of, set } of draft.changes) {
      let some = fields.get(of);
      if (some === undefined) fields.set(of, (some = new Set()));
      for (const field in set) some.add(field);
    }
  }
  return (of) => fields.get(of) ?? new Set();
}

const foLineRows = ({ touchedFoLines }: OrderDraft) =>
  touchedFoLines.size === 0 ? [] : [...touchedFoLines].map(([line, fo]) => ({ fo, line }));
const holdRows = (draft: OrderDraft) =>
  draft.newHolds.size === 0
    ? []
    : [...draft.newHolds].map((hold) => ({ hold, publicId: draft.nextUuid(), acts: reasonOf(hold.code).acts }));
const attemptRows = ({ newAttempts, attemptRequests }: OrderDraft) =>
  newAttempts.size === 0 ? [] : [...newAttempts].map((attempt) => ({ attempt, ...attemptRequests.get(attempt)! }));

/** VF-13. What waits because it looks like an order that is cancelled now, or goes elsewhere, is looked at again. */
async function wakeDuplicates(tx: Tx, changed: readonly OrderDraft[]): Promise<void> {
  const keys = new Map<WorkspaceId, string[]>();
  for (const { order, isNew, newAddresses } of changed) {
    if (isNew || (order.headline !== "cancelled" && newAddresses.length === 0)) continue;
    keys.set(order.workspaceId, [...(keys.get(order.workspaceId) ?? []), `order:${order.publicId}`]);
  }
  for (const [workspaceId, gone] of keys) await wakeFree(tx, workspaceId, gone, changed[0]!.now);
}

function numberEvents(draft: OrderDraft, into: write.EventRow[]): void {
  const { order } = draft;
  for (const event of draft.events) {
    const seq = order.eventSeq + 1;
    const row: write.EventRow = {
      workspaceId: order.workspaceId,
      orderId: order.id,
      seq,
      at: draft.now,
      actor: draft.actor,
      kind: event.kind,
      subject: event.subject,
      subjectId: event.subjectId,
      from: event.from,
      to: event.to,
      data: event.data,
      json: event.data === null ? null : canonical(event.data),
      hash: "",
    };
    row.hash = chain(order.eventHash, row);
    order.eventSeq = seq;
    order.eventHash = row.hash;
    into.push(row);
  }
}

const editRows = (drafts: OrderDraft[]): write.Owned<write.EditWithNo>[] =>
  drafts.flatMap((draft) =>
    draft.newEdits.map((row, index) => ({
      order: draft.order,
      row: { ...row, no: draft.order.eventSeq * 100 + index },
      at: draft.now,
      actor: draft.actor,
    })),
  );

async function dropFoLines(tx: Tx, drafts: OrderDraft[]): Promise<void> {
  const dropped = drafts.flatMap((draft) =>
    draft.droppedFoLines.map((each) => ({ workspaceId: draft.order.workspaceId, foId: each.fo.id, no: each.no })),
  );
  if (dropped.length === 0) return;
  await tx.run(sql`
    delete from fulfillment_order_line l
     using unnest(${dropped.map((each) => each.workspaceId)}::bigint[], ${dropped.map((each) => each.foId)}::bigint[], ${dropped.map((each) => each.no)}::integer[]) as s(workspace_id, fo_id, no)
     where l.workspace_id = s.workspace_id and l.fulfillment_order_id = s.fo_id and l.no = s.no`);
}

async function closeHolds(tx: Tx, drafts: OrderDraft[]): Promise<void> {
  const closed = drafts.flatMap((draft) =>
    draft.closedHolds.map((hold) => ({
      workspaceId: draft.order.workspaceId,
      id: hold.id,
      at: draft.now,
      actor: draft.actor,
    })),
  );
  if (closed.length === 0) return;
  await tx.run(sql`
    update hold h set closed_at = s.at, closed_by = s.actor
      from unnest(${closed.map((each) => each.workspaceId)}::bigint[], ${closed.map((each) => each.id)}::bigint[], ${closed.map((each) => each.at)}::timestamptz[], ${closed.map((each) => each.actor)}::text[]) as s(workspace_id, id, at, actor)
     where h.workspace_id = s.workspace_id and h.id = s.id`);
}

/** Questions to suppliers belong to their cancellation; a new one is added, a known one moves. */
async function upsertAsks(tx: Tx, drafts: OrderDraft[]): Promise<void> {
  const asks = drafts.flatMap((draft) =>
    [...draft.newCancellations, ...draft.touchedCancellations].flatMap((cancellation) =>
      cancellation.asks.map((ask) => ({
        workspaceId: draft.order.workspaceId,
        orderId: draft.order.id,
        cancellationId: cancellation.id,
        ...ask,
      })),
    ),
  );
  if (asks.length === 0) return;
  await tx.run(sql`
    insert into cancellation_ask (workspace_id, cancellation_id, fulfillment_order_id, order_id, state, lines, due_at, tries)
    select * from unnest(
      ${asks.map((each) => each.workspaceId)}::bigint[], ${asks.map((each) => each.cancellationId)}::bigint[], ${asks.map((each) => each.fulfillmentOrderId)}::bigint[],
      ${asks.map((each) => each.orderId)}::bigint[], ${asks.map((each) => each.state)}::text[], ${asks.map((each) => JSON.stringify(each.lines))}::jsonb[], ${asks.map((each) => each.dueAt)}::timestamptz[], ${asks.map((each) => each.tries)}::integer[])
    on conflict (workspace_id, cancellation_id, fulfillment_order_id) do update set state = excluded.state, lines = excluded.lines, due_at = excluded.due_at, tries = excluded.tries`);
}

/** A reservation ends as a whole, or by so many units; what is left of it stays open. Several ends of one line in one batch are added up. */
async function endReservations(tx: Tx, drafts: OrderDraft[]): Promise<void> {
  const ends = new Map<
    string,
    { workspaceId: string; foId: string; lineNo: number; used: boolean; units: number | null }
  >();
  for (const draft of drafts) {
    for (const { fo, lineNo, state, units } of draft.endedReservations) {
      const key = `${fo.id}/${lineNo}`;
      const end = ends.get(key) ?? { workspaceId: draft.order.workspaceId, foId: fo.id, lineNo, used: false, units: 0 };
      end.used ||= state === "used";
      end.units = end.units === null || units === undefined ? null : end.units + units;
      ends.set(key, end);
    }
  }
  const rows = [...ends.values()];
  if (rows.length === 0) return;
  await tx.run(sql`
    update stock_reservation r
       set units = case when s.units < r.units then r.units - s.units else r.units end,
           state = case when s.units < r.units then r.state when s.used then 'used' else 'released' end
      from unnest(${rows.map((row) => row.workspaceId)}::bigint[], ${rows.map((row) => row.foId)}::bigint[], ${rows.map((row) => row.lineNo)}::integer[], ${rows.map((row) => row.used)}::boolean[], ${rows.map((row) => row.units)}::integer[])
        as s(workspace_id, fo_id, line_no, used, units)
     where r.workspace_id = s.workspace_id and r.fulfillment_order_id = s.fo_id and r.line_no = s.line_no and r.state = 'open'`);
}

/** Adds up per SKU, locks in key order, then changes in place: `set x = x + …`. */
async function changeStock(
  tx: Tx,
  changes: { workspaceId: string; supplierId: string; supplierSku: string; reserved: number; onHand: number }[],
): Promise<void> {
  if (changes.length === 0) return;
  const sums = new Map<string, (typeof changes)[number]>();
  for (const change of changes) {
    const key = `${change.workspaceId}/${change.supplierId}/${change.supplierSku}`;
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, { ...change });
    else Object.assign(sum, { reserved: sum.reserved + change.reserved, onHand: sum.onHand + change.onHand });
  }
  const rows = [...sums.values()];
  await tx.run(sql`
    update stock s set reserved = greatest(0, s.reserved + c.reserved), on_hand = s.on_hand + c.on_hand
      from (
        select s.workspace_id, s.supplier_id, s.supplier_sku, k.reserved, k.on_hand
          from unnest(${rows.map((row) => row.workspaceId)}::bigint[], ${rows.map((row) => row.supplierId)}::bigint[], ${rows.map((row) => row.supplierSku)}::text[], ${rows.map((row) => row.reserved)}::integer[], ${rows.map((row) => row.onHand)}::integer[])
            as k(workspace_id, supplier_id, supplier_sku, reserved, on_hand)
          join stock s on s.workspace_id = k.workspace_id and s.supplier_id = k.supplier_id and s.supplier_sku = k.supplier_sku
         order by s.workspace_id, s.supplier_id, s.supplier_sku for update of s
      ) c -- joined to the table by its key and to nothing else: two lists of a batch joined to each other are quadratic
     where s.workspace_id = c.workspace_id and s.supplier_id = c.supplier_id and s.supplier_sku = c.supplier_sku`);
}

async function addSpends(
  tx: Tx,
  spends: { workspaceId: string; accountId: string; day: string; amount: bigint }[],
): Promise<void> {
  const sums = new Map<string, (typeof spends)[number]>();
  for (const spend of spends) {
    const key = `${spend.workspaceId}/${spend.accountId}/${spend.day}`;
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, { ...spend });
    else sum.amount += spend.amount;
  }
  const rows = [...sums.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, spend]) => spend);
  if (rows.length === 0) return;
  const columns = [
    rows.map((row) => row.workspaceId),
    rows.map((row) => row.accountId),
    rows.map((row) => row.day),
  ] as const;
  // Both are sent at once: between an answer and the next statement, what the commit writes after this would be sent, and lock its rows, first.
  await Promise.all([
    tx.run(sql`
    insert into account_day (workspace_id, account_id, day, spent)
    select c.workspace_id, c.account_id, c.day, 0 from unnest(${columns[0]}::bigint[], ${columns[1]}::bigint[], ${columns[2]}::date[]) as c(workspace_id, account_id, day)
    on conflict (workspace_id, account_id, day) do nothing`),
    tx.run(sql`
    update account_day d set spent = greatest(0, d.spent + c.amount)
      from (
        select d.workspace_id, d.account_id, d.day, k.amount
          from unnest(${columns[0]}::bigint[], ${columns[1]}::bigint[], ${columns[2]}::date[], ${rows.map((row) => row.amount)}::bigint[]) as k(workspace_id, account_id, day, amount)
          join account_day d on d.workspace_id = k.workspace_id and d.account_id = k.account_id and d.day = k.day
         order by d.workspace_id, d.account_id, d.day for update of d
      ) c
     where d.workspace_id = c.workspace_id and d.account_id = c.account_id and d.day = c.day`),
  ]);
}

/** Rings the doorbell of every worker when this transaction commits. A lost ring costs a worker five seconds at most. */
export const ring = (tx: Tx): Promise<number> => tx.run(sql`select pg_notify('switchyard_doorbell', '')`);
