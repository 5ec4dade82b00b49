import assert from "node:assert/strict";
import { test } from "node:test";
import type { PurchaseCall } from "#connectors/ports.ts";
import type { Db } from "#store/db.ts";
import { LastLook } from "./last-look.ts";

const call = (no: number): PurchaseCall => ({
  workspaceId: "1" as never,
  attemptId: String(no) as never,
  fence: 3,
  mode: "send",
});

/** A database that answers when it is told to; of each statement only the attempts are kept. */
class SlowDatabase {
  readonly looks: string[][] = [];
  #pending: { answer: (rows: { attemptId: string; isSendable: boolean }[]) => void; fail: (error: Error) => void }[] =
    [];
  readonly db = {
    rows: (_shape: unknown, { values }: { values: readonly unknown[] }) => {
      this.looks.push(values[1] as string[]);
      return new Promise((answer, fail) => this.#pending.push({ answer, fail }));
    },
  } as unknown as Db;
  async answer(...sendable: number[]): Promise<void> {
    this.#pending.shift()!.answer(sendable.map((no) => ({ attemptId: String(no), isSendable: true })));
    await settled();
  }
  async fail(): Promise<void> {
    this.#pending.shift()!.fail(new Error("connection lost"));
    await settled();
  }
}
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("PL-51 purchases that stand at the same moment look together, and each gets its own answer", async () => {
  const slow = new SlowDatabase();
  const look = new LastLook(slow.db);

  const answers = Promise.all([1, 2, 3].map((no) => look.maySend(call(no))));
  await settled();
  await slow.answer(1, 3);

  assert.deepEqual(await answers, [true, false, true]);
  assert.deepEqual(slow.looks, [["1", "2", "3"]]);
});

test("PL-51 whoever asks while a look is under way gets the answer of a later one", async () => {
  const slow = new SlowDatabase();
  const look = new LastLook(slow.db);
  const first = look.maySend(call(1));
  await settled();

  const second = look.maySend(call(1));
  await settled();
  assert.equal(slow.looks.length, 1);
  await slow.answer(1);
  await slow.answer();

  assert.deepEqual([await first, await second], [true, false]);
});

test("PL-51 no more than a hundred look together, and a look that fails lets none of its own out", async () => {
  const slow = new SlowDatabase();
  const look = new LastLook(slow.db);
  const answers = Array.from({ length: 101 }, (_, no) => look.maySend(call(no)));
  const outcomes = Promise.allSettled(answers);
  await settled();

  await slow.fail();
  await slow.answer(100);

  const said = (await outcomes).map((each) => (each.status === "fulfilled" ? each.value : "failed"));
  assert.deepEqual(said, [...Array.from({ length: 100 }, () => "failed"), true]);
  assert.deepEqual(
    slow.looks.map((each) => each.length),
    [100, 1],
  );
});
