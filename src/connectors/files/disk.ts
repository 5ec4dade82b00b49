import { mkdir, open, readdir, readFile, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Files } from "../ports.ts";

/** The real file system. What it says is done survives a power cut: files are synced before they are closed, folders after their names changed. */
export const diskFiles: Files = {
  async write(path, bytes) {
    await using file = await open(path, "w");
    await file.writeFile(bytes);
    await file.sync();
    await syncFolder(dirname(path));
  },
  async rename(from, to) {
    await rename(from, to);
    await syncFolder(dirname(to));
    if (dirname(from) !== dirname(to)) await syncFolder(dirname(from));
  },
  exists: async (path) => (await statOrNull(path)) !== null,
  list: async (folder) => (await readdir(folder)).toSorted(),
  read: (path) => readFile(path),
  async makeFolder(folder) {
    await mkdir(folder, { recursive: true });
  },
  async stat(path) {
    const found = await statOrNull(path);
    return found === null ? null : { size: found.size, modifiedAt: found.mtime, isFolder: found.isDirectory() };
  },
};

/** Only "there is nothing" is null; a file that may not be looked at is an error, because it could be there. */
async function statOrNull(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    if (isCode(error, "ENOENT")) return null;
    throw error;
  }
}

async function syncFolder(folder: string): Promise<void> {
  try {
    await using handle = await open(folder, "r");
    await handle.sync();
  } catch (error) {
    // Windows and some network drives cannot sync a folder; their rename is as durable as they make it.
    if (!isCode(error, "EPERM", "EISDIR", "EINVAL", "ENOTSUP")) throw error;
  }
}

const isCode = (error: unknown, ...codes: string[]): boolean =>
  error instanceof Error && "code" in error && codes.includes(String(error.code));
