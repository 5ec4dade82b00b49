import type { FastifyReply, FastifyRequest } from "fastify";
import { may, permissions, whyNot, type Permission } from "#domain/role.ts";
import { accessOf, permissionOf, proofOf, type Proof } from "./access.ts";
import { callerMay, identify, signInAgain, type Caller } from "./caller.ts";
import type { Api, ApiContext } from "./context.ts";
import { Problem } from "./problem.ts";
import { allowanceHeaders, RateLimit } from "./rate-limit.ts";
import { hasSessionCookie, isFromOwnPage } from "./sign-in/cookies.ts";
import type { SignedIn } from "./sign-in/sign-in.ts";

/** AU-8. How long a proof counts for what is dangerous. */
const proofMs = 15 * 60_000;

/** Who asks, how often, and whether they may: for every address under /v1, before anything else is read. */
export function guard(v1: Api, context: ApiContext): void {
  const { clock, db, signIn } = context;
  const limit = new RateLimit(context.limits);
  v1.addHook("onRoute", (route) => void [route.method].flat().map((method) => accessOf(method, route.url)));
  v1.addHook("onRequest", async (request, reply) => {
    const access = accessOf(request.method, request.routeOptions.url!);
    const permission = permissionOf(access);
    refuseByWrongClock(request, context);
    if (context.as !== undefined) {
      request.caller = context.as;
      return;
    }
    const now = clock.now();
    try {
      refuseOtherPages(request, context);
      request.signedIn = (await signIn?.who({ request, reply })) ?? null;
      if (access === "anyone") return void reply.headers(allowanceHeaders(limit.take(`peer:${request.ip}`, now)));
      if (permission === null) {
        if (request.signedIn === null) throw signInAgain();
        count(reply, `user:${request.signedIn.user.id}`);
      } else {
        request.caller = await identify(request, {
          engine: db.engine,
          clock,
          signedIn: request.signedIn,
          links: signIn?.deskLinks,
        });
      }
    } catch (error) {
      // Guessing keys costs the guesser's own bucket.
      if (error instanceof Problem) limit.take(`peer:${request.ip}`, now);
      throw error;
    }
    if (permission !== null) {
      count(reply, request.caller.actor);
      mustMay(request.caller, permission);
    }
    if (permission !== null && request.caller.actor === "local" && notForVisitors.has(permission)) throw personNeeded();
    const proof = proofOf(access);
    if (proof !== null) mustBeProved(permission === null ? null : request.caller, request.signedIn, proof, now);

    function count(to: FastifyReply, who: string): void {
      void to.headers(allowanceHeaders(limit.take(who, now)));
    }
  });
  v1.addHook("onSend", async (_request, reply) => {
    if (!reply.hasHeader("cache-control")) void reply.header("cache-control", "no-store");
  });
}

/** ENG-15. What is due, settled or expired is told by the clock: with a wrong one nothing is changed. */
function refuseByWrongClock({ method }: FastifyRequest, { clockIsWrong }: ApiContext): void {
  if (method === "GET" || method === "HEAD" || clockIsWrong?.() !== true) return;
  throw new Problem({
    status: 503,
    code: "clock_wrong",
    detail: "This server's clock differs from its database's, so nothing is changed here until it is right.",
    next: "Set the clock of this machine, or of the database's, by the network (NTP). `npx switchyard doctor` says how far it is off.",
    headers: { "retry-after": "10" },
  });
}

/** The sandbox's visitor looks and plays, and lets nobody else in: whoever sits at this machine is not yet somebody. */
const notForVisitors: ReadonlySet<Permission> = new Set(["members.change", "owners.change", "keys.change"]);

/** AU-6. A page elsewhere can make a browser send its cookies, but not say that it is ours. */
function refuseOtherPages(request: FastifyRequest, { signIn }: ApiContext): void {
  const isRead = request.method === "GET" || request.method === "HEAD";
  if (isRead || signIn === undefined || request.headers.authorization !== undefined) return;
  const isSigningIn =
    request.routeOptions.url?.startsWith("/v1/auth/") === true && request.headers.origin !== undefined;
  if (!hasSessionCookie(request) && !isSigningIn) return;
  if (isFromOwnPage(request, signIn.url)) return;
  throw new Problem({
    status: 403,
    code: "other_page",
    detail: "This request carries a sign-in, and does not come from a page of this server.",
    next: `Open this installation at ${signIn.url} and act there. A program sends an API key instead of a cookie; where it does use a cookie, it sends the header Origin with this server's own address.`,
  });
}

/** The one check of what is dangerous: members, secrets, payment means, limits. */
export function mustBeProved(caller: Caller | null, signedIn: SignedIn | null, proof: Proof, now: Date): void {
  if (caller?.actor === "local") return; // the sandbox's money is pretended
  if (signedIn === null) throw personNeeded();
  if (proof === "second_factor" && !signedIn.user.hasSecondFactor)
    throw new Problem({
      status: 403,
      code: "second_factor_needed",
      detail: "Secrets, payment means and limits are changed only by somebody whose account has a second factor.",
      next: "Set one up with POST /v1/auth/second-factor/set-up, then try again.",
    });
  if (signedIn.provedAt !== null && signedIn.provedAt.getTime() + proofMs > now.getTime()) return;
  throw new Problem({
    status: 403,
    code: "prove_again",
    detail: "You showed your password more than 15 minutes ago.",
    next: "Show it once more with POST /v1/auth/prove, then repeat this request.",
  });
}

const personNeeded = (): Problem =>
  new Problem({
    status: 403,
    code: "person_needed",
    detail: "This is done by a person who is signed in, not with an API key and not by the sandbox's visitor.",
    next: "Sign in as an owner or admin, or use the command line on the server's own machine.",
  });

/** Throws for who may not, by role or by a key's scopes. */
export function mustMay(caller: Caller, permission: Permission): void {
  if (!may(caller.role, permission))
    throw new Problem({
      status: 403,
      code: "role_may_not",
      detail: whyNot(caller.role, permission),
      next: "Ask an owner or admin of the workspace for another role, or use a key that has one.",
    });
  if (!callerMay(caller, permission))
    throw new Problem({
      status: 403,
      code: "scope_missing",
      detail: `This key has not the scope ${permission}: it may not ${permissions[permission]}.`,
      next: "Use a key that has it. An owner or admin makes one with POST /v1/keys; the scopes of a key do not change.",
    });
}
