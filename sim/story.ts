import type { SimCluster } from "./cluster.ts";
import { eventsOf, run, type RunOptions, type RunResult } from "./run.ts";
import type { TraceLine } from "./scheduler.ts";
import type { Town } from "./town.ts";

/** Runs a town again and tells what happened to one order of it: in the database, outside, and to whoever was at work on it. */
export async function tellStory(
  cluster: SimCluster,
  options: RunOptions,
  number: string,
): Promise<{ lines: string[]; result: RunResult }> {
  const trace: TraceLine[] = [];
  let lines: string[] = [];
  const result = await run(cluster, {
    ...options,
    onTrace: (line) => void trace.push(line),
    onEnd: async (town) => {
      lines = await storyOf(town, trace, number);
    },
  });
  for (const { invariant, order, what } of result.violations)
    if (order === number || order === null) lines.push(`${invariant}: ${what}`);
  return { lines, result };
}

interface Told {
  at: number;
  step: number;
  text: string;
}

async function storyOf(town: Town, trace: readonly TraceLine[], number: string): Promise<string[]> {
  const { monitor, tenants } = town;
  const [order] = await monitor.query<{ id: string; workspace_id: string; channel_order_id: string; headline: string }>(
    "select id, workspace_id, channel_order_id, headline from sales_order where number = $1 order by id limit 1",
    [number],
  );
  if (order === undefined) {
    const known = await monitor.query<{ number: string }>("select number from sales_order order by id");
    return [`There is no order ${number} here. There are ${known.map((each) => each.number).join(", ")}.`];
  }
  const references = (
    await monitor.query<{ reference: string }>("select reference from attempt where order_id = $1", [order.id])
  ).map((each) => each.reference);
  const [tenant] = tenants.filter(({ workspaceId }) => workspaceId === order.workspace_id);
  const names = [order.channel_order_id, ...references];
  const isAbout = (text: string): boolean => names.some((name) => text.includes(name));

  const told: Told[] = [];
  for (const event of await eventsIn(town, order.id))
    told.push({ at: event.at, step: Infinity, text: `${event.actor}: ${event.text}` });
  for (const event of tenant === undefined ? [] : worldEvents(tenant.world, isAbout))
    told.push({ at: event.at, step: Infinity, text: `outside: ${event.text}` });
  told.push(...calamities(trace, order.id, isAbout));
  told.sort((a, b) => a.at - b.at || a.step - b.step);
  return [
    `The story of ${number} (seed ${town.seed}), which is ${order.headline} at the end:`,
    ...told.map(({ at, text }) => `${new Date(at).toISOString().slice(0, 23)}  ${text}`),
  ];
}

async function eventsIn({ monitor }: Town, orderId: string): Promise<{ at: number; actor: string; text: string }[]> {
  const rows = await monitor.query<{
    at: Date;
    actor: string;
    kind: string;
    subject: string;
    from_state: string | null;
    to_state: string | null;
    data: unknown;
  }>("select at, actor, kind, subject, from_state, to_state, data from event where order_id = $1 order by seq", [
    orderId,
  ]);
  return rows.map(({ at, actor, kind, subject, from_state: from, to_state: to, data }) => ({
    at: at.getTime(),
    actor,
    text: `${subject} ${kind}${to === null ? "" : ` ${from ?? "–"} → ${to}`} ${JSON.stringify(data)}`,
  }));
}

function worldEvents(
  world: Town["tenants"][number]["world"],
  isAbout: (text: string) => boolean,
): { at: number; text: string }[] {
  return eventsOf(world)
    .map(({ at, type, ...rest }) => ({ at, text: `${type} ${JSON.stringify(rest)}` }))
    .filter(({ text }) => isAbout(text))
    .map(({ at, text }) => ({ at, text: text.slice(0, 400) }));
}

/** Deaths, cuts and pauses of who had just touched the order, and what left for a supplier because of it. */
function calamities(trace: readonly TraceLine[], orderId: string, isAbout: (text: string) => boolean): Told[] {
  const lastTouched = new Map<string, number>();
  const told: Told[] = [];
  const mark = `"${orderId}"`;
  for (const { step, at, actor, what, detail } of trace) {
    const isCalamity = ["kill", "reset", "pause", "crash"].includes(what);
    if (isCalamity && (what === "crash" || step - (lastTouched.get(actor) ?? -Infinity) < 400))
      told.push({ at, step, text: `${actor}: ${what.toUpperCase()} at ${detail.slice(0, 120)}` });
    else if (what.startsWith("POST ") && isAbout(detail))
      told.push({ at, step, text: `${actor}: ${what} → ${detail.slice(0, 160)}` });
    else if (detail.includes(mark) || isAbout(detail)) lastTouched.set(actor, step);
  }
  return told;
}
