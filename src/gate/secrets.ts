import { createCipheriv, createDecipheriv } from "node:crypto";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import type { AccountKey } from "#connectors/ports.ts";
import type { Random } from "#domain/clock.ts";

export interface SecretBox {
  /** {} where none were kept. */
  read(account: AccountKey): Promise<Record<string, string>>;
  keep(account: AccountKey, secrets: Record<string, string>): Promise<void>;
}

/**
 * PL-58. The accounts' secrets, one sealed file each in the gate's own folder: no worker, no API and no copy of the database ever has them. AES-256-GCM, a
 * key per secret that is itself sealed by the master key (so the master key can be changed without opening a secret), and the account's name bound into
 * both, so that a file moved to another account does not open.
 */
export async function openSecretBox(folder: string, random: Random): Promise<SecretBox> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const master = await masterKey(join(folder, "master.key"), random);
  return {
    async read(account) {
      const text = await readFile(pathOf(folder, account), "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return null;
        throw error;
      });
      if (text === null) return {};
      const [version, wrapped, sealed] = text.trim().split(".");
      if (version !== "v1" || wrapped === undefined || sealed === undefined)
        throw new Error(
          `${pathOf(folder, account)} is no sealed secret of this version. Enter the account's credentials again.`,
        );
      try {
        const key = unseal(master, wrapped, nameOf(account));
        return JSON.parse(unseal(key, sealed, nameOf(account)).toString("utf8")) as Record<string, string>;
      } catch {
        throw new Error(
          `${pathOf(folder, account)} does not open with ${join(folder, "master.key")}. Restore that key, or enter the account's credentials again.`,
        );
      }
    },
    async keep(account, secrets) {
      const key = random.bytes(32);
      const name = nameOf(account);
      const text = [
        "v1",
        seal(master, key, name, random),
        seal(key, Buffer.from(JSON.stringify(secrets)), name, random),
      ].join(".");
      await writeWhole(pathOf(folder, account), `${text}\n`);
    },
  };
}

async function masterKey(path: string, random: Random): Promise<Uint8Array> {
  try {
    const key = Buffer.from((await readFile(path, "utf8")).trim(), "hex");
    if (key.length !== 32)
      throw new Error(
        `${path} must hold 64 hexadecimal digits; it opens the secrets of all supplier accounts. Restore it from your backup.`,
      );
    return key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const key = random.bytes(32);
  await writeWhole(path, `${Buffer.from(key).toString("hex")}\n`);
  return key;
}

/** nonce, text, tag; base64url. */
function seal(key: Uint8Array, text: Uint8Array, boundTo: string, random: Random): string {
  const nonce = random.bytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(boundTo));
  return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]).toString("base64url");
}

function unseal(key: Uint8Array, sealed: string, boundTo: string): Buffer {
  const bytes = Buffer.from(sealed, "base64url");
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12))
    .setAAD(Buffer.from(boundTo))
    .setAuthTag(bytes.subarray(-16));
  return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
}

const nameOf = ({ workspaceId, accountId }: AccountKey): string => `supplier_account/${workspaceId}/${accountId}`;
const pathOf = (folder: string, { workspaceId, accountId }: AccountKey): string =>
  join(folder, `${workspaceId}-${accountId}.sealed`);

/** Complete or not at all: a half-written key would lock every account. */
async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.new`;
  {
    await using file = await open(draft, "w", 0o600);
    await file.writeFile(text);
    await file.sync();
  }
  await rename(draft, path);
}
