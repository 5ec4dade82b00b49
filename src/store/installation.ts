import type { Tx } from "./db.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";

/** What this database says about whose it is. */
export interface Installation {
  /** Names it to suppliers for ever. */
  id: string;
  tokenDigest: string;
  home: string;
  /** Why nothing is bought, written back or mailed; null: everything is. */
  safeModeReason: string | null;
  startedAt: Date;
  heartbeatAt: Date;
}
const InstallationRow = row({
  id: col.text,
  tokenDigest: col.text,
  home: col.text,
  safeModeReason: col.textOrNull,
  startedAt: col.instant,
  heartbeatAt: col.instant,
});

/** Undefined until the first start. */
export const findInstallation = (tx: Tx): Promise<Installation | undefined> =>
  tx.maybe(
    InstallationRow,
    sql`select id, token_digest, home, safe_mode_reason, started_at, heartbeat_at from installation`,
  );

/** Makes the installation's only row; answers false where it is there. */
export const insertInstallation = async (tx: Tx, installation: Installation): Promise<boolean> =>
  (await tx.run(sql`
    insert into installation (only_one, id, token_digest, home, safe_mode_reason, started_at, heartbeat_at)
    values (true, ${installation.id}, ${installation.tokenDigest}, ${installation.home}, ${installation.safeModeReason}, ${installation.startedAt}, ${installation.heartbeatAt})
    on conflict (only_one) do nothing`)) === 1;

/** This place is home from now on: whoever has the old token may no longer buy. */
export const moveHome = (tx: Tx, home: Pick<Installation, "tokenDigest" | "home">): Promise<number> =>
  tx.run(sql`update installation set token_digest = ${home.tokenDigest}, home = ${home.home}, safe_mode_reason = null`);

export const enterSafeMode = (tx: Tx, reason: string): Promise<number> =>
  tx.run(sql`update installation set safe_mode_reason = ${reason} where safe_mode_reason is distinct from ${reason}`);
