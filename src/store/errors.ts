import { DatabaseError } from "pg";

/** SQLSTATE 23505: somebody else was first; read again. */
export const isUniqueViolation = (error: unknown): boolean => error instanceof DatabaseError && error.code === "23505";
