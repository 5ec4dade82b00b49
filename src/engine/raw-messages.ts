import { hash } from "node:crypto";
import type { RawMessage } from "#connectors/ports.ts";
import { maskMessage } from "#domain/card-mask.ts";
import type { OrderOrigin } from "#domain/channel-order.ts";
import type { ConnectionId, WorkspaceId } from "#domain/ids.ts";
import { ring } from "#store/commit.ts";
import { keepRaw } from "#store/connection.ts";
import type { Tx } from "#store/db.ts";
import { sealMessage } from "#store/vault/messages.ts";
import type { Engine } from "./context.ts";

/**
 * Keeps what came in, once per (connection, event, body), before anybody parses it: sealed (PD-1), with card numbers blanked out (CD-6). Answers how many
 * were new. Rings for those who parse.
 */
export async function keepMessages(
  engine: Engine,
  tx: Tx,
  connection: { workspaceId: WorkspaceId; id: ConnectionId },
  messages: readonly RawMessage[],
  origin: OrderOrigin,
): Promise<number> {
  if (messages.length === 0) return 0;
  const { keyring } = engine.vault;
  const { workspaceId } = connection;
  await engine.ids.ensure(tx, messages.length);
  const dataKey = await keyring.current(tx, workspaceId);
  const rows = messages.map(({ eventId, text }) => {
    const masked = maskMessage(text);
    const id = engine.ids.next<"inbox">();
    // Over what was said: sealed, the same text is another one each time.
    return {
      id,
      eventId,
      bodyHash: hash("sha256", masked),
      ...sealMessage(keyring, dataKey, workspaceId, { id, text: masked }),
    };
  });
  const kept = await keepRaw(tx, connection, rows, { now: engine.clock.now(), origin }).catch((error: unknown) => {
    keyring.forgetDataKeys(); // it may be gone by now
    throw error;
  });
  if (kept > 0) await ring(tx);
  return kept;
}
