import type { Id, IdSource } from "#domain/ids.ts";
import type { Random } from "#domain/clock.ts";
import { uuidv7 } from "#domain/uuid.ts";
import type { Tx } from "./db.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";

const blockSize = 1000;
const spare = 10 * blockSize;
const BlockRow = row({ last: col.bigint });

interface Block {
  next: bigint;
  end: bigint;
  /** The transaction that drew it is committed. */
  isKept: boolean;
}

/**
 * Takes ids in blocks of 1000 from one sequence (R7), so that deciding needs no round trip. A block that is not used up is a gap, nothing more; so is one
 * whose transaction came to nothing: until something is committed, a server that crashes forgets that it was drawn, and gives it to somebody else.
 */
export class IdAllocator implements IdSource {
  readonly #random: Random;
  readonly #now: () => Date;
  #blocks: Block[] = [];
  /** In the kept ones. */
  #left = 0;
  constructor(random: Random, now: () => Date) {
    this.#random = random;
    this.#now = now;
  }

  /**
   * Makes sure that `count` calls of `next` will succeed. Call before deciding, outside or inside the transaction. Several deciders of one process share
   * the allocator and each counts on what it was promised, so there is always a good deal more than one of them asks for.
   */
  async ensure(tx: Tx, count: number): Promise<void> {
    if (this.#left >= count + spare) return;
    const blocks = Math.ceil((count + spare - this.#left) / blockSize);
    const rows = await tx.rows(
      BlockRow,
      sql`select nextval('id_block') as last from generate_series(1, ${blocks}::integer)`,
    );
    const drawn = rows.map(({ last }): Block => ({ next: last - BigInt(blockSize) + 1n, end: last, isKept: false }));
    this.#blocks.push(...drawn);
    tx.onCommit(() => {
      for (const block of drawn) {
        block.isKept = true;
        this.#left += Number(block.end - block.next) + 1;
      }
    });
    tx.onFailure(() => void (this.#blocks = this.#blocks.filter((block) => !drawn.includes(block))));
  }

  next<Name extends string>(): Id<Name> {
    let block = this.#blocks[0];
    while (block !== undefined && block.next > block.end) {
      this.#blocks.shift();
      block = this.#blocks[0];
    }
    if (block === undefined) throw new Error("The id allocator is empty: ensure() was called with too small a count.");
    if (block.isKept) this.#left -= 1;
    return String(block.next++) as Id<Name>;
  }

  uuid(): string {
    return uuidv7(this.#now(), this.#random);
  }
}
