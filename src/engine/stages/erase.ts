import { dayMs, defaultChannelSettings, eraseAfterMs } from "#domain/settings.ts";
import {
  channelDone,
  claimChannels,
  clearUnfiled,
  nextErasure,
  ordersPastTheirTime,
  type DueChannel,
} from "#store/personal.ts";
import type { Engine } from "../context.ts";
import { leaseMs } from "../lease.ts";
import { eraseOrders } from "../manage/erase.ts";
import type { Stage } from "../stage.ts";

const lookEveryMs = dayMs;
/** Messages that belong to no order, and rows of files that were not taken. */
const unfiledMs = 30 * dayMs;
const atOnce = 100;

/**
 * PD-6. Looks through each channel once a day: orders past their channel's limit lose their personal data, and so does what a channel said later of orders
 * that had lost theirs. What could never be filed under an order goes after thirty days.
 */
export const erase: Stage = {
  name: "erase",
  nextDue: nextErasure,
  async run(engine) {
    const now = engine.clock.now();
    const due = await engine.db.tx((tx) =>
      claimChannels(tx, { now, leaseUntil: new Date(now.getTime() + leaseMs), limit: 5 }),
    );
    for (const channel of due) await lookThrough(engine, channel, now);
    return due.length;
  },
};

async function lookThrough(engine: Engine, channel: DueChannel, now: Date): Promise<void> {
  const { workspaceId } = channel;
  const limitMs = eraseAfterMs(channel.kind, { ...defaultChannelSettings, ...channel.settings });
  const endedBefore = limitMs === null ? null : new Date(now.getTime() - limitMs);
  for (let erased = atOnce; erased === atOnce;) {
    const ids = await ordersPastTheirTime(engine.db, channel, { endedBefore, limit: atOnce });
    const done =
      ids.length === 0 ? null : await eraseOrders(engine, workspaceId, ids, { why: "clock", actor: engine.actor });
    erased = done?.erased.length ?? 0;
  }
  await engine.db.tx(async (tx) => {
    await clearUnfiled(tx, workspaceId, new Date(now.getTime() - unfiledMs));
    await channelDone(tx, channel, new Date(now.getTime() + lookEveryMs));
  });
}
