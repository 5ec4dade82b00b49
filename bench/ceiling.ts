import { openDb, type Db, type Tx } from "#store/db.ts";
import { col, row } from "#store/row.ts";
import { sql, type Sql } from "#store/sql.ts";
import { aheadMs, type PhaseName, type Program, type ProgramOptions } from "./program.ts";
import { firstOrderOf, messageOf, pageSize, readAheadMs, roundsOf, workspaceCount } from "./trade.ts";

/**
 * The ceiling: what the same database can do when nothing is decided. Hand-written, set-based SQL, one statement per commit of the engine, a batch claimed with FOR UPDATE
 * SKIP LOCKED; the same tables, indexes and settings, and the same rows: as many inserts, updates and deletes per table, with values of the same size (BE-6 compares them).
 * It reads nothing that it does not claim, checks nothing, and knows in advance how every order ends. It lives outside the product, so that nobody tunes it along.
 */
export async function openCeiling(options: ProgramOptions): Promise<Program> {
  const { database, batch, slot, range } = options;
  const db = openDb(database, { max: 1 });
  let nextId = BigInt(slot) * 1_000_000_000_000n + BigInt(range.first) * 100n; // far from everybody's
  const run: Ceiling = {
    db,
    options,
    ahead: 0,
    actor: `worker:bench-${slot}`,
    now: () => new Date(Date.now() + run.ahead),
    ids() {
      const first = nextId;
      nextId += BigInt(batch) * 10n;
      return String(first);
    },
  };
  return {
    async run(phase) {
      run.ahead = aheadMs(phase);
      return work[phase](run);
    },
    close: () => db.end(),
  };
}

export interface Run {
  db: Db | Tx;
  options: Pick<ProgramOptions, "batch" | "slot">;
  ahead: number;
  actor: string;
  now(): Date;
  /** The first of ten ids for each order of a batch. */
  ids(): string;
}

/** The same statements for whoever brings a transaction of his own: one order goes through one phase (`message`: the order that is taken in). See jobs.ts. */
export async function oneStep(run: Run, phase: PhaseName, message: Kept | null): Promise<number> {
  switch (phase) {
    case "take in":
      await keepRaw(run, [message!]);
      return storeOrders(run);
    case "verify":
      return verify(run);
    case "release":
      return release(run);
    case "place":
      return record(run, await arm(run));
    case "track":
      return ship(run, await look(run));
    case "tell":
      return told(run, await armWriteBacks(run));
    case "follow":
      return delivered(run, await follow(run));
    case "complete":
      return complete(run);
  }
}

interface Ceiling extends Run {
  options: ProgramOptions;
}
const work: Record<PhaseName, (run: Ceiling) => Promise<number>> = {
  "take in": takeIn,
  verify: (run) => drain(() => verify(run)),
  release: (run) => drain(() => release(run)),
  place: async (run) => {
    await openLedgers(run);
    return drainInTwo(
      () => arm(run),
      (keys) => record(run, keys),
    );
  },
  track: (run) =>
    drainInTwo(
      () => look(run),
      (keys) => ship(run, keys),
    ),
  tell: (run) =>
    drainInTwo(
      () => armWriteBacks(run),
      (keys) => told(run, keys),
    ),
  follow: (run) =>
    drainInTwo(
      () => follow(run),
      (keys) => delivered(run, keys),
    ),
  complete: (run) => drain(() => complete(run)),
};

const Count = row({ n: col.int });
const count = async ({ db }: Run, statement: Sql): Promise<number> => (await db.one(Count, statement)).n;

/** An order of a batch, and what else of it the second commit needs: its attempt, write-back or parcel. */
const Key = row({ workspaceId: col.text, orderId: col.text, foId: col.text, otherId: col.text });
type Key = ReturnType<typeof Key.decode>[number];
const keysOf = ({ db }: Run, statement: Sql): Promise<Key[]> => db.rows(Key, statement);

async function drain(step: () => Promise<number>): Promise<number> {
  let total = 0;
  for (let moved = await step(); moved > 0; moved = await step()) total += moved;
  return total;
}

/** The first commit says what is about to be asked outside, the second what came of it. */
async function drainInTwo(
  first: () => Promise<Key[]>,
  second: (keys: readonly Key[]) => Promise<number>,
): Promise<number> {
  let total = 0;
  for (let keys = await first(); keys.length > 0; keys = await first()) total += await second(keys);
  return total;
}

// ------------------------------------------------------------------ what many statements share

/** 64 hexadecimal digits, as a SHA-256 has. */
const hash = "493bc18262367985835432c454c98a9c97416f991c530ca9d31f451513478557";

const selectedKeys = (keys: readonly Key[]): Sql =>
  sql`select * from unnest(${keys.map((key) => key.workspaceId)}::bigint[], ${keys.map((key) => key.orderId)}::bigint[], ${keys.map((key) => key.foId)}::bigint[], ${keys.map((key) => key.otherId)}::bigint[]) as k(workspace_id, order_id, fo_id, other_id)`;

