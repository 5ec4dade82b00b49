import fastifySwagger from "@fastify/swagger";
import Fastify, { type FastifyError, type FastifyReply, type FastifyRequest } from "fastify";
import { serializerCompiler } from "fastify-type-provider-zod";
import { z } from "zod";
import { CommitUnknown } from "#store/db.ts";
import type { Api, ApiContext, ApiOptions } from "./context.ts";
import { describeRoute, describeWhole } from "./description.ts";
import { guard } from "./guard.ts";
import { hostName, isLoopbackName } from "./loopback.ts";
import { validate } from "./invalid.ts";
import { describeMessages } from "./present/webhook-messages.ts";
import { notFound, Problem, shown } from "./problem.ts";
import { auditRoutes } from "./routes/audit.ts";
import { buyerRoutes } from "./routes/buyers.ts";
import { channelWebhookRoutes } from "./routes/channel-webhooks.ts";
import { catalogueRoutes } from "./routes/catalogue.ts";
import { fulfillmentOrderRoutes } from "./routes/fulfillment-orders.ts";
import { connectionRoutes } from "./routes/connections.ts";
import { dashboardRoutes, givePage, isOfPage } from "./routes/dashboard.ts";
import { deskLinkRoutes } from "./routes/desk-link.ts";
import { deskRoutes } from "./routes/desk.ts";
import { doorRoutes } from "./routes/doors.ts";
import { firstStartRoutes } from "./routes/first-start.ts";
import { healthRoutes } from "./routes/health.ts";
import { healthDetailRoutes } from "./routes/health-details.ts";
import { hookRoutes } from "./routes/hooks.ts";
import { importFileRoutes } from "./routes/import-file.ts";
import { importRoutes } from "./routes/imports.ts";
import { keyRoutes } from "./routes/keys.ts";
import { jobRoutes } from "./routes/jobs.ts";
import { ledgerRoutes } from "./routes/ledger.ts";
import { liveRoutes } from "./routes/live.ts";
import { memberRoutes } from "./routes/members.ts";
import { metricsRoutes } from "./routes/metrics.ts";
import { orderActionRoutes } from "./routes/order-actions.ts";
import { orderNoteRoutes } from "./routes/order-notes.ts";
import { orderRoutes } from "./routes/orders.ts";
import { overviewRoutes } from "./routes/overview.ts";
import { referenceRoutes } from "./routes/reference.ts";
import { secretRoutes } from "./routes/secrets.ts";
import { sessionRoutes } from "./routes/session.ts";
import { settingsRoutes } from "./routes/settings.ts";
import { setUpRoutes } from "./routes/set-up.ts";
import { shipmentRoutes } from "./routes/shipments.ts";
import { signInRoutes } from "./routes/sign-in.ts";
import { viewRoutes } from "./routes/views.ts";
import { webhookRoutes } from "./routes/webhooks.ts";
import { maskCardNumbers } from "./mask-cards.ts";
import { parseStrictJson } from "./strict-json.ts";
import { watchRequests } from "./watch.ts";

const maxBodyBytes = 1024 * 1024;

/**
 * The HTTP server, ready to `listen` or to be asked with `inject`. Thin: it parses, authorises, calls and presents. Everything under /v1 belongs to one
 * workspace; errors are problem details (RFC 9457) without exception.
 */
