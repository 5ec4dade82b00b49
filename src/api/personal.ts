import { publicId, type OrderId } from "#domain/ids.ts";
import { recordRead, type PersonalRead } from "#store/personal-read.ts";
import { inWorkspace } from "#store/workspace-scope.ts";
import type { Caller } from "./caller.ts";
import type { ApiContext } from "./context.ts";

/** SU-5. Writes down who is about to be shown a buyer's personal data. The sandbox's buyers are pretended: its visitor leaves no trace. */
export async function noteRead(
  { db, engine, clock, log }: ApiContext,
  { workspaceId, actor }: Caller,
  what: PersonalRead,
  order: { id: OrderId; publicId: string } | null,
): Promise<void> {
  if (actor === "local") return;
  const shown = order === null ? null : publicId("order", order.publicId);
  log.info({ actor, workspace: workspaceId, order: shown, what }, "personal data was read");
  await engine.ids.ensure(db.engine, 1);
  const id = engine.ids.next<"personalRead">();
  await inWorkspace(db.api, workspaceId, (tx) =>
    recordRead(tx, { workspaceId, id, at: clock.now(), actor, what, orderId: order?.id ?? null }),
  );
}
