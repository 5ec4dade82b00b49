import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { realClock, realRandom } from "#cli/clock.ts";
import { withoutSecrets } from "#store/vault/vault.ts";
import { aShopFloor, contracts } from "#test/shop.ts";
import { testKeyring } from "#test/vault.ts";
import { createGateClient } from "./client.ts";
import { homePaths } from "./home.ts";
import { HomeInUse } from "./lock.ts";
import { findGate, runGate } from "./main.ts";

test("PL-62 one gate runs on a home, is found by its askers, and leaves its journal to the next one", async (t) => {
  const floor = await aShopFloor(t, contracts.none);
  const home = await mkdtemp(join(tmpdir(), "gate-"));
  t.after(() => rm(home, { recursive: true, force: true }));
  const connectors = new Map([["shop", floor.shop.connector(contracts.none)]]);
  const start = (stop: AbortSignal) =>
    runGate({
      db: floor.database.engine,
      clock: { ...realClock, now: () => floor.clock.now() },
      random: realRandom,
      monotonicMs: () => floor.clock.now().getTime(),
      outside: floor.shop.outside(floor.clock),
      connectors,
      vault: withoutSecrets(testKeyring()),
      home,
      stop,
      onLag: () => assert.fail("it did not sleep"),
    });
  let at: { url: string; token: string } | null = null;
  const client = createGateClient({ where: () => at, connectors });
  t.after(() => client.close());
  const found = async (): Promise<void> => {
    while (at === null || !(await client.isThere())) {
      await realClock.sleep(20);
      at = await findGate(home, "inst-1");
    }
  };
  const call = await floor.armed();
  const said: string[] = [];

  const [first, second] = [new AbortController(), new AbortController()];
  const running = start(first.signal);
  await found();
  await assert.rejects(start(second.signal), HomeInUse);
  await client.place([call], (_call, answer) => said.push(answer.status));
  first.abort();
  await running;
  assert.equal(await client.isThere(), false);
  const again = start(second.signal);
  await found();
  await client.place([call], (_call, answer) => said.push(answer.status));
  second.abort();
  await again;

  assert.deepEqual([said, floor.shop.seen.length], [["placed", "placed"], 1]);
  const paths = homePaths(home, "inst-1");
  assert.equal((await stat(join(paths.folder, "gate.json"))).mode & 0o077, 0);
  assert.match(await readFile(join(paths.journal, "2026-11-22.ndjson"), "utf8"), /"sending"[^]*"answered"/);
});
