import { sandboxCarrier } from "#connectors/carriers/sandbox/carrier.ts";
import { sandboxChannel } from "#connectors/channels/sandbox/channel.ts";
import { diskFiles } from "#connectors/files/disk.ts";
import type { Carrier, Channel, Gate, Supplier } from "#connectors/ports.ts";
import { sandboxSupplier } from "#connectors/suppliers/sandbox/supplier.ts";
import type { WorkspaceId } from "#domain/ids.ts";
import type { Engine, Log } from "#engine/context.ts";
import { createGate } from "#gate/gate.ts";
import { Journal, type JournalLine, type JournalStore } from "#gate/journal.ts";
import { profiles as worldProfiles } from "#sandbox/profile.ts";
import { createWorld, type World } from "#sandbox/world.ts";
import { openDb, type Db } from "#store/db.ts";
import { IdAllocator } from "#store/ids.ts";
import { KeptOrders, mostKept } from "#store/kept-orders.ts";
import { sql } from "#store/sql.ts";
import { Keyring } from "#store/vault/keyring.ts";
import { masterKeysInMemory } from "#store/vault/master-keys.ts";
import { withoutSecrets } from "#store/vault/vault.ts";
import { Attempts } from "./attempts.ts";
import { ChangedTables } from "./changed-tables.ts";
import { openMonitor, type Monitor, type SimCluster, type SimDatabase } from "./cluster.ts";
import { CoverageTable } from "./coverage.ts";
import { isOfTheConnection } from "./doorbell.ts";
import { Faults, type FaultKind, type Focus, type ProfileName } from "./faults.ts";
import { gateOver } from "./gate-wire.ts";
import { outsideOf, type Outage, type SentRequest, type WayOut } from "./outside.ts";
import { SimProcess, type Seen } from "./process.ts";
import { streamsOf, type Streams } from "./random.ts";
import type { Restored } from "./restore-facts.ts";
import { Scheduler, type Actor, type TraceLine } from "./scheduler.ts";
import { openTenants, type Tenant, type WorldOptions } from "./tenants.ts";

export interface TownOptions {
  seed: number;
  profile: ProfileName;
  mode: "statement" | "transaction";
  without: ReadonlySet<FaultKind>;
  focus?: Focus | undefined;
  onTrace?: ((line: TraceLine) => void) | undefined;
}

/** A process of the product with an engine in it: a worker, or an API process whose handlers people press. */
export interface Running {
  process: SimProcess;
  engine: Engine;
}

/** What a person was told: that this order is cancelled and nothing of it was bought. */
export interface Acknowledged {
  workspaceSlug: string;
  channelOrderId: string;
  at: number;
  step: number;
}

/** Something that was answered to somebody of a workspace. */
export interface Told {
  step: number;
  workspaceSlug: string;
  text: string;
}

/** Everything of one run: the processes, the world outside, and what the harness wrote down about both. */
export interface Town {
  readonly seed: number;
  readonly streams: Streams;
  readonly scheduler: Scheduler;
  readonly monitor: Monitor;
  /** The harness's own eye, for looks between two steps. */
  readonly eye: Db;
  readonly faults: Faults;
  readonly attempts: Attempts;
  readonly changed: ChangedTables;
  readonly coverage: CoverageTable;
  readonly tenants: readonly Tenant[];
  readonly workers: readonly Host[];
  readonly webs: readonly Host[];
  readonly gate: Host;
  readonly database: SimDatabase;
  /** The gate's journal, on a disk that survives everything. */
  readonly journal: JournalLine[];
  /** SM-30. Set when an older copy has taken the database's place. */
  restored: Restored | null;
  readonly sent: SentRequest[];
  readonly acknowledged: Acknowledged[];
  readonly told: Told[];
  /** Attempts that a person said the untrue about. */
  readonly mistakes: { attemptReference: string }[];
  readonly thrown: string[];
  readonly counts: { lockWaits: number; deadlocks: string[][]; statements: number };
  readonly outages: Outage[];
  /** Those that were. */
  readonly silences: { from: number; until: number }[];
  /** Somebody of the harness's own, who never dies. */
  readonly harness: Actor;
  /** Everybody who sits before a screen. */
  readonly people: Actor;
  /** Rung by each commit that makes work. */
  onRing: () => void;
  /** Rung when the database is another one: what was known of it is not so any more. */
  onOtherDatabase: () => void;
  /** kill -9 for everybody who runs here. */
  killAll(): Promise<void>;
  /** Puts back up whatever is down. */
  close(): Promise<void>;
}

/** A place where a process runs, and a new one after each death. */
export interface Host {
  readonly name: string;
  current(): Running | null;
}

