import { createHmac } from "node:crypto";
import { drawsFrom } from "../draws.ts";
import { paces, takes } from "../pace.ts";
import { orderOf, type WorldState } from "../state.ts";
import type { World } from "../world.ts";
import { renderMessage } from "./render.ts";

/** One request on its way out. Names of headers in lower case. */
export interface PushRequest {
  url: string;
  headers: Record<string, string>;
  body: string;
}
export interface PushWays {
  world: World;
  now: () => Date;
  /** Ends when what the world did is on disk: nothing is told before (SB-7). */
  durable: () => Promise<void>;
  /** The status of the answer; 0: there was none. */
  send: (request: PushRequest) => Promise<number>;
}
interface Waiting {
  at: number;
  id: string;
  body: string;
  secret: string;
  tries: number;
}

/** What was not taken is sent again after so long; after the last it is given up, as shops do. */
const retriesMs = [1_000, 2_000, 5_000, 15_000, 60_000];
const secretOfNobody = `whsec_${Buffer.from("somebody who does not have the secret").toString("base64")}`;

/**
 * The shop's webhooks (WI-20): what its feed shows is sent, signed by Standard Webhooks, to the one address that it was told. How far it is lies in memory only: a
 * shop that was away forgets what it would have sent, and its feed has it.
 */
export class Push {
  readonly #ways: PushWays;
  #to: WorldState["webhook"] = null;
  #cursor = "";
  #waiting: Waiting[] = [];

  constructor(ways: PushWays) {
    this.#ways = ways;
  }

  /** Sends what is due; ends when it was answered. Answers how many were sent. */
  async step(): Promise<number> {
    const { world, now, durable, send } = this.#ways;
    world.advance();
    const { webhook } = world.state;
    if (webhook?.url !== this.#to?.url || webhook?.secret !== this.#to?.secret) this.#turnTo(webhook);
    if (webhook === null) return 0;
    this.#collect(webhook.secret);
    await durable();
    const at = now().getTime();
    const due = this.#waiting.filter((each) => each.at <= at).slice(0, 16);
    this.#waiting = this.#waiting.filter((each) => !due.includes(each));
    await Promise.all(
      due.map(async (each) => {
        const status = await send({ url: webhook.url, ...signed(each, now()) });
        const again = retriesMs[each.tries];
        if (!(status >= 200 && status < 300) && again !== undefined && each.secret !== secretOfNobody)
          this.#waiting.push({ ...each, at: at + again, tries: each.tries + 1 });
      }),
    );
    return due.length;
  }

  /** Another address, or another secret: from here on, not what was. */
  #turnTo(webhook: WorldState["webhook"]): void {
    const { world, now } = this.#ways;
    if (this.#to === null)
      for (let more = true; more;)
        ({ cursor: this.#cursor, more } = world.state.feed.after(this.#cursor, now().getTime(), 250));
    this.#waiting = webhook === null ? [] : this.#waiting.map((each) => ({ ...each, secret: webhook.secret }));
    this.#to = webhook;
  }

  #collect(secret: string): void {
    const { world, now } = this.#ways;
    const { feed, profile, settings, seed } = world.state;
    const at = now().getTime();
    const page = feed.after(this.#cursor, at, 250);
    this.#cursor = page.cursor;
    for (const entry of page.entries) {
      const order = orderOf(world.state, entry.orderId);
      if (order.order.stream.startsWith("history:")) continue; // what was sold before anybody listened
      const message = renderMessage(order, entry);
      const body = JSON.stringify(message);
      const draws = drawsFrom(seed ?? "")
        .of("shop")
        .of(`webhook:${message.id}:${entry.shownAt}`);
      const after = (name: "lateInFeed" | "repeatedInFeed"): number =>
        takes(draws, name, paces[settings?.pace ?? "same-day"][name], settings?.speed ?? 1);
      const { webhook_lost, webhook_late, webhook_repeated, webhook_forged } = profile.shop;
      const one = { id: message.id, body, secret, tries: 0 };
      if (message.type === "order" && draws.chance("forged", webhook_forged))
        this.#waiting.push({ ...one, at, body: forged(body), secret: secretOfNobody });
      if (draws.chance("lost", webhook_lost)) continue;
      const sentAt = at + (draws.chance("late", webhook_late) ? after("lateInFeed") : 0);
      this.#waiting.push({ ...one, at: sentAt });
      if (draws.chance("repeated", webhook_repeated))
        this.#waiting.push({ ...one, at: sentAt + after("repeatedInFeed") });
    }
  }
}

/** The same order, sent to somebody else. */
const forged = (body: string): string => body.replaceAll(/"name":"[^"]*"/g, '"name":"Mallory Nobody"');

function signed({ id, body, secret }: Waiting, now: Date): Pick<PushRequest, "headers" | "body"> {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return {
    headers: {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": `v1,${signature}`,
    },
    body,
  };
}
