import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { publicId, type WorkspaceId } from "#domain/ids.ts";
import type { Result } from "#domain/result.ts";
import { webhookFilters } from "#domain/webhook-event.ts";
import {
  changeWebhook,
  createWebhook,
  deleteWebhook,
  resendWebhooks,
  rotateWebhookSecret,
  testWebhook,
} from "#engine/manage/webhook.ts";
import { webhookCatalogue } from "#engine/webhooks/payload.ts";
import {
  countDeliveries,
  findDelivery,
  findEndpoint,
  listDeliveries,
  listEndpoints,
  type Delivery,
  type Endpoint,
} from "#store/webhook.ts";
import { inWorkspace } from "#store/workspace-scope.ts";
import { manageContext, type Api, type ApiContext } from "../context.ts";
import { decodeCursor, encodeCursor } from "../cursor.ts";
import { notFound } from "../problem.ts";
import { act } from "../route.ts";
import { cursor, idOf, instant, limit, problems, text, time, timeOrNull } from "../schemas.ts";

const tags = ["Webhooks"];
const Webhook = z
  .object({
    id: z.string(),
    url: z.string(),
    description: z.string(),
    events: z.array(z.string()),
    enabled: z.boolean(),
    disabled: z.object({ at: z.string(), why: z.enum(["by_person", "gone", "failing"]) }).nullable(),
    /** Tries in a row that failed, since when, and until when nothing is sent. */
    failures: z.int(),
    failing_since: z.string().nullable(),
    paused_until: z.string().nullable(),
    last_success_at: z.string().nullable(),
    old_secret_until: z.string().nullable(),
    waiting: z.int(),
    given_up: z.int(),
    created_at: z.string(),
    created_by: z.string(),
  })
  .meta({ id: "Webhook" });
const WithSecret = z
  .object({
    webhook: Webhook,
    secret: z.string().nullable().meta({
      description:
        "`whsec_…`, to check signatures with. Shown now and never again; a repetition of the request gets null.",
    }),
  })
  .meta({ id: "WebhookWithSecret" });
const DeliveryRow = z
  .object({
    id: z.string(),
    message_id: z.string(),
    type: z.string(),
    occurred_at: z.string(),
    created_at: z.string(),
    state: z.enum(["waiting", "delivered", "given_up"]),
    next_try_at: z.string().nullable(),
    attempts: z.int(),
    last_status: z.int().nullable(),
    last_problem: z.string().nullable(),
    ended_at: z.string().nullable(),
  })
  .meta({ id: "WebhookDelivery" });
const Attempt = z.object({
  no: z.int(),
  at: z.string(),
  duration_ms: z.int(),
  url: z.string(),
  status: z.int().nullable(),
  problem: z.string().nullable(),
  /** The first 4 KB of what was answered. */
  answer: z.string(),
});
const url = z.string().min(1).max(2000);
const events = z
  .array(z.string().max(100))
  .min(1)
  .max(webhookFilters.length)
  .meta({ description: "Types, `order.*` for a group, `*` for all; GET /v1/webhooks/event-types lists them" });
const description = text(200, 0);
const on = z.strictObject({ id: idOf("webhookEndpoint") });
const onDelivery = on.extend({ delivery: idOf("webhookDelivery") });
const nothing = z.strictObject({});

const webhookOf = (
  endpoint: Endpoint,
  { waiting, givenUp }: { waiting: number; givenUp: number },
): z.output<typeof Webhook> => ({
  id: publicId("webhookEndpoint", endpoint.publicId),
  url: endpoint.url,
  description: endpoint.description,
  events: endpoint.events,
  enabled: endpoint.enabled,
  disabled:
    endpoint.disabledAt === null || endpoint.disabledWhy === null
      ? null
      : { at: time(endpoint.disabledAt), why: endpoint.disabledWhy },
  failures: endpoint.failures,
  failing_since: timeOrNull(endpoint.failingSince),
  paused_until: timeOrNull(endpoint.pausedUntil),
  last_success_at: timeOrNull(endpoint.lastSuccessAt),
  old_secret_until: timeOrNull(endpoint.oldSecretUntil),
  waiting,
  given_up: givenUp,
  created_at: time(endpoint.createdAt),
  created_by: endpoint.createdBy,
});
const deliveryOf = (delivery: Delivery): z.output<typeof DeliveryRow> => ({
  id: publicId("webhookDelivery", delivery.publicId),
  message_id: delivery.messageId,
  type: delivery.type,
  occurred_at: time(delivery.occurredAt),
  created_at: time(delivery.createdAt),
  state: delivery.state,
  next_try_at: timeOrNull(delivery.dueAt),
  attempts: delivery.attempts,
  last_status: delivery.lastStatus,
  last_problem: delivery.lastProblem,
  ended_at: timeOrNull(delivery.endedAt),
});
const nothingYet = { waiting: 0, givenUp: 0 };