type Event = readonly [kind: string, subject: string, from: string | null, to: string | null, data: string | null];

/** The newest events of each row of `o`, which has workspace_id, id, fo_id and event_seq after them. */
function events({ now, actor }: { now: Date; actor: string }, list: readonly Event[]): Sql {
  const column = (at: 0 | 1 | 2 | 3 | 4): (string | null)[] => list.map((event) => event[at]);
  return sql`
    insert into event (workspace_id, order_id, seq, at, kind, subject, subject_id, from_state, to_state, actor, data, hash)
    select o.workspace_id, o.id, o.event_seq - ${list.length}::integer + e.n::integer, ${now}::timestamptz, e.kind, e.subject, o.fo_id, e.from_state, e.to_state, ${actor}::text, e.data::jsonb, ${hash}::text
      from o cross join unnest(${column(0)}::text[], ${column(1)}::text[], ${column(2)}::text[], ${column(3)}::text[], ${column(4)}::text[]) with ordinality as e(kind, subject, from_state, to_state, data, n)`;
}

/** What a commit changed, a row per workspace of `o`: which orders, and which events each got, of which there are so many. */
const changes = (run: Run, eventsEach: number): Sql => sql`
    insert into order_change (workspace_id, id, at, orders, first_seqs, last_seqs)
    select o.workspace_id, ${run.ids()}::bigint + row_number() over (), ${run.now()}::timestamptz, array_agg(o.id), array_agg(o.event_seq - ${eventsEach}::integer + 1), array_agg(o.event_seq)
      from o group by o.workspace_id`;

/** Adds to the counters of each workspace of `o` what its orders moved: [kind, key, by how much each]. */
function counters(run: Run, moves: readonly (readonly ["headline" | "state", string, number])[]): Sql {
  return sql`
    insert into counter (workspace_id, kind, key, slot, n)
    select o.workspace_id, m.kind, m.key, ${run.options.slot}::integer, count(*) * m.n
      from o cross join unnest(${moves.map(([kind]) => kind)}::text[], ${moves.map(([, key]) => key)}::text[], ${moves.map(([, , n]) => n)}::bigint[]) as m(kind, key, n)
     group by o.workspace_id, m.kind, m.key, m.n
     order by o.workspace_id, m.kind, m.key
    on conflict (workspace_id, kind, key, slot) do update set n = counter.n + excluded.n`;
}

/** Moves balances by so much for each row of `o`: [ledger, minor units]. */
function balances(moves: readonly (readonly [ledger: string, amount: number])[]): Sql {
  return sql`
    update ledger_account l set balance = l.balance + c.amount
      from (
        select l.workspace_id, l.id, c.amount
          from (select o.workspace_id, m.ledger, count(*) * m.amount as amount
                  from o cross join unnest(${moves.map(([ledger]) => ledger)}::text[], ${moves.map(([, amount]) => amount)}::bigint[]) as m(ledger, amount)
                 group by o.workspace_id, m.ledger, m.amount) c
          join ledger_account l on l.workspace_id = c.workspace_id and l.kind = c.ledger and l.account_id = 400 + c.workspace_id and l.currency = 'EUR'
         order by l.workspace_id, l.id for no key update of l
      ) c
     where l.workspace_id = c.workspace_id and l.id = c.id`;
}

/** Bookings of each row of `o`; \`booked\` names the CTE that inserted the transactions with their kind and id. Entries: [transaction kind, no, ledger, amount]. */
function entries(list: readonly (readonly [kind: string, no: number, ledger: string, amount: number])[]): Sql {
  return sql`
    insert into ledger_entry (workspace_id, transaction_id, no, ledger_account_id, amount)
    select b.workspace_id, b.id, e.no, l.id, e.amount
      from booked b
      join unnest(${list.map(([kind]) => kind)}::text[], ${list.map(([, no]) => no)}::integer[], ${list.map(([, , ledger]) => ledger)}::text[], ${list.map(([, , , amount]) => amount)}::bigint[]) as e(kind, no, ledger, amount) on e.kind = b.kind
      join ledger_account l on l.workspace_id = b.workspace_id and l.kind = e.ledger and l.account_id = 400 + b.workspace_id and l.currency = 'EUR'`;
}

// ------------------------------------------------------------------ taking in

/** Each round every shop brings a page, which is kept raw and then taken in; with several processes each shop has one of them. */
async function takeIn(run: Ceiling): Promise<number> {
  const { range, processes, slot } = run.options;
  const shops = Array.from({ length: workspaceCount }, (_, shop) => shop).filter(
    (shop) => shop % processes === slot - 1,
  );
  let total = 0;
  for (let round = 0; round < roundsOf(range); round += 1) {
    run.ahead = round * readAheadMs;
    const connections = shops.map((shop) => String(201 + shop));
    await run.db.run(sql`update connection set due_at = ${run.now()} where id = any(${connections}::bigint[])`);
    const messages = shops.flatMap((shop) => pageOf(run, shop, round));
    for (let from = 0; from < messages.length; from += run.options.batch)
      await keepRaw(run, messages.slice(from, from + run.options.batch));
    await run.db.run(
      sql`update connection set cursor = ${"0000"}, due_at = ${run.now()}, last_sync_at = ${run.now()} where id = any(${connections}::bigint[])`,
    );
    total += await drain(() => storeOrders(run));
  }
  return total;
}

