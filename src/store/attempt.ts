import type { Address } from "#domain/address.ts";
import type {
  AccountId,
  AttemptId,
  DispatchId,
  FulfillmentOrderId,
  OrderId,
  SupplierId,
  WorkspaceId,
} from "#domain/ids.ts";
import type { Attempt, AttemptState } from "#domain/order.ts";
import type { KeptRequest, OutgoingRequest } from "#domain/placement.ts";
import type { Tx } from "./db.ts";
import type { OrderKey } from "./dossier.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";

// ------------------------------------------------------------------ what the gate reads

/** One attempt as the gate must see it before anything leaves: what was armed, rebuilt from the rows, and whether it still counts. */
export interface Purchase {
  workspaceId: WorkspaceId;
  attemptId: AttemptId;
  supplierId: SupplierId;
  accountId: AccountId;
  supplierKind: string;
  settings: Record<string, unknown>;
  kind: Attempt["kind"];
  state: AttemptState;
  fence: number;
  newestFence: number;
  armedAt: Date;
  sendBy: Date;
  keyUntil: Date | null;
  requestHash: string;
  request: OutgoingRequest;
  /** Names the order for ever, also in a database that met it anew: the channel's identity and its own id of the order. */
  order: readonly [channelKind: string, channel: string, order: string];
  /** A person said that it was not bought before the database was restored. */
  isReleased: boolean;
}
const PurchaseRow = row({
  workspaceId: col.id<WorkspaceId>(),
  attemptId: col.id<AttemptId>(),
  supplierId: col.id<SupplierId>(),
  accountId: col.id<AccountId>(),
  supplierKind: col.text,
  supplierSettings: col.json<{ connector?: Record<string, unknown> }>(),
  kind: col.oneOf<Attempt["kind"]>(),
  state: col.oneOf<AttemptState>(),
  fence: col.int,
  newestFence: col.int,
  armedAt: col.instant,
  sendBy: col.instant,
  keyUntil: col.instantOrNull,
  requestHash: col.text,
  reference: col.text,
  idempotencyKey: col.text,
  maxTotal: col.bigint,
  currency: col.text,
  request: col.json<KeptRequest>(),
  channelKind: col.text,
  channelExternalId: col.text,
  channelOrderId: col.text,
  isReleased: col.bool,
  name: col.text,
  company: col.text,
  line1: col.text,
  line2: col.text,
  city: col.text,
  region: col.text,
  postcode: col.text,
  country: col.text,
  phone: col.text,
  email: col.text,
});
export interface AttemptKey {
  workspaceId: WorkspaceId;
  attemptId: AttemptId;
}

/** By attempt id; attempts that are not there are left out. Attempt by attempt (see dossier.ts): else the planner tries each supplier of the workspace. */
export async function readPurchases(tx: Tx, keys: readonly AttemptKey[]): Promise<Map<AttemptId, Purchase>> {
  const rows = await tx.rows(
    PurchaseRow,
    sql`
    select a.workspace_id, a.id as attempt_id, a.supplier_id, a.account_id, s.kind as supplier_kind, s.settings as supplier_settings, a.kind, a.state,
           a.fence, f.fence as newest_fence, a.armed_at, a.send_by, a.key_until, a.request_hash, a.reference, a.idempotency_key, a.max_total, a.currency, a.request,
           c.kind as channel_kind, c.external_id as channel_external_id, o.channel_order_id, 'bought_before_restore' = any(o.answered) as is_released,
           d.name, d.company, d.line1, d.line2, d.city, d.region, d.postcode, d.country, d.phone, d.email
      from unnest(${keys.map((key) => key.workspaceId)}::bigint[], ${keys.map((key) => key.attemptId)}::bigint[]) as k(workspace_id, id)
     cross join lateral (select * from attempt a where a.workspace_id = k.workspace_id and a.id = k.id order by a.id) a
      join fulfillment_order f on f.workspace_id = a.workspace_id and f.id = a.fulfillment_order_id
      join supplier s on s.workspace_id = a.workspace_id and s.id = a.supplier_id
      join sales_order o on o.workspace_id = a.workspace_id and o.id = a.order_id
      join channel c on c.workspace_id = o.workspace_id and c.id = o.channel_id
     cross join lateral (select * from order_address d where d.workspace_id = a.workspace_id and d.order_id = a.order_id order by d.no) d
     where d.no = a.address_no`,
  );
  return new Map(rows.map((each) => [each.attemptId, purchaseOf(each)]));
}

