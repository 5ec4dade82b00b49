import { Command, Option } from "commander";
import { CliError, describeError } from "./cli-error.ts";
import { readConfig, type Config, type Flags } from "./config.ts";
import type { Connection } from "./connect.ts";
import { formats, type Format } from "./output.ts";
import { workspaceOf, type ChosenWorkspace } from "./workspace-option.ts";

export interface CommandWish {
  /** As commander takes it: `create <slug>`. */
  name: string;
  /** One sentence. */
  about: string;
  /** What to type, after `npx switchyard`; at least one. */
  examples: string[];
  /** Lists and facts: --output. */
  prints?: boolean;
  /** Works in one workspace: --workspace. */
  inWorkspace?: boolean;
}
interface Options extends Flags {
  workspace?: string;
  output?: Format;
}

/** A command with the options that all have. Every one has an example in its help. */
export function command({ name, about, examples, prints = true, inWorkspace = true }: CommandWish): Command {
  const [word, ...rest] = name.split(" ");
  const made = new Command(word).description(about).addOption(dataOption());
  if (rest.length > 0) made.arguments(rest.join(" "));
  if (inWorkspace)
    made.option("-w, --workspace <name>", "which workspace; `sandbox` names the sandbox (default: your only own one)");
  if (prints)
    made.addOption(new Option("-o, --output <format>", "how to print").choices([...formats]).default("table"));
  made.addHelpText(
    "after",
    `\nExample${examples.length > 1 ? "s" : ""}:\n${examples.map((each) => `  $ npx switchyard ${each}`).join("\n")}`,
  );
  return made.showHelpAfterError("(add --help for the options and an example)");
}
const dataOption = () =>
  new Option("--data <folder>", "where everything is kept (default: SWITCHYARD_DATA, else ./data)");

/** A command that only holds others. */
export const group = (name: string, about: string): Command =>
  new Command(name).description(about).showHelpAfterError("(add --help for what there is)");

/** Collects `--set a=1 --set b=2`. */
export const collect = (value: string, before: string[] = []): string[] => [...before, value];

/** `bufferMs=10m` → name and value; the value may hold further "=". */
export function readAssignments(texts: readonly string[]): Record<string, string> {
  const wished: Record<string, string> = {};
  for (const text of texts) {
    const at = text.indexOf("=");
    if (at < 1) throw new CliError(`"${text.slice(0, 80)}" sets nothing: expected NAME=VALUE, such as bufferMs=10m.`);
    wished[text.slice(0, at).trim()] = text.slice(at + 1);
  }
  return wished;
}

/** What a command's work gets. The connection is closed when it ends, however it ends. */
export interface Work<Given> {
  config: Config;
  options: Given;
  format: Format;
  connect(options?: { connections?: number }): Promise<Connection>;
  /** The workspace that --workspace names, or the only own one. */
  workspace(connection: Connection): Promise<ChosenWorkspace>;
}

/**
 * CLI-1. Runs a command: exit code 0 only where it did what it says. An error is one line on standard error; a number from `work` is the exit code.
 */
export function run<Given extends object = object, Args extends unknown[] = unknown[]>(
  work: (work: Work<Given & Options>, ...args: Args) => Promise<number | void>,
): (...all: unknown[]) => Promise<void> {
  return async (...all) => {
    const args = all.slice(0, -2) as Args;
    const options = all.at(-2) as Given & Options;
    const open: Connection[] = [];
    let debug = process.env["SWITCHYARD_DEBUG"] !== undefined;
    try {
      const config = readConfig(process.env, options);
      ({ debug } = config);
      const code = await work(
        {
          config,
          options,
          format: options.output ?? "table",
          async connect(wish) {
            const { connect } = await import("./connect.ts");
            const connection = await connect(config, wish);
            open.push(connection);
            return connection;
          },
          workspace: (connection) => workspaceOf(connection.db, options.workspace),
        },
        ...args,
      );
      process.exitCode = code ?? 0;
    } catch (error) {
      process.exitCode = error instanceof CliError ? error.exitCode : 1;
      if (!isClosedPipe(error)) process.stderr.write(`${describeError(error, debug)}\n`);
    } finally {
      for (const connection of open) await connection.close().catch(() => {});
    }
  };
}

/** `switchyard orders list | head`: who reads has enough. */
export const isClosedPipe = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED");