export interface Kept {
  shop: number;
  eventId: string;
  text: string;
}

function pageOf({ options: { range }, now }: Ceiling, shop: number, round: number): Kept[] {
  const page: Kept[] = [];
  const first = firstOrderOf(shop, range) + round * pageSize * workspaceCount;
  for (let order = first; order < range.first + range.count && page.length < pageSize; order += workspaceCount)
    page.push({ shop, ...messageOf(order, now()) });
  return page;
}

/** Nothing is sealed here, so that the message can be parsed where it lies; what sealing adds to its length, and its key, are written all the same. */
const keepRaw = (run: Run, messages: readonly Kept[]): Promise<number> =>
  run.db.run(sql`
    insert into inbox (workspace_id, id, connection_id, event_id, body_hash, origin, raw, raw_key, received_at, tries, due_at)
    select s.shop + 1, ${run.ids()}::bigint + s.n, 201 + s.shop, s.event_id, ${hash}, 'live', s.raw, left(repeat(${hash}, 10), 110 + length(s.raw) / 3 + 40), ${run.now()}, 0, ${run.now()}
      from unnest(${messages.map((each) => each.shop)}::bigint[], ${messages.map((each) => each.eventId)}::text[], ${messages.map((each) => each.text)}::text[]) with ordinality as s(shop, event_id, raw, n)
    on conflict (workspace_id, connection_id, event_id, body_hash) do nothing`);

function storeOrders(run: Run): Promise<number> {
  const now = run.now();
  return count(
    run,
    sql`
    with claimed as materialized (
      select workspace_id, id, raw from inbox where due_at <= ${now} order by due_at, id limit ${run.options.batch} for update skip locked
    ), said as materialized (
      select c.workspace_id, c.id as message_id, ${run.ids()}::bigint + 10 * row_number() over () as id, c.raw::jsonb as j from claimed c
    ), closed as (
      update inbox i set done_at = ${now}, due_at = null, problem = null, order_id = s.id
        from said s where i.workspace_id = s.workspace_id and i.id = s.message_id
    ), o as (
      insert into sales_order (workspace_id, id, public_id, channel_id, channel_order_id, number, origin, ordered_at, received_at, channel_updated_at, version_no, version_digest, payment,
                               paid_at, risk, buyer_digest, address_digest, country, shipping_method, ship_by, currency, total, shipping_paid, headline, answered, address_no, event_seq, event_hash, version)
      select s.workspace_id, s.id, uuidv7(), 100 + s.workspace_id, s.j ->> 'channelOrderId', s.j ->> 'number', 'live', (s.j ->> 'orderedAt')::timestamptz, ${now}, (s.j ->> 'updatedAt')::timestamptz, 1, ${hash}, 'paid',
             (s.j ->> 'paidAt')::timestamptz, 'none', md5(s.j ->> 'buyerId'), md5(s.j ->> 'channelOrderId'), 'DE', s.j ->> 'shippingMethod', (s.j ->> 'shipBy')::timestamptz, 'EUR', 8450, 490, 'new', '{}', 1, 3, ${hash}, 1
        from said s
      returning workspace_id, id, id + 1 as fo_id, event_seq, address_digest, ship_by
    ), lines as (
      insert into order_line (workspace_id, order_id, no, channel_line_id, sku, title, quantity, cancelled, channel_cancelled, fulfilled_elsewhere, unit_price, kind, fulfilled_by)
      select s.workspace_id, s.id, l.no, l.line ->> 'channelLineId', l.line ->> 'sku', l.line ->> 'title', (l.line ->> 'quantity')::integer, 0, 0, 0, (l.line ->> 'unitPrice')::numeric, 'goods', 'us'
        from said s cross join jsonb_array_elements(s.j -> 'lines') with ordinality as l(line, no)
    ), versions as (
      insert into order_version (workspace_id, order_id, no, origin, received_at, channel_updated_at, digest, facts)
      select s.workspace_id, s.id, 1, 'live', ${now}, (s.j ->> 'updatedAt')::timestamptz, ${hash}, ${facts}::jsonb from said s
    ), addresses as (
      insert into order_address (workspace_id, order_id, no, source, name, company, line1, line2, city, region, postcode, country, phone, email, buyer_id, digest, search_name, search_surname)
      select s.workspace_id, s.id, 1, 'channel', a.to ->> 'name', '', a.to ->> 'line1', '', a.to ->> 'city', '', a.to ->> 'postcode', 'DE', a.to ->> 'phone', a.to ->> 'email', s.j ->> 'buyerId', md5(s.j ->> 'channelOrderId'),
             lower(a.to ->> 'name'), split_part(lower(a.to ->> 'name'), ' ', 2)
        from said s cross join lateral (select s.j -> 'shipTo' as to) a
    ), parts as (
      insert into fulfillment_order (workspace_id, id, public_id, order_id, no, state, supplier_pinned, failed_suppliers, due_at, woken, fence, tries, looks, ship_by)
      select o.workspace_id, o.fo_id, uuidv7(), o.id, 1, 'received', false, '{}', ${now}, false, 0, 0, 0, o.ship_by from o
    ), part_lines as (
      insert into fulfillment_order_line (workspace_id, fulfillment_order_id, no, order_id, order_line_no, component_no, quantity, quantity_cancelled, units_per, per, units, units_cancelled, units_placed, units_shipped, units_collected)
      select s.workspace_id, s.id + 1, l.no, s.id, l.no, 1, (l.line ->> 'quantity')::integer, 0, 1, 1, 0, 0, 0, 0, 0
        from said s cross join jsonb_array_elements(s.j -> 'lines') with ordinality as l(line, no)
    ), told as (
      ${events({ now, actor: "channel:101" }, [
        ["received", "order", null, null, '{"lines": 2, "origin": "live"}'],
        ["added", "fulfillment_order", null, "received", null],
        ["headline", "order", null, "new", null],
      ])}
    ), changed as (
      ${changes(run, 3)}
    ), counts as (
      ${counters(run, [
        ["headline", "new", 1],
        ["state", "received", 1],
      ])}
    )
    select count(*)::integer as n from claimed`,
  );
}

