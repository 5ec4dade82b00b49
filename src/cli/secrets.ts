import { isatty } from "node:tty";
import { createInterface } from "node:readline";
import type { SettingField } from "#connectors/ports.ts";
import { Secret } from "#domain/secret.ts";
import { CliError } from "./cli-error.ts";

/** Asks for each secret at the terminal without showing it, or reads one line each from a pipe. Never from the command line: others could read it there. */
export async function askSecrets(
  fields: readonly (readonly [string, SettingField])[],
): Promise<Record<string, Secret>> {
  const secrets: Record<string, Secret> = {};
  if (isatty(0)) {
    const { isCancel, password } = await import("@clack/prompts");
    for (const [name, field] of fields) {
      const given = await password({ message: `${field.title}: ${field.help}` });
      if (isCancel(given)) throw new CliError("Nothing was changed.");
      secrets[name] = new Secret(given);
    }
  } else {
    const lines = createInterface({ input: process.stdin });
    const rest = [...fields];
    for await (const line of lines) {
      const field = rest.shift();
      if (field === undefined) break;
      secrets[field[0]] = new Secret(line);
    }
    lines.close();
    if (rest.length > 0)
      throw new CliError(
        `Expected ${fields.length} lines on standard input: ${fields.map(([name]) => name).join(", ")}.`,
      );
  }
  for (const [name, field] of fields) {
    if (secrets[name]?.isEmpty !== true) continue;
    if (field.required) throw new CliError(`${name} is empty.`, field.help);
    delete secrets[name];
  }
  return secrets;
}
