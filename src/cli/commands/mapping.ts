import { setShippingMapping } from "#engine/manage/shipping-mapping.ts";
import { listChannels } from "#store/channel.ts";
import { listMappings } from "#store/shipping-mapping.ts";
import { listSuppliers } from "#store/supplier.ts";
import { chooseChannel, chooseSupplier } from "../choose.ts";
import { CliError, refused } from "../cli-error.ts";
import { command, group, run } from "../command.ts";
import { column, note, printList } from "../output.ts";

export const mappingCommand = () =>
  group("mapping", "shipping mapping: what a channel's shipping rate is called at a supplier")
    .addCommand(
      command({
        name: "set <rate> [method]",
        about: "Map a rate that buyers choose to the supplier's own method. Held orders go on.",
        examples: [
          'mapping set "DHL Express" EXPRESS --channel shop --supplier northwind',
          'mapping set "DHL Express" --delete --channel shop --supplier northwind',
        ],
        prints: false,
      })
        .requiredOption("--channel <channel>", "whose rate")
        .requiredOption("--supplier <supplier>", "whose method")
        .option("--delete", "remove the mapping")
        .action(
          run<{ channel: string; supplier: string; delete?: boolean }, [string, string?]>(
            async ({ connect, workspace, options }, rateName, method) => {
              if ((method === undefined) !== (options.delete === true))
                throw new CliError("Give the supplier's method, or --delete.");
              const connection = await connect();
              const { id: workspaceId } = await workspace(connection);
              const channel = await chooseChannel(connection.db, workspaceId, options.channel);
              const supplier = await chooseSupplier(connection.db, workspaceId, options.supplier);
              const wish = {
                workspaceId,
                channelId: channel.id,
                supplierId: supplier.id,
                rateName,
                method: method ?? null,
              };
              const answer = await setShippingMapping(connection.manage, wish);
              if (answer.status === "refused") throw refused(answer);
              note(
                method === undefined
                  ? `"${rateName}" is no longer mapped.`
                  : `"${rateName}" of ${channel.name} is ${method} at ${supplier.name}.`,
              );
            },
          ),
        ),
    )
    .addCommand(
      command({ name: "list", about: "The shipping mapping of the workspace.", examples: ["mapping list"] }).action(
        run(async ({ connect, workspace, format }) => {
          const connection = await connect();
          const { id } = await workspace(connection);
          const channels = new Map((await listChannels(connection.db, id)).map((each) => [each.id, each.name]));
          const suppliers = new Map((await listSuppliers(connection.db, id)).map((each) => [each.id, each.name]));
          const mappings = (await listMappings(connection.db, id)).map((each) => ({
            channel: channels.get(each.channelId) ?? "",
            rate: each.rateName,
            supplier: suppliers.get(each.supplierId) ?? "",
            method: each.method,
          }));
          type Row = (typeof mappings)[number];
          const columns = [
            column<Row>("channel", (each) => each.channel),
            column<Row>("rate", (each) => each.rate),
            column<Row>("supplier", (each) => each.supplier),
            column<Row>("method", (each) => each.method),
          ];
          printList(
            format,
            mappings,
            columns,
            { shippingMapping: mappings },
            "Nothing is mapped; each supplier's defaultMethod counts.",
          );
        }),
      ),
    );
