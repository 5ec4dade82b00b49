import { createHash } from "node:crypto";

/** A statement: its text with $1, $2 … and their values. */
export interface Sql {
  readonly text: string;
  readonly values: readonly unknown[];
}

/**
 * Writes SQL with values in place: sql`select … where id = ${id}`. A value becomes a parameter and never text; another sql`…` is set in as it
 * is. There is no way to put a name or a keyword in: statements are written out, which is what makes them readable and plannable.
 */
export function sql(strings: TemplateStringsArray, ...values: readonly unknown[]): Sql {
  return new Fragment(strings, values);
}

class Fragment implements Sql {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly #strings: readonly string[];
  readonly #parts: readonly unknown[];

  constructor(strings: readonly string[], parts: readonly unknown[]) {
    this.#strings = strings;
    this.#parts = parts;
    const values: unknown[] = [];
    this.text = this.#write(values);
    this.values = values;
  }

  /** Numbers the parameters after those that are in `values` already. */
  #write(values: unknown[]): string {
    let text = this.#strings[0] ?? "";
    this.#parts.forEach((part, index) => {
      if (part instanceof Fragment) text += part.#write(values);
      else text += `$${values.push(part)}`;
      text += this.#strings[index + 1] ?? "";
    });
    return text;
  }
}

/** The columns that a row shape reads, of the table or alias `of`. Names come from the source, never from a value. */
export function columnsOf({ columns }: { columns: readonly string[] }, of: string): Sql {
  const text = columns.map((column) => `${of}.${column}`).join(", ");
  return new Fragment([text], []);
}

const names = new Map<string, string>();

/** The name under which a text is prepared: the same in every process. Texts are written in the source, so there are few of them. */
export function nameOf(text: string): string {
  let name = names.get(text);
  if (name === undefined) {
    name = createHash("sha256").update(text).digest("base64url").slice(0, 22);
    names.set(text, name);
  }
  return name;
}

/**
 * A value as it travels. Instants go as UTC whatever the machine's zone is, an array becomes a PostgreSQL array, any other object JSON.
 * `undefined` is refused: it is a misspelt property more often than a wish for null.
 */
export function encode(value: unknown): unknown {
  if (value === null || value instanceof Uint8Array) return value;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return arrayLiteral(value);
  if (typeof value === "object") return JSON.stringify(value);
  throw new TypeError(
    `A value of type ${typeof value} cannot be sent to the database; use null where nothing is meant.`,
  );
}

function arrayLiteral(items: readonly unknown[]): string {
  let text = "{";
  for (let index = 0; index < items.length; index += 1)
    text += index === 0 ? element(items[index]) : `,${element(items[index])}`;
  return `${text}}`;
}

function element(item: unknown): string {
  if (item === null) return "NULL";
  if (typeof item === "string") return quoted(item);
  if (Array.isArray(item)) return arrayLiteral(item);
  if (item instanceof Uint8Array) return `"\\\\x${Buffer.from(item).toString("hex")}"`;
  const encoded = encode(item);
  return typeof encoded === "string" ? quoted(encoded) : String(encoded);
}

/** A text as it stands inside an array. Most have nothing to escape; JSON is full of quotes and has hardly ever a backslash. */
export function quoted(text: string): string {
  const escaped = text.includes("\\") ? text.replaceAll("\\", "\\\\") : text;
  return escaped.includes('"') ? `"${escaped.replaceAll('"', '\\"')}"` : `"${escaped}"`;
}
