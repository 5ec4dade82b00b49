import type { Bench, BenchCase, Gate, Table } from "./case.ts";
import { hireCrew, type Crew } from "./crew.ts";
import { exactGate, notRun, wallGate } from "./gates.ts";
import { generatedDatabase } from "./generated.ts";
import { profileEngine } from "./profile.ts";
import { phases } from "./program.ts";
import { apartTables, bytesOf, cpuUs, orderTables, perSecond, runOn, runOnce, type Run, type Weight } from "./run.ts";
import type { BenchServer } from "./server.ts";
import { addSellers, makeSellers } from "./set-up.ts";
import { median, spread, withRange } from "./statistics.ts";

// ------------------------------------------------------------------ the engine against the ceiling

/** BE-7. The life of an order by the engine and by hand-written SQL, in turn (A B B A), one process against one connection, batch 500. */
export const engine: BenchCase = {
  name: "engine",
  about: "the life of an order, by the engine and by hand-written SQL that writes the same rows",
  isQuick: true,
  async run(bench) {
    if (bench.options.isProfile) return profileEngine(bench);
    const { isQuick } = bench.options;
    const orders = isQuick ? 1_000 : 5_000;
    const pairs = await inTurn(bench, {
      orders,
      processes: 1,
      batch: 500,
      pairs: bench.options.rounds ?? (isQuick ? 2 : 5),
    });
    const circumstances = circumstancesOf(pairs, isQuick);
    const [ceilingRun, engineRun] = [pairs[0]!.ceiling, pairs[0]!.engine];
    const [theirs, ours] = [ceilingRun.weight!, engineRun.weight!];
    const kept = (weight: Weight): number => bytesOf(weight, orderTables);
    const wall = ratios(pairs, perSecond);
    const cpu = cpuRatios(pairs);
    const wal = ratios(pairs, (run) => run.walBytes / run.orders);
    return {
      name: "engine",
      tables: [
        costTable("Engine and ceiling, batch 500, one process and one connection", pairs),
        phaseTable(pairs),
        weightTable(theirs, ours),
      ],
      figures: {
        wall_ratio_500: median(wall),
        ...(cpu === null ? {} : { cpu_ratio_500: median(cpu) }),
        wal_ratio_500: median(wal),
        wal_bytes_per_order: median(pairs.map(({ engine: run }) => run.walBytes / run.orders)),
        bytes_per_finished_order: kept(ours),
        bytes_of_raw_message: bytesOf(ours, ["inbox"]),
        bytes_of_decision: ours["decision"]?.rowBytes ?? 0,
        statements_per_order: engineRun.statements / orders,
        round_trips_per_commit: engineRun.roundTrips / engineRun.commits,
        fsyncs_per_order: engineRun.walFsyncs / orders,
      },
      gates: [
        wallGate(
          {
            name: "engine: speed against the ceiling, batch 500",
            measured: median(wall),
            target: 0.65,
            bound: "at least",
          },
          circumstances,
        ),
        wallGate(
          {
            name: "engine: processor time against the ceiling's",
            measured: cpu === null ? null : median(cpu),
            target: 1.6,
            bound: "at most",
          },
          circumstances,
        ),
        exactGate({
          name: "engine: log (WAL) against the ceiling's",
          measured: median(wal),
          target: 1.15,
          bound: "at most",
        }),
        exactGate({
          name: "engine: bytes per finished order against the ceiling's",
          measured: kept(ours) / kept(theirs),
          target: 1.15,
          bound: "at most",
          note: "raw messages and decisions apart",
        }),
        exactGate({
          name: "engine: bytes of a decision",
          measured: ours["decision"]?.rowBytes ?? null,
          target: 600,
          bound: "at most",
        }),
        ...tripGates(engineRun),
      ],
    };
  },
};

/**
 * Counted, not timed, per commit: how many commits an order takes part in depends on how many shops share a batch. A prototype without decisions needed 60 statements for a batch's whole life
 * and three round trips per commit; the engine reads orders and what they share before it decides, and does not come near that.
 */
const tripGates = (run: Run): Gate[] =>
  (
    [
      ["statements", run.statements, 25],
      ["round trips", run.roundTrips, 12],
      ["syncs of the log", run.walFsyncs, 1.5],
    ] as const
  ).map(([what, count, target]) =>
    exactGate({ name: `engine: ${what} per commit`, measured: count / run.commits, target, bound: "at most" }),
  );

// ------------------------------------------------------------------ processes

