import { needsSecrets, type Channel, type ChannelContext, type Failure } from "#connectors/ports.ts";
import type { ChannelId, ConnectionId, WorkspaceId } from "#domain/ids.ts";
import { hushed, noSecrets, type Secret } from "#domain/secret.ts";
import type { Tx } from "#store/db.ts";
import { channelConnections } from "#store/write-back.ts";
import type { Engine } from "./context.ts";

/** A channel and how it is reached now. */
export interface ReachableChannel {
  connector: Channel;
  context: ChannelContext;
}

interface Reach {
  workspaceId: WorkspaceId;
  connectionId: ConnectionId;
  kind: string;
  externalId: string;
  settings: Record<string, unknown>;
}

/** VA-12. One connection, ready to be asked; undefined: no connector of its kind is installed. Its secrets are opened directly before each call. */
export function reachChannel(engine: Engine, reach: Reach): ReachableChannel | undefined {
  const { kind, externalId, settings } = reach;
  const connector = engine.channels.get(kind);
  if (connector === undefined) return undefined;
  return {
    connector: openingSecrets(engine, connector, reach),
    context: { externalId, settings, secrets: noSecrets, outside: engine.outside },
  };
}

/** By channel id: the oldest connection of each whose kind has a connector here. A channel that nothing reaches is left out. */
export async function reachChannels(
  engine: Engine,
  tx: Tx,
  channels: readonly { workspaceId: WorkspaceId; channelId: ChannelId }[],
): Promise<Map<ChannelId, ReachableChannel>> {
  const reachable = new Map<ChannelId, ReachableChannel>();
  for (const { channelId, ...reach } of await channelConnections(tx, channels)) {
    const reached = reachable.has(channelId) ? undefined : reachChannel(engine, reach);
    if (reached !== undefined) reachable.set(channelId, reached);
  }
  return reachable;
}

/** The same connector, given its secrets for the length of a call, and unable to repeat them in what it answers. */
function openingSecrets(engine: Engine, connector: Channel, { workspaceId, connectionId }: Reach): Channel {
  const owner = { workspaceId, subject: "connection", id: connectionId } as const;
  const call = async <T>(
    purpose: string,
    context: ChannelContext,
    ask: (channel: Channel, opened: ChannelContext) => Promise<T>,
    failed: (failure: Failure) => T,
  ): Promise<T> => {
    let secrets: ChannelContext["secrets"];
    try {
      secrets = needsSecrets(connector.manifest) ? await engine.vault.open([owner], purpose) : noSecrets;
    } catch (error) {
      const message = `the channel's secrets could not be opened: ${error instanceof Error ? error.message : String(error)}`;
      return failed({ status: "retry_later", afterMs: 60_000, message });
    }
    return ask(hushed(connector, secrets), { ...context, secrets });
  };
  const one = (failure: Failure): Failure => failure;
  return {
    manifest: connector.manifest,
    parse: (raw) => connector.parse(raw),
    identify: (context) => call("identify", context, (channel, opened) => channel.identify(opened), one),
    pull: (context, cursor) => call("pull", context, (channel, opened) => channel.pull(opened, cursor), one),
    list: (context, from, to) => call("list", context, (channel, opened) => channel.list(opened, from, to), one),
    writeBack: (context, batch) =>
      call(
        "write back",
        context,
        (channel, opened) => channel.writeBack(opened, batch),
        (failure) => batch.map(() => failure),
      ),
    readBack: (context, batch) =>
      call(
        "read back",
        context,
        (channel, opened) => channel.readBack(opened, batch),
        (failure) => batch.map(() => failure),
      ),
    cancel: (context, batch) =>
      call(
        "cancel",
        context,
        (channel, opened) => channel.cancel(opened, batch),
        (failure) => batch.map(() => failure),
      ),
    ...(connector.hooks === undefined ? {} : { hooks: { ...connector.hooks, tell } }),
  };
  function tell(context: ChannelContext, to: { url: string; secret: Secret } | null) {
    return call(
      "tell where webhooks go",
      context,
      (_channel, opened) =>
        hushed(connector.hooks!, { ...opened.secrets, ...(to === null ? {} : { signing: to.secret }) }).tell(
          opened,
          to,
        ),
      one,
    );
  }
}
