import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Db, Tx } from "#store/db.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { StoreError } from "#store/store-error.ts";

export const migrationsFolder = join(import.meta.dirname, "migrations");

export interface MigrateOptions {
  now: Date;
  folder?: string;
  /** Only so many, from the first: the schema that a backup was taken of. */
  upTo?: number;
}

/**
 * Brings the database to the newest schema and answers which migrations that took. `db` is the owner's. Forward only; each migration is a
 * transaction of its own under one advisory lock, so any number of processes may call this at the same moment: they take turns.
 * Refuses a database whose history is not the beginning of ours.
 */
export async function migrate(db: Db, { now, folder = migrationsFolder, upTo }: MigrateOptions): Promise<string[]> {
  const known = (await readMigrations(folder)).slice(0, upTo);
  const applied: string[] = [];
  for (;;) {
    const name = await db.tx((tx) => applyNext(tx, known, now));
    if (name === undefined) return applied;
    applied.push(name);
  }
}

interface Migration {
  number: number;
  name: string;
  text: string;
  sha256: string;
}

/** The migrations of the code, in their order. */
export async function readMigrations(folder = migrationsFolder): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql")).sort();
  return Promise.all(
    names.map(async (name, index) => {
      const number = Number(/^(\d{4})_[a-z0-9_]+\.sql$/.exec(name)?.[1]);
      if (number !== index + 1) {
        throw new Error(
          `${name}: migrations are named 0001_what_it_does.sql and numbered without a gap; this is number ${index + 1}.`,
        );
      }
      const text = await readFile(join(folder, name), "utf8");
      return { number, name, text, sha256: createHash("sha256").update(text).digest("hex") };
    }),
  );
}

const lockNumber = 7_309_453_817; // any number, the same in every version of the product
const AppliedRow = row({ number: col.int, name: col.text, sha256: col.text });

async function applyNext(tx: Tx, known: readonly Migration[], now: Date): Promise<string | undefined> {
  await tx.run(sql`select pg_advisory_xact_lock(${lockNumber})`);
  await tx.run(sql`
    create table if not exists schema_migration (
      number integer primary key,
      name text not null,
      sha256 text not null,
      applied_at timestamptz not null
    )`);
  const applied = await tx.rows(AppliedRow, sql`select number, name, sha256 from schema_migration order by number`);
  for (const [index, { name, sha256 }] of applied.entries()) refuseOtherHistory({ name, sha256 }, known[index]);

  const next = known[applied.length];
  if (next === undefined) return undefined;
  await tx.script(next.text).catch((error: unknown) => {
    throw new StoreError(
      "migration_failed",
      `The migration ${next.name} failed and changed nothing: ${error instanceof Error ? error.message : String(error)}.`,
      "Go back to the version that ran before; its schema is untouched. Please report this.",
      error,
    );
  });
  await tx.run(sql`
    insert into schema_migration (number, name, sha256, applied_at)
    values (${next.number}, ${next.name}, ${next.sha256}, ${now})`);
  return next.name;
}

/** Refuses a history that is not the beginning of ours. */
export async function refuseOtherMigrations(applied: readonly { name: string; sha256: string }[]): Promise<void> {
  const known = await readMigrations();
  for (const [index, each] of applied.entries()) refuseOtherHistory(each, known[index]);
}

function refuseOtherHistory(applied: { name: string; sha256: string }, known: Migration | undefined): void {
  if (known === undefined) {
    throw new StoreError(
      "database_newer_than_code",
      `The database was migrated by a newer switchyard (${applied.name}), which this version does not know.`,
      "Start the newer version again. Migrations go forward only.",
    );
  }
  if (known.name !== applied.name) {
    throw new StoreError(
      "migration_out_of_order",
      `The database has the migration ${applied.name} where this version has ${known.name}.`,
      "This database belongs to another line of switchyard's history. Use the version that made it.",
    );
  }
  if (known.sha256 !== applied.sha256) {
    throw new StoreError(
      "migration_changed",
      `The migration ${known.name} is not the one that this database was made with: its text has changed since.`,
      "Restore the file as it was released. A change to the schema is a new migration.",
    );
  }
}
