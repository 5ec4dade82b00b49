import type { Channel, Outside, Supplier } from "#connectors/ports.ts";
import type { Clock } from "#domain/clock.ts";
import type { ChannelId, WorkspaceId } from "#domain/ids.ts";
import type { ReasonCode } from "#domain/reasons.ts";
import type { Refused, Result } from "#domain/result.ts";
import { ring } from "#store/commit.ts";
import type { Db, Tx } from "#store/db.ts";
import type { IdAllocator } from "#store/ids.ts";
import { recordChanges, type ManagementSubject } from "#store/management-event.ts";
import type { Vault } from "#store/vault/vault.ts";
import { wake, wakeByCode } from "#store/wake.ts";
import type { WebhookOutlet } from "../webhooks/outlet.ts";

/** What setting up a workspace may use. `db` is the engine's; who calls has authorised the actor already. */
export interface ManageContext {
  db: Db;
  clock: Clock;
  ids: IdAllocator;
  outside: Outside;
  /** Seals the secrets that are set. */
  vault: Pick<Vault, "keyring">;
  /** Connectors by kind: their manifests say what they need. */
  channels: ReadonlyMap<string, Channel>;
  suppliers: ReadonlyMap<string, Supplier>;
  /** Says which addresses a webhook may have; not given: none. */
  webhooks?: WebhookOutlet | undefined;
  /** Given where who asks is not at this machine: what a connector's settings may lead to then. */
  remote?: Remote | undefined;
  /** Who the trail names, such as `user:…`, `key:…` or `admin:…`. */
  actor: string;
}

/** ST-35. A folder or an address of this machine's network is the administrator's to open. */
export interface Remote {
  /** Absolute: below it every workspace has a folder of its own for its suppliers' files. null: only the command line sets folders. */
  folders: string | null;
  /** Addresses that this installation gives to connectors of a kind, such as the sandbox's. */
  given: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

/** What a change may let go on: holds that wait for these keys, and open holds with these codes. */
export interface Waking {
  workspaceId: WorkspaceId;
  keys?: readonly string[];
  codes?: readonly ReasonCode[];
  channelId?: ChannelId | null;
}

export async function wakeAll(
  tx: Tx,
  { workspaceId, keys = [], codes = [], channelId = null }: Waking,
  now: Date,
): Promise<number> {
  const woken = (await wake(tx, workspaceId, keys, now)) + (await wakeByCode(tx, workspaceId, codes, now, channelId));
  if (woken > 0) await ring(tx);
  return woken;
}

/**
 * After a commit: an order that was being decided at that moment had read what was true before, and its hold came after the change's own wake.
 * Orders are locked before what they share, so this cannot be part of the transaction that changed a balance or stock.
 */
export const wakeAgain = (context: ManageContext, waking: Waking): Promise<number> =>
  context.db.tx((tx) => wakeAll(tx, waking, context.clock.now()));

/** Writes one line of the set-up's trail. The allocator must hold an id. */
export const record = (
  tx: Tx,
  context: ManageContext,
  change: {
    workspaceId: WorkspaceId;
    kind: string;
    subject: ManagementSubject;
    subjectId: string;
    data: Record<string, unknown>;
  },
): Promise<number> =>
  recordChanges(tx, [{ ...change, id: context.ids.next(), at: context.clock.now(), actor: context.actor }]);

/** One transaction that changes nothing when its work is refused halfway. */
export async function change<T>(context: ManageContext, work: (tx: Tx) => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await context.db.tx(async (tx) => {
      const result = await work(tx);
      if (result.status === "refused") throw new Refusal(result);
      return result;
    });
  } catch (error) {
    if (error instanceof Refusal) return error.refused;
    throw error;
  }
}

class Refusal extends Error {
  readonly refused: Refused;
  constructor(refused: Refused) {
    super(refused.message);
    this.refused = refused;
  }
}
