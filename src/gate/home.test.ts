import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createCipheriv } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { seededRandom, setUp, testEngine, VirtualClock } from "#test/engine.ts";
import { testDatabase } from "#test/postgres.ts";
import { testVault } from "#test/vault.ts";
import { checkHome, homePaths, knowsWhatWasSent, settleHome, type Place } from "./home.ts";
import { Journal, memoryStore } from "./journal.ts";
import { HomeInUse, takeLock } from "./lock.ts";
import { accountOwners, moveSealedFiles } from "./secrets.ts";
import { watch } from "./watchdog.ts";

const noon = new Date("2026-11-22T12:00:00Z");
async function aFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "home-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test("PL-60 this place is home as long as token, machine, folder and journal agree with the database", async (t) => {
  const home = await aFolder(t);
  const place: Place = { home, dataFolder: "/srv/switchyard", machine: "m1" };
  const marks = await settleHome(place, "inst", seededRandom(1));
  const journal = await Journal.open(memoryStore(), () => noon);
  const check = (change: Partial<Place> = {}, known: string[] = [], database = marks) =>
    checkHome({ ...place, ...change }, { id: "inst", ...database }, journal, async () => new Set(known));
  const reason = async (...args: Parameters<typeof check>): Promise<string> => {
    const found = await check(...args);
    return found.status === "home" ? "home" : found.reason;
  };

  assert.equal(await reason(), "home");
  assert.match(await reason({ machine: "m2" }), /machine or the path/);
  assert.match(await reason({ dataFolder: "/srv/copy" }), /machine or the path/);
  assert.match(await reason({ home: await aFolder(t) }), /token of this installation is not in/);
  await journal.append({
    line: "closed",
    at: noon,
    workspaceId: "1" as never,
    attemptId: "9" as never,
    reference: "SW-9",
    requestHash: "h",
    message: "",
  });
  assert.match(await reason(), /journal knows purchases that the database does not/);
  assert.equal(await reason({}, ["SW-9"]), "home");
  // Another place is made home: this one is a copy from then on.
  await writeFile(homePaths(home, "inst").token, "other\n");
  assert.match(await reason({}, ["SW-9"]), /another one/);
});

test("PL-69 only the journal of the home that could buy, and that reaches back, knows what was sent", async (t) => {
  const home = await aFolder(t);
  const marks = await settleHome({ home, dataFolder: "/srv/switchyard", machine: "m1" }, "inst", seededRandom(1));
  const journal = await Journal.open(memoryStore(), () => noon);
  const asked = (heartbeatAt: Date, tokenDigest = marks.tokenDigest): Promise<boolean> =>
    knowsWhatWasSent(home, { id: "inst", tokenDigest, heartbeatAt }, journal);

  assert.equal(await asked(noon), true);
  assert.equal(await asked(new Date(noon.getTime() - 1)), false); // it began later
  assert.equal(await asked(noon, "of another home"), false);
  await rm(homePaths(home, "inst").token);
  assert.equal(await asked(noon), false);
});

