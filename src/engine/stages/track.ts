import type { OrderDraft } from "#domain/draft.ts";
import type { FulfillmentOrderId, WorkspaceId } from "#domain/ids.ts";
import type { UsedNumber } from "#domain/parcel.ts";
import type { FulfillmentOrder } from "#domain/order.ts";
import { holdCredentials, passTime } from "#domain/overdue.ts";
import { placedAttempt } from "#domain/refund.ts";
import { recordSupplierProgress } from "#domain/shipping.ts";
import { normalizeTrackingNumber } from "#domain/tracking-number.ts";
import { nextDue } from "#store/claim.ts";
import type { OrderKey } from "#store/dossier.ts";
import { usedNumbersOf } from "#store/parcel.ts";
import { rejectCredentials } from "#store/shipment.ts";
import { changeEach, distinctKeys } from "../change-each.ts";
import type { Engine } from "../context.ts";

import { GateAway, type AccountKey, type SupplierOrderProgress } from "#connectors/ports.ts";
import { decideDue, type Stage } from "../stage.ts";
import { Together } from "../together.ts";

const states = ["placed", "acknowledged", "partially_shipped"] as const;
/** Purchases asked about in one call. */
const perCall = 100;

/** One purchase that is looked at now. */
export interface Look extends OrderKey {
  account: AccountKey;
  fulfillmentOrderId: FulfillmentOrderId;
  supplierOrderId: string;
}

/** Looks for tracking by each supplier's plan, and says what is overdue (SH-19 to SH-21). A look counts when it begins. */
export const track: Stage = {
  name: "track",
  nextDue: (db) => nextDue(db, states),
  async run(engine) {
    const looks = new Map<FulfillmentOrderId, Look>();
    const moved = await decideDue(
      engine,
      { states, limit: engine.batch, need: { parts: ["attempts"] } },
      (draft, fos) => {
        for (const fo of fos) {
          looks.delete(fo.id);
          if (!passTime(draft, fo, { polls: polls(engine, draft, fo) })) continue;
          const look = lookOf(draft, fo);
          if (look !== null) looks.set(fo.id, look);
        }
      },
    );
    await engine.buggify("track:counted");
    await lookAtPurchases(engine, [...looks.values()]);
    return moved;
  },
};

/** Whether the supplier's connector can be asked how a purchase is doing. */
function polls(engine: Engine, draft: OrderDraft, fo: FulfillmentOrder): boolean {
  const supplier = fo.supplierId === null ? undefined : draft.shared.suppliers.get(fo.supplierId);
  return supplier !== undefined && engine.gate.capabilities(supplier.kind)?.tracking === "poll";
}

export function lookOf(draft: OrderDraft, fo: FulfillmentOrder): Look | null {
  const attempt = placedAttempt(draft, fo);
  if (attempt === null || attempt.supplierOrderId === null) return null;
  const { workspaceId, id: orderId } = draft.order;
  const account = { workspaceId, supplierId: attempt.supplierId, accountId: attempt.accountId };
  return { workspaceId, orderId, account, fulfillmentOrderId: fo.id, supplierOrderId: attempt.supplierOrderId };
}

/** Asks the suppliers, account by account, outside any transaction, and records their answers as they come. */
export async function lookAtPurchases(engine: Engine, looks: readonly Look[]): Promise<void> {
  const byAccount = new Map<string, Look[]>();
  for (const look of looks) {
    const key = `${look.account.workspaceId}/${look.account.accountId}`;
    byAccount.set(key, [...(byAccount.get(key) ?? []), look]);
  }
  const reports = new Together<Report>(engine, (some) => recordProgress(engine, some));
  await reports.end([...byAccount.values()].map((of) => lookAtAccount(engine, of, reports)));
}

/** What a supplier says of one purchase. */
interface Report {
  look: Look;
  said: SupplierOrderProgress;
}

