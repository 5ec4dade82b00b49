import type { WorkspaceId } from "#domain/ids.ts";
import type { Db, Tx } from "#store/db.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { StoreError } from "#store/store-error.ts";
import { inWorkspace } from "#store/workspace-scope.ts";
import type { Keyring } from "./keyring.ts";
import { rewrapMessage } from "./messages.ts";
import { unseal } from "./seal.ts";
import type { SecretSubject } from "./secrets.ts";

const WorkspaceRow = row({ workspaceId: col.id<WorkspaceId>() });
const DataKeyRow = row({ no: col.int, kek: col.int, wrapped: col.text });

/** The engine's role counts, the vault's opens. */
export interface VaultDbs {
  engine: Db;
  vault: Db;
}

/**
 * VA-9. Wraps every data key by the newest master key. Nothing else is opened for it, nobody waits, and it may be repeated after any crash. Answers how many
 * were wrapped anew.
 */
export async function rewrapDataKeys({ engine, vault }: VaultDbs, keyring: Keyring): Promise<number> {
  keyring.forgetMasters();
  const { newest } = await keyring.masters();
  const workspaces = await engine.rows(
    WorkspaceRow,
    sql`select distinct workspace_id from vault.data_key where kek <> ${newest} order by workspace_id`,
  );
  let count = 0;
  for (const { workspaceId } of workspaces)
    count += await inWorkspace(vault, workspaceId, async (tx) => {
      const old = await tx.rows(
        DataKeyRow,
        sql`
        select no, kek, wrapped from vault.data_key
         where workspace_id = ${workspaceId}::bigint and kek <> ${newest} order by no for update`,
      );
      for (const dataKey of old) {
        const { kek, wrapped } = await keyring.rewrapped(workspaceId, dataKey);
        await tx.run(sql`
          update vault.data_key set kek = ${kek}, wrapped = ${wrapped}
           where workspace_id = ${workspaceId}::bigint and no = ${dataKey.no}`);
      }
      return old.length;
    });
  return count;
}

const SecretRow = row({
  subject: col.oneOf<SecretSubject>(),
  subjectId: col.text,
  name: col.text,
  dek: col.int,
  sealed: col.text,
});
const NoRow = row({ no: col.intOrNull });

export interface DataRotation {
  /** Number of the new data key. */
  dek: number;
  resealed: number;
  /** Data keys that are gone, because nothing was sealed with them any more. */
  removed: number;
}

/**
 * VA-10. A new data key for a workspace: what is written from now on is sealed with it, what was written before is sealed anew batch by batch, and both can be
 * read meanwhile. An old key goes when nothing is sealed with it; the foreign key sees to that. Repeated after a crash it goes on where it stood.
 */
export async function rotateDataKey(
  { engine, vault }: VaultDbs,
  keyring: Keyring,
  workspaceId: WorkspaceId,
): Promise<DataRotation> {
  const dek = await inWorkspace(vault, workspaceId, async (tx) => {
    const { no } = await tx.one(
      NoRow,
      sql`select max(no) as no from vault.data_key where workspace_id = ${workspaceId}::bigint`,
    );
    const next = (no ?? 0) + 1;
    await keyring.add(tx, workspaceId, next);
    return next;
  });
  keyring.forgetDataKeys(); // what this process seals from now on is sealed with the new one
  let resealed = 0;
  for (let moved = 1; moved > 0; resealed += moved)
    moved = await inWorkspace(vault, workspaceId, (tx) => resealSome(tx, keyring, workspaceId, dek));
  for (let after: string | null = "0"; after !== null;) {
    const page: { moved: number; last: string | null } = await engine.tx((tx) =>
      rewrapSome(tx, keyring, { workspaceId, dek, after: after! }),
    );
    resealed += page.moved;
    after = page.last;
  }
  const { no: oldest } = await engine.one(
    NoRow,
    sql`select min(dek) as no from inbox where workspace_id = ${workspaceId}::bigint and dek is not null`,
  );
  // What a writer sealed meanwhile with the key it had just read keeps that key.
  const removed = await inWorkspace(vault, workspaceId, (tx) =>
    tx.run(sql`
      delete from vault.data_key k
       where k.workspace_id = ${workspaceId}::bigint and k.no < ${Math.min(dek, oldest ?? dek)}
         and not exists (select from vault.secret s where s.workspace_id = ${workspaceId}::bigint and s.dek = k.no)`),
  );
  return { dek, resealed, removed };
}

