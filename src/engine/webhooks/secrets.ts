import { Secret } from "#domain/secret.ts";
import type { Tx } from "#store/db.ts";
import type { Keyring } from "#store/vault/keyring.ts";
import { forgetSecrets, putSecrets, type SecretOwner } from "#store/vault/secrets.ts";
import type { EndpointKey, TakenEndpoint } from "#store/webhook.ts";
import type { Engine } from "../context.ts";

const ownerOf = ({ workspaceId, id }: EndpointKey): SecretOwner => ({ workspaceId, subject: "webhook_endpoint", id });
const nameOf = (no: number): string => `signing_${no}`;

/** WH-21. The secrets that sign now, the newest first: two for as long as the old one is accepted. Opened directly before the use, which is recorded. */
export async function signingSecrets(engine: Engine, endpoint: TakenEndpoint, now: Date): Promise<string[]> {
  const { secretNo, oldSecretUntil } = endpoint;
  const opened = await engine.vault.open([ownerOf(endpoint)], "sign webhooks");
  const numbers = oldSecretUntil !== null && oldSecretUntil > now ? [secretNo, secretNo - 1] : [secretNo];
  const secrets = numbers.flatMap((no) => opened[nameOf(no)]?.reveal() ?? []);
  if (secrets.length === 0)
    throw new Error(`The endpoint ${endpoint.id} has no signing secret. Rotate it: that makes a new one.`);
  return secrets;
}

/** Seals a secret under this number; one before the last is forgotten. */
export async function keepSigningSecret(
  tx: Tx,
  keyring: Keyring,
  endpoint: EndpointKey,
  { no, secret }: { no: number; secret: string },
  by: { actor: string; at: Date },
): Promise<void> {
  await putSecrets(tx, keyring, ownerOf(endpoint), { [nameOf(no)]: new Secret(secret) }, by);
  if (no > 2) await forgetSecrets(tx, ownerOf(endpoint), [nameOf(no - 2)]);
}

export const forgetSigningSecrets = (tx: Tx, endpoint: EndpointKey, lastNo: number): Promise<number> =>
  forgetSecrets(tx, ownerOf(endpoint), [nameOf(lastNo), nameOf(lastNo - 1)]);
