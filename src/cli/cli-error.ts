import { StoreError } from "#store/store-error.ts";
import { linesForTerminal } from "./terminal-text.ts";
import type { Refused } from "#domain/result.ts";

/** What stops a command, for the person at the terminal: what, where, and what to do about it. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly exitCode: number;
  constructor(what: string, next = "", exitCode = 1) {
    super(next === "" ? what : `${what} ${next}`);
    this.exitCode = exitCode;
  }
}

/** A refusal of the product is an error of the command. */
export const refused = ({ message }: Refused): CliError => new CliError(message);

/** One line (a store's own words may have more); the stack only where somebody asked for it with SWITCHYARD_DEBUG. */
export const describeError = (error: unknown, debug: boolean): string => linesForTerminal(describe(error, debug));

function describe(error: unknown, debug: boolean): string {
  if (debug && error instanceof Error) return `error: ${error.stack ?? error.message}`;
  if (error instanceof CliError) return `error: ${error.message}`;
  if (error instanceof StoreError) return `error: ${error.message} ${error.next}`;
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
  return `error: ${message.split("\n")[0]}${code} This was not expected; set SWITCHYARD_DEBUG=1 to see where it happened, and please report it.`;
}
