import { publicId } from "#domain/ids.ts";
import { hushed } from "#domain/secret.ts";
import { defaultAccountSettings } from "#domain/settings.ts";
import { setAccountActive } from "#engine/manage/account.ts";
import { setSecrets } from "#engine/manage/secrets.ts";
import { addAccount } from "#engine/manage/supplier.ts";
import { accountOwners } from "#gate/secrets.ts";
import { listAccounts, listSuppliers, type SupplierAccount } from "#store/supplier.ts";
import { CliError, refused } from "../cli-error.ts";
import { chooseAccount, chooseSupplier } from "../choose.ts";
import { askForAll, tellTrial } from "../credentials.ts";
import { realClock } from "../clock.ts";
import { collect, command, group, run } from "../command.ts";
import { column, note, printFields, printList } from "../output.ts";
import { wishedSettings } from "../wished-settings.ts";

const present = (account: SupplierAccount, supplier: string) => ({
  id: publicId("account", account.publicId),
  supplier,
  name: account.name,
  active: account.active,
  credentialsRejectedAt: account.credentialsRejectedAt?.toISOString() ?? null,
  breakerUntil: account.breakerUntil?.toISOString() ?? null,
  settings: { ...defaultAccountSettings, ...account.settings },
});
type Shown = ReturnType<typeof present>;

export const accountCommand = () =>
  group("account", "supplier accounts: logins and contracts at a supplier")
    .addCommand(
      command({
        name: "add <name>",
        about: "Add an account to a supplier.",
        examples: ["account add second --supplier northwind --currency USD --payment prepaid"],
      })
        .requiredOption("--supplier <supplier>", "whose account")
        .option("--currency <code>", "of its prices and its balance", "EUR")
        .option("--payment <kind>", "at_supplier, on_account or prepaid", "on_account")
        .option("--set <name=value>", "any setting; may be given several times", collect)
        .action(
          run<{ supplier: string; currency: string; payment: string; set?: string[] }, [string]>(
            async ({ connect, workspace, options, format }, name) => {
              const connection = await connect();
              const { id: workspaceId } = await workspace(connection);
              const supplier = await chooseSupplier(connection.db, workspaceId, options.supplier);
              const settings = {
                currency: options.currency,
                payment: options.payment,
                ...wishedSettings("account", options.set ?? []),
              };
              const answer = await addAccount(connection.manage, {
                workspaceId,
                supplierId: supplier.id,
                name,
                settings,
              });
              if (answer.status === "refused") throw refused(answer);
              const json = present(answer.value, supplier.name);
              printFields(
                format,
                [
                  ["id", json.id],
                  ["account", `${supplier.name}/${name}`],
                  ["currency", json.settings.currency],
                  ["payment", json.settings.payment],
                ],
                json,
              );
            },
          ),
        ),
    )
    .addCommand(
      command({ name: "list", about: "The supplier accounts of the workspace.", examples: ["account list"] }).action(
        run(async ({ connect, workspace, format }) => {
          const connection = await connect();
          const { id } = await workspace(connection);
          const suppliers = new Map((await listSuppliers(connection.db, id)).map((each) => [each.id, each.name]));
          const accounts = (await listAccounts(connection.db, id)).map((each) =>
            present(each, suppliers.get(each.supplierId) ?? ""),
          );
          const columns = [
            column<Shown>("account", (each) => `${each.supplier}/${each.name}`),
            column<Shown>("currency", (each) => each.settings.currency),
            column<Shown>("payment", (each) => each.settings.payment),
            column<Shown>("active", (each) => each.active),
            column<Shown>("login refused", (each) => each.credentialsRejectedAt),
            column<Shown>("paused until", (each) => each.breakerUntil),
            column<Shown>("id", (each) => each.id),
          ];
          printList(format, accounts, columns, { accounts }, "No account yet.");
        }),
      ),
    )
    .addCommand(
      command({
        name: "credentials <account>",
        about:
          "Enter the secrets of an account. They are sealed and never shown again. Waiting orders are tried again.",
        examples: [
          "account credentials northwind/main",
          'echo "$TOKEN" | npx switchyard account credentials northwind/main',
        ],
        prints: false,
      }).action(
        run<object, [string]>(async ({ connect, workspace }, wished) => {
          const connection = await connect();
          const { id: workspaceId } = await workspace(connection);
          const { account, supplier } = await chooseAccount(connection.db, workspaceId, wished);
          const manifest = connection.connectors.suppliers.get(supplier.kind)?.manifest;
          const secrets = await askForAll(`${supplier.name} (${supplier.kind})`, manifest);
          const answer = await setSecrets(
            connection.manage,
            { of: "account", workspaceId, id: account.id },
            { secrets },
          );
          if (answer.status === "refused") throw refused(answer);
          note(`Kept. Orders that waited for ${supplier.name}/${account.name} are tried again.`);
        }),
      ),
    )
    .addCommand(
      command({
        name: "test <account>",
        about:
          "Ask the supplier for something harmless with the account's credentials. Exit code 1: it refuses them; 2: it could not be asked.",
        examples: ["account test northwind/main"],
        prints: false,
      }).action(
        run<object, [string]>(async ({ connect, workspace }, wished) => {
          const connection = await connect();
          const { id: workspaceId } = await workspace(connection);
          const { account, supplier } = await chooseAccount(connection.db, workspaceId, wished);
          const connector = connection.connectors.suppliers.get(supplier.kind);
          if (connector === undefined) throw new CliError(`No connector of kind ${supplier.kind} is installed.`);
          const owners = accountOwners({ workspaceId, supplierId: supplier.id, accountId: account.id });
          const secrets = await connection.openVault().open(owners, "test");
          const { outside } = connection.engine;
          const settings = (supplier.settings.connector ?? {}) as Record<string, unknown>;
          const context = { supplierId: supplier.id, accountId: account.id, settings, secrets, outside };
          const quiet = hushed(connector, secrets);
          const to = realClock.now();
          const listed = await quiet.list(context, new Date(to.getTime() - 3_600_000), to);
          // Who cannot list may tell its stock; who can do neither says so here.
          const answer = listed.status === "no_list" ? await quiet.stock(context) : listed;
          return tellTrial(`${supplier.name}/${account.name}`, answer);
        }),
      ),
    )
    .addCommand(switchCommand("enable", true))
    .addCommand(switchCommand("disable", false));

const switchCommand = (name: "enable" | "disable", active: boolean) =>
  command({
    name: `${name} <account>`,
    about: active
      ? "Use the account (again); what was refused before is tried again."
      : "Place nothing new with the account.",
    examples: [`account ${name} northwind/main`],
    prints: false,
  }).action(
    run<object, [string]>(async ({ connect, workspace }, wished) => {
      const connection = await connect();
      const { id: workspaceId } = await workspace(connection);
      const { account, supplier } = await chooseAccount(connection.db, workspaceId, wished);
      const answer = await setAccountActive(connection.manage, { workspaceId, accountId: account.id, active });
      if (answer.status === "refused") throw refused(answer);
      note(`${supplier.name}/${account.name} is ${active ? "used" : "no longer used"}.`);
    }),
  );
