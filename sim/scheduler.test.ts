import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sql } from "#store/sql.ts";
import { CommitUnknown } from "#store/db.ts";
import { col, row } from "#store/row.ts";
import { openCluster, openMonitor, type Monitor, type SimCluster, type SimDatabase } from "./cluster.ts";
import { SimProcess, type Seen } from "./process.ts";
import { streamsOf } from "./random.ts";
import { Scheduler, type Actor, type Decision, type Point } from "./scheduler.ts";

let cluster: SimCluster;
before(async () => {
  cluster = await openCluster();
});
after(() => cluster.close());

interface Bench {
  scheduler: Scheduler;
  monitor: Monitor;
  open(name: string): SimProcess;
  seen: Seen[];
  lockWaits: number;
  deadlocks: (readonly string[])[];
}

/** A scheduler over a table with two rows; `decide` says what happens at each point. */
async function bench(
  work: (bench: Bench) => Promise<void>,
  decide: (actor: Actor, point: Point) => Decision = () => "go",
): Promise<void> {
  const database: SimDatabase = await cluster.makeDatabase();
  const monitor = await openMonitor(database.config("postgres"));
  await monitor.query("create table counted (id bigint primary key, n bigint not null)");
  await monitor.query("grant all on counted to switchyard_engine");
  await monitor.query("insert into counted values (1, 0), (2, 0)");
  const streams = streamsOf("test");
  const made: Bench = {
    monitor,
    seen: [],
    lockWaits: 0,
    deadlocks: [],
    scheduler: new Scheduler({
      startMs: 0,
      monitor,
      tie: () => streams.stream("ties").next(),
      onResume: (actor, point) => decide(actor, point),
      onDeadlock: (actors) => void made.deadlocks.push(actors),
      onLockWait: () => void (made.lockWaits += 1),
    }),
    open(name) {
      const process = new SimProcess({
        name,
        scheduler: made.scheduler,
        luck: streams.stream(name),
        config: database.config("switchyard_engine"),
        isStatementMode: true,
        onSeen: (each) => void made.seen.push(each),
      });
      opened.push(process);
      return process;
    },
  };
  const opened: SimProcess[] = [];
  made.scheduler.onKill = async (actor) => (actor as SimProcess).kill();
  try {
    await work(made);
  } finally {
    for (const process of opened) process.shut();
    await monitor.close();
    await database.drop();
  }
}

const Counted = row({ n: col.bigint });
/** Reads and writes what it read plus one: right only under a lock. */
const count = (process: SimProcess, id: number, isLocked: boolean): Promise<void> =>
  process.db.tx(async (tx) => {
    const { n } = await tx.one(
      Counted,
      isLocked
        ? sql`select n from counted where id = ${id}::bigint for update`
        : sql`select n from counted where id = ${id}::bigint`,
    );
    await tx.run(sql`update counted set n = ${n + 1n}::bigint where id = ${id}::bigint`);
  });
const countOf = async ({ monitor }: Bench): Promise<number> =>
  Number((await monitor.query<{ n: string }>("select n from counted where id = 1"))[0]!.n);

test("SM-2 several processes meet at real locks, and who forgets the lock loses an update", async () => {
  for (const isLocked of [true, false]) {
    await bench(async (made) => {
      const processes = ["a", "b", "c"].map(made.open);
      for (const process of processes) void count(process, 1, isLocked);
      await made.scheduler.run(60_000);
      if (isLocked) {
        assert.equal(await countOf(made), 3);
        assert.ok(made.lockWaits > 0, "somebody waited");
      } else assert.ok((await countOf(made)) < 3, "an update was lost");
    });
  }
});

test("SM-2 two that wait for each other are found, and one of them is cancelled", async () => {
  await bench(async (made) => {
    const [a, b] = ["a", "b"].map(made.open);
    const failed: string[] = [];
    const both = async (process: SimProcess, ids: readonly number[]): Promise<void> => {
      try {
        await process.db.tx(async (tx) => {
          for (const id of ids) {
            await tx.run(sql`update counted set n = n + 1 where id = ${id}::bigint`);
            await process.at("point", "between", 100);
          }
        });
      } catch {
        failed.push(process.name);
      }
    };
    void both(a!, [1, 2]);
    void both(b!, [2, 1]);
    await made.scheduler.run(60_000);
    assert.equal(made.deadlocks.length, 1);
    assert.equal(failed.length, 1, "the other one goes on");
    assert.equal(await countOf(made), 1);
  });
});

test("SM-3 a process that is killed never goes on, and its locks are free at once", async () => {
  let kills = 0;
  await bench(
    async (made) => {
      const [first, second] = ["first", "second"].map(made.open);
      let isDone = false;
      void count(first!, 1, true).then(() => (isDone = true));
      await made.scheduler.run(500);
      await count2(made, second!);
      assert.deepEqual([isDone, first!.isAlive, kills], [false, false, 1]);
      assert.equal(await countOf(made), 1, "only what the second one wrote");
    },
    (actor, { kind, what }) => {
      const isIt = actor.name === "first" && kind === "before" && what.startsWith("update");
      if (isIt) kills += 1;
      return isIt ? "kill" : "go";
    },
  );
});
async function count2(made: Bench, process: SimProcess): Promise<void> {
  let isDone = false;
  void count(process, 1, true).then(() => (isDone = true));
  await made.scheduler.run(60_000);
  assert.ok(isDone);
}

test("SM-4 a commit whose answer is lost has happened, and its process is told that it does not know", async () => {
  await bench(
    async (made) => {
      const process = made.open("a");
      let thrown: unknown;
      void count(process, 1, true).catch((error: unknown) => (thrown = error));
      await made.scheduler.run(60_000);
      assert.ok(thrown instanceof CommitUnknown);
      assert.equal(await countOf(made), 1);
    },
    (_actor, { kind, what }) => (kind === "after" && what === "commit" ? "reset" : "go"),
  );
});

test("SM-5 a process that is stopped sleeps through whatever runs out meanwhile", async () => {
  await bench(
    async (made) => {
      const process = made.open("a");
      const at: number[] = [];
      void (async () => {
        at.push(made.scheduler.now);
        await process.at("point", "sleepy");
        at.push(made.scheduler.now);
      })();
      await made.scheduler.run(3_600_000);
      assert.ok(at[1]! - at[0]! >= 900_000);
    },
    (() => {
      let isFirst = true;
      return (_actor: Actor, { what }: Point): Decision => {
        if (what !== "sleepy" || !isFirst) return "go";
        isFirst = false;
        return { pauseMs: 900_000 };
      };
    })(),
  );
});
