import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { Supplier } from "#connectors/ports.ts";
import { byHandSupplier } from "#connectors/suppliers/by-hand/supplier.ts";
import { csvSupplier } from "#connectors/suppliers/csv/supplier.ts";
import { sandboxSupplier } from "#connectors/suppliers/sandbox/supplier.ts";
import { publicId } from "#domain/ids.ts";
import {
  accountSettings,
  channelSettings,
  supplierSettings,
  workspaceSettings,
  type SettingsCatalogue,
} from "#engine/manage/settings-catalogue.ts";
import { connectorForm, settingsForm } from "#engine/manage/settings-form.ts";
import { listAccounts, listSuppliers } from "#store/supplier.ts";
import { z } from "zod";
import type { ApiOptions } from "./context.ts";
import { signedIn } from "./testing/browser.ts";
import { aServer, type Answer } from "./testing/server.ts";

const suppliers = new Map<string, Supplier>([
  ["by_hand", byHandSupplier],
  ["csv", { ...csvSupplier, documents: { ...csvSupplier.documents!, prepare: async () => undefined } }],
  ["sandbox", sandboxSupplier],
]);
interface Shown {
  settings: Record<string, unknown>;
  changed: string[];
  current: { settings: Record<string, unknown> };
  errors: { field: string; found: string }[];
  suppliers: { kind: string }[];
  capabilities: { tracking: string };
  contract: { kind: string };
  accounts: { active: boolean; balance: { available: string } }[];
}
const of = ({ body }: Answer): Shown => body as unknown as Shown;
const withSuppliers = (t: TestContext, api: Partial<ApiOptions> = {}) => aServer(t, {}, { suppliers, ...api });

test("ST-30 every setting is in the form with title, help and a default that fits; a connector's secrets are not", async (t) => {
  const catalogues: SettingsCatalogue[] = [workspaceSettings, channelSettings, supplierSettings, accountSettings];
  for (const catalogue of catalogues) {
    const form = settingsForm(catalogue);
    assert.deepEqual(Object.keys(form.properties), Object.keys(catalogue.fields));
    for (const [name, property] of Object.entries(form.properties)) {
      assert.ok(typeof property["title"] === "string" && property["title"] !== "", name);
      assert.ok(typeof property["description"] === "string", name);
      const shape = z.fromJSONSchema(property);
      assert.ok(shape.safeParse(property["default"]).success, `${name}: ${JSON.stringify(property)}`);
      assert.equal(shape.safeParse({ no: "setting" }).success, false, name);
    }
  }
  assert.equal(settingsForm(supplierSettings).properties["scan.everyMs"]!["title"], "Next looks every");
  assert.match("rates.USD", new RegExp(Object.keys(settingsForm(workspaceSettings).patternProperties).at(-1)!));
  const sandbox = connectorForm(sandboxSupplier.manifest);
  assert.deepEqual(Object.keys(sandbox.properties).includes("connector.token"), false);
  assert.deepEqual(connectorForm(csvSupplier.manifest).required, ["connector.folder"]);

  const at = await withSuppliers(t);
  const answer = await at.ask("GET", "/v1/settings");
  assert.deepEqual(Object.keys(of(answer).settings), Object.keys(workspaceSettings.fields));
  assert.match(String(answer.headers["etag"]), /^"[0-9a-f]{32}"$/);
  assert.equal(of(await at.ask("GET", `/v1/channels/${at.channel}/settings`)).settings["mode"], "automatic");
});

