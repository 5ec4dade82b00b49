import assert from "node:assert/strict";
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { diskFiles } from "../../files/disk.ts";
import type { Files } from "../../ports.ts";
import { release, stage, whereIs, withdraw } from "./outbox.ts";
import { aFolder } from "./sample.ts";

const document = { fileName: "PO-1.csv", bytes: Buffer.from("PO1,WIDGET-1,2\r\n") };
const outbox = (folder: string): Promise<string[]> => readdir(join(folder, "outbox"));
const isNotSent = ({ status }: { status: string }): boolean => status === "not_sent";

class Killed extends Error {}
/** Dies at the n-th change of the disk: before it, halfway (a file of which a part is written), or after it and before anybody knows. */
function dyingFiles(n: number, when: "before" | "halfway" | "after"): Files {
  let changes = 0;
  const alive = <T>(answer: Promise<T>): Promise<T> => (changes >= n ? Promise.reject(new Killed()) : answer);
  const change = async (done: () => Promise<void>, halfDone: () => Promise<void>): Promise<void> => {
    if (changes >= n) throw new Killed();
    if (++changes < n) return done();
    if (when === "after") await done();
    if (when === "halfway") await halfDone();
    throw new Killed();
  };
  return {
    ...diskFiles,
    write: (path, bytes) =>
      change(
        () => diskFiles.write(path, bytes),
        () => diskFiles.write(path, bytes.subarray(0, bytes.length / 2)),
      ),
    rename: (from, to) =>
      change(
        () => diskFiles.rename(from, to),
        async () => {},
      ),
    exists: (path) => alive(diskFiles.exists(path)),
    read: (path) => alive(diskFiles.read(path)),
  };
}
/** write part, write mark, rename into staging, rename into the outbox */
const changesOfOneSending = 4;

test("CS-8 a document is complete in staging, then one rename sends it", async (t) => {
  const folder = { folder: await aFolder(t) };
  const renames: [string, string][] = [];
  const watched: Files = {
    ...diskFiles,
    rename: (from, to) => {
      renames.push([from, to]);
      return diskFiles.rename(from, to);
    },
  };

  assert.deepEqual(await stage(diskFiles, folder, document), { status: "staged" });
  assert.deepEqual(await readFile(join(folder.folder, "staging", "PO-1.csv")), document.bytes);
  assert.deepEqual(await outbox(folder.folder), []);
  assert.deepEqual(await release(watched, folder, document), { status: "left" });

  assert.deepEqual(renames, [[join(folder.folder, "staging", "PO-1.csv"), join(folder.folder, "outbox", "PO-1.csv")]]);
  assert.deepEqual(await readFile(join(folder.folder, "outbox", "PO-1.csv")), document.bytes);
});

test("CS-8 killed at any change of the disk, the folder tells the truth, and going on sends exactly once", async (t) => {
  const send = async (files: Files, folder: { folder: string }) => {
    await stage(files, folder, document);
    return release(files, folder, document);
  };
  assert.deepEqual(await send(dyingFiles(changesOfOneSending + 1, "before"), { folder: await aFolder(t) }), {
    status: "left",
  });
  for (const when of ["before", "halfway", "after"] as const) {
    for (let n = 1; n <= changesOfOneSending; n += 1) {
      const folder = { folder: await aFolder(t) };
      const moment = `${when} change ${n}`;

      await assert.rejects(send(dyingFiles(n, when), folder), Killed, moment);

      const isOut = (await outbox(folder.folder)).length > 0;
      assert.equal(isOut, n === changesOfOneSending && when === "after", moment);
      assert.equal((await whereIs(diskFiles, folder, "PO-1.csv")) === "left", isOut, moment);
      assert.equal((await stage(diskFiles, folder, document)).status, isOut ? "not_sent" : "staged", moment);
      assert.deepEqual(await release(diskFiles, folder, document), { status: "left" }, moment);
      assert.deepEqual(await outbox(folder.folder), ["PO-1.csv"], moment);
      assert.deepEqual(await readFile(join(folder.folder, "outbox", "PO-1.csv")), document.bytes, moment);
    }
  }
});

test("CS-8 a rename that reports an error all the same is believed only by the folder", async (t) => {
  const folder = { folder: await aFolder(t) };
  await stage(diskFiles, folder, document);
  const fails: Files = { ...diskFiles, rename: () => Promise.reject(new Error("EIO")) };
  const lies: Files = {
    ...diskFiles,
    rename: async (from, to) => diskFiles.rename(from, to).then(() => Promise.reject(new Error("EIO"))),
  };

  assert.deepEqual(await release(fails, folder, document), {
    status: "not_sent",
    message: "PO-1.csv could not be moved into the outbox: EIO",
  });
  assert.equal(await whereIs(diskFiles, folder, "PO-1.csv"), "staging");
  assert.deepEqual(await release(lies, folder, document), { status: "left" });
});

