import { Client, escapeIdentifier, escapeLiteral, type PoolConfig } from "pg";
import { hashedText, isoOf, marks, type OrderTemplate, type TableRows, type TextRow } from "./template.ts";

export interface Wish {
  orders: number;
  /** `finished`: all tables of completed orders. `waiting`: the rows that timers touch, orders and fulfillment orders, waiting for their buffer to end. */
  what: "finished" | "waiting";
  /** The first and the last order were received then. */
  from: Date;
  to: Date;
  say?: (line: string) => void;
}

/** The shares that the generated orders have: what a measurement of a large and of a small workspace needs to know. */
export const workspaces = 20;
/** Workspace 1 holds so much of all orders. */
export const shareOfLargest = 0.4;
/** SKUs per workspace, all linked, two of them in each order. */
export const skus = 400;
export const skuOf = (no: number): string => `SKU-${String(no).padStart(4, "0")}`;
/** The inner id of the `no`-th workspace, from 1. */
export const workspaceIdOf = (no: number): string => String(1_000 * no);
export const numberOf = (order: number): string => `#${100_000 + order}`;
export const trackingNumberOf = (order: number): string => `BP${String(order).padStart(12, "0")}DE`;

/**
 * BE-40. Fills a migrated database that holds no orders with workspaces and orders, in SQL: the rows are those of the template, with everything that an order has
 * for itself (ids, names, numbers, SKUs, instants, digests) said anew, so that their number, columns and sizes are the engine's. The chain of hashes, the ledger's
 * balances, the counters and what is spent per day are computed, not pretended. Takes a superuser's connection: foreign keys are not checked row by row, and
 * indexes that are no keys are built at the end.
 */
