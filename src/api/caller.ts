import type { FastifyRequest } from "fastify";
import type { Clock } from "#domain/clock.ts";
import type { WorkspaceId } from "#domain/ids.ts";
import type { Role } from "#domain/role.ts";
import { findKeyHolder } from "#store/api-key.ts";
import type { Db } from "#store/db.ts";
import { sandboxWorkspace } from "#store/read/workspace.ts";
import { isFromThisMachine } from "./loopback.ts";
import { Problem } from "./problem.ts";

/** Who asks. Everything a request reads or changes is in this one workspace. */
export interface Caller {
  workspaceId: WorkspaceId;
  /** As events name it: `key:<prefix>`, or `local` for the sandbox's visitor on this machine. */
  actor: string;
  role: Role;
}

/**
 * API-1, API-3. A key names its workspace and role. Without one, a request of this very machine is a visitor of the sandbox workspace, and of no other.
 * Throws the problem 401 for anything else.
 */
export async function identify(
  request: FastifyRequest,
  { engine, clock }: { engine: Db; clock: Clock },
): Promise<Caller> {
  const { authorization } = request.headers;
  const named = request.headers["x-switchyard-workspace"];
  if (authorization !== undefined && named !== "sandbox") {
    const [, key] = /^Bearer ([\x21-\x7e]{1,200})$/i.exec(authorization) ?? [];
    const holder = key === undefined ? null : await findKeyHolder(engine, key, clock.now());
    if (holder === null) throw unauthorized("The API key is unknown, expired or revoked.");
    return { workspaceId: holder.workspaceId, actor: `key:${holder.prefix}`, role: holder.role };
  }
  if (named !== undefined && named !== "sandbox")
    throw unauthorized(`A request to the workspace ${JSON.stringify(String(named).slice(0, 60))} needs an API key.`);
  if (!isFromThisMachine(request)) throw unauthorized("No API key was sent.");
  const sandbox = await sandboxWorkspace(engine);
  if (sandbox === undefined)
    throw unauthorized("No API key was sent, and this installation has no sandbox workspace to look at without one.");
  return { workspaceId: sandbox.id, actor: "local", role: "owner" };
}

const unauthorized = (detail: string): Problem =>
  new Problem({
    status: 401,
    code: "no_valid_key",
    detail,
    next: "Send `Authorization: Bearer swk_…`. Whoever has the machine makes a key with `npx switchyard key create --workspace NAME --role owner`.",
    headers: { "www-authenticate": 'Bearer realm="switchyard"' },
  });