const facts = JSON.stringify({
  lines: [
    ["0000-1", "SKU-0047", 1, 0, 0, "19.90"],
    ["0000-2", "SKU-0162", 3, 0, 0, "19.90"],
  ],
  total: "84.50",
  number: "#10000",
  shipBy: "2026-11-25T03:29:52.983Z",
  payment: "paid",
  cancelledAt: null,
  addressDigest: hash.slice(0, 32),
  shippingMethod: "Standard",
});

// ------------------------------------------------------------------ before placing

function verify(run: Run): Promise<number> {
  const now = run.now();
  return count(
    run,
    sql`
    with due as materialized (
      select f.workspace_id, f.id, f.order_id from fulfillment_order f
       where f.state = 'received' and f.due_at <= ${now} order by f.due_at, f.id limit ${run.options.batch} for update skip locked
    ), o as (
      update sales_order o set headline = 'waiting', event_seq = o.event_seq + 3, event_hash = ${hash}, version = o.version + 1
        from due d where o.workspace_id = d.workspace_id and o.id = d.order_id
      returning o.workspace_id, o.id, d.id as fo_id, o.event_seq, o.ordered_at
    ), parts as (
      update fulfillment_order f
         set state = 'waiting', supplier_id = 300 + f.workspace_id, account_id = 400 + f.workspace_id, method = '', place_after = o.ordered_at + interval '10 minutes', due_at = o.ordered_at + interval '10 minutes',
             expected_goods = 3360, expected_shipping = 0, currency = 'EUR'
        from o where f.workspace_id = o.workspace_id and f.id = o.fo_id
    ), part_lines as (
      update fulfillment_order_line l set supplier_sku = 'S-' || r.sku, units = r.quantity, unit_cost = 8.40
        from o join order_line r on r.workspace_id = o.workspace_id and r.order_id = o.id
       where l.workspace_id = o.workspace_id and l.fulfillment_order_id = o.fo_id and l.order_line_no = r.no
    ), decisions as (
      insert into decision (workspace_id, order_id, seq, fulfillment_order_id, kind, at, record)
      select o.workspace_id, o.id, o.event_seq, o.fo_id, 'route', ${now}, ${decision}::jsonb from o
    ), told as (
      ${events({ now, actor: run.actor }, [
        ["routed", "fulfillment_order", null, null, '{"lines": [1, 2], "supplier": "301"}'],
        ["moved", "fulfillment_order", "received", "waiting", null],
        ["headline", "order", "new", "waiting", null],
      ])}
    ), changed as (
      ${changes(run, 3)}
    ), counts as (
      ${counters(run, moved("new", "waiting", "received", "waiting"))}
    )
    select count(*)::integer as n from o`,
  );
}

const decision = JSON.stringify({
  problems: [],
  considered: [1, 2].map((orderLineNo) => ({
    chosen: "301",
    rejected: [],
    candidates: [{ priority: 1, unitCost: "8.40", supplierId: "301", supplierSku: "S-SKU-0047" }],
    componentNo: 1,
    orderLineNo,
  })),
});

const moved = (fromHeadline: string, toHeadline: string, from: string, to: string) =>
  [
    ["headline", fromHeadline, -1],
    ["headline", toHeadline, 1],
    ["state", from, -1],
    ["state", to, 1],
  ] as const;

