import type { Channel, ChannelContext } from "#connectors/ports.ts";
import type { ChannelId, WorkspaceId } from "#domain/ids.ts";
import type { Tx } from "#store/db.ts";
import { channelConnections } from "#store/write-back.ts";
import type { Engine } from "./context.ts";

/** A channel and how it is reached now. */
export interface ReachableChannel {
  connector: Channel;
  context: ChannelContext;
}

/** By channel id: the oldest connection of each whose kind has a connector here. A channel that nothing reaches is left out. */
export async function reachChannels(
  engine: Engine,
  tx: Tx,
  channels: readonly { workspaceId: WorkspaceId; channelId: ChannelId }[],
): Promise<Map<ChannelId, ReachableChannel>> {
  const reachable = new Map<ChannelId, ReachableChannel>();
  for (const { channelId, kind, externalId, settings } of await channelConnections(tx, channels)) {
    const connector = engine.channels.get(kind);
    if (connector === undefined || reachable.has(channelId)) continue;
    reachable.set(channelId, { connector, context: { externalId, settings, secrets: {}, outside: engine.outside } });
  }
  return reachable;
}
