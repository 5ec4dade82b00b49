import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Command } from "commander";
import { sandboxSupplier } from "#connectors/suppliers/sandbox/supplier.ts";
import { emptyAddress } from "#domain/address.ts";
import { release } from "#engine/stages/release.ts";
import { verify } from "#engine/stages/verify.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { testEngine, type TestEngine } from "#test/engine.ts";
import { testDatabase, type TestDatabase } from "#test/postgres.ts";
import { realClock } from "./clock.ts";
import { createOutside } from "./outside.ts";
import { buildProgram, commandNames } from "./program.ts";

// One database for all; each test's commands are processes of their own, as a person would run them.
let database: TestDatabase;
let folder: string;
let engine: TestEngine;
const cleanUp: (() => unknown)[] = [];

interface Ended {
  code: number | null;
  out: string;
  err: string;
}
function sw(args: readonly string[], options: { env?: Record<string, string>; input?: string } = {}): Promise<Ended> {
  const env = {
    PATH: process.env["PATH"],
    DATABASE_URL: database.url("postgres"),
    SWITCHYARD_HOME: join(folder, "home"),
    ...options.env,
  };
  const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), ...args], {
    cwd: folder,
    env,
    stdio: "pipe",
  });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString("utf8")));
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString("utf8")));
  child.stdin.on("error", () => {});
  child.stdin.end(options.input ?? "");
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, out, err })));
}
async function ok(...args: string[]): Promise<Ended> {
  const ended = await sw(args);
  assert.equal(ended.code, 0, `${args.join(" ")}: ${ended.err}`);
  return ended;
}
const json = <T>(ended: Ended): T => JSON.parse(ended.out) as T;

const anOrder = (number: string, sku: string) =>
  JSON.stringify({
    number,
    currency: "EUR",
    payment: "paid",
    ship_to: { name: "=Ada Byron", line1: "1 Mill Lane", city: "Leeds", postcode: "LS1 1AA", country: "GB" },
    lines: [{ sku, title: '=HYPERLINK("http://x")', quantity: 2, unit_price: "20.00" }],
  });

/** The commands go by the real clock; the stages here a little ahead of it, so that what they made is due. */
const aheadOfTheCommands = (): void => engine.clock.moveTo(new Date(Date.now() + 60_000));

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "switchyard-cli-"));
  database = await testDatabase({ after: (work: () => unknown) => void cleanUp.push(work) } as never);
  engine = testEngine(database.engine, { seed: 5, slot: 3, now: new Date(Date.now() + 60_000) });
  const at = engine.clock.now();
  await database.engine.run(sql`
    insert into installation (only_one, id, token_digest, home, safe_mode_reason, started_at, heartbeat_at) values (true, 'inst-cli', 'old', 'here', null, ${at}, ${at})`);
  await ok("workspace", "create", "acme", "--zone", "Europe/Berlin");
  await ok("channel", "add", "shop");
  await ok("supplier", "add", "northwind", "--kind", "csv", "--set", "folder=./northwind");
  for (const [number, sku] of [
    ["H-1", "MUG"],
    ["H-2", "CUP"],
  ] as const) {
    const made = await sw(["orders", "create", "--channel", "shop", "--file", "-"], { input: anOrder(number, sku) });
    assert.equal(made.code, 0, made.err);
  }
  aheadOfTheCommands();
  await verify.run(engine);
  // A channel's own order may bring what the API refuses.
  await database.engine.run(sql`update order_line set title = ${'=HYPERLINK("http://x")\u202e\u001b[2J'}`);
});
after(async () => {
  for (const work of cleanUp) await work();
  await rm(folder, { recursive: true, force: true });
});

test("CLI-1 every command has a help with an example", async () => {
  const without: string[] = [];
  const walk = (command: Command, path: string): void => {
    if (command.commands.length > 0) return command.commands.forEach((each) => walk(each, `${path} ${each.name()}`));
    let text = "";
    command.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
    if (!/Examples?:\n {2}\$ npx switchyard /.test(text)) without.push(path);
  };

  for (const name of commandNames)
    walk(
      (await buildProgram([name])).commands.find((each) => each.name() === name)!,
      name,
    );

  assert.deepEqual(without, []);
  assert.equal(commandNames.length >= 20, true);
});