function release(run: Run): Promise<number> {
  const now = run.now();
  return count(
    run,
    sql`
    with due as materialized (
      select f.workspace_id, f.id, f.order_id from fulfillment_order f
       where f.state = 'waiting' and f.due_at <= ${now} order by f.due_at, f.id limit ${run.options.batch} for update skip locked
    ), o as (
      update sales_order o set headline = 'in_process', event_seq = o.event_seq + 2, event_hash = ${hash}, version = o.version + 1
        from due d where o.workspace_id = d.workspace_id and o.id = d.order_id
      returning o.workspace_id, o.id, d.id as fo_id, o.event_seq
    ), parts as (
      update fulfillment_order f set state = 'placing' from o where f.workspace_id = o.workspace_id and f.id = o.fo_id
    ), told as (
      ${events({ now, actor: run.actor }, [
        ["moved", "fulfillment_order", "waiting", "placing", null],
        ["headline", "order", "waiting", "in_process", null],
      ])}
    ), changed as (
      ${changes(run, 2)}
    ), counts as (
      ${counters(run, moved("waiting", "in_process", "waiting", "placing"))}
    )
    select count(*)::integer as n from o`,
  );
}

// ------------------------------------------------------------------ placing

/** Ledger accounts come into being with their first entry. */
export const openLedgers = (run: Run): Promise<number> =>
  run.db.run(sql`
    insert into ledger_account (workspace_id, id, kind, account_id, currency, balance)
    select a.workspace_id, ${run.ids()}::bigint + 10 * row_number() over (), k.kind, a.id, 'EUR', 0
      from supplier_account a cross join (values ('held'), ('goods')) as k(kind)
     order by a.workspace_id, k.kind
    on conflict (workspace_id, kind, account_id, currency) do nothing`);

function arm(run: Run): Promise<Key[]> {
  const now = run.now();
  return keysOf(
    run,
    sql`
    with due as materialized (
      select f.workspace_id, f.id, f.order_id from fulfillment_order f
       where f.state = 'placing' and f.due_at <= ${now} order by f.due_at, f.id limit ${run.options.batch} for update skip locked
    ), o as (
      update sales_order o set event_seq = o.event_seq + 1, event_hash = ${hash}, version = o.version + 1
        from (select d.*, ${run.ids()}::bigint + 10 * row_number() over () as attempt_id from due d) d where o.workspace_id = d.workspace_id and o.id = d.order_id
      returning o.workspace_id, o.id, d.id as fo_id, o.event_seq, d.attempt_id
    ), parts as (
      update fulfillment_order f set fence = 1, due_at = null from o where f.workspace_id = o.workspace_id and f.id = o.fo_id
    ), attempts as (
      insert into attempt (workspace_id, id, order_id, fulfillment_order_id, no, supplier_id, account_id, kind, state, reference, idempotency_key, fence, armed_at, send_by, settle_at, key_until, lookup_lag_ms, lookups, due_at,
                           currency, max_total, expected_total, holds_money, takes_credit, request_hash, request, address_no, actor)
      select o.workspace_id, o.attempt_id, o.id, o.fo_id, 1, 300 + o.workspace_id, 400 + o.workspace_id, 'key', 'armed', 'SW-' || upper(substr(md5(o.attempt_id::text), 1, 14)), ${hash}, 1, ${now}::timestamptz, ${now}::timestamptz + interval '10 s',
             ${now}::timestamptz + interval '54 s', ${now}::timestamptz + interval '1 day', 5000, 0, ${now}::timestamptz + interval '40 s', 'EUR', 3696, 3360, true, false, ${hash}, ${request}::jsonb, 1, ${run.actor}
        from o
    ), booked as (
      insert into ledger_transaction (workspace_id, id, kind, order_id, fulfillment_order_id, attempt_id, account_id, actor, at)
      select o.workspace_id, o.attempt_id + 1, 'hold', o.id, o.fo_id, o.attempt_id, 400 + o.workspace_id, ${run.actor}, ${now} from o
      returning workspace_id, id, kind
    ), booked_entries as (
      ${entries([
        ["hold", 1, "available", -3696],
        ["hold", 2, "held", 3696],
      ])}
    ), moved_balances as (
      ${balances([
        ["available", -3696],
        ["held", 3696],
      ])}
    ), spent as (
      insert into account_day (workspace_id, account_id, day, spent)
      select o.workspace_id, 400 + o.workspace_id, ${now}::timestamptz::date, count(*) * 3696 from o group by o.workspace_id order by o.workspace_id
      on conflict (workspace_id, account_id, day) do update set spent = account_day.spent + excluded.spent
    ), told as (
      ${events({ now, actor: run.actor }, [
        [
          "attempt_armed",
          "attempt",
          null,
          "armed",
          '{"no": 1, "max": "3696", "kind": "key", "currency": "EUR", "reference": "SW-JT41FEXA7CG3TC", "fulfillmentOrder": "1012002"}',
        ],
      ])}
    ), changed as (
      ${changes(run, 1)}
    )
    select o.workspace_id::text, o.id::text as order_id, o.fo_id::text, o.attempt_id::text as other_id from o`,
  );
}

