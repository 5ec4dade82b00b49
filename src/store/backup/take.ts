import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { Client, type ClientConfig, escapeIdentifier } from "pg";
import { copyOut } from "./copy.ts";
import { digestOf, manifestName, type BackupFile, type BackupTable, type Manifest } from "./manifest.ts";

/** The schemas whose tables are ours. */
export const schemas = ["public", "auth", "vault"] as const;

/** The same text for the same value on every server. */
export const plainText = `set local timezone = 'UTC'; set local datestyle = 'ISO'; set local intervalstyle = 'postgres';
  set local bytea_output = 'hex'; set local extra_float_digits = 1; set local client_encoding = 'UTF8';
  set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0; set local row_security = off`;

export interface TakeOptions {
  /** A login that may take on the product's roles. */
  database: ClientConfig;
  /** Becomes the backup; must not be there yet. */
  folder: string;
  /** A folder that is taken along as it lies there; null: none. */
  sandbox: string | null;
}

/**
 * BK-1. Writes everything that is in the database into a folder, all of one moment: one repeatable-read snapshot, one compressed file a table. Readers and
 * writers go on meanwhile. The folder gets its name when it is complete and on the disk.
 */
export async function takeBackup({ database, folder, sandbox }: TakeOptions): Promise<Manifest> {
  const unfinished = join(dirname(folder), `.${basename(folder)}.unfinished`);
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(join(unfinished, "tables"), { recursive: true, mode: 0o700 });
  const client = new Client({ ...database, application_name: "switchyard backup" });
  client.on("error", () => {}); // the statement that is under way reports it
  try {
    await client.connect();
    const taken = await readDatabase(client, unfinished);
    const files = sandbox === null ? [] : await takeFolder(sandbox, unfinished);
    const manifest: Manifest = { format: 1, ...taken, files };
    await writeWhole(join(unfinished, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
    await syncFolder(unfinished);
    await rename(unfinished, folder);
    await syncFolder(dirname(folder));
    return manifest;
  } finally {
    await client.end().catch(() => {});
    await rm(unfinished, { recursive: true, force: true });
  }
}

interface TableRow {
  schema: string;
  name: string;
  columns: string[];
  reader: "switchyard_engine" | "switchyard_auth" | null;
}

async function readDatabase(client: Client, folder: string): Promise<Omit<Manifest, "format" | "files">> {
  await client.query("begin transaction isolation level repeatable read read only");
  await client.query(plainText);
  const as = (role: string): Promise<unknown> => client.query(`set local role ${role}`);

  await as("switchyard_owner");
  const { rows: migrations } = await client.query<{ name: string; sha256: string }>(
    "select name, sha256 from public.schema_migration order by number",
  );
  const { rows: tables } = await client.query<TableRow>(tablesOfOurs, [schemas]);
  await as("switchyard_engine");
  const { rows: facts } = await client.query<{ at: Date; version: string; installation: string | null }>(
    "select transaction_timestamp() as at, current_setting('server_version') as version, (select id from public.installation) as installation",
  );
  const { rows: workspaces } = await client.query<{ id: string }>(
    "select id::text as id from public.workspace order by id",
  );

  const taken: BackupTable[] = [];
  for (const table of tables) {
    const { schema, name, columns, reader } = table;
    const file = join("tables", `${schema}.${name}.copy.gz`);
    const text = `copy (select ${columns.map(escapeIdentifier).join(", ")} from ${tableName(table)}) to stdout`;
    const rows = await writeZipped(join(folder, file), async (sink) => {
      if (reader !== null) {
        await as(reader);
        return copyOut(client, text, sink);
      }
      // Nobody but the vault reads it, and only one workspace at a time; row security stays on for exactly that.
      let sum = 0;
      await as("switchyard_vault");
      await client.query("set local row_security = on");
      for (const { id } of workspaces) {
        await client.query("select public.use_workspace($1)", [id]);
        sum += await copyOut(client, text, sink);
      }
      await client.query("set local row_security = off");
      return sum;
    });
    taken.push({ schema, name, columns, rows, file, ...(await digestOf(join(folder, file))) });
  }

  await as("switchyard_owner");
  // They count on whatever becomes of a transaction: read last, no number that is in the rows is above them.
  const { rows: sequences } = await client.query<{ schema: string; name: string; value: string }>(
    "select schemaname as schema, sequencename as name, coalesce(last_value, start_value)::text as value from pg_sequences where schemaname = any($1) order by 1, 2",
    [schemas],
  );
  await client.query("commit");
  const [fact] = facts;
  return {
    takenAt: fact!.at.toISOString(),
    installation: fact!.installation,
    postgres: fact!.version,
    migrations,
    tables: taken,
    sequences,
  };
}

/** Each table of ours and who may read all of it. How the schema came about is said by the code, not by the rows. */
const tablesOfOurs = `
  select n.nspname::text as schema, c.relname::text as name,
         array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum) as columns,
         case when has_schema_privilege('switchyard_engine', n.oid, 'usage') and has_table_privilege('switchyard_engine', c.oid, 'select') then 'switchyard_engine'
              when has_schema_privilege('switchyard_auth', n.oid, 'usage') and has_table_privilege('switchyard_auth', c.oid, 'select') and not c.relrowsecurity then 'switchyard_auth' end as reader
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where n.nspname = any($1) and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> 'schema_migration'
     and pg_get_userbyid(c.relowner) = 'switchyard_owner'
   order by 1, 2`;

export const tableName = ({ schema, name }: { schema: string; name: string }): string =>
  `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`;

/** Gives `fill` where to write; when it is done the file is complete and on the disk. */
async function writeZipped<T>(path: string, fill: (sink: PassThrough) => Promise<T>): Promise<T> {
  const sink = new PassThrough();
  const file = createWriteStream(path, { flags: "wx", mode: 0o600, flush: true });
  const written = pipeline(sink, createGzip({ level: 3 }), file);
  written.catch(() => {}); // awaited below; whoever fills learns of it by the closed sink
  const filled = await fill(sink).catch(async (error: unknown) => {
    sink.destroy();
    await written.catch(() => {}); // what stopped it is the error
    throw error;
  });
  sink.end();
  await written;
  return filled;
}

/** Files that are only ever added to: what is there is taken, what comes later is not. */
async function takeFolder(from: string, folder: string): Promise<BackupFile[]> {
  const names = (await readdir(from, { withFileTypes: true }).catch(() => []))
    .filter((each) => each.isFile() && each.name.endsWith(".jsonl"))
    .map((each) => each.name);
  if (names.length === 0) return [];
  await mkdir(join(folder, "sandbox"), { mode: 0o700 });
  const taken: BackupFile[] = [];
  for (const name of names.sort()) {
    const file = join("sandbox", `${name}.gz`);
    const { size } = await stat(join(from, name));
    const source = size === 0 ? [] : createReadStream(join(from, name), { end: size - 1 });
    await writeZipped(join(folder, file), (sink) => pipeline(source, sink, { end: false }));
    taken.push({ file, ...(await digestOf(join(folder, file))) });
  }
  return taken;
}

async function writeWhole(path: string, text: string): Promise<void> {
  await using file = await open(path, "wx", 0o600);
  await file.writeFile(text);
  await file.sync();
}

async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, "r");
  await folder.sync();
}
