import { memoryLog } from "../log.ts";
import type { WorldEvent, WorldSettings } from "../events.ts";
import { buyers } from "../shop/buyers.ts";
import { createWorld, type World } from "../world.ts";

/** A world for a test: a clock that the test moves, and short ways to ask. */
export interface Bench {
  world: World;
  events: WorldEvent[];
  now(): number;
  pass(ms: number): void;
  /** Asks with the right token. A dropped connection is `{ status: "dropped" }`. */
  ask(method: "GET" | "POST" | "PUT", path: string, body?: unknown, headers?: Record<string, string>): Answer;
  /** Sets rates; what is not named stays. */
  faults(change: Record<string, unknown>): void;
  /** One order with this wish; its id. */
  sell(order?: Record<string, unknown>): string;
  /** All messages of the feed until now. */
  messages(): Message[];
  place(supplier: string, reference: string, given?: Record<string, unknown>, key?: string): Answer;
  statusOf(supplier: string, orderId: string): Record<string, unknown>;
  /** References that were really bought there. */
  bought(supplier: string): string[];
}
export interface Answer {
  status: number | "dropped";
  body: Record<string, unknown>;
}
export interface Message {
  id: string;
  type: string;
  order?: Record<string, unknown> & {
    id: string;
    lines: Record<string, unknown>[];
    shippingAddress: Record<string, string>;
  };
  [field: string]: unknown;
}

export const minute = 60_000;
/** Nobody comes by himself, nothing is old, time runs as it does. */
const quiet: Partial<WorldSettings> = {
  speed: 1,
  ordersAtStart: 0,
  ordersPerMinute: 0,
  quietOrdersPerMinute: 0,
  historyDays: 0,
  opens: "at_start",
};

export function aWorld({
  seed = "1",
  settings = {},
  events = [],
  startsAt = Date.parse("2026-11-22T10:00:00Z"),
}: { seed?: string; settings?: Partial<WorldSettings>; events?: WorldEvent[]; startsAt?: number } = {}): Bench {
  let at = startsAt;
  const world = createWorld({
    seed,
    now: () => new Date(at),
    log: memoryLog(events),
    settings: { ...quiet, ...settings },
  });

  const ask: Bench["ask"] = (method, path, body, headers = {}) => {
    const [, floor, code] = path.split(/[/?]/);
    const token = floor === "suppliers" ? code : "shop";
    const given = world.handle({
      method,
      path,
      headers: { authorization: `Bearer sandbox-${token}`, ...headers },
      body: body === undefined ? "" : JSON.stringify(body),
    });
    if (given.type === "drop") return { status: "dropped", body: {} };
    const isJson = given.headers["content-type"]?.startsWith("application/json") === true;
    return {
      status: given.status,
      body: isJson ? (JSON.parse(given.body) as Record<string, unknown>) : { html: given.body },
    };
  };
  const lines: Record<string, unknown> = {
    northlight: { sku: "NL-2201" },
    kestrel: { sku: "KR-MUG-B" },
    bazaar: { sku: "soap-seasalt-x2" },
  };
  return {
    world,
    events,
    now: () => at,
    pass: (ms) => void (at += ms),
    ask,
    faults: (change) => {
      const { status, body } = ask("PUT", "/admin/faults", change);
      if (status !== 200) throw new Error(String(body["message"]));
    },
    sell: (order = { paid: true }) => {
      const { body } = ask("POST", "/admin/sell", { order });
      const [sold] = (body["orders"] ?? []) as { id: string }[];
      if (sold === undefined) throw new Error(String(body["message"]));
      return sold.id;
    },
    messages: () => {
      const all: Message[] = [];
      for (let cursor = ""; ;) {
        const { status, body } = ask("GET", `/shop/changes?cursor=${cursor}`);
        if (status !== 200) throw new Error(`The feed answered ${status}.`);
        all.push(...(body["messages"] as Message[]));
        if (body["more"] !== true) return all;
        cursor = String(body["cursor"]);
      }
    },
    place: (supplier, reference, given = {}, key = `key-${reference}`) =>
      ask(
        "POST",
        `/suppliers/${supplier}/orders`,
        {
          reference,
          shipTo: buyers[0]?.address,
          lines: [{ no: 1, units: 2, ...(lines[supplier] as object) }],
          ...given,
        },
        { "idempotency-key": key },
      ),
    statusOf: (supplier, orderId) => {
      const { body } = ask("POST", `/suppliers/${supplier}/orders/status`, { ids: [orderId] });
      return (body["orders"] as Record<string, unknown>[])[0] ?? {};
    },
    bought: (supplier) =>
      [...(world.state.suppliers.get(supplier)?.purchases.values() ?? [])].map(({ purchase }) => purchase.reference),
  };
}
