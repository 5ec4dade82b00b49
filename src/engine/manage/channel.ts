import type { ChannelId, ConnectionId, WorkspaceId } from "#domain/ids.ts";
import { refuse, type Result } from "#domain/result.ts";
import { hushed } from "#domain/secret.ts";
import type { ChannelSettings } from "#domain/settings.ts";
import { insertChannel, insertConnection, registerChannel, type Channel } from "#store/channel.ts";
import { findWorkspace } from "#store/workspace.ts";
import { confined } from "./confine.ts";
import {
  changeConnectorSettings,
  maskSecrets,
  saveSecrets,
  splitConnector,
  type ConnectorWish,
} from "./connector-settings.ts";
import { change, record, type ManageContext } from "./context.ts";
import { didYouMean } from "./nearest.ts";
import { automationSince, changeSettings } from "./settings-change.ts";
import { channelSettings } from "./settings-catalogue.ts";

export interface NewChannel {
  workspaceId: WorkspaceId;
  /** `file`, or the kind of an installed connector. */
  kind: string;
  name: string;
  /** What the other side calls the account; without it the connector is asked, and a file channel takes its name. */
  externalId?: string;
  /** `connector` in it is what the connector needs. */
  settings?: Record<string, unknown>;
}

/** Files are brought by a person: nothing is fetched, and there is no connector to ask. */
const fileKind = "file";

/**
 * MG-2. A new channel is in review and connects nothing of its past: what was bought before now stands by. An account that another workspace of
 * this installation has is refused with `channel_elsewhere`, without saying whose it is.
 */
export async function addChannel(context: ManageContext, wish: NewChannel): Promise<Result<Channel>> {
  const { workspaceId, kind, name } = wish;
  if (name.trim() === "" || name.length > 200 || /\p{Cc}/u.test(name))
    return refuse("name_invalid", "A channel needs a name of 1 to 200 characters.");
  const connector = context.channels.get(kind);
  if (connector === undefined && kind !== fileKind)
    return refuse(
      "kind_unknown",
      `No channel of kind "${kind}" is installed. ${didYouMean(kind, [fileKind, ...context.channels.keys()])}`.trim(),
    );

  const { connector: wishedConnector = {}, ...wishedOwn } = splitConnector(wish.settings ?? {});
  // Files go one way: without another word nothing waits for the shop to be told, else no order of a file would ever be completed.
  const standing = connector === undefined ? { "writeBack.shipped": "never", "writeBack.cancelled": "never" } : {};
  const changed = changeSettings(channelSettings, {}, { ...standing, ...wishedOwn });
  if (changed.status === "refused") return changed;
  let wished: ConnectorWish = { settings: {}, secrets: {}, forgotten: [] };
  if (connector !== undefined) {
    const workspace = (await findWorkspace(context.db, workspaceId))!.slug;
    const within = { manifest: connector.manifest, kind, workspace, isNew: true };
    const allowed = confined(context, within, wishedConnector as Record<string, unknown>);
    if (allowed.status === "refused") return allowed;
    const checked = changeConnectorSettings(connector, {}, allowed.value);
    if (checked.status === "refused") return checked;
    wished = checked;
  } else if (Object.keys(wishedConnector as object).length > 0) {
    return refuse("setting_unknown", "A file channel has no connector settings. Give the mapping when importing.");
  }

  let { externalId } = wish;
  if (externalId === undefined && connector !== undefined) {
    const { settings, secrets } = wished;
    const answer = await hushed(connector, secrets).identify({
      externalId: "",
      settings,
      secrets,
      outside: context.outside,
    });
    if (answer.status !== "ok")
      return refuse(
        "channel_not_reached",
        `${connector.manifest.title} could not be asked whose account this is: ${answer.message}`,
      );
    externalId = answer.externalId;
  }
  // Two workspaces may each have a file channel "Shop"; what makes a file's account one is the workspace.
  externalId ??= `${workspaceId}/${name}`;
  if (externalId === "" || externalId.length > 500)
    return refuse("external_id_invalid", "The account id of a channel has 1 to 500 characters.");

  const now = context.clock.now();
  return change(context, async (tx): Promise<Result<Channel>> => {
    await context.ids.ensure(tx, 3);
    const owner = await registerChannel(tx, { kind, externalId, workspaceId });
    if (owner !== workspaceId) {
      return refuse(
        "channel_elsewhere",
        `${externalId} (${kind}) belongs to another workspace of this installation. Each shop has one home: remove it there first, or work in that workspace.`,
      );
    }
    const settings = { ...changed.settings, ...automationSince(changed, now) } as Partial<ChannelSettings>;
    const channel: Channel = {
      workspaceId,
      id: context.ids.next<"channel">() as ChannelId,
      publicId: context.ids.uuid(),
      kind,
      externalId,
      name,
      settings,
      active: true,
      createdAt: now,
    };
    if (!(await insertChannel(tx, channel)))
      return refuse(
        "channel_exists",
        `This workspace has a channel named "${name}" or the account ${externalId} (${kind}) already.`,
      );
    const connectionId = context.ids.next<"connection">() as ConnectionId;
    const dueAt = connector === undefined ? null : now;
    await insertConnection(tx, {
      workspaceId,
      id: connectionId,
      channelId: channel.id,
      kind,
      settings: wished.settings,
      dueAt,
    });
    await saveSecrets(tx, context, { workspaceId, subject: "connection", id: connectionId }, wished);
    await record(tx, context, {
      workspaceId,
      kind: "channel_added",
      subject: "channel",
      subjectId: channel.id,
      data: {
        kind,
        externalId,
        name,
        settings,
        connector: maskSecrets(connector?.manifest, wished.settings, Object.keys(wished.secrets)),
      },
    });
    return { status: "ok", value: channel };
  });
}
