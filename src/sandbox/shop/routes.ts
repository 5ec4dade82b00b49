import { z } from "zod";
import { openLines, openShop } from "../advance.ts";
import { answer, BadRequest, busy, notFound, problem, type WorldResponse } from "../answer.ts";
import { shop } from "../catalogue.ts";
import type { Fulfilment } from "../events.ts";
import { readBody, readCount, readInstant, rejectStranger } from "../read.ts";
import type { Call, Route } from "../route.ts";
import { orderOf, versionAfter, type OrderState } from "../state.ts";
import type { Context } from "../context.ts";
import { stepAt } from "../carriers/steps.ts";
import { renderMessage, renderOrder } from "./render.ts";

/** The pretend shop as a seller's software sees it. */
export const shopRoutes: Route[] = [
  { method: "GET", path: "/shop", does: "Whose shop this is.", handle: forOwner(identify) },
  {
    method: "GET",
    path: "/shop/changes",
    does: "What is new since ?cursor=, at most ?limit=.",
    handle: forOwner(changes),
  },
  {
    method: "PUT",
    path: "/shop/webhook",
    does: "Send what is new to {url}, signed with {secret}; {url: null}: nowhere.",
    handle: forOwner(setWebhook),
  },
  {
    method: "GET",
    path: "/shop/orders",
    does: "Ids of the orders bought from ?from= to ?to=, page by page (?after=).",
    handle: forOwner(listOrders),
  },
  { method: "GET", path: "/shop/orders/:id", does: "One order as it is now.", handle: forOwner(showOrder) },
  {
    method: "GET",
    path: "/shop/orders/:id/fulfilments",
    does: "What the seller told about its shipments.",
    handle: forOwner(showFulfilments),
  },
  {
    method: "POST",
    path: "/shop/orders/:id/fulfilments",
    does: "Tell a shipment: once per reference and revision.",
    handle: forOwner(tellFulfilment),
  },
  {
    method: "POST",
    path: "/shop/orders/:id/cancellations",
    does: "Tell that units are cancelled, or that a wish to cancel is refused.",
    handle: forOwner(tellCancellation),
  },
];

function forOwner(handle: Route["handle"]): Route["handle"] {
  return (context, call) => rejectStranger(call, "shop") ?? handle(context, call);
}

function identify(): WorldResponse {
  return answer(200, { id: shop.externalId, name: shop.name, currency: shop.currency });
}

function changes(context: Context, call: Call): WorldResponse {
  const { state, now } = context;
  if (state.shopOpenedAt === null) openShop(context);
  if (strikes(context, "feed_error", `feed:${now}:${call.query.get("cursor") ?? ""}`)) return busy();
  const page = state.feed.after(call.query.get("cursor") ?? "", now, readCount(call, "limit", 100, 250));
  return answer(200, {
    messages: page.entries.map((entry) => renderMessage(orderOf(state, entry.orderId), entry)),
    cursor: page.cursor,
    more: page.more,
  });
}

const webhookBody = z.union([
  z.strictObject({ url: z.null(), secret: z.null() }),
  z.strictObject({
    // What is pretended stays on this machine.
    url: z.url({ protocol: /^http$/, hostname: /^(127\.0\.0\.1|localhost)$/ }).max(500),
    secret: z.string().regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/),
  }),
]);
function setWebhook({ state, now, record }: Context, call: Call): WorldResponse {
  const { url, secret } = readBody(call, webhookBody);
  const webhook = url === null || secret === null ? null : { url, secret };
  if (JSON.stringify(webhook) !== JSON.stringify(state.webhook)) record({ type: "webhook_set", at: now, webhook });
  return answer(200, {});
}

const listPage = 250;
function listOrders({ state, now }: Context, call: Call): WorldResponse {
  const from = readInstant(call, "from", 0);
  const to = readInstant(call, "to", now + 1);
  const after = call.query.get("after") ?? "";
  const found = [...state.orders.values()]
    .filter(({ order }) => order.boughtAt >= from && order.boughtAt < to && order.id > after)
    .map(({ order }) => order.id)
    .toSorted();
  const ids = found.slice(0, listPage);
  return answer(200, { ids, after: ids.at(-1) ?? after, more: found.length > listPage });
}

function showOrder(context: Context, call: Call): WorldResponse {
  return withOrder(context, call, (order) => answer(200, { order: renderOrder(order, versionAfter(order.changes)) }));
}

function showFulfilments(context: Context, call: Call): WorldResponse {
  return withOrder(context, call, ({ fulfilments }) =>
    answer(200, {
      fulfilments: fulfilments.map((fulfilment) => {
        const step = stepAt(context.state.parcels.get(fulfilment.trackingNumber)?.steps ?? [], context.now);
        return { ...fulfilment, delivered: step?.state === "delivered" };
      }),
    }),
  );
}

