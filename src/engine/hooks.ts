import { hash } from "node:crypto";
import type { HookRequest } from "#connectors/ports.ts";
import type { ConnectionId, WorkspaceId } from "#domain/ids.ts";
import { Secret } from "#domain/secret.ts";
import { connectionCalled, hookCalled } from "#store/channel-hook.ts";
import type { SecretReader } from "#store/vault/secrets.ts";
import type { Engine } from "./context.ts";
import { hookOwner, hookSecretName } from "./hook-secret.ts";
import { keepMessages } from "./raw-messages.ts";
import { originOf } from "./stages/pull.ts";

/** WI-7. Opens what webhooks are signed with, and refuses everything else: who takes them in needs no password of any shop. */
export const hookSecrets = (reader: SecretReader): SecretReader => ({
  open(owners, purpose) {
    const other = owners.find(({ subject }) => subject !== "channel_hook");
    if (other !== undefined)
      return Promise.reject(new Error(`This process may not open secrets of a ${other.subject}.`));
    return reader.open(owners, purpose);
  },
});

/** What is compared with where there is no connection: the work is the same, and nothing is signed with it. */
const nobody = { workspaceId: "0" as WorkspaceId, id: "0" as ConnectionId };
const nobodysSecret = new Secret("whsec_bm9ib2R5IHNpZ25zIHdpdGggdGhpcw==");

/**
 * WI-2, WI-3, WI-5. What came to this address, kept when it resolves with `kept`; rejects where the database is away, and then nothing was kept or nobody knows.
 * `secrets` opens those of webhooks alone.
 */
export async function receiveHook(
  engine: Engine,
  secrets: SecretReader,
  id: string,
  request: HookRequest,
): Promise<"kept" | "refused"> {
  const now = engine.clock.now();
  const connection = await engine.db.tx((tx) => connectionCalled(tx, id));
  const { workspaceId, id: connectionId } = connection ?? nobody;
  const opened = await secrets.open([hookOwner(workspaceId, connectionId)], "check a webhook");
  const hooks = engine.channels.get(connection?.kind ?? "")?.hooks ?? anyHooks(engine);
  const secret = opened[hookSecretName];
  const signed = hooks?.verify(request, secret ?? nobodysSecret, now) ?? null;
  if (connection === undefined || secret === undefined || signed === null) return "refused";

  await engine.buggify("hook-received");
  const message = { eventId: storable(signed.eventId, request.body), text: textOf(request.body) };
  await engine.db.tx(async (tx) => {
    await keepMessages(engine, tx, connection, [message], originOf(connection, now));
    await hookCalled(tx, id, now);
    await engine.buggify("hook-kept");
  });
  await engine.buggify("hook-committed");
  return "kept";
}

/** Some scheme to check by, for an address that is nobody's. */
const anyHooks = ({ channels }: Engine) => [...channels.values()].find((each) => each.hooks !== undefined)?.hooks;

const storable = (eventId: string, body: Uint8Array): string =>
  /^[\x21-\x7e]{1,200}$/.test(eventId) ? eventId : `sha256:${hash("sha256", body)}`;

/** What is no UTF-8 is kept all the same; no connector can read it, and a person can. */
function textOf(body: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return `not UTF-8, in base64: ${Buffer.from(body).toString("base64")}`;
  }
}
