import { hash } from "node:crypto";
import type { Random } from "#domain/clock.ts";
import type { Id, WorkspaceId } from "#domain/ids.ts";
import type { Tx } from "./db.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";

export const apiKeyRoles = ["owner", "admin", "staff", "viewer", "operator", "prep", "supplier"] as const;
export type ApiKeyRole = (typeof apiKeyRoles)[number];

export interface ApiKey {
  id: Id<"apiKey">;
  workspaceId: WorkspaceId;
  role: ApiKeyRole;
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
  name: col.text,
  prefix: col.text,
  createdAt: col.instant,
  expiresAt: col.instantOrNull,
  lastUsedAt: col.instantOrNull,
  revokedAt: col.instantOrNull,
};
const ApiKeyRow = row(ApiKeyShape);

/** `sy_` + 16 hex digits that name the key + `_` + 256 random bits. Shown once; the database keeps the prefix and a SHA-256 of the whole. */
export interface NewKey {
  key: string;
  prefix: string;
  digest: string;
}
export function makeApiKey(random: Random): NewKey {
  const prefix = `sy_${Buffer.from(random.bytes(8)).toString("hex")}`;
  const key = `${prefix}_${Buffer.from(random.bytes(32)).toString("base64url")}`;
  return { key, prefix, digest: digestApiKey(key) };
}
export const digestApiKey = (key: string): string => hash("sha256", key);
/** The part that names a key; null where the text is no key of ours. */
export const prefixOf = (key: string): string | null => /^(sy_[0-9a-f]{16})_[A-Za-z0-9_-]{43}$/.exec(key)?.[1] ?? null;

export const insertApiKey = (tx: Tx, key: ApiKey & { digest: string }): Promise<number> =>
  tx.run(sql`
    insert into api_key (id, workspace_id, role, name, prefix, digest, created_at, expires_at)
    values (${key.id}::bigint, ${key.workspaceId}::bigint, ${key.role}, ${key.name}, ${key.prefix}, ${key.digest}, ${key.createdAt}, ${key.expiresAt})`);

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
