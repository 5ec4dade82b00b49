import { publicId, type ChannelId } from "#domain/ids.ts";
import { defaultAccountSettings } from "#domain/settings.ts";
import type { LinkOption } from "#domain/shared.ts";
import { deleteProductLink, putProductLinks, type OptionWish } from "#engine/manage/product-link.ts";
import { listChannels } from "#store/channel.ts";
import { listLinks, lockLinks, type StoredLink } from "#store/product-link.ts";
import { listAccounts, listSuppliers } from "#store/supplier.ts";
import { chooseChannel, chooseSupplier } from "../choose.ts";
import { CliError, refused } from "../cli-error.ts";
import { command, group, run } from "../command.ts";
import type { Connection } from "../connect.ts";
import { column, note, printList } from "../output.ts";

interface Row {
  sku: string;
  channel: string;
  nothingToShip: boolean;
  option: LinkOption | null;
}
interface SetOptions {
  channel?: string;
  supplier?: string;
  supplierSku?: string;
  cost?: string;
  currency?: string;
  units: string;
  per: string;
  component: string;
  priority: string;
  maxCost?: string;
  nothingToShip?: boolean;
  add?: boolean;
  delete?: boolean;
}

export const linkCommand = () =>
  group("link", "product links: what a channel's SKU is bought as")
    .addCommand(
      command({
        name: "set <sku>",
        about: "Say which supplier product a channel SKU is. Held orders of that SKU go on.",
        examples: [
          "link set MUG-RED --supplier northwind --supplier-sku NW-1001 --cost 4.50",
          "link set MUG-RED --supplier bazaar --supplier-sku B77 --cost 4.90 --priority 2 --add",
          "link set GIFT-CARD --nothing-to-ship",
          "link set MUG-RED --delete",
        ],
        prints: false,
      })
        .option("--channel <channel>", "for this channel only (default: for all)")
        .option("--supplier <supplier>", "who ships it")
        .option("--supplier-sku <sku>", "the supplier's own number for it")
        .option("--cost <amount>", "what one supplier unit costs")
        .option("--currency <code>", "of the cost (default: of the supplier's account)")
        .option("--units <n>", "so many supplier units …", "1")
        .option("--per <n>", "… make so many channel units", "1")
        .option("--component <n>", "number of the part, for a bundle of several", "1")
        .option("--priority <n>", "lower is asked first", "1")
        .option("--max-cost <amount>", "above it an order is held")
        .option("--nothing-to-ship", "a fee, a gift card, a download")
        .option("--add", "keep the other suppliers and components of the SKU")
        .option("--delete", "remove the link")
        .action(
          run<SetOptions, [string]>(async ({ connect, workspace, options }, sku) => {
            const connection = await connect();
            const { id: workspaceId } = await workspace(connection);
            const channelId =
              options.channel === undefined
                ? null
                : (await chooseChannel(connection.db, workspaceId, options.channel)).id;
            if (options.delete === true) {
              const answer = await deleteProductLink(connection.manage, { workspaceId, channelId, sku });
              if (answer.status === "refused") throw refused(answer);
              return note(`${sku} is no longer linked.`);
            }
            const option = options.nothingToShip === true ? null : await optionOf(connection, workspaceId, options);
            const before = options.add === true ? await optionsOf(connection, workspaceId, channelId, sku) : [];
            const kept = before.filter(
              (each) =>
                each.supplierId !== option?.supplierId ||
                each.supplierSku !== option.supplierSku ||
                (each.componentNo ?? 1) !== (option.componentNo ?? 1),
            );
            const answer = await putProductLinks(connection.manage, workspaceId, [
              { sku, channelId, nothingToShip: option === null, options: option === null ? [] : [...kept, option] },
            ]);
            if (answer.status === "refused") throw refused(answer);
            note(
              answer.stored === 0
                ? `${sku} is linked so already.`
                : `${sku} is linked. Orders that waited for it are checked again.`,
            );
          }),
        ),
    )
    .addCommand(
      command({
        name: "list",
        about: "The product links of the workspace.",
        examples: ["link list --output csv > links.csv"],
      }).action(
        run(async ({ connect, workspace, format }) => {
          const connection = await connect();
          const { id } = await workspace(connection);
          const channels = new Map(
            (await listChannels(connection.db, id)).map((each) => [each.id as string, each.name]),
          );
          const suppliers = new Map((await listSuppliers(connection.db, id)).map((each) => [each.id, each]));
          const links: StoredLink[] = [];
          for (let after: { sku: string; channelId: string } | null = null; ; after = links.at(-1)!) {
            const page: StoredLink[] = await listLinks(connection.db, { workspaceId: id, after, limit: 1000 });
            links.push(...page);
            if (page.length < 1000) break;
          }
          const rows = links.flatMap((link): Row[] => {
            const channel = channels.get(link.channelId) ?? "";
            if (link.options.length === 0)
              return [{ sku: link.sku, channel, nothingToShip: link.nothingToShip, option: null }];
            return link.options.map((option) => ({
              sku: link.sku,
              channel,
              nothingToShip: link.nothingToShip,
              option,
            }));
          });
          const columns = [
            column<Row>("sku", (each) => each.sku),
            column<Row>("channel", (each) => each.channel),
            column<Row>("component", (each) => each.option?.componentNo),
            column<Row>("supplier", (each) =>
              each.option === null ? "nothing to ship" : suppliers.get(each.option.supplierId)?.name,
            ),
            column<Row>("supplier_sku", (each) => each.option?.supplierSku),
            column<Row>("units", (each) => each.option?.units),
            column<Row>("per", (each) => each.option?.per),
            column<Row>("cost", (each) => each.option?.unitCost),
            column<Row>("currency", (each) => each.option?.currency),
            column<Row>("priority", (each) => each.option?.priority),
            column<Row>("max_cost", (each) => each.option?.maxUnitCost),
          ];
          const json = links.map(({ sku, channelId, nothingToShip, updatedAt, options }) => ({
            sku,
            channel: channels.get(channelId) ?? null,
            nothingToShip,
            updatedAt: updatedAt.toISOString(),
            options: options.map(({ supplierId, ...option }) => ({
              supplier: publicId("supplier", suppliers.get(supplierId)!.publicId),
              supplierName: suppliers.get(supplierId)!.name,
              ...option,
            })),
          }));
          printList(
            format,
            rows,
            columns,
            { productLinks: json },
            "No SKU is linked yet. npx switchyard link set SKU --supplier S --supplier-sku THEIRS --cost 4.50",
          );
        }),
      ),
    );

