import { isatty } from "node:tty";
import { erasePersonalData, type Erasure } from "#engine/manage/erase.ts";
import { ring } from "#store/commit.ts";
import { CliError, refused } from "../cli-error.ts";
import { command, run } from "../command.ts";
import { column, note, printList } from "../output.ts";
import { whose, type WhoseOptions } from "../whose.ts";

export const eraseCommand = () =>
  command({
    name: "erase",
    about:
      "Erase what is kept of a buyer: names, addresses, notes, messages. Orders, trail and books stay. Orders on their way are named and stay as they are. This cannot be undone.",
    examples: [
      "erase --order 1001",
      "erase --mail ada@example.org --yes",
      "erase --buyer 7123456 --workspace acme --yes",
    ],
  })
    .option("--order <order>", "of one order, by its id or number")
    .option("--buyer <id>", "of a buyer, by the channel's own id")
    .option("--mail <address>", "of everybody with this e-mail address")
    .option("--yes", "without asking")
    .action(
      run<WhoseOptions & { yes?: boolean }>(async ({ connect, workspace, options, format }) => {
        const connection = await connect();
        const { id: workspaceId } = await workspace(connection);
        const target = await whose(connection, workspaceId, options);
        if (options.yes !== true && !(await confirmed()))
          throw new CliError("Nothing was erased.", "Confirm, or give --yes.");
        const { engine, db } = connection;
        const answer = await erasePersonalData(engine, { workspaceId, actor: engine.actor }, target);
        if (answer.status === "refused") throw refused(answer);
        await ring(db);
        const { erased, kept, unfiled } = answer.value;
        const rows = [...erased.map((each) => ({ ...each, why: "" })), ...kept];
        type Row = Erasure["kept"][number];
        const columns = [
          column<Row>("order", (each) => each.number),
          column<Row>("outcome", (each) => (each.why === "" ? "erased" : "kept")),
          column<Row>("why", (each) => each.why),
          column<Row>("id", (each) => each.id),
        ];
        printList(format, rows, columns, answer.value, "Nothing of this buyer is kept here.");
        if (format === "table" && unfiled > 0)
          note(`${unfiled} messages or rows of files that belonged to no order were erased too.`);
        return kept.length === 0 ? 0 : 1;
      }),
    );

async function confirmed(): Promise<boolean> {
  if (!isatty(0)) return false;
  const { confirm, isCancel } = await import("@clack/prompts");
  const answer = await confirm({ message: "Erase it for ever?", initialValue: false });
  return !isCancel(answer) && answer;
}
