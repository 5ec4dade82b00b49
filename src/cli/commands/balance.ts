import { publicId } from "#domain/ids.ts";
import { correct, showBalances, showStatement, topUp, type ShownStatementLine } from "#engine/manage/balance.ts";
import { listSuppliers } from "#store/supplier.ts";
import { chooseAccount } from "../choose.ts";
import { refused } from "../cli-error.ts";
import { command, group, run } from "../command.ts";
import { column, note, printFields, printList } from "../output.ts";
import { whole } from "./link.ts";

export const balanceCommand = () =>
  group("balance", "balances of supplier accounts and their statements")
    .addCommand(
      command({
        name: "show [account]",
        about: "What stands on every account; with an account, its statement, newest first.",
        examples: ["balance show", "balance show northwind/main --limit 50"],
      })
        .option("--limit <n>", "so many lines of the statement", "20")
        .action(
          run<{ limit: string }, [string?]>(async ({ connect, workspace, options, format }, wished) => {
            const connection = await connect();
            const { id: workspaceId } = await workspace(connection);
            const suppliers = new Map(
              (await listSuppliers(connection.db, workspaceId)).map((each) => [each.id, each.name]),
            );
            const chosen = wished === undefined ? null : await chooseAccount(connection.db, workspaceId, wished);
            const balances = (await showBalances(connection, workspaceId))
              .filter((each) => chosen === null || each.account.id === chosen.account.id)
              .map(({ account, ...balance }) => ({
                id: publicId("account", account.publicId),
                account: `${suppliers.get(account.supplierId)}/${account.name}`,
                ...balance,
              }));
            type Row = (typeof balances)[number];
            const columns = [
              column<Row>("account", (each) => each.account),
              column<Row>("payment", (each) => each.payment),
              column<Row>("currency", (each) => each.currency),
              column<Row>("available", (each) => each.available),
              column<Row>("held", (each) => each.held),
              column<Row>("owed", (each) => each.owed),
              column<Row>("credits", (each) => each.credits),
            ];
            if (chosen === null) return printList(format, balances, columns, { balances }, "No supplier account yet.");
            const limit = Math.min(1000, Math.max(1, whole("--limit", options.limit)));
            const page = { workspaceId, accountId: chosen.account.id, before: null, limit };
            const statement = await showStatement(connection, page);
            const json = statement.map(({ orderPublicId, id, at, ...line }) => ({
              id,
              at: at.toISOString(),
              order: orderPublicId === null ? null : publicId("order", orderPublicId),
              ...line,
            }));
            const lines = [
              column<ShownStatementLine>("at", (each) => each.at.toISOString()),
              column<ShownStatementLine>("what", (each) => each.kind),
              column<ShownStatementLine>("change", (each) => each.change),
              column<ShownStatementLine>("unit", (each) => each.unit),
              column<ShownStatementLine>("reference", (each) => each.reference),
              column<ShownStatementLine>("order", (each) =>
                each.orderPublicId === null ? "" : publicId("order", each.orderPublicId),
              ),
              column<ShownStatementLine>("by", (each) => each.actor),
            ];
            if (format === "table") printList(format, balances, columns, null, "");
            printList(
              format,
              statement,
              lines,
              { balance: balances[0] ?? null, statement: json },
              "Nothing is booked on it yet.",
            );
          }),
        ),
    )
    .addCommand(
      booking(
        "top-up",
        "Book money (or action credits) that has arrived. Held orders go on, the earliest ship-by first.",
      ),
    )
    .addCommand(
      booking(
        "correct",
        "Change a balance to what it really is, by a difference that names its reason. May be negative.",
      ),
    );

const booking = (name: "top-up" | "correct", about: string) =>
  command({
    name: `${name} <amount>`,
    about,
    examples:
      name === "top-up"
        ? [
            "balance top-up 250.00 --account northwind/main --reference BANK-2026-0312",
            "balance top-up 500 --credits --account bazaar --reference INV-77",
          ]
        : ["balance correct --account northwind/main --reference STATEMENT-MARCH -- -12.30"],
  })
    .requiredOption("--account <supplier/account>", "on which account")
    .requiredOption("--reference <text>", "says why; a reference is booked once")
    .option("--credits", "action credits instead of money")
    .action(
      run<{ account: string; reference: string; credits?: boolean }, [string]>(
        async ({ connect, workspace, options, format }, amount) => {
          const connection = await connect();
          const { id: workspaceId } = await workspace(connection);
          const { account, supplier } = await chooseAccount(connection.db, workspaceId, options.account);
          const wish = {
            workspaceId,
            accountId: account.id,
            amount,
            reference: options.reference,
            credits: options.credits ?? false,
          };
          const answer = await (name === "top-up" ? topUp : correct)(connection.manage, wish);
          if (answer.status === "refused") throw refused(answer);
          const { available, unit, transactionId } = answer.value;
          const json = { transaction: transactionId, account: `${supplier.name}/${account.name}`, available, unit };
          printFields(
            format,
            [
              ["account", json.account],
              ["available", `${available} ${unit === "XXX" ? "credits" : unit}`],
            ],
            json,
          );
          if (format === "table") note("Booked.");
        },
      ),
    );
