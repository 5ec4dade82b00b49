import type { Id, OrderId, WorkspaceId } from "#domain/ids.ts";
import type { WebhookType } from "#domain/webhook-event.ts";
import type { EndpointHealth, Judged, WebhookAnswer } from "#domain/webhook-plan.ts";
import type { Tx } from "./db.ts";
import { col, row, type RowOf } from "./row.ts";
import { columnsOf, sql } from "./sql.ts";

export type EndpointId = Id<"webhookEndpoint">;
export type DeliveryId = Id<"webhookDelivery">;
export interface EndpointKey {
  workspaceId: WorkspaceId;
  id: EndpointId;
}

// ------------------------------------------------------------------ endpoints

const EndpointRow = row({
  workspaceId: col.id<WorkspaceId>(),
  id: col.id<EndpointId>(),
  publicId: col.text,
  url: col.text,
  description: col.text,
  events: col.list(col.text),
  enabled: col.bool,
  disabledAt: col.instantOrNull,
  disabledWhy: col.oneOfOrNull<"by_person" | "gone" | "failing">(),
  failures: col.int,
  failingSince: col.instantOrNull,
  givenUp: col.int,
  lastSuccessAt: col.instantOrNull,
  secretNo: col.int,
  oldSecretUntil: col.instantOrNull,
  pausedUntil: col.instantOrNull,
  createdAt: col.instant,
  createdBy: col.text,
});
export type Endpoint = RowOf<typeof EndpointRow>;
const endpointColumns = columnsOf(EndpointRow, "e");

export const insertEndpoint = (
  tx: Tx,
  endpoint: Pick<
    Endpoint,
    "workspaceId" | "id" | "publicId" | "url" | "description" | "events" | "createdAt" | "createdBy"
  >,
): Promise<number> =>
  tx.run(sql`
    insert into webhook_endpoint (workspace_id, id, public_id, url, description, events, enabled, failures, given_up, secret_no, created_at, created_by)
    values (${endpoint.workspaceId}::bigint, ${endpoint.id}::bigint, ${endpoint.publicId}::uuid, ${endpoint.url}, ${endpoint.description}, ${endpoint.events}::text[],
            true, 0, 0, 1, ${endpoint.createdAt}, ${endpoint.createdBy})`);

export const listEndpoints = (tx: Tx, workspaceId: WorkspaceId): Promise<Endpoint[]> =>
  tx.rows(
    EndpointRow,
    sql`select ${endpointColumns} from webhook_endpoint e where e.workspace_id = ${workspaceId}::bigint order by e.id`,
  );

export const findEndpoint = (tx: Tx, workspaceId: WorkspaceId, publicId: string): Promise<Endpoint | undefined> =>
  tx.maybe(
    EndpointRow,
    sql`select ${endpointColumns} from webhook_endpoint e where e.workspace_id = ${workspaceId}::bigint and e.public_id = ${publicId}::uuid`,
  );

/** The same, locked until the transaction ends. */
export const lockEndpoint = (tx: Tx, workspaceId: WorkspaceId, publicId: string): Promise<Endpoint | undefined> =>
  tx.maybe(
    EndpointRow,
    sql`
    select ${endpointColumns} from webhook_endpoint e
     where e.workspace_id = ${workspaceId}::bigint and e.public_id = ${publicId}::uuid for update`,
  );

/** What a person may change. Switched on again it begins with a clean record. */
export const changeEndpoint = (
  tx: Tx,
  { workspaceId, id }: EndpointKey,
  change: Pick<Endpoint, "url" | "description" | "events" | "enabled">,
  now: Date,
): Promise<number> =>
  tx.run(sql`
    update webhook_endpoint e
       set url = ${change.url}, description = ${change.description}, events = ${change.events}::text[],
           disabled_at = case when ${change.enabled} then null when e.enabled then ${now}::timestamptz else e.disabled_at end,
           disabled_why = case when ${change.enabled} then null when e.enabled then 'by_person' else e.disabled_why end,
           failures = case when ${change.enabled} and not e.enabled then 0 else e.failures end,
           failing_since = case when ${change.enabled} and not e.enabled then null else e.failing_since end,
           given_up = case when ${change.enabled} and not e.enabled then 0 else e.given_up end,
           paused_until = case when ${change.enabled} and not e.enabled or e.url <> ${change.url} then null else e.paused_until end,
           enabled = ${change.enabled}
     where e.workspace_id = ${workspaceId}::bigint and e.id = ${id}::bigint`);

