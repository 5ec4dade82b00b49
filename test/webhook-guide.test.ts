import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { webhookTypes } from "#domain/webhook-event.ts";
import { testDatabase } from "./postgres.ts";

const root = join(import.meta.dirname, "..");
const guide = await readFile(join(root, "docs/webhooks.md"), "utf8");
const blocks = (language: string): string[] =>
  [
    ...guide.split("## What you can rely on")[0]!.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, "g")),
  ].map(([, text]) => text!.trim());

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

interface Running {
  child: ChildProcess;
  out: () => string;
  until(fits: (out: string) => boolean, ms?: number): Promise<string>;
}

/** Runs a line of the guide as a shell would; only the program's name, the receiver's port and the place of the data are another. */
function shell(t: TestContext, line: string, cwd: string, env: Record<string, string>): Running {
  const command = line
    .replace("npx switchyard", `"${process.execPath}" "${join(root, "src/cli/main.ts")}"`)
    .replace(" node ", ` "${process.execPath}" `);
  const child = spawn("sh", ["-c", `exec env ${command}`], {
    cwd,
    env: { PATH: process.env["PATH"]!, HOME: cwd, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, err] = ["", ""];
  child.stdout!.on("data", (chunk) => (out += String(chunk)));
  child.stderr!.on("data", (chunk) => (err += String(chunk)));
  t.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGTERM");
    await new Promise((resolve) => child.once("close", resolve));
  });
  return {
    child,
    out: () => out,
    async until(fits, ms = 60_000) {
      for (const deadline = Date.now() + ms; ; await pause(50)) {
        if (fits(out)) return out;
        if (Date.now() > deadline || (child.exitCode !== null && child.exitCode !== 0))
          assert.fail(`${line}\n${out}\n${err}`);
      }
    },
  };
}
async function run(t: TestContext, line: string, cwd: string, env: Record<string, string>): Promise<string> {
  const running = shell(t, line, cwd, env);
  const code = await new Promise((resolve) => running.child.once("close", resolve));
  assert.equal(code, 0, `${line}: ${running.out()}`);
  return running.out();
}

test("WH-70 the section Receiving a webhook, followed to the letter, ends with the test and the sandbox's orders at the receiver", async (t) => {
  const database = await testDatabase(t, { kind: "empty" });
  const folder = await mkdtemp(join(tmpdir(), "switchyard-guide-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const port = String(await freePort());
  const env = {
    DATABASE_URL: database.url("postgres"),
    SWITCHYARD_HOME: join(folder, "home"),
    SWITCHYARD_DATA: join(folder, "data"),
    SWITCHYARD_PORT: String(await freePort()),
  };
  const [receiver] = blocks("js");
  const [start, add, receiveAndTest] = blocks("sh").map((each) => each.replaceAll("8080", port));
  const [receive, sendTest] = receiveAndTest!.split("\n");
  await writeFile(join(folder, "receiver.mjs"), receiver!.replaceAll("8080", port));

  const server = shell(t, start!, folder, env);
  await server.until((out) => out.includes("Sandbox:"));
  const secret = (await run(t, add!, folder, env)).trim();
  assert.match(secret, /^whsec_\S+$/);
  const receiving = shell(t, receive!.replace("whsec_…", secret), folder, {});
  await run(t, sendTest!, folder, env);

  const printed = await receiving.until((out) => /webhook_endpoint\.test/.test(out) && /order\.received/.test(out));
  const messages = printed
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { type: keyof typeof webhookTypes; data: object });
  for (const { type } of messages) assert.ok(type in webhookTypes, type);
  const example = JSON.parse(blocks("json")[0]!) as { data: { text: string } };
  const sent = messages.find((each) => each.type === "webhook_endpoint.test")!;
  assert.equal((sent.data as { text: string }).text, example.data.text);
  assert.deepEqual(Object.keys(sent), Object.keys(example));

  // What is not ours the receiver of the guide refuses; what comes twice it does once.
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const now = Math.floor(Date.now() / 1000);
  const send = async (change: {
    id?: string;
    time?: number | string;
    body?: string;
    version?: string;
    signature?: string;
  }) => {
    const { id = "msg_guide", time = now, body = '{"type":"guide"}', version = "v1" } = change;
    const signature =
      change.signature ??
      `${version},${createHmac("sha256", key).update(`${id}.${time}.{"type":"guide"}`).digest("base64")}`;
    const headers = { "webhook-id": id, "webhook-timestamp": String(time), "webhook-signature": signature };
    return (await fetch(`http://localhost:${port}/`, { method: "POST", headers, body })).status;
  };
  assert.equal(await send({}), 204);
  assert.equal(await send({}), 204);
  assert.equal(
    await send({
      signature: `v1,AAAA ${`v1,${createHmac("sha256", key).update(`msg_two.${now}.{"type":"guide"}`).digest("base64")}`}`,
      id: "msg_two",
    }),
    204,
  );
  for (const wrong of [
    { body: '{"type":"other"}' },
    { version: "v2" },
    { time: now - 301 },
    { time: now + 302 },
    { time: "x" },
    { signature: "" },
  ])
    assert.equal(await send(wrong), 401, JSON.stringify(wrong));
  assert.equal(receiving.out().split('{"type":"guide"}').length - 1, 2, "two ids, each once");
});

test("WI-13 the section What a shop sends here, followed to the letter: orders come by webhook, are switched off and on again", async (t) => {
  const database = await testDatabase(t, { kind: "empty" });
  const folder = await mkdtemp(join(tmpdir(), "switchyard-guide-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const env = {
    DATABASE_URL: database.url("postgres"),
    SWITCHYARD_HOME: join(folder, "home"),
    SWITCHYARD_DATA: join(folder, "data"),
    SWITCHYARD_PORT: String(await freePort()),
  };
  const section = guide.split("## What a shop sends here")[1]!.split("\n## ")[0]!;
  const [switching, unread] = [...section.matchAll(/```sh\n([^]*?)```/g)].map(([, block]) => block!.trim());
  const [show, off, on] = switching!.split("\n");
  const server = shell(t, "npx switchyard start", folder, env);
  await server.until((out) => out.includes("Sandbox:"));
  const shown = async (line: string, fits: RegExp): Promise<void> => {
    for (const deadline = Date.now() + 60_000; ; await pause(250)) {
      const out = await run(t, line, folder, env);
      if (fits.test(out)) return;
      assert.ok(Date.now() < deadline, out);
    }
  };

  await shown(
    show!,
    /^webhooks +on\naddress +http:\/\/127\.0\.0\.1:\d+\/hooks\/[\w-]{32}\ntold +2[^\n]*\nlast message +2/,
  );
  await shown(off!, /^webhooks +off/);
  await shown(on!, /^webhooks +on/);
  await shown(show!, /^webhooks +on\n[^\n]*\ntold +2/);
  await run(t, unread!, folder, env);
});

test("WH-71 the guide lists every type with its meaning", () => {
  const rows = [...guide.matchAll(/^\| `([a-z_]+\.[a-z_]+)` \| (.+) \|$/gm)].map(([, type, about]) => [type, about]);
  assert.deepEqual(rows, Object.entries(webhookTypes));
});
