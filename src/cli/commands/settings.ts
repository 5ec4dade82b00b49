import type { Manifest } from "#connectors/ports.ts";
import type { WorkspaceId } from "#domain/ids.ts";
import { didYouMean } from "#engine/manage/nearest.ts";
import { showDuration } from "#engine/manage/setting.ts";
import { getSettings, setSettings, type SettingsOf } from "#engine/manage/settings.ts";
import type { ShownSetting } from "#engine/manage/settings-change.ts";
import { chooseAccount, chooseChannel, chooseSupplier } from "../choose.ts";
import { CliError, refused } from "../cli-error.ts";
import { command, group, run } from "../command.ts";
import type { Connection } from "../connect.ts";
import { column, printList } from "../output.ts";
import { wishedSettings } from "../wished-settings.ts";

interface Whose {
  channel?: string;
  supplier?: string;
  account?: string;
}

const withWhose = (made: ReturnType<typeof command>) =>
  made
    .option("--channel <channel>", "of this channel instead of the workspace")
    .option("--supplier <supplier>", "of this supplier")
    .option("--account <supplier/account>", "of this supplier account");

/** Whose settings the options name, with what a connector adds to them. */
async function target(
  connection: Connection,
  workspaceId: WorkspaceId,
  whose: Whose,
): Promise<{ of: SettingsOf; manifest: Manifest | undefined }> {
  if ([whose.channel, whose.supplier, whose.account].filter((each) => each !== undefined).length > 1)
    throw new CliError(
      "Settings belong to one thing.",
      "Give one of --channel, --supplier and --account, or none for the workspace.",
    );
  const { db, connectors } = connection;
  if (whose.channel !== undefined) {
    const { id, kind } = await chooseChannel(db, workspaceId, whose.channel);
    return { of: { of: "channel", workspaceId, id }, manifest: connectors.channels.get(kind)?.manifest };
  }
  if (whose.supplier !== undefined) {
    const { id, kind } = await chooseSupplier(db, workspaceId, whose.supplier);
    return { of: { of: "supplier", workspaceId, id }, manifest: connectors.suppliers.get(kind)?.manifest };
  }
  if (whose.account !== undefined) {
    const { account } = await chooseAccount(db, workspaceId, whose.account);
    return { of: { of: "account", workspaceId, id: account.id }, manifest: undefined };
  }
  return { of: { of: "workspace", workspaceId }, manifest: undefined };
}

export const settingsCommand = () =>
  group("settings", "settings of the workspace, a channel, a supplier or a supplier account")
    .addCommand(
      withWhose(
        command({
          name: "get [name]",
          about: "What holds now, with its default and what it takes.",
          examples: [
            "settings get",
            "settings get bufferMs --channel shop",
            "settings get --supplier northwind --output json",
          ],
        }),
      ).action(
        run<Whose, [string?]>(async ({ connect, workspace, options, format }, name) => {
          const connection = await connect();
          const { id } = await workspace(connection);
          const { of } = await target(connection, id, options);
          const answer = await getSettings(connection.manage, of);
          if (answer.status === "refused") throw refused(answer);
          const all = answer.value;
          const settings =
            name === undefined
              ? all
              : all.filter(
                  (each) => each.name === name || each.name === `${name}Ms` || each.name.startsWith(`${name}.`),
                );
          if (settings.length === 0)
            throw new CliError(
              `There is no setting ${String(name)}.`,
              didYouMean(
                String(name),
                all.map((each) => each.name),
              ),
            );
          const columns = [
            column<ShownSetting>("setting", (each) => each.name),
            column<ShownSetting>("value", (each) => each.text),
            column<ShownSetting>("default", (each) => (each.isDefault ? "" : each.default)),
            column<ShownSetting>("what it is", (each) => each.help),
          ];
          printList(format, settings, columns, { settings }, "");
        }),
      ),
    )
    .addCommand(
      withWhose(
        command({
          name: "set <name=value...>",
          about: "Change settings, all or none. `default` takes a value back, `none` means nothing.",
          examples: [
            "settings set --channel shop mode=automatic bufferMs=10m",
            "settings set completionMs=14d rates.USD=0.92",
            "settings set --supplier northwind sendTimes='[\"09:00\"]' countries=DE,AT",
            "settings set --account northwind/main payment=prepaid dailyCap=50000",
          ],
        }),
      ).action(
        run<Whose, [string[]]>(async ({ connect, workspace, options, format }, texts) => {
          const connection = await connect();
          const { id } = await workspace(connection);
          const { of, manifest } = await target(connection, id, options);
          const answer = await setSettings(connection.manage, of, wishedSettings(of.of, texts, manifest));
          if (answer.status === "refused") throw refused(answer);
          const changes = answer.value;
          const text = (name: string, value: unknown): string =>
            value === null
              ? "none"
              : name.endsWith("Ms") && typeof value === "number"
                ? showDuration(value)
                : typeof value === "string"
                  ? value
                  : JSON.stringify(value);
          const columns = [
            column<(typeof changes)[number]>("setting", (each) => each.name),
            column<(typeof changes)[number]>("was", (each) => text(each.name, each.from)),
            column<(typeof changes)[number]>("is", (each) => text(each.name, each.to)),
          ];
          printList(format, changes, columns, { changes }, "Nothing to change: it is so already.");
        }),
      ),
    );
