import type { z } from "zod";
import type { OrderDetail } from "#api/present/order.ts";
import { didYouMean } from "#engine/manage/nearest.ts";
import type { ApiClient } from "../api-client.ts";
import { CliError } from "../cli-error.ts";
import { collect, command, run } from "../command.ts";
import { whole } from "./link.ts";
import { onEach, type ActionAnswer } from "./orders-act.ts";

type Detail = z.output<typeof OrderDetail>;
type Part = Detail["fulfillment_orders"][number];

interface PlaceOptions {
  part?: string;
  take?: boolean;
  bought?: string;
  cost?: string;
  currency?: string;
  notAccepted?: string[];
  notPlaced?: string;
  message?: string;
  giveBack?: boolean;
}

/** The part that --part names, or the only one where the action is possible; else the choices. */
function partOf(order: Detail, wished: string | undefined, action: keyof Part["actions"]): Part {
  const parts = order.fulfillment_orders;
  if (wished !== undefined) {
    const found = parts.find((each) => each.id === wished || String(each.no) === wished);
    if (found === undefined)
      throw new CliError(
        `The order has no part ${wished.slice(0, 60)}.`,
        `It has: ${parts.map((each) => each.no).join(", ")}.`,
      );
    return found;
  }
  const possible = parts.filter((each) => each.actions[action].allowed);
  if (possible.length === 1) return possible[0]!;
  if (possible.length > 1)
    throw new CliError(
      `${possible.length} parts could be meant.`,
      `Name one with --part: ${possible.map((each) => `${each.no} (${each.supplier?.name ?? "no supplier"})`).join(", ")}.`,
    );
  const [first] = parts;
  const verdict = first?.actions[action];
  throw new CliError(verdict === undefined || verdict.allowed ? "The order has no part to place." : verdict.why);
}

const read = (api: ApiClient, id: string): Promise<Detail> => api.get<Detail>(`/v1/orders/${id}`);
const costOf = (options: { cost?: string; currency?: string }, currency: string) =>
  options.cost === undefined
    ? {}
    : { cost: { amount: options.cost, currency: options.currency?.toUpperCase() ?? currency } };

/** `MUG-B=2`: two units of it were not accepted. The SKU may hold an equals sign itself. */
const missingOf = ({ notAccepted }: { notAccepted?: string[] }) =>
  notAccepted === undefined
    ? {}
    : {
        not_accepted: notAccepted.map((text) => {
          const at = text.lastIndexOf("=");
          if (at < 1)
            throw new CliError(`--not-accepted: found "${text.slice(0, 80)}", expected SKU=UNITS, such as MUG-B=2.`);
          return { supplier_sku: text.slice(0, at), units: whole("--not-accepted", text.slice(at + 1)) };
        }),
      };

