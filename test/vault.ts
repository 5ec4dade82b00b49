import { randomBytes } from "node:crypto";
import { Keyring } from "#store/vault/keyring.ts";
import { openSecretReader } from "#store/vault/secrets.ts";
import { vaultOf, type Vault } from "#store/vault/vault.ts";
import type { TestDatabase } from "./postgres.ts";

/** A keyring whose master key is in memory: the same in every process of a test. */
export const testKeyring = (seed = 3): Keyring =>
  new Keyring({
    masterKeys: {
      place: "the test",
      read: async () => ({ newest: 1, keys: new Map([[1, new Uint8Array(32).fill(seed)]]) }),
      make: null,
      add: null,
    },
    random: { next: () => 0, bytes: (count) => randomBytes(count) },
    clock: { now: () => new Date("2026-11-22T12:00:00Z"), sleep: () => Promise.resolve() },
  });

/** A vault that opens what lies in the test's database, as a worker's does. */
export const testVault = ({ vault }: TestDatabase, now: () => Date, keyring = testKeyring()): Vault =>
  vaultOf(keyring, openSecretReader({ db: vault, keyring, actor: "worker:test", now }));
