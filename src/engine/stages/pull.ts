import type { OrderOrigin } from "#domain/channel-order.ts";
import { defaultChannelSettings, defaultWorkspaceSettings } from "#domain/settings.ts";
import { hookToTell, hookTold } from "#store/channel-hook.ts";
import { claimConnections, moveCursor, nextConnection, type DueConnection } from "#store/connection.ts";
import { reachChannel, type ReachableChannel } from "../channel-context.ts";
import type { Engine } from "../context.ts";
import { hookOwner, hookSecretName } from "../hook-secret.ts";
import { leaseMs } from "../lease.ts";
import { keepMessages } from "../raw-messages.ts";
import type { Stage } from "../stage.ts";

const defaultEveryMs = 2 * 60_000;

/** Asks channels for what changed. Raw messages are saved first, with the cursor behind them; the intake stage parses them second. */
export const pull: Stage = {
  name: "pull",
  nextDue: nextConnection,
  async run(engine) {
    const now = engine.clock.now();
    const due = await engine.db.tx((tx) =>
      claimConnections(tx, { now, leaseUntil: new Date(now.getTime() + leaseMs), limit: 20 }),
    );
    await Promise.all(due.map((connection) => pullConnection(engine, connection)));
    return due.length;
  },
};

async function pullConnection(engine: Engine, connection: DueConnection): Promise<void> {
  const everyMs = Number(connection.settings["everyMs"] ?? defaultEveryMs);
  const reached = reachChannel(engine, { ...connection, connectionId: connection.id });
  const later = (ms: number): Date => new Date(engine.clock.now().getTime() + ms);
  if (reached === undefined) {
    await engine.db.tx((tx) =>
      moveCursor(tx, connection, {
        cursor: connection.cursor,
        dueAt: later(everyMs),
        synced: null,
        problem: `No connector of kind ${connection.kind} is installed.`,
      }),
    );
    return;
  }
  const { connector: channel, context } = reached;
  await tellHook(engine, connection, reached);
  const origin = originOf(connection, engine.clock.now());
  let { cursor } = connection;
  for (;;) {
    const page = await channel.pull(context, cursor);
    if (page.status !== "ok") {
      const waitMs = page.status === "retry_later" ? page.afterMs : everyMs;
      await engine.db.tx((tx) =>
        moveCursor(tx, connection, {
          cursor,
          dueAt: later(waitMs),
          synced: null,
          problem: `${page.status}: ${page.message}`,
        }),
      );
      return;
    }
    cursor = page.cursor;
    const done = !page.more;
    await engine.db.tx(async (tx) => {
      const now = engine.clock.now();
      await keepMessages(engine, tx, connection, page.raw, origin);
      await moveCursor(tx, connection, {
        cursor,
        dueAt: later(done ? everyMs : leaseMs),
        synced: done ? now : null,
        problem: null,
      });
    });
    if (done) return;
  }
}

/** WI-8. Before anything is fetched: where its webhooks go from now on, or that they stop. One that cannot be told is told again with the next look. */
async function tellHook(
  engine: Engine,
  connection: DueConnection,
  { connector: { hooks }, context }: ReachableChannel,
): Promise<void> {
  const hook = hooks === undefined ? undefined : await engine.db.tx((tx) => hookToTell(tx, connection));
  if (hook === undefined || hooks === undefined) return;
  const { workspaceId, connectionId } = hook;
  const opened = await engine.vault.open([hookOwner(workspaceId, connectionId)], "tell where webhooks go");
  const secret = opened[hookSecretName];
  if (secret === undefined) throw new Error(`The webhooks of connection ${connectionId} have no secret.`);
  const answer = await hooks.tell(context, hook.offAt === null ? { url: hook.url, secret } : null);
  const told =
    answer.status === "ok"
      ? { at: engine.clock.now(), problem: null }
      : { at: null, problem: `${answer.status}: ${answer.message}` };
  await engine.db.tx((tx) => hookTold(tx, hook, told));
}

/** AUTO-2: a first sync and a gap longer than the buffer bring the past, which never buys by itself. */
export function originOf(connection: DueConnection, now: Date): OrderOrigin {
  if (connection.firstSyncDoneAt === null || connection.lastSyncAt === null) return "first_sync";
  const workspace = { ...defaultWorkspaceSettings, ...connection.workspaceSettings };
  const channel = { ...defaultChannelSettings, ...connection.channelSettings };
  return now.getTime() - connection.lastSyncAt.getTime() > (channel.bufferMs ?? workspace.bufferMs)
    ? "catch_up"
    : "live";
}