export const placeCommand = () =>
  command({
    name: "place <order>",
    about: "Place by hand, in two steps: take it (from then on nobody else buys it), then say what came of it.",
    examples: [
      "orders place 1001 --take",
      "orders place 1001 --bought SO-4711 --cost 18.40",
      "orders place 1001 --bought SO-4711 --not-accepted MUG-B=2",
      'orders place 1001 --not-placed out_of_stock --message "sold out"',
      "orders place 1001 --give-back",
    ],
  })
    .option("--part <no>", "which part of the order, by number or id (default: the only possible one)")
    .option("--take", "first step: I am placing now")
    .option("--bought <number>", "second step: the supplier's order number")
    .option("--cost <amount>", "what it cost in all; without it the expected cost is booked")
    .option("--currency <code>", "of the cost (default: the account's)")
    .option(
      "--not-accepted <sku=units>",
      "with --bought: what the supplier did not accept; may be given several times",
      collect,
    )
    .option("--not-placed <reason>", "second step: a reason code, see `reasons`")
    .option("--message <text>", "with --not-placed: what happened", "")
    .option("--give-back", "give it back; without a result its outcome is unknown and is looked into")
    .action(
      run<PlaceOptions, [string]>((work, wished) => {
        const { options } = work;
        const given = [
          options.take === true,
          options.bought !== undefined,
          options.notPlaced !== undefined,
          options.giveBack === true,
        ].filter(Boolean);
        if (given.length !== 1)
          throw new CliError("Say one of --take, --bought NUMBER, --not-placed REASON and --give-back.");
        return onEach(work, [wished], async (api, id) => {
          const order = await read(api, id);
          const post = (part: Part, path: string, body?: unknown) =>
            api.post<ActionAnswer & { attempt?: { reference: string } }>(
              `/v1/fulfillment-orders/${part.id}/${path}`,
              body,
            );
          if (options.take === true) {
            const answer = await post(partOf(order, options.part, "take_over"), "take-over");
            return {
              answer,
              says: `it is yours. Our reference for the supplier: ${answer.attempt?.reference}. Then: --bought NUMBER, or --not-placed REASON.`,
            };
          }
          if (options.bought !== undefined) {
            const part = partOf(order, options.part, "placed");
            const currency = part.expected?.goods.currency ?? "EUR";
            const answer = await post(part, "placed", {
              supplier_order_id: options.bought,
              ...costOf(options, currency),
              ...missingOf(options),
            });
            return { answer, says: `placed, is ${answer.order.headline} now` };
          }
          if (options.notPlaced !== undefined) {
            const answer = await post(partOf(order, options.part, "not_placed"), "not-placed", {
              reason: options.notPlaced,
              message: options.message ?? "",
            });
            return { answer, says: `not placed, is ${answer.order.headline} now` };
          }
          const answer = await post(partOf(order, options.part, "give_back"), "give-back");
          return { answer, says: `given back, is ${answer.order.headline} now` };
        });
      }),
    );

interface ResolveOptions {
  dismiss?: string | true;
  take?: string;
  acceptCancellation?: string;
  refuseCancellation?: string;
  bought?: string;
  notBought?: string;
  supplier?: string;
  part?: string;
  cost?: string;
  currency?: string;
  notAccepted?: string[];
}

export const resolveCommand = () =>
  command({
    name: "resolve <order>",
    about: "Answer what an order is held for. `orders show` says which answers each hold takes.",
    examples: [
      "orders resolve 1001 --dismiss",
      "orders resolve 1001 --take theirs",
      "orders resolve 1001 --accept-cancellation 1",
      "orders resolve 1001 --bought SO-4711 --cost 18.40",
      'orders resolve 1001 --not-bought "looked at their order list at 14:00"',
      "orders resolve 1001 --supplier northwind",
    ],
  })
    .option("--dismiss [hold]", "close a hold that may just be dismissed (default: the only one)")
    .option("--take <whose>", "the channel changed what you edited: theirs or ours")
    .option("--accept-cancellation <n>", "accept the buyer's wish to cancel, by its number")
    .option("--refuse-cancellation <n>", "refuse it; the channel is told")
    .option("--bought <number>", "an unknown outcome: you see it at the supplier, this is its number")
    .option("--not-bought <how>", "an unknown outcome: you looked, and it is not there")
    .option("--cost <amount>", "with --bought: what it cost")
    .option("--currency <code>", "of the cost (default: the account's)")
    .option(
      "--not-accepted <sku=units>",
      "with --bought: what the supplier did not accept; may be given several times",
      collect,
    )
    .option("--supplier <supplier>", "choose the supplier of a part; routing keeps the choice")
    .option("--part <no>", "which part of the order, by number or id")
    .action(
      run<ResolveOptions, [string]>(async (work, wished) => {
        const { options } = work;
        const answers = [
          options.dismiss,
          options.take,
          options.acceptCancellation,
          options.refuseCancellation,
          options.bought,
          options.notBought,
          options.supplier,
        ];
        if (answers.filter((each) => each !== undefined).length !== 1)
          throw new CliError("Give one answer.", "See --help; `orders show` says which answers each hold takes.");
        return onEach(work, [wished], async (api, id) => {
          const order = await read(api, id);
          const supplier = options.supplier === undefined ? "" : await supplierId(api, options.supplier);
          const answer = await api.post<ActionAnswer>(...requestFor(order, options, supplier));
          return { answer, says: `resolved, is ${answer.order.headline} now` };
        });
      }),
    );

