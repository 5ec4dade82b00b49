import type { Failure, Manifest } from "#connectors/ports.ts";
import { CliError } from "./cli-error.ts";
import { note } from "./output.ts";
import { askSecrets } from "./secrets.ts";

/** Asks for every secret that a connector knows; what is left empty and not needed stays as it is. */
export async function askForAll(name: string, manifest: Manifest | undefined) {
  const fields = Object.entries(manifest?.settings ?? {}).filter(([, field]) => field.secret === true);
  if (fields.length === 0) throw new CliError(`${name} needs no secrets.`);
  return askSecrets(fields);
}

/** What the other side said to a harmless question. Exit code 0: it lets us in; 1: it does not; 2: nobody can tell. */
export function tellTrial(name: string, answer: { status: "ok" | "no_list" } | Failure): number {
  switch (answer.status) {
    case "ok":
    case "no_list":
      note(`${name} lets us in.`);
      return 0;
    case "credentials":
      note(`${name} does not let us in: ${answer.message}`);
      return 1;
    case "refused":
    case "retry_later":
    case "unknown":
    case "bug":
      note(`${name} could not be asked: ${answer.message}`);
      return 2;
  }
}
