import { openApi, type ApiClient } from "../api-client.ts";
import { CliError } from "../cli-error.ts";
import { collect, command, group, run, type Work } from "../command.ts";
import { column, note, printFields, printJson, printList, write, type Format } from "../output.ts";
import { forTerminal } from "../terminal-text.ts";
import { shortTime } from "./orders-read.ts";

interface Webhook {
  id: string;
  url: string;
  description: string;
  events: string[];
  enabled: boolean;
  disabled: { at: string; why: string } | null;
  failures: number;
  paused_until: string | null;
  last_success_at: string | null;
  waiting: number;
  given_up: number;
}
interface Delivery {
  id: string;
  message_id: string;
  type: string;
  occurred_at: string;
  state: string;
  next_try_at: string | null;
  attempts: number;
  last_status: number | null;
  last_problem: string | null;
}
interface Attempt {
  no: number;
  at: string;
  duration_ms: number;
  status: number | null;
  problem: string | null;
  answer: string;
}

export const webhookCommand = () =>
  group("webhook", "who is told what happens: endpoints, their deliveries, sending again")
    .addCommand(
      command({
        name: "add <url>",
        about: "Add an endpoint. Its signing secret is shown now and never again.",
        examples: [
          "webhook add https://hooks.example.com/switchyard",
          "webhook add https://hooks.example.com/switchyard --events order.completed --events shipment.*",
        ],
      })
        .option("--events <type>", "what it hears of; may be given several times (default: everything)", collect)
        .option("--description <text>", "what it is for", "")
        .action(
          run<{ events?: string[]; description: string }, [string]>((work, url) =>
            withApi(work, async (api) => {
              const { events = ["*"], description } = work.options;
              showSecret(work.format, await api.post("/v1/webhooks", { url, events, description }));
            }),
          ),
        ),
    )
    .addCommand(
      command({ name: "list", about: "The endpoints, and how they do.", examples: ["webhook list"] }).action(
        run((work) =>
          withApi(work, async (api) => {
            const { webhooks } = await api.get<{ webhooks: Webhook[] }>("/v1/webhooks");
            const columns = [
              column<Webhook>("url", (each) => each.url),
              column<Webhook>("events", (each) => each.events.join(", ")),
              column<Webhook>("state", stateOf),
              column<Webhook>("waiting", (each) => String(each.waiting)),
              column<Webhook>("given up", (each) => String(each.given_up)),
              column<Webhook>("last success", (each) => shortTime(each.last_success_at)),
              column<Webhook>("id", (each) => each.id),
            ];
            printList(
              work.format,
              webhooks,
              columns,
              { webhooks },
              "There is no endpoint yet: npx switchyard webhook add URL",
            );
          }),
        ),
      ),
    )
    .addCommand(
      command({
        name: "events",
        about: "What an endpoint can hear of.",
        examples: ["webhook events", "webhook events --output json"],
        inWorkspace: true,
      }).action(
        run((work) =>
          withApi(work, async (api) => {
            const catalogue = await api.get<{ types: { type: string; about: string }[] }>("/v1/webhooks/event-types");
            const columns = [
              column<{ type: string; about: string }>("type", (each) => each.type),
              column<{ type: string; about: string }>("what happened", (each) => each.about),
            ];
            printList(work.format, catalogue.types, columns, catalogue, "");
          }),
        ),
      ),
    )
    .addCommand(
      command({
        name: "deliveries [endpoint]",
        about: "What was sent, waits or was given up, newest first. The endpoint is its id or its address.",
        examples: ["webhook deliveries", "webhook deliveries https://hooks.example.com/switchyard --state given_up"],
      })
        .option("--state <state>", "waiting, delivered or given_up")
        .option("--limit <n>", "so many, 1 to 200", "50")
        .option("--delivery <id>", "one delivery with its body and each try")
        .action(
          run<{ state?: string; limit: string; delivery?: string }, [string?]>((work, wished) =>
            withApi(work, async (api) => {
              const { id } = await chooseWebhook(api, wished);
              const { state, limit, delivery } = work.options;
              if (delivery !== undefined)
                return showDelivery(work.format, api, `/v1/webhooks/${id}/deliveries/${delivery}`);
              const page = await api.get<{ deliveries: Delivery[] }>(`/v1/webhooks/${id}/deliveries`, { state, limit });
              const columns = [
                column<Delivery>("type", (each) => each.type),
                column<Delivery>("happened", (each) => shortTime(each.occurred_at)),
                column<Delivery>("state", (each) => each.state.replace("_", " ")),
                column<Delivery>("tries", (each) => String(each.attempts)),
                column<Delivery>(
                  "last answer",
                  (each) => each.last_problem ?? (each.last_status === null ? "" : String(each.last_status)),
                ),
                column<Delivery>("next try", (each) => shortTime(each.next_try_at)),
                column<Delivery>("id", (each) => each.id),
              ];
              printList(
                work.format,
                page.deliveries,
                columns,
                page,
                "Nothing was sent yet. Try: npx switchyard webhook test",
              );
            }),
          ),
        ),
    )
    .addCommand(
      command({
        name: "resend [endpoint]",
        about: "Send again, with the ids they had: one delivery, or all that were given up since an instant.",
        examples: [
          "webhook resend --since 2026-11-22T00:00:00Z",
          "webhook resend --delivery whd_01980000-0000-7000-8000-000000000000",
        ],
      })
        .option("--since <instant>", "all that were given up since")
        .option("--delivery <id>", "this one")
        .action(
          run<{ since?: string; delivery?: string }, [string?]>((work, wished) =>
            withApi(work, async (api) => {
              const { since, delivery } = work.options;
              if ((since === undefined) === (delivery === undefined))
                throw new CliError("Give --since with an instant, or --delivery with an id.");
              const { id } = await chooseWebhook(api, wished);
              const answer =
                delivery === undefined
                  ? await api.post<{ resent: number }>(`/v1/webhooks/${id}/resend`, { since })
                  : await api.post<{ resent: number }>(`/v1/webhooks/${id}/deliveries/${delivery}/resend`);
              if (work.format === "json") return printJson(answer);
              note(`${answer.resent === 1 ? "One delivery is" : `${answer.resent} deliveries are`} sent again.`);
            }),
          ),
        ),
    )
    .addCommand(
      command({
        name: "test [endpoint]",
        about: "Send a test message.",
        examples: ["webhook test"],
        prints: false,
      }).action(
        run<object, [string?]>((work, wished) =>
          withApi(work, async (api) => {
            const { id, url } = await chooseWebhook(api, wished);
            await api.post(`/v1/webhooks/${id}/test`);
            note(`A test is on its way to ${forTerminal(url)}. See: npx switchyard webhook deliveries ${id}`);
          }),
        ),
      ),
    )
    .addCommand(
      command({
        name: "rotate-secret [endpoint]",
        about: "Make a new signing secret, shown now and never again; for 24 hours the old one signs beside it.",
        examples: ["webhook rotate-secret"],
      }).action(
        run<object, [string?]>((work, wished) =>
          withApi(work, async (api) => {
            const { id } = await chooseWebhook(api, wished);
            showSecret(work.format, await api.post(`/v1/webhooks/${id}/rotate-secret`));
          }),
        ),
      ),
    )
    .addCommand(
      command({
        name: "change [endpoint]",
        about: "Change an endpoint, or switch it off or on. What is not named stays.",
        examples: ["webhook change --events order.* --events hold.*", "webhook change --on"],
        prints: false,
      })
        .option("--url <url>", "another address")
        .option("--events <type>", "what it hears of; may be given several times", collect)
        .option("--description <text>", "what it is for")
        .option("--on", "switch it on")
        .option("--off", "switch it off; what waits is given up")
        .action(
          run<{ url?: string; events?: string[]; description?: string; on?: boolean; off?: boolean }, [string?]>(
            (work, wished) =>
              withApi(work, async (api) => {
                const { url, events, description, on, off } = work.options;
                if (on === true && off === true) throw new CliError("Give --on or --off, not both.");
                const { id } = await chooseWebhook(api, wished);
                const enabled = on === true ? true : off === true ? false : undefined;
                const now = await api.put<Webhook>(`/v1/webhooks/${id}`, { url, events, description, enabled });
                note(`${forTerminal(now.url)}: ${now.events.join(", ")}; ${stateOf(now)}.`);
              }),
          ),
        ),
    )
    .addCommand(
      command({
        name: "remove [endpoint]",
        about: "Delete an endpoint with its secret and its deliveries.",
        examples: ["webhook remove https://hooks.example.com/switchyard"],
        prints: false,
      }).action(
        run<object, [string?]>((work, wished) =>
          withApi(work, async (api) => {
            const { id, url } = await chooseWebhook(api, wished);
            await api.delete(`/v1/webhooks/${id}`);
            note(`${forTerminal(url)} is told nothing any more.`);
          }),
        ),
      ),
    );

