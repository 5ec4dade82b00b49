import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { WorldEvent } from "./events.ts";
import { memoryLog } from "./log.ts";
import { profiles } from "./profile.ts";
import { aWorld, minute, type Bench } from "./testing/bench.ts";
import { createWorld, WorldError } from "./world.ts";

const lively = { ordersAtStart: 10, ordersPerMinute: 6, quietOrdersPerMinute: 6, historyDays: 2 } as const;

/** Half an hour of a hostile world with purchases, asked in the given rhythm. */
function live(seed: string, rhythmMs: number, skip: readonly string[] = []): Bench {
  const bench = aWorld({ seed, settings: { ...lively, speed: 60 } });
  bench.faults({ profile: "hostile" });
  for (let no = 0; bench.now() < Date.parse("2026-11-22T10:30:00Z"); no++) {
    bench.pass(rhythmMs);
    if (!skip.includes(`R-${no}`)) bench.place("northlight", `R-${no}`);
  }
  return bench;
}

test("SB-1 the same seed and the same requests make the same world", () => {
  const first = live("7", 10_000);

  assert.deepEqual(live("7", 10_000).events, first.events);
  assert.notDeepEqual(live("8", 10_000).events, first.events);
});

test("SB-2 a purchase that is taken away leaves the luck of all others as it was", () => {
  const fate = ({ events }: Bench) =>
    events.flatMap((event) => {
      if (event.type !== "place_called") return [];
      const { reference, fault, outcome, purchase } = event;
      // Its number in the supplier's own counting is not luck.
      return [{ reference, fault, outcome, purchase: purchase === null ? null : { ...purchase, supplierOrderId: "" } }];
    });
  const all = fate(live("7", 10_000));

  const without = fate(live("7", 10_000, ["R-3", "R-40"]));

  assert.deepEqual(
    without,
    all.filter(({ reference }) => reference !== "R-3" && reference !== "R-40"),
  );
});

test("SB-3 a log goes on only with its own seed", () => {
  const { events } = aWorld({ seed: "7" });
  const before = events.length;

  assert.throws(() => createWorld({ seed: "8", now: () => new Date(0), log: memoryLog(events) }), WorldError);

  assert.equal(events.length, before);
});

test("SB-4 the log alone rebuilds the state, so a restart at any moment changes nothing of what follows", () => {
  const settings = { ordersAtStart: 30, burstMs: 60_000, historyDays: 2, speed: 60 } as const;
  const run = (restartAfter: number | null): Bench => {
    let bench = aWorld({ seed: "7", settings });
    bench.faults({ profile: "hostile", shop: { feed_error: 0 } });
    for (let no = 0; no < 60; no++) {
      if (no === restartAfter) bench = aWorld({ seed: "7", settings, events: bench.events, startsAt: bench.now() });
      bench.pass(10_000);
      bench.place(no % 2 === 0 ? "northlight" : "kestrel", `R-${no % 50}`);
    }
    return bench;
  };
  const story = ({ events }: Bench): WorldEvent[] => events.filter(({ type }) => type !== "started");
  const whole = run(null);
  const [messages, state] = [whole.messages(), whole.world.state];

  fc.assert(
    fc.property(fc.integer({ min: 0, max: 59 }), (restartAfter) => {
      const restarted = run(restartAfter);
      assert.deepEqual(story(restarted), story(whole));
      assert.deepEqual(restarted.messages(), messages);
      assert.deepEqual({ ...restarted.world.state, startedAt: 0 }, { ...state, startedAt: 0 });
    }),
    { numRuns: 10 },
  );
});

test("SB-5 what happens to buyers and shelves does not depend on who asked when", () => {
  const orders = (rhythmMs: number) => {
    const bench = aWorld({ seed: "7", settings: { ...lively, speed: 60 } });
    bench.faults({ profile: "demo" });
    while (bench.now() < Date.parse("2026-11-22T10:30:00Z")) {
      bench.pass(rhythmMs);
      bench.ask("GET", "/shop");
    }
    return bench.world.state.orders;
  };

  assert.deepEqual(orders(1_000), orders(30 * minute));
});

test("SB-8 the speed divides every duration", () => {
  const lasts = (speed: number) => {
    const bench = aWorld({ settings: { speed } });
    bench.place("northlight", "SB-8");
    const { purchase } = [...(bench.world.state.suppliers.get("northlight")?.purchases.values() ?? [])][0]!;
    const parcel = purchase.parcels[0]!;
    return [purchase.acknowledgedAt, parcel.shippedAt, ...parcel.steps.map(({ at }) => at)].map(
      (at) => at - bench.now(),
    );
  };

  const real = lasts(1);

  assert.deepEqual(
    lasts(100).map((ms) => Math.abs(ms * 100 - (real.shift() ?? 0)) <= 300),
    [true, true, true, true, true, true],
  );
});

test("SB-11 a shop that is connected has its past, which nobody changes any more", () => {
  const bench = aWorld({ settings: { historyDays: 60, historyOrdersPerDay: 2, opens: "first_read" } });
  bench.faults({ profile: "hostile", shop: { feed_error: 0 } });

  const messages = bench.messages();
  bench.pass(100 * minute);

  assert.equal(messages.length, 120);
  const ages = messages.map(
    ({ order }) => (bench.now() - Date.parse(String(order?.["boughtAt"]))) / (24 * 60 * minute),
  );
  assert.ok(Math.max(...ages) > 59 && Math.min(...ages) > 0.4, `${Math.min(...ages)} to ${Math.max(...ages)} days`);
  assert.deepEqual(
    messages.map(({ order }) => order?.["payment"]),
    messages.map(() => "paid"),
  );
  assert.equal(bench.messages().length, 120);
});

