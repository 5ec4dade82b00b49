import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmod, mkdtemp, readFile, rename, rm, stat } from "node:fs/promises";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { testDatabase } from "#test/postgres.ts";

const marker = "mark-7f3a9c-swordfish";

test("VA-15 secrets are typed in, tried, listed without being shown, and their keys rotated, by command; doctor names a missing key", async (t) => {
  const database = await testDatabase(t);
  const folder = await mkdtemp(join(tmpdir(), "switchyard-vault-cli-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const env = {
    PATH: process.env["PATH"],
    DATABASE_URL: database.url("postgres"),
    SWITCHYARD_HOME: join(folder, "home"),
  };
  let printed = "";
  const sw = (args: string[], input = ""): Promise<{ code: number | null; out: string; err: string }> => {
    const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), ...args], { cwd: folder, env });
    let [out, err] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString("utf8")));
    child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString("utf8")));
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    return new Promise((resolve) =>
      child.on("close", (code) => {
        printed += out + err;
        resolve({ code, out, err });
      }),
    );
  };
  // A supplier that repeats the token it was given in each of its errors.
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers.authorization ?? "");
    response.writeHead(401, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: "credentials", message: `who is ${request.headers.authorization}?` }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await sw(["workspace", "create", "acme"]);
  const settings = ["--set", `baseUrl=${baseUrl}`, "--set", "supplier=northlight", "--set", "kind=key"];
  const added = await sw(["supplier", "add", "acme", "--kind", "sandbox", ...settings, "--account", "main"]);
  assert.equal(added.code, 0, added.err);

  const kept = await sw(["account", "credentials", "acme/main"], `${marker}\n`);
  const tried = await sw(["account", "test", "acme/main"]);
  const listed = await sw(["vault", "secrets", "--output", "json"]);
  const rotated = await sw(["vault", "rotate-data", "--output", "json"]);
  const rewrapped = await sw(["vault", "rotate-master", "--output", "json"]);
  const status = await sw(["vault", "status", "--output", "json"]);
  await sw(["account", "test", "acme/main"]);

  assert.equal(kept.code, 0, kept.err);
  assert.deepEqual([tried.code, tried.err.includes("does not let us in")], [1, true]);
  assert.deepEqual(asked, [`Bearer ${marker}`, `Bearer ${marker}`], "opened as it was, also after both rotations");
  const [secret] = (JSON.parse(listed.out) as { secrets: Record<string, unknown>[] }).secrets;
  assert.deepEqual(
    [secret?.["of"], secret?.["name"], secret?.["isSet"], secret?.["lastUsedFor"]],
    ["account acme/main", "token", true, "test"],
  );
  assert.deepEqual(JSON.parse(rotated.out), { dataKey: 2, resealed: 1, removed: 1 });
  assert.deepEqual(JSON.parse(rewrapped.out), { version: 2, wrapped: 1 });
  const path = join(folder, "home", "master.keys");
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  const { inUse, unused, works } = JSON.parse(status.out) as Record<string, unknown>;
  assert.deepEqual({ inUse, unused, works }, { inUse: [2], unused: [1], works: true });
  assert.equal(printed.includes(marker), false);
  const doctor = async (): Promise<string> => (await sw(["doctor"])).out;
  await chmod(path, 0o644);
  assert.match(await doctor(), /vault: .*can be read by others[^]*chmod 600/);
  await chmod(path, 0o600);
  await rename(path, `${path}.away`);
  assert.match(await doctor(), /vault: The vault's master key is missing[^]*Restore it/);
  assert.match((await sw(["account", "credentials", "acme/main"], "x\n")).err, /master key is missing/);
  await rename(`${path}.away`, path);
  assert.match(await doctor(), /vault +\S? *1 secrets; the master key/);
  assert.equal((await readFile(path, "utf8")).split("\n").filter((line) => /^\d/.test(line)).length, 2);
});
