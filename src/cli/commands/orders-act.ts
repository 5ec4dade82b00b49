import { publicId } from "#domain/ids.ts";
import { reasonCodes, type ReasonCode } from "#domain/reasons.ts";
import { releaseMany } from "#engine/actions/release-many.ts";
import { didYouMean } from "#engine/manage/nearest.ts";
import { countHeldOrders } from "#store/read/held-orders.ts";
import { openApi, type ApiClient } from "../api-client.ts";
import { chooseChannel } from "../choose.ts";
import { CliError } from "../cli-error.ts";
import { collect, command, run, type Work } from "../command.ts";
import { orderId } from "../order-argument.ts";
import { column, note, printJson, printList } from "../output.ts";
import { startProgress } from "../progress.ts";
import { whole } from "./link.ts";

interface Outcome {
  wished: string;
  id: string | null;
  done: boolean;
  says: string;
  answer: unknown;
}

/** Does the same to several orders, one after the other: one refusal stops no other, but the exit code says that there was one. */
export async function onEach(
  { connect, workspace, format }: Pick<Work<object>, "connect" | "workspace" | "format">,
  wished: readonly string[],
  act: (api: ApiClient, id: string) => Promise<{ answer: unknown; says: string }>,
): Promise<number> {
  const connection = await connect();
  const { id: workspaceId } = await workspace(connection);
  const api = await openApi(connection, workspaceId);
  const outcomes: Outcome[] = [];
  try {
    for (const each of wished) {
      let id: string | null = null;
      try {
        id = await orderId(api, each);
        outcomes.push({ wished: each, id, done: true, ...(await act(api, id)) });
      } catch (error) {
        if (!(error instanceof CliError) || wished.length === 1) throw error;
        outcomes.push({ wished: each, id, done: false, says: error.message, answer: { error: error.message } });
      }
    }
  } finally {
    await api.close();
  }
  const columns = [
    column<Outcome>("order", (each) => each.wished),
    column<Outcome>("", (each) => (each.done ? "done" : "refused")),
    column<Outcome>("says", (each) => each.says),
  ];
  const json =
    wished.length === 1
      ? outcomes[0]!.answer
      : {
          orders: outcomes.map(({ wished: name, id, done, answer }) => ({
            wished: name,
            id,
            done,
            ...(answer as object),
          })),
        };
  if (format === "table" && wished.length === 1) note(`${outcomes[0]!.wished}: ${outcomes[0]!.says}`);
  else printList(format, outcomes, columns, json, "");
  return outcomes.every((each) => each.done) ? 0 : 1;
}

export interface ActionAnswer {
  order: { id: string; number: string; headline: string; version: number };
}

/** `2=1`: one unit of line 2. */
export function readLines(texts: readonly string[] | undefined): { line_no: number; quantity: number }[] | undefined {
  return texts?.map((text) => {
    const [line, quantity, ...rest] = text.split("=");
    if (line === undefined || quantity === undefined || rest.length > 0)
      throw new CliError(`--line: found "${text}", expected LINE=QUANTITY, such as 2=1.`);
    return { line_no: whole("--line", line), quantity: whole("--line", quantity) };
  });
}

export const holdCommand = () =>
  command({
    name: "hold <orders...>",
    about: "Stop orders until you let them go.",
    examples: ['orders hold 1001 --note "waiting for the buyer"'],
  })
    .option("--note <text>", "why; must not name the buyer", "")
    .action(
      run<{ note: string }, [string[]]>((work, orders) =>
        onEach(work, orders, async (api, id) => {
          const answer = await api.post<ActionAnswer>(`/v1/orders/${id}/hold`, { note: work.options.note });
          return { answer, says: `is ${answer.order.headline} now` };
        }),
      ),
    );

export const unholdCommand = () =>
  command({
    name: "unhold <orders...>",
    about: "Lift what a person held, and nothing else.",
    examples: ["orders unhold 1001"],
  }).action(
    run<object, [string[]]>((work, orders) =>
      onEach(work, orders, async (api, id) => {
        const answer = await api.post<ActionAnswer>(`/v1/orders/${id}/unhold`);
        return { answer, says: `is ${answer.order.headline} now` };
      }),
    ),
  );

interface ReleaseOptions {
  all?: boolean;
  channel?: string;
  reason?: string;
}

