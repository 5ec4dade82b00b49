import { join } from "node:path";
import { openDb, type Db } from "#store/db.ts";
import type { Store } from "#store/server.ts";
import { Keyring } from "#store/vault/keyring.ts";
import { masterKeyCommand, masterKeyFile, type MasterKeys } from "#store/vault/master-keys.ts";
import { openSecretReader } from "#store/vault/secrets.ts";
import { vaultOf, type Vault } from "#store/vault/vault.ts";
import { realClock, realRandom } from "./clock.ts";
import type { Config } from "./config.ts";

/** Where the configuration says that the master keys are. */
export const masterKeysOf = ({ masterKey, home }: Pick<Config, "masterKey" | "home">): MasterKeys =>
  masterKey.command === null
    ? masterKeyFile(masterKey.file ?? join(home, "master.keys"), realRandom)
    : masterKeyCommand(masterKey.command);

export const keyringOf = (config: Config): Keyring =>
  new Keyring({ masterKeys: masterKeysOf(config), random: realRandom, clock: realClock });

export interface OpenVault extends Vault {
  /** The vault role's. */
  db: Db;
  close(): Promise<void>;
}

/** A vault that opens secrets, in the name of `actor`: for the gate, workers and the administrator's commands. */
export function openVault(store: Store, keyring: Keyring, actor: string): OpenVault {
  const db = openDb(store.vault(), { max: 3, clock: realClock });
  const reader = openSecretReader({ db, keyring, actor, now: () => realClock.now() });
  return { ...vaultOf(keyring, reader), db, close: () => db.end() };
}