export async function buildApi(options: ApiOptions): Promise<Api> {
  const context: ApiContext = { ...options, keyUses: 0 };
  const routes = new RouteTable();
  const app = Fastify({
    bodyLimit: maxBodyBytes,
    trustProxy:
      options.trustedProxies === undefined || options.trustedProxies.length === 0 ? false : [...options.trustedProxies],
    routerOptions: { maxParamLength: 300, ignoreTrailingSlash: false },
    forceCloseConnections: "idle",
    requestTimeout: 60_000,
    return503OnClosing: false, // who came in before the door was shut is served
    ...(options.requestId === undefined ? {} : { genReqId: options.requestId }),
    frameworkErrors: (error, request, reply) => void answerError(context, error as FastifyError, request, reply),
  }) as unknown as Api;

  app.decorateRequest("caller");
  app.decorateRequest("signedIn", null);
  app.setValidatorCompiler(
    ({ schema, httpPart }) =>
      (value) =>
        validate(schema as z.ZodType, value, httpPart ?? "body"),
  );
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler<FastifyError>((error, request, reply) => answerError(context, error, request, reply));
  app.setNotFoundHandler((request, reply) =>
    options.dashboard !== undefined && isOfPage(request)
      ? givePage(options.dashboard, reply)
      : answerNoRoute(routes, request, reply),
  );
  app.addHook("onRoute", (route) => {
    routes.add([route.method].flat(), route.url);
    // An address without parameters refuses all of them: a misspelt filter must not look like an answered one.
    if (route.schema !== undefined && route.url.startsWith("/v1/")) route.schema.querystring ??= z.strictObject({});
  });
  acceptJsonOnly(app);

  watchRequests(app, options.watch);
  app.addHook("onRequest", async (request, reply) => {
    void reply.headers({ ...securityHeaders, "x-request-id": request.id });
    if (options.isDraining?.() === true) void reply.header("connection", "close");
    const name = hostName(request.headers.host);
    if (!isLoopbackName(name) && !(options.hosts ?? []).includes(name ?? "")) throw misdirected(request);
  });

  await app.register(fastifySwagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Switchyard",
        version: options.version ?? "0.1.0",
        description:
          "Orders from any sales channel to any supplier. Times are UTC (RFC 3339); amounts are decimal text with an ISO 4217 currency; lists are read with `cursor`.",
      },
      components: {
        securitySchemes: {
          key: { type: "http", scheme: "bearer", description: "An API key, `swk_…`." },
          session: {
            type: "apiKey",
            in: "cookie",
            name: "switchyard.session_token",
            description: "A signed-in person; over https the name begins with `__Host-`.",
          },
        },
      },
      security: [{ key: [] }, { session: [] }],
      webhooks: describeMessages(),
    },
    transform: describeRoute,
    transformObject: describeWhole,
  });

  await app.register(async (open: Api) => {
    healthRoutes(open, context);
    metricsRoutes(open, context);
  });
  if (context.onlyHealth === true) return app;
  await app.register(async (open: Api) => {
    if (context.signIn !== undefined) doorRoutes(open);
    referenceRoutes(open);
    await dashboardRoutes(open, context.dashboard);
  });
  const { hooks } = context;
  if (hooks !== undefined) await app.register(async (open: Api) => hookRoutes(open, context, hooks));
  await app.register(async (v1: Api) => {
    guard(v1, context);
    maskCardNumbers(v1);
    sessionRoutes(v1, context);
    orderRoutes(v1, context);
    orderActionRoutes(v1, context);
    orderNoteRoutes(v1, context);
    jobRoutes(v1, context);
    viewRoutes(v1, context);
    overviewRoutes(v1, context);
    fulfillmentOrderRoutes(v1, context);
    deskRoutes(v1, context);
    shipmentRoutes(v1, context);
    catalogueRoutes(v1, context);
    setUpRoutes(v1, context);
    settingsRoutes(v1, context);
    connectionRoutes(v1, context);
    auditRoutes(v1, context);
    healthDetailRoutes(v1, context);
    secretRoutes(v1, context);
    buyerRoutes(v1, context);
    ledgerRoutes(v1, context);
    importRoutes(v1, context);
    importFileRoutes(v1, context);
    webhookRoutes(v1, context);
    channelWebhookRoutes(v1, context);
    liveRoutes(v1, context);
    if (context.signIn !== undefined) {
      firstStartRoutes(v1, context, context.signIn);
      signInRoutes(v1, context, context.signIn);
      memberRoutes(v1, context, context.signIn);
      keyRoutes(v1, context, context.signIn);
      deskLinkRoutes(v1, context, context.signIn);
    }
  });
  return app;
}

const securityHeaders = {
  "content-security-policy":
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
} as const;

/** API-13. Bodies are JSON in UTF-8 and nothing else; what two readers could read differently is refused. */
function acceptJsonOnly(app: Api): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    /^application\/(?:[a-z0-9.+-]+\+)?json(?:\s*;|\s*$)/i,
    { parseAs: "buffer" },
    async (request: FastifyRequest, body: Buffer) => {
      const encoding = request.headers["content-encoding"];
      if (encoding !== undefined && encoding !== "identity")
        throw new Problem({
          status: 415,
          code: "content_encoding",
          detail: `Bodies are read as they are; this one is encoded as ${shown(encoding)}.`,
          next: "Send the body without Content-Encoding.",
        });
      return parseStrictJson(decodeUtf8(body));
    },
  );
}

function decodeUtf8(body: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    throw new Problem({
      status: 400,
      code: "bad_json",
      detail: "The body is not UTF-8.",
      next: "Send JSON in UTF-8.",
    });
  }
}

