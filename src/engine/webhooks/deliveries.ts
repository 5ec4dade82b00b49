import { createHash } from "node:crypto";
import { publicId, type OrderId, type WorkspaceId } from "#domain/ids.ts";
import { listensTo, messagesOf, type Message } from "#domain/webhook-event.ts";
import { numberChanges, readChanges, setNotified, type NumberedChange } from "#store/order-change.ts";
import type { Tx } from "#store/db.ts";
import { readTrails, type OrderTrail, type Stretch } from "#store/trail.ts";
import { insertDeliveries, listEndpoints, type Endpoint, type NewDelivery } from "#store/webhook.ts";
import type { Engine } from "../context.ts";
import { payloadOf } from "./payload.ts";

/** Orders looked at in one transaction, about. */
const mostOrders = 500;
const mostChanges = 100;

/**
 * WH-12. Makes deliveries of what changed in a workspace since the last time: one per message and endpoint that listens to its type. Where it stands is moved
 * on in the same transaction, so that a crash repeats it and nothing is left out. Answers how many changes it went through.
 */
export const makeDeliveries = (engine: Engine, workspaceId: WorkspaceId): Promise<number> =>
  engine.db.tx(async (tx) => {
    const { lastNo, notifiedNo } = await numberChanges(tx, workspaceId);
    if (notifiedNo >= lastNo) return 0;
    const endpoints = (await listEndpoints(tx, workspaceId)).filter((endpoint) => endpoint.enabled);
    if (endpoints.length === 0) return 0; // switched off this very moment
    const changes = someOf(await readChanges(tx, workspaceId, { after: notifiedNo, limit: mostChanges }));
    const trails = await readTrails(tx, workspaceId, stretchesOf(changes));
    const rows = trails.flatMap((trail) => messagesFor(engine, trail, endpoints));
    await insertRows(engine, tx, workspaceId, rows);
    await setNotified(tx, workspaceId, changes.at(-1)?.no ?? lastNo);
    return changes.length;
  });

function someOf(changes: readonly NumberedChange[]): NumberedChange[] {
  let orders = 0;
  return changes.filter((change, index) => {
    orders += change.orders.length;
    return index === 0 || orders <= mostOrders;
  });
}

const stretchesOf = (changes: readonly NumberedChange[]): Stretch[] =>
  changes.flatMap(({ orders, firstSeqs, lastSeqs }) =>
    orders
      .map((orderId, index): Stretch => ({ orderId, first: firstSeqs[index]!, last: lastSeqs[index]! }))
      .filter(({ first, last }) => first <= last),
  );

type Row = Omit<NewDelivery, "id" | "publicId">;

function messagesFor(engine: Engine, { orderId, events, facts }: OrderTrail, endpoints: readonly Endpoint[]): Row[] {
  return events.flatMap((event) => {
    try {
      return messagesOf(event, facts).flatMap((message) =>
        rowsOf(message, event.at, endpoints, { orderId, key: `${String(facts.order["id"])}/${event.seq}` }),
      );
    } catch (error) {
      // One event that cannot be told must not keep all later ones of the workspace from being told.
      engine.log.error(
        { order: orderId, seq: event.seq, kind: event.kind, error: String(error) },
        "an event could not be told",
      );
      return [];
    }
  });
}

/** The rows of one message. `key` names what happened for ever: the same in every try and for every endpoint. */
export function rowsOf(
  { type, data }: Message,
  at: Date,
  endpoints: readonly Pick<Endpoint, "id" | "events">[],
  { orderId, key }: { orderId: OrderId | null; key: string },
): Row[] {
  const listening = endpoints.filter((endpoint) => listensTo(endpoint.events, type));
  if (listening.length === 0) return [];
  const payload = payloadOf(type, at, data);
  const messageId = messageIdOf(`${key}/${type}`);
  return listening.map(({ id }) => ({ endpointId: id, messageId, type, orderId, occurredAt: at, payload }));
}

const messageIdOf = (key: string): string => `msg_${createHash("sha256").update(key).digest("hex").slice(0, 32)}`;

export async function insertRows(
  engine: Pick<Engine, "ids" | "clock">,
  tx: Tx,
  workspaceId: WorkspaceId,
  rows: readonly Row[],
): Promise<void> {
  await engine.ids.ensure(tx, rows.length);
  const deliveries = rows.map((each) => ({
    ...each,
    id: engine.ids.next<"webhookDelivery">(),
    publicId: engine.ids.uuid(),
  }));
  await insertDeliveries(tx, workspaceId, deliveries, engine.clock.now());
}

/** WH-34. The other endpoints of the workspace learn that one was switched off. */
export async function noticeOf(
  engine: Pick<Engine, "ids" | "clock">,
  tx: Tx,
  workspaceId: WorkspaceId,
  endpoint: { id: string; publicId: string; url: string },
  why: string,
): Promise<void> {
  const others = (await listEndpoints(tx, workspaceId)).filter((each) => each.enabled && each.id !== endpoint.id);
  const id = publicId("webhookEndpoint", endpoint.publicId);
  const at = engine.clock.now();
  const message: Message = { type: "webhook_endpoint.disabled", data: { endpoint: { id, url: endpoint.url }, why } };
  await insertRows(
    engine,
    tx,
    workspaceId,
    rowsOf(message, at, others, { orderId: null, key: `${id}/${at.toISOString()}` }),
  );
}