type RowOf<Shape> = Shape extends { decode: (...args: never[]) => (infer T)[] } ? T : never;
function purchaseOf(found: RowOf<typeof PurchaseRow>): Purchase {
  const { name, company, line1, line2, city, region, postcode, country, phone, email, ...rest } = found;
  const shipTo: Address = { name, company, line1, line2, city, region, postcode, country, phone, email };
  const { supplierSettings, reference, idempotencyKey, maxTotal, currency, request, ...of } = rest;
  const { channelKind, channelExternalId, channelOrderId, ...purchase } = of;
  return {
    ...purchase,
    settings: supplierSettings.connector ?? {},
    order: [channelKind, channelExternalId, channelOrderId],
    request: { reference, idempotencyKey, maxTotal: { amount: maxTotal, currency }, shipTo, ...request },
  };
}

const SendableRow = row({ attemptId: col.id<AttemptId>(), isSendable: col.bool });

/**
 * The last look before the first byte, one statement for all: still armed (a resend: or unknown), still the newest fence, not cancelled, and home. The
 * conditions stand where rows are shown and not where they are joined: a fence that has to match looks selective to the planner, and is not.
 */
export async function whichMayStillBeSent(
  tx: Tx,
  calls: readonly (AttemptKey & { fence: number; mode: "send" | "resend" })[],
): Promise<Set<AttemptId>> {
  const rows = await tx.rows(
    SendableRow,
    sql`
    select a.id as attempt_id,
           (a.state = 'armed' or (a.state = 'unknown' and k.is_resend))
       and a.fence = k.fence and f.fence = k.fence
       and (k.is_resend or asks.open = 0)
       and not exists (select 1 from installation i where i.safe_mode_reason is not null) as is_sendable
      from unnest(${calls.map((call) => call.workspaceId)}::bigint[], ${calls.map((call) => call.attemptId)}::bigint[], ${calls.map((call) => call.fence)}::integer[], ${calls.map((call) => call.mode === "resend")}::boolean[])
             as k(workspace_id, id, fence, is_resend)
     cross join lateral (select * from attempt a where a.workspace_id = k.workspace_id and a.id = k.id order by a.id) a
      join fulfillment_order f on f.workspace_id = a.workspace_id and f.id = a.fulfillment_order_id
     cross join lateral (
       select count(*) as open from cancellation c
         join cancellation_ask q on q.workspace_id = c.workspace_id and q.cancellation_id = c.id and q.fulfillment_order_id = a.fulfillment_order_id
        where c.workspace_id = a.workspace_id and c.order_id = a.order_id and q.state in ('asking', 'accepted')
     ) asks`,
  );
  return new Set(rows.filter((each) => each.isSendable).map((each) => each.attemptId));
}

export interface ReferenceKey {
  workspaceId: WorkspaceId;
  reference: string;
}
const ReferenceRow = row({ reference: col.text });

/** Which of these references the database knows: what a gate's journal knows more of was lost here (a restored backup). */
export async function knownReferences(tx: Tx, keys: readonly ReferenceKey[]): Promise<Set<string>> {
  const rows = await tx.rows(
    ReferenceRow,
    sql`
    select a.reference from unnest(${keys.map((key) => key.workspaceId)}::bigint[], ${keys.map((key) => key.reference)}::text[]) as k(workspace_id, reference)
      join attempt a on a.workspace_id = k.workspace_id and a.reference = k.reference`,
  );
  return new Set(rows.map((each) => each.reference));
}

const NameRow = row({ workspaceId: col.id<WorkspaceId>(), supplierId: col.id<SupplierId>(), name: col.text });

/** What suppliers are called here, by `workspace/supplier`. */
export async function readSupplierNames(
  tx: Tx,
  keys: readonly { workspaceId: WorkspaceId; supplierId: SupplierId }[],
): Promise<Map<string, string>> {
  const rows = await tx.rows(
    NameRow,
    sql`
    select s.workspace_id, s.id as supplier_id, s.name
      from unnest(${keys.map((key) => key.workspaceId)}::bigint[], ${keys.map((key) => key.supplierId)}::bigint[]) as k(workspace_id, id)
      join supplier s on s.workspace_id = k.workspace_id and s.id = k.id`,
  );
  return new Map(rows.map((each) => [`${each.workspaceId}/${each.supplierId}`, each.name]));
}

const AccountRow = row({ kind: col.text, settings: col.json<{ connector?: Record<string, unknown> }>() });

