import { setStock } from "#engine/manage/stock.ts";
import { listStock, type StockRow } from "#store/stock-row.ts";
import { listSuppliers } from "#store/supplier.ts";
import { chooseSupplier } from "../choose.ts";
import { CliError, refused } from "../cli-error.ts";
import { command, group, run } from "../command.ts";
import { column, note, printList } from "../output.ts";

export const stockCommand = () =>
  group("stock", "stock: what suppliers have, and what lies on the shelf of a prep centre")
    .addCommand(
      command({
        name: "set <supplier-sku> <units>",
        about: "Say how many there are. Orders that were held for want of it are checked again.",
        examples: [
          "stock set NW-1001 120 --supplier northwind",
          "stock set MUG 40 --supplier shelf --cost 4.50 --currency EUR",
        ],
        prints: false,
      })
        .requiredOption("--supplier <supplier>", "where they are")
        .option("--cost <amount>", "what one costs")
        .option("--currency <code>", "of the cost")
        .action(
          run<{ supplier: string; cost?: string; currency?: string }, [string, string]>(
            async ({ connect, workspace, options }, supplierSku, units) => {
              if (!/^\d{1,10}$/.test(units))
                throw new CliError(
                  `units: found "${units.slice(0, 40)}", expected a whole number from 0 to 1000000000.`,
                );
              const connection = await connect();
              const { id: workspaceId } = await workspace(connection);
              const supplier = await chooseSupplier(connection.db, workspaceId, options.supplier);
              const wish = {
                supplierSku,
                onHand: Number(units),
                unitCost: options.cost ?? null,
                currency: options.currency?.toUpperCase() ?? null,
              };
              const answer = await setStock(connection.manage, { workspaceId, supplierId: supplier.id }, [wish]);
              if (answer.status === "refused") throw refused(answer);
              note(`${supplier.name} has ${units} of ${supplierSku}.`);
            },
          ),
        ),
    )
    .addCommand(
      command({
        name: "list",
        about: "What suppliers have.",
        examples: ["stock list --supplier northwind --output csv"],
      })
        .option("--supplier <supplier>", "only of this one")
        .action(
          run<{ supplier?: string }>(async ({ connect, workspace, options, format }) => {
            const connection = await connect();
            const { id: workspaceId } = await workspace(connection);
            const suppliers = new Map(
              (await listSuppliers(connection.db, workspaceId)).map((each) => [each.id, each.name]),
            );
            const supplierId =
              options.supplier === undefined
                ? null
                : (await chooseSupplier(connection.db, workspaceId, options.supplier)).id;
            const rows: StockRow[] = [];
            for (let after: StockRow | null = null; ; after = rows.at(-1)!) {
              const page: StockRow[] = await listStock(connection.db, { workspaceId, supplierId, after, limit: 1000 });
              rows.push(...page);
              if (page.length < 1000) break;
            }
            const stock = rows.map((each) => ({
              supplier: suppliers.get(each.supplierId) ?? "",
              sku: each.supplierSku,
              onHand: each.onHand,
              reserved: each.reserved,
              available: each.onHand - each.reserved,
              unitCost: each.unitCost,
              currency: each.currency,
              asOf: each.asOf.toISOString(),
            }));
            type Row = (typeof stock)[number];
            const columns = [
              column<Row>("supplier", (each) => each.supplier),
              column<Row>("sku", (each) => each.sku),
              column<Row>("units", (each) => each.onHand),
              column<Row>("reserved", (each) => each.reserved),
              column<Row>("available", (each) => each.available),
              column<Row>("cost", (each) => each.unitCost),
              column<Row>("currency", (each) => each.currency),
              column<Row>("as of", (each) => each.asOf),
            ];
            printList(
              format,
              stock,
              columns,
              { stock },
              "No stock is known. A supplier without stock rows counts as available unless its settings say otherwise.",
            );
          }),
        ),
    );
