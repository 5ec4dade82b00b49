import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { CliError } from "../cli-error.ts";

/**
 * Hands everything on to the simulator, which is a program of its own beside the product (sim/main.ts): it may plant a bug into the product before any of it
 * is loaded.
 */
export const simulateCommand = (): Command =>
  new Command("simulate")
    .description("try to break the product: real stages and database, virtual time, everything goes wrong")
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .addHelpText(
      "after",
      "\nExamples:\n  $ npx switchyard simulate --seed 7 --orders 100 --profile hostile\n  $ npx switchyard simulate --help",
    )
    .action(async (_options: unknown, command: Command) => {
      const script = join(import.meta.dirname, "../../../sim/main.ts");
      if (!existsSync(script))
        throw new CliError("The simulator is not part of this installation.", "Run it in a clone of the repository.");
      process.exitCode = await new Promise<number>((resolve, reject) => {
        const child = spawn(process.execPath, [script, ...command.args], { stdio: "inherit" });
        child.once("error", reject);
        child.once("exit", (code) => resolve(code ?? 1));
      });
    });