async function lookAtAccount(engine: Engine, looks: readonly Look[], reports: Together<Report>): Promise<void> {
  for (let from = 0; from < looks.length; from += perCall) {
    const some = looks.slice(from, from + perCall);
    const { account } = some[0]!;
    const answer = await ask(engine, account, some);
    await engine.buggify("track:answered");
    if (answer.status === "ok") reports.add(reportsOf(some, answer.orders));
    else {
      engine.log.warn(
        { workspace: account.workspaceId, account: account.accountId, status: answer.status, message: answer.message },
        "a look for tracking failed; the next one comes by its plan",
      );
      if (answer.status === "credentials") return recordRefusedLogin(engine, account, looks.slice(from));
    }
  }
}

async function ask(
  engine: Engine,
  account: AccountKey,
  looks: readonly Look[],
): Promise<Awaited<ReturnType<Engine["gate"]["track"]>>> {
  try {
    return await engine.gate.track(
      account,
      looks.map((look) => look.supplierOrderId),
    );
  } catch (error) {
    if (error instanceof GateAway) return { status: "retry_later", afterMs: 0, message: error.message };
    throw error;
  }
}

function reportsOf(looks: readonly Look[], orders: readonly SupplierOrderProgress[]): Report[] {
  const progress = new Map(orders.map((each) => [each.supplierOrderId, each]));
  return looks.flatMap((look) => {
    const said = progress.get(look.supplierOrderId);
    return said === undefined ? [] : [{ look, said }];
  });
}

/** What suppliers report, in one transaction per batch of orders; numbers that other orders had are looked up with the orders locked. */
async function recordProgress(engine: Engine, reports: readonly Report[]): Promise<void> {
  const byOrder = Map.groupBy(reports, ({ look }) => look.orderId);
  await changeEach(engine, distinctKeys(reports.map(({ look }) => look)), {}, async (drafts, tx) => {
    const numbers = drafts.flatMap((draft) =>
      (byOrder.get(draft.order.id) ?? []).flatMap(({ look: { workspaceId }, said }) =>
        said.parcels.map(({ trackingNumber }) => ({ workspaceId, trackingNumber })),
      ),
    );
    const used = usedBy(await usedNumbersOf(tx, numbers, engine.clock.now()));
    for (const draft of drafts) {
      const { workspaceId } = draft.order;
      for (const { look, said } of byOrder.get(draft.order.id) ?? []) {
        const fo = draft.fulfillmentOrder(look.fulfillmentOrderId);
        const report = { ...said, source: "supplier" as const, complete: true };
        const before = report.parcels.flatMap(
          (parcel) => used.get(numberKey(workspaceId, parcel.trackingNumber)) ?? [],
        );
        const problems = recordSupplierProgress(draft, fo, report, before);
        usedBy(numbersOf(draft), used);
        if (problems.length > 0)
          engine.log.warn(
            { workspace: workspaceId, order: draft.order.id, fulfillmentOrder: fo.id, problems },
            "a supplier reported what does not fit its purchase",
          );
      }
    }
  });
}

type Used = UsedNumber & { workspaceId: WorkspaceId };
const numberKey = (workspaceId: WorkspaceId, trackingNumber: string): string =>
  `${workspaceId}/${normalizeTrackingNumber(trackingNumber)}`;
function usedBy(some: readonly Used[], used = new Map<string, Used[]>()): Map<string, Used[]> {
  for (const each of some) {
    const key = numberKey(each.workspaceId, each.trackingNumber);
    used.set(key, [...(used.get(key) ?? []), each]);
  }
  return used;
}

/** What this batch has just written down counts for its next orders too. */
export const numbersOf = (draft: OrderDraft): (UsedNumber & { workspaceId: WorkspaceId })[] =>
  draft.newParcels.map(({ parcel: { carrier, trackingNumber } }) => {
    const { workspaceId, id: orderId, buyerDigest, addressDigest } = draft.order;
    return { workspaceId, carrier, trackingNumber, orderId, buyerDigest, addressDigest };
  });

async function recordRefusedLogin(engine: Engine, account: AccountKey, looks: readonly Look[]): Promise<void> {
  await changeEach(engine, distinctKeys(looks), {}, async (drafts, tx) => {
    await rejectCredentials(tx, [account], engine.clock.now());
    for (const draft of drafts) {
      for (const look of looks.filter((each) => each.orderId === draft.order.id))
        holdCredentials(draft, draft.fulfillmentOrder(look.fulfillmentOrderId));
    }
  });
}