test("CS-9 a file that lies under the name in the outbox or in staging is never overwritten", async (t) => {
  const folder = { folder: await aFolder(t) };
  const theirs = join(folder.folder, "outbox", "PO-1.csv");

  await stage(diskFiles, folder, document);
  await writeFile(theirs, "somebody else's");
  assert.ok(isNotSent(await release(diskFiles, folder, document)));
  assert.equal(await readFile(theirs, "utf8"), "somebody else's");
  assert.equal(await whereIs(diskFiles, folder, "PO-1.csv"), "staging");

  await rm(theirs);
  assert.ok(isNotSent(await stage(diskFiles, folder, { ...document, bytes: Buffer.from("other") })));
  assert.deepEqual(await readFile(join(folder.folder, "staging", "PO-1.csv")), document.bytes);
  await writeFile(join(folder.folder, "outbox", "PO-2.csv"), "x");
  assert.ok(isNotSent(await stage(diskFiles, folder, { ...document, fileName: "PO-2.csv" })));
});

test("CS-10 staged and gone means sent, also after the supplier took the file away", async (t) => {
  const folder = { folder: await aFolder(t) };

  assert.equal(await whereIs(diskFiles, folder, "PO-1.csv"), "absent");
  await stage(diskFiles, folder, document);
  assert.equal(await whereIs(diskFiles, folder, "PO-1.csv"), "staging");
  await release(diskFiles, folder, document);
  assert.equal(await whereIs(diskFiles, folder, "PO-1.csv"), "left");
  await rm(join(folder.folder, "outbox", "PO-1.csv"));
  assert.equal(await whereIs(diskFiles, folder, "PO-1.csv"), "left");
});

test("CS-10 a drive that is not there proves nothing", async (t) => {
  const folder = { folder: await aFolder(t) };
  await stage(diskFiles, folder, document);
  await rename(folder.folder, `${folder.folder}-unplugged`);
  t.after(() => rm(`${folder.folder}-unplugged`, { recursive: true }));

  await assert.rejects(whereIs(diskFiles, folder, "PO-1.csv"), /If .* is on a drive, connect it/);
  await assert.rejects(release(diskFiles, folder, document), /connect it/);
  assert.ok(isNotSent(await stage(diskFiles, folder, { ...document, fileName: "PO-2.csv" })));
  await assert.rejects(readdir(folder.folder), /ENOENT/);
});

test("CS-11 what has left never leaves again, even for somebody who has forgotten", async (t) => {
  const folder = { folder: await aFolder(t) };
  await stage(diskFiles, folder, document);
  await release(diskFiles, folder, document);
  await rm(join(folder.folder, "outbox", "PO-1.csv")); // the supplier took it

  assert.deepEqual(await stage(diskFiles, folder, document), {
    status: "not_sent",
    message: "PO-1.csv has left before.",
  });
  assert.deepEqual(await release(diskFiles, folder, document), { status: "left" });

  assert.deepEqual(await outbox(folder.folder), []);
});

test("CS-12 a staged file that somebody changed does not leave", async (t) => {
  const folder = { folder: await aFolder(t) };
  await stage(diskFiles, folder, document);
  await writeFile(join(folder.folder, "staging", "PO-1.csv"), "PO1,WIDGET-1,2000\r\n");

  assert.deepEqual(await release(diskFiles, folder, document), {
    status: "not_sent",
    message: "PO-1.csv was changed in staging; only what was committed may leave.",
  });

  assert.deepEqual(await outbox(folder.folder), []);
});

test("CS-13 a staged document can be taken back until it left; then it never leaves", async (t) => {
  const folder = { folder: await aFolder(t) };
  await stage(diskFiles, folder, document);

  assert.equal(await withdraw(diskFiles, folder, "PO-1.csv"), "withdrawn");
  assert.equal(await withdraw(diskFiles, folder, "PO-1.csv"), "withdrawn");
  assert.equal(await whereIs(diskFiles, folder, "PO-1.csv"), "absent");
  assert.ok(isNotSent(await stage(diskFiles, folder, document)));
  assert.ok(isNotSent(await release(diskFiles, folder, document)));
  assert.equal(await withdraw(diskFiles, folder, "PO-2.csv"), "withdrawn"); // never staged
  assert.ok(isNotSent(await stage(diskFiles, folder, { ...document, fileName: "PO-2.csv" })));

  await stage(diskFiles, folder, { ...document, fileName: "PO-3.csv" });
  await release(diskFiles, folder, { ...document, fileName: "PO-3.csv" });
  assert.equal(await withdraw(diskFiles, folder, "PO-3.csv"), "left");
  assert.deepEqual(await outbox(folder.folder), ["PO-3.csv"]);
});

test("CS-13 killed while taking back, the document is either still in staging or taken back", async (t) => {
  for (const when of ["before", "after"] as const) {
    const folder = { folder: await aFolder(t) };
    await stage(diskFiles, folder, document);

    await assert.rejects(withdraw(dyingFiles(1, when), folder, "PO-1.csv"), Killed);

    assert.equal(await whereIs(diskFiles, folder, "PO-1.csv"), when === "before" ? "staging" : "absent");
    assert.equal(await withdraw(diskFiles, folder, "PO-1.csv"), "withdrawn");
  }
});
