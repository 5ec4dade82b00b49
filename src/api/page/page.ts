import { actorTitle } from "#domain/actor.ts";
import { publicId } from "#domain/ids.ts";
import { headlineOrder, headlines, type Headline } from "#domain/lifecycle.ts";
import { toMajor } from "#domain/money.ts";
import { importance, reasonOf, type ReasonCode } from "#domain/reasons.ts";
import type { countOrders } from "#store/read/counts.ts";
import type { EventLine } from "#store/read/events.ts";
import type { ListedOrder, ListedPart } from "#store/read/order-list.ts";
import { eventText } from "../present/event.ts";
import { html, type Html } from "./html.ts";

export interface PageState {
  now: Date;
  version: string;
  /** How much faster than real the sandbox's durations are; null: not known here. */
  speed: number | null;
  sandbox: {
    name: string;
    counts: Awaited<ReturnType<typeof countOrders>>;
    orders: ListedOrder[];
    timelines: ReadonlyMap<string, readonly EventLine[]>;
    isMore: boolean;
  } | null;
}

/** Which of the few colours a state has: colour means what somebody has to do. A new state fails to compile here. */
const tones = {
  needs_attention: "red",
  checking: "amber",
  with_our_team: "amber",
  in_process: "blue",
  new: "blue",
  on_hold: "amber",
  review: "amber",
  awaiting_payment: "grey",
  stand_by: "grey",
  waiting: "violet",
  at_prep: "teal",
  ordered: "violet",
  partly_shipped: "teal",
  shipped: "green",
  delivered: "green",
  completed: "plain",
  cancelled: "plain",
} as const satisfies Record<Headline, string>;

/** The whole page; its script fetches it again every two seconds and puts the new <main> in. */
export function pageHtml(state: PageState): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Switchyard · Sandbox</title>
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/page.css" />
        <script src="/page.js" defer></script>
      </head>
      <body>
        <header class="top">
          <span class="mark" aria-hidden="true">S</span>
          <strong>Switchyard</strong>
          <span class="tag">Sandbox</span>
          <span class="grow"></span>
          <span id="live" class="live" role="status"><span class="dot"></span>Live</span>
          <span class="dim version">${state.version}</span>
        </header>
        <noscript><p class="notice">Without scripts this page does not refresh itself: reload it.</p></noscript>
        <main id="main" data-at="${state.now.toISOString()}">
          ${state.sandbox === null ? noSandbox : sandboxPart(state, state.sandbox)}
        </main>
      </body>
    </html> `.text;
}

const noSandbox = html` <section class="empty">
  <h1>No sandbox here</h1>
  <p>
    This installation runs without the pretend world, and without an API key this page shows nothing of your own
    workspaces.
  </p>
  <p>To watch orders live their whole life, start it again without <code>--no-sandbox</code>:</p>
  <pre>npx switchyard start</pre>
  <p>To use your own workspace, make a key and ask the API:</p>
  <pre>
