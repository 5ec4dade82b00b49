import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "#test/engine.ts";
import { testDatabase } from "#test/postgres.ts";
import { IdAllocator } from "./ids.ts";

test("ENG-16 ids that were drawn in a transaction which came to nothing are given to nobody", async (t) => {
  const { engine: db } = await testDatabase(t);
  const ids = new IdAllocator(seededRandom(1), () => new Date());
  const drawn: bigint[] = [];
  const draw = async (comesToNothing: boolean): Promise<void> => {
    const done = db.tx(async (tx) => {
      await ids.ensure(tx, 3);
      for (let no = 0; no < 3; no += 1) drawn.push(BigInt(ids.next()));
      if (comesToNothing) throw new Error("it came to nothing");
    });
    await (comesToNothing ? assert.rejects(done, /it came to nothing/) : done);
  };

  await draw(true);
  await draw(false);
  await draw(false);

  const [lost, first, second] = [drawn.slice(0, 3), drawn.slice(3, 6), drawn.slice(6)];
  const blockOf = (id: bigint): bigint => (id - 1n) / 1000n;
  const last = lost.map(blockOf).at(-1)!;
  // The first transaction drew eleven blocks, and none of them is used again; what was committed goes on where it was.
  assert.ok(
    first.every((id) => blockOf(id) > last + 9n),
    drawn.join(),
  );
  assert.deepEqual(
    second,
    first.map((id) => id + 3n),
  );
});

test("ENG-16 whoever else is deciding meanwhile has enough", async (t) => {
  const { engine: db } = await testDatabase(t);
  const ids = new IdAllocator(seededRandom(1), () => new Date());
  const seen = new Set<string>();
  await Promise.allSettled(
    Array.from({ length: 8 }, (_, no) =>
      db.tx(async (tx) => {
        await ids.ensure(tx, 900);
        if (no % 2 === 0) throw new Error("it came to nothing");
        for (let count = 0; count < 900; count += 1) seen.add(ids.next());
      }),
    ),
  );
  assert.equal(seen.size, 4 * 900);
});
