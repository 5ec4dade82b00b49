import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readDatabaseSafety, type DatabaseSafety } from "#store/doctor.ts";
import { testDatabase } from "#test/postgres.ts";
import { address, backups, durability, homeFolder, mail, signInKey, type Finding } from "./doctor-safety.ts";

const sum = ({ status, next }: Finding): string => `${status}${next === "" ? "" : ": "}${next}`;

test("RN-25 keys and folders that others may read are found, with the command that closes them", async (t) => {
  const home = await mkdtemp(join(tmpdir(), "switchyard-home-"));
  t.after(() => rm(home, { recursive: true, force: true }));
  const key = join(home, "sign-in.key");

  assert.equal(sum(await homeFolder({ home })), "ok");
  await chmod(home, 0o755);
  assert.equal(sum(await homeFolder({ home })), `warning: chmod 700 ${home}`);
  assert.equal((await homeFolder({ home: join(home, "none") })).status, "ok");

  assert.equal((await signInKey({ home })).status, "ok");
  await writeFile(key, `${"ab".repeat(32)}\n`, { mode: 0o600 });
  assert.equal(sum(await signInKey({ home })), "ok");
  await chmod(key, 0o640);
  assert.equal(sum(await signInKey({ home })), `broken: chmod 600 ${key}`);
  await chmod(key, 0o600);
  await writeFile(key, "half");
  const damaged = await signInKey({ home });
  assert.equal(damaged.status, "broken");
  assert.match(damaged.says, /damaged/);
  assert.equal(JSON.stringify(damaged).includes("half"), false, "a key is never shown");
});

test("RN-25 an address without TLS, a proxy that nobody trusts and mail that is not sent are found", () => {
  const at = (url: string, ...trustedProxies: string[]): string => address({ url, trustedProxies }).status;
  assert.equal(at("http://127.0.0.1:4400"), "ok");
  assert.equal(at("http://orders.example.org"), "broken");
  assert.equal(at("https://orders.example.org"), "warning");
  assert.equal(at("https://orders.example.org", "127.0.0.1"), "ok");

  const sender = { url: "smtp://user:hunter2-marker@mail.example.org:587", from: "Switchyard <orders@example.org>" };
  const found = mail({ mail: sender, url: "https://orders.example.org" });
  assert.equal(found.status, "ok");
  assert.equal(JSON.stringify(found).includes("hunter2"), false);
  assert.equal(mail({ mail: null, url: "https://orders.example.org" }).status, "warning");
  assert.equal(mail({ mail: null, url: "http://127.0.0.1:4400" }).status, "ok");
});

test("RN-25 a database that may lose what it confirmed is broken, a crowded or an unencrypted one is told of", async (t) => {
  const good: DatabaseSafety = {
    fsync: "on",
    fullPageWrites: "on",
    synchronousCommit: "on",
    mostConnections: 100,
    connections: 40,
    isEncrypted: true,
    isLocal: false,
  };
  const of = (change: Partial<DatabaseSafety>): string[] =>
    durability({ ...good, ...change }, false)
      .filter(({ status }) => status !== "ok")
      .map(({ what, status }) => `${what} ${status}`);

  assert.deepEqual(of({}), []);
  assert.deepEqual(of({ fsync: "off" }), ["durability broken"]);
  assert.deepEqual(of({ fullPageWrites: "off" }), ["durability broken"]);
  assert.deepEqual(of({ synchronousCommit: "off" }), ["durability broken"]);
  assert.deepEqual(of({ synchronousCommit: "remote_apply" }), []);
  assert.deepEqual(of({ connections: 81 }), ["connections warning"]);
  assert.deepEqual(of({ isEncrypted: false }), ["database connection warning"]);
  assert.deepEqual(of({ isEncrypted: false, isLocal: true }), []);

  // The tests' own server is exactly such a one: it does not sync.
  const database = await testDatabase(t);
  const found = await readDatabaseSafety(database.engine);
  assert.deepEqual([found.fsync, found.fullPageWrites, found.synchronousCommit], ["off", "off", "off"]);
  assert.equal(found.isLocal, true);
  assert.ok(found.connections >= 1 && found.mostConnections >= found.connections);
});

test("RN-25 the age of the newest backup is what its manifest says", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "switchyard-backups-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const now = new Date("2026-11-22T12:00:00Z");
  assert.equal((await backups(join(folder, "none"), now)).status, "broken");
  assert.equal((await backups(folder, now)).status, "broken");
  for (const [name, takenAt] of [
    ["a", "2026-11-20T02:00:00Z"],
    ["b", "2026-11-21T02:00:00Z"],
  ] as const) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, "manifest.json"), JSON.stringify({ format: 1, takenAt }));
  }
  await mkdir(join(folder, "unfinished"));
  await writeFile(join(folder, "unfinished", "manifest.json"), '{"format"');
  const old = await backups(folder, now);
  assert.equal(old.status, "warning");
  assert.match(old.says, /newest of 2 is of 2026-11-21T02/);
  assert.equal((await backups(folder, new Date("2026-11-21T12:00:00Z"))).status, "ok");
});