export const processes: BenchCase = {
  name: "processes",
  about: "two working processes against two connections of the ceiling",
  isQuick: true,
  async run(bench) {
    const { isQuick } = bench.options;
    const orders = isQuick ? 1_000 : 10_000;
    const pairs = await inTurn(bench, {
      orders,
      processes: 2,
      batch: 500,
      pairs: bench.options.rounds ?? (isQuick ? 1 : 5),
    });
    const wall = ratios(pairs, perSecond);
    const cpu = cpuRatios(pairs);
    return {
      name: "processes",
      tables: [costTable("Engine and ceiling, batch 500, two processes and two connections", pairs)],
      figures: {
        wall_ratio_2_processes: median(wall),
        ...(cpu === null ? {} : { cpu_ratio_2_processes: median(cpu) }),
      },
      gates: [
        wallGate(
          {
            name: "processes: speed of two against two connections",
            measured: median(wall),
            target: 0.45,
            bound: "at least",
          },
          circumstancesOf(pairs, isQuick),
        ),
      ],
    };
  },
};

// ------------------------------------------------------------------ batches

const sizes = [1, 10, 100, 500, 2000] as const;

/** Small batches are run with few orders: each costs many times more there. */
const ordersFor = (batch: (typeof sizes)[number], isQuick: boolean): number =>
  isQuick
    ? { 1: 10, 10: 50, 100: 300, 500: 1_000, 2000: 2_000 }[batch]
    : { 1: 100, 10: 500, 100: 2_000, 500: 5_000, 2000: 20_000 }[batch];

export const batches: BenchCase = {
  name: "batches",
  about: "the engine with 1, 10, 100, 500 and 2000 orders in a transaction",
  isQuick: true,
  async run(bench) {
    const { server, options, say } = bench;
    const { crew, sellers } = await standFor(bench, 1);
    const rounds: { ceiling: Run; engines: Map<number, Run> }[] = [];
    const count = options.rounds ?? (options.isQuick ? 1 : 5);
    for (let round = 0; round < count; round += 1) {
      say(`round ${round + 1} of ${count}`);
      const engines = new Map<number, Run>();
      const inOrder = round % 2 === 0 ? sizes : sizes.toReversed();
      let ceiling: Run | undefined;
      for (const batch of inOrder) {
        const orders = ordersFor(batch, options.isQuick);
        engines.set(batch, await runOnce(server, { program: "engine", crew, orders, batch, sellers }));
        if (batch === 2000) ceiling = await runOnce(server, { program: "ceiling", crew, orders, batch: 500, sellers });
      }
      rounds.push({ ceiling: ceiling!, engines });
    }
    const all = rounds.flatMap(({ ceiling, engines }) => [ceiling, ...engines.values()]);
    const circumstances = {
      foreignLoad: foreignLoadOf(all),
      spread: spread(rounds.map(({ ceiling }) => perSecond(ceiling))),
      isTooShort: options.isQuick,
    };
    const against = (a: number, b: number): number[] =>
      rounds.map(({ engines }) => perSecond(engines.get(a)!) / perSecond(engines.get(b)!));
    const of2000 = rounds.map(({ ceiling, engines }) => perSecond(engines.get(2000)!) / perSecond(ceiling));
    return {
      name: "batches",
      tables: [
        {
          title: "The engine by the size of its batches, one process",
          columns: [
            "orders in a transaction",
            "orders in a run",
            "orders per second",
            "Node µs",
            "PostgreSQL µs",
            "WAL bytes",
            "syncs",
            "statements",
            "round trips",
            "Node MB",
          ],
          rows: sizes.map((batch) => {
            const runs = rounds.map(({ engines }) => engines.get(batch)!);
            return [String(batch), runs[0]!.orders, ...costs(runs)];
          }),
          notes: ["All but memory per order; medians."],
        },
      ],
      figures: {
        batch_500_over_1: median(against(500, 1)),
        batch_10_over_1: median(against(10, 1)),
        wall_ratio_2000: median(of2000),
      },
      gates: [
        wallGate(
          { name: "batches: 500 against 1", measured: median(against(500, 1)), target: 12, bound: "at least" },
          circumstances,
        ),
        wallGate(
          { name: "batches: 10 against 1", measured: median(against(10, 1)), target: 5, bound: "at least" },
          circumstances,
        ),
        wallGate(
          {
            name: "batches: speed of 2000 against the ceiling's 500",
            measured: median(of2000),
            target: 0.75,
            bound: "at least",
          },
          circumstances,
        ),
      ],
    };
  },
};

// ------------------------------------------------------------------ an unknown database