async function withApi<Given>(work: Work<Given>, use: (api: ApiClient) => Promise<void>): Promise<void> {
  const connection = await work.connect();
  const { id } = await work.workspace(connection);
  const api = await openApi(connection, id);
  try {
    await use(api);
  } finally {
    await api.close();
  }
}

/** By id or address; without either the only one. */
async function chooseWebhook(api: ApiClient, wished: string | undefined): Promise<Webhook> {
  const { webhooks } = await api.get<{ webhooks: Webhook[] }>("/v1/webhooks");
  const found = wished === undefined ? webhooks : webhooks.filter(({ id, url }) => id === wished || url === wished);
  if (found.length === 1) return found[0]!;
  const choices = webhooks.map(({ id, url }) => `${id} (${forTerminal(url)})`).join(", ");
  if (webhooks.length === 0)
    throw new CliError("There is no endpoint yet.", "Make one: npx switchyard webhook add URL.");
  if (found.length === 0)
    throw new CliError(`There is no endpoint "${wished!.slice(0, 100)}".`, `There is: ${choices}.`);
  throw new CliError("There are several endpoints.", `Name one by its id: ${choices}.`);
}

const stateOf = ({ enabled, disabled, failures, paused_until: until }: Webhook): string => {
  if (!enabled) return `off since ${shortTime(disabled?.at ?? null)} (${words[disabled?.why ?? ""] ?? "by person"})`;
  if (failures === 0) return "on";
  return `failing, ${failures} in a row${until === null ? "" : `; paused until ${shortTime(until)}`}`;
};
const words: Readonly<Record<string, string>> = {
  by_person: "by a person",
  gone: "it answered that it is gone",
  failing: "it failed for too long",
};

function showSecret(format: Format, answer: { webhook: Webhook; secret: string }): void {
  if (format === "json") return printJson(answer);
  write(`${answer.secret}\n`);
  note(`Keep it: it is not shown again. ${forTerminal(answer.webhook.url)} checks signatures with it.`);
}

async function showDelivery(format: Format, api: ApiClient, path: string): Promise<void> {
  const found = await api.get<{ delivery: Delivery; body: string; attempts: Attempt[] }>(path);
  if (format === "json") return printJson(found);
  const { delivery, body, attempts } = found;
  const fields = [
    ["id", delivery.id],
    ["message", delivery.message_id],
    ["type", delivery.type],
    ["state", delivery.state.replace("_", " ")],
    ["body", body],
  ] as const;
  printFields(format, fields, found);
  if (format === "csv") return;
  for (const { no, at, duration_ms: ms, status, problem, answer } of attempts) {
    write(`\nTry ${no}, ${at}, ${ms} ms: ${forTerminal(problem ?? `answered ${status}`)}\n`);
    if (answer !== "") write(`  ${forTerminal(answer).slice(0, 1000)}\n`);
  }
}
