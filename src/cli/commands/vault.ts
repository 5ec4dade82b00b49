import { listSecrets, type SecretsOf, type ShownSecret } from "#engine/manage/secrets.ts";
import { listChannels } from "#store/channel.ts";
import { listAccounts, listSuppliers } from "#store/supplier.ts";
import { keyringWorks, readVaultStatus, rewrapDataKeys, rotateDataKey } from "#store/vault/rotate.ts";
import { CliError } from "../cli-error.ts";
import { command, group, run } from "../command.ts";
import { column, note, printFields, printJson, printList } from "../output.ts";

interface Row extends ShownSecret {
  of: string;
}

export const vaultCommand = () =>
  group("vault", "the sealed secrets of accounts and channels, and the keys that seal them")
    .addCommand(
      command({
        name: "secrets",
        about: "Which secrets are set, by whom, and when they were last used for what. Never what they are.",
        examples: ["vault secrets", "vault secrets --output json"],
      }).action(
        run(async ({ connect, workspace, format }) => {
          const { db, manage, ...connection } = await connect();
          const { id: workspaceId } = await workspace({ db, manage, ...connection });
          const suppliers = new Map((await listSuppliers(db, workspaceId)).map((each) => [each.id, each.name]));
          const holders: { name: string; target: SecretsOf }[] = [
            ...(await listChannels(db, workspaceId)).map(({ id, name }) => ({
              name: `channel ${name}`,
              target: { of: "channel", workspaceId, id } as const,
            })),
            ...(await listAccounts(db, workspaceId)).map(({ id, name, supplierId }) => ({
              name: `account ${suppliers.get(supplierId) ?? ""}/${name}`,
              target: { of: "account", workspaceId, id } as const,
            })),
          ];
          const rows: Row[] = [];
          for (const { name, target } of holders) {
            const found = await listSecrets(manage, target);
            if (found.status === "ok") rows.push(...found.value.map((each) => ({ ...each, of: name })));
          }
          const columns = [
            column<Row>("of", (each) => each.of),
            column<Row>("secret", (each) => each.name),
            column<Row>("set", (each) => (each.isSet ? "set" : each.required ? "not set, needed" : "not set")),
            column<Row>("since", (each) => each.setAt?.toISOString()),
            column<Row>("by", (each) => each.setBy),
            column<Row>("last used", (each) => each.lastUsedAt?.toISOString()),
            column<Row>("for", (each) => each.lastUsedFor),
          ];
          printList(format, rows, columns, { secrets: rows }, "Nothing here needs a secret.");
        }),
      ),
    )
    .addCommand(
      command({
        name: "status",
        about: "Where the master key is, and whether it opens what is sealed.",
        examples: ["vault status"],
        inWorkspace: false,
      }).action(
        run(async ({ connect, format }) => {
          const { db, engine } = await connect();
          const { keyring } = engine.vault;
          const status = await readVaultStatus(db);
          const set = await keyring.masterKeys.read();
          const works = await keyringWorks(db, keyring);
          const versions = set === null ? [] : [...set.keys.keys()].sort((a, b) => a - b);
          const unused = versions.filter((each) => !status.inUse.includes(each) && each !== set?.newest);
          const json = {
            masterKey: keyring.masterKeys.place,
            versions,
            inUse: status.inUse,
            unused,
            secrets: status.secrets,
            dataKeys: status.dataKeys,
            workspaces: status.workspaces,
            works: works === null,
            problem: works?.message ?? null,
          };
          printFields(
            format,
            [
              ["master key", `${json.masterKey}${set === null ? " (made with the first secret)" : ""}`],
              ["versions", versions.join(", ")],
              ["in use", status.inUse.join(", ")],
              ["secrets", status.secrets],
              ["data keys", `${status.dataKeys} in ${status.workspaces} workspaces`],
              ["opens", works === null ? "yes" : `no: ${works.message} ${works.next}`],
            ],
            json,
          );
          if (format === "table" && unused.length > 0)
            note(
              `Nothing in this database is sealed with version ${unused.join(", ")} any more. Take the line out of the file once you keep no backup from before the change.`,
            );
          return works === null ? 0 : 1;
        }),
      ),
    )
    .addCommand(
      command({
        name: "rotate-master",
        about:
          "Make a new master key and wrap every data key with it; nothing stops meanwhile. With a command for the master key, let that print the new version beside the old one first.",
        examples: ["vault rotate-master"],
        inWorkspace: false,
      }).action(
        run(async ({ connect, format }) => {
          const connection = await connect();
          const { db: engine, engine: parts } = connection;
          const { keyring } = parts.vault;
          const vault = connection.openVault();
          const problem = await keyringWorks(engine, keyring);
          if (problem !== null) throw problem;
          const { add } = keyring.masterKeys;
          const before = await keyring.masterKeys.read();
          if (before === null)
            throw new CliError("There is no master key yet.", "It is made with the first secret, or the first start.");
          if (add !== null) await add();
          const count = await rewrapDataKeys({ engine, vault: vault.db }, keyring);
          const { newest } = await keyring.masters();
          if (format !== "table") return printJson({ version: newest, wrapped: count });
          note(`${count} data keys are wrapped by version ${newest} of the master key.`);
          note(
            `Back up ${keyring.masterKeys.place} now, apart from the database. Older versions stay for older backups; see: npx switchyard vault status`,
          );
        }),
      ),
    )
    .addCommand(
      command({
        name: "rotate-data",
        about: "Make a new data key for the workspace and seal everything anew with it; nothing stops meanwhile.",
        examples: ["vault rotate-data", "vault rotate-data --workspace acme"],
      }).action(
        run(async ({ connect, workspace, format }) => {
          const connection = await connect();
          const { id } = await workspace(connection);
          const vault = connection.openVault();
          const { dek, resealed, removed } = await rotateDataKey(
            { engine: connection.db, vault: vault.db },
            vault.keyring,
            id,
          );
          if (format !== "table") return printJson({ dataKey: dek, resealed, removed });
          note(`Data key ${dek}: ${resealed} values are sealed anew; ${removed} older data keys are gone.`);
        }),
      ),
    );
