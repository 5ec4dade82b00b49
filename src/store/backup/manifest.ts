import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { StoreError } from "#store/store-error.ts";

/** What a backup says of itself: `manifest.json` in its folder, written last. */
export interface Manifest {
  format: 1;
  /** ISO 8601. The one moment that everything in it is of. */
  takenAt: string;
  /** Names it to suppliers; null: it was never started. */
  installation: string | null;
  /** The server it was taken of. */
  postgres: string;
  /** The schema it was taken of, in order. */
  migrations: { name: string; sha256: string }[];
  tables: BackupTable[];
  sequences: { schema: string; name: string; value: string }[];
  /** What lay beside the database: the sandbox's pretend world. */
  files: BackupFile[];
}
export interface BackupFile {
  /** In the backup's folder. */
  file: string;
  /** As it lies there. */
  bytes: number;
  sha256: string;
}
export interface BackupTable extends BackupFile {
  schema: string;
  name: string;
  columns: string[];
  rows: number;
}

export const manifestName = "manifest.json";

const damaged = (folder: string, what: string, cause?: unknown): StoreError =>
  new StoreError("backup_damaged", `The backup ${folder} is damaged: ${what}.`, "Take another backup.", cause);

/** BK-3. Reads what a backup says of itself and compares each of its files with it, before anything is done with them. */
export async function readManifest(folder: string): Promise<Manifest> {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(await readFile(join(folder, manifestName), "utf8")) as Manifest;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT")
      throw new StoreError(
        "backup_missing",
        `There is no backup in ${folder}: it has no ${manifestName}.`,
        "Name the folder that `switchyard backup` made, such as backups/switchyard-2026-11-22T101500Z.",
        error,
      );
    throw damaged(folder, `${manifestName} cannot be read`, error);
  }
  if (manifest.format !== 1)
    throw new StoreError(
      "backup_newer_than_code",
      `The backup ${folder} was written by a newer switchyard.`,
      "Restore it with the version that wrote it.",
    );
  for (const { file, bytes, sha256 } of [...manifest.tables, ...manifest.files]) {
    const found = await digestOf(join(folder, file)).catch((error: unknown) => {
      throw damaged(folder, `${file} cannot be read`, error);
    });
    if (found.bytes !== bytes || found.sha256 !== sha256) throw damaged(folder, `${file} is not what was written`);
  }
  return manifest;
}

export async function digestOf(path: string): Promise<{ bytes: number; sha256: string }> {
  const digest = createHash("sha256");
  let bytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    digest.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: digest.digest("hex") };
}
