import assert from "node:assert/strict";
import { test } from "node:test";
import { channelSuite, type ChannelBench } from "#connectors/ports.suite.ts";
import type { Outside } from "#connectors/ports.ts";
import { shop } from "#sandbox/catalogue.ts";
import { memoryLog } from "#sandbox/log.ts";
import { httpTo } from "#sandbox/outside.ts";
import { createWorld } from "#sandbox/world.ts";
import { sandboxChannel } from "./channel.ts";
import { Secret, type Secrets } from "#domain/secret.ts";

/** A world of its own for each test, with a clock that only `pass` moves. */
async function makeBench(): Promise<ChannelBench> {
  let at = Date.parse("2026-11-22T10:00:00Z");
  const now = () => new Date(at);
  const settings = {
    ordersAtStart: 0,
    ordersPerMinute: 0,
    quietOrdersPerMinute: 0,
    historyDays: 0,
    opens: "at_start",
  } as const;
  const world = createWorld({ seed: "5", now, log: memoryLog(), settings });
  const wait = async () => undefined;
  const ask = (method: string, path: string, body: unknown) =>
    world.handle({ method, path, headers: {}, body: JSON.stringify(body) });
  const context = {
    externalId: shop.externalId,
    settings: { baseUrl: "http://sandbox.local" },
    secrets: { token: new Secret("sandbox-shop") },
    outside: { now, http: httpTo({ world, wait }) } as Outside,
  };
  return {
    channel: sandboxChannel,
    context,
    unreachable: {
      ...context,
      outside: { ...context.outside, http: httpTo({ world, wait, isListening: () => false }) },
    },
    sell: async () => {
      const answer = ask("POST", "/admin/sell", {});
      if (answer.type !== "answer") throw new Error("The shop sold nothing.");
      return (JSON.parse(answer.body) as { orders: { id: string }[] }).orders[0]!.id;
    },
    loseAnswers: async (isLosing) => void ask("PUT", "/admin/faults", { shop: { write_back_drop: isLosing ? 1 : 0 } }),
    pass: async (ms) => void (at += ms),
    close: async () => undefined,
  };
}

channelSuite("sandbox shop", makeBench);

test("SB-56 without a token the pretend world's own is used, which is no secret; another one is refused", async () => {
  const { channel, context } = await makeBench();
  const identify = (secrets: Secrets) => channel.identify({ ...context, secrets });

  assert.equal((await identify({ token: new Secret("sandbox-other") })).status, "credentials");
  assert.equal((await identify({})).status, "ok");
});
