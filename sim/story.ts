import type { SimCluster } from "./cluster.ts";
import { eventsOf, run, type RunOptions, type RunResult } from "./run.ts";
import type { TraceLine } from "./scheduler.ts";
import type { Town } from "./town.ts";

/**
 * Runs a town again and tells what happened to one order of it: in the database, outside, and to whoever was at work on it. `wanted` is a number, "#1018"; two
 * workspaces number alike, so "two:#1018" or "two:1018" is the order of workspace two, and without a name each is told.
 */
export async function tellStory(
  cluster: SimCluster,
  options: RunOptions,
  wanted: string,
): Promise<{ lines: string[]; result: RunResult }> {
  const [, workspace = null, digits = ""] = /^(?:([^:]+):)?#?(.+)$/.exec(wanted) ?? [];
  const number = `#${digits}`;
  const trace: TraceLine[] = [];
  const lines: string[] = [];
  const result = await run(cluster, {
    ...options,
    onTrace: (line) => void trace.push(line),
    onEnd: async (town) => {
      lines.push(...(await storiesOf(town, trace, workspace, number)));
    },
  });
  for (const found of result.violations) {
    const isAboutIt = found.order === number && found.workspace === (workspace ?? found.workspace);
    if (isAboutIt || found.order === null)
      lines.push(`${found.invariant}: ${found.workspace === null ? "" : `${found.workspace}: `}${found.what}`);
  }
  return { lines, result };
}

interface Told {
  at: number;
  step: number;
  text: string;
}
interface Wanted {
  id: string;
  workspace_id: string;
  workspace: string;
  channel_order_id: string;
  number: string;
  headline: string;
}

async function storiesOf(
  town: Town,
  trace: readonly TraceLine[],
  workspace: string | null,
  number: string,
): Promise<string[]> {
  const orders = await town.monitor.query<Wanted>(
    `select o.id, o.workspace_id, w.slug as workspace, o.channel_order_id, o.number, o.headline
       from sales_order o join workspace w on w.id = o.workspace_id
      order by w.slug, o.id`,
  );
  const wanted = orders.filter((each) => each.number === number && each.workspace === (workspace ?? each.workspace));
  if (wanted.length === 0) {
    const known = orders.map((each) => `${each.workspace}:${each.number}`).join(", ");
    return [`There is no order ${workspace === null ? "" : `${workspace}:`}${number} here. There are ${known}.`];
  }
  const lines: string[] = [];
  for (const order of wanted) lines.push(...(await storyOf(town, trace, order)));
  return lines;
}

async function storyOf(town: Town, trace: readonly TraceLine[], order: Wanted): Promise<string[]> {
  const { monitor, tenants } = town;
  const references = (
    await monitor.query<{ reference: string }>("select reference from attempt where order_id = $1", [order.id])
  ).map((each) => each.reference);
  const [tenant] = tenants.filter(({ workspaceId }) => workspaceId === order.workspace_id);
  const names = [order.channel_order_id, ...references];
  const isAbout = (text: string): boolean => names.some((name) => text.includes(name));

  const told: Told[] = [];
  for (const event of await eventsIn(town, order.id))
    told.push({ at: event.at, step: Infinity, text: `${event.actor}: ${event.text}` });
  for (const event of await evidenceOf(town, order.id))
    told.push({ at: event.at, step: Infinity, text: `evidence: ${event.text}` });
  for (const message of await messagesOf(town, order))
    told.push({ at: message.at, step: Infinity, text: `inbox: ${message.text}` });
  for (const event of tenant === undefined ? [] : worldEvents(tenant.world, isAbout))
    told.push({ at: event.at, step: Infinity, text: `outside: ${event.text}` });
  told.push(...calamities(trace, order.id, isAbout));
  told.sort((a, b) => a.at - b.at || a.step - b.step);
  return [
    `The story of ${order.workspace}:${order.number} (seed ${town.seed}), which is ${order.headline} at the end:`,
    ...told.map(({ at, text }) => `${new Date(at).toISOString().slice(0, 23)}  ${text}`),
  ];
}

async function evidenceOf({ monitor }: Town, orderId: string): Promise<{ at: number; text: string }[]> {
  const rows = await monitor.query<{ at: Date; no: number; kind: string; source: string; payload: unknown }>(
    `select e.at, a.no, e.kind, e.source, e.payload
       from evidence e join attempt a on (a.workspace_id, a.id) = (e.workspace_id, e.attempt_id)
      where a.order_id = $1 order by e.at, e.id`,
    [orderId],
  );
  return rows.map(({ at, no, kind, source, payload }) => ({
    at: at.getTime(),
    text: `attempt ${no} ${kind} by ${source} ${JSON.stringify(payload)}`,
  }));
}

async function messagesOf(
  { monitor }: Town,
  { workspace_id, channel_order_id }: Wanted,
): Promise<{ at: number; text: string }[]> {
  const rows = await monitor.query<{ at: Date; event_id: string; done_at: Date | null; problem: string | null }>(
    `select received_at as at, event_id, done_at, problem from inbox
      where workspace_id = $1 and starts_with(event_id, $2) order by received_at, id`,
    [workspace_id, `${channel_order_id}:`],
  );
  return rows.map(({ at, event_id: eventId, done_at: doneAt, problem }) => ({
    at: at.getTime(),
    text: `${eventId} ${doneAt === null ? "not taken in" : `taken in at ${doneAt.toISOString().slice(11, 23)}`} ${problem ?? ""}`,
  }));
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
  let latest = 0;
  return rows.map(({ at, actor, kind, subject, from_state: from, to_state: to, data }) => ({
    // Who waited for the order's lock writes an earlier time after a later one; the trail says what came first.
    at: (latest = Math.max(latest, at.getTime())),
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
