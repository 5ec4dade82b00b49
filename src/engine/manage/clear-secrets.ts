import type { Manifest } from "#connectors/ports.ts";
import { Secret } from "#domain/secret.ts";
import { clearConnectorSettings, connectorSettingsWith } from "#store/vault/clear-settings.ts";
import { putSecrets, readSecretStatus } from "#store/vault/secrets.ts";
import { record, type ManageContext } from "./context.ts";

const secretsOf = (manifest: Manifest | undefined): string[] =>
  Object.entries(manifest?.settings ?? {})
    .filter(([, field]) => field.secret === true)
    .map(([name]) => name);

/**
 * VA-13. Before there was a vault, what a connector calls secret lay in clear in its settings. Seals it, and clears the settings in the same transaction;
 * what was set in the vault since stays. Done at each start; answers of how many connections and suppliers.
 */
export async function sealClearSettings(context: ManageContext): Promise<number> {
  const { db, channels, suppliers, vault, actor } = context;
  const connectors = [...channels.values(), ...suppliers.values()];
  const names = [...new Set(connectors.flatMap(({ manifest }) => secretsOf(manifest)))];
  let moved = 0;
  for (const found of await connectorSettingsWith(db, names)) {
    const { subject, workspaceId, id, kind, settings } = found;
    const manifest = (subject === "connection" ? channels : suppliers).get(kind)?.manifest;
    const clear = secretsOf(manifest).filter((name) => name in settings);
    if (clear.length === 0) continue;
    const owner = { workspaceId, subject, id };
    await db.tx(async (tx) => {
      await clearConnectorSettings(tx, owner, clear); // and so locked
      const set = new Set((await readSecretStatus(tx, owner)).map(({ name }) => name));
      const secrets = clear.flatMap((name) => {
        const value = settings[name];
        return set.has(name) || value === "" || value === null
          ? []
          : [[name, new Secret(typeof value === "string" ? value : JSON.stringify(value))] as const];
      });
      await putSecrets(tx, vault.keyring, owner, Object.fromEntries(secrets), { actor, at: context.clock.now() });
      await context.ids.ensure(tx, 1);
      await record(tx, context, {
        workspaceId,
        kind: "secrets_sealed",
        subject: subject === "connection" ? "channel" : "supplier",
        subjectId: found.channelId ?? id,
        data: { names: clear },
      });
    });
    moved += 1;
  }
  return moved;
}
