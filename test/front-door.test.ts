// docs/front-door.md, followed to the letter: its commands run as they stand there, against a server that its first section starts.
import assert from "node:assert/strict";
import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "..");

/** The commands of the page in their order; a line that only shows what is printed is a comment. */
async function commands(port: number): Promise<{ start: string; rest: string }> {
  const text = await readFile(join(root, "docs/front-door.md"), "utf8");
  const blocks = [...text.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, block = ""]) => block);
  assert.equal(blocks.length, 9);
  const [start = "", ...rest] = blocks.map((block) => block.replaceAll(":4400", `:${port}`));
  return { start, rest: rest.join("\n") };
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
};

test("AU-42 the page on the front door works as it is written: first start, signing in, inviting a colleague, a supplier and a prep worker, creating a key", async (t) => {
  const hasTools = spawnSync("bash", ["-c", "curl --help all | grep -q -- --json"]).status === 0;
  if (!hasTools) return t.diagnostic("not followed: it needs bash and a curl that knows --json");
  const folder = await mkdtemp(join(tmpdir(), "switchyard-front-door-"));
  const port = await freePort();
  // `npx switchyard` as in an installation, without npm looking for it.
  await mkdir(join(folder, "bin"));
  await writeFile(
    join(folder, "bin", "npx"),
    `#!/bin/sh\nshift\nexec "${process.execPath}" "${join(root, "src/cli/main.ts")}" "$@"\n`,
  );
  await chmod(join(folder, "bin", "npx"), 0o755);
  const env = {
    PATH: `${join(folder, "bin")}:${process.env["PATH"]}`,
    SWITCHYARD_DATA: join(folder, "data"),
    SWITCHYARD_HOME: join(folder, "home"),
    SWITCHYARD_PORT: String(port),
  };
  const { start, rest } = await commands(port);

  const server = spawn("bash", ["-c", `exec ${start.split("\n")[0]} --no-sandbox`], { cwd: folder, env });
  t.after(async () => {
    server.kill("SIGTERM");
    if (server.exitCode === null) await once(server, "exit");
    await rm(folder, { recursive: true, force: true });
  });
  let said = "";
  server.stdout.on("data", (chunk) => (said += String(chunk)));
  server.stderr.on("data", (chunk) => (said += String(chunk)));
  for (let waited = 0; !said.includes("Ready:"); waited += 50) {
    assert.ok(server.exitCode === null && waited < 60_000, said);
    await pause(50);
  }
  const link = /Set up the first account[^\n]*: (http:\S+\/set-up#\S{43})/.exec(said)?.[1] ?? "";
  const page = await fetch(link);
  assert.equal(page.status, 200);

  const { stdout } = await promisify(execFile)("bash", ["-e", "-o", "pipefail", "-c", rest], { cwd: folder, env });

  assert.match(stdout, /\{"status":"signed_in"\}/);
  assert.match(stdout, /"email":"anna@example\.org","second_factor":false/);
  assert.match(stdout, /"email":"bert@example\.org","role":"staff"/);
  const url = `http://127.0.0.1:${port}`;
  assert.match(stdout, new RegExp(`${url}/password#\\w{20,}`));

  assert.match(stdout, /"key":"swk_[0-9a-f]{12}_[0-9a-f]{64}"/);
  assert.match(stdout, /\{"total":0,"by_state":/);
  assert.match(stdout, /reports[^\n]*\n(?:[^\n]*\n)*[^\n]*dashboards|dashboards[^\n]*\n(?:[^\n]*\n)*[^\n]*reports/);
  const [key] = /swk_[0-9a-f]{12}_[0-9a-f]{64}/.exec(stdout) ?? [];
  const scoped = await fetch(`http://127.0.0.1:${port}/v1/channels`, { headers: { authorization: `Bearer ${key}` } });
  assert.equal(scoped.status, 403, "it has that scope and no more");

  // What the two who were invited then see.
  const post = (path: string, body: object, cookie = "") =>
    fetch(`${url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: url, cookie },
      body: JSON.stringify(body),
    });
  for (const email of ["sam@northwind.example", "pia@shelf.example"]) {
    const invited =
      stdout
        .split("\n")
        .flatMap((line) => line.split('{"id":"inv_'))
        .find((each) => each.includes(email)) ?? "";
    const token = /invitation#([\w-]{43})/.exec(invited)?.[1];
    const password = "some words nobody joins";
    assert.equal((await post("/v1/invitations/accept", { token, name: "x y", password })).status, 200, email);
    const signedIn = await post("/v1/auth/sign-in", { email, password });
    const cookie = signedIn.headers
      .getSetCookie()
      .map((each) => each.split(";", 1)[0])
      .join("; ");
    assert.equal((await fetch(`${url}/v1/desk`, { headers: { cookie } })).status, 200);
    assert.equal((await fetch(`${url}/v1/orders`, { headers: { cookie } })).status, 403);
  }
});
