import type { FastifyRequest } from "fastify";
import type { Permission } from "#domain/role.ts";
import { listSessions } from "#store/auth/user.ts";
import { callerMay, identify } from "./caller.ts";
import type { ApiContext } from "./context.ts";
import { Problem } from "./problem.ts";
import { longestSessionMs } from "./sign-in/better-auth.ts";

/**
 * Whether who asked may still have this, for an answer that goes on for hours: the key is not revoked, the session not over, the membership and its role
 * still there, and all of it for the same workspace. It reads and renews nothing: an open screen does not keep a session alive.
 */
export async function mayStill(request: FastifyRequest, context: ApiContext, permission: Permission): Promise<boolean> {
  if (context.as !== undefined) return true;
  const { caller } = request;
  const now = context.clock.now();
  try {
    if (caller.signedIn !== null) {
      const { user, sessionId } = caller.signedIn;
      const sessions = context.signIn === undefined ? [] : await listSessions(context.signIn.db, user.id, now);
      const session = sessions.find((each) => each.id === sessionId);
      if (session === undefined || session.createdAt.getTime() + longestSessionMs <= now.getTime()) return false;
    }
    const again = await identify(request, {
      engine: context.db.engine,
      clock: context.clock,
      signedIn: caller.signedIn,
    });
    return again.workspaceId === caller.workspaceId && callerMay(again, permission);
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}
