import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileRead, FileSent, FilesIn } from "#api/files-in.ts";
import { BadMapping } from "#connectors/channels/file/order-mapping.ts";
import { guessMapping, parseMap, readOrders } from "#connectors/channels/file/read-orders.ts";
import { UnreadableFile } from "#connectors/files/table.ts";
import { guessList } from "#connectors/lists/guess-list.ts";
import { parseListMap, type ListKind } from "#connectors/lists/list-mapping.ts";
import { readList } from "#connectors/lists/read-list.ts";

/** IM-21. The command line's own readers, on a copy that only this process may read and that is gone afterwards. */
export const filesIn: FilesIn = {
  async read<T>(sent: FileSent, work: (file: FileRead) => Promise<T>): Promise<T | { unreadable: string }> {
    const folder = await mkdtemp(join(tmpdir(), "switchyard-import-"));
    const path = join(folder, "file");
    const file = { name: sent.name, sha256: createHash("sha256").update(sent.bytes).digest("hex") };
    try {
      await writeFile(path, sent.bytes, { mode: 0o600 });
      return await work({
        file,
        ...(sent.kind === "orders" ? await openOrders(path, sent) : await openList(path, sent.kind, sent)),
      });
    } catch (error) {
      if (error instanceof BadMapping || error instanceof UnreadableFile)
        return { unreadable: error.message.replaceAll(path, sent.name) };
      throw error;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function openOrders(path: string, { map, zone }: FileSent): Promise<Omit<FileRead, "file">> {
  // `@file` would be one of the server's own.
  const given = parseMap(noFile(map));
  const isZoneGiven = given.zone !== undefined;
  const { mapping, guessed, problems, hints } = await guessMapping(path, isZoneGiven ? given : { ...given, zone });
  return {
    readAs: isZoneGiven ? guessed : [...guessed, { part: "zone", value: zone, why: "the channel's" }],
    open: problems,
    hints,
    mapping,
    content: { kind: "orders", records: readOrders(path, mapping) },
  };
}

async function openList(path: string, kind: ListKind, sent: FileSent): Promise<Omit<FileRead, "file">> {
  const { map, zone, supplier } = sent;
  const given = parseListMap(kind, noFile(map));
  const { mapping, guessed, problems } = await guessList(kind, path, {
    ...given,
    ...(given.zone === undefined ? { zone } : {}),
    ...(supplier === undefined || given.columns?.["supplier"] !== undefined
      ? {}
      : { constants: { ...given.constants, supplier } }),
  });
  const read = { readAs: guessed, open: problems, hints: [], mapping };
  switch (kind) {
    case "links":
      return { ...read, content: { kind, records: readList(kind, path, mapping) } };
    case "stock":
      return { ...read, content: { kind, records: readList(kind, path, mapping) } };
    case "costs":
      return { ...read, content: { kind, records: readList(kind, path, mapping) } };
    case "tracking":
      return { ...read, content: { kind, records: readList(kind, path, mapping) } };
  }
}

function noFile(map: string): string {
  if (map.trimStart().startsWith("@"))
    throw new BadMapping("A map that is sent in names no file: write its parts, such as zone=Europe/London.");
  return map;
}
