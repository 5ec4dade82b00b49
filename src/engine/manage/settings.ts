import { hash } from "node:crypto";
import type { AccountId, ChannelId, SupplierId, WorkspaceId } from "#domain/ids.ts";
import { actionCreditUnit } from "#domain/placement-money.ts";
import { ok, refuse, type Refused, type Result } from "#domain/result.ts";
import type { AccountSettings, ChannelSettings, SupplierSettings, WorkspaceSettings } from "#domain/settings.ts";
import { lockLedgerBalances } from "#store/balance.ts";
import { listConnections, lockChannel, saveChannelSettings, saveConnectionSettings } from "#store/channel.ts";
import type { Tx } from "#store/db.ts";
import {
  lockAccount,
  lockSupplier,
  saveAccountSettings,
  saveSupplierSettings,
  type Supplier,
} from "#store/supplier.ts";
import { readSecretStatus, type SecretOwner } from "#store/vault/secrets.ts";
import { canonical } from "#store/event-chain.ts";
import { findWorkspace, lockWorkspace, saveWorkspaceSettings } from "#store/workspace.ts";
import { ring } from "#store/commit.ts";
import { confined, isSetRemotely } from "./confine.ts";
import {
  changeConnectorSettings,
  masked,
  maskSecrets,
  saveSecrets,
  splitConnector,
  type ConnectorWish,
} from "./connector-settings.ts";
import { change, record, wakeAgain, wakeAll, type ManageContext, type Waking } from "./context.ts";
import {
  accountSettings,
  channelSettings,
  supplierSettings,
  workspaceSettings,
  type SettingsCatalogue,
} from "./settings-catalogue.ts";
import { connectorForm, settingsForm, type Form } from "./settings-form.ts";
import {
  automationSince,
  changeSettings,
  findSetting,
  showSettings,
  type SettingChange,
  type ShownSetting,
} from "./settings-change.ts";
import { prepareDocuments } from "./supplier.ts";

/** Whose settings. */
export type SettingsOf =
  | { of: "workspace"; workspaceId: WorkspaceId }
  | { of: "channel"; workspaceId: WorkspaceId; id: ChannelId }
  | { of: "supplier"; workspaceId: WorkspaceId; id: SupplierId }
  | { of: "account"; workspaceId: WorkspaceId; id: AccountId };

interface Stored {
  settings: Record<string, unknown>;
  connector: Record<string, unknown>;
  /** Whose secrets its connector has; null: none. */
  owner: SecretOwner | null;
  kind: string;
  save(
    tx: Tx,
    settings: Record<string, unknown>,
    connector: Record<string, unknown>,
    changes: SettingChange[],
  ): Promise<Refused | null>;
}

/**
 * ST-1 to ST-7. Changes settings all or not at all, writes who changed what from what to what, and wakes the orders that may go on by it.
 * Answers what really changed; asking for what is so already changes nothing.
 */
export async function setSettings(
  context: ManageContext,
  target: SettingsOf,
  wished: Readonly<Record<string, unknown>>,
  /** Changes them only where they are still those (ST-31). */
  ifTag?: string,
): Promise<Result<SettingChange[]>> {
  const now = context.clock.now();
  let waking: Waking = { workspaceId: target.workspaceId };
  const answer = await change(context, async (tx): Promise<Result<SettingChange[]>> => {
    const stored = await lockStored(context, tx, target);
    if (stored === null) return refuse("not_found", `There is no such ${target.of} in this workspace.`);
    if (ifTag !== undefined && ifTag !== tagOf(stored)) return refuse("version_changed", changedMeanwhile);
    const { connector: wishedConnector, ...own } = splitConnector(wished);
    const out = context.remote === undefined ? undefined : Object.keys(own).find((name) => leadsOut(target, name));
    if (out !== undefined)
      return refuse(
        "administrator_only",
        `${out} leads into this server's own network, so the administrator sets it: npx switchyard settings set '${out}=…'`,
        out,
      );
    const changed = changeSettings(catalogueOf(target), stored.settings, own);
    if (changed.status === "refused") return changed;
    if (target.of === "channel") Object.assign(changed.settings, automationSince(changed, now));

    let { connector } = stored;
    let secrets: Pick<ConnectorWish, "secrets" | "forgotten"> = { secrets: {}, forgotten: [] };
    const changes = [...changed.changes];
    if (wishedConnector !== undefined) {
      const port = connectorOf(context, target, stored.kind);
      if (port === undefined)
        return refuse(
          "setting_unknown",
          `There are no connector settings on a ${target.of}${stored.kind === "" ? "" : ` of kind ${stored.kind}`}.`,
        );
      const kept = await namesOf(tx, stored.owner);
      const { manifest } = port;
      const { slug } = (await findWorkspace(tx, target.workspaceId))!;
      const within = {
        manifest,
        kind: stored.kind,
        workspace: slug,
        isNew: false,
      };
      const allowed = confined(context, within, wishedConnector);
      if (allowed.status === "refused") return allowed;
      const checked = changeConnectorSettings(port, stored.connector, allowed.value, kept);
      if (checked.status === "refused") return checked;
      secrets = checked;
      const [from, to] = [maskSecrets(port.manifest, stored.connector, kept), checked.settings];
      for (const name of Object.keys(wishedConnector)) {
        // A secret that is set again is a change: nobody here can tell whether it is the same.
        if (name in checked.secrets) changes.push({ name: `connector.${name}`, from: from[name] ?? null, to: masked });
        else if (checked.forgotten.includes(name)) {
          if (kept.has(name)) changes.push({ name: `connector.${name}`, from: masked, to: null });
        } else if (JSON.stringify(stored.connector[name]) !== JSON.stringify(checked.settings[name]))
          changes.push({ name: `connector.${name}`, from: from[name] ?? null, to: to[name] ?? null });
      }
      connector = checked.settings;
    }
    if (changes.length === 0) return { status: "ok", value: [] };
    if (
      changed.changes.some((change) => change.name === "mode") &&
      !changed.changes.some((change) => change.name === "automationOnSince")
    ) {
      const since = changed.settings["automationOnSince"] ?? null;
      changes.push({ name: "automationOnSince", from: stored.settings["automationOnSince"] ?? null, to: since });
    }
    waking = {
      workspaceId: target.workspaceId,
      codes: changed.wakes,
      channelId: target.of === "channel" ? target.id : null,
      keys: keysOf(target, changes),
    };
    await wakeAll(tx, waking, now); // orders are locked before what they share
    if (stored.owner !== null) await saveSecrets(tx, context, stored.owner, secrets);
    const problem = await stored.save(tx, changed.settings, connector, changes);
    if (problem !== null) return problem;
    await context.ids.ensure(tx, 1);
    await record(tx, context, {
      workspaceId: target.workspaceId,
      kind: "settings_changed",
      subject: target.of,
      subjectId: target.of === "workspace" ? "0" : target.id,
      data: { changes },
    });
    await ring(tx);
    return { status: "ok", value: changes };
  });
  if (answer.status === "ok" && answer.value.length > 0) await wakeAgain(context, waking);
  return answer;
}