test("ST-31 an edit of what was changed meanwhile changes nothing and says what holds now", async (t) => {
  const at = await withSuppliers(t);
  const path = `/v1/channels/${at.channel}/settings`;
  const first = await at.ask("GET", path);
  const etag = { "if-match": String(first.headers["etag"]) };

  const mine = await at.ask("PUT", path, { headers: etag, body: { settings: { bufferMs: 60_000 } } });
  const stale = await at.ask("PUT", path, { headers: etag, body: { settings: { mode: "review" } } });

  assert.equal(mine.status, 200);
  assert.deepEqual([stale.status, stale.body["code"] as unknown], [412, "version_changed"]);
  assert.equal(of(stale).current.settings["bufferMs"], 60_000);
  assert.equal(stale.headers["etag"], mine.headers["etag"]);
  const again = await at.ask("PUT", path, {
    headers: { "if-match": String(stale.headers["etag"]) },
    body: { settings: { mode: "review", bufferMs: "default" } },
  });
  assert.equal(of(again).settings["mode"], "review");
  assert.equal(of(again).changed.includes("bufferMs"), false);
  const on = await at.ask("PUT", path, { body: { settings: { mode: "automatic" } } });
  assert.equal(of(on).settings["automationOnSince"], at.engine.clock.now().toISOString());
  const misread = await at.ask("PUT", path, { headers: { "if-match": '"7"' }, body: { settings: {} } });
  assert.equal(of(misread).errors[0]?.field, "header.if-match");
});

test("ST-31 of two edits at the same moment under one ETag, one counts", async (t) => {
  const at = await withSuppliers(t);
  const etag = { "if-match": String((await at.ask("GET", "/v1/settings")).headers["etag"]) };
  const edits = await Promise.all(
    ["5m", "7m", "9m"].map((bufferMs) =>
      at.ask("PUT", "/v1/settings", { headers: etag, body: { settings: { bufferMs } } }),
    ),
  );
  assert.deepEqual(
    edits.map(({ status }) => status).sort((a, b) => a - b),
    [200, 412, 412],
  );
});

test("ST-32 a channel, a supplier and an account are added over the API; a refused setting is named", async (t) => {
  const at = await withSuppliers(t);
  const kinds = await at.ask("GET", "/v1/connectors");
  const channel = await at.ask("POST", "/v1/channels", {
    body: { kind: "file", name: "Market", settings: { zone: "Europe/Berlin" } },
  });
  const supplier = await at.ask("POST", "/v1/suppliers", { body: { kind: "by_hand", name: "Corner shop" } });
  const account = await at.ask("POST", `/v1/suppliers/${String(supplier.body["id"])}/accounts`, {
    body: { name: "main", settings: { currency: "EUR" } },
  });
  const wrong = await at.ask("POST", "/v1/suppliers", {
    body: { kind: "by_hand", name: "Other", settings: { countries: "Germany" } },
  });
  const twice = await at.ask("POST", "/v1/suppliers", { body: { kind: "by_hand", name: "Corner shop" } });
  const unknown = await at.ask("POST", "/v1/channels", { body: { kind: "fax", name: "Fax" } });

  assert.deepEqual(
    of(kinds).suppliers.map(({ kind }) => kind),
    ["by_hand", "csv"],
  );
  assert.equal(channel.status, 201);
  assert.equal(
    of(await at.ask("GET", `/v1/channels/${String(channel.body["id"])}/settings`)).settings["zone"],
    "Europe/Berlin",
  );
  assert.deepEqual([supplier.status, account.status], [201, 201]);
  assert.deepEqual(
    [wrong.status, of(wrong).errors[0]?.field, of(wrong).errors[0]?.found],
    [422, "body.settings.countries", '"Germany"'],
  );
  assert.deepEqual([twice.status, twice.body["code"] as unknown], [409, "name_taken"]);
  assert.deepEqual([unknown.status, unknown.body["code"] as unknown], [422, "kind_unknown"]);
});

test("ST-33 a supplier shows what its connector can and how its accounts stand; a channel of files has nothing to ask", async (t) => {
  const at = await withSuppliers(t);
  const list = await listSuppliers(at.database.engine, at.workspaceId);
  const acme = publicId("supplier", list.find(({ name }) => name === "acme")!.publicId);
  const [account] = await listAccounts(at.database.engine, at.workspaceId);
  await at.ask("POST", `/v1/accounts/${publicId("account", account!.publicId)}/disable`, { body: {} });
  const made = await at.ask("POST", "/v1/suppliers", { body: { kind: "by_hand", name: "Corner shop" } });

  const shown = await at.ask("GET", `/v1/suppliers/${String(made.body["id"])}`);
  const off = await at.ask("GET", `/v1/suppliers/${acme}`);
  const on = await at.ask("POST", `/v1/accounts/${publicId("account", account!.publicId)}/enable`, { body: {} });

  assert.equal(of(shown).capabilities.tracking, "by_hand");
  assert.equal(of(shown).contract.kind, "human");
  assert.equal(of(off).accounts[0]?.active, false);
  assert.equal(of(off).accounts[0]?.balance.available, "0.00");
  assert.equal(on.body["active"] as unknown, true);
  const tried = await at.ask("POST", `/v1/channels/${at.channel}/test`, { body: {} });
  assert.equal(tried.body["works"] as unknown, null);
});

