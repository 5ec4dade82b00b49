import { createCipheriv, createDecipheriv } from "node:crypto";
import type { Random } from "#domain/clock.ts";

/** Where a sealed value belongs. It is bound into the seal, so that a value moved to another row, column or workspace does not open. */
export interface Place {
  workspaceId: string;
  table: string;
  row: string;
  column: string;
}
export interface SealingKey {
  /** 32 bytes. */
  bytes: Uint8Array;
  /** Version of the master key that wrapped it when it sealed; says where a value came from, opens nothing. */
  kek: number;
  /** Number of the data key in its workspace. */
  dek: number;
}

/** VA-3. AES-256-GCM under a nonce of its own: `v1.<kek>.<dek>.<nonce>.<text>.<tag>`, the last three base64url. */
export function seal(key: SealingKey, text: Uint8Array | string, place: Place, random: Random): string {
  const nonce = random.bytes(12);
  const cipher = createCipheriv("aes-256-gcm", key.bytes, nonce).setAAD(bound(place, key.dek));
  const sealed = Buffer.concat([cipher.update(text), cipher.final()]);
  return ["v1", key.kek, key.dek, base64(nonce), base64(sealed), base64(cipher.getAuthTag())].join(".");
}

/** VA-3. Throws where the key is another one, the value was changed, or it was sealed for another place. */
export function unseal(key: Pick<SealingKey, "bytes" | "dek">, sealed: string, place: Place): Buffer {
  const [version, , , nonce, text, tag, ...rest] = sealed.split(".");
  if (version !== "v1" || nonce === undefined || text === undefined || tag === undefined || rest.length > 0)
    throw new Error(
      `A sealed value of ${place.table}.${place.column} is damaged: it is not of the form v1.kek.dek.nonce.text.tag.`,
    );
  const decipher = createDecipheriv("aes-256-gcm", key.bytes, Buffer.from(nonce, "base64url"), { authTagLength: 16 })
    .setAAD(bound(place, key.dek))
    .setAuthTag(Buffer.from(tag, "base64url"));
  return Buffer.concat([decipher.update(Buffer.from(text, "base64url")), decipher.final()]);
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");
/** As JSON, so that no part can run into the next. */
const bound = ({ workspaceId, table, row, column }: Place, dek: number): Buffer =>
  Buffer.from(JSON.stringify([workspaceId, table, row, column, dek]));