export async function openTown(cluster: SimCluster, options: TownOptions): Promise<Town> {
  const { seed, profile, mode, without, focus } = options;
  const streams = streamsOf(seed);
  const database = await cluster.makeDatabase();
  const monitor = await openMonitor(database.config("postgres"));
  const attempts = new Attempts();
  const changed = new ChangedTables();
  const coverage = new CoverageTable();
  const faults = new Faults({ profile, without, focus, streams, attempts, coverage, now: () => scheduler.now });
  const counts: Town["counts"] = { lockWaits: 0, deadlocks: [], statements: 0 };
  const ties = streams.stream("ties");
  const startMs = Date.parse("2026-11-23T08:00:00Z");
  const scheduler = new Scheduler({
    startMs,
    monitor,
    tie: () => ties.next(),
    onResume: (actor, point) => faults.decide(actor, point),
    onDeadlock: (actors) => void counts.deadlocks.push([...actors]),
    onLockWait: () => void (counts.lockWaits += 1),
  });
  scheduler.onTrace = options.onTrace ?? null;

  const eye = openDb(database.config("switchyard_engine"), { max: 1 });
  const now = new Date(startMs);
  await eye.run(
    sql`insert into installation (only_one, id, token_digest, home, started_at, heartbeat_at) values (true, 'simulation', '', '', ${now}, ${now})`,
  );
  const worldOf = ({ name, speed, log }: WorldOptions): World =>
    createWorld({
      seed: `${seed}-${name}`,
      now: () => new Date(Math.floor(scheduler.now)),
      log,
      profile:
        profile === "calm" || without.has("world")
          ? worldProfiles.calm
          : profile === "normal"
            ? worldProfiles.demo
            : worldProfiles.hostile,
      settings: {
        speed,
        ordersAtStart: 0,
        ordersPerMinute: 0,
        quietOrdersPerMinute: 0,
        historyDays: 0,
        opens: "at_start",
      },
    });
  const tenants = await openTenants(eye, { now, luck: streams.stream("set-up"), worldOf, files: diskFiles });

  const outages: Outage[] = [];
  const sent: SentRequest[] = [];
  const way: WayOut = {
    worlds: new Map(tenants.map((each) => [each.host, each.world])),
    attempts,
    faults,
    sent,
    silenceOf: (host, supplier, at) =>
      outages.find((each) => each.host === host && each.supplier === supplier && at >= each.from && at < each.until),
  };
  const pidsOfRings = new Set<number>();
  const disk: JournalLine[] = [];
  const town: Town = {
    seed,
    streams,
    scheduler,
    monitor,
    eye,
    faults,
    attempts,
    changed,
    coverage,
    tenants,
    workers: [],
    webs: [],
    gate: { name: "gate", current: () => null },
    database,
    journal: disk,
    restored: null,
    sent,
    acknowledged: [],
    told: [],
    mistakes: [],
    thrown: [],
    counts,
    outages,
    silences: [],
    harness: { name: "harness", isAlive: true, pausedUntil: 0 },
    people: { name: "people", isAlive: true, pausedUntil: 0 },
    onRing: () => {},
    onOtherDatabase: () => {},
    async killAll() {
      for (const { process } of hosts) if (process !== null) await scheduler.onKill(process);
    },
    async close() {
      for (const host of hosts) host.current()?.process.shut();
      await eye.end();
      await monitor.close();
      await database.drop();
    },
  };
  const onSeen = (seen: Seen): void => {
    counts.statements += 1;
    attempts.see(seen, scheduler.now);
    changed.see(seen);
    // What a doorbell would hear: a notification counts when its transaction is committed.
    if (seen.text.includes("pg_notify")) pidsOfRings.add(seen.pid);
    if (seen.text === "rollback" || seen.rows === null) pidsOfRings.delete(seen.pid);
    if (seen.text === "commit" && pidsOfRings.delete(seen.pid)) town.onRing();
  };

  const hosts: HostOfOne[] = [];
  const hostOf = (name: string, boot: Boot, isWeb = false): HostOfOne => {
    const { harness } = town;
    const host = new HostOfOne({ name, scheduler, streams, harness, database, mode, onSeen, boot, isWeb });
    hosts.push(host);
    return host;
  };
  const suppliers = new Map<string, Supplier>([["sandbox", sandboxSupplier]]);
  const channels = new Map<string, Channel>([["sandbox", sandboxChannel]]);
  const carriers = new Map<string, Carrier>([["sandbox", sandboxCarrier]]);

  const gate = hostOf("gate", async (process) => {
    const journal = await Journal.open(diskOf(process, disk), () => process.clock.now());
    const outside = outsideOf(process, way);
    return createGate({
      db: process.db,
      clock: process.clock,
      monotonicMs: () => scheduler.now,
      outside,
      connectors: suppliers,
      journal,
      secrets: async () => ({}),
      buggify: async (point) => void (await process.at("point", point)),
    });
  });
  const sealing = streams.stream("vault");
  const masterKeys = masterKeysInMemory(sealing);
  const withEngine =
    (slot: number): Boot =>
    async (process): Promise<Engine> => ({
      db: process.db,
      clock: process.clock,
      ids: new IdAllocator(process.luck, () => process.clock.now()),
      slot,
      kept: new KeptOrders(mostKept),
      batch: focus?.batch ?? streams.stream(`batch:${process.name}`).pick([1, 5, 20, 100, 500]),
      actor: `worker:${process.name}`,
      channels,
      carriers,
      gate: gateOver({ current: () => gate.gate() }, suppliers, process),
      outside: outsideOf(process, way),
      vault: withoutSecrets(new Keyring({ masterKeys, random: sealing, clock: process.clock })),
      log: logOf(process, town),
      buggify: async (point) =>
        void (await process.at("point", point, process.luck.chance(0.2) ? process.luck.whole(0, 2_000) : 0)),
    });
  const workers = [1, 2, 3].map((no) => hostOf(`worker${no}`, withEngine(no)));
  const webs = [4, 5].map((no) => hostOf(`web${no - 3}`, withEngine(no), true));
  Object.assign(town, { workers, webs, gate });

  scheduler.onKill = async (actor) => {
    const host = hosts.find((each) => each.process === actor);
    await host?.die();
  };
  scheduler.onCrash = async () => {
    scheduler.letAll();
    await cluster.crash();
    await monitor.reconnect();
    for (const host of hosts) await host.process?.disconnected();
    await scheduler.answered();
  };
  for (const host of hosts) void host.start();
  return town;
}