test("ST-34 limits and payment means are changed by a person with a second factor, and by no key", async (t) => {
  const at = await withSuppliers(t);
  const [account] = await listAccounts(at.database.engine, at.workspaceId);
  const path = `/v1/accounts/${publicId("account", account!.publicId)}/settings`;
  const olga = await signedIn(at, { email: "olga@example.org" });

  const byKey = await at.ask("PUT", path, { body: { settings: { dailyCap: 100_000 } } });
  const byPerson = await olga.ask("PUT", path, { settings: { payment: "prepaid" } });
  const margin = await at.ask("PUT", `/v1/channels/${at.channel}/settings`, {
    body: { settings: { minMarginPercent: "5" } },
  });
  const harmless = await at.ask("PUT", path, { body: { settings: { maxInFlight: 2 } } });
  const onNew = await at.ask("POST", "/v1/suppliers", {
    body: { kind: "by_hand", name: "Dear", settings: { priceTolerancePercent: "900" } },
  });

  assert.deepEqual([byKey.status, byKey.body["code"] as unknown], [403, "person_needed"]);
  assert.equal(byPerson.body["code"] as unknown, "second_factor_needed");
  assert.deepEqual([margin.status, onNew.status, harmless.status], [403, 403, 200]);
  const { settings } = of(await at.ask("GET", path));
  assert.deepEqual([settings["dailyCap"], settings["payment"], settings["maxInFlight"]], [null, "on_account", 2]);
});

test("ST-35 from afar a folder is a name below the workspace's own; addresses, secrets and other folders are refused", async (t) => {
  const folders = "/srv/files";
  const at = await withSuppliers(t, { remote: { folders, given: new Map() } });
  const csv = (folder: string) =>
    at.ask("POST", "/v1/suppliers", { body: { kind: "csv", name: "Files", settings: { "connector.folder": folder } } });

  const inside = await csv("northwind");
  const refused = await Promise.all(["../other", "/etc", `${folders}/rival/x`, "", "a\0b", "."].map(csv));
  const address = await at.ask("POST", "/v1/suppliers", {
    body: { kind: "sandbox", name: "s", settings: { "connector.baseUrl": "http://169.254.169.254/" } },
  });
  const secret = await at.ask("POST", "/v1/suppliers", {
    body: { kind: "sandbox", name: "s", settings: { "connector.token": "hunter2" } },
  });

  assert.equal(inside.status, 201, inside.text);
  const made = of(await at.ask("GET", `/v1/suppliers/${String(inside.body["id"])}/settings`));
  assert.match(String(made.settings["connector.folder"]), /^\/srv\/files\/[a-z-]+\/northwind$/);
  assert.deepEqual(
    refused.map(({ body: problem }) => problem["code"] as unknown),
    refused.map(() => "folder_outside"),
  );
  assert.equal(address.body["code"] as unknown, "administrator_only");
  const to = { connector: "sandbox", settings: { baseUrl: "http://169.254.169.254/" } };
  for (const wish of [{ "carriers.*": to }, { carriers: { ups: to } }, { "carriers.dhl": JSON.stringify(to) }]) {
    const carrier = await at.ask("PUT", "/v1/settings", { body: { settings: wish } });
    assert.deepEqual([carrier.status, carrier.body["code"] as unknown], [422, "administrator_only"]);
  }
  assert.equal(secret.body["code"] as unknown, "secret_apart");
  assert.equal(secret.text.includes("hunter2"), false);
});
