import type { Tx } from "#store/db.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";

export interface User {
  id: string;
  name: string;
  email: string;
  hasSecondFactor: boolean;
  createdAt: Date;
}
const UserRow = row({
  id: col.text,
  name: col.text,
  email: col.text,
  hasSecondFactor: col.bool,
  createdAt: col.instant,
});

export const findUsers = (tx: Tx, ids: readonly string[]): Promise<User[]> =>
  tx.rows(
    UserRow,
    sql`
    select id::text, name, email, coalesce(two_factor_enabled, false) as has_second_factor, created_at
      from auth.app_user where id = any(${ids}::uuid[]) order by email`,
  );
export const findUserByEmail = (tx: Tx, email: string): Promise<User | undefined> =>
  tx.maybe(
    UserRow,
    sql`
    select id::text, name, email, coalesce(two_factor_enabled, false) as has_second_factor, created_at
      from auth.app_user where email = lower(${email})`,
  );
export const listUsers = (tx: Tx): Promise<User[]> =>
  tx.rows(
    UserRow,
    sql`
    select id::text, name, email, coalesce(two_factor_enabled, false) as has_second_factor, created_at
      from auth.app_user order by email`,
  );

export const renameUser = (tx: Tx, userId: string, name: string, now: Date): Promise<number> =>
  tx.run(sql`update auth.app_user set name = ${name}, updated_at = ${now} where id = ${userId}::uuid`);

export interface Session {
  id: string;
  createdAt: Date;
  expiresAt: Date;
  usedAt: Date;
  ipAddress: string | null;
  userAgent: string | null;
}
const SessionRow = row({
  id: col.text,
  createdAt: col.instant,
  expiresAt: col.instant,
  usedAt: col.instant,
  ipAddress: col.textOrNull,
  userAgent: col.textOrNull,
});

export const listSessions = (tx: Tx, userId: string, now: Date): Promise<Session[]> =>
  tx.rows(
    SessionRow,
    sql`
    select id::text, created_at, expires_at, updated_at as used_at, ip_address, user_agent
      from auth.session where user_id = ${userId}::uuid and expires_at > ${now} order by updated_at desc, id`,
  );
/** Ends one session of the user, or all but `but`. */
export const endSession = (tx: Tx, userId: string, id: string): Promise<number> =>
  tx.run(sql`delete from auth.session where user_id = ${userId}::uuid and id = ${id}::uuid`);
export const endSessions = (tx: Tx, userId: string, but: string | null): Promise<number> =>
  tx.run(
    sql`delete from auth.session where user_id = ${userId}::uuid and (${but}::uuid is null or id <> ${but}::uuid)`,
  );
export const markProved = (tx: Tx, sessionId: string, now: Date): Promise<number> =>
  tx.run(sql`update auth.session set proved_at = ${now} where id = ${sessionId}::uuid`);

/** False when this code of the second factor was used before. */
export const useCode = async (tx: Tx, userId: string, digest: string, now: Date): Promise<boolean> =>
  (await tx.run(
    sql`insert into auth.used_code (user_id, digest, used_at) values (${userId}::uuid, ${digest}, ${now}) on conflict do nothing`,
  )) === 1;

export const removeSecondFactor = async (tx: Tx, userId: string): Promise<void> => {
  await tx.run(sql`delete from auth.two_factor where user_id = ${userId}::uuid`);
  await tx.run(sql`update auth.app_user set two_factor_enabled = false where id = ${userId}::uuid`);
};

const KnownRow = row({ email: col.text });
/** Whose browser this is, where somebody signed in with it before. */
export const isKnownDevice = async (tx: Tx, email: string, digest: string): Promise<boolean> =>
  (await tx.maybe(
    KnownRow,
    sql`
    select u.email from auth.known_device d join auth.app_user u on u.id = d.user_id
     where u.email = lower(${email}) and d.digest = ${digest}`,
  )) !== undefined;
export const knowDevice = (tx: Tx, userId: string, digest: string, now: Date): Promise<number> =>
  tx.run(sql`
    insert into auth.known_device as d (user_id, digest, seen_at) values (${userId}::uuid, ${digest}, ${now})
    on conflict (user_id, digest) do update set seen_at = excluded.seen_at`);
/** After a new password no browser is trusted more than another. */
export const forgetDevices = (tx: Tx, userId: string): Promise<number> =>
  tx.run(sql`delete from auth.known_device where user_id = ${userId}::uuid`);