// ------------------------------------------------------------------ errors

function answerError(context: ApiContext, error: FastifyError | Problem, request: FastifyRequest, reply: FastifyReply) {
  const problem = error instanceof Problem ? error : (fromFramework(error) ?? unexpected(context, error, request));
  return answer(reply, problem);
}

const answer = (reply: FastifyReply, problem: Problem) =>
  reply
    .code(problem.status)
    .headers({ "cache-control": "no-store", ...problem.headers })
    .type("application/problem+json; charset=utf-8")
    .send(JSON.stringify(problem.body));

function answerNoRoute(routes: RouteTable, request: FastifyRequest, reply: FastifyReply) {
  const allowed = routes.methodsOf(request.url.split("?", 1)[0]!);
  if (allowed.length === 0) return answer(reply, notFound());
  return answer(
    reply,
    new Problem({
      status: 405,
      code: "method_not_allowed",
      detail: `${request.method} is not possible here.`,
      next: `Use ${allowed.join(" or ")}.`,
      headers: { allow: allowed.join(", ") },
    }),
  );
}

/** Fastify's own refusals, in our words. */
function fromFramework(error: FastifyError): Problem | null {
  switch (error.code) {
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return new Problem({
        status: 415,
        code: "media_type",
        detail: "The body is not JSON.",
        next: "Send `Content-Type: application/json`, or no body and no Content-Type where none is needed.",
      });
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return new Problem({
        status: 413,
        code: "body_too_large",
        detail: `A body has at most ${maxBodyBytes} bytes (1 MB).`,
        next: "Send less at once; many orders are imported from a file with `npx switchyard import orders FILE`.",
      });
    case "FST_ERR_CTP_INVALID_CONTENT_LENGTH":
      return new Problem({
        status: 400,
        code: "content_length",
        detail: "The body is not as long as Content-Length says.",
        next: "Send the whole body again.",
      });
    case "FST_ERR_BAD_URL":
    case "FST_ERR_ASYNC_CONSTRAINT":
    case "FST_ERR_MAX_PARAM_LENGTH":
    case "FST_ERR_PARAM_LENGTH":
      return notFound();
    default:
      return null;
  }
}

/** A bug or an outage: the caller gets a reference, the log the rest. */
function unexpected({ engine, log }: ApiContext, error: Error, request: FastifyRequest): Problem {
  const reference = `err_${engine.ids.uuid()}`;
  const fields = {
    reference,
    request: request.id,
    method: request.method,
    route: request.routeOptions.url,
    error: String(error),
    stack: error.stack,
  };
  log.error(fields, "a request failed");
  if (error instanceof CommitUnknown)
    return new Problem({
      status: 503,
      code: "outcome_unknown",
      detail: "The database went away while it was committing: it was done, or it was not.",
      next: "Read the order first. To send the action again is safe: what was done already is refused or changes nothing.",
      headers: { "retry-after": "5" },
      extra: { reference },
    });
  const isAway = /ECONN|ENOTFOUND|57P0|terminat|Connection/.test(
    `${String(error)} ${(error as FastifyError).code ?? ""}`,
  );
  return new Problem({
    status: isAway ? 503 : 500,
    code: isAway ? "database_away" : "unexpected",
    detail: isAway ? "The database does not answer." : "Something went wrong here that should not have.",
    next: isAway
      ? "Try again in a few seconds, with the same Idempotency-Key where you sent one: an action is then done once."
      : "Look for the reference in the server's log; the same request with the same Idempotency-Key may be sent again.",
    headers: isAway ? { "retry-after": "5" } : {},
    extra: { reference },
  });
}

const misdirected = (request: FastifyRequest): Problem =>
  new Problem({
    status: 421,
    code: "other_host",
    detail: `This server does not answer to the host ${shown(request.headers.host)}.`,
    next: "Use http://127.0.0.1 or http://localhost with its port, or name the host when starting the server.",
  });

/** Which methods an address has, for the answer 405. */
class RouteTable {
  readonly #routes: { methods: readonly string[]; pattern: RegExp }[] = [];
  add(methods: readonly string[], url: string): void {
    const pattern = url.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll(/:[a-z_]+/gi, "[^/]+");
    this.#routes.push({ methods, pattern: new RegExp(`^${pattern}$`) });
  }
  methodsOf(path: string): string[] {
    return [...new Set(this.#routes.filter((each) => each.pattern.test(path)).flatMap((each) => each.methods))].sort();
  }
}
