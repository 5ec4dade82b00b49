import type { WorkspaceId } from "#domain/ids.ts";
import type { Tx } from "#store/db.ts";
import type { Keyring } from "./keyring.ts";
import { unseal, type SealingKey } from "./seal.ts";

/** What came in, as it lies in the inbox. */
export interface SealedMessage {
  /** The text, sealed; null: erased. In clear where `rawKey` is null: an older version kept it. */
  raw: string | null;
  rawKey: string | null;
  dek: number | null;
}
const place = (workspaceId: WorkspaceId, id: string, column: "raw" | "raw_key") => ({
  workspaceId,
  table: "inbox",
  row: id,
  column,
});
/** A message's own key has no number: there is one. */
const own = (bytes: Uint8Array): SealingKey => ({ bytes, kek: 0, dek: 0 });

/** PD-1. Seals a message with a key of its own, and that key with the workspace's. Whoever takes the key away has erased the message, wherever copies of it lie. */
export function sealMessage(
  keyring: Keyring,
  dataKey: SealingKey,
  workspaceId: WorkspaceId,
  message: { id: string; text: string },
): { raw: string; rawKey: string; dek: number } {
  const key = keyring.random.bytes(32);
  return {
    raw: keyring.seal(own(key), message.text, place(workspaceId, message.id, "raw")),
    rawKey: keyring.seal(dataKey, key, place(workspaceId, message.id, "raw_key")),
    dek: dataKey.dek,
  };
}

/** Texts by message id; those that were erased are left out. */
export async function openMessages(
  tx: Tx,
  keyring: Keyring,
  workspaceId: WorkspaceId,
  messages: readonly (SealedMessage & { id: string })[],
): Promise<Map<string, string>> {
  const keys = new Map<number, SealingKey>();
  const texts = new Map<string, string>();
  for (const { id, raw, rawKey, dek } of messages) {
    if (raw === null) continue;
    if (rawKey === null || dek === null) {
      texts.set(id, raw);
      continue;
    }
    const dataKey = keys.get(dek) ?? (await keyring.cached(tx, workspaceId, dek));
    keys.set(dek, dataKey);
    const key = unseal(dataKey, rawKey, place(workspaceId, id, "raw_key"));
    texts.set(id, unseal(own(key), raw, place(workspaceId, id, "raw")).toString("utf8"));
  }
  return texts;
}

/** The same message's key under another data key. */
export function rewrapMessage(
  keyring: Keyring,
  { from, to }: { from: SealingKey; to: SealingKey },
  workspaceId: WorkspaceId,
  { id, rawKey }: { id: string; rawKey: string },
): string {
  const at = place(workspaceId, id, "raw_key");
  return keyring.seal(to, unseal(from, rawKey, at), at);
}
