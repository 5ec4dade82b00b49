import type { Id, IdSource } from "#domain/ids.ts";
import type { Random } from "#domain/clock.ts";
import { uuidv7 } from "#domain/uuid.ts";
import type { Tx } from "./db.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";

const blockSize = 1000;
const spare = 10 * blockSize;
const Block = row({ last: col.bigint });

/** Takes ids in blocks of 1000 from one sequence (R7), so that deciding needs no round trip. A block that is not used up is a gap, nothing more. */
export class IdAllocator implements IdSource {
  readonly #random: Random;
  readonly #now: () => Date;
  readonly #blocks: { next: bigint; end: bigint }[] = [];
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
    for (const { last } of await tx.rows(
      Block,
      sql`select nextval('id_block') as last from generate_series(1, ${blocks}::integer)`,
    )) {
      this.#blocks.push({ next: last - BigInt(blockSize) + 1n, end: last });
      this.#left += blockSize;
    }
  }

  next<Name extends string>(): Id<Name> {
    let block = this.#blocks[0];
    while (block !== undefined && block.next > block.end) {
      this.#blocks.shift();
      block = this.#blocks[0];
    }
    if (block === undefined) throw new Error("The id allocator is empty: ensure() was called with too small a count.");
    this.#left -= 1;
    return String(block.next++) as Id<Name>;
  }

  uuid(): string {
    return uuidv7(this.#now(), this.#random);
  }
}
