import type { FastifyRequest } from "fastify";
import type { Clock } from "#domain/clock.ts";
import { parsePublicId, publicId, type SupplierId, type WorkspaceId } from "#domain/ids.ts";
import { isDesk, may, type Permission, type Role } from "#domain/role.ts";
import { findKeyHolder } from "#store/api-key.ts";
import type { Db } from "#store/db.ts";
import { membershipsOf } from "#store/member.ts";
import { findLinkedPart } from "#store/read/desk.ts";
import { sandboxWorkspace } from "#store/read/workspace.ts";
import { isFromThisMachine } from "./loopback.ts";
import { Problem } from "./problem.ts";
import { hasSessionCookie } from "./sign-in/cookies.ts";
import type { DeskLink, DeskLinks } from "./sign-in/desk-link.ts";
import { deadLink, type SignedIn } from "./sign-in/sign-in.ts";

/** Who asks. Everything a request reads or changes is in this one workspace. */
export interface Caller {
  workspaceId: WorkspaceId;
  /** As events name it: `user:usr_…`, `key:<prefix>`, or `local` for the sandbox's visitor on this machine. */
  actor: string;
  role: Role;
  /** For prep and supplier: whose fulfillment orders there are for this caller; null: all. */
  supplierIds: readonly SupplierId[] | null;
  /** What of its role a key may; absent: all. */
  scopes?: readonly Permission[];
  /** The person, where it is one who signed in. */
  signedIn: SignedIn | null;
  /** The only fulfillment order there is for this caller, by its public uuid: whoever has the link for it. */
  part?: string;
}

/** SU-1. Whether this caller's role has the permission and, where it is a key, its scopes name it. */
export const callerMay = ({ role, scopes }: Pick<Caller, "role" | "scopes">, permission: Permission): boolean =>
  may(role, permission) && (scopes === undefined || scopes.includes(permission));

/**
 * AU-22. The one place that turns a request into a caller. A link for one fulfillment order names that (AU-26). A key names its workspace and role (API-1). A signed-in user is asked for a membership anew with
 * each request, of the only workspace or of the one that X-Switchyard-Workspace names. Without either, a request of this very machine is a visitor of the
 * sandbox workspace, and of no other (API-3). Throws a problem for anything else.
 */
export async function identify(
  request: FastifyRequest,
  {
    engine,
    clock,
    signedIn,
    links,
  }: { engine: Db; clock: Clock; signedIn: SignedIn | null; links?: DeskLinks | undefined },
): Promise<Caller> {
  const { authorization } = request.headers;
  const named = request.headers["x-switchyard-workspace"] ?? namedInStream(request);
  const [, link] = /^Link ([\w.-]{1,200})$/i.exec(authorization ?? "") ?? [];
  if (link !== undefined) return linkHolder(engine, links?.read(link) ?? null);
  if (authorization !== undefined && named !== "sandbox") {
    const [, key] = /^Bearer ([\x21-\x7e]{1,200})$/i.exec(authorization) ?? [];
    const holder = key === undefined ? null : await findKeyHolder(engine, key, clock.now());
    if (holder === null) throw unauthorized("The API key is unknown, expired or revoked.");
    const { workspaceId, role, prefix, supplierIds, scopes } = holder;
    return {
      workspaceId,
      actor: `key:${prefix}`,
      role,
      supplierIds: isDesk(role) ? supplierIds : null,
      signedIn: null,
      ...(scopes === null ? {} : { scopes }),
    };
  }
  if (signedIn !== null) {
    const member = await membershipNamed(engine, signedIn.user.id, named);
    if (member !== null) return { ...member, actor: `user:${publicId("user", signedIn.user.id)}`, signedIn };
    if (named !== "sandbox") throw notAMember();
  } else if (hasSessionCookie(request) && named !== "sandbox") throw signInAgain();
  if (named !== undefined && named !== "sandbox")
    throw unauthorized(
      `A request to the workspace ${JSON.stringify(String(named).slice(0, 60))} needs an API key or a signed-in member.`,
    );
  if (!isFromThisMachine(request)) throw unauthorized("No API key was sent, and nobody is signed in.");
  const sandbox = await sandboxWorkspace(engine);
  if (sandbox === undefined)
    throw unauthorized("No API key was sent, and this installation has no sandbox workspace to look at without one.");
  return { workspaceId: sandbox.id, actor: "local", role: "owner", supplierIds: null, signedIn: null };
}

/** A browser's EventSource sends no headers of ours: there, and nowhere else, the address may name the workspace. */
function namedInStream(request: FastifyRequest): string | undefined {
  if (request.routeOptions.url !== "/v1/events/stream") return undefined;
  const { workspace } = request.query as { workspace?: unknown };
  return typeof workspace === "string" ? workspace : undefined;
}

/** AU-26. Whoever has the link for one placed fulfillment order works on that one as its supplier, until it is done. */
async function linkHolder(engine: Db, link: DeskLink | null): Promise<Caller> {
  const found = link === null ? undefined : await findLinkedPart(engine, link);
  if (link === null || found === undefined) throw deadLink("desk");
  const { workspaceId, supplierId } = found;
  const actor = `link:${publicId("fulfillmentOrder", link.part)}`;
  return { workspaceId, actor, role: "supplier", supplierIds: [supplierId], signedIn: null, part: link.part };
}

/** A workspace that is not there and one that is somebody else's are the same: null. */
async function membershipNamed(
  engine: Db,
  userId: string,
  named: string | string[] | undefined,
): Promise<Pick<Caller, "workspaceId" | "role" | "supplierIds"> | null> {
  const memberships = await membershipsOf(engine, userId);
  const wanted =
    named === undefined
      ? memberships
      : memberships.filter(
          (each) => each.slug === named || each.workspacePublicId === parsePublicId("workspace", String(named)),
        );
  if (wanted.length > 1)
    throw new Problem({
      status: 400,
      code: "which_workspace",
      detail: "You are a member of several workspaces, and this request names none of them.",
      next: `Name one in the header X-Switchyard-Workspace: ${wanted.map((each) => each.slug).join(", ")}.`,
    });
  const [member] = wanted;
  if (member === undefined) return null;
  const { workspaceId, role, supplierIds } = member;
  return { workspaceId, role, supplierIds: isDesk(role) ? supplierIds : null };
}

const unauthorized = (detail: string): Problem =>
  new Problem({
    status: 401,
    code: "no_valid_key",
    detail,
    next: "Sign in (POST /v1/auth/sign-in), or send `Authorization: Bearer swk_…`. Whoever has the machine makes a key with `npx switchyard key create --workspace NAME --role owner`.",
    headers: { "www-authenticate": 'Bearer realm="switchyard"' },
  });
export const signInAgain = (): Problem =>
  new Problem({
    status: 401,
    code: "sign_in_again",
    detail: "Nobody is signed in, or not any more.",
    next: "Sign in with POST /v1/auth/sign-in. A session ends after 12 hours without use, and after seven days.",
  });
const notAMember = (): Problem =>
  new Problem({
    status: 403,
    code: "no_workspace",
    detail: "You are not a member of such a workspace.",
    next: "GET /v1/auth/me lists yours. Ask an owner or admin of the workspace for an invitation.",
  });