export const deleteEndpoint = (tx: Tx, { workspaceId, id }: EndpointKey): Promise<number> =>
  tx.run(sql`delete from webhook_endpoint where workspace_id = ${workspaceId}::bigint and id = ${id}::bigint`);

export const setSecretNo = (
  tx: Tx,
  { workspaceId, id }: EndpointKey,
  { secretNo, oldSecretUntil }: Pick<Endpoint, "secretNo" | "oldSecretUntil">,
): Promise<number> =>
  tx.run(sql`
    update webhook_endpoint set secret_no = ${secretNo}, old_secret_until = ${oldSecretUntil}
     where workspace_id = ${workspaceId}::bigint and id = ${id}::bigint`);

// ------------------------------------------------------------------ deliveries

export interface NewDelivery {
  id: DeliveryId;
  publicId: string;
  endpointId: EndpointId;
  messageId: string;
  type: WebhookType;
  orderId: OrderId | null;
  occurredAt: Date;
  payload: string;
}

/** What an endpoint has of a message already is left alone, so that making deliveries may be repeated. */
export const insertDeliveries = (
  tx: Tx,
  workspaceId: WorkspaceId,
  rows: readonly NewDelivery[],
  now: Date,
): Promise<number> =>
  rows.length === 0
    ? Promise.resolve(0)
    : tx.run(sql`
    insert into webhook_delivery (workspace_id, id, public_id, endpoint_id, message_id, type, order_id, occurred_at, payload, state, created_at, due_at, tries, attempts)
    select ${workspaceId}::bigint, s.id, s.public_id, s.endpoint_id, s.message_id, s.type, s.order_id, s.occurred_at, s.payload, 'waiting', ${now}::timestamptz, ${now}::timestamptz, 0, 0
      from unnest(${rows.map((each) => each.id)}::bigint[], ${rows.map((each) => each.publicId)}::uuid[], ${rows.map((each) => each.endpointId)}::bigint[],
                  ${rows.map((each) => each.messageId)}::text[], ${rows.map((each) => each.type)}::text[], ${rows.map((each) => each.orderId)}::bigint[],
                  ${rows.map((each) => each.occurredAt)}::timestamptz[], ${rows.map((each) => each.payload)}::text[])
             as s(id, public_id, endpoint_id, message_id, type, order_id, occurred_at, payload)
    on conflict (workspace_id, endpoint_id, message_id) do nothing`);

const DeliveryRow = row({
  id: col.id<DeliveryId>(),
  publicId: col.text,
  messageId: col.text,
  type: col.text,
  occurredAt: col.instant,
  createdAt: col.instant,
  state: col.oneOf<"waiting" | "delivered" | "given_up">(),
  dueAt: col.instantOrNull,
  attempts: col.int,
  lastStatus: col.intOrNull,
  lastProblem: col.textOrNull,
  endedAt: col.instantOrNull,
  payload: col.text,
});
export type Delivery = RowOf<typeof DeliveryRow>;
const deliveryColumns = columnsOf(DeliveryRow, "d");

/** Newest first. */
export async function listDeliveries(
  tx: Tx,
  { workspaceId, id }: EndpointKey,
  filter: { state: Delivery["state"] | null; before: string | null; limit: number },
): Promise<{ deliveries: Delivery[]; next: string | null }> {
  const found = await tx.rows(
    DeliveryRow,
    sql`
    select ${deliveryColumns} from webhook_delivery d
     where d.workspace_id = ${workspaceId}::bigint and d.endpoint_id = ${id}::bigint
       and (d.state = ${filter.state} or ${filter.state}::text is null) and (d.id < ${filter.before}::bigint or ${filter.before}::bigint is null)
     order by d.id desc limit ${filter.limit + 1}`,
  );
  const deliveries = found.slice(0, filter.limit);
  return { deliveries, next: found.length > filter.limit ? (deliveries.at(-1)?.id ?? null) : null };
}

