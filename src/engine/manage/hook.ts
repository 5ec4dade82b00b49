import type { ChannelId, ConnectionId, WorkspaceId } from "#domain/ids.ts";
import { ok, refuse, type Result } from "#domain/result.ts";
import { Secret } from "#domain/secret.ts";
import { findHook, switchHookOff, switchHookOn, wakeConnection, type ChannelHook } from "#store/channel-hook.ts";
import { listConnections, lockChannel } from "#store/channel.ts";
import { ring } from "#store/commit.ts";
import type { Tx } from "#store/db.ts";
import { putSecrets } from "#store/vault/secrets.ts";
import { hookOwner, hookSecretName } from "../hook-secret.ts";
import { makeWebhookSecret } from "../webhooks/signature.ts";
import { change, record, type ManageContext } from "./context.ts";

export interface HookOf {
  workspaceId: WorkspaceId;
  channelId: ChannelId;
}

/** Switched off and never switched on look the same but for the address. */
export type ShownHook = Pick<ChannelHook, "url" | "offAt" | "toldAt" | "problem" | "lastAt"> & { isOn: boolean };
const shown = (hook: ChannelHook | undefined): ShownHook | null =>
  hook === undefined
    ? null
    : {
        url: hook.url,
        isOn: hook.offAt === null,
        offAt: hook.offAt,
        toldAt: hook.toldAt,
        problem: hook.problem,
        lastAt: hook.lastAt,
      };

/** WI-12. null: never switched on. */
export const showHook = (context: ManageContext, of: HookOf): Promise<Result<ShownHook | null>> =>
  change(context, async (tx) => {
    const found = await connectionOf(context, tx, of);
    return found.status === "refused" ? found : ok(shown(await findHook(tx, of.workspaceId, found.value)));
  });

/**
 * WI-8. Makes a new secret, keeps the address where there is one, and lets a worker tell the channel. `baseUrl`: where this installation is reached by the
 * channel, without a path.
 */
export const hookOn = (context: ManageContext, of: HookOf, baseUrl: string): Promise<Result<ShownHook>> =>
  change(context, async (tx): Promise<Result<ShownHook>> => {
    const found = await connectionOf(context, tx, of);
    if (found.status === "refused") return found;
    const { workspaceId } = of;
    const { keyring } = context.vault;
    const now = context.clock.now();
    const before = await findHook(tx, workspaceId, found.value);
    const id = before?.id ?? Buffer.from(keyring.random.bytes(24)).toString("base64url");
    const url = `${baseUrl.replace(/\/$/, "")}/hooks/${id}`;
    await switchHookOn(tx, { id, workspaceId, connectionId: found.value, url }, now);
    const secret = new Secret(makeWebhookSecret(keyring.random));
    const by = { actor: context.actor, at: now };
    await putSecrets(tx, keyring, hookOwner(workspaceId, found.value), { [hookSecretName]: secret }, by);
    await noted(tx, context, of, "webhooks_in_on");
    await wakeConnection(tx, { workspaceId, id: found.value }, now);
    await ring(tx);
    return ok(shown(await findHook(tx, workspaceId, found.value))!);
  });

/** From the commit on nothing is taken; that the channel stops is a worker's to tell. */
export const hookOff = (context: ManageContext, of: HookOf): Promise<Result<ShownHook | null>> =>
  change(context, async (tx): Promise<Result<ShownHook | null>> => {
    const found = await connectionOf(context, tx, of);
    if (found.status === "refused") return found;
    const now = context.clock.now();
    const at = { workspaceId: of.workspaceId, connectionId: found.value };
    if ((await switchHookOff(tx, at, now)) === 1) {
      await noted(tx, context, of, "webhooks_in_off");
      await wakeConnection(tx, { workspaceId: of.workspaceId, id: found.value }, now);
      await ring(tx);
    }
    return ok(shown(await findHook(tx, of.workspaceId, found.value)));
  });

async function connectionOf(
  context: ManageContext,
  tx: Tx,
  { workspaceId, channelId }: HookOf,
): Promise<Result<ConnectionId>> {
  const channel = await lockChannel(tx, workspaceId, channelId);
  if (channel === undefined) return refuse("no_such_channel", "There is no such channel in this workspace.");
  const [connection] = await listConnections(tx, workspaceId, channelId);
  if (connection === undefined || context.channels.get(connection.kind)?.hooks === undefined)
    return refuse(
      "no_webhooks",
      `A channel of kind "${channel.kind}" sends no webhooks; its orders ${channel.kind === "file" ? "come from files" : "are fetched"}.`,
    );
  return ok(connection.id);
}

async function noted(tx: Tx, context: ManageContext, { workspaceId, channelId }: HookOf, kind: string): Promise<void> {
  await context.ids.ensure(tx, 1);
  await record(tx, context, { workspaceId, kind, subject: "channel", subjectId: channelId, data: {} });
}
