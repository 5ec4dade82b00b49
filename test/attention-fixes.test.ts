import assert from "node:assert/strict";
import { test } from "node:test";
import { reasonCodes, reasons, type ReasonCode } from "#domain/reasons.ts";
import { channelSettings, workspaceSettings } from "#engine/manage/settings-catalogue.ts";
import { count, settingFor } from "../web/src/screens/attention/fixes.ts";

const order = { channel: { id: "chn_1", name: "Shop" } } as never;
const done = (code: ReasonCode, action: string) =>
  count("acme", { order, hold: { code } as never, action: action as never });

test("UI-31 a fix that was done three times is offered as a setting, where there is one", (t) => {
  const stored = new Map<string, string>();
  const storage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
  };
  Object.defineProperty(globalThis, "localStorage", { value: storage, configurable: true });
  t.after(() => Reflect.deleteProperty(globalThis, "localStorage"));

  for (const [fix, setting] of Object.entries(settingFor)) {
    const [code, action] = fix.split(" ") as [ReasonCode, string];
    assert.ok(reasonCodes.includes(code), code);
    assert.ok((reasons[code].actions as readonly string[]).includes(action), `${code} is not resolved by ${action}`);
    if (setting === "automatic") assert.ok(channelSettings.fields.mode.read("automatic") !== undefined);
    else if (setting === "accept" || setting === "refuse")
      assert.ok(channelSettings.fields.buyerCancel.read(setting) !== undefined);
    else assert.ok(Object.hasOwn(workspaceSettings.fields, setting), setting);
  }
  const offers = Array.from({ length: 6 }, () => done("review", "release")?.setting ?? null);
  assert.deepEqual(offers, [null, null, "automatic", null, null, "automatic"]);
  assert.equal(done("review", "cancel"), null);
  assert.deepEqual(
    ["accept", "refuse", "accept", "accept"].map(
      (word) => done("cancel_requested", `${word}_cancellation`)?.setting ?? null,
    ),
    [null, null, null, "accept"],
  );
  assert.deepEqual(
    [1, 2, 3].map(() => done("out_of_stock", "choose_supplier")),
    [null, null, null],
  );
});