/** The kind and the connector's settings of a supplier, if the account is one of its. */
export async function readSupplierOf(
  tx: Tx,
  key: { workspaceId: WorkspaceId; supplierId: SupplierId; accountId: AccountId },
): Promise<{ kind: string; settings: Record<string, unknown> } | undefined> {
  const found = await tx.maybe(
    AccountRow,
    sql`
    select s.kind, s.settings from supplier s
      join supplier_account a on a.workspace_id = s.workspace_id and a.supplier_id = s.id
     where s.workspace_id = ${key.workspaceId}::bigint and s.id = ${key.supplierId}::bigint and a.id = ${key.accountId}::bigint`,
  );
  return found === undefined ? undefined : { kind: found.kind, settings: found.settings.connector ?? {} };
}

// ------------------------------------------------------------------ documents

export interface Dispatch {
  workspaceId: WorkspaceId;
  id: DispatchId;
  supplierId: SupplierId;
  accountId: AccountId;
  state: "open" | "sent" | "void";
  fileName: string;
  sha256: string;
  bytes: Uint8Array;
}
const DispatchRow = row({
  workspaceId: col.id<WorkspaceId>(),
  id: col.id<DispatchId>(),
  supplierId: col.id<SupplierId>(),
  accountId: col.id<AccountId>(),
  state: col.oneOf<Dispatch["state"]>(),
  fileName: col.text,
  sha256: col.text,
  bytes: col.bytes,
});

export const readDispatch = (tx: Tx, workspaceId: WorkspaceId, id: DispatchId): Promise<Dispatch | undefined> =>
  tx.maybe(
    DispatchRow,
    sql`
    select workspace_id, id, supplier_id, account_id, state, file_name, sha256, bytes from dispatch
     where workspace_id = ${workspaceId}::bigint and id = ${id}::bigint`,
  );

const Yes = row({ yes: col.bool });
/** The last check before a document leaves: still open, still about something, and home. */
export async function dispatchMayLeave(tx: Tx, workspaceId: WorkspaceId, id: DispatchId): Promise<boolean> {
  const { yes } = await tx.one(
    Yes,
    sql`
    select exists (
      select 1 from dispatch d
        join attempt a on a.workspace_id = d.workspace_id and a.dispatch_id = d.id and a.state in ('armed', 'unknown')
       where d.workspace_id = ${workspaceId}::bigint and d.id = ${id}::bigint and d.state = 'open')
      and not exists (select 1 from installation i where i.safe_mode_reason is not null) as yes`,
  );
  return yes;
}

/** Bytes and hash are committed with the arming; until it is known that it left (or never will), it is due. */
export const insertDispatch = (
  tx: Tx,
  dispatch: Omit<Dispatch, "state">,
  { now, dueAt }: { now: Date; dueAt: Date },
): Promise<number> =>
  tx.run(sql`
    insert into dispatch (workspace_id, id, supplier_id, account_id, state, file_name, sha256, bytes, created_at, due_at)
    values (${dispatch.workspaceId}::bigint, ${dispatch.id}::bigint, ${dispatch.supplierId}::bigint, ${dispatch.accountId}::bigint, 'open',
            ${dispatch.fileName}, ${dispatch.sha256}, ${dispatch.bytes}::bytea, ${now}, ${dueAt})`);

export const closeDispatch = (
  tx: Tx,
  workspaceId: WorkspaceId,
  id: DispatchId,
  state: "sent" | "void",
  now: Date,
): Promise<number> =>
  tx.run(sql`
    update dispatch set state = ${state}, due_at = null, sent_at = case when ${state} = 'sent' then ${now}::timestamptz end
     where workspace_id = ${workspaceId}::bigint and id = ${id}::bigint and state = 'open'`);

const DispatchKey = row({ workspaceId: col.id<WorkspaceId>(), id: col.id<DispatchId>() });

/** Open dispatches that are due, and their next time if whoever claims them dies. */
export const claimDispatches = (
  tx: Tx,
  { now, until, limit }: { now: Date; until: Date; limit: number },
): Promise<{ workspaceId: WorkspaceId; id: DispatchId }[]> =>
  tx.rows(
    DispatchKey,
    sql`
    with due as (
      select workspace_id, id from dispatch where due_at <= ${now} order by due_at, workspace_id, id limit ${limit} for update skip locked
    )
    update dispatch d set due_at = ${until} from due where d.workspace_id = due.workspace_id and d.id = due.id
    returning d.workspace_id, d.id`,
  );

