import { inspect } from "node:util";

/** Reads one column. `expected` is its word in the error message. */
export interface Codec<T> {
  readonly expected: string;
  readonly isNullable: boolean;
  /** Gets what the driver made of the column, never null; answers {@link off} when that has another shape. */
  readonly read: (value: unknown) => T | typeof off;
}

const off = Symbol("another shape");

/** The columns of a result and what they become. */
export interface RowShape<T> {
  /** Their names, in the order in which they are read. */
  readonly columns: readonly string[];
  /** `fields` are the column names of the result in their order, `rows` the values in the same order. */
  readonly decode: (fields: readonly string[], rows: readonly (readonly unknown[])[]) => T[];
}

export type RowOf<Shape> = Shape extends RowShape<infer T> ? T : never;

/**
 * Names the columns a statement answers with: `row({ dueAt: col.instantOrNull })` reads the column `due_at`. A missing column or a value of
 * another shape is a broken promise of ours and is thrown, with the column's name. Columns that are not named are not read.
 */
export function row<Codecs extends Record<string, Codec<unknown>>>(
  codecs: Codecs,
): RowShape<{ [K in keyof Codecs]: Codecs[K] extends Codec<infer T> ? T : never }> {
  type T = { [K in keyof Codecs]: Codecs[K] extends Codec<infer V> ? V : never };
  const columns = Object.entries(codecs).map(([key, codec]) => ({ key, codec, column: snakeCase(key) }));
  // Copied for each row: an object that grows key by key is made anew several times on its way.
  const blank: Record<string, unknown> = Object.fromEntries(columns.map(({ key }) => [key, null]));
  return {
    columns: columns.map(({ column }) => column),
    decode(fields, rows) {
      const positions = columns.map(({ column }, index) => positionOf(column, fields, index));
      return rows.map((values) => {
        const read = { ...blank };
        for (let index = 0; index < columns.length; index += 1) {
          const { key, codec, column } = columns[index]!;
          const value = values[positions[index]!];
          const found = value === null ? (codec.isNullable ? null : off) : codec.read(value);
          if (found === off) throw anotherShape(column, codec, value);
          read[key] = found;
        }
        return read as T;
      });
    },
  };
}

/** Rows that belong to something, each with that one's id before it: the column `owner` of the statement, which is no part of the row. */
export function ownedBy<Owner, T>(id: Codec<Owner>, owner: string, shape: RowShape<T>): RowShape<[Owner, T]> {
  return {
    columns: [owner, ...shape.columns],
    decode(fields, rows) {
      const position = positionOf(owner, fields, 0);
      return shape.decode(fields, rows).map((read, index) => {
        const found = id.read(rows[index]![position]);
        if (found === off) throw anotherShape(owner, id as Codec<unknown>, rows[index]![position]);
        return [found, read];
      });
    },
  };
}

function positionOf(column: string, fields: readonly string[], likely: number): number {
  const position = fields[likely] === column ? likely : fields.indexOf(column); // mostly written in the same order
  if (position < 0) throw new Error(`The result has no column ${column}; it has ${fields.join(", ")}.`);
  return position;
}

function anotherShape(column: string, { expected }: Codec<unknown>, value: unknown): Error {
  const found = inspect(value, { breakLength: Number.POSITIVE_INFINITY, maxStringLength: 60, maxArrayLength: 5 });
  return new Error(`The column ${column} should be ${expected}, found ${found}.`);
}

const snakeCase = (key: string): string => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const codec = <T>(expected: string, read: (value: unknown) => T | typeof off): Codec<T> => ({
  expected,
  isNullable: false,
  read,
});

/** The same, where the column may be null. */
const orNull = <T>({ expected, read }: Codec<T>): Codec<T | null> => ({
  expected: `${expected} or null`,
  isNullable: true,
  read,
});

const text = codec("text", (value) => (typeof value === "string" ? value : off));
const int = codec("an integer", (value) => (Number.isSafeInteger(value) ? (value as number) : off));
const bigint = codec("a bigint", (value) => (typeof value === "string" && /^-?\d+$/.test(value) ? BigInt(value) : off));
const decimal = codec("a decimal", (value) => (typeof value === "string" && /^-?\d/.test(value) ? value : off));
const bool = codec("a boolean", (value) => (typeof value === "boolean" ? value : off));
const instant = codec("an instant", (value) => (value instanceof Date && !Number.isNaN(value.getTime()) ? value : off));
const day = codec("a day", (value) => (typeof value === "string" && /^\d{4,}-\d\d-\d\d$/.test(value) ? value : off));
const bytes = codec("bytes", (value) => (value instanceof Uint8Array ? value : off));

const id = <T extends string>(): Codec<T> => text as Codec<string> as Codec<T>;

/** Without a list the column's own check constraint is trusted. */
const oneOf = <const T extends string>(allowed?: readonly T[]): Codec<T> =>
  allowed === undefined
    ? id<T>()
    : codec(`one of ${allowed.join(", ")}`, (value) => (allowed.includes(value as T) ? (value as T) : off));

/** Trusts what is inside: we wrote it, and it was checked before. */
const json = <T>(): Codec<T> => codec("JSON", (value) => value as T);

/** Of text, unless another codec is named. */
const list = <T>(item: Codec<T> = text as Codec<unknown> as Codec<T>): Codec<T[]> =>
  codec(`a list, each ${item.expected}`, (value) => {
    if (!Array.isArray(value)) return off;
    const read: T[] = [];
    for (const each of value) {
      const one = each === null ? (item.isNullable ? (null as T) : off) : item.read(each);
      if (one === off) return off;
      read.push(one as T);
    }
    return read;
  });

/**
 * int8 arrives as text and stays text for ids (`id`) or becomes a BigInt (`bigint`); int2 and int4 are numbers (`int`), so cast a count:
 * `count(*)::int`. numeric stays text (`decimal`): it never passes through a float. A date is text, `2026-02-28` (`day`).
 */
export const col = {
  id,
  idOrNull: <T extends string>(): Codec<T | null> => orNull(id<T>()),
  ids: <T extends string>(): Codec<T[]> => list(id<T>()),
  text,
  textOrNull: orNull(text),
  oneOf,
  oneOfOrNull: <const T extends string>(allowed?: readonly T[]): Codec<T | null> => orNull(oneOf(allowed)),
  int,
  intOrNull: orNull(int),
  bigint,
  bigintOrNull: orNull(bigint),
  decimal,
  decimalOrNull: orNull(decimal),
  bool,
  boolOrNull: orNull(bool),
  instant,
  instantOrNull: orNull(instant),
  day,
  dayOrNull: orNull(day),
  bytes,
  bytesOrNull: orNull(bytes),
  json,
  jsonOrNull: <T>(): Codec<T | null> => orNull(json<T>()),
  list,
  listOrNull: <T>(item?: Codec<T>): Codec<T[] | null> => orNull(list(item)),
};