test("CLI-1 an error is one line, without a stack unless somebody asks for it, and the exit code says so", async () => {
  const [refused, unknown, debugged] = await Promise.all([
    sw(["workspace", "create", "Acme & Co"]),
    sw(["orders", "list", "--nonsense"]),
    sw(["workspace", "create", "acme"], { env: { SWITCHYARD_DEBUG: "1" } }),
  ]);

  assert.deepEqual(
    [refused.code, refused.out, refused.err],
    [
      1,
      "",
      'error: "Acme & Co" cannot name a workspace: expected 1 to 63 small letters, digits and hyphens, such as acme-shop.\n',
    ],
  );
  assert.deepEqual(
    [unknown.code, unknown.out, unknown.err.split("\n")[0]],
    [1, "", "error: unknown option '--nonsense'"],
  );
  assert.match(debugged.err, /There is a workspace acme already[\s\S]*at /);
});

test("CLI-2 what is wrong in the environment is named before anything starts, and its value is not repeated", async () => {
  const [url, port, postgres] = await Promise.all([
    sw(["doctor"], { env: { DATABASE_URL: "mysql://root:secret@db/x" } }),
    sw(["start", "--port", "70000"]),
    sw(["workspace", "list"], { env: { SWITCHYARD_POSTGRES_PORT: "abc" } }),
  ]);

  assert.deepEqual(
    [url.code, url.err],
    [
      2,
      "error: DATABASE_URL is an address such as postgres://user:password@host:5432/database. Correct the environment variable DATABASE_URL, or unset it.\n",
    ],
  );
  assert.deepEqual([port.code, port.err], [2, "error: --port is a number from 1 to 65535. Give another --port.\n"]);
  assert.equal(postgres.code, 2);
  assert.deepEqual((await readdir(folder)).includes("data"), false);
});

test("CLI-3 a command brings an empty database to the newest schema", async (t) => {
  const empty = await testDatabase(t, { kind: "empty" });

  const listed = await sw(["workspace", "list", "--output", "json"], { env: { DATABASE_URL: empty.url("postgres") } });

  assert.deepEqual([listed.code, json<object>(listed)], [0, { workspaces: [] }]);
});

