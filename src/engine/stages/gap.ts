import type { Channel, ChannelContext, ParsedMessage, RawMessage } from "#connectors/ports.ts";
import { dayMs } from "#domain/settings.ts";
import {
  claimGaps,
  missingOrders,
  nextGap,
  postponeGap,
  recordGap,
  renewGaps,
  type GapConnection,
} from "#store/gap.ts";
import { reachChannel } from "../channel-context.ts";
import type { Engine } from "../context.ts";
import { leaseMs, underLease } from "../lease.ts";
import { keepMessages } from "../raw-messages.ts";
import type { Stage } from "../stage.ts";

const compareEveryMs = dayMs;
const windowMs = 3 * dayMs;
/** What was bought just now may still be on its way here by the feed. */
const newestMs = 3_600_000;
const retryMs = 3_600_000;

/**
 * GAP rules. Once a day each API connection's channel is asked for the ids of its orders of the last three days. What is not stored is looked for in the feed
 * from where it stood three days ago, beside the live feed, whose cursor stays where it is: only the missing orders come a second time, as `catch_up`. What
 * the feed does not bring is counted and shown.
 */
export const gap: Stage = {
  name: "gap",
  nextDue: nextGap,
  async run(engine) {
    const now = engine.clock.now();
    const leaseUntil = new Date(now.getTime() + leaseMs);
    const due = await engine.db.tx((tx) => claimGaps(tx, { now, leaseUntil, limit: 5 }));
    await underLease(
      engine,
      leaseUntil,
      (renewal) => renewGaps(engine.db, due, renewal),
      () => Promise.all(due.map((connection) => compare(engine, connection))),
    );
    return due.length;
  },
};

async function compare(engine: Engine, connection: GapConnection): Promise<void> {
  const now = engine.clock.now();
  const later = (ms: number): Date => new Date(now.getTime() + ms);
  const postpone = (ms: number) => engine.db.tx((tx) => postponeGap(tx, connection, later(ms)));
  const reached = reachChannel(engine, { ...connection, connectionId: connection.id });
  if (reached === undefined) return void (await postpone(compareEveryMs));
  // Before its first sync is done everything is missing, and on its way.
  if (connection.firstSyncDoneAt === null) return void (await postpone(retryMs));

  const { connector: channel, context } = reached;
  const listed = await channel.list(context, later(-windowMs), later(-newestMs));
  if (listed.status !== "ok")
    return void (await postpone(listed.status === "retry_later" ? Math.max(listed.afterMs, retryMs) : compareEveryMs));

  const missing = await engine.db.tx((tx) => missingOrders(tx, connection, listed.channelOrderIds));
  const from = connection.gapCursors.length < daysBack ? null : connection.gapCursors[0]!;
  const brought =
    missing.length === 0 ? [] : await fetchMissing(engine, connection, { channel, context, from, missing });
  const lost = missing.filter((id) => !brought.includes(id));
  if (missing.length > 0)
    engine.log.warn(
      { workspace: connection.workspaceId, channel: connection.channelId, missing, brought: brought.length },
      "the channel lists orders that had not arrived",
    );
  const cursors = [...connection.gapCursors, ...(connection.cursor === null ? [] : [connection.cursor])].slice(
    -daysBack,
  );
  await engine.db.tx((tx) =>
    recordGap(tx, connection, { at: now, dueAt: later(compareEveryMs), missing: lost, cursors }),
  );
}
/** So many daily comparisons ago the feed stood before the period that is compared. */
const daysBack = 4;

interface Search {
  channel: Channel;
  context: ChannelContext;
  from: string | null;
  missing: readonly string[];
}

/** Reads the feed again and keeps the messages of the missing orders; answers whose came. One that was kept before did not help then, nor now. */
async function fetchMissing(engine: Engine, connection: GapConnection, search: Search): Promise<string[]> {
  const { channel, context, missing } = search;
  const brought = new Set<string>();
  let cursor = search.from;
  for (;;) {
    const page = await channel.pull(context, cursor);
    if (page.status !== "ok") return [...brought];
    for (const raw of page.raw) {
      const id = orderOf(channel, raw);
      if (id !== null && missing.includes(id) && (await keep(engine, connection, raw))) brought.add(id);
    }
    if (!page.more || page.cursor === cursor || brought.size === missing.length) return [...brought];
    cursor = page.cursor;
  }
}

function orderOf(channel: Channel, raw: RawMessage): string | null {
  let parsed: ParsedMessage;
  try {
    parsed = channel.parse(raw);
  } catch {
    return null; // whose it is cannot be said; the live feed has kept it and says that it cannot be read
  }
  return parsed.type === "order" ? parsed.order.channelOrderId : null;
}

const keep = (engine: Engine, connection: GapConnection, raw: RawMessage): Promise<boolean> =>
  engine.db.tx(async (tx) => (await keepMessages(engine, tx, connection, [raw], "catch_up")) > 0);
