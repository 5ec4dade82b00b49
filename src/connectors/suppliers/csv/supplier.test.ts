import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { diskFiles } from "../../files/disk.ts";
import type { SupplierContext } from "../../ports.ts";
import { aFolder, aPurchase } from "./sample.ts";
import { columnValues, parseSettings } from "./settings.ts";
import { csvSupplier } from "./supplier.ts";

const documents = csvSupplier.documents!;
function contextOf(
  folder: string,
  settings: Record<string, unknown> = {},
  now = new Date("2036-01-01T00:00:00Z"),
): SupplierContext {
  return {
    supplierId: "1",
    accountId: "1",
    settings: { folder, ...settings },
    secrets: {},
    outside: {
      files: diskFiles,
      now: () => now,
      http: () => Promise.reject(new Error("a CSV supplier makes no calls")),
    },
  };
}

test("CS-8 through the port a purchase goes out and its answers come in", async (t) => {
  const context = contextOf(await aFolder(t));
  const { folder } = context.settings as { folder: string };
  const document = documents.compose(context.settings, [aPurchase("PO1")], { reference: "D1", at: new Date(0) });
  assert.ok(document.status === "composed");

  assert.deepEqual(await documents.stage(context, document), { status: "staged" });
  assert.equal(await documents.whereIs(context, document.fileName), "staging");
  assert.deepEqual(await documents.release(context, document), { status: "left" });
  assert.equal(await documents.whereIs(context, document.fileName), "left");
  assert.deepEqual(await readFile(join(folder, "outbox", "PO-PO1.csv")), Buffer.from(document.bytes));
  await writeFile(
    join(folder, "inbox", "tracking.csv"),
    "po_number,carrier,tracking_number\nPO1,UPS,1Z879E930346834440\n",
  );
  const [answer] = await documents.readInbox(context, "UTC");
  await documents.finish(context, answer!, []);

  assert.deepEqual(
    answer?.records.map(({ type, line }) => [type, line]),
    [["tracking", 2]],
  );
  assert.equal((await readdir(join(folder, "inbox", "done"))).length, 1);
  assert.equal(await documents.withdraw(context, document.fileName), "left");
});

test("CS-10 set-up makes the folders, and only set-up does", async (t) => {
  const context = contextOf(join(await aFolder(t), "new", "supplier"));
  const document = { fileName: "PO-1.csv", bytes: Buffer.from("x") };

  assert.equal((await documents.stage(context, document)).status, "not_sent");
  await documents.prepare(context);
  await documents.prepare(context);
  assert.deepEqual(await documents.stage(context, document), { status: "staged" });
});

test("CS-7 every setting of the manifest is one that the check knows, and the other way round", () => {
  const known = parseSettings({ folder: "/srv/acme" });
  assert.ok(known.ok);

  assert.deepEqual(Object.keys(csvSupplier.manifest.settings).toSorted(), Object.keys(known.settings).toSorted());
  for (const [name, field] of Object.entries(csvSupplier.manifest.settings)) {
    if (field.default !== undefined)
      assert.equal(known.settings[name as keyof typeof known.settings], field.default, name);
    for (const choice of field.choices ?? [])
      assert.deepEqual(csvSupplier.checkSettings?.({ folder: "/srv/acme", [name]: choice }), [], `${name} ${choice}`);
  }
  for (const value of columnValues) assert.ok(csvSupplier.manifest.settings["columns"]?.help.includes(value));
  assert.deepEqual(
    csvSupplier.checkSettings?.({ folder: "/srv/acme", perFile: "week" }).map(({ field }) => field),
    ["perFile"],
  );
});

test("CS-7 settings that were never checked are an error that names them, not a guess", () => {
  assert.throws(
    () => documents.grouping({ folder: "/srv/acme", perFile: "week" }),
    /perFile: .*switchyard settings set/,
  );
});

test("CS-14 the port answers for grouping and the next sending", () => {
  const settings = { folder: "/srv/acme", perFile: "batch", sendTimes: ["09:00"] };

  assert.equal(documents.grouping(settings), "batch");
  assert.equal(documents.grouping({ folder: "/srv/acme" }), "order");
  assert.deepEqual(
    documents.nextSendTime(settings, "Europe/Berlin", new Date("2026-11-22T12:00:00Z")),
    new Date("2026-11-23T08:00:00Z"),
  );
});

test("CS-23 nothing is placed, looked up or cancelled by a call", async () => {
  const context = contextOf("/srv/acme");
  const answers: [string, string][] = [];

  await csvSupplier.place(context, [aPurchase("PO1"), aPurchase("PO2")], (reference, { status }) =>
    answers.push([reference, status]),
  );

  assert.deepEqual(answers, [
    ["PO1", "not_sent"],
    ["PO2", "not_sent"],
  ]);
  assert.equal((await csvSupplier.find(context, ["PO1"])).status, "bug");
  assert.deepEqual(await csvSupplier.track(context, ["PO1"]), { status: "ok", orders: [] });
  assert.deepEqual(
    (await csvSupplier.cancel(context, [{ supplierOrderId: "PO1", lines: "all" }])).map(({ status }) => status),
    ["refused"],
  );
  assert.equal((await csvSupplier.stock(context)).status, "bug");
  assert.equal((await csvSupplier.quote(context, [], "DE")).status, "bug");
  assert.deepEqual(await csvSupplier.list(context, new Date(0), new Date(1)), { status: "no_list" });
});