test("CLI-4 a list is a table, CSV or JSON; a formula is defused, a mark that turns the text is shown", async () => {
  const [table, csv, exported] = await Promise.all([
    ok("orders", "show", "H-1"),
    ok("settings", "get", "bufferMs", "--output", "csv"),
    ok("export", "orders", "--addresses"),
  ]);

  assert.match(table.out, /2 × MUG {2}=HYPERLINK\("http:\/\/x"\)\\u202e\\u001b\[2J/);
  assert.deepEqual(
    ["\u202e", "\u001b"].filter((mark) => table.out.includes(mark)),
    [],
  );
  assert.match(csv.out, /^setting,value,default,what it is\r\nbufferMs,10m,/);
  assert.match(exported.out, /,"'=HYPERLINK\(""http:\/\/x""\)/);
  assert.match(exported.out, /,'=Ada Byron,/);
});

test("CLI-5 without a name the only own workspace is meant, else the error lists the choices", async (t) => {
  const several = await testDatabase(t);
  const env = { DATABASE_URL: several.url("postgres") };
  const none = await sw(["channel", "list"], { env });
  await sw(["workspace", "create", "one"], { env });
  await sw(["workspace", "create", "two"], { env });

  const [which, wrong, sandbox, named] = await Promise.all([
    sw(["channel", "list"], { env }),
    sw(["channel", "list", "-w", "tow"], { env }),
    sw(["channel", "list", "-w", "sandbox"], { env }),
    sw(["channel", "list", "-w", "two", "-o", "json"], { env }),
  ]);

  assert.match(none.err, /^error: There is no workspace of your own yet\. Make one: npx switchyard workspace create/);
  assert.equal(which.err, "error: There are 2 workspaces of your own. Choose one with --workspace: one, two.\n");
  assert.match(wrong.err, /^error: There is no workspace "tow"\. Did you mean two\? There is: one, two\./);
  assert.match(sandbox.err, /^error: There is no sandbox yet\./);
  assert.deepEqual([named.code, json<object>(named)], [0, { channels: [] }]);
});

test("CLI-6 things are named by name or public id, and an unknown name gets the nearest", async () => {
  const { suppliers } = json<{ suppliers: { id: string; settings: { connector: { folder: string } } }[] }>(
    await ok("supplier", "list", "-o", "json"),
  );

  const [byId, wrong] = await Promise.all([
    sw(["stock", "list", "--supplier", suppliers[0]!.id, "-o", "json"]),
    sw(["stock", "list", "--supplier", "northwnd"]),
  ]);

  assert.equal(byId.code, 0, byId.err);
  assert.equal(wrong.err, 'error: This workspace has no supplier "northwnd". Did you mean northwind?\n');
  assert.equal(
    suppliers[0]!.settings.connector.folder,
    join(folder, "northwind"),
    "a folder is meant from where the command is typed",
  );
});

test("CLI-7, CLI-9 orders come as the API gives them, by id or number, and are refused in its words", async () => {
  const { orders, next } = json<{
    orders: { id: string; number: string; headline: string; reason: { code: string } }[];
    next: string | null;
  }>(await ok("orders", "list", "-o", "json"));
  const [first] = orders;

  const [byNumber, byId, missing, held, again] = [
    json<{ id: string; holds: { code: string }[] }>(await ok("orders", "show", "H-1", "-o", "json")),
    json<{ id: string }>(await ok("orders", "show", first!.id, "-o", "json")),
    await sw(["orders", "show", "H-9"]),
    json<{ order: { headline: string } }>(await ok("orders", "hold", "H-1", "--note", "look", "-o", "json")),
    await sw(["orders", "hold", "H-1"]),
  ];

  assert.deepEqual(
    orders.map((each) => [each.number, each.headline, each.reason.code]).sort((a, b) => a[0]!.localeCompare(b[0]!)),
    [
      ["H-1", "needs_attention", "sku_not_linked"],
      ["H-2", "needs_attention", "sku_not_linked"],
    ],
  );
  assert.equal(next, null);
  assert.equal(
    byNumber.holds.some((each) => each.code === "sku_not_linked"),
    true,
  );
  assert.equal(byId.id, first!.id);
  assert.equal(
    missing.err,
    'error: There is no order "H-9" in this workspace. Look for it with npx switchyard orders list --query TEXT.\n',
  );
  assert.equal(held.order.headline, "needs_attention");
  assert.match(again.err, /^error: Somebody put it on hold already\./);
  await ok("orders", "unhold", "H-1");
});

test("CLI-7 an order is placed by hand in two steps, with the words of the API for what may not be done", async () => {
  await ok("supplier", "add", "bazaar", "--kind", "by_hand");
  await ok("link", "set", "TEA", "--supplier", "bazaar", "--supplier-sku", "B-TEA", "--cost", "4.50");
  const made = await sw(["orders", "create", "--channel", "shop", "--file", "-"], { input: anOrder("H-3", "TEA") });
  assert.equal(made.code, 0, made.err);
  const early = await sw(["orders", "place", "H-3", "--bought", "B-1"]);
  aheadOfTheCommands();
  await verify.run(engine);
  await ok("orders", "release", "H-3");
  engine.clock.advance(3_600_000);
  await verify.run(engine);
  await release.run(engine);

  const taken = json<{ attempt: { reference: string } }>(await ok("orders", "place", "H-3", "--take", "-o", "json"));
  const twice = await sw(["orders", "place", "H-3", "--take"]);
  const placed = json<{ order: { headline: string } }>(
    await ok("orders", "place", "H-3", "--bought", "B-1", "--cost", "9.00", "-o", "json"),
  );
  const shown = json<{
    fulfillment_orders: { placed_by: string; attempts: { supplier_order_id: string; cost: object }[] }[];
  }>(await ok("orders", "show", "H-3", "-o", "json"));

  assert.match(early.err, /^error: /);
  assert.match(taken.attempt.reference, /^SW-/);
  assert.match(twice.err, /^error: Somebody or the machine is placing it/);
  assert.equal(placed.order.headline, "ordered");
  assert.deepEqual(
    shown.fulfillment_orders.map((part) => [
      part.placed_by,
      part.attempts[0]?.supplier_order_id,
      part.attempts[0]?.cost,
    ]),
    [["person", "B-1", { amount: "9.00", currency: "EUR" }]],
  );
});

test("CLI-16 an order's page says machine for a process, its JSON the process", async () => {
  await verify.run(engine);

  const [page, events] = await Promise.all([ok("orders", "show", "H-1"), ok("orders", "show", "H-1", "-o", "csv")]);

  assert.match(page.out, /\(machine\)/);
  assert.doesNotMatch(page.out, /worker:/);
  assert.match(events.out, /worker:test-3/);
});

test("CLI-8 without a terminal nothing but the answer is on standard output", async () => {
  const [verified, exported, key] = await Promise.all([
    ok("verify", "-o", "json"),
    ok("export", "events", "--format", "jsonl"),
    ok("key", "create", "--role", "viewer"),
  ]);

  assert.equal(json<{ holds: boolean }>(verified).holds, true);
  for (const line of exported.out.trim().split("\n")) JSON.parse(line);
  assert.match(key.out, /^swk_\w+\n$/);
  assert.equal((verified.out + exported.out + verified.err + exported.err).includes("\u001b"), false);
});

test("CLI-10 an export is complete or not there, and overwrites only when told to", async () => {
  const path = join(folder, "orders.csv");
  await writeFile(join(folder, "there.csv"), "mine");

  await ok("export", "orders", "--to", path);
  const [refused, nowhere, lines] = await Promise.all([
    sw(["export", "orders", "--to", join(folder, "there.csv")]),
    sw(["export", "orders", "--to", join(folder, "no", "such", "folder.csv")]),
    ok("export", "orders", "--format", "jsonl"),
  ]);

  const [head, ...rows] = (await readFile(path, "utf8")).trim().split("\r\n");
  assert.equal(rows.length, 3);
  assert.deepEqual(Object.keys(JSON.parse(lines.out.split("\n")[0]!) as object), head!.split(","));
  assert.match(refused.err, /there\.csv exists already\. Choose another name, or overwrite it with --force\./);
  assert.equal(await readFile(join(folder, "there.csv"), "utf8"), "mine");
  assert.match(nowhere.err, /cannot be written \(ENOENT\)/);
  assert.deepEqual(
    (await readdir(folder)).filter((each) => each.endsWith(".part")),
    [],
  );
});

test("CLI-11 all held orders of a channel and a reason are released at once, and the rest is told", async () => {
  const [wrong, open] = await Promise.all([
    sw(["orders", "release", "--all", "--reason", "stand_byy"]),
    sw(["orders", "release", "--all"]),
  ]);
  await ok("orders", "hold", "H-1", "H-2", "--note", "look");

  const released = json<{ released: number; still_held: number; refused: unknown[] }>(
    await ok("orders", "release", "--all", "--channel", "shop", "--reason", "by_person", "-o", "json"),
  );
  const nothing = json<{ released: number }>(
    await ok("orders", "release", "--all", "--reason", "by_person", "-o", "json"),
  );

  assert.match(wrong.err, /There is no reason "stand_byy"\. Did you mean stand_by\?/);
  assert.match(open.err, /--all needs a --reason/);
  assert.deepEqual(released, { released: 2, still_held: 2, refused: [] });
  assert.equal(nothing.released, 0);
});

test("CLI-12 a supplier that cannot list its purchases cannot be proven: exit code 2", async () => {
  const compared = await sw(["prove", "--supplier", "northwind", "-o", "json"]);

  assert.equal(compared.code, 2);
  assert.equal(json<{ outcome: string }>(compared).outcome, "not_compared");
  assert.match(json<{ message: string }>(compared).message, /northwind cannot list its purchases/);
});

test("CLI-12 the same purchases on both sides are proven, one that we never sent is a difference", async (t) => {
  const world = spawn(
    process.execPath,
    [
      join(import.meta.dirname, "../sandbox/main.ts"),
      "--folder",
      join(folder, "world"),
      "--faults",
      "calm",
      "--orders-at-start",
      "0",
      "--orders-per-minute",
      "0",
      "--until-stdin-ends",
    ],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  t.after(() => world.kill("SIGKILL"));
  const [line] = (await once(world.stdout, "data")) as [Buffer];
  const { url: baseUrl } = JSON.parse(line.toString()) as { url: string };
  const settings = { baseUrl, supplier: "northlight", kind: "key", token: "sandbox-northlight" };
  await ok(
    "supplier",
    "add",
    "north",
    "--kind",
    "sandbox",
    ...Object.entries(settings).flatMap(([name, value]) => ["--set", `${name}=${value}`]),
  );

  const nothing = await sw(["prove", "--supplier", "north", "-o", "json"]);
  const outside = createOutside({ clock: realClock });
  t.after(() => outside.close());
  const request = {
    reference: "SW-NOT-OURS",
    idempotencyKey: "k1",
    maxTotal: { amount: 100_000n, currency: "EUR" },
    shipTo: { ...emptyAddress, name: "Ada", line1: "1 Mill Lane", city: "Hamburg", postcode: "20095", country: "DE" },
    method: "STD",
    lines: [{ no: 1, supplierSku: "NL-3104", units: 1, unitCost: "1.35" }],
    note: "",
  };
  const answers: unknown[] = [];
  await sandboxSupplier.place(
    { supplierId: "1", accountId: "1", settings, secrets: {}, outside },
    [request],
    (_reference, answer) => answers.push(answer.status),
  );
  const different = await sw(["prove", "--supplier", "north", "-o", "json"]);

  assert.deepEqual(
    [nothing.code, json<{ outcome: string }>(nothing).outcome],
    [0, "proven"],
    nothing.out + nothing.err,
  );
  assert.deepEqual(answers, ["placed"]);
  assert.equal(different.code, 1, different.out + different.err);
  assert.deepEqual(
    json<{ differences: { kind: string; reference: string }[] }>(different).differences.map(({ kind, reference }) => [
      kind,
      reference,
    ]),
    [["bought_without_attempt", "SW-NOT-OURS"]],
  );
});

test("CLI-13 verify ends with 1 and names what is violated; doctor ends with 1 when something is broken", async () => {
  const Headline = row({ headline: col.text, id: col.text });
  const { headline, id } = await database.engine.one(
    Headline,
    sql`select headline, public_id::text as id from sales_order where number = 'H-1'`,
  );
  await database.engine.run(sql`update sales_order set headline = 'completed' where number = 'H-1'`);
  const violated = await sw(["verify"]);
  await database.engine.run(sql`update sales_order set headline = ${headline} where number = 'H-1'`);
  await rm(join(folder, "northwind", "outbox"), { recursive: true });
  const broken = await sw(["doctor", "-o", "json"]);

  assert.equal(violated.code, 1);
  assert.match(violated.out, new RegExp(`acme: ord_${id} stored is completed, its parts say ${headline}`));
  assert.equal(broken.code, 1);
  const { findings } = json<{ findings: { what: string; status: string; next: string }[] }>(broken);
  assert.deepEqual(
    findings.filter((each) => each.status === "broken").map((each) => each.what),
    ["durability", "supplier northwind"], // the tests' own server does not sync
  );
  assert.deepEqual(
    findings.filter((each) => each.status !== "ok" && each.next === ""),
    [],
  );
});

test("CLI-14 a reader that leaves ends the command quietly", async () => {
  const env = {
    PATH: process.env["PATH"],
    DATABASE_URL: database.url("postgres"),
    SWITCHYARD_HOME: join(folder, "home"),
  };
  const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), "export", "events"], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let err = "";
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString("utf8")));
  child.stdout.destroy();

  await new Promise((resolve) => child.on("close", resolve));

  assert.equal(err, "");
});

test("CLI-15 safe mode is shown with its reason and lifted only when confirmed", async () => {
  await database.engine.run(sql`update installation set safe_mode_reason = 'a copy'`);

  const shown = json<{ safeMode: boolean; reason: string }>(await ok("safe-mode", "show", "-o", "json"));
  const unconfirmed = await sw(["safe-mode", "lift"]);
  const lifted = await sw(["safe-mode", "lift", "--yes"]);
  const Marks = row({ tokenDigest: col.text, reason: col.textOrNull });
  const marks = await database.engine.one(
    Marks,
    sql`select token_digest, safe_mode_reason as reason from installation`,
  );

  assert.deepEqual([shown.safeMode, shown.reason], [true, "a copy"]);
  assert.deepEqual(
    [unconfirmed.code, unconfirmed.err.split("\n").at(-2)],
    [1, "error: Safe mode stays on. Confirm, or give --yes."],
  );
  assert.equal(lifted.code, 0, lifted.err);
  assert.equal(marks.reason, null);
  assert.notEqual(marks.tokenDigest, "old");
});
