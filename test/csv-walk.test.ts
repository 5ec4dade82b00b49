// From a real order file to completed orders, by files alone: purchase orders out, acknowledgements and tracking in.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { parseMap } from "#connectors/channels/file/order-mapping.ts";
import { guessMapping, readOrders } from "#connectors/channels/file/read-orders.ts";
import { importOrders } from "#engine/import/orders.ts";
import { releaseMany } from "#engine/actions/release-many.ts";
import { addChannel } from "#engine/manage/channel.ts";
import { putProductLinks } from "#engine/manage/product-link.ts";
import { addAccount, addSupplier } from "#engine/manage/supplier.ts";
import { createWorkspace } from "#engine/manage/workspace.ts";
import type { Result } from "#domain/result.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { aWorkshop, isClean, type Workshop } from "./workshop.ts";

const real = new URL("../../shared/real/online-retail-2010-12.csv.gz", import.meta.url);
const skip = existsSync(real) ? false : "the real file ../shared/real/online-retail-2010-12.csv.gz is not there";
/** The first invoices of the file: enough for everything that can happen, few enough for a test. */
const linesTaken = 6_000;
const day = 86_400_000;

const map =
  "zone=Europe/London,date=M/d/yy H:mm,cancellation-prefix=C,not-goods=POST|DOT|M|D|S|C2|BANK CHARGES|AMAZONFEE|CRUK|gift_*,country[Channel Islands]=JE";

function good<Value>(result: Result<Value>): Value {
  if (result.status === "refused") throw new Error(result.message);
  return result.value;
}

/** The columns that the file lacks are made from the customer's number, here and not in the product. */
async function orderFile(folder: string): Promise<{ path: string; sha256: string; skus: string[] }> {
  const [head, ...lines] = (parse(gunzipSync(await readFile(real))) as string[][]).slice(0, linesTaken + 1);
  const rows = lines.map((cells) => {
    const customer = cells[6] ?? "";
    const address =
      customer === "" ? ["", "", "", ""] : [`Customer ${customer}`, `${customer} High Street`, "London", "E1 1AA"];
    return [...cells.slice(0, 7), "United Kingdom", "GBP", "paid", ...address];
  });
  const bytes = stringify([[...(head ?? []), "Currency", "Payment", "Name", "Address", "City", "Postcode"], ...rows]);
  const path = join(folder, "online-retail.csv");
  await writeFile(path, bytes);
  return {
    path,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    skus: [...new Set(rows.map((cells) => cells[1]!.trim()))],
  };
}

const Headline = row({ headline: col.text, n: col.int });
const headlines = async ({ database }: Workshop): Promise<Record<string, number>> =>
  Object.fromEntries(
    (
      await database.engine.rows(
        Headline,
        sql`select headline, count(*)::int as n from sales_order group by 1 order by 1`,
      )
    ).map((each) => [each.headline, each.n]),
  );

test(
  "WK-11 a real file goes in, purchase orders come out as files, and what the supplier puts back brings the orders to completed",
  { skip, timeout: 300_000 },
  async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "switchyard-csv-"));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const file = await orderFile(folder);
    const workshop = await aWorkshop(t, { now: new Date("2026-11-22T08:00:00Z") });
    const { engine, manage } = workshop;
    const { id: workspaceId } = good(
      await createWorkspace(manage, { slug: "wholesale", settings: { currency: "GBP", zone: "Europe/London" } }),
    );
    const channel = good(
      await addChannel(manage, {
        workspaceId,
        kind: "file",
        name: "shop",
        settings: { zone: "Europe/London", "writeBack.shipped": "never" },
      }),
    );
    const supplier = good(
      await addSupplier(manage, {
        workspaceId,
        kind: "csv",
        name: "northwind",
        settings: {
          acknowledgeWithinMs: "2d",
          inboxEveryMs: "1h",
          connector: { folder: join(folder, "northwind"), perFile: "batch", sendTimes: ["16:00"] },
        },
      }),
    );
    good(
      await addAccount(manage, { workspaceId, supplierId: supplier.id, name: "main", settings: { currency: "GBP" } }),
    );
    for (let from = 0; from < file.skus.length; from += 1000) {
      const put = await putProductLinks(
        manage,
        workspaceId,
        file.skus.slice(from, from + 1000).map((sku) => ({
          sku,
          channelId: null,
          options: [
            {
              supplierId: supplier.id,
              supplierSku: `NW-${sku.replaceAll(/[^A-Za-z0-9]/g, "")}`,
              unitCost: "0.50",
              currency: "GBP",
            },
          ],
        })),
      );
      assert.equal(put.status, "ok", JSON.stringify(put));
    }

    const { mapping, problems } = await guessMapping(file.path, parseMap(map));
    assert.deepEqual(problems, []);
    await importOrders(engine, {
      workspaceId,
      channelId: channel.id,
      file: { name: "online-retail.csv", sha256: file.sha256 },
      mapping,
      records: readOrders(file.path, mapping),
      actor: "user:test",
    });
    await workshop.runFor(60 * 60_000);
    const imported = await headlines(workshop);
    assert.ok((imported["stand_by"] ?? 0) > 100 && imported["ordered"] === undefined, JSON.stringify(imported));

    await releaseMany(
      engine,
      { workspaceId, actor: "user:test", role: "owner" },
      { channelId: channel.id, reason: "stand_by" },
    );
    await workshop.runFor(60 * 60_000);
    assert.deepEqual(await readdir(join(folder, "northwind", "outbox")), [], "nothing leaves before the time set");
    await workshop.runFor(day);

    const outbox = join(folder, "northwind", "outbox");
    const sent = await readdir(outbox);
    assert.ok(sent.length > 0 && sent.length < 5, `files hold many orders each: ${sent.length}`);
    const texts = await Promise.all(sent.map((name) => readFile(join(outbox, name))));
    const orders = texts.flatMap((text) => parse(text, { columns: true, bom: true }) as Record<string, string>[]);
    const numbers = [...new Set(orders.map((each) => each["po_number"]!))];
    const placed = await headlines(workshop);
    assert.equal(placed["ordered"], numbers.length, JSON.stringify(placed));

    const inbox = join(folder, "northwind", "inbox");
    await writeFile(
      join(inbox, "ack.csv"),
      stringify([
        ["PO number", "Supplier order", "Status"],
        ...numbers.map((number, index) => [number, `NW-${index}`, "accepted"]),
      ]),
    );
    await workshop.runFor(60 * 60_000);
    const shipped = new Date(workshop.clock.now()).toISOString();
    await writeFile(
      join(inbox, "tracking.csv"),
      stringify([
        ["PO number", "Carrier", "Tracking number", "Shipped at"],
        ...numbers.map((number, index) => [
          number,
          "Parcel Force Local",
          `PFL${String(index).padStart(9, "0")}`,
          shipped,
        ]),
      ]),
    );
    await workshop.runFor(2 * 60 * 60_000);

    assert.deepEqual(
      (await readdir(join(inbox, "done"))).length,
      2,
      `refused: ${String(await readdir(join(inbox, "rejected")))}`,
    );
    assert.equal((await headlines(workshop))["shipped"], numbers.length, JSON.stringify(await headlines(workshop)));
    await workshop.runFor(15 * day);
    assert.equal((await headlines(workshop))["completed"], numbers.length + (imported["completed"] ?? 0));
    await isClean(workshop);
  },
);
