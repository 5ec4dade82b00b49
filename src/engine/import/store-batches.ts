import { CommitUnknown } from "#store/db.ts";

/**
 * Stores records in one transaction. When it fails they are halved until the one that cannot be stored stands alone; that one is tried once more and then
 * refused, and the others go on. What broke the connection breaks the refusal too, and is thrown.
 */
export async function storeOrRefuse<Item>(
  records: readonly Item[],
  store: (records: readonly Item[]) => Promise<void>,
  refuse: (record: Item, error: unknown) => Promise<void>,
): Promise<void> {
  if (records.length === 0) return;
  try {
    await store(records);
  } catch (error) {
    if (error instanceof CommitUnknown) throw error;
    const [only] = records;
    if (records.length > 1) {
      const middle = Math.ceil(records.length / 2);
      await storeOrRefuse(records.slice(0, middle), store, refuse);
      await storeOrRefuse(records.slice(middle), store, refuse);
    } else if (only !== undefined) {
      const again = await store(records).catch((second: unknown) => ({ error: second }));
      if (again === undefined) return;
      if (again.error instanceof CommitUnknown) throw again.error;
      await refuse(only, again.error);
    }
  }
}

/** What a refused record should have been. */
export const storable = (error: unknown): string =>
  `something that can be stored (${error instanceof Error ? error.message : String(error)})`;
