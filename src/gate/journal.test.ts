import assert from "node:assert/strict";
import { appendFile, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { Journal, JournalFolder, writeAdopted, type JournalLine } from "./journal.ts";

const at = (text: string): Date => new Date(text);
const noon = at("2026-11-22T12:00:00Z");
const about = (no: string, when: Date) => ({
  at: when,
  workspaceId: "1" as never,
  attemptId: no as never,
  reference: `SW-${no}`,
  requestHash: "h",
});
const sending = (no: string, when = noon): JournalLine => ({
  line: "sending",
  ...about(no, when),
  fence: 1,
  mode: "send",
});
const answered = (
  no: string,
  answer: Extract<JournalLine, { line: "answered" }>["answer"],
  when = noon,
): JournalLine => ({
  line: "answered",
  ...about(no, when),
  answer,
});
const placed = {
  status: "placed",
  supplierOrderId: "77",
  total: { amount: 2n ** 60n, currency: "EUR" },
  notAccepted: [],
} as const;
async function aFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "journal-"));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}
const openAt = (folder: string, now = noon): Promise<Journal> => Journal.open(new JournalFolder(folder), () => now);

test("PL-51 what was written is there after the process, amounts and all", async (t) => {
  const folder = await aFolder(t);
  const first = await openAt(folder);
  await Promise.all([
    first.append(sending("1")),
    first.append(sending("2")),
    first.append(answered("1", { ...placed, notAccepted: [] })),
  ]);
  await first.close();

  const second = await openAt(folder);

  assert.deepEqual(second.find("SW-1")?.answer, { ...placed, notAccepted: [] });
  assert.deepEqual([second.find("SW-2")?.wasSent, second.find("SW-2")?.answer], [true, null]);
  assert.equal(second.find("SW-3"), undefined);
});

test("PL-51 a line that a crash cut off is not believed and does not spoil the next one; a damaged one stops everything", async (t) => {
  const folder = await aFolder(t);
  const first = await openAt(folder);
  await first.append(sending("1"));
  await first.close();
  const [name] = await readdir(folder);
  await appendFile(join(folder, name!), '{"line":"sending","attemptId":"2"');

  const second = await openAt(folder);
  assert.equal(second.find("SW-2"), undefined);
  await second.append(sending("3"));
  await second.close();
  assert.equal((await openAt(folder)).find("SW-3")?.wasSent, true);

  await appendFile(join(folder, name!), "nonsense\n");
  await assert.rejects(openAt(folder), /2026-11-22\.ndjson is damaged in line 4\. Nothing is sent/);
});

test("PL-51 an answer that says more is never forgotten for one that says less", async (t) => {
  const journal = await openAt(await aFolder(t));
  await journal.append(answered("1", { status: "unknown", message: "time-out" }));
  await journal.append(answered("1", { ...placed, notAccepted: [] }));
  await journal.append(answered("1", { status: "unknown", message: "time-out" }));

  assert.equal(journal.find("SW-1")?.answer?.status, "placed");
});

test("PL-55 the journal knows since when its silence is proof: from its first line, and 36 days at most", async (t) => {
  const folder = await aFolder(t);
  const journal = await openAt(folder);
  assert.deepEqual([journal.knowsSince(at("2026-11-22T11:59:59Z")), journal.knowsSince(noon)], [false, true]);
  await journal.append(sending("1"));
  await journal.close();

  const later = await openAt(folder, at("2026-12-29T12:00:00Z"));

  assert.deepEqual([later.knowsSince(noon), later.knowsSince(at("2026-12-29T12:00:00Z"))], [false, true]);
  assert.equal(later.find("SW-1"), undefined);
});

test("PL-60 once a database was said to be home, the lines before that no longer speak against it", async (t) => {
  const folder = await aFolder(t);
  const journal = await openAt(folder);
  await journal.append(sending("1"));
  assert.deepEqual(
    (await openAt(folder)).newest(10).map((each) => each.reference),
    ["SW-1"],
  );

  await writeAdopted(folder, at("2026-11-22T13:00:00Z"));
  await journal.append(sending("2", at("2026-11-22T14:00:00Z")));
  await journal.close();

  assert.deepEqual(
    (await openAt(folder)).newest(10).map((each) => each.reference),
    ["SW-2"],
  );
  assert.match(await readFile(join(folder, "2026-11-22.ndjson"), "utf8"), /"adopted"/);
});
