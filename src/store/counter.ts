import { wentByItself } from "#domain/by-itself.ts";
import type { OrderDraft } from "#domain/draft.ts";
import { dayOf } from "#domain/due.ts";
import type { FulfillmentState, Headline } from "#domain/lifecycle.ts";
import type { Tx } from "./db.ts";
import { sql } from "./sql.ts";

/** What is counted so that reading it costs O(1): orders by headline, fulfillment orders by state, open holds by reason; and what happened on a day. */
export type CounterKind = "headline" | "state" | "hold" | DayKind;
/** Orders that came in, of which the first parcel left, and of these those that needed nobody. The key is the day in the workspace's zone. */
export const dayKinds = ["received", "left", "left_by_itself"] as const;
export type DayKind = (typeof dayKinds)[number];

/** Deltas of one transaction. Each worker has a slot of its own, so that two never wait for one row; the sum is taken when read. */
export class Counters {
  readonly #slot: number;
  readonly #deltas = new Map<string, { workspaceId: string; kind: CounterKind; key: string; n: number }>();
  constructor(slot: number) {
    this.#slot = slot;
  }

  add(workspaceId: string, kind: CounterKind, key: string, n: number): void {
    const name = `${workspaceId}/${kind}/${key}`;
    const delta = this.#deltas.get(name);
    if (delta === undefined) this.#deltas.set(name, { workspaceId, kind, key, n });
    else delta.n += n;
  }

  /** Last in the transaction and in key order: the rows are hot. */
  async write(tx: Tx): Promise<void> {
    const rows = [...this.#deltas.entries()]
      .filter(([, delta]) => delta.n !== 0)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, delta]) => delta);
    if (rows.length === 0) return;
    await tx.run(sql`
      insert into counter (workspace_id, kind, key, slot, n)
      select c.workspace_id, c.kind, c.key, ${this.#slot}::integer, c.n
        from unnest(${rows.map((row) => row.workspaceId)}::bigint[], ${rows.map((row) => row.kind)}::text[], ${rows.map((row) => row.key)}::text[], ${rows.map((row) => row.n)}::bigint[]) as c(workspace_id, kind, key, n)
      on conflict (workspace_id, kind, key, slot) do update set n = counter.n + excluded.n`);
  }
}

/** What one decided order changes in the counts. */
export function countDelta(
  counters: Counters,
  draft: OrderDraft,
  before: { headlineBefore: Headline | null; foStatesBefore: ReadonlyMap<string, FulfillmentState> },
): void {
  const { workspaceId, headline } = draft.order;
  if (before.headlineBefore !== headline) {
    if (before.headlineBefore !== null) counters.add(workspaceId, "headline", before.headlineBefore, -1);
    counters.add(workspaceId, "headline", headline, 1);
  }
  for (const fo of draft.dossier.fulfillmentOrders) {
    const was = before.foStatesBefore.get(fo.id);
    if (was === fo.state) continue;
    if (was !== undefined) counters.add(workspaceId, "state", was, -1);
    counters.add(workspaceId, "state", fo.state, 1);
  }
  countDay(counters, draft);
  for (const hold of draft.newHolds) counters.add(workspaceId, "hold", hold.code, 1);
  for (const hold of draft.closedHolds) counters.add(workspaceId, "hold", hold.code, -1);
}

/** UI-82. An order counts on the day on which its first parcel was heard of, whatever becomes of the rest. */
function countDay(counters: Counters, draft: OrderDraft): void {
  const { dossier, newShipments, isNew } = draft;
  const isLeaving = newShipments.length > 0 && newShipments.length === dossier.shipments.length;
  if (!isNew && !isLeaving) return;
  const day = dayOf(draft.now, draft.shared.workspace.zone);
  const { workspaceId } = draft.order;
  if (isNew) counters.add(workspaceId, "received", day, 1);
  if (!isLeaving) return;
  counters.add(workspaceId, "left", day, 1);
  if (wentByItself(dossier)) counters.add(workspaceId, "left_by_itself", day, 1);
}