export const start: BenchCase = {
  name: "start",
  about: "a database that was never analyzed: plans made while PostgreSQL knows nothing must not stay bad",
  isQuick: true,
  async run(bench) {
    const { server, options, say } = bench;
    const { crew, sellers: known } = await standFor(bench, 1);
    const unknown = await makeSellers(server, { analyze: false });
    const orders = options.isQuick ? 1_000 : 5_000;
    const pairs: { known: Run; unknown: Run }[] = [];
    const count = options.rounds ?? (options.isQuick ? 1 : 5);
    for (let pair = 0; pair < count; pair += 1) {
      say(`pair ${pair + 1} of ${count}`);
      const one = (sellers: string) => runOnce(server, { program: "engine", crew, orders, batch: 500, sellers });
      if (pair % 2 === 0) pairs.push({ known: await one(known), unknown: await one(unknown) });
      else pairs.push({ unknown: await one(unknown), known: await one(known) });
    }
    const all = pairs.flatMap((pair) => [pair.known, pair.unknown]);
    const ratio = cpuOver(pairs.map((pair) => [pair.unknown, pair.known]));
    return {
      name: "start",
      tables: [
        {
          title: "A database that PostgreSQL knows and one that it has never looked at, engine, batch 500",
          columns: [
            "database",
            "orders per second",
            "Node µs",
            "PostgreSQL µs",
            "WAL bytes",
            "syncs",
            "statements",
            "round trips",
            "Node MB",
          ],
          rows: [
            ["analyzed", ...costs(pairs.map((pair) => pair.known))],
            ["never analyzed", ...costs(pairs.map((pair) => pair.unknown))],
          ],
          notes: [
            "All but memory per order; medians. The order tables are empty at the beginning of every run, here and in all other cases.",
          ],
        },
      ],
      figures: named({ cpu_never_analyzed: ratio === null ? null : median(ratio) }),
      gates: [
        wallGate(
          {
            name: "start: processor time in a database never analyzed, against one that was",
            measured: ratio === null ? null : median(ratio),
            target: 1.3,
            bound: "at most",
          },
          { foreignLoad: foreignLoadOf(all), isTooShort: options.isQuick },
        ),
      ],
    };
  },
};

// ------------------------------------------------------------------ size

export const size: BenchCase = {
  name: "size",
  about: "the engine beside very many finished orders, against none",
  isQuick: true,
  async run(bench) {
    const { server, options, say } = bench;
    const wanted = {
      name: "size: processor time per order beside finished ones, against none",
      target: 1.15,
      bound: "at most",
    } as const;
    const finished = options.isQuick ? 8_000 : options.size;
    if (finished === 0)
      return {
        name: "size",
        tables: [],
        figures: {},
        gates: [notRun({ ...wanted, kind: "wall", note: "npm run bench -- --size 1000000" })],
      };
    const { crew, sellers: none } = await standFor(bench, 1);
    const many = await server.makeDatabase(await generatedDatabase(bench, { orders: finished, what: "finished" }));
    await addSellers(server, many, { analyze: true });
    const orders = options.isQuick ? 1_000 : 5_000;
    const pairs: { none: Run; many: Run }[] = [];
    const count = options.rounds ?? (options.isQuick ? 1 : 5);
    for (let pair = 0; pair < count; pair += 1) {
      say(`pair ${pair + 1} of ${count}`);
      const alone = () => runOnce(server, { program: "engine", crew, orders, batch: 500, sellers: none });
      const beside = () =>
        runOn(
          server,
          many,
          { first: pair * orders, count: orders },
          { program: "engine", crew, batch: 500, isVerified: false },
        );
      if (pair % 2 === 0) pairs.push({ none: await alone(), many: await beside() });
      else pairs.push({ many: await beside(), none: await alone() });
    }
    await server.dropDatabase(many);
    const ratio = cpuOver(pairs.map((pair) => [pair.many, pair.none]));
    return {
      name: "size",
      tables: [
        {
          title: `The engine beside ${finished.toLocaleString("en")} finished orders, batch 500`,
          columns: [
            "finished orders",
            "orders per second",
            "Node µs",
            "PostgreSQL µs",
            "WAL bytes",
            "syncs",
            "statements",
            "round trips",
            "Node MB",
          ],
          rows: [
            ["0", ...costs(pairs.map((pair) => pair.none))],
            [finished.toLocaleString("en"), ...costs(pairs.map((pair) => pair.many))],
          ],
          notes: [
            "All but memory per order; medians. After a checkpoint each touched page is logged whole once, and more orders lie on more pages: the log grows with it.",
          ],
        },
      ],
      figures: named({ cpu_beside_finished: ratio === null ? null : median(ratio), finished_orders: finished }),
      gates: [
        wallGate(
          {
            ...wanted,
            name: `size: processor time per order beside ${finished.toLocaleString("en")} finished ones, against none`,
            measured: ratio === null ? null : median(ratio),
          },
          {
            foreignLoad: foreignLoadOf(pairs.flatMap((pair) => [pair.none, pair.many])),
            spread: spread(pairs.map((pair) => perSecond(pair.none))),
            isTooShort: options.isQuick,
          },
        ),
      ],
    };
  },
};

