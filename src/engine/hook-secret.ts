import type { ConnectionId, WorkspaceId } from "#domain/ids.ts";
import type { SecretOwner } from "#store/vault/secrets.ts";

/** What a connection's webhooks are signed with lies apart from what lets us into the shop: who checks a signature opens nothing else. */
export const hookOwner = (workspaceId: WorkspaceId, connectionId: ConnectionId): SecretOwner => ({
  workspaceId,
  subject: "channel_hook",
  id: connectionId,
});
export const hookSecretName = "signing";
