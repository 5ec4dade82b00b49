import type { WorkspaceId } from "#domain/ids.ts";
import type { Carrier, Channel, Gate, Outside } from "#connectors/ports.ts";
import type { Clock } from "#domain/clock.ts";
import type { Db } from "#store/db.ts";
import type { IdAllocator } from "#store/ids.ts";
import type { Vault } from "#store/vault/vault.ts";
import type { KeptOrders } from "#store/kept-orders.ts";
import type { StageWatch } from "./watch.ts";
import type { WebhookOutlet } from "./webhooks/outlet.ts";

/** Everything a stage may use. The clock, chance, ids and the outside are passed in, so that a simulator can replay a month from one seed. */
export interface Engine {
  db: Db;
  clock: Clock;
  ids: IdAllocator;
  /** This process's own counter rows, so that two workers never wait for one. */
  slot: number;
  /** How many orders a stage takes into one transaction at most; 500 in production. */
  batch: number;
  /** Orders as this process left them, so that the next stage reads less; not given: each reads all it needs. */
  kept?: KeptOrders;
  /** Who the events name: `worker:<id>`. */
  actor: string;
  /** Connectors by kind. The engine knows the ports only. */
  channels: ReadonlyMap<string, Channel>;
  carriers: ReadonlyMap<string, Carrier>;
  /** The only way to a supplier. */
  gate: Gate;
  outside: Outside;
  /** Seals what is secret or personal; opens a channel's secrets where this process may. */
  vault: Vault;
  /** Mails the owners of a workspace; not given: this installation sends no mail. */
  tellOwners?: ((workspaceId: WorkspaceId, mail: { subject: string; text: string }) => Promise<void>) | undefined;
  /** The only way of webhooks to the outside; not given: none is sent. */
  webhooks?: WebhookOutlet | undefined;
  log: Log;
  /** Looks on, for figures and traces. */
  watch?: StageWatch | undefined;
  /** Named points where a simulator may pause or kill; in production it resolves at once. */
  buggify(point: string): Promise<void>;
}

/** Structured; never personal data or secrets. */
export interface Log {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}