test("SB-16 buyers come at the rates that are set, and nobody comes while the process is off", () => {
  const settings = {
    ordersAtStart: 12,
    burstMs: 6_000,
    ordersPerMinute: 30,
    busyMs: 60 * minute,
    quietOrdersPerMinute: 3,
    historyDays: 0,
  };
  const bench = aWorld({ settings });
  const count = () => (bench.ask("GET", "/shop"), bench.world.state.orders.size);
  bench.pass(6_000);
  assert.equal(count(), 12);
  bench.pass(60 * minute - 6_000);
  const busy = count();
  bench.pass(60 * minute);
  const quietly = count() - busy;
  const off = aWorld({ events: bench.events, settings, startsAt: bench.now() + 10 * 60 * minute });

  assert.ok(busy > 1500 && busy < 2100, `${busy} in the first hour`);
  assert.ok(quietly > 120 && quietly < 250, `${quietly} in the second hour`);
  assert.equal(off.world.state.orders.size, busy + quietly);
});

test("SB-17 the shop opens when its feed is first read", () => {
  const bench = aWorld({ settings: { ...lively, opens: "first_read" } });
  bench.pass(10 * minute);
  bench.ask("GET", "/shop");
  assert.equal(bench.world.state.orders.size, 0);

  const first = bench.messages();
  bench.pass(minute);

  assert.equal(first.length, 4);
  assert.ok(bench.messages().length >= 14);
});

test("SB-18 rates that do not exist change nothing and name the place", () => {
  const bench = aWorld();
  const before = bench.ask("GET", "/admin/faults").body;
  for (const [change, place] of [
    [{ shop: { bad_adress: 0.5 } }, "shop.bad_adress"],
    [{ suppliers: { northlight: { refusal: 2 } } }, "suppliers.northlight.refusal"],
    [{ suppliers: { southlight: {} } }, "suppliers.southlight"],
    [{ suppliers: { "*": { refusal: "often" } } }, "suppliers.*.refusal"],
    [{ weather: {} }, "weather"],
    [{ profile: "chaos" }, "profile"],
  ] as const) {
    const { status, body } = bench.ask("PUT", "/admin/faults", change);
    assert.equal(status, 400);
    assert.match(String(body["message"]), new RegExp(`^${place.replaceAll(/[.*]/g, "\\$&")}`));
  }
  assert.deepEqual(bench.ask("GET", "/admin/faults").body, before);

  const { body } = bench.ask("PUT", "/admin/faults", {
    profile: "demo",
    suppliers: { "*": { refusal: 0.5 }, kestrel: { refusal: 0.25 } },
  });

  const suppliers = body["suppliers"] as typeof profiles.demo.suppliers;
  assert.deepEqual([suppliers["northlight"]?.refusal, suppliers["kestrel"]?.refusal], [0.5, 0.25]);
  assert.deepEqual(body["shop"], profiles.demo.shop);
});

test("SB-19 the log and the truth are open to a checker, and hold what no caller was told", () => {
  const bench = aWorld();
  bench.faults({ suppliers: { bazaar: { time_out_after: 1 } } });
  bench.place("bazaar", "SB-19");

  const { body: truth } = bench.ask("GET", "/admin/truth");
  const { body: log } = bench.ask("GET", "/admin/log?after=2&limit=2");
  const { body: rest } = bench.ask("GET", "/admin/log?after=4");

  const [purchase] = truth["purchases"] as Record<string, unknown>[];
  assert.equal(purchase?.["reference"], "SB-19");
  assert.equal(purchase["total"], "9.20");
  assert.deepEqual(log["events"], bench.events.slice(2, 4));
  assert.equal(log["after"], 4);
  assert.deepEqual(rest["events"], bench.events.slice(4));
});

test("SB-15 a wrong token is refused everywhere, and what cannot be understood is named", () => {
  const bench = aWorld();
  for (const path of ["/shop", "/shop/changes", "/suppliers/northlight/stock", "/suppliers/kestrel"])
    assert.equal(bench.ask("GET", path, undefined, { authorization: "Bearer other" }).status, 401, path);
  assert.equal(bench.ask("GET", "/suppliers/nobody").status, 404);
  assert.equal(bench.ask("GET", "/nowhere").status, 404);
  assert.equal(bench.ask("GET", "//").status, 404);
  assert.equal(bench.ask("GET", ":x").status, 400);
  assert.equal(bench.ask("GET", "/shop/orders/%E0%A4%A").status, 400);
  assert.equal(bench.ask("GET", "/shop/changes?cursor=abc").status, 400);
  assert.match(
    String(bench.ask("POST", "/admin/sell", { order: { sku: "HP-NONE" } }).body["message"]),
    /^sku: the shop does not sell "HP-NONE"/,
  );
  assert.match(
    String(bench.ask("POST", "/admin/sell", { order: { quantity: 0 } }).body["message"]),
    /^order\.quantity/,
  );
  assert.match(String(bench.ask("POST", "/admin/sell", { order: { country: "ZZ" } }).body["message"]), /^country/);
  assert.equal(bench.world.state.orders.size, 0);
});