// ------------------------------------------------------------------ runs in turn

interface Pair {
  ceiling: Run;
  engine: Run;
}

/** A B B A A B …: what slows the machine down meets both. */
async function inTurn(
  bench: Bench,
  wished: { orders: number; processes: number; batch: number; pairs: number },
): Promise<Pair[]> {
  const { server, say } = bench;
  const { crew, sellers } = await standFor(bench, wished.processes);
  const pairs: Pair[] = [];
  for (let pair = 0; pair < wished.pairs; pair += 1) {
    say(`pair ${pair + 1} of ${wished.pairs}, ${wished.orders} orders each`);
    const one = (program: Run["program"]) =>
      runOnce(server, { program, crew, orders: wished.orders, batch: wished.batch, sellers, isWeighed: pair === 0 });
    if (pair % 2 === 0) pairs.push({ ceiling: await one("ceiling"), engine: await one("engine") });
    else pairs.push({ engine: await one("engine"), ceiling: await one("ceiling") });
  }
  return pairs;
}

interface Stand {
  crew: Crew;
  sellers: string;
}
const stands = new WeakMap<BenchServer, Map<number, Promise<Stand>>>();

/** So many working processes and the sellers' database, made when first asked for and kept for all cases. */
function standFor(bench: Bench, count: number): Promise<Stand> {
  const here = stands.get(bench.server) ?? new Map<number, Promise<Stand>>();
  stands.set(bench.server, here);
  const stand = here.get(count) ?? makeStand(bench, count);
  here.set(count, stand);
  return stand;
}

/** Code that has never run is slower, and no installation is restarted for each order: the processes are warm before they are measured. */
async function makeStand({ server, options, say, atEnd }: Bench, count: number): Promise<Stand> {
  const crew = hireCrew(count);
  atEnd(() => crew.end());
  const sellers = await makeSellers(server);
  const orders = options.isQuick ? 400 : 2_000;
  say(`${orders} orders to warm up`);
  for (const program of ["engine", "ceiling"] as const)
    await runOnce(server, { program, crew, orders, batch: 500, sellers });
  return { crew, sellers };
}

function circumstancesOf(pairs: readonly Pair[], isTooShort: boolean) {
  return {
    foreignLoad: foreignLoadOf(pairs.flatMap((pair) => [pair.ceiling, pair.engine])),
    spread: spread(pairs.map((pair) => perSecond(pair.ceiling))),
    isTooShort,
  };
}

/** The median over all runs; null where the machine does not tell. */
function foreignLoadOf(runs: readonly Run[]): number | null {
  const known = runs.map((run) => run.foreignCores).filter((cores) => cores !== null);
  return known.length === 0 ? null : median(known);
}

/** The engine's over the ceiling's, pair by pair. */
const ratios = (pairs: readonly Pair[], of: (run: Run) => number): number[] =>
  pairs.map((pair) => of(pair.engine) / of(pair.ceiling));
const cpuRatios = (pairs: readonly Pair[]): number[] | null =>
  cpuOver(pairs.map((pair) => [pair.engine, pair.ceiling]));
function cpuOver(pairs: readonly (readonly [Run, Run])[]): number[] | null {
  const found = pairs.map(([above, below]) => [cpuUs(above), cpuUs(below)] as const);
  return found.some(([above, below]) => above === null || below === null)
    ? null
    : found.map(([above, below]) => above! / below!);
}

/** Without what this machine could not measure. */
const named = (figures: Record<string, number | null>): Record<string, number> =>
  Object.fromEntries(Object.entries(figures).filter((entry): entry is [string, number] => entry[1] !== null));

// ------------------------------------------------------------------ tables

/** orders per second, Node µs, PostgreSQL µs, WAL, syncs, statements, round trips, Node MB: medians, per order where it is a cost. */
function costs(runs: readonly Run[]): (number | null)[] {
  const middle = (of: (run: Run) => number): number => median(runs.map(of));
  const postgres = runs.map((run) => run.postgresCpuMs).filter((ms) => ms !== null);
  return [
    middle(perSecond),
    middle((run) => (run.nodeCpuMs * 1000) / run.orders),
    postgres.length < runs.length ? null : middle((run) => (run.postgresCpuMs! * 1000) / run.orders),
    middle((run) => run.walBytes / run.orders),
    middle((run) => run.walFsyncs / run.orders),
    middle((run) => run.statements / run.orders),
    middle((run) => run.roundTrips / run.orders),
    middle((run) => run.peakNodeBytes / 2 ** 20),
  ];
}

