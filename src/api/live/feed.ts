import type { Clock } from "#domain/clock.ts";
import type { WorkspaceId } from "#domain/ids.ts";
import { doorbellChannel } from "#engine/runner.ts";
import type { Db } from "#store/db.ts";
import {
  feedOf,
  hasNewChanges,
  numberChanges,
  readChangedOrders,
  readChanges,
  type ChangedOrderRow,
} from "#store/order-change.ts";
import { countOrders } from "#store/read/counts.ts";
import { inWorkspace } from "#store/workspace-scope.ts";

export interface Look {
  /** How far changes are numbered now. */
  lastNo: bigint;
  /** What was asked for is not all there any more, or never was: whoever follows reads everything anew. */
  isReset: boolean;
  changes: { no: bigint; at: Date; orders: ChangedOrderRow[]; isCut: boolean }[];
  /** null where nothing changed. */
  counts: Awaited<ReturnType<typeof countOrders>> | null;
}

const perLook = 10;
/** A change of more orders is told by its first ones: a screen shows no more. */
export const mostOrders = 200;

/**
 * What the streams of this process follow: the changes that every commit leaves, whichever process made it. One LISTEN connection wakes all streams, as long
 * as there are any; streams that stand at the same place share one look.
 */
export class LiveFeed {
  readonly #db: Db;
  readonly #clock: Clock;
  readonly #wakers = new Set<() => void>();
  #listening: Promise<() => Promise<void>> | null = null;
  #hangingUp: Promise<void> = Promise.resolve();
  #looks = new Map<string, Promise<Look>>();

  constructor(db: Db, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  /** Registers a follower: it is woken when something was committed somewhere. Answers how to stop. */
  async follow(wake: () => void): Promise<() => void> {
    this.#wakers.add(wake);
    this.#listening ??= this.#db.listen(doorbellChannel, () => {
      this.#looks = new Map();
      for (const each of this.#wakers) each();
    });
    const stop = (): void => {
      this.#wakers.delete(wake);
      if (this.#wakers.size === 0) this.#hangUp();
    };
    try {
      await this.#listening;
    } catch (error) {
      this.#listening = null;
      stop();
      throw error;
    }
    return stop;
  }

  /** Resolves when nothing listens any more. */
  close(): Promise<void> {
    this.#hangUp();
    return this.#hangingUp;
  }

  #hangUp(): void {
    const listening = this.#listening;
    this.#listening = null;
    const before = this.#hangingUp;
    this.#hangingUp = (async () => {
      await before;
      await (
        await listening?.catch(() => null)
      )?.();
    })();
  }

  /** What changed after `after`; null: nothing yet, only where the changes stand. */
  look(workspaceId: WorkspaceId, after: bigint | null): Promise<Look> {
    const key = `${workspaceId}/${after ?? ""}`;
    const looks = this.#looks;
    let look = looks.get(key);
    if (look === undefined) {
      look = this.#read(workspaceId, after);
      looks.set(key, look);
      // A look is shared by those who come while it is young; without a ring nothing is new, but a lost ring must not hide what is.
      const forget = (): boolean => looks.delete(key);
      look.then(() => this.#clock.sleep(sharedMs)).then(forget, forget);
    }
    return look;
  }

  #read(workspaceId: WorkspaceId, after: bigint | null): Promise<Look> {
    return inWorkspace(this.#db, workspaceId, async (tx) => {
      if (await hasNewChanges(tx, workspaceId)) await numberChanges(tx, workspaceId);
      const lastNo = (await feedOf(tx, workspaceId)).lastNo ?? 0n;
      if (after === null || after === lastNo) return { lastNo, isReset: false, changes: [], counts: null };
      const found = await readChanges(tx, workspaceId, { after, limit: perLook });
      // Numbers have no gaps: where the next one is missing, it was forgotten.
      if (found[0]?.no !== after + 1n) return { lastNo, isReset: true, changes: [], counts: null };
      const ids = [...new Set(found.flatMap((change) => change.orders.slice(0, mostOrders)))];
      const orders = new Map((await readChangedOrders(tx, workspaceId, ids)).map((each) => [each.id, each]));
      return {
        lastNo,
        isReset: false,
        changes: found.map((change) => ({
          no: change.no,
          at: change.at,
          orders: change.orders.slice(0, mostOrders).flatMap((id) => orders.get(id) ?? []),
          isCut: change.orders.length > mostOrders,
        })),
        counts: await countOrders(tx, workspaceId),
      };
    });
  }
}

const sharedMs = 1000;
