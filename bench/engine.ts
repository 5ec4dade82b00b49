import type { Clock, Random } from "#domain/clock.ts";
import type { Engine } from "#engine/context.ts";
import type { Stage } from "#engine/stage.ts";
import { complete } from "#engine/stages/complete.ts";
import { follow } from "#engine/stages/follow.ts";
import { intake } from "#engine/stages/intake.ts";
import { place } from "#engine/stages/place.ts";
import { pull } from "#engine/stages/pull.ts";
import { release } from "#engine/stages/release.ts";
import { track } from "#engine/stages/track.ts";
import { verify } from "#engine/stages/verify.ts";
import { writeBack } from "#engine/stages/write-back.ts";
import { createGate } from "#gate/gate.ts";
import { Journal, memoryStore } from "#gate/journal.ts";
import { openDb } from "#store/db.ts";
import { IdAllocator } from "#store/ids.ts";
import { KeptOrders, mostKept } from "#store/kept-orders.ts";
import { Keyring } from "#store/vault/keyring.ts";
import { masterKeysInMemory } from "#store/vault/master-keys.ts";
import { withoutSecrets } from "#store/vault/vault.ts";
import { monotonicMs, realClock, realRandom } from "#cli/clock.ts";
import { aheadMs, type PhaseName, type Program, type ProgramOptions } from "./program.ts";
import { carrierOf, outsideOf, readAheadMs, shopOf, supplierOf } from "./trade.ts";

const stageOf: Record<Exclude<PhaseName, "take in">, Stage> = {
  verify,
  release,
  place,
  track,
  tell: writeBack,
  follow,
  complete,
};

/** As many as `switchyard start` gives its worker and its gate. */
const workerConnections = 4;
const gateConnections = 6;

/**
 * The product: its real stages over its real store, and its real gate (in this process, and with its journal in memory: the syncs of that file are not in the figures). Throws
 * when a stage logs a warning or an error, or when a supplier is asked twice for one reference.
 */
export async function openEngine({ database, range, batch, slot }: ProgramOptions): Promise<Program> {
  const clock = new AheadClock();
  const now = (): Date => clock.now();
  const db = openDb(database, { max: workerConnections });
  const gateDb = openDb(database, { max: gateConnections });
  const bought = new Set<string>();
  const complaints: string[] = [];
  const complain = (fields: Record<string, unknown>, message: string): void =>
    void complaints.push(`${message} ${JSON.stringify(fields)}`);
  const outside = outsideOf(now);
  const gate = createGate({
    db: gateDb,
    clock,
    monotonicMs,
    outside,
    connectors: new Map([
      [
        "bench",
        supplierOf(now, (reference) => {
          if (bought.has(reference)) complaints.push(`${reference} was bought twice`);
          bought.add(reference);
        }),
      ],
    ]),
    journal: await Journal.open(memoryStore(), now),
    secrets: async () => ({}),
  });
  const engine: Engine = {
    db,
    clock,
    ids: new IdAllocator(realRandom, now),
    slot,
    batch,
    kept: new KeptOrders(mostKept),
    actor: `worker:bench-${slot}`,
    channels: new Map([["bench", shopOf(range, now)]]),
    carriers: new Map([["bench", carrierOf(now)]]),
    gate,
    outside,
    vault: withoutSecrets(new Keyring({ masterKeys: masterKeysInMemory(oneKey), random: realRandom, clock })),
    log: { info: () => {}, warn: complain, error: complain },
    buggify: () => Promise.resolve(),
  };
  const refuseComplaints = (): void => {
    if (complaints.length > 0)
      throw new Error(`The engine did not come through its work clean: ${complaints.slice(0, 3).join("; ")}`);
  };
  let round = 0;
  return {
    async run(phase) {
      clock.ahead = aheadMs(phase);
      let total = 0;
      if (phase === "take in") {
        // A page of each shop. The crew sends all processes together into the next round: their clocks must not differ by more than a shop is lent for.
        clock.ahead = round * readAheadMs;
        round += 1;
        await pull.run(engine);
        total = await drain(engine, intake, refuseComplaints);
      } else total = await drain(engine, stageOf[phase], refuseComplaints);
      return total;
    },
    async close() {
      await Promise.all([db.end(), gateDb.end()]);
    },
  };
}

/** The same master key in every process and phase: one opens what another sealed. */
const oneKey: Random = { ...realRandom, bytes: (length) => new Uint8Array(length).fill(1) };

/** As the runner does: on and on while something is due. What is still under way may make more of it due. */
async function drain(engine: Engine, stage: Stage, refuseComplaints: () => void): Promise<number> {
  let total = 0;
  for (let moved = 1; moved > 0;) {
    moved = 0;
    for (let some = await stage.run(engine); some > 0; some = await stage.run(engine)) {
      moved += some;
      refuseComplaints(); // at once: what a stage puts aside may fall due again for ever
    }
    await stage.settle?.(engine);
    refuseComplaints();
    total += moved;
  }
  return total;
}

/** The machine's clock, some days ahead of it. */
class AheadClock implements Clock {
  ahead = 0;
  now(): Date {
    return new Date(realClock.now().getTime() + this.ahead);
  }
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return realClock.sleep(ms, signal);
  }
}
