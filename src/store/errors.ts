import { DatabaseError } from "pg";

/** SQLSTATE 23505: somebody else was first; read again. */
export const isUniqueViolation = (error: unknown): boolean => error instanceof DatabaseError && error.code === "23505";

/**
 * Somebody else stores the same at the same moment: they were first (23505), or each waited for the other, and the server ended this transaction (40P01). Done
 * once more, it finds what they stored.
 */
export const metAnother = (error: unknown): boolean =>
  error instanceof DatabaseError && (error.code === "23505" || error.code === "40P01");
