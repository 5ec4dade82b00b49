import type { AccountId, SupplierId, WorkspaceId } from "#domain/ids.ts";
import { refuse, type Result } from "#domain/result.ts";
import { defaultSupplierSettings, type AccountSettings, type SupplierSettings } from "#domain/settings.ts";
import { insertAccount, insertSupplier, listSuppliers, type Supplier, type SupplierAccount } from "#store/supplier.ts";
import { findWorkspace } from "#store/workspace.ts";
import { confined } from "./confine.ts";
import { changeConnectorSettings, maskSecrets, saveSecrets, splitConnector } from "./connector-settings.ts";
import { change, record, wakeAll, wakeAgain, type ManageContext } from "./context.ts";
import { didYouMean } from "./nearest.ts";
import { accountSettings, supplierSettings } from "./settings-catalogue.ts";
import { changeSettings } from "./settings-change.ts";

export interface NewSupplier {
  workspaceId: WorkspaceId;
  kind: string;
  name: string;
  role?: Supplier["role"];
  /** `connector` in it is what the connector needs. */
  settings?: Record<string, unknown>;
}

/**
 * MG-3. Refuses what the connector's manifest or its own check refuses; a supplier of documents gets its folders made here, once, and never on the
 * way of a document. An account is added separately: nothing can be placed without one.
 */
export async function addSupplier(context: ManageContext, wish: NewSupplier): Promise<Result<Supplier>> {
  const { workspaceId, kind, name, role = "supplier" } = wish;
  if (!isName(name)) return refuse("name_invalid", "A supplier needs a name of 1 to 200 characters.");
  const connector = context.suppliers.get(kind);
  if (connector === undefined)
    return refuse(
      "kind_unknown",
      `No supplier of kind "${kind}" is installed. ${didYouMean(kind, [...context.suppliers.keys()])}`.trim(),
    );
  const { connector: wishedConnector = {}, ...wishedOwn } = splitConnector(wish.settings ?? {});
  const changed = changeSettings(supplierSettings, {}, wishedOwn);
  if (changed.status === "refused") return changed;
  const workspace = (await findWorkspace(context.db, workspaceId))!.slug;
  const within = { manifest: connector.manifest, kind, workspace, isNew: true };
  const allowed = confined(context, within, wishedConnector as Record<string, unknown>);
  if (allowed.status === "refused") return allowed;
  const checked = changeConnectorSettings(connector, {}, allowed.value);
  if (checked.status === "refused") return checked;
  const settings = { ...changed.settings, connector: checked.settings } as Partial<SupplierSettings>;

  const now = context.clock.now();
  const { stockEveryMs } = { ...defaultSupplierSettings, ...settings };
  const added = await change(context, async (tx): Promise<Result<Supplier>> => {
    await context.ids.ensure(tx, 2);
    const supplier: Supplier = {
      workspaceId,
      id: context.ids.next<"supplier">() as SupplierId,
      publicId: context.ids.uuid(),
      kind,
      role,
      name,
      settings,
      lastProblem: null,
      createdAt: now,
    };
    const stockDueAt = stockEveryMs === null ? null : now;
    const inboxDueAt = connector.documents === undefined ? null : now;
    if (!(await insertSupplier(tx, { ...supplier, stockDueAt, inboxDueAt })))
      return refuse("name_taken", `This workspace has a supplier named "${name}" already. Choose another name.`);
    await saveSecrets(tx, context, { workspaceId, subject: "supplier", id: supplier.id }, checked);
    const problem = await prepareDocuments(context, supplier);
    if (problem !== null) return problem;
    await record(tx, context, {
      workspaceId,
      kind: "supplier_added",
      subject: "supplier",
      subjectId: supplier.id,
      data: {
        kind,
        role,
        name,
        settings: {
          ...settings,
          connector: maskSecrets(connector.manifest, checked.settings, Object.keys(checked.secrets)),
        },
      },
    });
    return { status: "ok", value: supplier };
  });
  return added;
}

/** Folders of a supplier of documents; the refusal says what is wrong with them. */
export async function prepareDocuments(
  context: ManageContext,
  supplier: Supplier,
): Promise<ReturnType<typeof refuse> | null> {
  const documents = context.suppliers.get(supplier.kind)?.documents;
  if (documents === undefined) return null;
  const settings = (supplier.settings.connector ?? {}) as Record<string, unknown>;
  try {
    await documents.prepare({
      supplierId: supplier.id,
      accountId: "0",
      settings,
      secrets: {},
      outside: context.outside,
    });
    return null;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return refuse(
      "folder_not_usable",
      `The folder of ${supplier.name} cannot be used: ${reason}. Correct connector.folder, or give the folder to this user.`,
    );
  }
}

export interface NewAccount {
  workspaceId: WorkspaceId;
  supplierId: SupplierId;
  name: string;
  settings?: Record<string, unknown>;
}

/** MG-4. One login or contract at a supplier. Orders that waited for one go on. */
export async function addAccount(context: ManageContext, wish: NewAccount): Promise<Result<SupplierAccount>> {
  const { workspaceId, supplierId, name } = wish;
  if (!isName(name)) return refuse("name_invalid", "An account needs a name of 1 to 200 characters.");
  const changed = changeSettings(accountSettings, {}, wish.settings ?? {});
  if (changed.status === "refused") return changed;
  const now = context.clock.now();
  const waking = { workspaceId, codes: ["no_supplier", "currency_mismatch", "credentials_rejected"] as const };
  const added = await change(context, async (tx): Promise<Result<SupplierAccount>> => {
    const suppliers = await listSuppliers(tx, workspaceId);
    if (!suppliers.some((each) => each.id === supplierId))
      return refuse("supplier_unknown", `There is no supplier ${supplierId} in this workspace.`);
    await context.ids.ensure(tx, 2);
    const account: SupplierAccount = {
      workspaceId,
      id: context.ids.next<"account">() as AccountId,
      publicId: context.ids.uuid(),
      supplierId,
      name,
      settings: changed.settings as Partial<AccountSettings>,
      active: true,
      breakerUntil: null,
      credentialsRejectedAt: null,
    };
    await wakeAll(tx, waking, now);
    if (!(await insertAccount(tx, account, now)))
      return refuse("name_taken", `This supplier has an account named "${name}" already. Choose another name.`);
    await record(tx, context, {
      workspaceId,
      kind: "account_added",
      subject: "account",
      subjectId: account.id,
      data: { supplier: supplierId, name, settings: account.settings },
    });
    return { status: "ok", value: account };
  });
  if (added.status === "ok") await wakeAgain(context, waking);
  return added;
}

const isName = (name: string): boolean => name.trim() !== "" && name.length <= 200 && !/\p{Cc}/u.test(name);
