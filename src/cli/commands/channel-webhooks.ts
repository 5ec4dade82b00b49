import { parsePublicId, publicId } from "#domain/ids.ts";
import { hookOff, hookOn, showHook, type ShownHook } from "#engine/manage/hook.ts";
import { openUnread, putUnreadAside, readUnreadAgain } from "#engine/manage/unread-message.ts";
import { listUnread, type UnreadMessage } from "#store/unread-message.ts";
import { chooseChannel } from "../choose.ts";
import { CliError, refused } from "../cli-error.ts";
import { command, group, run } from "../command.ts";
import { column, note, printFields, printList } from "../output.ts";

const present = (hook: ShownHook | null) => ({
  address: hook?.url ?? null,
  on: hook?.isOn ?? false,
  toldAt: hook?.toldAt?.toISOString() ?? null,
  problem: hook?.problem ?? null,
  lastAt: hook?.lastAt?.toISOString() ?? null,
});
const about = {
  on: "Switch on that the channel sends what changed. A worker tells it the address and a new secret; its feed stays the safety net.",
  off: "Switch it off: nothing is taken from now on, and the channel is told to stop.",
  show: "Where a channel's webhooks come in, whether it was told, and the last that came.",
} as const;

const one = (name: "on" | "off" | "show") =>
  command({ name: `${name} <channel>`, about: about[name], examples: [`channel webhooks ${name} shop`] }).action(
    run<object, [string]>(async ({ config, connect, workspace, format }, wished) => {
      const connection = await connect();
      const { id: workspaceId } = await workspace(connection);
      const of = { workspaceId, channelId: (await chooseChannel(connection.db, workspaceId, wished)).id };
      const { manage } = connection;
      const answer =
        name === "on"
          ? await hookOn(manage, of, config.url)
          : name === "off"
            ? await hookOff(manage, of)
            : await showHook(manage, of);
      if (answer.status === "refused") throw refused(answer);
      const json = present(answer.value);
      printFields(
        format,
        [
          ["webhooks", json.on ? "on" : "off"],
          ["address", json.address ?? ""],
          ["told", json.toldAt ?? (json.address === null ? "" : "not yet")],
          ["last message", json.lastAt ?? "none"],
          ["problem", json.problem ?? ""],
        ],
        json,
      );
    }),
  );

export const channelWebhooksCommand = () =>
  group("webhooks", "webhooks that a channel sends here")
    .addCommand(one("on"))
    .addCommand(one("off"))
    .addCommand(one("show"));

const presentUnread = (message: UnreadMessage) => ({
  id: publicId("message", message.publicId),
  event: message.eventId,
  receivedAt: message.receivedAt.toISOString(),
  problem: message.problem,
});
const uuidOf = (id: string): string => {
  const uuid = parsePublicId("message", id);
  if (uuid === null)
    throw new CliError(`"${id.slice(0, 80)}" is no message.`, "Take its id from: npx switchyard channel unread list");
  return uuid;
};

export const channelUnreadCommand = () =>
  group("unread", "what channels sent and nobody could read")
    .addCommand(
      command({
        name: "list",
        about: "The messages that wait for a person, oldest first.",
        examples: ["channel unread list"],
      }).action(
        run(async ({ connect, workspace, format }) => {
          const connection = await connect();
          const { id } = await workspace(connection);
          const messages = (await listUnread(connection.db, id, { after: "0", limit: 200 })).map(presentUnread);
          const columns = [
            column<(typeof messages)[number]>("id", (each) => each.id),
            column<(typeof messages)[number]>("event", (each) => each.event),
            column<(typeof messages)[number]>("received", (each) => each.receivedAt),
            column<(typeof messages)[number]>("problem", (each) => each.problem),
          ];
          printList(format, messages, columns, { messages }, "Everything that came could be read.");
        }),
      ),
    )
    .addCommand(
      command({
        name: "show <message>",
        about: "Its raw text, as it came. It may name a buyer; that it was opened is recorded.",
        examples: ["channel unread show msg_01980000-0000-7000-8000-000000000000"],
      }).action(
        run<object, [string]>(async ({ connect, workspace, format }, id) => {
          const connection = await connect();
          const { id: workspaceId } = await workspace(connection);
          const answer = await openUnread(connection.manage, { workspaceId, message: uuidOf(id) });
          if (answer.status === "refused") throw refused(answer);
          const json = { ...presentUnread(answer.value), text: answer.value.text };
          printFields(
            format,
            [
              ["event", json.event],
              ["received", json.receivedAt],
              ["problem", json.problem],
              ["text", json.text ?? "erased"],
            ],
            json,
          );
        }),
      ),
    )
    .addCommand(
      command({
        name: "read-again <message>",
        about: "Have it read once more, after its cause is gone.",
        examples: ["channel unread read-again msg_01980000-0000-7000-8000-000000000000"],
        prints: false,
      }).action(
        run<object, [string]>(async ({ connect, workspace }, id) => {
          const connection = await connect();
          const { id: workspaceId } = await workspace(connection);
          const answer = await readUnreadAgain(connection.manage, { workspaceId, message: uuidOf(id) });
          if (answer.status === "refused") throw refused(answer);
          note("A worker reads it again.");
        }),
      ),
    )
    .addCommand(
      command({
        name: "put-aside <message>",
        about: "It needs no doing; say why.",
        examples: ['channel unread put-aside msg_01980000-0000-7000-8000-000000000000 --why "a test of the shop"'],
        prints: false,
      })
        .requiredOption("--why <text>", "kept in the trail")
        .action(
          run<{ why: string }, [string]>(async ({ connect, workspace, options }, id) => {
            const connection = await connect();
            const { id: workspaceId } = await workspace(connection);
            const of = { workspaceId, message: uuidOf(id) };
            const answer = await putUnreadAside(connection.manage, of, options.why);
            if (answer.status === "refused") throw refused(answer);
            note("It waits for nobody any more.");
          }),
        ),
    );