const quantity = z.int().min(1).max(1_000_000);
const linesBody = z.array(z.object({ lineId: z.string().min(1), quantity })).min(1);
const fulfilmentBody = z.object({
  reference: z.string().min(1).max(200),
  revision: z.int().min(1),
  carrier: z.string(),
  trackingNumber: z.string().max(100),
  shippedAt: z.iso.datetime({ offset: true }),
  lines: linesBody,
});

/** SB-50, SB-51. The same reference and revision again is answered as before; with other contents it is refused; a new revision corrects. */
function tellFulfilment(context: Context, call: Call): WorldResponse {
  return withOrder(context, call, (order) => {
    const told = readBody(call, fulfilmentBody);
    const orderId = order.order.id;
    const before = order.fulfilments.find(({ reference }) => reference === told.reference);
    const luck = `write-back:${told.reference}:${told.revision}`;
    if (strikes(context, "write_back_error", `${luck}:${context.now}`))
      return problem(500, "internal_error", "Something went wrong on our side.");

    if (before !== undefined && told.revision <= before.revision) {
      const { id, ...known } = before;
      if (told.revision === before.revision && JSON.stringify(known) === JSON.stringify(told))
        return answer(200, { fulfilmentId: id });
      return problem(
        409,
        "already_told",
        `${told.reference} is known in revision ${before.revision} with other contents.`,
      );
    }
    const open = before === undefined ? openLines(order) : before.lines;
    const tooMany = told.lines.find(
      ({ lineId, quantity: wanted }) => wanted > (open.find((line) => line.lineId === lineId)?.quantity ?? 0),
    );
    if (tooMany !== undefined)
      return problem(
        422,
        "too_many_units",
        `Line ${tooMany.lineId} has fewer than ${tooMany.quantity} units that are neither cancelled nor fulfilled.`,
      );

    const fulfilment: Fulfilment = { id: before?.id ?? `ful_${orderId}_${order.fulfilments.length + 1}`, ...told };
    context.record({ type: "fulfilment_told", at: context.now, orderId, fulfilment });
    if (before === undefined)
      context.record({
        type: "order_changed",
        at: context.now,
        orderId,
        planNo: null,
        change: { type: "fulfilled", lines: told.lines },
      });
    return strikes(context, "write_back_drop", luck)
      ? { type: "drop", afterMs: 0 }
      : answer(201, { fulfilmentId: fulfilment.id });
  });
}

const cancellationBody = z.object({
  reference: z.string().min(1).max(200),
  outcome: z.enum(["cancelled", "refused"]),
  lines: z.array(z.object({ lineId: z.string().min(1), quantity })),
});

/** SB-53. The seller's word: these units are cancelled, or the buyer's wish is refused. Once per reference. */
function tellCancellation(context: Context, call: Call): WorldResponse {
  return withOrder(context, call, (order) => {
    const { reference, outcome, lines } = readBody(call, cancellationBody);
    const orderId = order.order.id;
    const before = order.cancellationsTold.find((one) => one.reference === reference);
    if (before !== undefined)
      return before.outcome === outcome
        ? answer(200, { reference })
        : problem(409, "already_told", `${reference} was told as ${before.outcome}.`);
    const open = openLines(order);
    // What its buyer cancelled meanwhile is cancelled already: only the rest is new.
    const rest = lines
      .map(({ lineId, quantity: wanted }) => ({
        lineId,
        quantity: Math.min(wanted, open.find((line) => line.lineId === lineId)?.quantity ?? 0),
      }))
      .filter((line) => line.quantity > 0);
    context.record({ type: "cancellation_told", at: context.now, orderId, reference, outcome, lines });
    if (outcome === "refused")
      context.record({
        type: "order_changed",
        at: context.now,
        orderId,
        planNo: null,
        change: { type: "cancel_refused" },
      });
    else if (rest.length > 0)
      context.record({
        type: "order_changed",
        at: context.now,
        orderId,
        planNo: null,
        change: { type: "cancelled", by: "seller", lines: rest },
      });
    return answer(201, { reference });
  });
}

function withOrder({ state }: Context, call: Call, handle: (order: OrderState) => WorldResponse): WorldResponse {
  const id = call.part("id");
  if (id.length > 200) throw new BadRequest("The order id is longer than 200 characters.");
  const order = state.orders.get(id);
  return order === undefined ? notFound(`The shop has no order ${id}.`) : handle(order);
}

function strikes(
  { state, draws }: Context,
  behaviour: "feed_error" | "write_back_error" | "write_back_drop",
  name: string,
): boolean {
  return draws.of("shop").of(name).chance(behaviour, state.profile.shop[behaviour]);
}
