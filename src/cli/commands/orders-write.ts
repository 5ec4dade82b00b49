import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import type { z } from "zod";
import type { OrderDetail } from "#api/present/order.ts";
import { publicId } from "#domain/ids.ts";
import { openApi } from "../api-client.ts";
import { chooseChannel } from "../choose.ts";
import { CliError } from "../cli-error.ts";
import { collect, command, readAssignments, run } from "../command.ts";
import { note, printFields, printJson } from "../output.ts";
import { onEach, readLines, type ActionAnswer } from "./orders-act.ts";

export const createCommand = () =>
  command({
    name: "create",
    about:
      "Create an order by hand. Its number is yours and unique in its channel for ever: the same again changes nothing.",
    examples: [
      "orders create --channel shop --file order.json",
      "cat order.json | npx switchyard orders create --channel shop --file -",
    ],
  })
    .requiredOption("--channel <channel>", "in which channel")
    .requiredOption("--file <file>", "JSON as POST /v1/orders takes it, without `channel`; - for standard input")
    .addHelpText(
      "after",
      `
order.json:
  { "number": "H-1001", "currency": "EUR", "payment": "paid",
    "ship_to": { "name": "Ada Byron", "line1": "1 Mill Lane", "city": "Leeds", "postcode": "LS1 1AA", "country": "GB" },
    "lines": [ { "sku": "MUG-RED", "quantity": 2, "unit_price": "20.00" } ] }`,
    )
    .action(
      run<{ channel: string; file: string }>(async ({ connect, workspace, options, format }) => {
        const body = await readJson(options.file);
        const connection = await connect();
        const { id } = await workspace(connection);
        const channel = await chooseChannel(connection.db, id, options.channel);
        const api = await openApi(connection, id);
        try {
          const answer = await api.post<{ id: string; outcome: "created" | "existing" }>("/v1/orders", {
            ...body,
            channel: publicId("channel", channel.publicId),
          });
          if (format === "json") return printJson(answer);
          printFields(
            format,
            [
              ["id", answer.id],
              ["outcome", answer.outcome],
            ],
            answer,
          );
          if (format === "table" && answer.outcome === "existing") note("It was there already; nothing was changed.");
        } finally {
          await api.close();
        }
      }),
    );

async function readJson(path: string): Promise<Record<string, unknown>> {
  const from = path === "-" ? "standard input" : path;
  const reading = path === "-" ? text(process.stdin) : readFile(path, "utf8");
  const given = await reading.catch((error: NodeJS.ErrnoException) => {
    throw new CliError(`${from} cannot be read (${error.code ?? error.message}).`, "Name a file that is there.");
  });
  try {
    const value = JSON.parse(given) as unknown;
    if (value !== null && typeof value === "object" && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    throw new CliError(
      `${from} is no JSON: ${error instanceof Error ? error.message : String(error)}.`,
      "See the example in --help.",
    );
  }
  throw new CliError(`${from} is no JSON object.`, "See the example in --help.");
}

interface EditOptions {
  line?: string[];
  address?: string[];
  shippingMethod?: string;
}

export const editCommand = () =>
  command({
    name: "edit <order>",
    about:
      "Edit before placing: quantities, parts of the address, the shipping method. It lies on top of what the channel says.",
    examples: [
      "orders edit 1001 --line 2=1",
      "orders edit 1001 --address postcode=10115 --address city=Berlin",
      'orders edit 1001 --shipping-method "DHL Express"',
    ],
  })
    .option("--line <line=units>", "a line has so many units; may be given several times", collect)
    .option(
      "--address <part=value>",
      "name, company, line1, line2, city, region, postcode, country, phone, email; the others stay",
      collect,
    )
    .option("--shipping-method <rate>", "the rate, as the channel names it")
    .action(
      run<EditOptions, [string]>((work, wished) => {
        const { line, address, shippingMethod } = work.options;
        if (line === undefined && address === undefined && shippingMethod === undefined)
          throw new CliError("Nothing to edit.", "Give --line, --address or --shipping-method.");
        const lines = readLines(line);
        const parts = address === undefined ? null : readAssignments(address);
        return onEach(work, [wished], async (api, id) => {
          const now =
            parts === null ? null : ((await api.get<z.output<typeof OrderDetail>>(`/v1/orders/${id}`)).ship_to ?? {});
          const answer = await api.post<ActionAnswer>(`/v1/orders/${id}/edit`, {
            ...(lines === undefined ? {} : { lines }),
            ...(parts === null ? {} : { address: { ...now, ...parts } }),
            ...(shippingMethod === undefined ? {} : { shipping_method: shippingMethod }),
          });
          return { answer, says: `edited, is ${answer.order.headline} now` };
        });
      }),
    );
