import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { publicId } from "#domain/ids.ts";
import { may, permissions, roles, type Permission } from "#domain/role.ts";
import { findInstallation } from "#store/installation.ts";
import { hasOwner, membershipsOf } from "#store/member.ts";
import { listSuppliers } from "#store/supplier.ts";
import { findWorkspace } from "#store/workspace.ts";
import { inWorkspace } from "#store/workspace-scope.ts";
import { defaultWorkspaceSettings } from "#domain/settings.ts";
import { identify, type Caller } from "../caller.ts";
import type { Api, ApiContext } from "../context.ts";
import { Problem } from "../problem.ts";
import { problems } from "../schemas.ts";

const WorkspaceName = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  kind: z.enum(["own", "sandbox"]),
});

const Session = z
  .object({
    version: z.string(),
    set_up_needed: z.boolean().meta({ description: "Nobody has made the first account yet" }),
    safe_mode: z.string().nullable().meta({ description: "Why nothing is bought at present" }),
    user: z.object({ id: z.string(), name: z.string(), email: z.string(), second_factor: z.boolean() }).nullable(),
    is_visitor: z.boolean().meta({ description: "The sandbox's visitor on this very machine: no account is needed" }),
    workspace: WorkspaceName.extend({ currency: z.string(), zone: z.string(), ordering_team: z.boolean() }).nullable(),
    role: z.enum(roles).nullable(),
    permissions: z.array(z.string()),
    suppliers: z
      .array(z.object({ id: z.string(), name: z.string(), role: z.enum(["supplier", "prep"]) }))
      .nullable()
      .meta({ description: "Whose work they see and do; null: everybody's" }),
    workspaces: z.array(WorkspaceName.extend({ role: z.enum(roles) })),
  })
  .meta({ id: "Session" });

/** AU-28. What a page has to know before it shows anything: who asks, where, and what they may do there. */
export function sessionRoutes(app: Api, context: ApiContext): void {
  const { db, version = "0.1.0" } = context;
  app.get(
    "/v1/session",
    {
      schema: {
        summary: "Who asks, in which workspace, and what they may do there",
        description: "Answers everybody: who is not signed in reads that.",
        tags: ["Signing in"],
        security: [],
        response: { 200: Session, ...problems },
      },
    },
    async (request) => {
      const caller = await callerOf(request, context);
      const user = caller?.signedIn?.user ?? request.signedIn?.user;
      const [installation, isSetUp, memberships, workspace] = await Promise.all([
        findInstallation(db.engine),
        hasOwner(db.engine),
        user === undefined ? [] : membershipsOf(db.engine, user.id),
        caller === null ? undefined : findWorkspace(db.engine, caller.workspaceId),
      ]);
      const settings = { ...defaultWorkspaceSettings, ...workspace?.settings };
      const theirs =
        caller === null || caller.supplierIds === null
          ? null
          : (await inWorkspace(db.api, caller.workspaceId, (tx) => listSuppliers(tx, caller.workspaceId))).filter(
              ({ id }) => caller.supplierIds!.includes(id),
            );
      return {
        version,
        set_up_needed: !isSetUp,
        safe_mode: installation?.safeModeReason ?? null,
        user:
          user === undefined
            ? null
            : {
                id: publicId("user", user.id),
                name: user.name,
                email: user.email,
                second_factor: user.hasSecondFactor,
              },
        is_visitor: caller?.actor === "local",
        workspace:
          workspace === undefined
            ? null
            : {
                id: publicId("workspace", workspace.publicId),
                slug: workspace.slug,
                name: workspace.name,
                kind: workspace.kind,
                currency: settings.currency,
                zone: settings.zone,
                ordering_team: settings.hasOrderingTeam,
              },
        role: caller?.role ?? null,
        permissions:
          caller === null ? [] : (Object.keys(permissions) as Permission[]).filter((each) => may(caller.role, each)),
        suppliers:
          theirs === null
            ? null
            : theirs.map((each) => ({ id: publicId("supplier", each.publicId), name: each.name, role: each.role })),
        workspaces: memberships.map((each) => ({
          id: publicId("workspace", each.workspacePublicId),
          slug: each.slug,
          name: each.workspaceName,
          kind: each.workspaceKind,
          role: each.role,
        })),
      };
    },
  );
}

/** Nobody, or a member who named no workspace of theirs, is no error here. */
async function callerOf(request: FastifyRequest, { db, clock, as }: ApiContext): Promise<Caller | null> {
  if (as !== undefined) return as;
  try {
    return await identify(request, { engine: db.engine, clock, signedIn: request.signedIn });
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}