test("PL-62 a second gate on the same home refuses to start, names the first, and takes over once that one is dead", async (t) => {
  const path = join(await aFolder(t), "inst", "gate.lock");
  const holder = spawn(
    process.execPath,
    [
      "--input-type=module",
      "-e",
      `import { takeLock } from ${JSON.stringify(new URL("./lock.ts", import.meta.url).href)}; await takeLock(${JSON.stringify(path)}); console.log("held"); setInterval(() => {}, 1000);`,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  t.after(() => holder.kill("SIGKILL"));
  await once(holder.stdout, "data");

  await assert.rejects(
    takeLock(path),
    (error: Error) => error instanceof HomeInUse && error.message.includes(`process ${holder.pid}`),
  );
  holder.kill("SIGKILL");
  await once(holder, "exit");
  const unlock = await takeLock(path);

  await assert.rejects(takeLock(path), HomeInUse);
  await unlock();
  await (
    await takeLock(path)
  )();
});

test("PL-62 a lock whose process id went to somebody else, or that a crash cut short, is stale", async (t) => {
  const path = join(await aFolder(t), "gate.lock");
  await writeFile(path, `${JSON.stringify({ pid: process.ppid, startedAt: "1" })}\n`);
  await (
    await takeLock(path)
  )();
  await writeFile(path, '{"pid":');
  await (
    await takeLock(path)
  )();
});

test(
  "PL-62 a holder that is dead and not buried, because its parent stands still, holds nothing",
  { skip: process.platform !== "linux" },
  async (t) => {
    const path = join(await aFolder(t), "gate.lock");
    const script = `import { takeLock } from ${JSON.stringify(new URL("./lock.ts", import.meta.url).href)}; await takeLock(process.argv[1]); console.log(process.pid); setInterval(() => {}, 1000);`;
    const family = '"$0" --input-type=module -e "$1" "$2" & exec sleep 60'; // sleep does not ask after the child it inherits
    const parent = spawn("sh", ["-c", family, process.execPath, script, path], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    t.after(() => parent.kill("SIGKILL"));
    const [said] = (await once(parent.stdout, "data")) as [Buffer];

    const pid = Number(said.toString());
    process.kill(pid, "SIGKILL");
    while (!(await readFile(`/proc/${pid}/stat`, "utf8")).includes(") Z ")) await sleep(5);

    await (
      await takeLock(path)
    )();
  },
);

test("PL-62 of many that find a stale lock at the same moment one gets it", async (t) => {
  for (let round = 0; round < 40; round += 1) {
    const folder = await aFolder(t);
    const path = join(folder, "gate.lock");
    await writeFile(path, `${JSON.stringify({ pid: 2 ** 22 + 1, startedAt: "1" })}\n`);

    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => takeLock(path)));

    const why = tries.map((each) => (each.status === "rejected" ? String(each.reason) : "took it")).join("\n");
    assert.equal(tries.filter((each) => each.status === "fulfilled").length, 1, why);
    assert.ok(
      tries.every((each) => each.status === "fulfilled" || each.reason instanceof HomeInUse),
      why,
    );
    assert.deepEqual(await readdir(folder), ["gate.lock"]);
  }
});

test("PL-57 the watchdog reports a process that stood still, and only that", async () => {
  const clock = new VirtualClock(noon);
  let mono = 0;
  const lags: number[] = [];
  const stop = new AbortController();
  const watching = watch({ clock, monotonicMs: () => mono, stop: stop.signal, onLag: (lagMs) => lags.push(lagMs) });
  const beat = async (ms: number): Promise<void> => {
    mono += ms;
    clock.advance(200);
    for (let turns = 0; turns < 5; turns += 1) await Promise.resolve();
  };

  await beat(200);
  await beat(900);
  assert.deepEqual(lags, []);
  await beat(1_300);
  await watching;

  assert.deepEqual(lags, [1_100]);
});

test("PL-58 what lay sealed in the gate's home moves into the vault once; what does not open stays where it is, and is named", async (t) => {
  const database = await testDatabase(t);
  const shop = await setUp(testEngine(database.engine), { suppliers: { acme: {}, other: {} } });
  const [acme, other] = [...shop.accounts.values()];
  const folder = await aFolder(t);
  const master = seededRandom(1).bytes(32);
  const file = (account: string | undefined): string => join(folder, `${shop.workspaceId}-${account}.sealed`);
  const sealed = oldFile(master, `supplier_account/${shop.workspaceId}/${acme}`, { password: "hunter2 ✓" });
  await writeFile(join(folder, "master.key"), `${Buffer.from(master).toString("hex")}\n`);
  await writeFile(file(acme), sealed);
  await writeFile(file(other), sealed);
  const vault = testVault(database, () => noon);
  const move = () => moveSealedFiles(folder, { db: database.engine, vault, now: () => noon });
  const passwordOf = async (account: string | undefined) => {
    const key = { workspaceId: shop.workspaceId, supplierId: shop.suppliers.get("acme")!, accountId: account as never };
    return (await vault.open(accountOwners(key), "test"))["password"]?.reveal();
  };

  await assert.rejects(move(), /does not open with .*enter the account's credentials again/);
  assert.deepEqual([await passwordOf(acme), await passwordOf(other)], ["hunter2 ✓", undefined]);
  assert.deepEqual(await readdir(folder), ["master.key", `${shop.workspaceId}-${other}.sealed`].sort());
  await rm(file(other));
  await writeFile(file(acme), oldFile(master, `supplier_account/${shop.workspaceId}/${acme}`, { password: "older" }));
  assert.deepEqual([await move(), await move()], [1, 0]);

  assert.equal(await passwordOf(acme), "hunter2 ✓");
  assert.deepEqual(await readdir(folder), []);
});

/** As versions before the vault wrote it. */
function oldFile(master: Uint8Array, boundTo: string, secrets: Record<string, string>): string {
  const random = seededRandom(9);
  const seal = (key: Uint8Array, text: Uint8Array): string => {
    const nonce = random.bytes(12);
    const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(boundTo));
    return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]).toString("base64url");
  };
  const key = random.bytes(32);
  return `v1.${seal(master, key)}.${seal(key, Buffer.from(JSON.stringify(secrets)))}\n`;
}