export const releaseCommand = () =>
  command({
    name: "release [orders...]",
    about: "Let held orders go on (Process): answers what a person may answer. With --all, thousands at once.",
    examples: ["orders release 1001 1002", "orders release --all --channel shop --reason stand_by"],
  })
    .option("--all", "every held order that --channel and --reason name")
    .option("--channel <channel>", "with --all: only of this channel")
    .option("--reason <code>", "with --all: only those held for this")
    .action(
      run<ReleaseOptions, [string[]]>((work, orders) => {
        const { all, channel, reason } = work.options;
        if (all === true) {
          if (orders.length > 0) throw new CliError("Give orders or --all, not both.");
          return releaseAll(work);
        }
        if (channel !== undefined || reason !== undefined) throw new CliError("--channel and --reason go with --all.");
        if (orders.length === 0)
          throw new CliError(
            "Which orders?",
            "Name them, or give --all with --reason, such as --all --reason stand_by.",
          );
        return onEach(work, orders, async (api, id) => {
          const answer = await api.post<ActionAnswer & { still_open: string[] }>(`/v1/orders/${id}/release`);
          const rest = answer.still_open.length === 0 ? "" : `; still open: ${answer.still_open.join(", ")}`;
          return { answer, says: `released, is ${answer.order.headline} now${rest}` };
        });
      }),
    );

async function releaseAll({ connect, workspace, options, format }: Work<ReleaseOptions>): Promise<number> {
  const { reason } = options;
  if (reason === undefined)
    throw new CliError("--all needs a --reason.", "Such as stand_by or review: what is let go then is what you meant.");
  if (!(reasonCodes as readonly string[]).includes(reason))
    throw new CliError(`There is no reason "${reason.slice(0, 80)}".`, didYouMean(reason, reasonCodes));
  const connection = await connect();
  const { id: workspaceId } = await workspace(connection);
  const channelId =
    options.channel === undefined ? null : (await chooseChannel(connection.db, workspaceId, options.channel)).id;
  const filter = { channelId, reason: reason as ReasonCode };
  const total = await countHeldOrders(connection.db, { workspaceId, ...filter });
  const progress = await startProgress("Releasing", total);
  const who = { workspaceId, actor: connection.engine.actor, role: "owner" as const };
  const { released, stillHeld, refused } = await releaseMany(connection.engine, who, filter, (orders) =>
    progress.advance(orders),
  );
  progress.done(`${released} released.`);
  const rows = refused.map((each) => ({ ...each, id: publicId("order", each.id) }));
  if (format === "json")
    printJson({
      released,
      still_held: stillHeld,
      refused: rows.map(({ id, code, message }) => ({ id, code, detail: message })),
    });
  else {
    note(
      `${released} released${stillHeld === 0 ? "" : `, ${stillHeld} of them are still held for something else`}${refused.length === 0 ? "" : `, ${refused.length} refused`}.`,
    );
    if (rows.length > 0)
      printList(
        format,
        rows,
        [
          column<(typeof rows)[number]>("order", (each) => each.id),
          column<(typeof rows)[number]>("why not", (each) => each.message),
        ],
        null,
        "",
      );
  }
  return refused.length === 0 ? 0 : 1;
}

export const cancelCommand = () =>
  command({
    name: "cancel <orders...>",
    about:
      "Cancel all that is left, or some units. What nobody placed is cancelled at once; else the supplier is asked and may refuse.",
    examples: ["orders cancel 1001", "orders cancel 1001 --line 2=1"],
  })
    .option("--line <line=units>", "only so many units of a line; may be given several times", collect)
    .action(
      run<{ line?: string[] }, [string[]]>((work, orders) => {
        const lines = readLines(work.options.line);
        return onEach(work, orders, async (api, id) => {
          const answer = await api.post<ActionAnswer & { cancelled: unknown[]; asked: unknown[] }>(
            `/v1/orders/${id}/cancel`,
            lines === undefined ? {} : { lines },
          );
          const asked = answer.asked.length === 0 ? "" : "; the rest is with a supplier, who is asked";
          return {
            answer,
            says: `${answer.cancelled.length === 0 ? "nothing is cancelled yet" : "cancelled"}${asked}, is ${answer.order.headline} now`,
          };
        });
      }),
    );