function costTable(title: string, pairs: readonly Pair[]): Table {
  const engines = pairs.map((pair) => pair.engine);
  const ceilings = pairs.map((pair) => pair.ceiling);
  const figure = (of: (run: Run) => number | null): (string | null)[] =>
    [ceilings, engines].map((runs) => {
      const found = runs.map(of);
      return found.includes(null) ? null : withRange(found as number[], digitsFor(found as number[]));
    });
  const line = (name: string, of: (run: Run) => number | null): (string | null)[] => {
    const both = pairs.map((pair) => [of(pair.engine), of(pair.ceiling)] as const);
    const ratio = both.some(([a, b]) => a === null || b === null || b === 0)
      ? null
      : withRange(both.map(([a, b]) => a! / b!));
    return [name, ...figure(of), ratio];
  };
  const per = (of: (run: Run) => number | null) => (run: Run) => {
    const found = of(run);
    return found === null ? null : found / run.orders;
  };
  return {
    title: `${title}: ${pairs.length} pairs of ${pairs[0]!.engine.orders} orders, median (smallest–largest)`,
    columns: ["per order", "ceiling", "engine", "engine / ceiling"],
    rows: [
      line("orders per second", perSecond),
      line("processor, all, µs", cpuUs),
      line(
        "processor, Node, µs",
        per((run) => run.nodeCpuMs * 1000),
      ),
      line(
        "processor, PostgreSQL, µs",
        per((run) => (run.postgresCpuMs === null ? null : run.postgresCpuMs * 1000)),
      ),
      line(
        "log (WAL), bytes",
        per((run) => run.walBytes),
      ),
      line(
        "syncs of the log",
        per((run) => run.walFsyncs),
      ),
      line(
        "statements",
        per((run) => run.statements),
      ),
      line(
        "round trips",
        per((run) => run.roundTrips),
      ),
      line("memory of a process, MB", (run) => run.peakNodeBytes / 2 ** 20),
      line("memory of PostgreSQL beside its buffers, MB", (run) =>
        run.peakPostgresBytes === null ? null : run.peakPostgresBytes / 2 ** 20,
      ),
      line("cores used by others", (run) => run.foreignCores),
    ],
  };
}

const digitsFor = (values: readonly number[]): number => (median(values) >= 100 ? 0 : median(values) >= 10 ? 1 : 3);

const phaseTable = (pairs: readonly Pair[]): Table => ({
  title: "Where the time goes, µs per order by wall",
  columns: ["phase", "ceiling", "engine", "engine / ceiling"],
  rows: phases.map(({ name }) => {
    const us = (run: Run): number => (run.phaseMs[name] * 1000) / run.orders;
    const [ceiling, ours] = [
      median(pairs.map((pair) => us(pair.ceiling))),
      median(pairs.map((pair) => us(pair.engine))),
    ];
    return [name, ceiling, ours, ours / ceiling];
  }),
});

function weightTable(ceiling: Weight, ours: Weight): Table {
  const names = [...new Set([...Object.keys(ceiling), ...Object.keys(ours)])].toSorted();
  const writes = (weight: Weight, name: string): string => {
    const { inserts = 0, updates = 0, deletes = 0 } = weight[name] ?? {};
    return [inserts, updates, deletes].map((each) => each.toFixed(2)).join(" / ");
  };
  const growing = [...orderTables, ...apartTables] as readonly string[];
  const total = (weight: Weight): number => bytesOf(weight, orderTables);
  return {
    title: "What is written per order (inserts / updates / deletes), and what a finished order weighs",
    columns: ["table", "ceiling", "engine", "ceiling, bytes", "engine, bytes", "of it indexes"],
    rows: [
      ...names.map((name) => [
        name,
        writes(ceiling, name),
        writes(ours, name),
        ...(growing.includes(name)
          ? [bytesOf(ceiling, [name]), bytesOf(ours, [name]), ours[name]?.indexBytes ?? 0]
          : ["–", "–", "–"]),
      ]),
      ["a finished order, raw message and decision apart", "", "", total(ceiling), total(ours), ""],
    ],
    notes: ["Bytes after the tables were rewritten, heap and indexes."],
  };
}
