import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "#domain/clock.ts";
import type { Supplier } from "#connectors/ports.ts";
import type { Engine, Log } from "#engine/context.ts";
import type { ManageContext, Remote } from "#engine/manage/context.ts";
import type { Db } from "#store/db.ts";
import type { Vault } from "#store/vault/vault.ts";
import type { Dashboard } from "./routes/dashboard.ts";
import type { Caller } from "./caller.ts";
import type { FilesIn } from "./files-in.ts";
import type { HooksIn } from "./routes/hooks.ts";
import type { SignedIn, SignIn } from "./sign-in/sign-in.ts";
import type { HttpWatch } from "./watch.ts";

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
  /** Shown on the dashboard and in the API's description. */
  version?: string;
  /** The folder of the dashboard's built files, and what its pages' nonces are made of; without it the API is all there is. */
  dashboard?: Dashboard;
  limits?: { perSecond?: number; burst?: number };
  /** Whether the clock is too far off to change anything by it. */
  clockIsWrong?: () => boolean;
  /** It was told to stop: what is under way is finished, and nobody should send more. */
  isDraining?: () => boolean;
  /** How many migrations this program knows and the database has not had. */
  pendingMigrations?: () => Promise<number>;
  /** "needed": without its gate this process cannot do its work. "beside": it can, and says so. Not given: it runs none. */
  gate?: "needed" | "beside";
  /** Figures for a monitoring system, and the token that opens them from elsewhere. */
  metrics?: { page(): Promise<{ type: string; text: string }>; token: string | null };
  watch?: HttpWatch;
  /** A worker's: it says whether it is well, and nothing else. */
  onlyHealth?: boolean;
  /** A new id for each request, for the answer and the log. */
  requestId?: () => string;
  /** How tables that are sent in are read; without it files come by the command line alone. */
  files?: FilesIn;
  /** How channels' webhooks come in; without it there are none. */
  hooks?: HooksIn;
  /** How people sign in; without it only keys and the machine's own visitor are known. */
  signIn?: SignIn;
  /** Proxies whose word about a peer's address counts; none unless named. */
  trustedProxies?: readonly string[];
  /** Opens a channel's secrets for one question: whether it lets us in. Not given: only channels without secrets are asked. */
  trials?: Vault;
  /** What those who are not at this machine may have connectors led to; not given: neither folders nor addresses. */
  remote?: Remote;
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
  remote: context.as === undefined ? (context.remote ?? nothingRemote) : undefined,
  actor: caller.actor,
});
const nothingRemote: Remote = { folders: null, given: new Map() };
