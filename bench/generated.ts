import type { Bench } from "./case.ts";
import type { BenchServer } from "./server.ts";
import { generateOrders, type Wish } from "./generate.ts";
import { liveOneOrder, type OrderTemplate } from "./template.ts";

interface Made {
  template?: Promise<OrderTemplate>;
  databases: Map<string, Promise<string>>;
}
const made = new WeakMap<BenchServer, Made>();

/**
 * The name of a database with so many generated orders, made when it is first asked for and kept for the rest of the run. Who writes into it takes a copy
 * (`server.makeDatabase(name)`).
 */
export function generatedDatabase(
  bench: Pick<Bench, "server" | "say">,
  wish: Pick<Wish, "orders" | "what">,
): Promise<string> {
  const { server } = bench;
  const here = made.get(server) ?? { databases: new Map() };
  made.set(server, here);
  const key = `${wish.what} ${wish.orders}`;
  const known = here.databases.get(key) ?? make(bench, here, wish);
  here.databases.set(key, known);
  return known;
}

async function make(
  { server, say }: Pick<Bench, "server" | "say">,
  here: Made,
  wish: Pick<Wish, "orders" | "what">,
): Promise<string> {
  here.template ??= makeTemplate(server);
  const template = await here.template;
  const name = await server.makeDatabase();
  say(`generating ${wish.orders} ${wish.what} orders`);
  await generateOrders(server.config("postgres", name), template, { ...wish, ...periodOf(wish.what), say });
  return name;
}

async function makeTemplate(server: BenchServer): Promise<OrderTemplate> {
  const scratch = await server.makeDatabase();
  try {
    return await liveOneOrder({
      engine: server.config("switchyard_engine", scratch),
      administrator: server.config("postgres", scratch),
    });
  } finally {
    await server.dropDatabase(scratch);
  }
}

/** Finished orders of two years; those that wait fall due within the month after `waitingFrom`. */
export const waitingFrom = new Date("2026-09-01T00:00:00Z");
const periodOf = (what: Wish["what"]) =>
  what === "finished"
    ? { from: new Date("2024-07-01T00:00:00Z"), to: new Date("2026-07-01T00:00:00Z") }
    : { from: waitingFrom, to: new Date("2026-10-01T00:00:00Z") };
