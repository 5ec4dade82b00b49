import type { Random } from "#domain/clock.ts";
import type { Id, WorkspaceId } from "#domain/ids.ts";
import { refuse, type Result } from "#domain/result.ts";
import { apiKeyRoles, insertApiKey, makeApiKey, revokeApiKey, type ApiKey, type ApiKeyRole } from "#store/api-key.ts";
import { change, record, type ManageContext } from "./context.ts";
import { didYouMean } from "./nearest.ts";

/** MG-6. Makes a key and answers it once; only its digest is kept. Refuses an unknown role and an end in the past. */
export async function createApiKey(
  context: ManageContext,
  random: Random,
  wish: { workspaceId: WorkspaceId; role: string; name: string; expiresAt: Date | null },
): Promise<Result<{ key: string; apiKey: ApiKey }>> {
  const { workspaceId, role, name, expiresAt } = wish;
  if (!(apiKeyRoles as readonly string[]).includes(role))
    return refuse("role_unknown", `There is no role "${role}". ${didYouMean(role, apiKeyRoles)}`);
  if (name.length > 200) return refuse("name_invalid", "The name of a key has at most 200 characters.");
  const now = context.clock.now();
  if (expiresAt !== null && expiresAt <= now)
    return refuse(
      "expires_in_past",
      `The key would have ended at ${expiresAt.toISOString()} already. Give a later instant.`,
    );
  return change(context, async (tx): Promise<Result<{ key: string; apiKey: ApiKey }>> => {
    await context.ids.ensure(tx, 2);
    const { key, prefix, digest } = makeApiKey(random);
    const apiKey: ApiKey = {
      id: context.ids.next<"apiKey">() as Id<"apiKey">,
      workspaceId,
      role: role as ApiKeyRole,
      name,
      prefix,
      createdAt: now,
      expiresAt,
      lastUsedAt: null,
      revokedAt: null,
    };
    await insertApiKey(tx, { ...apiKey, digest });
    await record(tx, context, {
      workspaceId,
      kind: "key_created",
      subject: "api_key",
      subjectId: apiKey.id,
      data: { prefix, role, name },
    });
    return { status: "ok", value: { key, apiKey } };
  });
}

export const revokeKey = (
  context: ManageContext,
  wish: { workspaceId: WorkspaceId; prefix: string },
): Promise<Result> =>
  change(context, async (tx): Promise<Result> => {
    if ((await revokeApiKey(tx, wish.workspaceId, wish.prefix, context.clock.now())) === 0)
      return refuse("not_found", `This workspace has no key ${wish.prefix} that could be revoked.`);
    await context.ids.ensure(tx, 1);
    await record(tx, context, {
      workspaceId: wish.workspaceId,
      kind: "key_revoked",
      subject: "api_key",
      subjectId: "0",
      data: { prefix: wish.prefix },
    });
    return { status: "ok", value: undefined };
  });
