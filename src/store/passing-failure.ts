import { DatabaseError } from "pg";
import { CommitUnknown } from "./db.ts";
import { StoreError } from "./store-error.ts";

/**
 * What failed has nothing to do with what was asked: the connection was lost (08, 57P, 58, XX, 40003, or the network's own errors), a commit's answer never
 * came, the master key was away, or the server chose this transaction to end a circle of locks, a conflict or a wait (40P01, 40001, 55P03, 57014). Whoever sees it has learnt nothing
 * about an order: the work is simply tried again, and nobody is asked.
 */
export function isPassingFailure(error: unknown): boolean {
  if (error instanceof CommitUnknown || error instanceof StoreError) return true;
  if (error instanceof DatabaseError) return /^(08|57P|58|XX|40003|40P01|40001|55P03|57014)/.test(error.code ?? "");
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  return (
    ["ECONNRESET", "ECONNREFUSED", "EPIPE", "ETIMEDOUT"].includes(code ?? "") ||
    /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout exceeded when trying to connect)/.test(
      error.message,
    )
  );
}