npx switchyard workspace create my-shop
npx switchyard key create --workspace my-shop --role owner
curl -H "Authorization: Bearer swk_…" http://127.0.0.1:4400/v1/orders</pre>
</section>`;

function sandboxPart(state: PageState, sandbox: NonNullable<PageState["sandbox"]>): Html {
  const { counts, orders } = sandbox;
  return html` <p class="notice">
      Everything here is pretended: shop, suppliers, carriers, buyers and
      money.${
        state.speed === null || state.speed === 1
          ? null
          : html` Time runs ${state.speed} times as fast as in a real workspace.`
      }
      No real order is ever placed from this workspace.
    </p>
    <section aria-labelledby="states">
      <h1 id="states">${counts.total} ${counts.total === 1 ? "order" : "orders"}</h1>
      <ul class="counts">
        ${headlineOrder.map(
          (code) =>
            html`<li class="${counts.headlines[code] === 0 ? "zero" : ""}" title="${headlines[code].hint}">
              <a href="/v1/orders?state=${code}"><span class="n">${counts.headlines[code]}</span>${badge(code)}</a>
            </li>`,
        )}
      </ul>
    </section>
    <div class="columns">
      <section aria-labelledby="orders">
        <h2 id="orders">Newest orders</h2>
        ${orders.length === 0 ? html`<p class="empty">No order yet. The pretend shop sells its first one within a few seconds.</p>` : ordersTable(state, sandbox)}
        ${sandbox.isMore ? html`<p class="dim">The newest ${orders.length} of ${counts.total}. All of them: <code>npx switchyard orders list --workspace sandbox</code></p>` : null}
      </section>
      ${reasonsPart(counts.reasons)}
    </div>
    ${goOn(orders[0])}`;
}

const badge = (code: Headline, title: string = headlines[code].title): Html =>
  html`<span class="badge ${tones[code]}" title="${headlines[code].hint}"
    ><span class="dot" aria-hidden="true"></span>${title}</span
  >`;

function reasonsPart(counts: Partial<Record<ReasonCode, number>>): Html | null {
  const codes = (Object.keys(counts) as ReasonCode[]).sort((a, b) => importance(a) - importance(b));
  if (codes.length === 0) return null;
  return html` <section class="reasons" aria-labelledby="reasons">
    <h2 id="reasons">Why something waits</h2>
    <dl>
      ${codes.map((code) => {
        const reason = reasonOf(code);
        return html`<div>
          <dt title="${reason.what}"><span class="n">${counts[code] ?? 0}</span> ${reason.title}</dt>
          <dd class="dim">${reason.next}</dd>
        </div>`;
      })}
    </dl>
  </section>`;
}

function ordersTable(state: PageState, { orders, timelines }: NonNullable<PageState["sandbox"]>): Html {
  return html`<div class="scroll">
    <table class="orders">
      <thead>
        <tr>
          <th>Order</th>
          <th>Status</th>
          <th class="cut">Supplier</th>
          <th class="placed">Placed by</th>
          <th class="wide">Ship by</th>
          <th class="num">Total</th>
          <th class="num">Age</th>
        </tr>
      </thead>
      ${orders.map((order) => orderRows(state.now, order, timelines.get(order.id) ?? []))}
    </table>
  </div>`;
}

function orderRows(now: Date, order: ListedOrder, events: readonly EventLine[]): Html {
  const id = publicId("order", order.publicId);
  const waiting = order.parts.find((part) => part.state === "waiting" && part.placeAfter !== null);
  const suppliers = [...new Set(order.parts.map((part) => part.supplierName).filter((name) => name !== null))];
  const placed = [...new Set(order.parts.map((part) => part.placedBy).filter((by) => by !== null))];
  const title =
    order.reason !== null && order.headline === "needs_attention"
      ? reasonOf(order.reason).title
      : headlines[order.headline].title;
  return html`<tbody>
    <tr>
      <td class="id">
        <a href="/v1/orders/${id}">${order.number}</a> <span class="dim channel">${order.channelName}</span>
      </td>
      <td>
        ${badge(order.headline, title)}${
          waiting?.placeAfter == null
            ? null
            : html` <span class="dim count" data-until="${waiting.placeAfter.toISOString()}"
                >${until(now, waiting.placeAfter)}</span
              >`
        }${order.parts.length > 1 ? html` <span class="parts" title="${order.parts.map(partWords).join("; ")}">${order.parts.length} parts</span>` : null}
      </td>
      <td class="cut dim">${suppliers.join(", ") || "–"}</td>
      <td class="placed dim">${placed.length === 0 ? "–" : placed.join(" and ")}</td>
      <td class="wide ${order.shipBy !== null && order.shipBy < now && isUnderWay(order.headline) ? "late" : "dim"}">
        ${order.shipBy === null ? "–" : html`<time datetime="${order.shipBy.toISOString()}" title="${order.shipBy.toISOString()}">${day(order.shipBy)}</time>`}
      </td>
      <td class="num">
        ${order.total === null ? "–" : `${toMajor({ amount: order.total, currency: order.currency })} ${order.currency}`}
      </td>
      <td class="num dim">
        <time datetime="${order.receivedAt.toISOString()}" title="${order.receivedAt.toISOString()}"
          >${ago(now, order.receivedAt)}</time
        >
      </td>
    </tr>
    ${
      events.length === 0
        ? null
        : html`<tr class="line">
            <td colspan="7">
              <ol>
                ${events
                  .filter((event) => event.kind !== "headline") // the badge says it
                  .slice(0, mostEvents)
                  .reverse()
                  .map(
                    (event) =>
                      html`<li>
                        <time datetime="${event.at.toISOString()}" title="${event.at.toISOString()}"
                          >${event.at.toISOString().slice(11, 19)}</time
                        >
                        ${eventText(event)} <span class="dim">${actorTitle(event.actor)}</span>
                      </li>`,
                  )}
              </ol>
            </td>
          </tr>`
    }
  </tbody>`;
}

const mostEvents = 8;
const isUnderWay = (headline: Headline): boolean =>
  headline !== "shipped" && headline !== "delivered" && headline !== "completed" && headline !== "cancelled";
const partWords = (part: ListedPart): string =>
  `${part.supplierName ?? "no supplier yet"}: ${headlines[part.headline].title}`;
const day = (at: Date): string => at.toISOString().slice(5, 16).replace("T", " ");

/** "12 s", "3 min", "2 h", "5 d". */
function ago(now: Date, then: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - then.getTime()) / 1000));
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
}
const until = (now: Date, then: Date): string => (then <= now ? "any moment" : `in ${ago(then, now)}`);

function goOn(order: ListedOrder | undefined): Html {
  const id = order === undefined ? "ord_…" : publicId("order", order.publicId);
  return html` <section aria-labelledby="next">
    <h2 id="next">How to go on</h2>
    <div class="next">
      <div>
        <h3>Look at it from the terminal</h3>
        <pre>
npx switchyard orders list --workspace sandbox
npx switchyard orders show ${order?.number ?? "NUMBER"} --workspace sandbox</pre>
      </div>
      <div>
        <h3>Ask the API, without a key on this machine</h3>
        <pre>
curl http://127.0.0.1:4400/v1/orders?state=needs_attention
curl -X POST http://127.0.0.1:4400/v1/orders/${id}/hold</pre>
      </div>
      <div>
        <h3>Bring your own orders</h3>
        <pre>
npx switchyard workspace create my-shop
npx switchyard channel add --workspace my-shop --help
npx switchyard import orders FILE --workspace my-shop</pre>
      </div>
      <div>
        <h3>Is it true?</h3>
        <p>Compare the suppliers' own lists with what was placed, and the books with themselves:</p>
        <pre>
npx switchyard prove --workspace sandbox --help
npx switchyard verify</pre>
      </div>
    </div>
    <p class="dim">
      Everything the API can do: <a href="/v1/openapi.json">openapi.json</a>. Every reason and state with its meaning:
      <a href="/v1/reasons">reasons</a>.
    </p>
  </section>`;
}
