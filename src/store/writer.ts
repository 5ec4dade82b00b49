import { quoted, type Sql } from "./sql.ts";
import type { Tx } from "./db.ts";

/**
 * One prepared statement per table for a whole batch: the rows travel as one array per column and are unnested by the server.
 * All key columns are inside the unnest, so that the planner cannot mistake a constant for selectivity (design: performance, the n = 1 trap).
 */
export interface Column<Row> {
  name: string;
  /** The array's element type as it travels. */
  type: "bigint" | "integer" | "text" | "boolean" | "timestamptz" | "uuid" | "jsonb" | "numeric" | "date" | "bytea";
  /** Where the column's own type cannot travel in an array (an array inside an array), or travels as text that is written already. */
  cast?: "bigint[]" | "text[]" | "jsonb";
  get: (row: Row) => unknown;
}

export interface TableWriter<Row> {
  insert(tx: Tx, rows: readonly Row[]): Promise<number>;
  /** Sets the fields that are named (`dueAt` is the column due_at), by key; without names every column that is no key. */
  update(tx: Tx, rows: readonly Row[], fields?: ReadonlySet<string>): Promise<number>;
}

/** `keys` of the columns identify a row; `onConflict` is for rows whose repetition is no news (evidence, registry rows). */
export function tableWriter<Row>(
  table: string,
  keys: readonly string[],
  columns: readonly Column<Row>[],
  onConflict: "" | "on conflict do nothing" = "",
): TableWriter<Row> {
  const named = columns.map((column) => ({ ...column, field: camelCase(column.name) }));
  const keyColumns = named.filter((column) => keys.includes(column.name));
  const others = named.filter((column) => !keys.includes(column.name));
  const names = columns.map((column) => column.name);
  const insertText = `insert into ${table} (${names.join(", ")}) select ${columns.map(value).join(", ")} from ${source(columns)} ${onConflict}`;
  return {
    async insert(tx, rows) {
      if (rows.length === 0) return 0;
      const statement: Sql = { text: insertText, values: columns.map((column) => arrayOf(column, rows)) };
      return tx.run(statement);
    },
    async update(tx, rows, fields) {
      const set = fields === undefined ? others : others.filter((column) => fields.has(column.field));
      if (rows.length === 0 || set.length === 0) return 0;
      const sent = [...keyColumns, ...set];
      const sets = set.map((column) => `${column.name} = ${value(column)}`);
      const updateText = `update ${table} t set ${sets.join(", ")} from ${source(sent)} where ${keys.map((key) => `t.${key} = s.${key}`).join(" and ")}`;
      const statement: Sql = { text: updateText, values: sent.map((column) => arrayOf(column, rows)) };
      return tx.run(statement);
    },
  };
}

const source = <Row>(columns: readonly Column<Row>[]): string =>
  `unnest(${columns.map((column, index) => `$${index + 1}::${column.type}[]`).join(", ")}) as s(${columns.map((column) => column.name).join(", ")})`;
const value = <Row>(column: Column<Row>): string =>
  column.cast === undefined ? `s.${column.name}` : `s.${column.name}::${column.cast}`;
const camelCase = (name: string): string => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** One column of all rows as PostgreSQL reads an array. Written out by type: a batch has tens of thousands of these values. */
function arrayOf<Row>({ name, type, get }: Column<Row>, rows: readonly Row[]): string {
  const write = elements[type];
  let text = "{";
  for (let index = 0; index < rows.length; index += 1) {
    const found = get(rows[index]!);
    if (found === undefined) throw new TypeError(`The column ${name} has no value; use null where nothing is meant.`);
    if (index > 0) text += ",";
    text += found === null ? "NULL" : write(found);
  }
  return `${text}}`;
}

/** Digits and letters only, or nothing that PostgreSQL would take for one of these. */
const plain = (found: unknown): string => `"${String(found)}"`;

/** The instants of a batch are mostly the same few: when it was decided, and so long after. */
const instants = new Map<number, string>();
function instant(found: unknown): string {
  const ms = (found as Date).getTime();
  let text = instants.get(ms);
  if (text === undefined) {
    if (instants.size >= 1000) instants.clear();
    text = `"${(found as Date).toISOString()}"`;
    instants.set(ms, text);
  }
  return text;
}

const elements: Record<Column<unknown>["type"], (found: unknown) => string> = {
  bigint: plain,
  integer: String,
  text: (found) => quoted(found as string),
  boolean: String,
  timestamptz: instant,
  uuid: plain,
  jsonb: (found) => quoted(json(found)!),
  numeric: plain,
  date: plain,
  bytea: (found) => `"\\\\x${Buffer.from(found as Uint8Array).toString("hex")}"`,
};

/** bigint has no JSON form of its own; amounts travel as text. */
export function json(found: unknown): string | null {
  if (found === null || found === undefined) return null;
  try {
    return JSON.stringify(found);
  } catch {
    return JSON.stringify(found, (_key, each: unknown) => (typeof each === "bigint" ? each.toString() : each));
  }
}
