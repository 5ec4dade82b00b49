import type { Clock, Random } from "#domain/clock.ts";
import type { WorkspaceId } from "#domain/ids.ts";
import type { Tx } from "#store/db.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { StoreError } from "#store/store-error.ts";
import type { MasterKeys, MasterKeySet } from "./master-keys.ts";
import { seal, unseal, type Place, type SealingKey } from "./seal.ts";

const DataKeyRow = row({ no: col.int, kek: col.int, wrapped: col.text });
const CountRow = row({ n: col.int });

/**
 * Opens and makes the data keys of workspaces with the master keys, and seals with them. A data key lies in the database only wrapped by a master key, which
 * is never there. Keys that were unwrapped stay in memory; which one is the newest is asked each time, because another process may have made it.
 */
export class Keyring {
  readonly random: Random;
  readonly masterKeys: MasterKeys;
  readonly #clock: Clock;
  #masters: MasterKeySet | null = null;
  readonly #current = new Map<WorkspaceId, SealingKey>();
  /** By its wrapped text: a row that was rolled back or replaced is another one. */
  readonly #unwrapped = new Map<string, Uint8Array>();

  constructor({ masterKeys, random, clock }: { masterKeys: MasterKeys; random: Random; clock: Clock }) {
    this.masterKeys = masterKeys;
    this.random = random;
    this.#clock = clock;
  }

  /** The workspace's newest data key; its first one is made here, within the transaction. */
  async newest(tx: Tx, workspaceId: WorkspaceId): Promise<SealingKey> {
    const find = sql`
      select no, kek, wrapped from vault.data_key where workspace_id = ${workspaceId}::bigint order by no desc limit 1`;
    const found = await tx.maybe(DataKeyRow, find);
    if (found !== undefined) return this.#open(workspaceId, found);
    await this.add(tx, workspaceId, 1);
    return this.#open(workspaceId, await tx.one(DataKeyRow, find));
  }

  /** One data key by its number; it is there as long as something is sealed with it. */
  async byNumber(tx: Tx, workspaceId: WorkspaceId, no: number): Promise<SealingKey> {
    return this.#open(
      workspaceId,
      await tx.one(
        DataKeyRow,
        sql`select no, kek, wrapped from vault.data_key where workspace_id = ${workspaceId}::bigint and no = ${no}`,
      ),
    );
  }

  /** A data key's row, read by the caller. */
  opened(workspaceId: WorkspaceId, dataKey: { no: number; kek: number; wrapped: string }): Promise<SealingKey> {
    return this.#open(workspaceId, dataKey);
  }

  /**
   * For what is sealed in great numbers: the newest data key as this process last saw it. One that is gone by now is refused by the database (a foreign key),
   * after which `forgetDataKeys` lets it be asked for again.
   */
  async current(tx: Tx, workspaceId: WorkspaceId): Promise<SealingKey> {
    const known = this.#current.get(workspaceId);
    if (known !== undefined) return known;
    const newest = await this.newest(tx, workspaceId);
    // One that was made in this very transaction is nobody else's before it is committed, and may never be: another process would make another under its number.
    tx.onCommit(() => this.#current.set(workspaceId, newest));
    return newest;
  }

  /** One data key by its number, which never changes what it is. */
  async cached(tx: Tx, workspaceId: WorkspaceId, no: number): Promise<SealingKey> {
    const known = this.#current.get(workspaceId);
    return known?.dek === no ? known : this.byNumber(tx, workspaceId, no);
  }

  forgetDataKeys(): void {
    this.#current.clear();
  }

  /** A new data key under this number, unless somebody else just made it. */
  async add(tx: Tx, workspaceId: WorkspaceId, no: number): Promise<void> {
    const masters = await this.#mastersOrMake(tx);
    const wrapped = this.#wrap(this.random.bytes(32), masters, workspaceId, no);
    await tx.run(sql`
      insert into vault.data_key (workspace_id, no, kek, wrapped, made_at)
      values (${workspaceId}::bigint, ${no}, ${masters.newest}, ${wrapped}, ${this.#clock.now()})
      on conflict (workspace_id, no) do nothing`);
  }

  /** The same data key under the newest master key. */
  async rewrapped(
    workspaceId: WorkspaceId,
    dataKey: { no: number; kek: number; wrapped: string },
  ): Promise<{ kek: number; wrapped: string }> {
    const { bytes } = await this.#open(workspaceId, dataKey);
    const masters = await this.masters();
    return { kek: masters.newest, wrapped: this.#wrap(bytes, masters, workspaceId, dataKey.no) };
  }

  /** The master keys as they were read last. */
  async masters(): Promise<MasterKeySet> {
    this.#masters ??= await this.masterKeys.read();
    if (this.#masters === null) throw this.#missing();
    return this.#masters;
  }

  /** Somebody may have added one. */
  forgetMasters(): void {
    this.#masters = null;
  }

  seal(key: SealingKey, text: Uint8Array | string, place: Place): string {
    return seal(key, text, place, this.random);
  }

  async #mastersOrMake(tx: Tx): Promise<MasterKeySet> {
    this.#masters ??= await this.masterKeys.read();
    if (this.#masters !== null) return this.#masters;
    // A new key beside secrets that it does not open would look like a start and be a loss.
    const { n } = await tx.one(CountRow, sql`select count(*)::integer as n from vault.data_key`);
    if (n > 0 || this.masterKeys.make === null) throw this.#missing();
    return (this.#masters = await this.masterKeys.make());
  }

  #missing(): StoreError {
    return new StoreError(
      "master_key_missing",
      `The vault's master key is missing: ${this.masterKeys.place}.`,
      "Restore it from your backup, or say where it is with SWITCHYARD_MASTER_KEY_FILE or SWITCHYARD_MASTER_KEY_COMMAND. Without it no secret can be opened.",
    );
  }

  async #open(
    workspaceId: WorkspaceId,
    { no, kek, wrapped }: { no: number; kek: number; wrapped: string },
  ): Promise<SealingKey> {
    const known = this.#unwrapped.get(wrapped);
    if (known !== undefined) return { bytes: known, kek, dek: no };
    let masters = await this.masters();
    if (!masters.keys.has(kek)) {
      this.forgetMasters();
      masters = await this.masters();
    }
    const master = masters.keys.get(kek);
    if (master === undefined)
      throw new StoreError(
        "master_key_wrong",
        `The vault is sealed with version ${kek} of the master key, which is not in ${this.masterKeys.place}.`,
        "Restore that version from your backup; the others stay beside it.",
      );
    let bytes: Uint8Array;
    try {
      bytes = unseal({ bytes: master, dek: no }, wrapped, placeOf(workspaceId, no));
    } catch (error) {
      throw new StoreError(
        "master_key_wrong",
        `Version ${kek} of the master key in ${this.masterKeys.place} is not the one that the vault of workspace ${workspaceId} is sealed with.`,
        "Restore the file that belongs to this database.",
        error,
      );
    }
    this.#unwrapped.set(wrapped, bytes);
    return { bytes, kek, dek: no };
  }

  #wrap(bytes: Uint8Array, masters: MasterKeySet, workspaceId: WorkspaceId, no: number): string {
    const master = { bytes: masters.keys.get(masters.newest)!, kek: masters.newest, dek: no };
    return seal(master, bytes, placeOf(workspaceId, no), this.random);
  }
}

const placeOf = (workspaceId: WorkspaceId, no: number): Place => ({
  workspaceId,
  table: "data_key",
  row: String(no),
  column: "wrapped",
});
