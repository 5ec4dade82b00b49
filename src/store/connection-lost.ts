import { DatabaseError } from "pg";
import { CommitUnknown } from "./db.ts";

/**
 * The connection failed, not what was asked on it: the server ended it (08, 57P, 58, XX, 40003), the network did, or a commit's answer never came. Whoever
 * sees it has learnt nothing about an order: the work is simply tried again, and nobody is asked.
 */
export function isConnectionLost(error: unknown): boolean {
  if (error instanceof CommitUnknown) return true;
  if (error instanceof DatabaseError) return /^(08|57P|58|XX|40003)/.test(error.code ?? "");
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  return (
    ["ECONNRESET", "ECONNREFUSED", "EPIPE", "ETIMEDOUT"].includes(code ?? "") ||
    /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout exceeded when trying to connect)/.test(
      error.message,
    )
  );
}
