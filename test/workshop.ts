import type { TestContext } from "node:test";
import { sandboxCarrier } from "#connectors/carriers/sandbox/carrier.ts";
import { sandboxChannel } from "#connectors/channels/sandbox/channel.ts";
import { diskFiles } from "#connectors/files/disk.ts";
import type { Outside, Supplier } from "#connectors/ports.ts";
import { csvSupplier } from "#connectors/suppliers/csv/supplier.ts";
import { sandboxSupplier } from "#connectors/suppliers/sandbox/supplier.ts";
import type { ManageContext } from "#engine/manage/context.ts";
import type { Stage } from "#engine/stage.ts";
import { stages as allStages } from "#engine/stages.ts";
import { createGate } from "#gate/gate.ts";
import { accountOwners } from "#gate/secrets.ts";
import { Journal, memoryStore, type JournalLine } from "#gate/journal.ts";
import type { WorldSettings } from "#sandbox/events.ts";
import { memoryLog } from "#sandbox/log.ts";
import { httpTo } from "#sandbox/outside.ts";
import { profiles, type Profile } from "#sandbox/profile.ts";
import { createWorld, type World } from "#sandbox/world.ts";
import { verifyInvariants } from "#store/invariants/verify.ts";
import { sql } from "#store/sql.ts";
import assert from "node:assert/strict";
import { ensureSandbox } from "#cli/sandbox-workspace.ts";
import { testEngine, VirtualClock, type TestEngine } from "./engine.ts";
import { testVault } from "./vault.ts";
import { testDatabase, type TestDatabase } from "./postgres.ts";

export interface Workshop {
  database: TestDatabase;
  engine: TestEngine;
  manage: ManageContext;
  clock: VirtualClock;
  world: World;
  /** What the gate wrote down. */
  journal: readonly JournalLine[];
  /** Runs all stages, moving the clock from timer to timer, until that instant. Answers how many rows moved. */
  run(until: Date): Promise<number>;
  /** The same for so long from now. */
  runFor(ms: number): Promise<number>;
}
export interface WorkshopOptions {
  seed?: string;
  now?: Date;
  profile?: Profile;
  settings?: Partial<WorldSettings>;
  stages?: readonly Stage[];
  suppliers?: [string, Supplier][];
  /** Stands between the connectors and the world. */
  around?: (http: Outside["http"]) => Outside["http"];
}

/** The real stages and the real gate on a real database, under a virtual clock, with the pretend world in this process. */
export async function aWorkshop(t: TestContext, options: WorkshopOptions = {}): Promise<Workshop> {
  const database = await testDatabase(t);
  const clock = new VirtualClock(options.now ?? new Date("2026-11-22T08:00:00Z"));
  const world = createWorld({
    seed: options.seed ?? "1",
    now: () => clock.now(),
    log: memoryLog(),
    profile: options.profile ?? profiles.calm,
    settings: { speed: 1, ...options.settings },
  });
  const wait = async (ms: number): Promise<void> => clock.advance(ms);
  const outside: Outside = {
    files: diskFiles,
    now: () => clock.now(),
    http: (options.around ?? plainly)(httpTo({ world, wait })),
  };
  const channels = new Map([["sandbox", sandboxChannel]]);
  const suppliers = new Map<string, Supplier>([
    ["sandbox", sandboxSupplier],
    ["csv", csvSupplier],
    ...(options.suppliers ?? []),
  ]);
  const lines: JournalLine[] = [];
  const journal = await Journal.open(memoryStore(lines), () => clock.now());
  const vault = testVault(database, () => clock.now());
  const gate = createGate({
    db: database.engine,
    clock,
    monotonicMs: () => clock.now().getTime(),
    outside,
    connectors: suppliers,
    journal,
    secrets: (account, purpose) => vault.open(accountOwners(account), purpose),
  });
  const engine = testEngine(database.engine, {
    clock,
    outside,
    gate,
    channels,
    carriers: new Map([["sandbox", sandboxCarrier]]),
    vault,
  });
  const now = clock.now();
  await database.engine.run(
    sql`insert into installation (only_one, id, token_digest, home, started_at, heartbeat_at) values (true, 'workshop', '', '', ${now}, ${now})`,
  );
  const manage: ManageContext = {
    db: database.engine,
    clock,
    ids: engine.ids,
    outside,
    channels,
    suppliers,
    vault,
    actor: "admin:test",
  };
  const stages = options.stages ?? allStages;
  const run = (until: Date): Promise<number> => runStages(engine, stages, until);
  return {
    database,
    engine,
    manage,
    clock,
    world,
    journal: lines,
    run,
    runFor: (ms) => run(new Date(clock.now().getTime() + ms)),
  };
}

const plainly = (http: Outside["http"]): Outside["http"] => http;

/** The sandbox workspace in it, set up as the product does. */
export const openSandbox = (workshop: Workshop, speed = 1): Promise<boolean> =>
  ensureSandbox(workshop.manage, { baseUrl: "http://127.0.0.1:1", speed });

export async function runStages(engine: TestEngine, stages: readonly Stage[], until: Date): Promise<number> {
  let total = 0;
  for (;;) {
    let moved = 0;
    for (const stage of stages) {
      moved += await stage.run(engine);
      await stage.settle?.(engine);
    }
    total += moved;
    if (moved > 0) continue;
    const dues = (await Promise.all(stages.map((stage) => stage.nextDue(engine.db)))).filter((due) => due !== null);
    const next = dues.length === 0 ? null : new Date(Math.min(...dues.map((due) => due.getTime())));
    if (next === null || next >= until) {
      engine.clock.moveTo(until);
      return total;
    }
    // What is due but was not taken (a lease, a limit) comes free with time.
    if (next <= engine.clock.now()) engine.clock.advance(1000);
    else engine.clock.moveTo(next);
  }
}

/** The invariants of the live database hold. */
export async function isClean({ database }: Workshop): Promise<void> {
  const report = await verifyInvariants(database.engine);
  assert.deepEqual(
    report.filter((each) => each.count > 0),
    [],
  );
}
