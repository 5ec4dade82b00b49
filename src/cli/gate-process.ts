import { runGate } from "#gate/main.ts";
import { HomeInUse } from "#gate/lock.ts";
import { openDb } from "#store/db.ts";
import { openStore } from "#store/server.ts";
import { readConfig } from "./config.ts";
import { monotonicMs, realClock, realRandom } from "./clock.ts";
import { loadConnectors } from "./connectors.ts";
import { createOutside } from "./outside.ts";
import { keyringOf, openVault } from "./vault.ts";

/**
 * The egress gate as a process of its own, started by `switchyard start` and `switchyard worker`. It ends when its parent does (standard input closes), when it
 * is told to, and when it slept: then it must not send what it was about to send. Where another worker's gate has this home it stands by until that one is
 * gone (SM-85).
 */
const config = readConfig(process.env);
/** How often who stands by looks whether the home is free. */
const standByMs = 500;
const stop = new AbortController();
process.once("SIGTERM", () => stop.abort());
process.once("SIGINT", () => {}); // Ctrl-C reaches the whole group; the parent says when
process.stdin
  .on("end", () => stop.abort())
  .on("error", () => stop.abort())
  .resume();

const store = await openStore({ dataDir: config.dataDir, env: config.env });
const db = openDb(store.engine(), { max: 6, clock: realClock });
const vault = openVault(store, keyringOf(config), "gate");
const outside = createOutside({ clock: realClock });
const { suppliers } = await loadConnectors();
try {
  process.stdout.write(`${JSON.stringify({ ready: true, pid: process.pid })}\n`);
  for (let says = true; !stop.signal.aborted; says = false) {
    try {
      await runGate({
        db,
        clock: realClock,
        random: realRandom,
        monotonicMs,
        outside,
        connectors: suppliers,
        vault,
        home: config.home,
        stop: stop.signal,
        onLag(lagMs) {
          process.stderr.write(
            `The gate stood still for ${Math.round(lagMs)} ms and ends itself; it is started anew.\n`,
          );
          process.kill(process.pid, "SIGKILL");
        },
      });
    } catch (error) {
      if (!(error instanceof HomeInUse)) throw error;
      if (says) process.stderr.write(`${error.message} This one stands by.\n`);
      await realClock.sleep(standByMs, stop.signal);
    }
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  outside.close();
  await vault.close();
  await db.end();
  await store.close();
}
