import { Client } from "pg";
import type { TestDatabase } from "./postgres.ts";

/**
 * Every row of every table of every schema, as text (bytes as hexadecimal digits and as text), in which one of these is found: as it is, in base64, or in
 * hexadecimal digits. Answers `schema.table: the text`. What a dump would hold.
 */
export async function everyText(database: TestDatabase, ...wanted: readonly string[]): Promise<string[]> {
  const client = new Client(database.config("postgres"));
  await client.connect();
  try {
    const tables = await client.query<{ name: string }>(
      "select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p', 'm') and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema' order by 1",
    );
    const spellings = wanted.flatMap((text) => [
      { text, spelt: text },
      { text, spelt: JSON.stringify(text).slice(1, -1) },
      { text, spelt: Buffer.from(text).toString("hex") },
      // Whatever stands before it in a longer base64 text, the middle is one of three.
      ...[0, 1, 2].map((offset) => ({
        text,
        spelt: Buffer.from(`${"x".repeat(offset)}${text}`)
          .toString("base64url")
          .slice(4, -4),
      })),
    ]);
    const found: string[] = [];
    for (const { name } of tables.rows) {
      const rows = await client.query<{ row: string }>(`select t::text as row from ${name} t`);
      const all = rows.rows
        .map(({ row }) => row)
        .join("\n")
        .replaceAll("+", "-")
        .replaceAll("/", "_");
      const plain = rows.rows.map(({ row }) => row).join("\n");
      for (const { text, spelt } of spellings)
        if (spelt.length >= 6 && (plain.includes(spelt) || all.includes(spelt))) found.push(`${name}: ${text}`);
    }
    return [...new Set(found)];
  } finally {
    await client.end();
  }
}