const AttemptRow = row({
  no: col.int,
  at: col.instant,
  durationMs: col.int,
  url: col.text,
  status: col.intOrNull,
  problem: col.textOrNull,
  answer: col.text,
});
export type DeliveryAttempt = RowOf<typeof AttemptRow>;

/** One delivery of this endpoint with all its tries. */
export async function findDelivery(
  tx: Tx,
  { workspaceId, id }: EndpointKey,
  publicId: string,
): Promise<{ delivery: Delivery; attempts: DeliveryAttempt[] } | undefined> {
  const delivery = await tx.maybe(
    DeliveryRow,
    sql`
    select ${deliveryColumns} from webhook_delivery d
     where d.workspace_id = ${workspaceId}::bigint and d.endpoint_id = ${id}::bigint and d.public_id = ${publicId}::uuid`,
  );
  if (delivery === undefined) return undefined;
  const attempts = await tx.rows(
    AttemptRow,
    sql`
    select a.no, a.at, a.duration_ms, a.url, a.status, a.problem, a.answer from webhook_attempt a
     where a.workspace_id = ${workspaceId}::bigint and a.delivery_id = ${delivery.id}::bigint order by a.no`,
  );
  return { delivery, attempts };
}

/** WH-41. Sends again, from the beginning of the plan, with the ids they had: one delivery, or all given up since `since`. */
export const resend = (
  tx: Tx,
  { workspaceId, id }: EndpointKey,
  which: { delivery: string } | { since: Date },
  now: Date,
): Promise<number> => {
  const chosen =
    "delivery" in which
      ? sql`d.public_id = ${which.delivery}::uuid`
      : sql`d.state = 'given_up' and d.created_at >= ${which.since}`;
  return tx.run(sql`
    update webhook_delivery d set state = 'waiting', due_at = ${now}, tries = 0, ended_at = null
     where d.workspace_id = ${workspaceId}::bigint and d.endpoint_id = ${id}::bigint and ${chosen}`);
};

const CountsRow = row({ endpointId: col.id<EndpointId>(), state: col.text, n: col.int });

/** How many deliveries of each endpoint wait or were given up. */
export async function countDeliveries(
  tx: Tx,
  workspaceId: WorkspaceId,
): Promise<(endpoint: EndpointId) => { waiting: number; givenUp: number }> {
  const rows = await tx.rows(
    CountsRow,
    sql`
    select d.endpoint_id, d.state, count(*)::int as n from webhook_delivery d
     where d.workspace_id = ${workspaceId}::bigint and d.state <> 'delivered' group by d.endpoint_id, d.state`,
  );
  const n = (endpoint: EndpointId, state: string): number =>
    rows.find((each) => each.endpointId === endpoint && each.state === state)?.n ?? 0;
  return (endpoint) => ({ waiting: n(endpoint, "waiting"), givenUp: n(endpoint, "given_up") });
}

// ------------------------------------------------------------------ sending

const DueRow = row({ dueAt: col.instantOrNull });

/** When something is to be sent next, of what nobody is sending; null: nothing waits, or nothing may leave (safe mode). */
export async function nextWebhook(tx: Tx): Promise<Date | null> {
  const { dueAt } = await tx.one(
    DueRow,
    sql`
    select min(greatest(d.due_at, e.taken_until, e.paused_until)) as due_at
      from webhook_endpoint e
     cross join lateral (
       select d.due_at from webhook_delivery d
        where d.workspace_id = e.workspace_id and d.endpoint_id = e.id and d.due_at is not null order by d.due_at, d.id limit 1
     ) d
     where e.enabled and not exists (select from installation i where i.safe_mode_reason is not null)`,
  );
  return dueAt;
}

const TakenRow = row({
  workspaceId: col.id<WorkspaceId>(),
  id: col.id<EndpointId>(),
  url: col.text,
  failures: col.int,
  secretNo: col.int,
  oldSecretUntil: col.instantOrNull,
  takenUntil: col.instant,
});
export type TakenEndpoint = RowOf<typeof TakenRow>;

