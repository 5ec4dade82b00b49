import assert from "node:assert/strict";
import { test } from "node:test";
import { dueAt, lookAt, startOfNextDay } from "./due.ts";
import { defaultSupplierSettings } from "./settings.ts";
import { aDossier, aFoLine, aFulfillmentOrder, after, aHold, aShared, hours, noon } from "./testing/dossier.ts";

test("ENG-4 the default plan looks 43 times, at 24, 28 … 192 hours after placing", () => {
  const looks: number[] = [];
  for (let n = 0; ; n += 1) {
    const at = lookAt(defaultSupplierSettings.scan, noon, n);
    if (at === null) break;
    looks.push((at.getTime() - noon.getTime()) / hours(1));
  }

  assert.equal(looks.length, 43);
  assert.deepEqual([looks[0], looks[1], looks.at(-1)], [24, 28, 192]);
});

test("ENG-3 a placed one wakes for its next look, once more after the last, and no more once every unit has a parcel", () => {
  const fo = aFulfillmentOrder({
    state: "placed",
    placedAt: noon,
    lines: [aFoLine({ quantity: 2, units: 2, unitsPlaced: 2 })],
  });
  const dossier = aDossier({ fulfillmentOrders: [fo] });
  const due = (change: Partial<typeof fo>): Date | null => dueAt({ ...fo, ...change }, dossier, aShared(), noon);

  assert.deepEqual(due({ looks: 0 }), after(hours(24)));
  assert.deepEqual(due({ looks: 42 }), after(hours(192)));
  assert.deepEqual(due({ looks: 43 }), after(hours(192)));
  assert.equal(due({ looks: 44 }), null);
  assert.equal(due({ lines: [aFoLine({ quantity: 2, units: 2, unitsPlaced: 2, unitsShipped: 2 })] }), null);
});

test("ENG-3 a shipped one completes only without open holds and untold shipments", () => {
  const fo = aFulfillmentOrder({ state: "shipped", lastShippedAt: noon });
  const clear = aDossier({ fulfillmentOrders: [fo] });
  const held = aDossier({ fulfillmentOrders: [fo], holds: [aHold({ code: "parcel_stalled" })] });

  assert.deepEqual(dueAt(fo, clear, aShared(), noon), after(14 * 24 * hours(1)));
  assert.equal(dueAt(fo, held, aShared(), noon), null);
});

test("ENG-3 a capped one wakes with the workspace's next day, also where a day has 23 hours", () => {
  assert.equal(
    startOfNextDay(new Date("2026-03-28T23:30:00Z"), "Europe/Berlin").toISOString(),
    "2026-03-29T22:00:00.000Z",
  );
  assert.equal(startOfNextDay(noon, "UTC").toISOString(), "2026-11-23T00:00:00.000Z");
});

test("VF-11 a held one wakes with the workspace's next day at the latest; a wake-up that is not answered yet stays", () => {
  const fo = aFulfillmentOrder({ state: "held" });
  const shared = aShared({ workspace: { zone: "Europe/Berlin" } });
  const dossier = aDossier({ fulfillmentOrders: [fo], holds: [aHold({ code: "stand_by", madeBy: "machine" })] });

  assert.equal(dueAt(fo, dossier, shared, noon)?.toISOString(), "2026-11-22T23:00:00.000Z");
  assert.deepEqual(dueAt({ ...fo, woken: true, dueAt: noon }, dossier, shared, after(hours(1))), noon);
});

test("VF-11 the next day is right again after it came, and for an instant before the one that was asked first", () => {
  const at = (text: string): string | undefined => startOfNextDay(new Date(text), "Asia/Tokyo").toISOString();

  assert.equal(at("2026-11-22T12:00:00Z"), "2026-11-22T15:00:00.000Z");
  assert.equal(at("2026-11-22T14:59:59.999Z"), "2026-11-22T15:00:00.000Z");
  assert.equal(at("2026-11-22T15:00:00Z"), "2026-11-23T15:00:00.000Z");
  assert.equal(at("2026-11-20T00:00:00Z"), "2026-11-20T15:00:00.000Z");
});
