import type { Random } from "#domain/clock.ts";
import type { Id, SupplierId, WorkspaceId } from "#domain/ids.ts";
import { ok, refuse, type Result } from "#domain/result.ts";
import { isDesk, may, permissions, type Permission, type Role } from "#domain/role.ts";
import { apiKeyRoles, insertApiKey, makeApiKey, revokeApiKey, type ApiKey, type ApiKeyRole } from "#store/api-key.ts";
import type { Tx } from "#store/db.ts";
import { listSuppliers } from "#store/supplier.ts";
import { change, record, type ManageContext } from "./context.ts";
import { didYouMean } from "./nearest.ts";

export interface KeyWish {
  workspaceId: WorkspaceId;
  role: string;
  name: string;
  expiresAt: Date | null;
  /** For prep and supplier: whose fulfillment orders there are for it; at least one. */
  supplierIds?: readonly SupplierId[];
  /** Some of its role's permissions; not given: all of them. */
  scopes?: readonly string[] | null;
  /** The maker's role; not given: the administrator's command. Only an owner makes an owner's key. */
  by?: Role;
}

/**
 * MG-6, SU-1. Makes a key and answers it once; only its digest is kept. Refuses an unknown role or scope, an end in the past, and more than who makes it may
 * give.
 */
export async function createApiKey(
  context: ManageContext,
  random: Random,
  wish: KeyWish,
): Promise<Result<{ key: string; apiKey: ApiKey }>> {
  const { workspaceId, role, name, expiresAt, supplierIds = [], scopes = null, by = "owner" } = wish;
  if (!(apiKeyRoles as readonly string[]).includes(role))
    return refuse("role_unknown", `There is no role "${role}". ${didYouMean(role, apiKeyRoles)}`);
  if (role === "owner" && by !== "owner")
    return refuse("owners_only", "Only an owner makes a key with the role owner. Choose another role, or ask one.");
  if (name.length > 200) return refuse("name_invalid", "The name of a key has at most 200 characters.");
  const now = context.clock.now();
  if (expiresAt !== null && expiresAt <= now)
    return refuse(
      "expires_in_past",
      `The key would have ended at ${expiresAt.toISOString()} already. Give a later instant.`,
    );
  const wrong = scopes?.find((scope) => !(scope in permissions) || !may(role as Role, scope as Permission));
  if (wrong !== undefined || scopes?.length === 0)
    return refuse(
      "scopes_invalid",
      wrong === undefined
        ? "A key with no scope may nothing. Name at least one, or leave scopes out: then it may all that its role may."
        : `The role ${role} has no scope "${wrong}". ${didYouMean(wrong, scopesOf(role as Role))}`,
    );
  return change(context, async (tx): Promise<Result<{ key: string; apiKey: ApiKey }>> => {
    const desk = await deskOf(tx, workspaceId, role as Role, supplierIds);
    if (desk.status === "refused") return desk;
    await context.ids.ensure(tx, 2);
    const { key, prefix, digest } = makeApiKey(random);
    const apiKey: ApiKey = {
      id: context.ids.next<"apiKey">() as Id<"apiKey">,
      workspaceId,
      role: role as ApiKeyRole,
      supplierIds: desk.value,
      scopes: scopes === null ? null : ([...new Set(scopes)] as Permission[]),
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
      data: { prefix, role, name, scopes: apiKey.scopes, expires: expiresAt?.toISOString() ?? null },
    });
    return ok({ key, apiKey });
  });
}

export const scopesOf = (role: Role): Permission[] =>
  (Object.keys(permissions) as Permission[]).filter((permission) => may(role, permission));

/** Whose fulfillment orders a member or a key of this role sees. */
export async function deskOf(
  tx: Tx,
  workspaceId: WorkspaceId,
  role: Role,
  supplierIds: readonly SupplierId[],
): Promise<Result<SupplierId[]>> {
  if (!isDesk(role))
    return supplierIds.length === 0
      ? ok([])
      : refuse("suppliers_invalid", `Suppliers are named for the roles prep and supplier only, not for ${role}.`);
  const what = role === "prep" ? "prep centre" : "supplier";
  if (supplierIds.length === 0)
    return refuse(
      "suppliers_missing",
      `Name at least one ${what}: the role ${role} sees the fulfillment orders of those and no others.`,
    );
  const right = (await listSuppliers(tx, workspaceId)).filter((each) => each.role === role).map(({ id }) => id);
  const wrong = supplierIds.filter((id) => !right.includes(id));
  return wrong.length === 0
    ? ok([...new Set(supplierIds)])
    : refuse("no_such_supplier", `${wrong.length} of the suppliers are not here or are no ${what}.`);
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
    return ok(undefined);
  });
