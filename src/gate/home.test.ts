import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { seededRandom, VirtualClock } from "#test/engine.ts";
import { checkHome, homePaths, settleHome, type Place } from "./home.ts";
import { Journal, memoryStore } from "./journal.ts";
import { HomeInUse, takeLock } from "./lock.ts";
import { openSecretBox } from "./secrets.ts";
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
  const path = join(await aFolder(t), "gate.lock");
  await writeFile(path, `${JSON.stringify({ pid: 2 ** 22 + 1, startedAt: "1" })}\n`);

  const tries = await Promise.allSettled(Array.from({ length: 8 }, () => takeLock(path)));

  assert.equal(tries.filter((each) => each.status === "fulfilled").length, 1);
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

test("PL-58 secrets are sealed on disk, open only for their account and only with the master key", async (t) => {
  const folder = await aFolder(t);
  const [ours, other] = [
    { workspaceId: "1", supplierId: "3", accountId: "4" },
    { workspaceId: "1", supplierId: "3", accountId: "5" },
  ] as never[];
  const box = await openSecretBox(folder, seededRandom(1));
  assert.deepEqual(await box.read(ours!), {});
  await box.keep(ours!, { password: "hunter2 ✓" });

  assert.deepEqual(await (await openSecretBox(folder, seededRandom(2))).read(ours!), { password: "hunter2 ✓" });
  const sealed = await readFile(join(folder, "1-4.sealed"), "utf8");
  assert.doesNotMatch(sealed, /hunter2/);
  await writeFile(join(folder, "1-5.sealed"), sealed);
  await assert.rejects(box.read(other!), /does not open with/);
  await rm(join(folder, "master.key"));
  await assert.rejects(
    (await openSecretBox(folder, seededRandom(3))).read(ours!),
    /enter the account's credentials again/,
  );
});
