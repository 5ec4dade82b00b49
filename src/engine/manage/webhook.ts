import type { WorkspaceId } from "#domain/ids.ts";
import { publicId } from "#domain/ids.ts";
import { ok, refuse, type Refused, type Result } from "#domain/result.ts";
import { webhookFilters } from "#domain/webhook-event.ts";
import { ring } from "#store/commit.ts";
import type { Tx } from "#store/db.ts";
import { beginToNotify } from "#store/order-change.ts";
import {
  changeEndpoint,
  deleteEndpoint,
  giveUpDeliveries,
  insertEndpoint,
  listEndpoints,
  lockEndpoint,
  resend,
  setSecretNo,
  type Endpoint,
  type EndpointId,
} from "#store/webhook.ts";
import { insertRows, rowsOf } from "../webhooks/deliveries.ts";
import { forgetSigningSecrets, keepSigningSecret } from "../webhooks/secrets.ts";
import { makeWebhookSecret } from "../webhooks/signature.ts";
import { change, record, type ManageContext } from "./context.ts";
import { didYouMean } from "./nearest.ts";

const mostEndpoints = 50;
/** How long the old secret still signs beside the new one. */
export const rotationMs = 24 * 3_600_000;

export interface EndpointWish {
  url: string;
  /** Types, `group.*` or `*`. */
  events: readonly string[];
  description: string;
}

/** WH-40. Makes an endpoint and answers its signing secret once: afterwards it is only used, never shown. */
export const createWebhook = (
  context: ManageContext,
  workspaceId: WorkspaceId,
  wish: EndpointWish,
): Promise<Result<{ endpoint: Endpoint; secret: string }>> =>
  change(context, async (tx): Promise<Result<{ endpoint: Endpoint; secret: string }>> => {
    const wrong = objection(context, wish);
    if (wrong !== null) return wrong;
    const others = await listEndpoints(tx, workspaceId);
    if (others.length >= mostEndpoints)
      return refuse(
        "too_many_webhooks",
        `A workspace has at most ${mostEndpoints} webhook endpoints. Delete one that is not needed.`,
      );
    if (!others.some((each) => each.enabled)) await beginToNotify(tx, workspaceId);
    await context.ids.ensure(tx, 3);
    const id = context.ids.next<"webhookEndpoint">() as EndpointId;
    const by = { actor: context.actor, at: context.clock.now() };
    const uuid = context.ids.uuid();
    const { url, description } = wish;
    await insertEndpoint(tx, {
      workspaceId,
      id,
      publicId: uuid,
      url,
      description,
      events: [...new Set(wish.events)],
      createdAt: by.at,
      createdBy: by.actor,
    });
    const secret = makeWebhookSecret(context.vault.keyring.random);
    await keepSigningSecret(tx, context.vault.keyring, { workspaceId, id }, { no: 1, secret }, by);
    await record(tx, context, {
      workspaceId,
      kind: "webhook_created",
      subject: "webhook_endpoint",
      subjectId: id,
      data: { url, events: [...wish.events] },
    });
    return ok({ endpoint: (await lockEndpoint(tx, workspaceId, uuid))!, secret });
  });

/** What is not named stays. Switched on again, an endpoint starts with a clean record; what was given up stays so until it is sent again. */
export const changeWebhook = (
  context: ManageContext,
  on: { workspaceId: WorkspaceId; endpoint: string },
  wish: {
    [Field in keyof (EndpointWish & { enabled: boolean })]?: (EndpointWish & { enabled: boolean })[Field] | undefined;
  },
): Promise<Result<Endpoint>> =>
  onEndpoint(context, on, async (tx, endpoint) => {
    const next = {
      url: wish.url ?? endpoint.url,
      description: wish.description ?? endpoint.description,
      events: [...new Set(wish.events ?? endpoint.events)],
      enabled: wish.enabled ?? endpoint.enabled,
    };
    const wrong = objection(context, next);
    if (wrong !== null) return wrong;
    const now = context.clock.now();
    const isSwitchedOn = next.enabled && !endpoint.enabled;
    if (isSwitchedOn && !(await listEndpoints(tx, on.workspaceId)).some((each) => each.enabled))
      await beginToNotify(tx, on.workspaceId);
    await changeEndpoint(tx, endpoint, next, now);
    if (!next.enabled) await giveUpDeliveries(tx, endpoint, now);
    await noted(tx, context, endpoint, "webhook_changed", {
      url: { from: endpoint.url, to: next.url },
      events: { from: endpoint.events, to: next.events },
      enabled: { from: endpoint.enabled, to: next.enabled },
    });
    await ring(tx);
    return ok((await lockEndpoint(tx, on.workspaceId, on.endpoint))!);
  });

