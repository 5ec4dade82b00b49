import { execFile } from "node:child_process";
import { link, mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Random } from "#domain/clock.ts";
import { StoreError } from "#store/store-error.ts";

/** The keys that wrap every workspace's data keys, by version. They never lie in the database, nor in a copy of it. */
export interface MasterKeySet {
  /** New data keys are wrapped by this one. */
  newest: number;
  keys: ReadonlyMap<number, Uint8Array>;
}
export interface MasterKeys {
  /** The file, or "the command": where a person looks. */
  place: string;
  /** null: there are none yet. Throws a {@link StoreError} where they may not be used. */
  read(): Promise<MasterKeySet | null>;
  /** Makes the first one, unless somebody else just did. null: they are not ours to make. */
  make: (() => Promise<MasterKeySet>) | null;
  /** Adds a newer one. null: they are not ours to make. */
  add: (() => Promise<MasterKeySet>) | null;
}

/**
 * VA-4. The master keys in a file, a version and 64 hexadecimal digits a line, that only its owner may read. Made at the first need; written whole or not at
 * all, because a half-written key would lock every secret.
 */
export function masterKeyFile(path: string, random: Random): MasterKeys {
  async function read(): Promise<MasterKeySet | null> {
    const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return null;
      throw new StoreError(
        "master_key_unreadable",
        `The master key ${path} cannot be read: ${error.message}.`,
        "Give the file to the user that runs switchyard.",
        error,
      );
    });
    if (found === null) return null;
    if ((found.mode & 0o077) !== 0)
      throw new StoreError(
        "master_key_open",
        `The master key ${path} can be read by others.`,
        `Close it: chmod 600 ${path}. If somebody may have read it: npx switchyard vault rotate-master`,
      );
    const text = await readFile(path, "utf8").catch((error: Error) => {
      throw new StoreError(
        "master_key_unreadable",
        `The master key ${path} cannot be read: ${error.message}.`,
        "Give the file to the user that runs switchyard.",
        error,
      );
    });
    return parseMasterKeys(text, path);
  }
  async function written(lines: string): Promise<string> {
    const draft = `${path}.${Buffer.from(random.bytes(6)).toString("hex")}`;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await using file = await open(draft, "wx", 0o600);
    await file.writeFile(lines);
    await file.sync();
    return draft;
  }
  const line = (version: number): string => `${version} ${Buffer.from(random.bytes(32)).toString("hex")}\n`;
  const mustRead = async (): Promise<MasterKeySet> => {
    const set = await read();
    if (set === null)
      throw new StoreError(
        "master_key_missing",
        `The master key ${path} vanished while it was being made.`,
        "Try again.",
      );
    return set;
  };
  return {
    place: path,
    read,
    async make() {
      const draft = await written(header + line(1));
      try {
        await link(draft, path); // fails where somebody else was first: then theirs is the key
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      } finally {
        await rm(draft);
      }
      return mustRead();
    },
    async add() {
      const { newest } = await mustRead();
      const text = await readFile(path, "utf8");
      await rename(await written(`${text.trimEnd()}\n${line(newest + 1)}`), path);
      return mustRead();
    },
  };
}

/** VA-5. The master keys as a command prints them, in the form of the file: a key store of the company's, a hardware module, `cat` of a mounted file. */
export const masterKeyCommand = (command: string): MasterKeys => ({
  place: "what SWITCHYARD_MASTER_KEY_COMMAND prints",
  read: async () => parseMasterKeys(await run(command), "what SWITCHYARD_MASTER_KEY_COMMAND prints"),
  make: null,
  add: null,
});

/** For a world that does not outlive its process: a test, a simulation, a benchmark. */
export function masterKeysInMemory(random: Random): MasterKeys {
  const set: MasterKeySet = { newest: 1, keys: new Map([[1, random.bytes(32)]]) };
  return { place: "memory", read: async () => set, make: null, add: null };
}

/** Its output is never repeated, not even in an error: it may be the key. */
const run = (command: string): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile("/bin/sh", ["-c", command], { timeout: 30_000, maxBuffer: 64 * 1024 }, (error, printed) => {
      if (error === null) return resolve(printed);
      const why = error.killed === true ? "it did not end within 30 seconds" : `it ended with ${String(error.code)}`;
      reject(
        new StoreError(
          "master_key_command_failed",
          `SWITCHYARD_MASTER_KEY_COMMAND did not print the master key: ${why}.`,
          "Run it yourself as the user that runs switchyard, and correct it.",
        ),
      );
    });
  });

const header =
  "# Master keys of switchyard's vault: version and key. Who has this file and the database can read every secret. Keep a copy apart from the database.\n";

export function parseMasterKeys(text: string, place: string): MasterKeySet {
  const keys = new Map<number, Uint8Array>();
  text.split(/\r?\n/).forEach((line, index) => {
    if (line.trim() === "" || line.startsWith("#")) return;
    const [, version, digits] = /^([1-9]\d{0,5})\s+([0-9a-f]{64})\s*$/i.exec(line) ?? [];
    if (version === undefined || digits === undefined || keys.has(Number(version)))
      throw new StoreError(
        "master_key_damaged",
        `Line ${index + 1} of ${place} is no master key: expected a version of its own and 64 hexadecimal digits.`,
        "Restore it from your backup. Without it the secrets cannot be opened.",
      );
    keys.set(Number(version), Buffer.from(digits, "hex"));
  });
  if (keys.size === 0)
    throw new StoreError(
      "master_key_damaged",
      `There is no key in ${place}: expected lines of a version and 64 hexadecimal digits.`,
      "Restore it from your backup. Without it the secrets cannot be opened.",
    );
  return { newest: Math.max(...keys.keys()), keys };
}
