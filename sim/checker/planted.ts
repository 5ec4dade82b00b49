import type pg from "pg";
import { check, type Outside, type Violation } from "./check.ts";
import type { KnownEvent, PlaceCalled } from "./truth.ts";

/**
 * A world in which one thing is wrong. `statements` are run inside the snapshot that is checked, and are gone with it; `outside` changes a copy of what
 * the outside wrote down. A plant that finds nothing to spoil throws, so that it cannot prove a check that it never tried.
 */
export interface Plant {
  invariant: string;
  title: string;
  statements?: readonly string[];
  /** Needs the whole check although its invariant is looked at midway too. */
  isAtEnd?: true;
  outside?: (outside: Outside) => Outside;
}

/** This life has not what the plant would change. */
export class NothingToSpoil extends Error {
  override readonly name = "NothingToSpoil";
}

export async function findPlanted(
  client: pg.Client,
  outside: Outside,
  plant: Plant,
  when: "midway" | "end",
): Promise<Violation[]> {
  const spoiling = {
    async query(text: string, values?: unknown[]) {
      if (!text.startsWith("begin")) return client.query(text, values);
      await client.query("begin isolation level repeatable read");
      let spoilt = plant.statements === undefined ? 1 : 0;
      for (const statement of plant.statements ?? []) {
        const { rowCount, command } = await client.query(statement);
        spoilt += ["UPDATE", "INSERT", "DELETE"].includes(command) ? (rowCount ?? 0) : 1;
      }
      if (spoilt === 0) throw new NothingToSpoil(`${plant.invariant} ${plant.title}: there was nothing to spoil.`);
      return null;
    },
  } as unknown as pg.Client;
  try {
    return await check(spoiling, plant.outside?.(structuredClone(outside)) ?? outside, when);
  } finally {
    await client.query("rollback"); // where planting itself went wrong, nobody else has
  }
}

type Of<Type extends KnownEvent["type"]> = KnownEvent & { type: Type };
function eventsOf<Type extends KnownEvent["type"]>(outside: Outside, type: Type): Of<Type>[] {
  return (outside.events as readonly KnownEvent[]).filter((event): event is Of<Type> => event.type === type);
}
const first = <Item>(items: readonly Item[], what: string): Item => {
  const [item] = items;
  if (item === undefined) throw new NothingToSpoil(`There is no ${what} to spoil.`);
  return item;
};
type Bought = PlaceCalled & { purchase: NonNullable<PlaceCalled["purchase"]> };
/** Purchases of which nothing was ever taken back. */
function purchases(outside: Outside): Bought[] {
  const cancelled = new Set(eventsOf(outside, "purchase_cancelled").map(({ supplierOrderId }) => supplierOrderId));
  return eventsOf(outside, "place_called").filter(
    (call): call is Bought =>
      call.purchase !== null && call.purchase.cancels === null && !cancelled.has(call.purchase.supplierOrderId),
  );
}
const withEvents = (outside: Outside, ...events: KnownEvent[]): Outside => ({
  ...outside,
  events: [...outside.events, ...events],
});
const minute = 60_000;
const copyOf = (table: string, change: string, where: string): string =>
  `insert into ${table} select (jsonb_populate_record(null::${table}, to_jsonb(t) || ${change})).* from (select * from ${table} where ${where} limit 1) t`;

/** One that its supplier accepted whole and at once. */
const longBought = (outside: Outside): Bought =>
  first(
    purchases(outside).filter(
      ({ supplier, purchase }) =>
        supplier === "northlight" &&
        purchase.by === "api" &&
        purchase.lines.every(({ notAccepted }) => notAccepted === 0),
    ),
    "purchase of Northlight's",
  );
