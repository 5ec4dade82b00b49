import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { receiveHook } from "#engine/hooks.ts";
import type { SecretReader } from "#store/vault/secrets.ts";
import type { Api, ApiContext } from "../context.ts";
import { Problem, shown } from "../problem.ts";
import { RateLimit } from "../rate-limit.ts";
import { noContent } from "../route.ts";
import { problems } from "../schemas.ts";

/** How webhooks of channels are taken in. */
export interface HooksIn {
  /** Opens the secrets that webhooks are signed with, and no others. */
  secrets: SecretReader;
  /** No refusal comes sooner: what it took to find out says nothing. 100 when not given. */
  refusedAfterMs?: number;
  /** Per address. 100 when not given. */
  perSecond?: number;
}

const mostBytes = 1024 * 1024;

/**
 * WI-1, WI-5, WI-6. `POST /hooks/{id}`: whoever signs with the connection's secret is the channel. No session, no key, no workspace named; nothing of the body is
 * looked at before its signature was, and nothing of it is answered or logged.
 */
export function hookRoutes(app: Api, context: ApiContext, hooks: HooksIn): void {
  const { engine, clock } = context;
  const { perSecond = 100, refusedAfterMs = 100 } = hooks;
  const perAddress = new RateLimit({ perSecond, burst: 3 * perSecond });
  const perPeer = new RateLimit(context.limits);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: mostBytes }, (_request, body, done) =>
    done(null, body),
  );
  app.addHook("onRequest", async (request) => {
    if (context.clockIsWrong?.() === true) throw away();
    const encoding = request.headers["content-encoding"];
    if (encoding !== undefined && encoding !== "identity")
      throw new Problem({
        status: 415,
        code: "content_encoding",
        detail: `Bodies are read as they are; this one is encoded as ${shown(encoding)}.`,
        next: "Send the body without Content-Encoding.",
      });
    perAddress.take((request.params as { id: string }).id, clock.now());
  });
  app.post(
    "/hooks/:id",
    {
      schema: {
        summary: "Where a channel's webhooks come in, signed with the secret of its connection",
        tags: ["Webhooks in"],
        security: [],
        params: z.object({ id: z.string().max(300) }),
        response: { 204: z.null(), ...problems },
      },
    },
    async (request, reply) => {
      const began = clock.now().getTime();
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const outcome = await receiveHook(engine, hooks.secrets, request.params.id, {
        headers: headersOf(request),
        body,
      });
      if (outcome === "kept") return noContent(reply);
      await clock.sleep(began + refusedAfterMs - clock.now().getTime());
      perPeer.take(`peer:${request.ip}`, clock.now());
      throw refused();
    },
  );
}

const headersOf = ({ headers }: FastifyRequest): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]),
  );

const refused = (): Problem =>
  new Problem({
    status: 401,
    code: "webhook_refused",
    detail: "Nothing is taken at this address, or what came is not signed with its secret.",
    next: "Switch the channel's webhooks on again: npx switchyard channel webhooks on NAME. What was not taken is fetched from the channel's feed.",
  });
const away = (): Problem =>
  new Problem({
    status: 503,
    code: "clock_wrong",
    detail: "This server's clock is not right, so it takes nothing.",
    next: "Send it again later.",
    headers: { "retry-after": "30" },
  });