async function resealSome(tx: Tx, keyring: Keyring, workspaceId: WorkspaceId, dek: number): Promise<number> {
  const rows = await tx.rows(
    SecretRow,
    sql`
    select subject, subject_id, name, dek, sealed from vault.secret
     where workspace_id = ${workspaceId}::bigint and dek < ${dek}
     order by subject, subject_id, name limit 100 for update`,
  );
  if (rows.length === 0) return 0;
  const key = await keyring.byNumber(tx, workspaceId, dek);
  const sealed: string[] = [];
  for (const { subject, subjectId, name, dek: old, sealed: before } of rows) {
    const at = { workspaceId, table: subject, row: subjectId, column: name };
    const text = unseal(await keyring.byNumber(tx, workspaceId, old), before, at);
    sealed.push(keyring.seal(key, text, at));
  }
  return tx.run(sql`
    update vault.secret v set dek = ${dek}, sealed = s.sealed
      from unnest(${rows.map((each) => each.subject)}::text[], ${rows.map((each) => each.subjectId)}::bigint[], ${rows.map((each) => each.name)}::text[], ${sealed}::text[]) as s(subject, subject_id, name, sealed)
     where v.workspace_id = ${workspaceId}::bigint and v.subject = s.subject and v.subject_id = s.subject_id and v.name = s.name`);
}

const MessageRow = row({ id: col.text, rawKey: col.text, dek: col.int });

/** Messages keep their own keys; those are wrapped anew. */
async function rewrapSome(
  tx: Tx,
  keyring: Keyring,
  { workspaceId, dek, after }: { workspaceId: WorkspaceId; dek: number; after: string },
): Promise<{ moved: number; last: string | null }> {
  const rows = await tx.rows(
    MessageRow,
    sql`
    select id, raw_key, dek from inbox
     where workspace_id = ${workspaceId}::bigint and id > ${after}::bigint and dek < ${dek} and raw_key is not null
     order by id limit 500 for update`,
  );
  const last = rows.at(-1);
  if (last === undefined) return { moved: 0, last: null };
  const to = await keyring.byNumber(tx, workspaceId, dek);
  const keys: string[] = [];
  for (const { id, rawKey, dek: old } of rows)
    keys.push(
      rewrapMessage(keyring, { from: await keyring.byNumber(tx, workspaceId, old), to }, workspaceId, { id, rawKey }),
    );
  const moved = await tx.run(sql`
    update inbox i set dek = ${dek}, raw_key = s.raw_key
      from unnest(${rows.map((each) => each.id)}::bigint[], ${keys}::text[]) as s(id, raw_key)
     where i.workspace_id = ${workspaceId}::bigint and i.id = s.id`);
  return { moved, last: last.id };
}

export interface VaultStatus {
  secrets: number;
  dataKeys: number;
  workspaces: number;
  /** Versions of the master key that something is wrapped by. */
  inUse: number[];
}
const VaultRow = row({ secrets: col.int, dataKeys: col.int, workspaces: col.int, inUse: col.list(col.int) });
export const readVaultStatus = (tx: Tx): Promise<VaultStatus> =>
  tx.one(
    VaultRow,
    sql`
    select (select count(*)::integer from vault.secret) as secrets, count(*)::integer as data_keys,
           count(distinct workspace_id)::integer as workspaces,
           coalesce(array_agg(distinct kek order by kek), '{}') as in_use
      from vault.data_key`,
  );

/** VA-11. What is wrong with the master key, tried on every workspace's newest data key; null: nothing. `tx` is the engine's. */
export async function keyringWorks(tx: Tx, keyring: Keyring): Promise<StoreError | null> {
  try {
    await tryDataKeys(tx, keyring);
    return null;
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
}

/** Throws what is wrong with the master key. */
export async function tryDataKeys(tx: Tx, keyring: Keyring): Promise<void> {
  const workspaces = await tx.rows(
    WorkspaceRow,
    sql`select distinct workspace_id from vault.data_key order by workspace_id`,
  );
  for (const { workspaceId } of workspaces) await keyring.newest(tx, workspaceId);
}
