import type { AccountKey, Outside, Supplier } from "#connectors/ports.ts";
import type { Clock } from "#domain/clock.ts";
import type { Secrets } from "#domain/secret.ts";
import type { Db } from "#store/db.ts";
import type { Journal } from "./journal.ts";

export interface GateOptions {
  db: Db;
  clock: Clock;
  /** Milliseconds that only ever go forward, also while the wall clock is set back. */
  monotonicMs(): number;
  outside: Outside;
  connectors: ReadonlyMap<string, Supplier>;
  journal: Journal;
  /** The account's secrets, opened and recorded as used for `purpose`. Only the gate ever asks. */
  secrets(account: AccountKey, purpose: string): Promise<Secrets>;
  /** Named points where a simulator may pause or kill; in production it resolves at once. */
  buggify?(point: string): Promise<void>;
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
export const noConnector = (kind: string | undefined): string =>
  kind === undefined
    ? "There is no such supplier account."
    : `There is no connector for suppliers of kind "${kind}" in this installation.`;
