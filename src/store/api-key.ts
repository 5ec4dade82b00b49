import { createHash, timingSafeEqual } from "node:crypto";
import type { Random } from "#domain/clock.ts";
import type { WorkspaceId } from "#domain/ids.ts";
import type { Tx } from "./db.ts";
import type { IdAllocator } from "./ids.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";

export const roles = ["owner", "admin", "staff", "viewer", "operator", "prep", "supplier"] as const;
export type Role = (typeof roles)[number];

export interface NewApiKey {
  workspaceId: WorkspaceId;
  role: Role;
  /** What people call it: "warehouse script". */
  name: string;
  now: Date;
  expiresAt?: Date | null;
}

/**
 * AK-1. Makes a key `swk_<prefix>_<secret>` and keeps only its prefix and the digest of its secret (256 random bits, so a plain SHA-256 is enough).
 * The answer is the only time that the whole key is seen. `tx` is the engine's: the API's own role cannot read keys.
 */
export async function createApiKey(
  tx: Tx,
  ids: IdAllocator,
  random: Random,
  { workspaceId, role, name, now, expiresAt = null }: NewApiKey,
): Promise<{ key: string; prefix: string }> {
  const prefix = hex(random, 6);
  const secret = hex(random, 32);
  await ids.ensure(tx, 1);
  await tx.run(sql`
    insert into api_key (id, workspace_id, role, name, prefix, digest, created_at, expires_at)
    values (${ids.next()}::bigint, ${workspaceId}::bigint, ${role}, ${name}, ${prefix}, ${digestOf(secret)}, ${now}, ${expiresAt})`);
  return { key: `swk_${prefix}_${secret}`, prefix };
}

export interface KeyHolder {
  workspaceId: WorkspaceId;
  prefix: string;
  role: Role;
}

const KeyRow = row({
  workspaceId: col.id<WorkspaceId>(),
  role: col.oneOf(roles),
  digest: col.text,
  expiresAt: col.instantOrNull,
  revokedAt: col.instantOrNull,
});

/** AK-2. Who holds this key; null for an unknown, expired or revoked one, without saying which. Remembers, to the minute, when it was last used. */
export async function findKeyHolder(tx: Tx, key: string, now: Date): Promise<KeyHolder | null> {
  const [, prefix, secret] = /^swk_([0-9a-f]{12})_([0-9a-f]{64})$/.exec(key) ?? [];
  if (prefix === undefined || secret === undefined) return null;
  const found = await tx.maybe(
    KeyRow,
    sql`select workspace_id, role, digest, expires_at, revoked_at from api_key where prefix = ${prefix}`,
  );
  // An unknown prefix costs the same comparison as a known one.
  const isRight = isSame(digestOf(secret), found?.digest ?? digestOf(""));
  if (found === undefined || !isRight || found.revokedAt !== null) return null;
  if (found.expiresAt !== null && found.expiresAt <= now) return null;
  await tx.run(
    sql`update api_key set last_used_at = ${now} where prefix = ${prefix} and (last_used_at is null or last_used_at < ${new Date(now.getTime() - 60_000)})`,
  );
  return { workspaceId: found.workspaceId, prefix, role: found.role };
}

const hex = (random: Random, bytes: number): string => Buffer.from(random.bytes(bytes)).toString("hex");
const digestOf = (secret: string): string => createHash("sha256").update(secret).digest("hex");
const isSame = (a: string, b: string): boolean => timingSafeEqual(Buffer.from(a, "hex"), Buffer.from(b, "hex"));
