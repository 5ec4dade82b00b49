import { forgetChanges, workspacesToNotify } from "#store/order-change.ts";
import { forgetDeliveries, nextWebhook } from "#store/webhook.ts";
import type { Engine } from "../context.ts";
import type { Stage } from "../stage.ts";
import { makeDeliveries } from "../webhooks/deliveries.ts";
import { WebhookSender } from "../webhooks/sender.ts";

const mostWorkspaces = 50;
const hour = 3_600_000;
/** How long changes are kept for screens that come back, and ended deliveries for people who look. */
export const changesKeptMs = 24 * hour;
export const deliveriesKeptMs = 30 * 24 * hour;
const tidyEveryMs = hour / 6;
const perTidy = 5000;

/** Tells the outside: makes deliveries of what changed, and sends what is due (WH-12, WH-35). */
export const notify: Stage = {
  name: "notify",
  async nextDue(db) {
    const [waiting] = await workspacesToNotify(db, 1);
    return waiting === undefined ? nextWebhook(db) : new Date(0);
  },
  async run(engine) {
    let moved = 0;
    let failure: unknown = null;
    for (const workspaceId of await workspacesToNotify(engine.db, mostWorkspaces)) {
      try {
        moved += await makeDeliveries(engine, workspaceId);
      } catch (error) {
        failure = error; // the other workspaces first
      }
    }
    const { sender } = stateOf(engine);
    moved += (await sender?.begin()) ?? 0;
    await tidy(engine);
    if (failure !== null) throw failure;
    return moved;
  },
  settle: async (engine) => stateOf(engine).sender?.settle(),
};

interface State {
  sender: WebhookSender | null;
  tidyAt: number;
}
const states = new WeakMap<Engine, State>();

function stateOf(engine: Engine): State {
  let state = states.get(engine);
  if (state === undefined) {
    const sender = engine.webhooks === undefined ? null : new WebhookSender(engine, engine.webhooks);
    states.set(engine, (state = { sender, tidyAt: 0 }));
  }
  return state;
}

async function tidy(engine: Engine): Promise<void> {
  const state = stateOf(engine);
  const now = engine.clock.now().getTime();
  if (now < state.tidyAt) return;
  state.tidyAt = now + tidyEveryMs;
  await forgetChanges(engine.db, new Date(now - changesKeptMs), perTidy);
  await forgetDeliveries(engine.db, new Date(now - deliveriesKeptMs), perTidy);
}
