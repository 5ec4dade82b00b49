import { publicId, type PublicKind, type WorkspaceId } from "#domain/ids.ts";
import { didYouMean } from "#engine/manage/nearest.ts";
import { listChannels, type Channel } from "#store/channel.ts";
import type { Tx } from "#store/db.ts";
import { listAccounts, listSuppliers, type Supplier, type SupplierAccount } from "#store/supplier.ts";
import { CliError } from "./cli-error.ts";

/** CLI-6. A thing by its name or its public id; an error says which there are. */
function choose<Thing extends { name: string; publicId: string }>(
  kind: PublicKind,
  things: readonly Thing[],
  wished: string,
  howToMake: string,
): Thing {
  const found = things.find((each) => each.name === wished || publicId(kind, each.publicId) === wished);
  if (found !== undefined) return found;
  const names = things.map((each) => each.name);
  const next =
    names.length === 0
      ? `There is none yet. Make one: npx switchyard ${howToMake}.`
      : didYouMean(wished, names) || `There is: ${names.slice(0, 20).join(", ")}.`;
  throw new CliError(`This workspace has no ${kind} "${wished.slice(0, 80)}".`, next);
}

export const chooseChannel = async (tx: Tx, workspaceId: WorkspaceId, wished: string): Promise<Channel> =>
  choose("channel", await listChannels(tx, workspaceId), wished, "channel add shop --kind file --zone Europe/Berlin");

export const chooseSupplier = async (tx: Tx, workspaceId: WorkspaceId, wished: string): Promise<Supplier> =>
  choose("supplier", await listSuppliers(tx, workspaceId), wished, "supplier add acme --kind csv --set folder=./acme");

/** `supplier/account`, the account's public id, or the supplier's name where it has only one. */
export async function chooseAccount(
  tx: Tx,
  workspaceId: WorkspaceId,
  wished: string,
): Promise<{ account: SupplierAccount; supplier: Supplier }> {
  const [accounts, suppliers] = [await listAccounts(tx, workspaceId), await listSuppliers(tx, workspaceId)];
  const named = accounts.map((account) => {
    const supplier = suppliers.find((each) => each.id === account.supplierId)!;
    return { account, supplier, name: `${supplier.name}/${account.name}`, publicId: account.publicId };
  });
  const ofSupplier = named.filter(
    (each) => each.supplier.name === wished || publicId("supplier", each.supplier.publicId) === wished,
  );
  if (ofSupplier.length === 1) return ofSupplier[0]!;
  if (ofSupplier.length > 1)
    throw new CliError(
      `${wished} has ${ofSupplier.length} accounts.`,
      `Name one: ${ofSupplier.map((each) => each.name).join(", ")}.`,
    );
  return choose("account", named, wished, "account add main --supplier acme --currency EUR");
}