/**
 * WH-35. Takes endpoints that have something due, so that each is served by one process at a time. One that has been failing is asked with a single delivery
 * first; see {@link dueDeliveries}.
 */
export const takeEndpoints = (
  tx: Tx,
  { now, takenUntil, limit }: { now: Date; takenUntil: Date; limit: number },
): Promise<TakenEndpoint[]> =>
  tx.rows(
    TakenRow,
    sql`
    with due as (
      select e.workspace_id, e.id from webhook_endpoint e
       where e.enabled and (e.taken_until is null or e.taken_until <= ${now}) and (e.paused_until is null or e.paused_until <= ${now})
         and exists (select from webhook_delivery d where d.workspace_id = e.workspace_id and d.endpoint_id = e.id and d.due_at <= ${now})
         and not exists (select from installation i where i.safe_mode_reason is not null)
       order by e.workspace_id, e.id limit ${limit}
         for update of e skip locked
    )
    update webhook_endpoint e set taken_until = ${takenUntil}
      from due where e.workspace_id = due.workspace_id and e.id = due.id
    returning e.workspace_id, e.id, e.url, e.failures, e.secret_no, e.old_secret_until, e.taken_until`,
  );

const ToSendRow = row({ id: col.id<DeliveryId>(), messageId: col.text, payload: col.text, tries: col.int });
export type DeliveryToSend = RowOf<typeof ToSendRow>;

/** The next deliveries of a taken endpoint, longest due first. */
export const dueDeliveries = (
  tx: Tx,
  { workspaceId, id }: EndpointKey,
  { now, limit }: { now: Date; limit: number },
): Promise<DeliveryToSend[]> =>
  tx.rows(
    ToSendRow,
    sql`
    select d.id, d.message_id, d.payload, d.tries from webhook_delivery d
     where d.workspace_id = ${workspaceId}::bigint and d.endpoint_id = ${id}::bigint and d.due_at <= ${now}
     order by d.due_at, d.id limit ${limit}`,
  );

/** Keeps a taken endpoint for longer; false: it is paused, switched off, deleted or taken by somebody else, and there is nothing more to do. */
export const renewEndpoint = async (
  tx: Tx,
  { workspaceId, id, takenUntil }: TakenEndpoint,
  { now, until }: { now: Date; until: Date },
): Promise<boolean> => {
  const renewed = await tx.run(sql`
    update webhook_endpoint set taken_until = ${until}
     where workspace_id = ${workspaceId}::bigint and id = ${id}::bigint and taken_until = ${takenUntil}
       and enabled and (paused_until is null or paused_until <= ${now})`);
  return renewed === 1;
};

export const letGoOfEndpoint = (tx: Tx, { workspaceId, id, takenUntil }: TakenEndpoint): Promise<number> =>
  tx.run(sql`
    update webhook_endpoint set taken_until = null
     where workspace_id = ${workspaceId}::bigint and id = ${id}::bigint and taken_until = ${takenUntil}`);

const HealthRow = row({
  publicId: col.text,
  url: col.text,
  enabled: col.bool,
  failures: col.int,
  failingSince: col.instantOrNull,
  givenUp: col.int,
  pausedUntil: col.instantOrNull,
  lastSuccessAt: col.instantOrNull,
});

/** How an endpoint does, locked; undefined: it was deleted meanwhile. */
export const lockHealth = (
  tx: Tx,
  { workspaceId, id }: EndpointKey,
): Promise<(EndpointHealth & { publicId: string; url: string; enabled: boolean }) | undefined> =>
  tx.maybe(
    HealthRow,
    sql`
    select e.public_id, e.url, e.enabled, e.failures, e.failing_since, e.given_up, e.paused_until, e.last_success_at
      from webhook_endpoint e where e.workspace_id = ${workspaceId}::bigint and e.id = ${id}::bigint for update`,
  );

export interface Try {
  delivery: DeliveryToSend;
  at: Date;
  durationMs: number;
  url: string;
  answer: WebhookAnswer;
  judged: Judged;
}

