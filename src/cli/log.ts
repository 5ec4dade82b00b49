import { pino } from "pino";
import type { Log } from "#engine/context.ts";

/** Structured lines on standard error; only what an operator must know unless `level` says otherwise. Fields never hold personal data or secrets. */
export function createLog(level: "info" | "warn" | "error", name: string): Log {
  return pino(
    { level, name, base: { process: name, pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: 2, sync: true }),
  );
}