type Workspace = Parameters<typeof putProductLinks>[1];

async function optionOf({ db }: Connection, workspaceId: Workspace, options: SetOptions): Promise<OptionWish> {
  const { supplier: name, supplierSku, cost } = options;
  if (name === undefined || supplierSku === undefined || cost === undefined)
    throw new CliError("A link needs --supplier, --supplier-sku and --cost.", "Or say --nothing-to-ship.");
  const supplier = await chooseSupplier(db, workspaceId, name);
  const account = (await listAccounts(db, workspaceId)).find((each) => each.supplierId === supplier.id);
  const currency = options.currency?.toUpperCase() ?? account?.settings.currency ?? defaultAccountSettings.currency;
  return {
    componentNo: whole("--component", options.component),
    supplierId: supplier.id,
    supplierSku,
    units: whole("--units", options.units),
    per: whole("--per", options.per),
    unitCost: cost,
    currency,
    priority: whole("--priority", options.priority),
    maxUnitCost: options.maxCost ?? null,
  };
}

async function optionsOf(
  { db }: Connection,
  workspaceId: Workspace,
  channelId: ChannelId | null,
  sku: string,
): Promise<OptionWish[]> {
  const links = await db.tx((tx) => lockLinks(tx, workspaceId, [sku]));
  return links.find((each) => each.channelId === (channelId ?? "0"))?.options ?? [];
}

export function whole(name: string, text: string): number {
  if (!/^-?\d{1,15}$/.test(text)) throw new CliError(`${name}: found "${text.slice(0, 40)}", expected a whole number.`);
  return Number(text);
}