/** WH-40, WH-43. Endpoints of the workspace, and what became of each message. */
export function webhookRoutes(app: Api, context: ApiContext): void {
  const { db } = context;

  app.get(
    "/v1/webhooks/event-types",
    {
      schema: {
        summary: "What can be listened to: each type, what it means, and the JSON Schema of its `data`",
        tags,
        response: {
          200: z.object({
            types: z.array(z.object({ type: z.string(), about: z.string(), data: z.record(z.string(), z.unknown()) })),
            filters: z.array(z.string()),
          }),
          ...problems,
        },
      },
    },
    async () => ({ types: webhookCatalogue(), filters: [...webhookFilters] }),
  );

  app.get(
    "/v1/webhooks",
    {
      schema: {
        summary: "The workspace's endpoints, how they do and how many deliveries wait or were given up",
        tags,
        response: { 200: z.object({ webhooks: z.array(Webhook) }), ...problems },
      },
    },
    async ({ caller: { workspaceId } }) =>
      inWorkspace(db.api, workspaceId, async (tx) => {
        const counts = await countDeliveries(tx, workspaceId);
        return { webhooks: (await listEndpoints(tx, workspaceId)).map((each) => webhookOf(each, counts(each.id))) };
      }),
  );

  app.get(
    "/v1/webhooks/:id",
    { schema: { summary: "One endpoint", tags, params: on, response: { 200: Webhook, ...problems } } },
    async ({ caller: { workspaceId }, params }) =>
      inWorkspace(db.api, workspaceId, async (tx) => {
        const endpoint = (await findEndpoint(tx, workspaceId, params.id)) ?? missing();
        return webhookOf(endpoint, (await countDeliveries(tx, workspaceId))(endpoint.id));
      }),
  );

  app.get(
    "/v1/webhooks/:id/deliveries",
    {
      schema: {
        summary: "What was sent or waits, newest first; kept for thirty days after its end",
        tags,
        params: on,
        querystring: z.strictObject({
          state: z.enum(["waiting", "delivered", "given_up"]).optional(),
          cursor,
          limit,
        }),
        response: { 200: z.object({ deliveries: z.array(DeliveryRow), next: z.string().nullable() }), ...problems },
      },
    },
    async ({ caller: { workspaceId }, params, query }) => {
      const [before] = query.cursor === undefined ? [null] : decodeCursor(query.cursor, ["id"] as const);
      return inWorkspace(db.api, workspaceId, async (tx) => {
        const endpoint = (await findEndpoint(tx, workspaceId, params.id)) ?? missing();
        const page = await listDeliveries(tx, endpoint, { state: query.state ?? null, before, limit: query.limit });
        return {
          deliveries: page.deliveries.map(deliveryOf),
          next: page.next === null ? null : encodeCursor([page.next]),
        };
      });
    },
  );

  app.get(
    "/v1/webhooks/:id/deliveries/:delivery",
    {
      schema: {
        summary: "One delivery with its body and each try: what was answered, or what went wrong",
        tags,
        params: onDelivery,
        response: {
          200: z.object({ delivery: DeliveryRow, body: z.string(), attempts: z.array(Attempt) }),
          ...problems,
        },
      },
    },
    async ({ caller: { workspaceId }, params }) =>
      inWorkspace(db.api, workspaceId, async (tx) => {
        const endpoint = (await findEndpoint(tx, workspaceId, params.id)) ?? missing();
        const { delivery, attempts } = (await findDelivery(tx, endpoint, params.delivery)) ?? missing();
        return {
          delivery: deliveryOf(delivery),
          body: delivery.payload,
          attempts: attempts.map(({ durationMs, at, ...attempt }) => ({
            ...attempt,
            at: time(at),
            duration_ms: durationMs,
          })),
        };
      }),
  );

  /** A change: what another workspace has is answered like what is not there. */
  const actOn = <T>(
    request: FastifyRequest & { params: { id: string } },
    reply: FastifyReply,
    work: (
      manage: ReturnType<typeof manageContext>,
      on: { workspaceId: WorkspaceId; endpoint: string },
    ) => Promise<Result<T>>,
    present: Parameters<typeof act<T>>[4],
  ): Promise<never> =>
    act(
      context,
      request,
      reply,
      async ({ workspaceId }) => {
        const on = { workspaceId, endpoint: request.params.id };
        const result = await work(manageContext(context, request.caller), on);
        return result.status === "refused" && result.code === "no_such_webhook" ? missing() : result;
      },
      present,
    );
  const withSecret =
    (status: number) =>
    ({ endpoint, secret }: { endpoint: Endpoint; secret: string }) => {
      const webhook = webhookOf(endpoint, nothingYet);
      return { status, body: { webhook, secret }, again: { webhook, secret: null } };
    };

  app.post(
    "/v1/webhooks",
    {
      schema: {
        summary: "Add an endpoint; the answer has the secret that its messages are signed with",
        tags,
        body: z.strictObject({ url, events: events.default(["*"]), description: description.default("") }),
        response: { 201: WithSecret, ...problems },
      },
    },
    (request, reply) =>
      act(
        context,
        request,
        reply,
        ({ workspaceId }) => createWebhook(manageContext(context, request.caller), workspaceId, request.body),
        withSecret(201),
      ),
  );
  app.put(
    "/v1/webhooks/:id",
    {
      schema: {
        summary: "Change an endpoint, or switch it off or on; what is not named stays",
        tags,
        params: on,
        body: z.strictObject({
          url: url.optional(),
          events: events.optional(),
          description: description.optional(),
          enabled: z.boolean().optional(),
        }),
        response: { 200: Webhook, ...problems },
      },
    },
    (request, reply) =>
      actOn(
        request,
        reply,
        (manage, where) => changeWebhook(manage, where, request.body),
        (endpoint) => ({ body: webhookOf(endpoint, nothingYet) }),
      ),
  );
  app.delete(
    "/v1/webhooks/:id",
    {
      schema: {
        summary: "Delete an endpoint with its secrets and its deliveries",
        tags,
        params: on,
        response: { 200: z.object({ deleted: z.literal(true) }), ...problems },
      },
    },
    (request, reply) => actOn(request, reply, deleteWebhook, () => ({ body: { deleted: true } })),
  );
  app.post(
    "/v1/webhooks/:id/rotate-secret",
    {
      schema: {
        summary: "Make a new secret; for 24 hours the old one signs beside it",
        tags,
        params: on,
        body: nothing,
        response: { 200: WithSecret, ...problems },
      },
    },
    (request, reply) => actOn(request, reply, rotateWebhookSecret, withSecret(200)),
  );
  const resent = z.object({ resent: z.int() });
  app.post(
    "/v1/webhooks/:id/test",
    {
      schema: {
        summary: "Send a message of the type webhook_endpoint.test to this endpoint",
        tags,
        params: on,
        body: nothing,
        response: { 202: z.object({ sent: z.literal(true) }), ...problems },
      },
    },
    (request, reply) => actOn(request, reply, testWebhook, () => ({ status: 202, body: { sent: true } })),
  );
  app.post(
    "/v1/webhooks/:id/resend",
    {
      schema: {
        summary: "Send again, with the ids they had, all deliveries that were given up since an instant",
        tags,
        params: on,
        body: z.strictObject({ since: instant }),
        response: { 200: resent, ...problems },
      },
    },
    (request, reply) =>
      actOn(
        request,
        reply,
        (manage, where) => resendWebhooks(manage, where, { since: new Date(request.body.since) }),
        (body) => ({ body }),
      ),
  );
  app.post(
    "/v1/webhooks/:id/deliveries/:delivery/resend",
    {
      schema: {
        summary: "Send one delivery again, with the id it had",
        tags,
        params: onDelivery,
        body: nothing,
        response: { 200: resent, ...problems },
      },
    },
    (request, reply) =>
      actOn(
        request,
        reply,
        (manage, where) => resendWebhooks(manage, where, { delivery: request.params.delivery }),
        (body) => ({ body }),
      ),
  );
}

const missing = (): never => {
  throw notFound();
};
