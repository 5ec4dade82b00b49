import assert from "node:assert/strict";
import { test } from "node:test";
import { sandboxCarrier } from "#connectors/carriers/sandbox/carrier.ts";
import { sandboxChannel } from "#connectors/channels/sandbox/channel.ts";
import type { Manifest } from "#connectors/ports.ts";
import { sandboxSupplier } from "#connectors/suppliers/sandbox/supplier.ts";
import { changeConnectorSettings } from "#engine/manage/connector-settings.ts";
import { products, rates, supplierByCode, unlinkedProduct } from "./catalogue.ts";
import { demoSetup } from "./demo.ts";

const setup = demoSetup({ baseUrl: "http://127.0.0.1:4410", speed: 60 });
const linkOf = (sku: string) => setup.productLinks.find((link) => link.sku === sku);

test("SB-37 everything that the shop sells is linked, but what is meant to be missing", () => {
  const unlinked = products.filter(({ sku, kind }) => kind === "goods" && linkOf(sku) === undefined);
  assert.deepEqual(unlinked, []);
  assert.equal(linkOf(unlinkedProduct.sku), undefined);
});

test("SB-37 there is a bundle, a pack, a product supplied in packs, one with nothing to ship, and a choice between suppliers", () => {
  assert.deepEqual(
    linkOf("HP-TEA-SET")?.components.map(({ options }) => options.map(({ supplier, units }) => [supplier, units])),
    [
      [
        ["northlight", 1],
        ["kestrel", 1],
      ],
      [
        ["northlight", 2],
        ["kestrel", 2],
      ],
    ],
  );
  assert.deepEqual(
    [linkOf("HP-CANDLE-6")?.components[0]?.options[0]?.units, linkOf("HP-SOAP")?.components[0]?.options[0]?.per],
    [6, 2],
  );
  assert.deepEqual(linkOf("HP-GIFTWRAP")?.components, []);
  const [first, second] = linkOf("HP-MUG-TIDE")?.components[0]?.options ?? [];
  assert.ok(
    first !== undefined &&
      second !== undefined &&
      Number(first.cost) < Number(second.cost) &&
      first.priority < second.priority,
  );
});

test("SB-38 every option is sold by its supplier at that price, and every rate is mapped to a method it knows", () => {
  for (const { options } of setup.productLinks.flatMap(({ components }) => components)) {
    for (const { supplier, supplierSku, cost, currency } of options) {
      const item = supplierByCode.get(supplier)?.items.find(({ sku }) => sku === supplierSku);
      assert.deepEqual(
        [cost, currency],
        [item?.unitPrice, supplierByCode.get(supplier)?.currency],
        `${supplier} ${supplierSku}`,
      );
    }
  }
  for (const { code, methods } of supplierByCode.values()) {
    for (const { title } of rates) {
      const mapped = setup.shippingMapping.find(({ rateName, supplier }) => rateName === title && supplier === code);
      assert.ok(mapped !== undefined && methods.includes(mapped.method), `${title} at ${code}`);
    }
  }
});

test("SB-39 the workspace's durations are divided by the world's speed", () => {
  const slow = demoSetup({ baseUrl: "http://127.0.0.1:4410", speed: 1 });
  assert.deepEqual([setup.workspace.settings.bufferMs, slow.workspace.settings.bufferMs], [10_000, 600_000]);
  assert.equal(setup.suppliers[0]?.settings.scan?.firstMs, (slow.suppliers[0]?.settings.scan?.firstMs ?? 0) / 60);
});

test("SB-57 the connectors take the set-up's settings as they are", () => {
  const taken = (manifest: Manifest, settings: Record<string, unknown>) =>
    changeConnectorSettings({ manifest }, {}, settings);

  assert.equal(taken(sandboxChannel.manifest, setup.channel.connectorSettings).status, "ok");
  assert.equal(taken(sandboxCarrier.manifest, setup.carrier.connectorSettings).status, "ok");
  for (const { settings } of setup.suppliers) {
    assert.equal(taken(sandboxSupplier.manifest, settings.connector ?? {}).status, "ok");
  }
  assert.deepEqual(
    setup.suppliers.map(({ role, settings }) => [role, sandboxSupplier.contract(settings.connector ?? {}).kind]),
    [
      ["supplier", "key"],
      ["supplier", "lookup"],
      ["supplier", "none"],
      ["supplier", "human"],
      ["prep", "human"],
    ],
  );
});
