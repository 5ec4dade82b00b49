import type { Manifest } from "#connectors/ports.ts";
import type { AccountId, ChannelId, WorkspaceId } from "#domain/ids.ts";
import { refuse, type Result } from "#domain/result.ts";
import { hushed, type Secrets } from "#domain/secret.ts";
import { listConnections, lockChannel } from "#store/channel.ts";
import type { Tx } from "#store/db.ts";
import { enableAccount, listSuppliers, lockAccount } from "#store/supplier.ts";
import { forgetSecrets, putSecrets, readSecretStatus, type SecretOwner } from "#store/vault/secrets.ts";
import { change, record, wakeAgain, wakeAll, type ManageContext, type Waking } from "./context.ts";
import { didYouMean } from "./nearest.ts";

/** Whose secrets: a login at a supplier, or how a channel is reached. */
export type SecretsOf =
  | { of: "account"; workspaceId: WorkspaceId; id: AccountId }
  | { of: "channel"; workspaceId: WorkspaceId; id: ChannelId };

/** All that anybody is told about a secret. */
export interface ShownSecret {
  name: string;
  title: string;
  help: string;
  required: boolean;
  isSet: boolean;
  setAt: Date | null;
  setBy: string | null;
  lastUsedAt: Date | null;
  lastUsedFor: string | null;
}

interface Holder {
  kind: string;
  manifest: Manifest | undefined;
  owner: SecretOwner | null;
  /** Of a channel. */
  settings: Record<string, unknown>;
  externalId: string;
}

async function holderOf(context: ManageContext, tx: Tx, target: SecretsOf): Promise<Holder | null> {
  const { workspaceId } = target;
  if (target.of === "account") {
    const account = await lockAccount(tx, workspaceId, target.id);
    if (account === undefined) return null;
    const supplier = (await listSuppliers(tx, workspaceId)).find((each) => each.id === account.supplierId);
    const kind = supplier?.kind ?? "";
    const owner = { workspaceId, subject: "account", id: account.id } as const;
    return { kind, manifest: context.suppliers.get(kind)?.manifest, owner, settings: {}, externalId: "" };
  }
  const channel = await lockChannel(tx, workspaceId, target.id);
  if (channel === undefined) return null;
  const [connection] = await listConnections(tx, workspaceId, channel.id);
  return {
    kind: channel.kind,
    manifest: context.channels.get(channel.kind)?.manifest,
    owner: connection === undefined ? null : { workspaceId, subject: "connection", id: connection.id },
    settings: connection?.settings ?? {},
    externalId: channel.externalId,
  };
}

const fieldsOf = (manifest: Manifest | undefined) =>
  Object.entries(manifest?.settings ?? {}).filter(([, field]) => field.secret === true);
const notThere = ({ of }: SecretsOf) => refuse(`no_such_${of}`, `There is no such ${of} in this workspace.`);

/** VA-7. Every secret its connector knows, whether it is set, and when it was last used for what. */
export async function listSecrets(context: ManageContext, target: SecretsOf): Promise<Result<ShownSecret[]>> {
  return context.db.tx(async (tx) => {
    const holder = await holderOf(context, tx, target);
    if (holder === null) return notThere(target);
    const set = new Map(
      (holder.owner === null ? [] : await readSecretStatus(tx, holder.owner)).map((each) => [each.name, each]),
    );
    const value = fieldsOf(holder.manifest).map(([name, { title, help, required }]): ShownSecret => {
      const status = set.get(name);
      return {
        name,
        title,
        help,
        required,
        isSet: status !== undefined,
        setAt: status?.setAt ?? null,
        setBy: status?.setBy ?? null,
        lastUsedAt: status?.lastUsedAt ?? null,
        lastUsedFor: status?.lastUsedFor ?? null,
      };
    });
    return { status: "ok", value };
  });
}

/**
 * VA-14. Sets secrets, all or none, and takes back those in `forgotten`. What its connector does not know is refused. A channel is asked with them first, where
 * they are all that it needs: what it does not accept, or what leads to another shop, changes nothing. Orders that waited for the account are tried again.
 */
export async function setSecrets(
  context: ManageContext,
  target: SecretsOf,
  { secrets, forgotten = [] }: { secrets: Secrets; forgotten?: readonly string[] },
): Promise<Result> {
  const { workspaceId } = target;
  const names = [...Object.keys(secrets), ...forgotten];
  const found = await context.db.tx((tx) => holderOf(context, tx, target));
  if (found === null) return notThere(target);
  const fields = fieldsOf(found.manifest);
  const known = fields.map(([name]) => name);
  const stranger = names.find((name) => !known.includes(name));
  if (stranger !== undefined || found.owner === null || found.manifest === undefined)
    return refuse(
      "secret_unknown",
      known.length === 0
        ? `What is of kind "${found.kind}" needs no secrets.`
        : `There is no secret "${stranger ?? ""}" for ${found.manifest?.title ?? found.kind}. ${didYouMean(stranger ?? "", known)}`.trim(),
    );
  const empty = Object.entries(secrets).find(([, secret]) => secret.isEmpty);
  if (empty !== undefined) return refuse("secret_invalid", `${empty[0]} is empty. Give its text, or take it back.`);
  if (names.length === 0) return { status: "ok", value: undefined };
  const rejected = await tryChannel(context, target, found, secrets);
  if (rejected !== null) return rejected;

  const waking: Waking = { workspaceId, ...(target.of === "account" ? wokenBy(target.id) : {}) };
  const answer = await change(context, async (tx): Promise<Result> => {
    await wakeAll(tx, waking, context.clock.now());
    const holder = await holderOf(context, tx, target);
    if (holder === null || holder.owner === null) return notThere(target);
    if (forgotten.length > 0) await forgetSecrets(tx, holder.owner, forgotten);
    await putSecrets(tx, context.vault.keyring, holder.owner, secrets, {
      actor: context.actor,
      at: context.clock.now(),
    });
    if (target.of === "account" && Object.keys(secrets).length > 0)
      await enableAccount(tx, { workspaceId, id: target.id }, true);
    await context.ids.ensure(tx, 1);
    await record(tx, context, {
      workspaceId,
      kind: "secrets_set",
      subject: target.of,
      subjectId: target.id,
      data: { set: Object.keys(secrets), forgotten: [...forgotten] },
    });
    return { status: "ok", value: undefined };
  });
  if (answer.status === "ok" && target.of === "account") await wakeAgain(context, waking);
  return answer;
}

const wokenBy = (id: AccountId): Pick<Waking, "keys" | "codes"> => ({
  keys: [`account:${id}`],
  codes: ["no_supplier", "credentials_rejected"],
});

async function tryChannel(context: ManageContext, target: SecretsOf, holder: Holder, secrets: Secrets) {
  const connector = target.of === "channel" ? context.channels.get(holder.kind) : undefined;
  const needed = fieldsOf(holder.manifest).filter(([, field]) => field.required);
  if (connector === undefined || Object.keys(secrets).length === 0 || needed.some(([name]) => !(name in secrets)))
    return null;
  const { settings, externalId } = holder;
  const answer = await hushed(connector, secrets).identify({ externalId, settings, secrets, outside: context.outside });
  if (answer.status !== "ok")
    return refuse("channel_not_reached", `${connector.manifest.title} did not accept it: ${answer.message}`);
  return answer.externalId === externalId
    ? null
    : refuse(
        "another_channel",
        `This leads to ${answer.externalId}, and the channel is ${externalId}. Add another channel for it instead.`,
      );
}