const AttemptOfDispatch = row({
  orderId: col.id<OrderId>(),
  id: col.id<AttemptId>(),
  accountId: col.id<AccountId>(),
  reference: col.text,
});
/** The attempts that left in one document, or will. What was settled before (a line that the document could not carry) is not among them. */
export const attemptsOfDispatch = (
  tx: Tx,
  workspaceId: WorkspaceId,
  id: DispatchId,
): Promise<{ orderId: OrderId; id: AttemptId; accountId: AccountId; reference: string }[]> =>
  tx.rows(
    AttemptOfDispatch,
    sql`
    select order_id, id, account_id, reference from attempt where workspace_id = ${workspaceId}::bigint and dispatch_id = ${id}::bigint order by order_id, id`,
  );

// ------------------------------------------------------------------ what reconcile claims

export interface DueAttempt extends OrderKey {
  attemptId: AttemptId;
  fulfillmentOrderId: FulfillmentOrderId;
  supplierId: SupplierId;
  accountId: AccountId;
  kind: Attempt["kind"];
  state: AttemptState;
  reference: string;
  /** The new one: whoever still holds the old one starts nothing any more. */
  fence: number;
  armedAt: Date;
  settleAt: Date;
  keyUntil: Date | null;
}
const DueAttemptRow = row({
  workspaceId: col.id<WorkspaceId>(),
  orderId: col.id<OrderId>(),
  attemptId: col.id<AttemptId>(),
  fulfillmentOrderId: col.id<FulfillmentOrderId>(),
  supplierId: col.id<SupplierId>(),
  accountId: col.id<AccountId>(),
  kind: col.oneOf<Attempt["kind"]>(),
  state: col.oneOf<AttemptState>(),
  reference: col.text,
  fence: col.int,
  armedAt: col.instant,
  settleAt: col.instant,
  keyUntil: col.instantOrNull,
});
const LockedRow = row({ workspaceId: col.id<WorkspaceId>(), id: col.id<OrderId>() });
/** How long after it was claimed the first byte of a repetition may leave. */
const resendByMs = 10_000;

/**
 * Takes attempts that nobody recorded in time, or whose outcome is to be asked about, and gives each a new fence: a worker or gate that slept through
 * its time finds its own passed. They come back at `until` if whoever claimed them dies. Orders that somebody holds are skipped.
 *
 * PL-67. What may be asked with the same key again may be bought by that, so it gets a new deadline for its first byte with the claim, and its settle time
 * moves as far: until then "it was not bought" proves nothing, whoever says it.
 */
export async function claimAttempts(
  tx: Tx,
  { now, until, limit }: { now: Date; until: Date; limit: number },
): Promise<DueAttempt[]> {
  const locked = await tx.rows(
    LockedRow,
    sql`
    with due as (
      select workspace_id, order_id from attempt
       where state in ('armed', 'unknown') and due_at <= ${now} and kind <> 'document'
       order by due_at, id limit ${limit}
    )
    select o.workspace_id, o.id from sales_order o
     where (o.workspace_id, o.id) in (select due.workspace_id, due.order_id from due)
     order by o.workspace_id, o.id
       for update of o skip locked`,
  );
  if (locked.length === 0) return [];
  const sendBy = new Date(now.getTime() + resendByMs);
  return tx.rows(
    DueAttemptRow,
    sql`
    with mine as (
      select a.workspace_id, a.id, a.fulfillment_order_id, nextval('fence')::integer as fence,
             case when a.key_until > ${now} then greatest(a.send_by, ${sendBy}) else a.send_by end as send_by
        from unnest(${locked.map((each) => each.workspaceId)}::bigint[], ${locked.map((each) => each.id)}::bigint[]) as k(workspace_id, id)
       cross join lateral (select * from fulfillment_order f where f.workspace_id = k.workspace_id and f.order_id = k.id order by f.no) f
       cross join lateral (select * from attempt a where a.workspace_id = f.workspace_id and a.fulfillment_order_id = f.id order by a.no offset 0) a
       where a.state in ('armed', 'unknown') and a.due_at <= ${now} and a.kind <> 'document'
    ), fenced as (
      update fulfillment_order f set fence = m.fence from mine m where f.workspace_id = m.workspace_id and f.id = m.fulfillment_order_id
    )
    update attempt a
       set fence = m.fence, due_at = ${until}, send_by = m.send_by, settle_at = a.settle_at + (m.send_by - a.send_by)
      from mine m
     where a.workspace_id = m.workspace_id and a.id = m.id
    returning a.workspace_id, a.order_id, a.id as attempt_id, a.fulfillment_order_id, a.supplier_id, a.account_id, a.kind, a.state, a.reference, a.fence, a.armed_at, a.settle_at, a.key_until`,
  );
}