/** Writes down a try and what follows from it. What is no longer waiting (re-sent and delivered meanwhile) only gets the attempt. */
export async function recordTry(
  tx: Tx,
  workspaceId: WorkspaceId,
  { delivery, at, durationMs, url, answer, judged }: Try,
) {
  const { status } = answer;
  const problem = answer.status === null ? answer.problem : null;
  const { state, tries } = judged.delivery;
  const dueAt = judged.delivery.state === "waiting" ? judged.delivery.dueAt : null;
  await tx.run(sql`
    with known as (
      select d.id, d.attempts from webhook_delivery d
       where d.workspace_id = ${workspaceId}::bigint and d.id = ${delivery.id}::bigint for update
    )
    insert into webhook_attempt (workspace_id, delivery_id, no, at, duration_ms, url, status, problem, answer)
    select ${workspaceId}::bigint, known.id, known.attempts + 1, ${at}::timestamptz, ${durationMs}::integer, ${url}, ${status}::integer, ${problem}, ${answer.status === null ? "" : answer.text} from known`);
  await tx.run(sql`
    update webhook_delivery d
       set attempts = d.attempts + 1, last_status = ${status}, last_problem = ${problem},
           state = case when d.state = 'waiting' or ${state} = 'delivered' then ${state} else d.state end,
           tries = case when d.state = 'waiting' then ${tries} else d.tries end,
           due_at = case when d.state = 'waiting' and ${state} <> 'delivered' then ${dueAt}::timestamptz else null end,
           ended_at = case when d.state = 'waiting' and ${state} <> 'waiting' then ${at}::timestamptz else d.ended_at end
     where d.workspace_id = ${workspaceId}::bigint and d.id = ${delivery.id}::bigint`);
}

export const writeHealth = (
  tx: Tx,
  { workspaceId, id }: EndpointKey,
  health: EndpointHealth,
  disabled: Judged["disabled"],
  now: Date,
): Promise<number> =>
  tx.run(sql`
    update webhook_endpoint e
       set failures = ${health.failures}, failing_since = ${health.failingSince}, given_up = ${health.givenUp}, paused_until = ${health.pausedUntil},
           last_success_at = ${health.lastSuccessAt},
           enabled = e.enabled and ${disabled}::text is null,
           disabled_at = case when ${disabled}::text is null then e.disabled_at else ${now}::timestamptz end,
           disabled_why = coalesce(${disabled}, e.disabled_why)
     where e.workspace_id = ${workspaceId}::bigint and e.id = ${id}::bigint`);

/** WH-34. What waits for an endpoint that was switched off is given up, and can be sent again by a person. */
export const giveUpDeliveries = (tx: Tx, { workspaceId, id }: EndpointKey, now: Date): Promise<number> =>
  tx.run(sql`
    update webhook_delivery d set state = 'given_up', due_at = null, ended_at = ${now}
     where d.workspace_id = ${workspaceId}::bigint and d.endpoint_id = ${id}::bigint and d.state = 'waiting'`);

const TroubleRow = row({
  slug: col.text,
  url: col.text,
  enabled: col.bool,
  disabledWhy: col.textOrNull,
  failingSince: col.instantOrNull,
});

/** Endpoints of all workspaces that were switched off by themselves, or have been failing since before `since`. */
export const readWebhookTrouble = (tx: Tx, since: Date): Promise<RowOf<typeof TroubleRow>[]> =>
  tx.rows(
    TroubleRow,
    sql`
    select w.slug, e.url, e.enabled, e.disabled_why, e.failing_since
      from webhook_endpoint e join workspace w on w.id = e.workspace_id
     where (not e.enabled and e.disabled_why <> 'by_person') or (e.enabled and e.failing_since < ${since})
     order by w.slug, e.workspace_id, e.id`,
  );

/** Deliveries that ended before this, with their tries. */
export const forgetDeliveries = (tx: Tx, before: Date, limit: number): Promise<number> =>
  tx.run(sql`
    delete from webhook_delivery d
     using (
       select o.workspace_id, o.id from webhook_delivery o where o.ended_at < ${before}
        order by o.ended_at, o.workspace_id, o.id limit ${limit}
     ) old
     where d.workspace_id = old.workspace_id and d.id = old.id`);
