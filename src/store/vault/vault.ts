import type { Keyring } from "./keyring.ts";
import { noSecretReader, type SecretReader } from "./secrets.ts";

/** What a process has of the vault: all of them seal, only the gate's and the workers' open secrets. */
export interface Vault extends SecretReader {
  keyring: Keyring;
}

export const vaultOf = (keyring: Keyring, reader: SecretReader): Vault => ({
  keyring,
  open: (owners, purpose) => reader.open(owners, purpose),
});

/** For whoever serves people: it seals, and opens nothing. */
export const sealingOnly = (keyring: Keyring): Vault =>
  vaultOf(keyring, {
    open: () => Promise.reject(new Error("This process may not open secrets; a worker or the gate does.")),
  });

/** Seals, and finds no secrets: a pretend world, where tokens are none. */
export const withoutSecrets = (keyring: Keyring): Vault => vaultOf(keyring, noSecretReader);
