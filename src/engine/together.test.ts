import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as aMoment } from "node:timers/promises";
import { Together } from "./together.ts";

/** A clock on which no time passes but what `pass` lets pass. */
function stillClock() {
  const sleepers: (() => void)[] = [];
  return {
    now: () => new Date("2026-11-22T12:00:00Z"),
    sleep: (_ms: number, signal?: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve();
        signal?.addEventListener("abort", () => resolve());
        sleepers.push(resolve);
      }),
    pass: (): void => sleepers.splice(0).forEach((wake) => wake()),
  };
}

test("ENG-13 answers of one moment share a commit of no more than a batch", async () => {
  const written: number[][] = [];
  const together = new Together<number>(
    { batch: 3, clock: stillClock() },
    async (some) => void written.push([...some]),
  );
  const say = async (answers: number[]): Promise<void> => together.add(answers);

  await together.end([say([1, 2]), say([3]), say([4]), say([])]);

  assert.deepEqual(written, [[1, 2, 3], [4]]);
});

test("ENG-13 a slow answer keeps no other from being recorded, and what comes during a commit shares the next one", async () => {
  const clock = stillClock();
  const written: number[][] = [];
  let commit = (): void => {};
  const together = new Together<number>({ batch: 100, clock }, async (some) => {
    written.push([...some]);
    await new Promise<void>((resolve) => (commit = resolve));
  });
  let slow = (): void => {};
  const isSlow = new Promise<void>((resolve) => (slow = resolve));

  const done = together.end([isSlow.then(() => together.add([4])), Promise.resolve(together.add([1]))]);
  await aMoment();
  const beforeAnyTime = written.length;
  clock.pass();
  await aMoment();
  const meanwhile = written.length;
  together.add([2]);
  together.add([3]);
  slow();
  await aMoment();
  commit();
  await aMoment();
  commit();
  await done;

  assert.deepEqual([beforeAnyTime, meanwhile], [0, 1]);
  assert.deepEqual(written, [[1], [2, 3, 4]]);
});

test("ENG-13 what kept an answer from being written, or a question from being asked, is said at the end, and the other answers are written", async () => {
  const written: number[][] = [];
  const together = new Together<number>(
    { batch: 10, clock: stillClock() },
    async (some) => void written.push([...some]),
  );
  const failing = new Together<number>({ batch: 10, clock: stillClock() }, () =>
    Promise.reject(new Error("the connection is gone")),
  );

  await assert.rejects(
    together.end([Promise.reject(new Error("no line")), Promise.resolve(together.add([1]))]),
    /no line/,
  );
  await assert.rejects(failing.end([Promise.resolve(failing.add([1]))]), /the connection is gone/);

  assert.deepEqual(written, [[1]]);
});