export async function generateOrders(administrator: PoolConfig, template: OrderTemplate, wish: Wish): Promise<void> {
  const client = new Client(administrator);
  await client.connect();
  const { say = () => {} } = wish;
  try {
    const orders =
      wish.what === "finished"
        ? template.finished
        : template.waiting.filter(({ table }) => table === "sales_order" || table === "fulfillment_order");
    const filled = orders.filter(({ rows }) => rows.length > 0);
    const names = filled.map(({ table }) => table);
    const { rows: there } = await client.query<{ n: string }>(
      "select count(*) as n from (select from sales_order limit 1) o",
    );
    if (there[0]?.n !== "0") throw new Error("Orders are generated into a database that has none; this one has some.");
    const texts = new Texts(template);

    await client.query("set session_replication_role = replica");
    await client.query("set maintenance_work_mem = '512MB'");
    await client.query("set work_mem = '64MB'");
    await client.query("set synchronous_commit = off");
    await client.query("set join_collapse_limit = 1"); // the chain of hashes is a join of thirty steps in the one order that makes sense
    await client.query("begin");
    const indexes = await dropIndexes(client, names);
    // Emptied in the same transaction, the tables need no log of what is put into them.
    await client.query(`truncate ${names.map(escapeIdentifier).join(", ")} cascade`);
    await client.query(seeds(texts, wish));
    for (const table of template.workspace) await client.query(workspaceRows(texts, table));
    for (const table of filled) {
      const started = performance.now();
      await client.query(table.table === "event" ? events(texts, table) : orderRows(texts, table, filled));
      say(`  ${table.table}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
    }
    await client.query("commit");
    for (const index of indexes) await client.query(index);
    say("  indexes built");
    for (const statement of totals(texts)) await client.query(statement);
    await client.query("drop table bench_order, bench_workspace");
    const started = performance.now();
    await client.query(
      `vacuum (freeze, analyze) ${[...names, "counter", "account_day", ...template.workspace.map(({ table }) => table)].map(escapeIdentifier).join(", ")}`,
    );
    say(`  vacuum: ${((performance.now() - started) / 1000).toFixed(1)} s`);
    await client.query("checkpoint");
  } finally {
    await client.end();
  }
}

/** Indexes that belong to no key: all at once at the end costs a fraction of row by row. Answers how to make them again. */
async function dropIndexes(client: Client, tables: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `select c.relname as name, pg_get_indexdef(c.oid) as definition from pg_index i join pg_class c on c.oid = i.indexrelid
      where i.indrelid::regclass::text = any($1) and not exists (select from pg_constraint k where k.conindid = i.indexrelid)
      order by c.relname`,
    [tables],
  );
  for (const { name } of rows) await client.query(`drop index ${escapeIdentifier(name)}`);
  return rows.map(({ definition }) => definition);
}

// ------------------------------------------------------------------ what is said anew

/** Each workspace has so many ids for itself; orders begin above all of them. */
const idsPerWorkspace = 1_000;
const firstLinkId = 1_000_000;
const firstOrderId = 10_000_000;

/**
 * How each value of the template is said for another order (`o`, a row of bench_order) or workspace (`w`, a number). Every text is cut where one of the
 * order's own marks stands, and put together again in SQL.
 */
class Texts {
  readonly template: OrderTemplate;
  /** Ids per order. */
  readonly stride: number;
  readonly #ids = new Map<string, string>();
  readonly #texts = new Map<string, string>();
  readonly #pattern: RegExp;

  constructor(template: OrderTemplate) {
    this.template = template;
    const { workspace, finished } = template;
    const inOrders = idsOf(finished);
    // Ids of the workspace come in the same order as in the template, so that what was made first stays first.
    idsOf(workspace).forEach((id, index) =>
      this.#ids.set(id, index === 0 ? "o.workspace_id" : `(o.workspace_id + ${index})`),
    );
    inOrders.forEach((id, index) => this.#ids.set(id, `(o.base + ${index})`));
    this.stride = inOrders.length;

    const say = (mark: string, sql: string): void => void this.#texts.set(mark, sql);
    say(marks.slug, "('bench-' || o.workspace_id)");
    say(marks.number, "('#' || (100000 + o.i))");
    say(marks.channelOrderId, "(5550000000000 + o.i)::text");
    say(marks.skus[0], "o.sku1");
    say(marks.skus[1], "o.sku2");
    for (const [mark, sql] of [
      [marks.firstName, "o.first_name"],
      [marks.lastName, "o.last_name"],
    ] as const) {
      say(mark, sql);
      say(mark.toLowerCase(), `lower(${sql})`);
    }
    say(marks.house, "(o.i % 190 + 1)::text");
    say(marks.email, "(lower(o.first_name || '.' || o.last_name) || '@example.com')");
    say(marks.buyerId, "('buyer-' || o.i)");
    say(marks.supplierOrderId, "('PO' || (70000000 + o.i))");
    say(marks.trackingNumber, "('BP' || lpad(o.i::text, 12, '0') || 'DE')");
    const uuids = new Set<string>();
    const digests = new Set<string>();
    for (const { table, types, rows } of [...workspace, ...finished]) {
      for (const [column, type] of Object.entries(types)) {
        for (const row of rows) {
          const value = row[column];
          if (value === null || value === undefined) continue;
          if (type === "uuid") uuids.add(value);
          else if (type === "text" && /^[0-9a-f]{32}([0-9a-f]{32})?$/.test(value) && !isHash(table, column))
            digests.add(value);
          else if (column === "reference" && table === "attempt")
            say(value, `upper(left(o.h || o.g, ${value.length}))`);
        }
      }
    }
    [...uuids].forEach((uuid, index) => say(uuid, uuidSql(index)));
    [...digests].forEach((digest, index) =>
      say(digest, digest.length === 32 ? `md5(o.h || ${index})` : `(md5(o.h || ${index}) || md5(o.g || ${index}))`),
    );
    const alternatives = [...this.#texts.keys(), ...this.#ids.keys()]
      .sort((a, b) => b.length - a.length)
      .map((text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    this.#pattern = new RegExp(`${alternatives.join("|")}|${instant.source}`, "g");
  }

  /** A value of a column. */
  value(type: string, value: string | null): string {
    if (value === null) return `null::${type}`;
    if (type === "bigint") return this.#ids.get(value) ?? `${value}::bigint`;
    if (type === "timestamp with time zone") return this.instant(value);
    const said = this.text(value);
    return type === "text" ? said : `(${said})::${type}`;
  }

  instant(printed: string): string {
    const ms = this.#sinceReceived(isoOf(printed));
    return ms === 0 ? "o.received_at" : `(o.received_at + interval '${ms} milliseconds')`;
  }

  /** `isoColumn`: where the caller has instants as ISO text already. */
  text(value: string, isoColumn: (ms: number) => string = isoSql): string {
    const parts: string[] = [];
    let at = 0;
    for (const match of value.matchAll(this.#pattern)) {
      if (match.index > at) parts.push(escapeLiteral(value.slice(at, match.index)));
      const [found] = match;
      const id = this.#ids.get(found);
      parts.push(this.#texts.get(found) ?? (id === undefined ? isoColumn(this.#sinceReceived(found)) : `${id}::text`));
      at = match.index + found.length;
    }
    if (at < value.length || parts.length === 0) parts.push(escapeLiteral(value.slice(at)));
    return parts.length === 1 ? `${parts[0]}::text` : `(${parts.join(" || ")})`;
  }

  /** How many ms after the order's receipt the instants of this text lie. */
  instantsIn(value: string): number[] {
    return [...value.matchAll(instant)].map(([found]) => this.#sinceReceived(found));
  }

  #sinceReceived(iso: string): number {
    return new Date(iso).getTime() - this.template.receivedAt.getTime();
  }
}

const instant = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;
const isoSql = (ms: number): string =>
  `to_char((o.received_at + interval '${ms} milliseconds') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
/** Version 7, as the product makes them: in the order of time, then any. */
const uuidSql = (index: number): string =>
  `(o.ms || '7' || substr(o.g, ${1 + (index % 20)}, 3) || 'a' || substr(md5(o.h || 'u${index}'), 1, 15))::uuid::text`;
const isHash = (table: string, column: string): boolean =>
  (table === "event" && column === "hash") || (table === "sales_order" && column === "event_hash");

function idsOf(tables: readonly TableRows[]): string[] {
  const ids = new Set<string>();
  for (const { types, rows } of tables) if (types["id"] === "bigint") for (const row of rows) ids.add(row["id"]!);
  return [...ids].sort((a, b) => Number(BigInt(a) - BigInt(b)));
}

// ------------------------------------------------------------------ statements

/** One row per order and per workspace with all that varies, from which every table is filled. */
function seeds(texts: Texts, { orders, what, from, to }: Wish): string {
  const stepMs = orders < 2 ? 0 : (to.getTime() - from.getTime()) / (orders - 1);
  // What waits falls due in an order that has nothing to do with where it lies: 7,919 is a prime, so that each place is taken once.
  const place = what === "finished" ? "i" : `(i * 7919 % ${orders})`;
  return `
    create unlogged table bench_workspace as
    select w as no, ${idsPerWorkspace}::bigint * w as workspace_id, ${instantSql(from)} as received_at, md5('workspace' || w) as h, md5('of' || w) as g, lpad(to_hex(w), 12, '0') as ms
      from generate_series(1, ${workspaces}) w;
    create unlogged table bench_order as
    select o.*, lpad(to_hex((extract(epoch from o.received_at) * 1000)::bigint), 12, '0') as ms,
           'SKU-' || lpad((1 + ('x' || substr(o.h, 1, 4))::bit(16)::int % ${skus})::text, 4, '0') as sku1,
           'SKU-' || lpad((1 + (('x' || substr(o.h, 1, 4))::bit(16)::int + 1 + ('x' || substr(o.h, 5, 4))::bit(16)::int % ${skus - 1}) % ${skus})::text, 4, '0') as sku2,
           initcap(n.syllables[1 + ('x' || substr(o.g, 1, 2))::bit(8)::int % 32] || n.syllables[1 + ('x' || substr(o.g, 3, 2))::bit(8)::int % 32]) as first_name,
           initcap(n.syllables[1 + ('x' || substr(o.g, 5, 2))::bit(8)::int % 32] || n.syllables[1 + ('x' || substr(o.g, 7, 2))::bit(8)::int % 32] || n.syllables[1 + ('x' || substr(o.g, 9, 2))::bit(8)::int % 32]) as last_name
      from (select i, ${firstOrderId}::bigint + i * ${texts.stride} as base,
                   ${idsPerWorkspace}::bigint * case when i % 10 < ${10 * shareOfLargest} then 1 else 2 + (i / 10 * 6 + i % 10 - ${10 * shareOfLargest}) % ${workspaces - 1} end as workspace_id,
                   ${instantSql(from)} + interval '1 millisecond' * trunc(${place} * ${stepMs}) as received_at, md5('order' || i) as h, md5('of' || i) as g
              from generate_series(0::bigint, ${orders - 1}) i) o
      cross join (select array['ka','mo','ri','sen','tal','ver','ba','ni','lo','der','mar','tin','ho','fe','gu','son','wil','kow','ski','ost','pe','ter','an','na','ju','lia','ber','gen','do','ra','es','ca']::text[] as syllables) n
     order by o.i`;
}
const instantSql = (at: Date): string => `timestamptz '${at.toISOString()}'`;

/** What the workspace of the template has, once for each; links and stock once for each SKU. */
function workspaceRows(texts: Texts, { table, types, rows }: TableRows): string {
  const columns = Object.keys(types);
  const perSku = table === "product_link" || table === "product_link_option" || table === "stock";
  const values = (row: TextRow): string =>
    columns
      .map((column) => {
        const value = row[column] ?? null;
        if (perSku && (column === "link_id" || (table === "product_link" && column === "id")))
          return `${firstLinkId} + o.no * 10000 + k.no`;
        if (table === "ledger_account" && column === "balance") return "0::bigint";
        return types[column] === "timestamp with time zone" && value !== null
          ? `${escapeLiteral(value)}::timestamptz`
          : texts.value(types[column]!, value);
      })
      .join(", ");
  const own = perSku
    ? rows.filter(
        (row) =>
          Object.values(row).some((value) => value?.includes(marks.skus[0]) === true) ||
          row["link_id"] === ofFirstSku(texts),
      )
    : rows;
  const source = perSku
    ? `(select w.*, k.no as sku_no, 'SKU-' || lpad(k.no::text, 4, '0') as sku1 from bench_workspace w cross join generate_series(1, ${skus}) k(no)) o cross join lateral (select o.sku_no as no) k`
    : "bench_workspace o";
  return own
    .map((row) => `insert into ${table} (${columns.join(", ")}) select ${values(row)} from ${source}`)
    .join(";\n");
}
const ofFirstSku = (texts: Texts): string | null | undefined =>
  texts.template.workspace
    .find(({ table }) => table === "product_link")!
    .rows.find((row) => row["sku"] === marks.skus[0])?.["id"];

/** All rows of an order in one table lie side by side, as they do when the engine has written them. */
function orderRows(texts: Texts, { table, types, rows }: TableRows, all: readonly TableRows[]): string {
  const columns = Object.keys(types);
  const isWithEvents = all.some((each) => each.table === "event");
  const values = rows.map(
    (row) =>
      `(${columns
        .map((column) => {
          const value = row[column] ?? null;
          // The events are there first: the order carries the hash of its last one.
          if (isWithEvents && table === "sales_order" && column === "event_hash")
            return `(select e.hash from event e where e.workspace_id = o.workspace_id and e.order_id = ${texts.value("bigint", row["id"]!)} and e.seq = ${row["event_seq"]})`;
          return texts.value(types[column]!, value);
        })
        .join(", ")})`,
  );
  return `insert into ${table} (${columns.join(", ")}) select r.* from bench_order o cross join lateral (values ${values.join(",\n")}) r order by o.i`;
}

/** Each event's hash follows from the one before: one lateral step per event, kept apart by "offset 0" so that none is computed twice. */
function events(texts: Texts, { table, types, rows }: TableRows): string {
  const columns = Object.keys(types);
  const instants = [...new Set(rows.flatMap((row) => texts.instantsIn(hashedText(row))))];
  const iso = new Map(instants.map((ms, index) => [ms, `t.t${index}`]));
  const steps = rows.map((row, index) => {
    const before = index === 0 ? "''" : `h${index - 1}.hash`;
    const text = texts.text(hashedText(row), (ms) => iso.get(ms)!);
    return `cross join lateral (select encode(sha256(convert_to(${before} || E'\\n' || ${text}, 'UTF8')), 'hex') as hash offset 0) h${index}`;
  });
  const values = rows.map(
    (row, index) =>
      `(${columns.map((column) => (column === "hash" ? `h${index}.hash` : texts.value(types[column]!, row[column] ?? null))).join(", ")})`,
  );
  return `
    insert into ${table} (${columns.join(", ")})
    select r.* from (select * from bench_order order by i) o
     cross join lateral (select ${instants.map((ms, index) => `${isoSql(ms)} as t${index}`).join(", ")} offset 0) t
     ${steps.join("\n     ")}
     cross join lateral (values ${values.join(",\n")}) r`;
}

/** What is kept beside the orders and follows from them. */
const totals = (texts: Texts): string[] => [
  `update ledger_account l set balance = s.sum from (select workspace_id, ledger_account_id, sum(amount) as sum from ledger_entry group by 1, 2) s
    where l.workspace_id = s.workspace_id and l.id = s.ledger_account_id`,
  `insert into counter (workspace_id, kind, key, slot, n)
   select workspace_id, 'headline', headline, 1, count(*) from sales_order group by 1, 3
   union all select workspace_id, 'state', state, 1, count(*) from fulfillment_order group by 1, 3
   union all select workspace_id, 'hold', code, 1, count(*) from hold where closed_at is null group by 1, 3`,
  `insert into account_day (workspace_id, account_id, day, spent)
   select workspace_id, account_id, (armed_at at time zone 'UTC')::date, sum(cost) from attempt where state = 'placed' group by 1, 2, 3`,
  `select setval('id_block', (select coalesce(max(base), 0) / 1000 + 1 from bench_order) * 1000 + 1000 * ${Math.ceil(texts.stride / 1000)})`,
];