function requestFor(order: Detail, options: ResolveOptions, supplier: string): [path: string, body?: unknown] {
  const base = `/v1/orders/${order.id}`;
  if (options.dismiss !== undefined)
    return [
      `${base}/holds/${holdOf(order, options.dismiss === true ? undefined : options.dismiss, "dismiss").id}/dismiss`,
    ];
  if (options.take !== undefined)
    return [`${base}/holds/${holdOf(order, undefined, "answer").id}/answer`, { take: options.take }];
  if (options.acceptCancellation !== undefined)
    return [`${base}/cancellations/${encodeURIComponent(options.acceptCancellation)}/accept`];
  if (options.refuseCancellation !== undefined)
    return [`${base}/cancellations/${encodeURIComponent(options.refuseCancellation)}/refuse`];
  if (options.supplier !== undefined)
    return [
      `/v1/fulfillment-orders/${partOf(order, options.part, "choose_supplier").id}/choose-supplier`,
      { supplier },
    ];
  const action = options.bought === undefined ? "confirm_not_bought" : "confirm_bought";
  const { part, no } = attemptOf(order, options.part, action);
  const path = `/v1/fulfillment-orders/${part.id}/attempts/${no}`;
  if (options.bought === undefined) return [`${path}/confirm-not-bought`, { reason: options.notBought }];
  return [
    `${path}/confirm-bought`,
    {
      supplier_order_id: options.bought,
      ...costOf(options, part.expected?.goods.currency ?? "EUR"),
      ...missingOf(options),
    },
  ];
}

async function supplierId(api: ApiClient, wished: string): Promise<string> {
  const { suppliers } = await api.get<{ suppliers: { id: string; name: string }[] }>("/v1/suppliers");
  const found = suppliers.find((each) => each.name === wished || each.id === wished);
  if (found === undefined)
    throw new CliError(
      `This workspace has no supplier "${wished.slice(0, 80)}".`,
      didYouMean(
        wished,
        suppliers.map((each) => each.name),
      ),
    );
  return found.id;
}

function holdOf(order: Detail, wished: string | undefined, action: "dismiss" | "answer") {
  const holds = order.holds.filter((each) =>
    wished === undefined ? each.actions[action].allowed : each.id === wished || each.code === wished,
  );
  if (holds.length === 1) return holds[0]!;
  if (holds.length > 1)
    throw new CliError(
      `${holds.length} holds could be meant.`,
      `Name one by its id: ${holds.map((each) => `${each.id} (${each.code})`).join(", ")}.`,
    );
  const [first] = order.holds;
  if (first === undefined) throw new CliError("The order is held for nothing.");
  throw new CliError(
    wished === undefined ? `${first.title}: ${first.next}` : `The order has no open hold "${wished.slice(0, 60)}".`,
  );
}

function attemptOf(order: Detail, wished: string | undefined, action: "confirm_bought" | "confirm_not_bought") {
  const open = order.fulfillment_orders
    .filter((part) => wished === undefined || part.id === wished || String(part.no) === wished)
    .flatMap((part) =>
      part.attempts
        .filter((each) => each.state === "unknown" || each.actions[action].allowed)
        .map((attempt) => ({ part, attempt, no: attempt.no })),
    );
  if (open.length === 1) return open[0]!;
  if (open.length > 1)
    throw new CliError(
      "Several parts have an unknown outcome.",
      `Name one with --part: ${open.map(({ part }) => part.no).join(", ")}.`,
    );
  throw new CliError("No purchase of this order has an unknown outcome.");
}
