import { createReadStream } from "node:fs";
import { join } from "node:path";
import { createGunzip } from "node:zlib";
import { Client, type ClientConfig, escapeIdentifier } from "pg";
import { openDb } from "#store/db.ts";
import { migrate, refuseOtherMigrations } from "#store/migrate.ts";
import { StoreError } from "#store/store-error.ts";
import { copyIn } from "./copy.ts";
import type { BackupTable, Manifest } from "./manifest.ts";
import { plainText, schemas, tableName } from "./take.ts";

export interface LoadOptions {
  /** The owner of the tables. */
  owner: ClientConfig;
  folder: string;
  manifest: Manifest;
  now: Date;
  onTable?: (rows: number, name: string) => void;
}

/**
 * BK-4. Puts a backup into a database that holds nothing yet: the schema it was taken of, its rows in one transaction, then the newest schema. What it
 * holds then is in safe mode and says of when it is.
 */
export async function loadBackup({ owner, folder, manifest, now, onTable = () => {} }: LoadOptions): Promise<void> {
  await refuseOtherMigrations(manifest.migrations);
  const db = openDb(owner, { max: 1 });
  try {
    await migrate(db, { now, upTo: manifest.migrations.length });
    const client = new Client({ ...owner, application_name: "switchyard restore" });
    client.on("error", () => {}); // the statement that is under way reports it
    await client.connect();
    try {
      await fill(client, folder, manifest, onTable);
    } finally {
      await client.end();
    }
    await migrate(db, { now });
  } finally {
    await db.end();
  }
}

async function fill(
  client: Client,
  folder: string,
  manifest: Manifest,
  onTable: (rows: number, name: string) => void,
): Promise<void> {
  await client.query("begin");
  await client.query(plainText);
  const { rows: existing } = await client.query<{ schema: string; name: string; forced: boolean }>(
    `select n.nspname::text as schema, c.relname::text as name, c.relforcerowsecurity as forced
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = any($1) and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> 'schema_migration'
        and pg_get_userbyid(c.relowner) = 'switchyard_owner'`,
    [schemas],
  );
  refuseOtherTables(existing, manifest);
  // The owner is under row-level security like everybody; only who may take that away may fill tables as a whole. Nobody sees it: it is this transaction's.
  const forced = existing.filter((each) => each.forced);
  for (const each of forced) await client.query(`alter table ${tableName(each)} no force row level security`);
  await refuseLiving(client);
  await client.query(`truncate ${existing.map(tableName).join(", ")}`);
  for (const table of await inOrderOfReferences(client, manifest.tables)) {
    const source = createReadStream(join(folder, table.file)).pipe(createGunzip());
    const text = `copy ${tableName(table)} (${table.columns.map(escapeIdentifier).join(", ")}) from stdin`;
    const rows = await copyIn(client, text, source as AsyncIterable<Uint8Array>);
    if (rows !== table.rows)
      throw new Error(`${table.file} brought ${rows} rows of ${table.rows} into ${table.schema}.${table.name}.`);
    onTable(rows, `${table.schema}.${table.name}`);
  }
  // What was drawn after the backup lives on outside: in journals, files and answers. It is not drawn again for something else.
  for (const { schema, name, value } of manifest.sequences)
    await client.query("select setval($1::regclass, $2::bigint + $3::bigint)", [
      tableName({ schema, name }),
      value,
      leap,
    ]);
  await client.query("update installation set safe_mode_reason = $1, heartbeat_at = $2", [
    `restored from the backup of ${manifest.takenAt}`,
    manifest.takenAt,
  ]);
  // Nobody of those works here, and a session that ended after the backup does not come back.
  await client.query("truncate worker, auth.session, auth.verification");
  for (const each of forced) await client.query(`alter table ${tableName(each)} force row level security`);
  await client.query("commit");
  await client.query("analyze");
}

/** What others refer to comes before them. */
async function inOrderOfReferences(client: Client, tables: readonly BackupTable[]): Promise<BackupTable[]> {
  const { rows } = await client.query<{ of: string; to: string }>(
    `select format('%I.%I', n.nspname, c.relname) as of, format('%I.%I', m.nspname, d.relname) as to
       from pg_constraint k
       join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
       join pg_class d on d.oid = k.confrelid join pg_namespace m on m.oid = d.relnamespace
      where k.contype = 'f' and k.conrelid <> k.confrelid`,
  );
  const waiting = new Map(tables.map((each) => [unquotedName(each), each]));
  const ordered: BackupTable[] = [];
  while (waiting.size > 0) {
    const free = [...waiting].filter(([name]) => !rows.some((each) => each.of === name && waiting.has(each.to)));
    if (free.length === 0)
      throw new Error(`Tables that refer to each other in a circle: ${[...waiting.keys()].join()}.`);
    for (const [name, table] of free) {
      ordered.push(table);
      waiting.delete(name);
    }
  }
  return ordered;
}
/** Ours need no quotes. */
const unquotedName = ({ schema, name }: BackupTable): string => `${schema}.${name}`;

const leap = 1_000_000_000;

function refuseOtherTables(existing: readonly { schema: string; name: string }[], manifest: Manifest): void {
  const here = existing.map(tableName).sort().join();
  const there = manifest.tables.map(tableName).sort().join();
  if (here === there) return;
  throw new StoreError("backup_damaged", "The backup does not hold the tables of its schema.", "Take another backup.");
}

async function refuseLiving(client: Client): Promise<void> {
  const { rows } = await client.query<{ lives: boolean }>(
    "select exists (select from installation) or exists (select from workspace) as lives",
  );
  if (rows[0]?.lives !== true) return;
  throw new StoreError(
    "database_not_empty",
    "The database has an installation in it already; a restore does not write over it.",
    "Name an empty database, and keep this one until you are sure that you no longer need it.",
  );
}
