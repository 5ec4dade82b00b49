import type { Tx } from "#store/db.ts";
import { sql } from "#store/sql.ts";

/** The newest link is the one that counts. */
export const keepSetUpLink = (tx: Tx, digest: string, expiresAt: Date): Promise<number> =>
  tx.run(sql`
    insert into auth.set_up as s (only_one, digest, expires_at, used_at) values (true, ${digest}, ${expiresAt}, null)
    on conflict (only_one) do update set digest = excluded.digest, expires_at = excluded.expires_at, used_at = null`);

/** True for one caller only, before the link's end. */
export const useSetUpLink = async (tx: Tx, digest: string, now: Date): Promise<boolean> =>
  (await tx.run(
    sql`update auth.set_up set used_at = ${now} where only_one and digest = ${digest} and used_at is null and expires_at > ${now}`,
  )) === 1;

/** What it was used for failed. */
export const giveSetUpLinkBack = (tx: Tx, digest: string): Promise<number> =>
  tx.run(sql`update auth.set_up set used_at = null where only_one and digest = ${digest}`);
