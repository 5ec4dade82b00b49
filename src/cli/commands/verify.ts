import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { verifyInvariants, type Verified } from "#store/invariants/verify.ts";
import { command, run } from "../command.ts";
import { column, printJson, printList, write } from "../output.ts";
import { startProgress } from "../progress.ts";

const Count = row({ orders: col.int });

export const verifyCommand = () =>
  command({
    name: "verify",
    about: "Check on the live database what must always be true. Exit code 1 when anything is violated.",
    examples: ["verify", "verify --workspace acme", "verify --output json"],
    inWorkspace: false,
  })
    .option("-w, --workspace <name>", "only this workspace; `all` for all of them", "all")
    .action(
      run<{ workspace: string }>(async ({ connect, workspace, options, format }) => {
        const connection = await connect();
        const { db } = connection;
        const only = options.workspace === "all" ? undefined : await workspace(connection);
        const { orders } = await db.one(
          Count,
          only === undefined
            ? sql`select coalesce(sum(n), 0)::int as orders from counter where kind = 'headline'`
            : sql`select coalesce(sum(n), 0)::int as orders from counter where kind = 'headline' and workspace_id = ${only.id}::bigint`,
        );
        const progress = await startProgress("Checking", orders);
        const results = await verifyInvariants(db, {
          ...(only === undefined ? {} : { only: only.id }),
          onProgress: (rows, where) => progress.advance(rows, `Checking ${where}`),
        });
        const violated = results.filter((each) => each.count > 0);
        progress.done(
          violated.length === 0 ? "Everything holds." : `${violated.length} of ${results.length} do not hold.`,
        );
        const json = { workspace: options.workspace, holds: violated.length === 0, invariants: results };
        if (format === "json") printJson(json);
        else {
          const columns = [
            column<Verified>("number", (each) => each.id),
            column<Verified>("what must be true", (each) => each.title),
            column<Verified>("violations", (each) => (each.count === 0 ? "none" : each.count)),
          ];
          printList(format, results, columns, json, "");
          if (format === "table") for (const each of violated) write(details(each));
          if (format === "table") write(violated.length === 0 ? "\nEverything holds.\n" : "");
        }
        return violated.length === 0 ? 0 : 1;
      }),
    );

const details = ({ id, title, count, first }: Verified): string =>
  `\n${id} ${title}\n${first
    .map(({ workspace, subject, detail }) => `  ${workspace === null ? "" : `${workspace}: `}${subject} ${detail}`)
    .join("\n")}\n${count > first.length ? `  … and ${count - first.length} more\n` : ""}`;
