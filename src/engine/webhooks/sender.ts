import { isSuccess, judge, type WebhookAnswer } from "#domain/webhook-plan.ts";
import { recordChanges } from "#store/management-event.ts";
import {
  dueDeliveries,
  giveUpDeliveries,
  letGoOfEndpoint,
  lockHealth,
  recordTry,
  renewEndpoint,
  takeEndpoints,
  writeHealth,
  type DeliveryToSend,
  type TakenEndpoint,
} from "#store/webhook.ts";
import type { Engine } from "../context.ts";
import { noticeOf } from "./deliveries.ts";
import type { WebhookOutlet } from "./outlet.ts";
import { signingSecrets } from "./secrets.ts";
import { webhookHeaders } from "./signature.ts";

/** The whole of one try; the specification asks for 15 to 30 seconds. */
export const timeoutMs = 15_000;
/** Endpoints that one process serves at a time, and requests to one of them. */
const mostEndpoints = 20;
const atOnce = 4;
const perTurn = 2 * atOnce;
/** A turn takes two time-outs at most; a process that died keeps an endpoint no longer. */
const takenMs = 3 * timeoutMs;

/**
 * Sends what is due, endpoint by endpoint, each on its own: a slow receiver delays nobody else (WH-35). What is under way goes on while the stage looks for
 * more; `settle` waits for it.
 */
export class WebhookSender {
  readonly #engine: Engine;
  readonly #outlet: WebhookOutlet;
  readonly #underWay = new Set<Promise<void>>();
  #isStopping = false;

  constructor(engine: Engine, outlet: WebhookOutlet) {
    this.#engine = engine;
    this.#outlet = outlet;
  }

  /** Answers how many endpoints it began to serve. */
  async begin(): Promise<number> {
    const limit = mostEndpoints - this.#underWay.size;
    if (limit <= 0) return 0;
    const { db, clock } = this.#engine;
    const now = clock.now();
    const taken = await takeEndpoints(db, { now, takenUntil: new Date(now.getTime() + takenMs), limit });
    for (const endpoint of taken) {
      const serving = this.#serve(endpoint)
        .catch((error: unknown) =>
          this.#engine.log.error({ endpoint: endpoint.id, error: String(error) }, "webhooks could not be sent"),
        )
        .finally(() => this.#underWay.delete(serving));
      this.#underWay.add(serving);
    }
    return taken.length;
  }

  async settle(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#underWay);
    this.#isStopping = false;
  }

  async #serve(endpoint: TakenEndpoint): Promise<void> {
    const { db, clock } = this.#engine;
    let failed = endpoint.failures > 0;
    for (;;) {
      const now = clock.now();
      // Who failed last is asked with one first; its breaker waits for the answer.
      const due = await dueDeliveries(db, endpoint, { now, limit: failed ? 1 : perTurn });
      if (due.length === 0) break;
      const secrets = await signingSecrets(this.#engine, endpoint, now);
      const queue = [...due];
      const hands = Array.from({ length: Math.min(atOnce, queue.length) }, async () => {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          const isGood = await this.#try(endpoint, next, secrets);
          failed = !isGood;
          if (!isGood) queue.length = 0; // the rest stays due and comes back when the breaker lets it
        }
      });
      await Promise.all(hands);
      const until = new Date(clock.now().getTime() + takenMs);
      if (this.#isStopping || !(await renewEndpoint(db, endpoint, { now: clock.now(), until }))) break;
      endpoint.takenUntil = until;
    }
    await letGoOfEndpoint(db, endpoint);
  }

  async #try(endpoint: TakenEndpoint, delivery: DeliveryToSend, secrets: readonly string[]): Promise<boolean> {
    const { clock } = this.#engine;
    const at = clock.now();
    const { url } = endpoint;
    const { messageId: id, payload } = delivery;
    const headers = {
      "content-type": "application/json",
      "user-agent": "Switchyard-Webhooks/1",
      ...webhookHeaders(secrets, { id, at, payload }),
    };
    const answer = await this.#outlet.post({ url, headers, body: payload, timeoutMs });
    await this.#engine.buggify("notify:sent");
    const durationMs = Math.max(0, clock.now().getTime() - at.getTime());
    await this.#record(endpoint, delivery, { at, durationMs, url, answer });
    return isSuccess(answer);
  }

  /** A crash before this sends again, with the same id. */
  async #record(
    endpoint: TakenEndpoint,
    delivery: DeliveryToSend,
    tried: { at: Date; durationMs: number; url: string; answer: WebhookAnswer },
  ): Promise<void> {
    const engine = this.#engine;
    const { workspaceId } = endpoint;
    const disabledWhy = await engine.db.tx(async (tx) => {
      const health = await lockHealth(tx, endpoint);
      if (health === undefined) return null; // deleted meanwhile, and its deliveries with it
      const now = engine.clock.now();
      const judged = judge(delivery, health, tried.answer, now);
      await recordTry(tx, workspaceId, { delivery, ...tried, judged });
      const disabled = health.enabled ? judged.disabled : null;
      await writeHealth(tx, endpoint, judged.health, disabled, now);
      if (disabled === null) return null;
      await giveUpDeliveries(tx, endpoint, now);
      await noticeOf(engine, tx, workspaceId, { ...health, id: endpoint.id }, disabled);
      await engine.ids.ensure(tx, 1);
      await recordChanges(tx, [
        {
          workspaceId,
          id: engine.ids.next(),
          at: now,
          actor: engine.actor,
          kind: "webhook_disabled",
          subject: "webhook_endpoint",
          subjectId: endpoint.id,
          data: { why: disabled, url: health.url },
        },
      ]);
      engine.log.warn(
        { workspace: workspaceId, endpoint: endpoint.id, why: disabled },
        "a webhook endpoint was switched off",
      );
      return disabled;
    });
    if (disabledWhy !== null) await this.#tellOwners(endpoint, disabledWhy);
  }

  /** WH-34. A mail that does not leave is not tried again: the list of webhooks and the trail say it too. */
  async #tellOwners({ workspaceId, url }: TakenEndpoint, why: string): Promise<void> {
    const reason = why === "gone" ? "It answered that it is gone (410)." : "It has failed for days.";
    const text = `Hello,

Switchyard no longer sends webhooks to ${url}. ${reason}

Mend the receiver, then switch the endpoint on again (Webhooks in the dashboard, or PUT /v1/webhooks/{id}). What waited was given up and can be sent again from there; what happens until then is not sent to it.
`;
    await this.#engine
      .tellOwners?.(workspaceId, { subject: "A webhook endpoint was switched off", text })
      .catch((error: unknown) =>
        this.#engine.log.error({ workspace: workspaceId, error: String(error) }, "the owners could not be mailed"),
      );
  }
}
