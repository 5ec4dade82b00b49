import type { Manifest } from "#connectors/ports.ts";
import { publicId } from "#domain/ids.ts";
import { defaultSupplierSettings } from "#domain/settings.ts";
import { masked } from "#engine/manage/connector-settings.ts";
import { addAccount, addSupplier } from "#engine/manage/supplier.ts";
import { listAccounts, listSuppliers, type Supplier } from "#store/supplier.ts";
import { defaultWorkspaceSettings } from "#domain/settings.ts";
import { refused } from "../cli-error.ts";
import { collect, command, group, run } from "../command.ts";
import { column, note, printFields, printList } from "../output.ts";
import { wishedSettings } from "../wished-settings.ts";

function present(supplier: Supplier, manifest: Manifest | undefined, accounts: readonly string[]) {
  const settings = { ...defaultSupplierSettings, ...supplier.settings };
  const connector = Object.fromEntries(
    Object.entries(settings.connector).map(([name, value]) => [
      name,
      manifest?.settings[name]?.secret === true ? masked : value,
    ]),
  );
  return {
    id: publicId("supplier", supplier.publicId),
    kind: supplier.kind,
    role: supplier.role,
    name: supplier.name,
    accounts,
    settings: { ...settings, connector },
    lastProblem: supplier.lastProblem,
    createdAt: supplier.createdAt.toISOString(),
  };
}
type Shown = ReturnType<typeof present>;

interface AddOptions {
  kind: string;
  role: "supplier" | "prep";
  currency?: string;
  payment?: string;
  account: string | false;
  set?: string[];
}

export const supplierCommand = () =>
  group("supplier", "suppliers: whoever ships, vendors and prep centres")
    .addCommand(
      command({
        name: "add <name>",
        about: "Add a supplier, and with it one account.",
        examples: [
          "supplier add northwind --kind csv --set folder=./northwind",
          "supplier add bazaar --kind by_hand --currency USD --payment prepaid",
          "supplier add shelf --kind by_hand --role prep",
        ],
      })
        .requiredOption("--kind <kind>", "how it is reached: csv, by_hand, or another installed connector")
        .option("--role <role>", "supplier, or prep for a prep centre", "supplier")
        .option("--account <name>", "name of its first account", "main")
        .option("--no-account", "without an account; add one before anything can be placed")
        .option("--currency <code>", "of the account (default: the workspace's)")
        .option("--payment <kind>", "of the account: at_supplier, on_account or prepaid")
        .option("--set <name=value>", "a setting, its own or the connector's; may be given several times", collect)
        .action(
          run<AddOptions, [string]>(async ({ connect, workspace, options, format }, name) => {
            const connection = await connect();
            const { id: workspaceId, settings: ofWorkspace } = await workspace(connection);
            const manifest = connection.connectors.suppliers.get(options.kind)?.manifest;
            const settings = wishedSettings("supplier", options.set ?? [], manifest);
            const answer = await addSupplier(connection.manage, {
              workspaceId,
              kind: options.kind,
              role: options.role,
              name,
              settings,
            });
            if (answer.status === "refused") throw refused(answer);
            const accounts: string[] = [];
            if (options.account !== false) {
              const currency = options.currency ?? ofWorkspace.currency ?? defaultWorkspaceSettings.currency;
              const wish = { currency, ...(options.payment === undefined ? {} : { payment: options.payment }) };
              const account = await addAccount(connection.manage, {
                workspaceId,
                supplierId: answer.value.id,
                name: options.account,
                settings: wish,
              });
              if (account.status === "refused") {
                note(`The supplier ${name} was added; its account was not.`);
                throw refused(account);
              }
              accounts.push(account.value.name);
            }
            const json = present(answer.value, manifest, accounts);
            printFields(
              format,
              [
                ["id", json.id],
                ["supplier", json.name],
                ["kind", json.kind],
                ["role", json.role],
                ["account", accounts.join(", ")],
              ],
              json,
            );
            if (format === "table")
              note(
                `Say what it sells: npx switchyard link set SKU --supplier ${json.name} --supplier-sku THEIRS --cost 4.50`,
              );
          }),
        ),
    )
    .addCommand(
      command({ name: "list", about: "The suppliers of the workspace.", examples: ["supplier list"] }).action(
        run(async ({ connect, workspace, format }) => {
          const connection = await connect();
          const { id } = await workspace(connection);
          const accounts = await listAccounts(connection.db, id);
          const suppliers = (await listSuppliers(connection.db, id)).map((supplier) =>
            present(
              supplier,
              connection.connectors.suppliers.get(supplier.kind)?.manifest,
              accounts.filter((each) => each.supplierId === supplier.id).map((each) => each.name),
            ),
          );
          const columns = [
            column<Shown>("supplier", (each) => each.name),
            column<Shown>("kind", (each) => each.kind),
            column<Shown>("role", (each) => each.role),
            column<Shown>("enabled", (each) => each.settings.enabled),
            column<Shown>("accounts", (each) => each.accounts.join(", ")),
            column<Shown>("problem", (each) => each.lastProblem),
            column<Shown>("id", (each) => each.id),
          ];
          printList(
            format,
            suppliers,
            columns,
            { suppliers },
            "No supplier yet. Add one: npx switchyard supplier add acme --kind csv --set folder=./acme",
          );
        }),
      ),
    );