/** Moves the lease of those that are still claimed until `from`. What somebody is writing just now is skipped: it gets its own time. */
export const renewAttempts = (
  tx: Tx,
  attempts: readonly Pick<DueAttempt, "workspaceId" | "attemptId">[],
  { from, until }: { from: Date; until: Date },
): Promise<number> =>
  tx.run(sql`
    with mine as (
      select a.workspace_id, a.id
        from unnest(${attempts.map((each) => each.workspaceId)}::bigint[], ${attempts.map((each) => each.attemptId)}::bigint[]) as k(workspace_id, id)
        join attempt a on a.workspace_id = k.workspace_id and a.id = k.id
       where a.due_at = ${from} and a.state in ('armed', 'unknown')
         for no key update of a skip locked
    )
    update attempt a set due_at = ${until} from mine where a.workspace_id = mine.workspace_id and a.id = mine.id`);

const DueAt = row({ dueAt: col.instantOrNull });
/** When the next attempt is to be asked about. */
export const nextAttemptDue = async (tx: Tx): Promise<Date | null> =>
  (
    await tx.one(
      DueAt,
      sql`select min(due_at) as due_at from attempt where state in ('armed', 'unknown') and due_at is not null and kind <> 'document'`,
    )
  ).dueAt;
export const nextDispatchDue = async (tx: Tx): Promise<Date | null> =>
  (await tx.one(DueAt, sql`select min(due_at) as due_at from dispatch where due_at is not null`)).dueAt;

const ArmedRow = row({ attemptId: col.id<AttemptId>() });
/** After a commit whose answer was lost: which of the attempts that were to be armed under this fence are there. */
export async function armedUnder(
  tx: Tx,
  fence: number,
  keys: readonly { workspaceId: WorkspaceId; fulfillmentOrderId: FulfillmentOrderId; no: number }[],
): Promise<Set<AttemptId>> {
  const rows = await tx.rows(
    ArmedRow,
    sql`
    select a.id as attempt_id
      from unnest(${keys.map((key) => key.workspaceId)}::bigint[], ${keys.map((key) => key.fulfillmentOrderId)}::bigint[], ${keys.map((key) => key.no)}::integer[]) as k(workspace_id, fulfillment_order_id, no)
      join attempt a on a.workspace_id = k.workspace_id and a.fulfillment_order_id = k.fulfillment_order_id and a.no = k.no
     where a.fence = ${fence}::integer and a.state = 'armed'`,
  );
  return new Set(rows.map((each) => each.attemptId));
}

const TakenRow = row({ supplierOrderId: col.text, attemptId: col.id<AttemptId>() });
/** Which of these numbers another attempt of the account has already: one purchase cannot be two orders'. */
export async function takenNumbers(
  tx: Tx,
  asked: readonly { workspaceId: WorkspaceId; accountId: AccountId; supplierOrderId: string; attemptId: AttemptId }[],
): Promise<Set<AttemptId>> {
  if (asked.length === 0) return new Set();
  const rows = await tx.rows(
    TakenRow,
    sql`
    select k.supplier_order_id, k.attempt_id
      from unnest(${asked.map((each) => each.workspaceId)}::bigint[], ${asked.map((each) => each.accountId)}::bigint[], ${asked.map((each) => each.supplierOrderId)}::text[], ${asked.map((each) => each.attemptId)}::bigint[])
             as k(workspace_id, account_id, supplier_order_id, attempt_id)
      join attempt a on a.workspace_id = k.workspace_id and a.account_id = k.account_id and a.supplier_order_id = k.supplier_order_id and a.kind <> 'document'
     where a.id <> k.attempt_id`,
  );
  return new Set(rows.map((each) => each.attemptId));
}

const FenceRow = row({ fence: col.int });
export const nextFence = async (tx: Tx): Promise<number> =>
  (await tx.one(FenceRow, sql`select nextval('fence')::integer as fence`)).fence;

const InstallationRow = row({ id: col.text });
/** Names this installation to suppliers for ever; it is part of every idempotency key. */
export const installationId = async (tx: Tx): Promise<string> =>
  (await tx.one(InstallationRow, sql`select id from installation`)).id;
