import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { notify } from "#engine/stages/notify.ts";
import { openSecretReader } from "#store/vault/secrets.ts";
import { vaultOf } from "#store/vault/vault.ts";
import { setUp, testEngine } from "../../../test/engine.ts";
import { testDatabase } from "../../../test/postgres.ts";
import { realRandom } from "../clock.ts";
import { Keyring } from "#store/vault/keyring.ts";
import { masterKeyFile } from "#store/vault/master-keys.ts";

test("WH-45 the commands show what the API shows: endpoints, deliveries and their tries; and send again, change and remove", async (t) => {
  const database = await testDatabase(t);
  const home = await mkdtemp(join(tmpdir(), "switchyard-webhook-"));
  t.after(() => rm(home, { recursive: true, force: true }));
  const sw = (...args: string[]): Promise<{ code: number | null; out: string; err: string }> => {
    const env = { PATH: process.env["PATH"], DATABASE_URL: database.url("postgres"), SWITCHYARD_HOME: home };
    const child = spawn(process.execPath, [join(import.meta.dirname, "../main.ts"), ...args], { cwd: home, env });
    let [out, err] = ["", ""];
    child.stdout.on("data", (chunk) => (out += String(chunk)));
    child.stderr.on("data", (chunk) => (err += String(chunk)));
    child.stdin.end();
    return new Promise((resolve) => child.on("close", (code) => resolve({ code, out, err })));
  };
  const ok = async (...args: string[]): Promise<string> => {
    const { code, out, err } = await sw(...args);
    assert.equal(code, 0, `${args.join(" ")}: ${err}`);
    return `${out}${err}`;
  };
  await setUp(testEngine(database.engine));
  const inside = await sw("webhook", "add", "https://10.0.0.7/hook");
  assert.equal(inside.code, 1);
  assert.match(inside.err, /10\.0\.0\.7 is not on the public internet.*SWITCHYARD_WEBHOOK_ALLOW=10\.0\.0\.7/s);
  const url = "https://hooks.example.com/a";
  assert.match(await ok("webhook", "add", url, "--events", "order.*", "--events", "hold.opened"), /^whsec_\S{44}\n/);

  // A worker of this installation: the same master key, an outside that refuses once.
  const answers = [500, 204, 204];
  const keyring = new Keyring({
    masterKeys: masterKeyFile(join(home, "master.keys"), realRandom),
    random: realRandom,
    clock: { now: () => new Date(), sleep: async () => {} },
  });
  const engine = {
    ...testEngine(database.engine, {
      now: new Date(Date.now() + 3_600_000),
      vault: vaultOf(
        keyring,
        openSecretReader({ db: database.vault, keyring, actor: "worker:test", now: () => new Date() }),
      ),
    }),
    webhooks: {
      objection: () => null,
      post: () => Promise.resolve({ status: answers.shift()!, retryAfterMs: null, text: "\u001b[31mno such hook" }),
    },
  };
  const work = async (): Promise<void> => {
    do await notify.settle!(engine);
    while ((await notify.run(engine)) > 0);
  };
  await ok("webhook", "test");
  await work();
  const [list, deliveries] = await Promise.all([
    ok("webhook", "list"),
    ok("webhook", "deliveries", "--output", "json"),
  ]);
  assert.match(list, /https:\/\/hooks\.example\.com\/a .*order\.\*, hold\.opened .*failing, 1 in a row/);
  const [delivery] = (JSON.parse(deliveries) as { deliveries: { id: string; state: string; last_status: number }[] })
    .deliveries;
  assert.deepEqual([delivery!.state, delivery!.last_status], ["waiting", 500]);
  const shown = await ok("webhook", "deliveries", url, "--delivery", delivery!.id);
  assert.match(shown, /Try 1, .*: answered 500\n {2}.*no such hook/);
  assert.ok(!shown.includes("\u001b"), "what a stranger answered does not steer the terminal");

  assert.match(await ok("webhook", "resend", "--delivery", delivery!.id), /One delivery is sent again/);
  engine.clock.advance(3_600_000);
  await work();
  assert.match(await ok("webhook", "change", url, "--events", "*", "--off"), /\*; off since/);
  assert.match(await ok("webhook", "remove", url), /is told nothing any more/);
});