const leadsOut = (target: SettingsOf, name: string): boolean => {
  const { open }: SettingsCatalogue = catalogueOf(target);
  const parent = name.split(".")[0]!;
  return Object.hasOwn(open, parent) && open[parent]!.leadsOut === true;
};

const changedMeanwhile = "These settings were changed since you read them.";

/** What was stored, as a mark: another value is another mark. */
const tagOf = ({ settings, connector }: Pick<Stored, "settings" | "connector">): string =>
  hash("sha256", canonical({ settings, connector })).slice(0, 32);

export interface ReadSettings {
  /** By dotted name; those of a connector as `connector.…`, without its secrets. */
  values: Record<string, unknown>;
  /** Names of those that are not as the product has them by itself. */
  changed: string[];
  form: Form;
  tag: string;
}

/** ST-30. What holds now and what it takes, for a form. */
export const readSettings = (context: ManageContext, target: SettingsOf): Promise<Result<ReadSettings>> =>
  context.db.tx(async (tx): Promise<Result<ReadSettings>> => {
    const stored = await lockStored(context, tx, target);
    if (stored === null) return refuse("not_found", `There is no such ${target.of} in this workspace.`);
    const manifest = connectorOf(context, target, stored.kind)?.manifest;
    const own = showSettings(catalogueOf(target), stored.settings);
    const open = Object.keys(manifest?.settings ?? {}).filter((name) => manifest?.settings[name]?.secret !== true);
    const connector = open.flatMap((name): [string, unknown][] => {
      const value = stored.connector[name] ?? manifest?.settings[name]?.default;
      return value === undefined ? [] : [[`connector.${name}`, value]];
    });
    return ok({
      values: Object.fromEntries([...own.map(({ name, value }): [string, unknown] => [name, value]), ...connector]),
      changed: [
        ...own.flatMap(({ name, isDefault }) => (isDefault ? [] : [name])),
        ...open.flatMap((name) => (name in stored.connector ? [`connector.${name}`] : [])),
      ],
      form: settingsForm(
        catalogueOf(target),
        connectorForm(manifest, (name) => isSetRemotely(context.remote, manifest, name)),
        context.remote !== undefined,
      ),
      tag: tagOf(stored),
    });
  });

/** ST-34. Whether a wish decides what may be spent: over the network, that takes a second factor. */
export function touchesLimits({ of }: Pick<SettingsOf, "of">, wished: Readonly<Record<string, unknown>>): boolean {
  const catalogue: SettingsCatalogue = catalogueOf({ of } as SettingsOf);
  return Object.keys(wished).some((given) => {
    const found = findSetting(catalogue, given);
    return !("status" in found) && found.setting.limit;
  });
}

