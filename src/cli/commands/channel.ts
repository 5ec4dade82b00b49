import { publicId } from "#domain/ids.ts";
import { defaultChannelSettings } from "#domain/settings.ts";
import { reachChannels } from "#engine/channel-context.ts";
import { addChannel } from "#engine/manage/channel.ts";
import { setSecrets } from "#engine/manage/secrets.ts";
import { listChannels, listConnections, type Channel, type ChannelConnection } from "#store/channel.ts";
import { chooseChannel } from "../choose.ts";
import { CliError, refused } from "../cli-error.ts";
import { collect, command, group, run } from "../command.ts";
import { column, note, printFields, printList } from "../output.ts";
import { askForAll, tellTrial } from "../credentials.ts";
import { wishedSettings } from "../wished-settings.ts";
import { channelUnreadCommand, channelWebhooksCommand } from "./channel-webhooks.ts";

const present = (channel: Channel, connections: readonly ChannelConnection[] = []) => ({
  id: publicId("channel", channel.publicId),
  kind: channel.kind,
  name: channel.name,
  externalId: channel.externalId,
  active: channel.active,
  settings: { ...defaultChannelSettings, ...channel.settings },
  connections: connections.map(({ kind, lastSyncAt, lastProblem, gapCheckedAt, gapMissing, gapExamples }) => ({
    kind,
    lastSyncAt: lastSyncAt?.toISOString() ?? null,
    lastProblem,
    gap:
      gapCheckedAt === null
        ? null
        : { checkedAt: gapCheckedAt.toISOString(), missing: gapMissing ?? 0, examples: gapExamples },
  })),
  createdAt: channel.createdAt.toISOString(),
});
type Shown = ReturnType<typeof present>;

export const channelCommand = () =>
  group("channel", "channels: shops and marketplace accounts that bring orders")
    .addCommand(
      command({
        name: "add <name>",
        about:
          "Add a channel. It begins in review: nothing is placed before you press Process or switch it to automatic.",
        examples: ["channel add shop --kind file --zone Europe/Berlin", "settings set --channel shop mode=automatic"],
      })
        .option("--kind <kind>", "file (you bring its exports), or an installed connector", "file")
        .option("--external-id <id>", "what the other side calls the account (default: the connector asks)")
        .option("--zone <zone>", "in which its dates without a zone are read", "UTC")
        .option("--set <name=value>", "a setting, its own or the connector's; may be given several times", collect)
        .action(
          run<{ kind: string; externalId?: string; zone: string; set?: string[] }, [string]>(
            async ({ connect, workspace, options, format }, name) => {
              const connection = await connect();
              const { id: workspaceId } = await workspace(connection);
              const manifest = connection.connectors.channels.get(options.kind)?.manifest;
              const settings = { zone: options.zone, ...wishedSettings("channel", options.set ?? [], manifest) };
              const answer = await addChannel(connection.manage, {
                workspaceId,
                kind: options.kind,
                name,
                settings,
                ...(options.externalId === undefined ? {} : { externalId: options.externalId }),
              });
              if (answer.status === "refused") throw refused(answer);
              const json = present(answer.value);
              printFields(
                format,
                [
                  ["id", json.id],
                  ["channel", json.name],
                  ["kind", json.kind],
                  ["mode", json.settings.mode],
                  ["zone", json.settings.zone],
                ],
                json,
              );
              if (format === "table" && json.kind === "file")
                note(`Bring its orders: npx switchyard import orders FILE --channel ${json.name}`);
            },
          ),
        ),
    )
    .addCommand(
      command({
        name: "list",
        about: "The channels of the workspace.",
        examples: ["channel list --output json"],
      }).action(
        run(async ({ connect, workspace, format }) => {
          const connection = await connect();
          const { id } = await workspace(connection);
          const channels: Shown[] = [];
          for (const channel of await listChannels(connection.db, id))
            channels.push(present(channel, await listConnections(connection.db, id, channel.id)));
          const columns = [
            column<Shown>("channel", (each) => each.name),
            column<Shown>("kind", (each) => each.kind),
            column<Shown>("account", (each) => each.externalId),
            column<Shown>("mode", (each) => each.settings.mode),
            column<Shown>("zone", (each) => each.settings.zone),
            column<Shown>("last sync", (each) => each.connections[0]?.lastSyncAt),
            column<Shown>("problem", (each) => each.connections[0]?.lastProblem),
            column<Shown>("id", (each) => each.id),
          ];
          printList(
            format,
            channels,
            columns,
            { channels },
            "No channel yet. Add one: npx switchyard channel add shop --kind file",
          );
        }),
      ),
    )
    .addCommand(
      command({
        name: "credentials <channel>",
        about: "Enter the secrets of a channel. They are tried at the shop, sealed, and never shown again.",
        examples: ["channel credentials shop", 'echo "$TOKEN" | npx switchyard channel credentials shop'],
        prints: false,
      }).action(
        run<object, [string]>(async ({ connect, workspace }, wished) => {
          const connection = await connect();
          const { id: workspaceId } = await workspace(connection);
          const channel = await chooseChannel(connection.db, workspaceId, wished);
          const manifest = connection.connectors.channels.get(channel.kind)?.manifest;
          const secrets = await askForAll(`${channel.name} (${channel.kind})`, manifest);
          const answer = await setSecrets(
            connection.manage,
            { of: "channel", workspaceId, id: channel.id },
            { secrets },
          );
          if (answer.status === "refused") throw refused(answer);
          note(`Kept for ${channel.name}.`);
        }),
      ),
    )
    .addCommand(
      command({
        name: "test <channel>",
        about: "Ask the shop whose account this is. Exit code 1: it refuses the credentials; 2: it could not be asked.",
        examples: ["channel test shop"],
        prints: false,
      }).action(
        run<object, [string]>(async ({ connect, workspace }, wished) => {
          const connection = await connect();
          const { id: workspaceId } = await workspace(connection);
          const channel = await chooseChannel(connection.db, workspaceId, wished);
          const reached = (
            await reachChannels({ ...connection.engine, vault: connection.openVault() }, connection.db, [
              { workspaceId, channelId: channel.id },
            ])
          ).get(channel.id);
          if (reached === undefined)
            throw new CliError(`${channel.name} (${channel.kind}) is not fetched from; there is nothing to try.`);
          return tellTrial(channel.name, await reached.connector.identify(reached.context));
        }),
      ),
    )
    .addCommand(channelWebhooksCommand())
    .addCommand(channelUnreadCommand());