type Boot = (process: SimProcess) => Promise<Engine | Gate>;

interface HostOptions {
  name: string;
  scheduler: Scheduler;
  streams: Streams;
  harness: Actor;
  database: SimDatabase;
  mode: "statement" | "transaction";
  onSeen: (seen: Seen) => void;
  boot: Boot;
  /** It answers people, so it also reads as the role that sees one workspace. */
  isWeb: boolean;
}

/** One process at a time: when it dies another one is started, seconds later. */
class HostOfOne implements Host {
  readonly name: string;
  process: SimProcess | null = null;
  #made: Engine | Gate | null = null;
  #incarnation = 0;
  readonly #options: HostOptions;
  constructor(options: HostOptions) {
    this.name = options.name;
    this.#options = options;
  }

  current(): Running | null {
    return this.process === null || this.#made === null
      ? null
      : { process: this.process, engine: this.#made as Engine };
  }
  gate(): { process: SimProcess; gate: Gate } | null {
    return this.process === null || this.#made === null ? null : { process: this.process, gate: this.#made as Gate };
  }

  async start(): Promise<void> {
    const { name, scheduler, streams, database, mode, onSeen, boot, isWeb } = this.#options;
    this.#incarnation += 1;
    const process = new SimProcess({
      name: `${name}.${this.#incarnation}`,
      scheduler,
      luck: streams.stream(`process:${name}.${this.#incarnation}`),
      config: database.config("switchyard_engine"),
      readConfig: isWeb ? database.config("switchyard_api") : undefined,
      isStatementMode: mode === "statement",
      onSeen,
    });
    this.process = process;
    this.#made = await boot(process);
  }

  async die(): Promise<void> {
    const { name, scheduler, streams, harness } = this.#options;
    const dead = this.process;
    if (dead === null) return;
    this.process = null;
    this.#made = null;
    await dead.kill();
    const afterMs = streams.stream(`restart:${name}`).whole(1_000, 20_000);
    void scheduler.park(harness, { kind: "start", what: `restart ${name}` }, afterMs).then(() => this.start());
  }
}

/** The gate's journal on a disk that survives it: a line counts once it is written. */
export function diskOf(process: SimProcess, lines: JournalLine[]): JournalStore {
  return {
    load: async (since) => lines.filter((line) => line.at >= since),
    async write(more) {
      await process.at("disk", "journal", process.luck.whole(0, 3));
      lines.push(...structuredClone(more));
      await process.at("disk", "journal written");
    },
    close: async () => {},
  };
}

function logOf(process: SimProcess, town: Town): Log {
  const at =
    (level: string): Log["info"] =>
    (fields, message) => {
      town.scheduler.note(process, `${level}: ${message}`, JSON.stringify(fields));
      // What a lost connection undid is tried again; whoever logs it says so.
      if (level === "error" && !isOfTheConnection(fields["error"]))
        town.thrown.push(`${process.name} logged: ${message} ${JSON.stringify(fields)}`);
    };
  return { info: at("info"), warn: at("warn"), error: at("error") };
}

export type { Tenant, WorkspaceId };
