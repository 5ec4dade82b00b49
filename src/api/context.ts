import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "#domain/clock.ts";
import type { Supplier } from "#connectors/ports.ts";
import type { Engine, Log } from "#engine/context.ts";
import type { ManageContext } from "#engine/manage/context.ts";
import type { Db } from "#store/db.ts";
import type { Caller } from "./caller.ts";
import type { SignedIn, SignIn } from "./sign-in/sign-in.ts";

/** What the API is made of; passed in, like everything from outside. */
export interface ApiOptions {
  /** `api` reads under row-level security; `engine` looks keys up and is what actions run on. */
  db: { api: Db; engine: Db };
  engine: Engine;
  clock: Clock;
  log: Log;
  /** The suppliers' connectors, for what their manifests say they need; they are never asked here. */
  suppliers?: ReadonlyMap<string, Supplier>;
  /** Names under which it is reached besides localhost and 127.0.0.1, without port. */
  hosts?: readonly string[];
  /** Shown on the page and in the API's description. */
  version?: string;
  /** How the sandbox runs, for the page: its speed, and how it is switched. */
  sandbox?: { speed: number };
  limits?: { perSecond?: number; burst?: number };
  /** Whether the clock is too far off to change anything by it. */
  clockIsWrong?: () => boolean;
  /** How people sign in; without it only keys and the machine's own visitor are known. */
  signIn?: SignIn;
  /** Proxies whose word about a peer's address counts; none unless named. */
  trustedProxies?: readonly string[];
  /** The asker where it is this very process (a command, by `inject`): whoever has the machine. Such an app never listens. */
  as?: Caller;
}
export interface ApiContext extends ApiOptions {
  /** How many Idempotency-Keys this process has seen. */
  keyUses: number;
}

export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

declare module "fastify" {
  interface FastifyRequest {
    /** Set by the hook of /v1; never read outside it. */
    caller: Caller;
    /** Set by the same hook: the person behind the cookie, member of a workspace or not. */
    signedIn: SignedIn | null;
  }
}

/** What the functions of the set-up want: the engine's own parts, and who acts. */
export const manageContext = ({ engine, clock, ...context }: ApiContext, caller: Caller): ManageContext => ({
  db: engine.db,
  clock,
  ids: engine.ids,
  outside: engine.outside,
  vault: engine.vault,
  webhooks: engine.webhooks,
  channels: engine.channels,
  suppliers: context.suppliers ?? new Map(),
  actor: caller.actor,
});
