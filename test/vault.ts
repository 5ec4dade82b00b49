import { Keyring } from "#store/vault/keyring.ts";
import type { MasterKeySet } from "#store/vault/master-keys.ts";
import { seededRandom, VirtualClock } from "./engine.ts";

/** A keyring whose master key is in memory: the same in every process of a test. */
export function testKeyring(seed = 3): Keyring {
  const set: MasterKeySet = { newest: 1, keys: new Map([[1, seededRandom(seed).bytes(32)]]) };
  return new Keyring({
    masterKeys: { place: "the test", read: async () => set, make: null, add: null },
    random: seededRandom(seed + 1),
    clock: new VirtualClock(new Date("2026-11-22T12:00:00Z")),
  });
}