/** With its deliveries, and its secrets. */
export const deleteWebhook = (
  context: ManageContext,
  on: { workspaceId: WorkspaceId; endpoint: string },
): Promise<Result> =>
  onEndpoint(context, on, async (tx, endpoint) => {
    await forgetSigningSecrets(tx, endpoint, endpoint.secretNo);
    await deleteEndpoint(tx, endpoint);
    await noted(tx, context, endpoint, "webhook_deleted", { url: endpoint.url });
    return ok(undefined);
  });

/** WH-21. A new secret, shown once; for a day the old one signs too, so that a receiver can change over without missing anything. */
export const rotateWebhookSecret = (
  context: ManageContext,
  on: { workspaceId: WorkspaceId; endpoint: string },
): Promise<Result<{ endpoint: Endpoint; secret: string }>> =>
  onEndpoint(context, on, async (tx, endpoint) => {
    const at = context.clock.now();
    const secret = makeWebhookSecret(context.vault.keyring.random);
    const no = endpoint.secretNo + 1;
    await keepSigningSecret(tx, context.vault.keyring, endpoint, { no, secret }, { actor: context.actor, at });
    await setSecretNo(tx, endpoint, { secretNo: no, oldSecretUntil: new Date(at.getTime() + rotationMs) });
    await noted(tx, context, endpoint, "webhook_secret_rotated", { no });
    return ok({ endpoint: (await lockEndpoint(tx, on.workspaceId, on.endpoint))!, secret });
  });

/** WH-42. A message of the type webhook_endpoint.test to this endpoint alone, sent like any other. */
export const testWebhook = (
  context: ManageContext,
  on: { workspaceId: WorkspaceId; endpoint: string },
): Promise<Result> =>
  onEndpoint(context, on, async (tx, endpoint) => {
    if (!endpoint.enabled) return switchedOff;
    const id = publicId("webhookEndpoint", endpoint.publicId);
    const data = { endpoint: { id }, text: "This is a test. Your endpoint and its signature work." };
    const key = { orderId: null, key: `${id}/${context.ids.uuid()}` };
    const rows = rowsOf({ type: "webhook_endpoint.test", data }, context.clock.now(), [endpoint], key);
    await insertRows(context, tx, on.workspaceId, rows);
    await ring(tx);
    return ok(undefined);
  });

/** WH-41. Sends a delivery again, or all that were given up since an instant. Answers how many. */
export const resendWebhooks = (
  context: ManageContext,
  on: { workspaceId: WorkspaceId; endpoint: string },
  which: { delivery: string } | { since: Date },
): Promise<Result<{ resent: number }>> =>
  onEndpoint(context, on, async (tx, endpoint) => {
    if (!endpoint.enabled) return switchedOff;
    const resent = await resend(tx, endpoint, which, context.clock.now());
    if ("delivery" in which && resent === 0) return noSuch;
    await noted(tx, context, endpoint, "webhook_resent", {
      resent,
      ...("since" in which ? { since: which.since.toISOString() } : {}),
    });
    await ring(tx);
    return ok({ resent });
  });

const noSuch = refuse("no_such_webhook", "There is no such webhook endpoint or delivery here.");
const switchedOff = refuse("webhook_disabled", "This endpoint is switched off. Switch it on first, then send.");

const onEndpoint = <T>(
  context: ManageContext,
  { workspaceId, endpoint }: { workspaceId: WorkspaceId; endpoint: string },
  work: (tx: Tx, endpoint: Endpoint) => Promise<Result<T>>,
): Promise<Result<T>> =>
  change(context, async (tx) => {
    const found = await lockEndpoint(tx, workspaceId, endpoint);
    return found === undefined ? noSuch : work(tx, found);
  });

async function noted(
  tx: Tx,
  context: ManageContext,
  { workspaceId, id }: Endpoint,
  kind: string,
  data: Record<string, unknown>,
): Promise<void> {
  await context.ids.ensure(tx, 1);
  await record(tx, context, { workspaceId, kind, subject: "webhook_endpoint", subjectId: id, data });
}

function objection({ webhooks }: ManageContext, { url, events }: Pick<EndpointWish, "url" | "events">): Refused | null {
  if (webhooks === undefined)
    return refuse("webhooks_unknown", "This process sends no webhooks and cannot tell whether an address is allowed.");
  const wrong = webhooks.objection(url);
  if (wrong !== null) return refuse("url_invalid", wrong);
  if (events.length === 0) return refuse("events_missing", 'Name at least one event type; "*" is all of them.');
  const unknown = events.find((event) => !webhookFilters.includes(event));
  if (unknown === undefined) return null;
  return refuse(
    "event_unknown",
    `There is no event type "${unknown.slice(0, 80)}". ${didYouMean(unknown, webhookFilters)}`,
  );
}
