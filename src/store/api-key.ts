import { hash, timingSafeEqual } from "node:crypto";
import type { Random } from "#domain/clock.ts";
import type { Id, SupplierId, WorkspaceId } from "#domain/ids.ts";
import { roles, type Permission, type Role } from "#domain/role.ts";
import type { Tx } from "./db.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";

export const apiKeyRoles = roles;
export type ApiKeyRole = Role;

export interface ApiKey {
  id: Id<"apiKey">;
  workspaceId: WorkspaceId;
  role: ApiKeyRole;
  /** For prep and supplier: whose fulfillment orders there are for it. */
  supplierIds: SupplierId[];
  /** What of its role it may; null: all. */
  scopes: Permission[] | null;
  name: string;
  prefix: string;
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}
const ApiKeyShape = {
  id: col.id<Id<"apiKey">>(),
  workspaceId: col.id<WorkspaceId>(),
  role: col.oneOf(apiKeyRoles),
  supplierIds: col.ids<SupplierId>(),
  scopes: col.listOrNull<Permission>(),
  name: col.text,
  prefix: col.text,
  createdAt: col.instant,
  expiresAt: col.instantOrNull,
  lastUsedAt: col.instantOrNull,
  revokedAt: col.instantOrNull,
};
const ApiKeyRow = row(ApiKeyShape);

/** API-1. `swk_` + 12 hex digits that name the key + `_` + 256 random bits. Shown once; the database keeps the prefix and a SHA-256 of the whole. */
export interface NewKey {
  key: string;
  prefix: string;
  digest: string;
}
export function makeApiKey(random: Random): NewKey {
  const prefix = Buffer.from(random.bytes(6)).toString("hex");
  const key = `swk_${prefix}_${Buffer.from(random.bytes(32)).toString("hex")}`;
  return { key, prefix, digest: digestApiKey(key) };
}
export const digestApiKey = (key: string): string => hash("sha256", key);
/** The part that names a key; null where the text is no key of ours. */
export const prefixOf = (key: string): string | null => /^swk_([0-9a-f]{12})_[0-9a-f]{64}$/.exec(key)?.[1] ?? null;

export const insertApiKey = (tx: Tx, key: ApiKey & { digest: string }): Promise<number> =>
  tx.run(sql`
    insert into api_key (id, workspace_id, role, supplier_ids, scopes, name, prefix, digest, created_at, expires_at)
    values (${key.id}::bigint, ${key.workspaceId}::bigint, ${key.role}, ${key.supplierIds}::bigint[], ${key.scopes}::text[], ${key.name}, ${key.prefix}, ${key.digest}, ${key.createdAt}, ${key.expiresAt})`);

export const listApiKeys = (tx: Tx, workspaceId: WorkspaceId): Promise<ApiKey[]> =>
  tx.rows(ApiKeyRow, sql`select * from api_key where workspace_id = ${workspaceId}::bigint order by id`);

const WithDigest = row({ ...ApiKeyShape, digest: col.text });
/** The key of this prefix, whether it may still be used or not. */
export const findApiKey = (tx: Tx, prefix: string): Promise<(ApiKey & { digest: string }) | undefined> =>
  tx.maybe(WithDigest, sql`select * from api_key where prefix = ${prefix}`);

export const revokeApiKey = (tx: Tx, workspaceId: WorkspaceId, prefix: string, now: Date): Promise<number> =>
  tx.run(
    sql`update api_key set revoked_at = ${now} where workspace_id = ${workspaceId}::bigint and prefix = ${prefix} and revoked_at is null`,
  );

/** API-1. Who holds this key; null for an unknown, expired or revoked one, without saying which. Remembers, to the minute, when it was last used. */
export async function findKeyHolder(tx: Tx, key: string, now: Date): Promise<ApiKey | null> {
  const prefix = prefixOf(key);
  if (prefix === null) return null;
  const found = await findApiKey(tx, prefix);
  // An unknown prefix costs the same comparison as a known one.
  const isRight = isSame(digestApiKey(key), found?.digest ?? digestApiKey(""));
  if (found === undefined || !isRight || found.revokedAt !== null) return null;
  if (found.expiresAt !== null && found.expiresAt <= now) return null;
  const aMinuteAgo = new Date(now.getTime() - 60_000);
  await tx.run(
    sql`update api_key set last_used_at = ${now} where prefix = ${prefix} and (last_used_at is null or last_used_at < ${aMinuteAgo})`,
  );
  return found;
}
const isSame = (a: string, b: string): boolean => timingSafeEqual(Buffer.from(a, "hex"), Buffer.from(b, "hex"));