const request = JSON.stringify({
  note: "Ref SW-JT41FEXA7CG3TC",
  lines: [3, 4].map((no) => ({ no, units: 1, unitCost: "8.40", supplierSku: "S-SKU-0047" })),
  method: "",
  shipBy: "2026-11-25",
  orderNumber: "#10000",
});

function record(run: Run, keys: readonly Key[]): Promise<number> {
  const now = run.now();
  return count(
    run,
    sql`
    with k as materialized (
      ${selectedKeys(keys)}
    ), o as (
      update sales_order o set headline = 'ordered', event_seq = o.event_seq + 3, event_hash = ${hash}, version = o.version + 1
        from k where o.workspace_id = k.workspace_id and o.id = k.order_id
      returning o.workspace_id, o.id, k.fo_id, o.event_seq, k.other_id as attempt_id
    ), attempts as (
      update attempt a set state = 'placed', supplier_order_id = 'S-' || a.reference, cost = 3360, cost_is = 'expected', closed_at = ${now}, due_at = null
        from o where a.workspace_id = o.workspace_id and a.id = o.attempt_id
    ), findings as (
      insert into evidence (workspace_id, id, attempt_id, order_id, kind, natural_key, source, payload, actor, at)
      select o.workspace_id, o.attempt_id + 2, o.attempt_id, o.id, 'placed', 'gate:placed:S-SW-JT41FEXA7CG3TC', 'gate', '{"total": null, "notAccepted": [], "supplierOrderId": "S-SW-JT41FEXA7CG3TC"}'::jsonb, ${run.actor}, ${now} from o
    ), parts as (
      update fulfillment_order f set state = 'placed', placed_by = 'machine', placed_at = ${now}, due_at = ${now}::timestamptz + interval '24 hours'
        from o where f.workspace_id = o.workspace_id and f.id = o.fo_id
    ), part_lines as (
      update fulfillment_order_line l set units_placed = l.units from o where l.workspace_id = o.workspace_id and l.fulfillment_order_id = o.fo_id
      returning l.workspace_id, l.supplier_sku, l.units
    ), goods as (
      update stock s set reserved = s.reserved + c.units
        from (
          select s.workspace_id, s.supplier_id, s.supplier_sku, c.units
            from (select p.workspace_id, p.supplier_sku, sum(p.units) as units from part_lines p group by p.workspace_id, p.supplier_sku) c
            join stock s on s.workspace_id = c.workspace_id and s.supplier_id = 300 + c.workspace_id and s.supplier_sku = c.supplier_sku
           order by s.workspace_id, s.supplier_id, s.supplier_sku for update of s
        ) c
       where s.workspace_id = c.workspace_id and s.supplier_id = c.supplier_id and s.supplier_sku = c.supplier_sku
    ), booked as (
      insert into ledger_transaction (workspace_id, id, kind, order_id, fulfillment_order_id, attempt_id, account_id, actor, at)
      select o.workspace_id, o.attempt_id + b.n, b.kind, o.id, o.fo_id, o.attempt_id, 400 + o.workspace_id, ${run.actor}, ${now}
        from o cross join (values (3, 'charge'), (4, 'release')) as b(n, kind)
      returning workspace_id, id, kind
    ), booked_entries as (
      ${entries([
        ["charge", 1, "held", -3360],
        ["charge", 2, "goods", 3360],
        ["release", 1, "held", -336],
        ["release", 2, "available", 336],
      ])}
    ), moved_balances as (
      ${balances([
        ["held", -3696],
        ["goods", 3360],
        ["available", 336],
      ])}
    ), spent as (
      update account_day d set spent = d.spent - c.n * 336
        from (select o.workspace_id, count(*) as n from o group by o.workspace_id order by o.workspace_id) c
       where d.workspace_id = c.workspace_id and d.account_id = 400 + c.workspace_id and d.day = ${now}::timestamptz::date
    ), told as (
      ${events({ now, actor: run.actor }, [
        ["attempt_closed", "attempt", "armed", "placed", '{"source": "gate", "reference": "SW-JT41FEXA7CG3TC"}'],
        [
          "moved",
          "fulfillment_order",
          "placing",
          "placed",
          '{"attempt": "1093001", "supplierOrderId": "S-SW-JT41FEXA7CG3TC"}',
        ],
        ["headline", "order", "in_process", "ordered", null],
      ])}
    ), changed as (
      ${changes(run, 3)}
    ), counts as (
      ${counters(run, moved("in_process", "ordered", "placing", "placed"))}
    )
    select count(*)::integer as n from o`,
  );
}

// ------------------------------------------------------------------ tracking

