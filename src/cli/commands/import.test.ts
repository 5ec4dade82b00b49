import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test, type TestContext } from "node:test";
import { testDatabase } from "../../../test/postgres.ts";

const root = join(import.meta.dirname, "../../..");
const folder = await mkdtemp(join(tmpdir(), "import-command-"));
after(() => rm(folder, { recursive: true }));

interface Ran {
  code: number | null;
  out: string;
  err: string;
}
type Run = (...args: string[]) => Promise<Ran>;

/** The command line as a user has it, on a database of the test's own, with a workspace, a file channel and a supplier. */
async function commandLine(t: TestContext): Promise<Run> {
  const database = await testDatabase(t);
  const env = {
    ...process.env,
    DATABASE_URL: database.url("postgres"),
    SWITCHYARD_DATA: join(folder, "data"),
    SWITCHYARD_HOME: join(folder, "home"),
  };
  const run: Run = (...args) =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [join(root, "src/cli/main.ts"), ...args], {
        cwd: folder,
        env,
        stdio: ["ignore", "pipe", "pipe"],
      });
      const ran: Ran = { code: null, out: "", err: "" };
      child.stdout.on("data", (chunk: Buffer) => (ran.out += String(chunk)));
      child.stderr.on("data", (chunk: Buffer) => (ran.err += String(chunk)));
      child.on("error", reject);
      child.on("close", (code) => resolve({ ...ran, code }));
    });
  for (const args of [
    ["workspace", "create", "acme", "--currency", "EUR"],
    ["channel", "add", "shop", "--kind", "file", "--zone", "Europe/Berlin"],
  ]) {
    const made = await run(...args);
    assert.equal(made.code, 0, made.err);
  }
  return run;
}

const orders = [
  "Order,SKU,Qty,Price,Date,Buyer",
  '1001,MUG,2,"10,00",2026-11-01 10:00,ann',
  '1002,MUG,0,"10,00",2026-11-01 10:00,bob',
  '1002,TEA,1,"4,50",2026-11-01 10:00,bob',
  '1003,TEA,-1,"4,50",2026-11-02 10:00,bob',
];
const map = ["--map", "currency:=EUR,payment:=paid"];

test("IM-18, IM-19 orders: the reading is shown, refused rows come back to be mended, questions are answered, a dry run stores nothing", async (t) => {
  const run = await commandLine(t);
  await writeFile(join(folder, "orders.csv"), `${orders.join("\n")}\n`);

  const open = await run("import", "orders", "orders.csv", "--channel", "shop");
  const dry = await run("import", "orders", "orders.csv", "--channel", "shop", ...map, "--dry-run", "-o", "json");
  const none = await run("import", "list", "-o", "json");
  const done = await run(
    "import",
    "orders",
    "orders.csv",
    "--channel",
    "shop",
    ...map,
    "--refused",
    "mend.csv",
    "-o",
    "json",
  );

  assert.equal(open.code, 1);
  assert.match(open.err, /leaves open how it is to be read/);
  assert.match(open.err, /the currency: --map currency:=GBP/);
  assert.equal(dry.code, 0, dry.err);
  const counts = (ran: Ran) => {
    const { rows, stored, refused, setAside } = (JSON.parse(ran.out) as { import: Record<string, number> }).import;
    return [rows, stored, refused, setAside];
  };
  assert.deepEqual(
    [counts(dry), counts(done)],
    [
      [4, 1, 2, 1],
      [4, 1, 2, 1],
    ],
  );
  assert.deepEqual(JSON.parse(none.out), { imports: [] });
  assert.match(done.err, /zone +Europe\/Berlin +times without an offset are in the zone of shop/);
  assert.match(done.err, /line 3, column 3 \(Qty\): found "0"; expected/);
  const mend = (await readFile(join(folder, "mend.csv"), "utf8")).split("\r\n");
  assert.deepEqual(
    [
      mend[0],
      mend[1]?.startsWith(`${orders[2]},"line 3, column 3`),
      mend[2]?.startsWith(`${orders[3]},"line 3`),
      mend[3],
    ],
    [`${orders[0]},"problem"`, true, true, ""],
  );

  const questions = JSON.parse((await run("import", "set-aside", "list", "-o", "json")).out) as {
    setAside: { import: string; line: number; raw: string }[];
  };
  assert.deepEqual(
    questions.setAside.map(({ line, raw }) => [line, raw]),
    [[5, orders[4]]],
  );
  const answered = await run(
    "import",
    "set-aside",
    "resolve",
    questions.setAside[0]!.import,
    "5",
    "--ignore",
    "a return",
  );
  assert.equal(answered.code, 0, answered.err);
  assert.match((await run("import", "set-aside", "list")).out, /No row waits for an answer/);
  const mended = mend.join("\r\n").replace("1002,MUG,0", "1002,MUG,3");
  await writeFile(join(folder, "mended.csv"), mended);
  assert.deepEqual(
    counts(await run("import", "orders", "mended.csv", "--channel", "shop", ...map, "-o", "json")),
    [2, 2, 0, 0],
  );
});

test("IM-19 lists: --strict fails when a row was refused, and stores the others", async (t) => {
  const run = await commandLine(t);
  assert.equal(
    (await run("supplier", "add", "northwind", "--kind", "csv", "--set", `folder=${join(folder, "northwind")}`)).code,
    0,
  );
  await writeFile(join(folder, "links.csv"), "SKU;Supplier SKU;Cost\nMUG;NW-1;4,50\nTEA;;4,50\n");
  const args = ["import", "links", "links.csv", "--supplier", "northwind", "--map", "currency:=EUR"];

  const lenient = await run(...args);
  const strict = await run(...args, "--strict", "-o", "csv");

  assert.deepEqual([lenient.code, strict.code], [0, 1], lenient.err);
  assert.match(lenient.out, /links changed +1/);
  assert.match(strict.out, /^links unchanged,1\r?$/m);
  assert.match(strict.err, /line 3, column 2 \(Supplier SKU\): found nothing; expected/);
});

test("IM-18 a file that is no table, is not there, or has no such channel stops with the way out", async (t) => {
  const run = await commandLine(t);
  await writeFile(join(folder, "page.csv"), "<!doctype html><p>Sign in</p>");
  await writeFile(join(folder, "orders.csv"), `${orders.join("\n")}\n`);

  const page = await run("import", "orders", "page.csv", "--channel", "shop", ...map);
  const absent = await run("import", "stock", "absent.csv");
  const channel = await run("import", "orders", "orders.csv", "--channel", "shopp", ...map);

  assert.deepEqual([page.code, absent.code, channel.code], [1, 1, 1]);
  assert.match(page.err, /^error: page\.csv is a web page or XML/m);
  assert.match(absent.err, /^error: absent\.csv cannot be read \(ENOENT\)/m);
  assert.match(channel.err, /Did you mean shop\?/);
});
