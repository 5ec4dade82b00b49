import type { AccountKey } from "#connectors/ports.ts";
import type { Db } from "#store/db.ts";
import { findInstallation } from "#store/installation.ts";
import { homePaths } from "#gate/home.ts";
import { openSecretBox, type SecretBox } from "#gate/secrets.ts";
import { CliError } from "./cli-error.ts";
import { realRandom } from "./clock.ts";
import type { Config } from "./config.ts";

/** Where the administrator's commands find the accounts' secrets: beside the gate, in the installation's home. */
export async function openSecrets(config: Config, db: Db): Promise<SecretBox> {
  const installation = await findInstallation(db);
  if (installation === undefined)
    throw new CliError(
      "This installation has no home yet.",
      "Start it once: npx switchyard start. Then enter the secrets.",
    );
  return openSecretBox(homePaths(config.home, installation.id).secrets, realRandom);
}

/** For reading only; an installation that was never started has none. */
export async function openSecretsOf(
  config: Config,
  db: Db,
): Promise<(account: AccountKey) => Promise<Record<string, string>>> {
  if ((await findInstallation(db)) === undefined) return async () => ({});
  const box = await openSecrets(config, db);
  return (account) => box.read(account);
}
