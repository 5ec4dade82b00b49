import type { Sql } from "./sql.ts";
import type { Tx } from "./db.ts";

/**
 * One prepared statement per table for a whole batch: the rows travel as one array per column and are unnested by the server.
 * All key columns are inside the unnest, so that the planner cannot mistake a constant for selectivity (design: performance, the n = 1 trap).
 */
export interface Column<Row> {
  name: string;
  /** The array's element type as it travels. */
  type: "bigint" | "integer" | "text" | "boolean" | "timestamptz" | "uuid" | "jsonb" | "numeric" | "date" | "bytea";
  /** Where the column's own type cannot travel in an array (an array inside an array). */
  cast?: "bigint[]" | "text[]";
  get: (row: Row) => unknown;
}

export interface TableWriter<Row> {
  insert(tx: Tx, rows: readonly Row[]): Promise<number>;
  /** Sets every column that is no key, by key. */
  update(tx: Tx, rows: readonly Row[]): Promise<number>;
}

/** `keys` of the columns identify a row; `onConflict` is for rows whose repetition is no news (evidence, registry rows). */
export function tableWriter<Row>(
  table: string,
  keys: readonly string[],
  columns: readonly Column<Row>[],
  onConflict: "" | "on conflict do nothing" = "",
): TableWriter<Row> {
  const names = columns.map((column) => column.name);
  const source = `unnest(${columns.map((column, index) => `$${index + 1}::${column.type}[]`).join(", ")}) as s(${names.join(", ")})`;
  const value = (column: Column<Row>): string =>
    column.cast === undefined ? `s.${column.name}` : `s.${column.name}::${column.cast}`;
  const insertText = `insert into ${table} (${names.join(", ")}) select ${columns.map(value).join(", ")} from ${source} ${onConflict}`;
  const sets = columns
    .filter((column) => !keys.includes(column.name))
    .map((column) => `${column.name} = ${value(column)}`);
  const updateText = `update ${table} t set ${sets.join(", ")} from ${source} where ${keys.map((key) => `t.${key} = s.${key}`).join(" and ")}`;
  const valuesOf = (rows: readonly Row[]): unknown[] =>
    columns.map((column) => rows.map((row) => (column.type === "jsonb" ? json(column.get(row)) : column.get(row))));
  const write = (tx: Tx, text: string, rows: readonly Row[]): Promise<number> => {
    if (rows.length === 0) return Promise.resolve(0);
    const statement: Sql = { text, values: valuesOf(rows) };
    return tx.run(statement);
  };
  return { insert: (tx, rows) => write(tx, insertText, rows), update: (tx, rows) => write(tx, updateText, rows) };
}

/** bigint has no JSON form of its own; amounts travel as text. */
export const json = (value: unknown): string | null =>
  value === null || value === undefined
    ? null
    : JSON.stringify(value, (_key, each: unknown) => (typeof each === "bigint" ? each.toString() : each));
