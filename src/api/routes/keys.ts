import { z } from "zod";
import { publicId, type SupplierId, type WorkspaceId } from "#domain/ids.ts";
import { permissions, roles, type Permission } from "#domain/role.ts";
import { createApiKey, revokeKey, scopesOf } from "#engine/manage/api-key.ts";
import { listApiKeys, type ApiKey } from "#store/api-key.ts";
import { listSuppliers } from "#store/supplier.ts";
import { inWorkspace } from "#store/workspace-scope.ts";
import { manageContext, type Api, type ApiContext } from "../context.ts";
import { notFound } from "../problem.ts";
import { act, noContent, refusal } from "../route.ts";
import { idOf, instant, problems, text, time, timeOrNull } from "../schemas.ts";
import type { SignIn } from "../sign-in/sign-in.ts";

const tags = ["API keys"];
const Role = z.enum(roles);
const Scope = z.enum(Object.keys(permissions) as [Permission, ...Permission[]]);
const Key = z
  .object({
    id: z.string().meta({ description: "12 hex digits: the part of the key that names it" }),
    name: z.string(),
    role: Role,
    scopes: z.array(Scope).nullable().meta({ description: "What of its role it may; null: all" }),
    suppliers: z.array(z.object({ id: z.string(), name: z.string() })),
    state: z.enum(["active", "expired", "revoked"]),
    created_at: z.string(),
    expires_at: z.string().nullable(),
    last_used_at: z.string().nullable().meta({ description: "To the minute" }),
    revoked_at: z.string().nullable(),
  })
  .meta({ id: "ApiKey" });

/** SU-1. Keys for programs: made by a person who showed the password lately, shown once, ended at once. */
export function keyRoutes(app: Api, context: ApiContext, { random }: SignIn): void {
  const { db, clock } = context;
  const suppliersOf = (workspaceId: WorkspaceId) =>
    inWorkspace(db.api, workspaceId, (tx) => listSuppliers(tx, workspaceId));
  const present = (key: ApiKey, suppliers: Awaited<ReturnType<typeof suppliersOf>>): z.output<typeof Key> => ({
    id: key.prefix,
    name: key.name,
    role: key.role,
    scopes: key.scopes,
    suppliers: suppliers
      .filter(({ id }) => key.supplierIds.includes(id))
      .map((each) => ({ id: publicId("supplier", each.publicId), name: each.name })),
    state:
      key.revokedAt !== null
        ? "revoked"
        : key.expiresAt !== null && key.expiresAt <= clock.now()
          ? "expired"
          : "active",
    created_at: time(key.createdAt),
    expires_at: timeOrNull(key.expiresAt),
    last_used_at: timeOrNull(key.lastUsedAt),
    revoked_at: timeOrNull(key.revokedAt),
  });

  app.get(
    "/v1/keys",
    {
      schema: {
        summary: "The keys of the workspace, with the scopes that each role can give",
        tags,
        response: {
          200: z.object({
            keys: z.array(Key),
            scopes: z.array(z.object({ code: Scope, allows: z.string() })),
            roles: z.record(Role, z.array(Scope)),
          }),
          ...problems,
        },
      },
    },
    async ({ caller: { workspaceId } }) => {
      const [keys, suppliers] = await Promise.all([listApiKeys(db.engine, workspaceId), suppliersOf(workspaceId)]);
      return {
        keys: keys.map((key) => present(key, suppliers)).reverse(),
        scopes: (Object.keys(permissions) as Permission[]).map((code) => ({ code, allows: permissions[code] })),
        roles: Object.fromEntries(roles.map((role) => [role, scopesOf(role)])) as Record<
          (typeof roles)[number],
          Permission[]
        >,
      };
    },
  );

  app.post(
    "/v1/keys",
    {
      schema: {
        summary: "Make a key; it is shown in this answer and never again",
        tags,
        body: z.strictObject({
          role: Role,
          name: text(200),
          scopes: z.array(Scope).max(100).nullable().default(null).meta({ description: "null: all that the role may" }),
          suppliers: z
            .array(idOf("supplier"))
            .max(200)
            .default([])
            .meta({ description: "For prep and supplier: whose fulfillment orders there are for it" }),
          expires_at: instant.nullable().default(null).meta({ description: "null: never" }),
        }),
        response: { 201: Key.extend({ key: z.string().nullable() }), ...problems },
      },
    },
    (request, reply) => {
      const { body, caller } = request;
      return act(
        context,
        request,
        reply,
        async ({ workspaceId, role }) => {
          const suppliers = await suppliersOf(workspaceId);
          const made = await createApiKey(manageContext(context, caller), random, {
            workspaceId,
            role: body.role,
            name: body.name,
            expiresAt: body.expires_at === null ? null : new Date(body.expires_at),
            scopes: body.scopes,
            supplierIds: body.suppliers.map(
              (uuid) => suppliers.find((each) => each.publicId === uuid)?.id ?? ("0" as SupplierId),
            ),
            by: role,
          });
          return made.status === "ok" ? { ...made, value: { ...made.value, suppliers } } : made;
        },
        ({ key, apiKey, suppliers }) => {
          const shown = present(apiKey, suppliers);
          return { status: 201, body: { ...shown, key }, again: { ...shown, key: null } };
        },
      );
    },
  );

  app.delete(
    "/v1/keys/:id",
    {
      schema: {
        summary: "End a key at once",
        tags,
        params: z.strictObject({ id: z.string().regex(/^[0-9a-f]{12}$/) }),
        response: { 204: z.null(), ...problems },
      },
    },
    async ({ caller, params }, reply) => {
      const wish = { workspaceId: caller.workspaceId, prefix: params.id };
      const gone = await revokeKey(manageContext(context, caller), wish);
      if (gone.status === "refused") throw gone.code === "not_found" ? notFound() : refusal(gone);
      return noContent(reply);
    },
  );
}
