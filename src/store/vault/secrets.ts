import type { WorkspaceId } from "#domain/ids.ts";
import { Secret, type Secrets } from "#domain/secret.ts";
import type { Db, Tx } from "#store/db.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import type { Keyring } from "./keyring.ts";
import { unseal, type Place } from "./seal.ts";

/** What secrets belong to: how a channel is reached, all accounts of a supplier, or one of them. */
export type SecretSubject = "connection" | "supplier" | "account" | "webhook_endpoint" | "channel_hook";
export interface SecretOwner {
  workspaceId: WorkspaceId;
  subject: SecretSubject;
  id: string;
}
const place = ({ workspaceId, subject, id }: SecretOwner, name: string): Place => ({
  workspaceId,
  table: subject,
  row: id,
  column: name,
});

/**
 * VA-6. Seals secrets and stores them, new ones and in place of old ones. Whoever writes need not be able to read: the statements ask for nothing that was
 * sealed.
 */
export async function putSecrets(
  tx: Tx,
  keyring: Keyring,
  owner: SecretOwner,
  secrets: Secrets,
  by: { actor: string; at: Date },
): Promise<void> {
  const entries = Object.entries(secrets).sort(([a], [b]) => (a < b ? -1 : 1)); // rows are locked in this order
  if (entries.length === 0) return;
  const { workspaceId, subject, id } = owner;
  const key = await keyring.newest(tx, workspaceId);
  const names = entries.map(([name]) => name);
  const sealed = entries.map(([name, secret]) => keyring.seal(key, secret.reveal(), place(owner, name)));
  const given = sql`unnest(${names}::text[], ${sealed}::text[]) as s(name, sealed)`;
  await tx.run(sql`
    insert into vault.secret (workspace_id, subject, subject_id, name, dek, sealed, set_at, set_by)
    select ${workspaceId}::bigint, ${subject}, ${id}::bigint, s.name, ${key.dek}, s.sealed, ${by.at}, ${by.actor} from ${given}
    on conflict (workspace_id, subject, subject_id, name) do nothing`);
  // An upsert would have to be allowed to read what it replaces.
  await tx.run(sql`
    update vault.secret v set dek = ${key.dek}, sealed = s.sealed, set_at = ${by.at}, set_by = ${by.actor}
      from ${given}
     where v.workspace_id = ${workspaceId}::bigint and v.subject = ${subject} and v.subject_id = ${id}::bigint and v.name = s.name`);
}

export const forgetSecrets = (
  tx: Tx,
  { workspaceId, subject, id }: SecretOwner,
  names: readonly string[],
): Promise<number> =>
  tx.run(sql`
    delete from vault.secret
     where workspace_id = ${workspaceId}::bigint and subject = ${subject} and subject_id = ${id}::bigint and name = any(${names}::text[])`);

/** All that anybody is told about a secret. */
export interface SecretStatus {
  name: string;
  setAt: Date;
  setBy: string;
  lastUsedAt: Date | null;
  lastUsedFor: string | null;
}
const StatusRow = row({
  name: col.text,
  setAt: col.instant,
  setBy: col.text,
  lastUsedAt: col.instantOrNull,
  lastUsedFor: col.textOrNull,
});

/** VA-7. Which secrets are set, by name, and when they were last used for what; never what they are. */
export const readSecretStatus = (tx: Tx, { workspaceId, subject, id }: SecretOwner): Promise<SecretStatus[]> =>
  tx.rows(
    StatusRow,
    sql`
    select s.name, s.set_at, s.set_by, u.last_at as last_used_at, u.purpose as last_used_for
      from vault.secret s
      left join lateral (
        select u.last_at, u.purpose from vault.secret_use u
         where u.workspace_id = s.workspace_id and u.subject = s.subject and u.subject_id = s.subject_id
         order by u.hour desc, u.last_at desc, u.actor, u.purpose limit 1
      ) u on true
     where s.workspace_id = ${workspaceId}::bigint and s.subject = ${subject} and s.subject_id = ${id}::bigint
     order by s.name`,
  );

/** Opens secrets directly before their use. Only the gate and the workers' channel connectors have one. */
export interface SecretReader {
  /** Of all these together; where two have the same name, that of the later owner. Each opening is recorded with `purpose`. */
  open(owners: readonly SecretOwner[], purpose: string): Promise<Secrets>;
}

const SealedRow = row({
  subject: col.oneOf<SecretSubject>(),
  id: col.text,
  name: col.text,
  dek: col.int,
  sealed: col.text,
  kek: col.int,
  wrapped: col.text,
});

/**
 * VA-8. Reads by the vault's own role, the only one that may. What is opened is recorded in the same statement (who, which, for what, how often in this hour),
 * so that nothing is opened in silence.
 */
export function openSecretReader({
  db,
  keyring,
  actor,
  now,
}: {
  /** The vault role's. */
  db: Db;
  keyring: Keyring;
  actor: string;
  now(): Date;
}): SecretReader {
  return {
    async open(owners, purpose) {
      const [first] = owners;
      if (first === undefined) return {};
      const { workspaceId } = first;
      const at = now();
      const hour = new Date(Math.floor(at.getTime() / 3_600_000) * 3_600_000);
      return db.tx(async (tx) => {
        // Sent in one go: the workspace is named before the second is read.
        const [, rows] = await Promise.all([
          tx.run(sql`select use_workspace(${workspaceId})`),
          tx.rows(
            SealedRow,
            sql`
        with asked as (
          select s.workspace_id, s.subject, s.subject_id, s.name, s.dek, s.sealed
            from unnest(${owners.map((each) => each.subject)}::text[], ${owners.map((each) => each.id)}::bigint[]) as o(subject, id)
            join vault.secret s on s.workspace_id = ${workspaceId}::bigint and s.subject = o.subject and s.subject_id = o.id
        ), used as (
          insert into vault.secret_use (workspace_id, subject, subject_id, hour, actor, purpose, uses, first_at, last_at)
          select distinct a.workspace_id, a.subject, a.subject_id, ${hour}::timestamptz, ${actor}, ${purpose}, 1, ${at}::timestamptz, ${at}::timestamptz
            from asked a order by 2, 3
          on conflict (workspace_id, subject, subject_id, hour, actor, purpose)
          do update set uses = secret_use.uses + 1, last_at = greatest(secret_use.last_at, excluded.last_at)
        )
        select a.subject, a.subject_id as id, a.name, a.dek, a.sealed, k.kek, k.wrapped
          from asked a join vault.data_key k on k.workspace_id = a.workspace_id and k.no = a.dek order by a.subject, a.subject_id, a.name`,
          ),
        ]);
        const opened: Record<string, Secret> = {};
        for (const owner of owners)
          for (const { subject, id, name, dek, sealed, kek, wrapped } of rows) {
            if (subject !== owner.subject || id !== owner.id) continue;
            const key = await keyring.opened(workspaceId, { no: dek, kek, wrapped });
            opened[name] = new Secret(unseal(key, sealed, place(owner, name)).toString("utf8"));
          }
        return opened;
      });
    },
  };
}

/** Where there is no vault: a test, a benchmark, a pretend world whose tokens are no secrets. */
export const noSecretReader: SecretReader = { open: async () => ({}) };
