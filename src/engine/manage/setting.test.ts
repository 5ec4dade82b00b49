import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { didYouMean, nearest } from "./nearest.ts";
import {
  countries,
  currency,
  decimal,
  flag,
  instant,
  orNothing,
  parseDuration,
  showDuration,
  whole,
  zone,
} from "./setting.ts";
import { accountSettings, channelSettings, supplierSettings, workspaceSettings } from "./settings-catalogue.ts";
import { changeSettings, showSettings } from "./settings-change.ts";

const about = { help: "" };

test("ST-1 a setting is named by its stored name, dotted, nested or without its unit; an unknown name is refused with the nearest", () => {
  const dotted = changeSettings(channelSettings, {}, { "writeBack.shipped": "by_hand", buffer: "5m" });
  const nested = changeSettings(channelSettings, {}, { writeBack: { shipped: "by_hand" }, bufferMs: 300_000 });
  const unknown = changeSettings(channelSettings, {}, { "writeback.shiped": "never" });
  const near = changeSettings(workspaceSettings, {}, { bufferMS: "5m" });

  const stored = { bufferMs: 300_000, writeBack: { shipped: "by_hand", cancelled: "automatic" } };
  assert.deepEqual(dotted.status === "ok" && dotted.settings, stored);
  assert.deepEqual(nested.status === "ok" && nested.settings, stored);
  assert.deepEqual(unknown, {
    status: "refused",
    code: "setting_unknown",
    message: "There is no setting writeback.shiped. Did you mean writeBack.shipped?",
    field: "writeback.shiped",
  });
  assert.equal(near.status === "refused" && near.message, "There is no setting bufferMS. Did you mean bufferMs?");
  assert.equal(changeSettings(workspaceSettings, {}, { __proto__x: 1 }).status, "refused");
  assert.equal(changeSettings(workspaceSettings, {}, { constructor: 1 }).status, "refused");
});

test("ST-1 the nearest name is the one that was most likely meant, and none where nothing is near", () => {
  assert.equal(nearest("mdoe", ["mode", "zone"]), "mode");
  assert.equal(nearest("xyzzyfoo", ["mode", "zone"]), null);
  assert.equal(didYouMean("xyzzyfoo", ["mode", "zone"]), "There is: mode, zone.");
});

test("ST-2 a duration is read as people type it, and shows as the same", () => {
  assert.deepEqual(
    ["10m", "24h", "14d", "1h30m", "250ms", "1.5h", 600_000, "600000"].map(parseDuration),
    [600_000, 86_400_000, 1_209_600_000, 5_400_000, 250, 5_400_000, 600_000, 600_000],
  );
  assert.deepEqual(
    ["", "ten minutes", "-5m", "5 parsecs", null, 1.5, Number.NaN, "1e400d"].map(parseDuration),
    Array.from({ length: 8 }, () => undefined),
  );
  fc.assert(fc.property(fc.nat(10 ** 11), (ms) => assert.equal(parseDuration(showDuration(ms)), ms)));
  const refused = changeSettings(workspaceSettings, {}, { bufferMs: "31d" });
  assert.equal(
    refused.status === "refused" && refused.message,
    'bufferMs: found "31d", expected a duration from 0 to 30d, such as 10m, 24h or 14d, or milliseconds.',
  );
});

test("ST-3 one value that is none refuses all, and what was stored is untouched", () => {
  const stored = { currency: "EUR" };
  const refused = changeSettings(workspaceSettings, stored, { zone: "Europe/Berlin", currency: "EURO" });

  assert.equal(
    refused.status === "refused" && refused.message,
    'currency: found "EURO", expected an ISO 4217 currency code such as EUR.',
  );
  assert.deepEqual(stored, { currency: "EUR" });
});

test("ST-3 each kind of value is read as JSON or as text, and nothing else", () => {
  assert.deepEqual([true, "true", "off", 1, "maybe"].map(flag(about).read), [true, true, false, undefined, undefined]);
  assert.deepEqual([5, "5", "5.5", "", null, "1e1"].map(whole(about, { min: 0, max: 9 }).read), [
    5,
    5,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  assert.deepEqual(
    ["10", "4.50", 7, "-1", "1e3", "0.1234567890123"].map(decimal(about, { min: "0", max: "100" }).read),
    ["10", "4.50", "7", undefined, undefined, undefined],
  );
  assert.deepEqual(["eur", "XYZ", 5].map(currency(about).read), ["EUR", undefined, undefined]);
  assert.deepEqual(["Europe/Berlin", "UTC", "+02:00", "Berlin"].map(zone(about).read), [
    "Europe/Berlin",
    "UTC",
    undefined,
    undefined,
  ]);
  assert.deepEqual(["de, at", ["FR"], "DE,XX1", ""].map(countries(about).read), [
    ["DE", "AT"],
    ["FR"],
    undefined,
    undefined,
  ]);
  assert.deepEqual(["2026-11-22T08:00:00+02:00", "2026-02-30T08:00:00Z", "2026-11-22"].map(instant(about).read), [
    "2026-11-22T06:00:00.000Z",
    undefined,
    undefined,
  ]);
});

test("ST-4 default takes a value back, none is a value only where nothing is one", () => {
  const stored = { bufferMs: 60_000, writeBack: { shipped: "never", cancelled: "never" } };
  const back = changeSettings(channelSettings, stored, { bufferMs: "default", "writeBack.shipped": "default" });

  assert.deepEqual(back.status === "ok" && back.settings, { writeBack: { shipped: "automatic", cancelled: "never" } });
  assert.deepEqual(["none", null, "5"].map(orNothing(whole(about, { min: 0, max: 9 }), "nothing").read), [
    null,
    null,
    5,
  ]);
  assert.equal(changeSettings(workspaceSettings, {}, { bufferMs: "none" }).status, "refused");
});

test("ST-4 a rate of its own currency is set and taken back", () => {
  const set = changeSettings(workspaceSettings, {}, { "rates.USD": "0.92", rates: { GBP: 1.17 } });
  const back = changeSettings(workspaceSettings, { rates: { USD: "0.92" } }, { "rates.USD": "default" });

  assert.deepEqual(set.status === "ok" && set.settings, { rates: { USD: "0.92", GBP: "1.17" } });
  assert.deepEqual(back.status === "ok" && back.settings, { rates: {} });
  assert.equal(changeSettings(workspaceSettings, {}, { "rates.usd": "0.92" }).status, "refused");
});

test("ST-10 every setting has a help text, shows its default, and takes its own default", () => {
  for (const catalogue of [workspaceSettings, channelSettings, supplierSettings, accountSettings]) {
    for (const shown of showSettings(catalogue, {})) {
      assert.notEqual(shown.help, "", shown.name);
      assert.equal(shown.isDefault, true, shown.name);
      assert.equal(shown.text, shown.default, shown.name);
      const typed = changeSettings(catalogue, {}, { [shown.name]: shown.text });
      assert.equal(
        typed.status === "ok" && typed.changes.length,
        0,
        `${shown.name}=${shown.text}: ${JSON.stringify(typed)}`,
      );
    }
  }
});