function look(run: Run): Promise<Key[]> {
  const now = run.now();
  return keysOf(
    run,
    sql`
    with due as materialized (
      select f.workspace_id, f.id, f.order_id from fulfillment_order f
       where f.state = 'placed' and f.due_at <= ${now} order by f.due_at, f.id limit ${run.options.batch} for update skip locked
    ), parts as (
      update fulfillment_order f set looks = f.looks + 1, due_at = f.placed_at + interval '28 hours' from due d where f.workspace_id = d.workspace_id and f.id = d.id
    )
    select d.workspace_id::text, d.order_id::text, d.id::text as fo_id, '0' as other_id from due d`,
  );
}

function ship(run: Run, keys: readonly Key[]): Promise<number> {
  const now = run.now();
  return count(
    run,
    sql`
    with k as materialized (
      ${selectedKeys(keys)}
    ), o as (
      update sales_order o set headline = 'shipped', event_seq = o.event_seq + 5, event_hash = ${hash}, version = o.version + 1
        from (select k.*, ${run.ids()}::bigint + 10 * row_number() over () as shipment_id from k) k where o.workspace_id = k.workspace_id and o.id = k.order_id
      returning o.workspace_id, o.id, k.fo_id, o.event_seq, k.shipment_id
    ), parts as (
      update fulfillment_order f set state = 'shipped', last_shipped_at = ${now}, due_at = null from o where f.workspace_id = o.workspace_id and f.id = o.fo_id
    ), part_lines as (
      update fulfillment_order_line l set units_shipped = l.units_placed from o where l.workspace_id = o.workspace_id and l.fulfillment_order_id = o.fo_id
      returning l.workspace_id, o.shipment_id, l.no, l.units_placed
    ), shipments as (
      insert into shipment (workspace_id, id, public_id, order_id, fulfillment_order_id, no, source, shipped_at, actor)
      select o.workspace_id, o.shipment_id, uuidv7(), o.id, o.fo_id, 1, 'supplier', ${now}, ${run.actor} from o
    ), shipment_lines as (
      insert into shipment_line (workspace_id, shipment_id, fo_line_no, units) select p.workspace_id, p.shipment_id, p.no, p.units_placed from part_lines p
    ), parcels as (
      insert into parcel (workspace_id, id, order_id, fulfillment_order_id, shipment_id, carrier, tracking_number, state, due_at, looks, accepted, shared, source, created_at)
      select o.workspace_id, o.shipment_id + 1, o.id, o.fo_id, o.shipment_id, 'royal_mail', upper(substr(md5(o.shipment_id::text), 1, 11)) || 'GB', 'announced', ${now}::timestamptz + interval '6 hours', 0, true, false, 'supplier', ${now} from o
    ), write_backs as (
      insert into write_back (workspace_id, id, order_id, channel_id, shipment_id, parcel_id, revision, state, due_at, tries, lines)
      select o.workspace_id, o.shipment_id + 2, o.id, 100 + o.workspace_id, o.shipment_id, o.shipment_id + 1, 1, 'waiting', ${now}, 0, '[{"quantity": 1, "orderLineNo": 1}, {"quantity": 3, "orderLineNo": 2}]'::jsonb from o
    ), turns as (
      insert into tracking_turn (workspace_id) select distinct o.workspace_id from o on conflict (workspace_id) do nothing
    ), told as (
      ${events({ now, actor: run.actor }, [
        [
          "added",
          "shipment",
          null,
          null,
          '{"on": "1012002", "lines": [{"units": 1, "foLineNo": 3}, {"units": 3, "foLineNo": 4}], "source": "supplier"}',
        ],
        [
          "added",
          "parcel",
          null,
          "announced",
          '{"source": "supplier", "carrier": "royal_mail", "accepted": true, "trackingNumber": "SO554674928GB"}',
        ],
        ["moved", "fulfillment_order", "placed", "shipped", null],
        ["write_back_added", "write_back", null, null, '{"state": "waiting", "revision": 1}'],
        ["headline", "order", "ordered", "shipped", null],
      ])}
    ), changed as (
      ${changes(run, 5)}
    ), counts as (
      ${counters(run, moved("ordered", "shipped", "placed", "shipped"))}
    )
    select count(*)::integer as n from o`,
  );
}

// ------------------------------------------------------------------ telling the channel

function armWriteBacks(run: Run): Promise<Key[]> {
  const now = run.now();
  return keysOf(
    run,
    sql`
    with due as materialized (
      select w.workspace_id, w.id, w.order_id from write_back w where w.due_at <= ${now} order by w.due_at, w.id limit ${run.options.batch} for update skip locked
    ), o as (
      update sales_order o set event_seq = o.event_seq + 1, event_hash = ${hash}, version = o.version + 1 from due d where o.workspace_id = d.workspace_id and o.id = d.order_id
      returning o.workspace_id, o.id, d.id as fo_id, o.event_seq, d.id as write_back_id
    ), armed as (
      update write_back w set state = 'armed', tries = 1, due_at = ${now}::timestamptz + interval '5 minutes' from o where w.workspace_id = o.workspace_id and w.id = o.write_back_id
    ), told as (
      ${events({ now, actor: run.actor }, [["write_back_moved", "write_back", "waiting", "armed", null]])}
    ), changed as (
      ${changes(run, 1)}
    )
    select o.workspace_id::text, o.id::text as order_id, o.fo_id::text, o.write_back_id::text as other_id from o`,
  );
}