/** A unit of it is taken back by its supplier at that moment. */
export function takenBack(outside: Outside, at: (call: Bought) => number): Outside {
  const call = longBought(outside);
  call.purchase.cancels = { at: at(call), units: [{ sku: call.purchase.lines[0]!.sku, units: 1 }] };
  return outside;
}
/** Changes orders of which something was told to have left. */
function shippedOrders(outside: Outside, change: (order: Of<"order_bought">["order"]) => void): Outside {
  const told = new Set(eventsOf(outside, "fulfilment_told").map(({ orderId }) => orderId));
  for (const { order } of eventsOf(outside, "order_bought")) if (told.has(order.id)) change(order);
  return outside;
}
/** Of every part people are asked, so long after placing it, where its number is. */
export const trackingOverdue = (after: string): string[] => [
  "delete from hold where code = 'tracking_overdue'",
  `insert into hold select f.workspace_id, 9000000000 + f.id, gen_random_uuid(), f.order_id, 'fulfillment_order', f.id, 'tracking_overdue', null, 'machine', 'person', '{}', f.placed_at + interval '${after}', 'worker:x', null, null from fulfillment_order f where f.placed_at is not null`,
];

export const plants: readonly Plant[] = [
  // ------------------------------------------------------------------ placing
  {
    invariant: "I01",
    title: "the same reference is bought once more",
    outside(outside) {
      const call = first(purchases(outside), "purchase");
      return withEvents(outside, {
        ...call,
        at: call.at + minute,
        purchase: { ...call.purchase, at: call.purchase.at + minute, supplierOrderId: "AGAIN-1" },
      });
    },
  },
  {
    invariant: "I02",
    title: "a second attempt is armed beside a placed one",
    statements: [
      "drop index attempt_one_open",
      copyOf(
        "attempt",
        `'{"id": 9000000001, "no": 99, "reference": "SW-PLANTED", "state": "armed", "supplier_order_id": null, "cost": null, "closed_at": null}'`,
        "state = 'placed'",
      ),
    ],
  },
  {
    invariant: "I03",
    title: "a request left before its attempt was committed",
    outside: (outside) => ({
      ...outside,
      commits: outside.commits!.map((each, index) =>
        index === 0 ? { ...each, committedAt: each.committedAt + minute } : each,
      ),
    }),
  },
  {
    invariant: "I03",
    title: "a request left whose arming was never committed",
    outside: (outside) => ({
      ...outside,
      sent: [
        ...outside.sent,
        { at: outside.now, supplier: "northlight", reference: "SW-NEVERARMED0000", idempotencyKey: null },
      ],
    }),
  },
  {
    invariant: "I03",
    title: "a request left after its deadline",
    statements: [`update attempt set send_by = armed_at - interval '1 minute' where kind <> 'human'`],
  },
  {
    invariant: "I03",
    title: "a supplier without keys was asked to buy twice",
    outside(outside) {
      const request = first(
        outside.sent.filter(({ supplier }) => supplier === "kestrel"),
        "request to Kestrel",
      );
      return { ...outside, sent: [...outside.sent, { ...request, at: request.at + 1 }] };
    },
  },
  {
    invariant: "I03",
    title: "a repetition came with another key",
    outside(outside) {
      const request = first(
        outside.sent.filter(({ supplier }) => supplier === "northlight"),
        "request to Northlight",
      );
      return { ...outside, sent: [...outside.sent, { ...request, idempotencyKey: "another" }] };
    },
  },
  {
    invariant: "I04",
    title: "somebody bought under a reference that nobody gave",
    outside(outside) {
      const call = first(purchases(outside), "purchase");
      return withEvents(outside, {
        ...call,
        reference: "SW-STRANGER",
        purchase: { ...call.purchase, reference: "SW-STRANGER", supplierOrderId: "STRANGE-1" },
      });
    },
  },
  {
    invariant: "I04",
    title: "what was bought counts as not bought",
    statements: [
      `update attempt set state = 'void' where id = (select min(id) from attempt where state = 'placed' and cost > 0)`,
    ],
  },
  {
    invariant: "I05",
    title: "a number that the supplier never gave",
    statements: [
      `update attempt set supplier_order_id = 'PHANTOM-1' where id = (select min(id) from attempt where state = 'placed')`,
    ],
  },
  {
    invariant: "I05",
    title: "another quantity than was bought",
    statements: [
      `update fulfillment_order_line set units = units + 1, units_placed = units_placed + 1 where (fulfillment_order_id, no) = (select l.fulfillment_order_id, l.no from fulfillment_order_line l join attempt a on a.fulfillment_order_id = l.fulfillment_order_id where a.state = 'placed' order by 1, 2 limit 1)`,
    ],
  },
  {
    invariant: "I05",
    title: "another address than the one that was armed",
    statements: [
      `update order_address a set line1 = 'Elsewhere 1' where exists (select from attempt t where t.order_id = a.order_id and t.address_no = a.no and t.state = 'placed' and t.kind = 'key')`,
    ],
  },
  {
    invariant: "I05",
    title: "units that the supplier took back while it was still asked, and that are waited for all the same",
    statements: trackingOverdue("1 hour"),
    outside: (outside) => takenBack(outside, ({ purchase }) => purchase.at + minute),
  },
  {
    invariant: "I05",
    title: "units that were never accepted, and that are waited for although their supplier was asked",
    statements: trackingOverdue("1 hour"),
    outside(outside) {
      const { purchase } = longBought(outside);
      const line = purchase.lines[0]!;
      Object.assign(line, { units: line.units - 1, notAccepted: line.notAccepted + 1 });
      return outside;
    },
  },
  {
    invariant: "I06",
    title: "a cancelled order that is bought all the same",
    outside(outside) {
      const order = first(eventsOf(outside, "fulfilment_told"), "shipment");
      return { ...outside, acknowledged: [{ channelOrderId: order.orderId, at: 0, step: 7 }] };
    },
  },
  {
    invariant: "I06",
    title: "an order that was armed after all of it was cancelled",
    statements: [
      `insert into attempt select (jsonb_populate_record(null::attempt, to_jsonb(t) || jsonb_build_object('id', 9000000001, 'no', 99, 'reference', 'SW-PLANTED', 'order_id', c.order_id, 'state', 'refused', 'supplier_order_id', null, 'armed_at', '2027-01-01'))).*
         from (select * from attempt order by id limit 1) t,
              (select order_id from cancellation c where asked_by = 'channel' and not exists (select from attempt a where a.order_id = c.order_id) order by id) c limit 1`,
      "delete from order_edit",
    ],
  },
  {
    invariant: "I07",
    title: "a purchase above its maximum",
    statements: [`update attempt set max_total = 1 where state = 'placed' and kind <> 'human'`],
  },
  {
    invariant: "I08",
    title: "an attempt given up without a proof",
    statements: [`delete from evidence e using attempt a where a.id = e.attempt_id and a.state in ('refused', 'void')`],
  },
  {
    invariant: "I08",
    title: "a person's word believed while the key was asked again",
    statements: [
      `update attempt set state = 'void', send_by = armed_at + interval '10 seconds', settle_at = armed_at + interval '70 seconds' where state = 'placed' and kind = 'key'`,
      `update evidence e set kind = 'by_person', at = a.armed_at + interval '2 minutes' from attempt a where a.id = e.attempt_id and a.state = 'void' and a.kind = 'key' and e.kind = 'placed'`,
      copyOf(
        "evidence",
        `jsonb_build_object('id', 9000000003, 'kind', 'unknown', 'natural_key', 'planted')`,
        `kind = 'by_person'`,
      ),
    ],
    outside(outside) {
      const repeated = outside.sent.map((each) => ({ ...each, at: each.at + 90_000 }));
      return { ...outside, sent: [...outside.sent, ...repeated] };
    },
  },
  {
    invariant: "I08",
    title: "an absence believed before the settle time",
    statements: [
      `update evidence set kind = 'absent' where kind in ('not_sent', 'by_person', 'refused')`,
      `update attempt set settle_at = settle_at + interval '1 year' where state in ('void', 'refused')`,
    ],
  },
  {
    invariant: "I08",
    title: "a proof that nothing was sent, of what was sent",
    statements: [
      `update evidence set kind = 'not_sent' where attempt_id in (select id from attempt where state = 'refused' and kind <> 'human')`,
    ],
  },
  {
    invariant: "I08",
    title: "an attempt armed while the one before it is still open",
    statements: [
      "drop index attempt_one_open",
      copyOf(
        "attempt",
        `'{"id": 9000000001, "reference": "SW-PLANTED", "state": "refused", "supplier_order_id": null}'::jsonb || jsonb_build_object('no', t.no + 1)`,
        "state = 'placed'",
      ),
    ],
  },
  // ------------------------------------------------------------------ orders in
  {
    invariant: "I10",
    title: "an order that never arrives",
    outside(outside) {
      const bought = first(eventsOf(outside, "order_bought"), "order");
      return withEvents(outside, { ...bought, order: { ...bought.order, id: "4711", number: "#4711" } });
    },
  },
  {
    invariant: "I10",
    title: "a line that is gone",
    statements: [
      `update order_line set channel_line_id = 'gone' where no = 1 and order_id = (select min(id) from sales_order)`,
    ],
  },
  {
    invariant: "I11",
    title: "an order that is stored twice",
    statements: [
      "drop index sales_order_channel_key",
      `update sales_order set channel_order_id = (select channel_order_id from sales_order order by id limit 1) where id = (select max(id) from sales_order)`,
    ],
  },
  {
    invariant: "I11",
    title: "a channel that is there twice",
    statements: [
      "drop index channel_account",
      copyOf(
        "channel",
        `'{"id": 9000000001, "name": "Twice", "public_id": "00000000-0000-0000-0000-000000000001"}'`,
        "true",
      ),
    ],
  },
  {
    invariant: "I11",
    title: "a likely duplicate that is bought unasked",
    outside(outside) {
      // Orders that were bought and that nobody touched become the same order of one buyer.
      const touched = new Set(
        eventsOf(outside, "order_changed")
          .filter(({ change }) => change.type !== "fulfilled" && change.type !== "paid")
          .map(({ orderId }) => orderId),
      );
      const told = new Set(eventsOf(outside, "fulfilment_told").map(({ orderId }) => orderId));
      const same = eventsOf(outside, "order_bought").filter(
        ({ order }) => told.has(order.id) && !touched.has(order.id) && !order.stream.startsWith("history"),
      );
      same.forEach(({ order }, index) => {
        order.stream = index % 2 === 0 ? `planted:${index}` : `planted:${index - 1}:again`;
        order.boughtAt = 0;
      });
      return outside;
    },
    // Whoever was edited here is not the same twice any more.
    statements: [
      "update order_line set quantity_edited = null",
      "update sales_order set edited_address_no = null, released_at = null, answered = '{}'",
      "delete from hold",
    ],
  },
  {
    invariant: "I13",
    title: "an older version over a newer one",
    statements: [
      `update sales_order set channel_updated_at = channel_updated_at - interval '1 second' where id = (select min(id) from sales_order)`,
    ],
  },
  {
    invariant: "I13",
    title: "a message that counted as news twice",
    statements: [
      copyOf(
        "order_version",
        `jsonb_build_object('no', t.no + 1)`,
        "(order_id, no) = (select id, version_no from sales_order order by id limit 1)",
      ),
      `update sales_order set version_no = version_no + 1 where id = (select min(id) from sales_order)`,
    ],
  },
  {
    invariant: "I13",
    title: "a quantity that the channel does not say",
    statements: [
      `update order_line set quantity = quantity + 1 where no = 1 and order_id = (select min(id) from sales_order)`,
    ],
  },
  {
    invariant: "I13",
    title: "an address that the channel does not say",
    statements: [`update order_address set city = 'Elsewhere' where order_id = (select min(id) from sales_order)`],
  },
  {
    invariant: "I13",
    title: "a payment that the channel does not say",
    statements: [`update sales_order set payment = 'pending' where id = (select min(id) from sales_order)`],
  },
  {
    invariant: "I14",
    title: "an import that loses a row",
    statements: [
      `insert into import (workspace_id, id, public_id, kind, channel_id, file_name, sha256, mapping, actor, started_at, finished_at, rows, stored, refused, set_aside, summary)
       select workspace_id, 9000000001, '00000000-0000-0000-0000-000000000001', 'orders', id, 'a.csv', '', '{}', 'user:x', created_at, created_at, 3, 1, 1, 0, '{}' from channel limit 1`,
    ],
  },
  // ------------------------------------------------------------------ history
  {
    invariant: "I15",
    title: "a change without an event",
    statements: [
      `delete from event where (order_id, seq) = (select order_id, seq from event where kind = 'moved' order by order_id, seq limit 1)`,
    ],
  },
  {
    invariant: "I15",
    title: "a state that its last event does not say",
    statements: [
      `update fulfillment_order set state = 'delivered' where id = (select min(id) from fulfillment_order where state = 'completed')`,
    ],
  },
  {
    invariant: "I15",
    title: "a hold that no event opened",
    statements: [`delete from event where kind = 'hold_opened'`],
  },
  {
    invariant: "I15",
    title: "a shipment that no event added",
    statements: [`update event set kind = 'noted' where kind = 'added' and subject = 'shipment'`],
  },
  {
    invariant: "I16",
    title: "a step that the table does not have",
    statements: [`update event set to_state = 'printed' where kind = 'moved' and from_state = 'waiting'`],
  },
  {
    invariant: "I16",
    title: "something that begins in the middle",
    statements: [`update event set to_state = 'placed' where kind = 'added' and subject = 'fulfillment_order'`],
  },
  {
    invariant: "I17",
    title: "an event that was changed",
    statements: [
      `update event set data = '{"changed": true}' where (order_id, seq) = (select order_id, seq from event order by order_id, seq limit 1)`,
    ],
  },
  {
    invariant: "I17",
    title: "a chain that was written anew from its middle",
    statements: [`update sales_order set event_hash = 'another' where id = (select max(id) from sales_order)`],
  },
  {
    invariant: "I17",
    title: "a role that may change the trail",
    statements: ["grant update on event to switchyard_engine"],
  },
  { invariant: "I18", title: "a change by nobody", statements: [`update event set actor = '' where seq = 1`] },
  {
    invariant: "I18",
    title: "a hold that nobody closed",
    statements: [`update hold set closed_at = opened_at, closed_by = null where id = (select min(id) from hold)`],
  },
  {
    invariant: "I20",
    title: "an order that comes back to life",
    statements: [
      `update event set from_state = 'completed', to_state = 'received' where kind = 'moved' and from_state = 'held'`,
      `update event set from_state = 'cancelled' where kind = 'moved' and from_state = 'received'`,
    ],
  },
  // ------------------------------------------------------------------ waiting
  {
    invariant: "I19",
    title: "open work without a timer",
    statements: [
      `update fulfillment_order set state = 'waiting', due_at = null where id = (select min(id) from fulfillment_order)`,
    ],
  },
  {
    invariant: "I19",
    title: "a timer that rang for nobody",
    statements: [
      `update fulfillment_order set due_at = '2026-11-01T00:00:00Z' where id = (select min(id) from fulfillment_order where state = 'held')`,
    ],
  },
  {
    invariant: "I19",
    title: "a channel that is not read any more",
    statements: [`update connection set due_at = '2026-11-01T00:00:00Z'`],
  },
  {
    invariant: "L1",
    title: "a part that is being placed for ever",
    statements: [
      `update fulfillment_order set state = 'placing', due_at = '2027-11-01T00:00:00Z', place_after = null where id = (select min(id) from fulfillment_order)`,
    ],
  },
  {
    invariant: "L1",
    title: "a part that is held by nothing",
    statements: [
      `update fulfillment_order set state = 'held' where id = (select min(id) from fulfillment_order)`,
      "delete from hold",
    ],
  },
  {
    invariant: "L1",
    title: "a question that nobody answers",
    statements: [`update cancellation_ask set state = 'asking', due_at = null`],
  },
  {
    invariant: "L1",
    title: "a message that lies there",
    statements: [
      `update inbox set done_at = null, due_at = null, problem = null where id = (select min(id) from inbox)`,
    ],
  },
  {
    invariant: "L2",
    title: "people who are asked for everything",
    statements: [
      `insert into hold select o.workspace_id, 9000000000 + o.id, gen_random_uuid(), o.id, 'order', 0, 'fraud_risk', null, 'machine', 'person', '{}', o.received_at, 'worker:x', null, null from sales_order o where o.risk = 'none'`,
    ],
  },
  {
    invariant: "L2",
    title: "the same question over and over",
    statements: [
      `insert into hold select workspace_id, 9000000000 + n, gen_random_uuid(), id, 'order', 0, 'review', null, 'machine', 'person', '{}', received_at, 'worker:x', received_at, 'user:x' from generate_series(1, 4) n, (select * from sales_order order by id limit 1) o`,
    ],
  },
  // ------------------------------------------------------------------ money, stock, quantities
  {
    invariant: "I09",
    title: "a day's spending that is not what was spent",
    statements: ["update account_day set spent = spent + 1"],
  },
  {
    invariant: "I09",
    title: "a cap that was exceeded",
    statements: [`update supplier_account set settings = settings || '{"dailyCap": 100}'`],
  },
  {
    invariant: "I21",
    title: "a transaction that does not sum to zero",
    statements: ["update ledger_entry set amount = amount + 1 where no = 1"],
  },
  {
    invariant: "I21",
    title: "a balance that is not the sum of its entries",
    statements: ["update ledger_account set balance = balance + 1"],
  },
  {
    invariant: "I21",
    title: "a transaction without entries",
    statements: [`delete from ledger_entry where transaction_id = (select min(id) from ledger_transaction)`],
  },
  {
    invariant: "I22",
    title: "a placed purchase that nobody charged",
    statements: [`update ledger_transaction set kind = 'adjustment' where kind = 'charge'`],
  },
  {
    invariant: "I22",
    title: "a charge of another sum than the supplier's",
    outside(outside) {
      for (const { purchase } of purchases(outside)) purchase.total = "0.05";
      return outside;
    },
  },
  {
    invariant: "I22",
    title: "a charge at another moment",
    statements: [`update ledger_transaction set at = at + interval '1 second' where kind = 'charge'`],
  },
  {
    invariant: "I22",
    title: "a cost that nobody booked",
    statements: [`update attempt set cost = cost + 1 where state = 'placed'`],
  },
  {
    invariant: "I23",
    title: "money held for nothing",
    statements: [`update ledger_account set balance = 5 where kind = 'held'`],
  },
  {
    invariant: "I23",
    title: "a prepaid balance below zero",
    statements: [
      `update ledger_account set balance = -5 where kind = 'available'`,
      `update ledger_transaction set kind = 'correction' where kind in ('adjustment', 'top_up')`,
      `update attempt set max_total = 1000000000`,
    ],
  },
  {
    invariant: "I24",
    title: "a reservation that no row makes",
    statements: [`update stock set reserved = reserved + 1 where is_shelf`],
  },
  {
    invariant: "I24",
    title: "more reserved than there is",
    statements: [
      "alter table stock drop constraint stock_check",
      `update stock set reserved = on_hand + 1 where is_shelf`,
    ],
  },
  {
    invariant: "I25",
    title: "more in the parts than was ordered",
    statements: [
      `delete from hold`,
      `delete from cancellation_ask`,
      `update fulfillment_order_line set quantity = quantity + 3, quantity_cancelled = 0`,
    ],
  },
  {
    invariant: "I25",
    title: "units that are no whole packs",
    statements: [`update fulfillment_order_line set units_per = units_per + 1 where supplier_sku is not null`],
  },
  {
    invariant: "I25",
    title: "units shipped that no shipment holds",
    statements: [
      `delete from shipment_line where (shipment_id, fo_line_no) = (select shipment_id, fo_line_no from shipment_line order by 1, 2 limit 1)`,
    ],
  },
  {
    invariant: "I25",
    title: "a state that the quantities contradict",
    statements: [`update fulfillment_order set state = 'partially_shipped' where state = 'completed'`],
  },
  // ------------------------------------------------------------------ telling the channel
  {
    invariant: "I26",
    title: "a shipment that nothing announces",
    statements: [`delete from write_back where parcel_id is not null`],
  },
  {
    invariant: "I26",
    title: "an announcement whose outcome nobody knows",
    statements: [
      `update write_back set state = 'armed' where id = (select min(id) from write_back where state = 'told' and parcel_id is not null)`,
    ],
  },
  {
    invariant: "I26",
    title: "an answer to a cancellation that the channel never heard of",
    outside: (outside) => ({ ...outside, events: outside.events.filter(({ type }) => type !== "cancellation_told") }),
  },
  {
    invariant: "I26",
    title: "an announcement that the channel never heard of",
    outside: (outside) => ({ ...outside, events: outside.events.filter(({ type }) => type !== "fulfilment_told") }),
  },
  {
    invariant: "I26",
    title: "a refusal that nobody is shown",
    statements: [
      `update write_back set state = 'refused' where parcel_id is not null`,
      `delete from hold where code = 'channel_refused'`,
    ],
  },
  {
    invariant: "I27",
    title: "the same number announced twice",
    outside(outside) {
      const told = first(eventsOf(outside, "fulfilment_told"), "announcement");
      return withEvents(outside, { ...told, fulfilment: { ...told.fulfilment, reference: "once-more" } });
    },
  },
  {
    invariant: "I27",
    title: "a correction that nobody made",
    outside(outside) {
      const told = first(eventsOf(outside, "fulfilment_told"), "announcement");
      return withEvents(outside, { ...told, fulfilment: { ...told.fulfilment, revision: 9 } });
    },
  },
  {
    invariant: "I28",
    title: "a number that nobody has",
    outside(outside) {
      const told = first(eventsOf(outside, "fulfilment_told"), "announcement");
      return withEvents(outside, {
        ...told,
        fulfilment: { ...told.fulfilment, reference: "made-up", trackingNumber: "1Z0000000000000000", lines: [] },
      });
    },
  },
  {
    invariant: "I28",
    title: "an answer to a cancellation that nobody gave",
    outside(outside) {
      const { orderId, at } = first(eventsOf(outside, "fulfilment_told"), "announcement");
      return withEvents(outside, {
        type: "cancellation_told",
        at,
        orderId,
        reference: "cancellation-4711",
        outcome: "cancelled",
        lines: [],
      });
    },
  },
  {
    invariant: "I28",
    title: "a number that no supplier ever sent",
    outside(outside) {
      const told = eventsOf(outside, "fulfilment_told").map(({ fulfilment }) => fulfilment.trackingNumber);
      for (const { purchase } of purchases(outside))
        purchase.parcels = purchase.parcels.filter(({ trackingNumber }) => !told.includes(trackingNumber));
      return outside;
    },
  },
  {
    invariant: "I28",
    title: "an announcement for an order that nobody knows",
    statements: ["update sales_order set channel_order_id = 'x' || channel_order_id"],
  },
  {
    invariant: "I29",
    title: "one number on two orders",
    statements: [
      `update parcel p set carrier = f.carrier, tracking_number = f.tracking_number, accepted = true from (select * from parcel where accepted order by id limit 1) f where p.id = (select max(id) from parcel) and p.order_id <> f.order_id`,
    ],
  },
  // ------------------------------------------------------------------ workspaces
  {
    invariant: "I30",
    title: "a row that points nowhere",
    statements: [`update ledger_transaction set account_id = 4711 where id = (select min(id) from ledger_transaction)`],
  },
  {
    invariant: "I30",
    title: "a row that is about two orders",
    statements: [
      `update evidence set order_id = (select max(id) from sales_order) where id = (select min(id) from evidence)`,
    ],
  },
  {
    invariant: "I30",
    title: "a row that points into another workspace",
    statements: [
      `insert into workspace select 9000000001, gen_random_uuid(), 'neighbour', 'Neighbour', 'own', '{}', created_at from workspace limit 1`,
      `update stock_reservation set workspace_id = 9000000001`,
    ],
  },
  {
    invariant: "I30",
    title: "rows of a workspace that does not exist",
    statements: [`update counter set workspace_id = 9000000001`],
  },
  {
    invariant: "I30",
    title: "a table that can be read across workspaces",
    statements: ["alter table hold disable row level security"],
  },
  { invariant: "I30", title: "a table whose policy was dropped", statements: ["drop policy workspace on parcel"] },
  {
    invariant: "I30",
    title: "an answer with a foreign text",
    outside: (outside) => ({
      ...outside,
      markers: { sandbox: "t1~", neighbour: "t2~" },
      told: [{ step: 3, workspaceSlug: "sandbox", text: '{"note":"t2~Kai 1"}' }],
    }),
  },
  {
    invariant: "I30",
    title: "a row with a foreign text",
    isAtEnd: true,
    statements: [
      `update order_address set note = 't2~ leave it at the door' where order_id = (select min(id) from sales_order)`,
    ],
    outside: (outside) => ({ ...outside, markers: { sandbox: "t1~", neighbour: "t2~" } }),
  },
  // ------------------------------------------------------------------ the model
  {
    invariant: "M1",
    title: "an order that ended before it was bought",
    statements: [`update sales_order set headline = 'completed' where headline = 'needs_attention'`],
  },
  {
    invariant: "M1",
    title: "an order that counts as left and lies there still",
    outside(outside) {
      for (const { purchase } of purchases(outside))
        for (const parcel of purchase.parcels) parcel.shippedAt = outside.now + minute;
      return outside;
    },
  },
  {
    invariant: "M1",
    title: "an order that was cancelled by nobody",
    statements: [`update sales_order set headline = 'cancelled' where headline = 'completed'`],
  },
  {
    invariant: "M2",
    title: "a unit that nobody carries",
    statements: [
      `delete from hold`,
      `delete from cancellation_ask`,
      `update cancellation set state = 'told'`,
      `update order_line set quantity_edited = quantity + 2`,
    ],
  },
  {
    invariant: "M2",
    title: "a cancellation of the channel's that nobody counts",
    statements: [
      `delete from hold`,
      `delete from cancellation_ask`,
      `update cancellation set state = 'told'`,
      `update order_line set cancelled = 0`,
    ],
  },
  {
    invariant: "M4",
    title: "an order that was bought although it was on hold",
    statements: [
      "delete from hold",
      `insert into hold select o.workspace_id, 9000000000 + o.id, gen_random_uuid(), o.id, 'order', 0, 'by_person', null, 'person', 'person', '{}', o.received_at - interval '1 day', 'user:x', null, null from sales_order o`,
    ],
  },
  {
    invariant: "M4",
    title: "an order that was bought before anybody had paid",
    isAtEnd: true,
    outside: (outside) => ({
      ...outside,
      events: shippedOrders(outside, (order) => (order.isPaid = false)).events.filter(
        (event) =>
          (event as KnownEvent).type !== "order_changed" || (event as Of<"order_changed">).change.type !== "paid",
      ),
    }),
    statements: ["update sales_order set answered = '{}'"],
  },
  {
    invariant: "M4",
    title: "an order that was bought although its channel warns of it",
    isAtEnd: true,
    outside: (outside) => shippedOrders(outside, (order) => (order.risk = "high")),
    statements: ["update sales_order set answered = '{}'"],
  },
  {
    invariant: "M3",
    title: "a parcel that has left only here",
    outside(outside) {
      for (const { purchase } of purchases(outside))
        for (const parcel of purchase.parcels) parcel.shippedAt = outside.now + minute;
      return outside;
    },
  },
  {
    invariant: "M3",
    title: "a number that was told and that nobody has",
    outside(outside) {
      for (const { purchase } of purchases(outside))
        for (const parcel of purchase.parcels) parcel.trackingNumber += "X";
      return outside;
    },
  },
  {
    invariant: "M3",
    title: "a delivery that was guessed",
    outside(outside) {
      for (const { purchase } of purchases(outside)) for (const parcel of purchase.parcels) parcel.steps = [];
      return outside;
    },
  },
];
