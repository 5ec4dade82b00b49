import type { Command } from "commander";
import { parsePublicId, publicId } from "#domain/ids.ts";
import { resolveSetAside, type SetAsideAnswer } from "#engine/import/set-aside.ts";
import { findImport, listImports, listSetAside, type SetAsideRow, type StoredImport } from "#store/import.ts";
import { CliError, refused } from "../cli-error.ts";
import { command, group, run } from "../command.ts";
import { column, note, printList } from "../output.ts";

export const listImportsCommand = (): Command =>
  command({
    name: "list",
    about: "The imports of a workspace, newest first.",
    examples: ["import list", "import list --output json"],
  }).action(
    run(async ({ connect, workspace, format }) => {
      const connection = await connect();
      const { id: workspaceId } = await workspace(connection);
      const imports = await listImports(connection.db, workspaceId, 100);
      type Row = StoredImport;
      const state = ({ finishedAt, problem }: Row): string =>
        finishedAt !== null ? "read to its end" : (problem ?? "goes on, or was killed");
      const columns = [
        column<Row>("import", (each) => publicId("import", each.publicId)),
        column<Row>("kind", (each) => each.kind),
        column<Row>("file", (each) => each.fileName),
        column<Row>("started", (each) => each.startedAt.toISOString()),
        column<Row>("rows", (each) => each.rows),
        column<Row>("stored", (each) => each.stored),
        column<Row>("refused", (each) => each.refused),
        column<Row>("set aside", (each) => each.setAside),
        column<Row>("state", state),
      ];
      const json = imports.map((each) => ({
        id: publicId("import", each.publicId),
        kind: each.kind,
        file: each.fileName,
        sha256: each.sha256,
        actor: each.actor,
        startedAt: each.startedAt,
        finishedAt: each.finishedAt,
        rows: each.rows,
        stored: each.stored,
        refused: each.refused,
        setAside: each.setAside,
        summary: each.summary,
        problem: each.problem,
      }));
      printList(
        format,
        imports,
        columns,
        { imports: json },
        "Nothing was imported yet. npx switchyard import orders FILE --channel C",
      );
    }),
  );

export const setAsideCommand = (): Command =>
  group("set-aside", "rows that only a person can decide").addCommand(listCommand()).addCommand(resolveCommand());

const listCommand = (): Command =>
  command({
    name: "list",
    about: "Open questions, oldest first, with the orders that may be meant.",
    examples: ["import set-aside list", "import set-aside list --output csv"],
  })
    .option("--import <import>", "only of this import")
    .action(
      run<{ import?: string }>(async ({ connect, workspace, options, format }) => {
        const connection = await connect();
        const { id: workspaceId } = await workspace(connection);
        const wished =
          options.import === undefined
            ? undefined
            : await findImport(connection.db, workspaceId, importUuid(options.import));
        if (options.import !== undefined && wished === undefined)
          throw new CliError(`There is no import ${options.import} here.`, "npx switchyard import list shows them.");
        const rows: SetAsideRow[] = [];
        for (let after: { importId: string; line: number } | null = null; ; after = rows.at(-1)!) {
          const page = await listSetAside(connection.db, {
            workspaceId,
            importId: wished?.id ?? null,
            after,
            limit: 1000,
          });
          rows.push(...page);
          if (page.length < 1000) break;
        }
        const columns = [
          column<SetAsideRow>("import", (each) => publicId("import", each.importPublicId)),
          column<SetAsideRow>("line", (each) => each.line),
          column<SetAsideRow>("file", (each) => each.fileName),
          column<SetAsideRow>("says", saying),
          column<SetAsideRow>("question", (each) => each.question),
          column<SetAsideRow>("candidates", (each) =>
            (each.candidates ?? []).map(({ number, order }) => `${number} (${order})`).join(", "),
          ),
        ];
        const json = rows.map(({ importPublicId, fileName, line, lines, said, raw, question, candidates }) => ({
          import: publicId("import", importPublicId),
          file: fileName,
          line,
          lines,
          says: said,
          raw,
          question,
          candidates: candidates ?? [],
        }));
        printList(format, rows, columns, { setAside: json }, "No row waits for an answer.");
      }),
    );

function saying({ said, raw }: SetAsideRow): string {
  if (said === null) return raw ?? "";
  return said.lines === "all"
    ? `${said.id}: all of it`
    : `${said.id}: ${said.lines.map(({ quantity, sku }) => `${quantity} × ${sku}`).join(", ")}`;
}

const resolveCommand = (): Command =>
  command({
    name: "resolve <import> <line>",
    about: "Answer the question of a row: which order it cancels, or why it needs no doing.",
    examples: [
      "import set-aside resolve imp_0199… 1442 --order ord_0199…",
      'import set-aside resolve imp_0199… 1442 --ignore "a return, refunded by hand"',
    ],
    prints: false,
  })
    .option("--order <order>", "it cancels this order")
    .option("--ignore <reason>", "it needs no doing, because …")
    .option("--refuse <reason>", "it is wrong, because …")
    .action(
      run<{ order?: string; ignore?: string; refuse?: string }, [string, string]>(
        async ({ connect, workspace, options }, wished, line) => {
          if (!/^\d{1,9}$/.test(line))
            throw new CliError(
              `line: found "${line.slice(0, 40)}", expected the number that import set-aside list shows.`,
            );
          const place = importUuid(wished);
          const answer = answerOf(options);
          const connection = await connect();
          const { id: workspaceId } = await workspace(connection);
          const result = await resolveSetAside(
            connection.engine,
            { workspaceId, import: place, line: Number(line) },
            answer,
            connection.engine.actor,
          );
          if (result.status === "refused") throw refused(result);
          note(`Line ${line}: ${result.value.resolution}.`);
        },
      ),
    );

function answerOf({ order, ignore, refuse }: { order?: string; ignore?: string; refuse?: string }): SetAsideAnswer {
  const given = [order, ignore, refuse].filter((each) => each !== undefined);
  if (given.length !== 1) throw new CliError("Give one answer: --order ORDER, --ignore REASON or --refuse REASON.");
  if (ignore !== undefined) return { ignore };
  if (refuse !== undefined) return { refuse };
  const uuid = parsePublicId("order", order ?? "");
  if (uuid === null)
    throw new CliError(
      `--order: found "${(order ?? "").slice(0, 60)}", expected the id of an order (ord_…).`,
      "npx switchyard orders list shows them.",
    );
  return { cancels: uuid };
}

function importUuid(text: string): string {
  const uuid = parsePublicId("import", text);
  if (uuid === null)
    throw new CliError(
      `import: found "${text.slice(0, 60)}", expected the id of an import (imp_…).`,
      "npx switchyard import list shows them.",
    );
  return uuid;
}
