import { createDecipheriv } from "node:crypto";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { AccountKey } from "#connectors/ports.ts";
import type { WorkspaceId } from "#domain/ids.ts";
import { Secret, type Secrets } from "#domain/secret.ts";
import type { Db } from "#store/db.ts";
import { putSecrets, readSecretStatus, type SecretOwner } from "#store/vault/secrets.ts";
import type { Vault } from "#store/vault/vault.ts";

/** Whose secrets an account uses: its supplier's, and over them its own. */
export const accountOwners = ({
  workspaceId,
  supplierId,
  accountId,
}: Pick<AccountKey, "workspaceId" | "supplierId" | "accountId">): SecretOwner[] => [
  { workspaceId, subject: "supplier", id: supplierId },
  { workspaceId, subject: "account", id: accountId },
];

/**
 * PL-58. Before there was a vault, accounts' secrets lay in sealed files of the gate's home. Each is opened once, stored and removed; one whose account has
 * secrets in the vault already is only removed. Stops at the first that does not open, naming it: nothing is thrown away that was not read.
 */
export async function moveSealedFiles(
  folder: string,
  { db, vault, now }: { db: Db; vault: Vault; now(): Date },
): Promise<number> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => /^\d+-\d+\.sealed$/.test(name)).sort();
  if (names.length === 0) return 0;
  const masterPath = join(folder, "master.key");
  const master = Buffer.from((await readFile(masterPath, "utf8").catch(() => "")).trim(), "hex");
  for (const name of names) {
    const path = join(folder, name);
    const [workspaceId = "", accountId = ""] = name.replace(".sealed", "").split("-");
    let secrets: Secrets;
    try {
      secrets = readFileOf(master, await readFile(path, "utf8"), `supplier_account/${workspaceId}/${accountId}`);
    } catch {
      throw new Error(
        `${path} does not open with ${masterPath}. Restore that key; or remove the file, and enter the account's credentials again.`,
      );
    }
    const owner: SecretOwner = { workspaceId: workspaceId as WorkspaceId, subject: "account", id: accountId };
    await db.tx(async (tx) => {
      if ((await readSecretStatus(tx, owner)).length === 0)
        await putSecrets(tx, vault.keyring, owner, secrets, { actor: "gate", at: now() });
    });
    await rm(path);
  }
  await rm(masterPath);
  return names.length;
}

function readFileOf(master: Uint8Array, text: string, boundTo: string): Secrets {
  const [version, wrapped, sealed] = text.trim().split(".");
  if (version !== "v1" || wrapped === undefined || sealed === undefined) throw new Error("no sealed file");
  const key = unseal(master, wrapped, boundTo);
  const read = JSON.parse(unseal(key, sealed, boundTo).toString("utf8")) as Record<string, string>;
  return Object.fromEntries(Object.entries(read).map(([name, secret]) => [name, new Secret(secret)]));
}

/** nonce, text, tag; base64url. */
function unseal(key: Uint8Array, sealed: string, boundTo: string): Buffer {
  const bytes = Buffer.from(sealed, "base64url");
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12), { authTagLength: 16 })
    .setAAD(Buffer.from(boundTo))
    .setAuthTag(bytes.subarray(-16));
  return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
}
