import type { z } from "zod";
import type { OrderDetail } from "#api/present/order.ts";
import type { OrderRow } from "#api/present/order-row.ts";
import { actorTitle } from "#domain/actor.ts";
import { publicId } from "#domain/ids.ts";
import { openApi } from "../api-client.ts";
import { chooseChannel, chooseSupplier } from "../choose.ts";
import { command, run } from "../command.ts";
import { orderId } from "../order-argument.ts";
import { column, printJson, printList, write } from "../output.ts";
import { forTerminal } from "../terminal-text.ts";

type Row = z.output<typeof OrderRow>;
type Detail = z.output<typeof OrderDetail>;

interface ListOptions {
  state?: string;
  channel?: string;
  supplier?: string;
  reason?: string;
  receivedFrom?: string;
  receivedTo?: string;
  query?: string;
  limit: string;
  cursor?: string;
  all?: boolean;
}

export const listCommand = () =>
  command({
    name: "list",
    about: "Orders, the newest first.",
    examples: [
      "orders list --workspace sandbox",
      "orders list --state needs_attention,on_hold --channel shop",
      "orders list --query Müller",
      "orders list --reason sku_not_linked --all --output csv > todo.csv",
    ],
  })
    .option("--state <states>", "headlines, divided by commas")
    .option("--channel <channel>", "only of this channel")
    .option("--supplier <supplier>", "only with a part at this supplier")
    .option("--reason <code>", "only with an open hold of this reason")
    .option("--received-from <instant>", "received at or after")
    .option("--received-to <instant>", "received before")
    .option(
      "-q, --query <text>",
      "a number, tracking number, supplier's number or SKU; or the beginning of a number or a name",
    )
    .option("--limit <n>", "so many, 1 to 200", "50")
    .option("--cursor <next>", "go on where the page before ended")
    .option("--all", "every page")
    .action(
      run<ListOptions>(async ({ connect, workspace, options, format }) => {
        const connection = await connect();
        const { id: workspaceId } = await workspace(connection);
        const api = await openApi(connection, workspaceId);
        try {
          const query = {
            state: options.state,
            channel:
              options.channel === undefined
                ? undefined
                : publicId("channel", (await chooseChannel(connection.db, workspaceId, options.channel)).publicId),
            supplier:
              options.supplier === undefined
                ? undefined
                : publicId("supplier", (await chooseSupplier(connection.db, workspaceId, options.supplier)).publicId),
            reason: options.reason,
            received_from: options.receivedFrom,
            received_to: options.receivedTo,
            q: options.query,
            limit: options.all === true ? "200" : options.limit,
          };
          let page = await api.get<{ orders: Row[]; next: string | null }>("/v1/orders", {
            ...query,
            cursor: options.cursor,
          });
          const orders = [...page.orders];
          while (options.all === true && page.next !== null) {
            page = await api.get("/v1/orders", { ...query, cursor: page.next });
            orders.push(...page.orders);
          }
          const columns = [
            column<Row>("order", (each) => each.number),
            column<Row>("channel", (each) => each.channel.name),
            column<Row>("state", (each) => each.title),
            column<Row>("reason", (each) => each.reason?.title),
            column<Row>("supplier", (each) =>
              [...new Set(each.parts.map((part) => part.supplier?.name).filter((name) => name !== undefined))].join(
                ", ",
              ),
            ),
            column<Row>("total", (each) => (each.total === null ? "" : `${each.total.amount} ${each.total.currency}`)),
            column<Row>("received", (each) => shortTime(each.received_at)),
            column<Row>("ship by", (each) => shortTime(each.ship_by)),
            column<Row>("id", (each) => each.id),
          ];
          printList(format, orders, columns, { orders, next: page.next }, "No order is so.");
          if (format === "table" && page.next !== null) write(`\nMore: --cursor ${page.next}\n`);
        } finally {
          await api.close();
        }
      }),
    );

/** To the minute, in UTC; exact times are in JSON. */
export const shortTime = (at: string | null): string => (at === null ? "" : `${at.slice(0, 10)} ${at.slice(11, 16)}Z`);

export const showCommand = () =>
  command({
    name: "show <order>",
    about: "One order with everything in it: parts, holds and what to do, shipments, money and its trail.",
    examples: ["orders show 1001", "orders show ord_01980000-0000-7000-8000-000000000000 --output json"],
  }).action(
    run<object, [string]>(async ({ connect, workspace, format }, wished) => {
      const connection = await connect();
      const { id } = await workspace(connection);
      const api = await openApi(connection, id);
      try {
        const order = await api.get<Detail>(`/v1/orders/${await orderId(api, wished)}`);
        if (format === "json") return printJson(order);
        const { events } = await api.get<{ events: TrailLine[] }>(`/v1/orders/${order.id}/events`, { limit: "200" });
        if (format === "csv") {
          const columns = [
            column<TrailLine>("at", (each) => each.at),
            column<TrailLine>("what", (each) => each.kind),
            column<TrailLine>("from", (each) => each.from),
            column<TrailLine>("to", (each) => each.to),
            column<TrailLine>("by", (each) => each.actor),
          ];
          return printList(format, events, columns, null, "");
        }
        write(page(order, events));
      } finally {
        await api.close();
      }
    }),
  );

interface TrailLine {
  at: string;
  kind: string;
  text: string;
  from: string | null;
  to: string | null;
  actor: string;
}

function page(order: Detail, events: readonly TrailLine[]): string {
  const lines = [
    `${forTerminal(order.number)}  ${order.title}${order.ship_by === null ? "" : `, ship by ${shortTime(order.ship_by)}`}`,
    `${order.channel.name}, ${order.payment}, received ${shortTime(order.received_at)}, ${order.id}`,
    "",
    ...order.lines.map(
      (line) =>
        `  ${line.quantity} × ${forTerminal(line.sku)}  ${forTerminal(line.title)}${line.cancelled > 0 ? `  (${line.cancelled} cancelled)` : ""}`,
    ),
    "",
  ];
  for (const hold of order.holds)
    lines.push(`! ${hold.title} (${hold.code}): ${hold.what}`, `    ${hold.next}`, `    ${hold.id}`);
  if (order.holds.length > 0) lines.push("");
  for (const part of order.fulfillment_orders) {
    const at = part.supplier === null ? "no supplier yet" : part.supplier.name;
    lines.push(
      `  ${part.no}. ${part.title}: ${at}${part.placed_by === null ? "" : `, placed by ${part.placed_by}`}  ${part.id}`,
    );
    for (const attempt of part.attempts)
      lines.push(
        `     purchase ${attempt.reference} ${attempt.state}${attempt.supplier_order_id === null ? "" : `, their number ${forTerminal(attempt.supplier_order_id)}`}${attempt.cost === null ? "" : `, ${attempt.cost.amount} ${attempt.cost.currency}`}`,
      );
  }
  for (const shipment of order.shipments)
    for (const parcel of shipment.parcels)
      lines.push(`  parcel ${forTerminal(parcel.carrier)} ${forTerminal(parcel.tracking_number)}: ${parcel.state}`);
  lines.push("", "Trail, newest first:");
  for (const event of events)
    lines.push(`  ${shortTime(event.at)}  ${forTerminal(event.text)}  (${forTerminal(actorTitle(event.actor))})`);
  return `${lines.join("\n")}\n`;
}