function told(run: Run, keys: readonly Key[]): Promise<number> {
  const now = run.now();
  return count(
    run,
    sql`
    with k as materialized (
      ${selectedKeys(keys)}
    ), o as (
      update sales_order o set event_seq = o.event_seq + 2, event_hash = ${hash}, version = o.version + 1 from k where o.workspace_id = k.workspace_id and o.id = k.order_id
      returning o.workspace_id, o.id, k.fo_id, o.event_seq, k.other_id as write_back_id
    ), write_backs as (
      update write_back w set state = 'told', told_at = ${now}, due_at = null from o where w.workspace_id = o.workspace_id and w.id = o.write_back_id
    ), parts as (
      update fulfillment_order f set due_at = f.last_shipped_at + interval '14 days' from o where f.workspace_id = o.workspace_id and f.order_id = o.id
    ), told as (
      ${events({ now, actor: run.actor }, [
        [
          "channel_told",
          "write_back",
          null,
          null,
          '{"found": false, "channelReference": "f-01a206b5-26ec-777d-80eb-a9d93e57e49d"}',
        ],
        ["write_back_moved", "write_back", "armed", "told", null],
      ])}
    ), changed as (
      ${changes(run, 2)}
    )
    select count(*)::integer as n from o`,
  );
}

// ------------------------------------------------------------------ delivery

function follow(run: Run): Promise<Key[]> {
  const now = run.now();
  return keysOf(
    run,
    sql`
    with due as materialized (
      select p.workspace_id, p.id, p.order_id, p.fulfillment_order_id as fo_id from parcel p where p.due_at <= ${now} order by p.due_at, p.id limit ${run.options.batch} for update skip locked
    ), parcels as (
      update parcel p set looks = p.looks + 1, due_at = ${now}::timestamptz + interval '6 hours' from due d where p.workspace_id = d.workspace_id and p.id = d.id
    )
    select d.workspace_id::text, d.order_id::text, d.fo_id::text, d.id::text as other_id from due d`,
  );
}

function delivered(run: Run, keys: readonly Key[]): Promise<number> {
  const now = run.now();
  return count(
    run,
    sql`
    with k as materialized (
      ${selectedKeys(keys)}
    ), o as (
      update sales_order o set headline = 'delivered', event_seq = o.event_seq + 3, event_hash = ${hash}, version = o.version + 1
        from k where o.workspace_id = k.workspace_id and o.id = k.order_id
      returning o.workspace_id, o.id, k.fo_id, o.event_seq, k.other_id as parcel_id
    ), parcels as (
      update parcel p set state = 'delivered', state_at = ${now}, due_at = null from o where p.workspace_id = o.workspace_id and p.id = o.parcel_id
    ), parts as (
      update fulfillment_order f set state = 'delivered', delivered_at = ${now}, due_at = ${now}::timestamptz + interval '14 days' from o where f.workspace_id = o.workspace_id and f.id = o.fo_id
    ), told as (
      ${events({ now, actor: run.actor }, [
        [
          "parcel_moved",
          "parcel",
          "announced",
          "delivered",
          '{"at": "2026-11-23T11:41:08.856Z", "source": "carrier:bench"}',
        ],
        ["moved", "fulfillment_order", "shipped", "delivered", null],
        ["headline", "order", "shipped", "delivered", null],
      ])}
    ), changed as (
      ${changes(run, 3)}
    ), counts as (
      ${counters(run, moved("shipped", "delivered", "shipped", "delivered"))}
    )
    select count(*)::integer as n from o`,
  );
}

function complete(run: Run): Promise<number> {
  const now = run.now();
  return count(
    run,
    sql`
    with due as materialized (
      select f.workspace_id, f.id, f.order_id from fulfillment_order f
       where f.state = 'delivered' and f.due_at <= ${now} order by f.due_at, f.id limit ${run.options.batch} for update skip locked
    ), o as (
      update sales_order o set headline = 'completed', event_seq = o.event_seq + 2, event_hash = ${hash}, version = o.version + 1
        from due d where o.workspace_id = d.workspace_id and o.id = d.order_id
      returning o.workspace_id, o.id, d.id as fo_id, o.event_seq
    ), parts as (
      update fulfillment_order f set state = 'completed', due_at = null from o where f.workspace_id = o.workspace_id and f.id = o.fo_id
    ), told as (
      ${events({ now, actor: run.actor }, [
        ["moved", "fulfillment_order", "delivered", "completed", null],
        ["headline", "order", "delivered", "completed", null],
      ])}
    ), changed as (
      ${changes(run, 2)}
    ), counts as (
      ${counters(run, moved("delivered", "completed", "delivered", "completed"))}
    )
    select count(*)::integer as n from o`,
  );
}