/** What holds now, setting by setting, with its default and what it takes. Secrets are masked. */
export async function getSettings(context: ManageContext, target: SettingsOf): Promise<Result<ShownSetting[]>> {
  return context.db.tx(async (tx) => {
    const stored = await lockStored(context, tx, target);
    if (stored === null) return refuse("not_found", `There is no such ${target.of} in this workspace.`);
    const manifest = connectorOf(context, target, stored.kind)?.manifest;
    const kept = await namesOf(tx, stored.owner);
    const masks = maskSecrets(manifest, stored.connector, kept);
    const connector = Object.entries(manifest?.settings ?? {}).map(([name, field]): ShownSetting => {
      const value = masks[name] ?? field.default ?? null;
      const text = (each: unknown): string =>
        each === null || each === undefined ? "" : typeof each === "string" ? each : JSON.stringify(each);
      return {
        name: `connector.${name}`,
        value,
        text: text(value),
        default: text(field.default),
        isDefault: !(name in masks),
        help: `${field.title}. ${field.help}`,
        expected: field.choices === undefined ? field.type : `one of ${field.choices.join(", ")}`,
      };
    });
    return { status: "ok", value: [...showSettings(catalogueOf(target), stored.settings), ...connector] };
  });
}

const namesOf = async (tx: Tx, owner: SecretOwner | null): Promise<Set<string>> =>
  new Set(owner === null ? [] : (await readSecretStatus(tx, owner)).map(({ name }) => name));

const catalogueOf = ({ of }: SettingsOf) =>
  ({ workspace: workspaceSettings, channel: channelSettings, supplier: supplierSettings, account: accountSettings })[
    of
  ];

const connectorOf = (context: ManageContext, { of }: SettingsOf, kind: string) =>
  of === "channel" ? context.channels.get(kind) : of === "supplier" ? context.suppliers.get(kind) : undefined;

/** A cap and a payment kind are what holds of that account wait for. */
const keysOf = (target: SettingsOf, changes: readonly SettingChange[]): string[] =>
  target.of === "account" && changes.length > 0 ? [`account:${target.id}`, `balance:${target.id}`] : [];

async function lockStored(context: ManageContext, tx: Tx, target: SettingsOf): Promise<Stored | null> {
  const { workspaceId } = target;
  switch (target.of) {
    case "workspace": {
      const workspace = await lockWorkspace(tx, workspaceId);
      if (workspace === undefined) return null;
      const save: Stored["save"] = async (inTx, settings) => {
        await saveWorkspaceSettings(inTx, workspaceId, settings as Partial<WorkspaceSettings>);
        return null;
      };
      return { settings: workspace.settings as Record<string, unknown>, connector: {}, owner: null, kind: "", save };
    }
    case "channel": {
      const channel = await lockChannel(tx, workspaceId, target.id);
      if (channel === undefined) return null;
      const [connection] = await listConnections(tx, workspaceId, channel.id);
      const save: Stored["save"] = async (inTx, settings, connector, changes) => {
        await saveChannelSettings(inTx, channel, settings as Partial<ChannelSettings>);
        if (connection !== undefined && changes.some((change) => change.name.startsWith("connector.")))
          await saveConnectionSettings(inTx, workspaceId, connection.id, connector, context.clock.now());
        return null;
      };
      return {
        settings: channel.settings as Record<string, unknown>,
        connector: connection?.settings ?? {},
        owner: connection === undefined ? null : { workspaceId, subject: "connection", id: connection.id },
        kind: channel.kind,
        save,
      };
    }
    case "supplier": {
      const supplier = await lockSupplier(tx, workspaceId, target.id);
      if (supplier === undefined) return null;
      const { connector = {}, ...settings } = supplier.settings;
      const owner = { workspaceId, subject: "supplier", id: supplier.id } as const;
      return {
        settings,
        connector,
        owner,
        kind: supplier.kind,
        save: (...args) => saveSupplier(context, supplier, ...args),
      };
    }
    case "account": {
      const account = await lockAccount(tx, workspaceId, target.id);
      if (account === undefined) return null;
      const save: Stored["save"] = async (inTx, settings, _connector, changes) => {
        if (changes.some((each) => each.name === "currency")) {
          const money = (await lockLedgerBalances(inTx, workspaceId, account.id)).find(
            (each) => each.currency !== actionCreditUnit && each.balance !== 0n,
          );
          if (money !== undefined)
            return refuse(
              "currency_in_use",
              `currency: money in ${money.currency} is booked on this account, and we never convert. Add another account of this supplier instead.`,
            );
        }
        await saveAccountSettings(inTx, account, settings as Partial<AccountSettings>);
        return null;
      };
      return { settings: account.settings as Record<string, unknown>, connector: {}, owner: null, kind: "", save };
    }
  }
}

async function saveSupplier(
  context: ManageContext,
  supplier: Supplier,
  tx: Tx,
  settings: Record<string, unknown>,
  connector: Record<string, unknown>,
  changes: SettingChange[],
): Promise<Refused | null> {
  const every = changes.find((change) => change.name === "stockEveryMs");
  const stockDueAt = every === undefined ? undefined : every.to === null ? null : context.clock.now();
  const next = { ...settings, connector } as Partial<SupplierSettings>;
  await saveSupplierSettings(tx, supplier, next, stockDueAt);
  if (!changes.some((change) => change.name.startsWith("connector."))) return null;
  return prepareDocuments(context, { ...supplier, settings: next });
}
