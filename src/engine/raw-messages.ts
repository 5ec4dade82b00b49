import { hash } from "node:crypto";
import type { RawMessage } from "#connectors/ports.ts";
import { maskMessage } from "#domain/card-mask.ts";
import type { OrderOrigin } from "#domain/channel-order.ts";
import type { ConnectionId, WorkspaceId } from "#domain/ids.ts";
import { ring } from "#store/commit.ts";
import { keepRaw } from "#store/connection.ts";
import type { Tx } from "#store/db.ts";
import type { Engine } from "./context.ts";

/**
 * Keeps what came in, once per (connection, event, body), before anybody parses it. Card numbers are blanked out first (CD-6). Answers how many were new.
 * Rings for those who parse.
 */
export async function keepMessages(
  engine: Engine,
  tx: Tx,
  connection: { workspaceId: WorkspaceId; id: ConnectionId },
  messages: readonly RawMessage[],
  origin: OrderOrigin,
): Promise<number> {
  if (messages.length === 0) return 0;
  await engine.ids.ensure(tx, messages.length);
  const rows = messages.map(({ eventId, text }) => {
    const raw = maskMessage(text);
    return { id: engine.ids.next<"inbox">(), eventId, bodyHash: hash("sha256", raw), raw };
  });
  const kept = await keepRaw(tx, connection, rows, { now: engine.clock.now(), origin });
  if (kept > 0) await ring(tx);
  return kept;
}
