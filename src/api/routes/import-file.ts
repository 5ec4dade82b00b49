import type { FastifyError } from "fastify";
import { z } from "zod";
import { publicId, type ChannelId, type WorkspaceId } from "#domain/ids.ts";
import type { Permission } from "#domain/role.ts";
import { importCosts } from "#engine/import/costs.ts";
import type { ImportReport } from "#engine/import/import-log.ts";
import { importLinks } from "#engine/import/links.ts";
import { importOrders } from "#engine/import/orders.ts";
import { importStock } from "#engine/import/stock.ts";
import { importTracking } from "#engine/import/tracking.ts";
import { listChannels } from "#store/channel.ts";
import type { ImportKind, RowProblem } from "#store/import.ts";
import { listSuppliers } from "#store/supplier.ts";
import { findWorkspace } from "#store/workspace.ts";
import { inWorkspace } from "#store/workspace-scope.ts";
import { defaultChannelSettings, defaultWorkspaceSettings } from "#domain/settings.ts";
import type { Api, ApiContext } from "../context.ts";
import type { FileRead, Records } from "../files-in.ts";
import { mustMay } from "../guard.ts";
import { invalid } from "../invalid.ts";
import { notFound, Problem } from "../problem.ts";
import { act } from "../route.ts";
import { idOf, problems, text } from "../schemas.ts";
import { RowProblems } from "./imports.ts";

const mostBytes = 32 * 1024 * 1024;
/** Of what is wrong with a file's rows, so many are answered; GET /v1/imports/{id} lists the rest. */
const mostShown = 50;
const types = ["text/csv", "text/plain", "text/tab-separated-values", "application/octet-stream"];
const kinds = ["orders", "links", "stock", "costs", "tracking"] as const satisfies readonly ImportKind[];

/** What the rows of each kind change; bringing in a file is more than answering its questions. */
const needs: Readonly<Record<ImportKind, Permission>> = {
  orders: "orders.change",
  links: "set_up.change",
  stock: "set_up.change",
  costs: "set_up.change",
  tracking: "shipments.enter",
};

const Imported = z
  .object({
    id: z.string().nullable().meta({ description: "null: nothing was stored" }),
    rows: z.int(),
    stored: z.int().meta({ description: "In a dry run: rows that could be stored" }),
    refused: z.int(),
    set_aside: z.int(),
    summary: z.record(z.string(), z.int()).meta({ description: "What came of the rows, by name" }),
    read_as: z.array(z.object({ part: z.string(), value: z.string(), why: z.string() })),
    open: RowProblems.meta({ description: "What the file leaves open: say it in `map`, then it can be read" }),
    hints: z.array(z.string()),
    problems: RowProblems.meta({ description: `The first ${mostShown} of what is wrong with its rows` }),
  })
  .meta({ id: "ImportedFile" });
type Answer = z.output<typeof Imported>;

/** IM-21. The files of the command line's `import`, sent in by whoever sits elsewhere. */
export function importFileRoutes(app: Api, context: ApiContext): void {
  const { db, engine, files } = context;
  void app.register((sending: Api) => {
    sending.addContentTypeParser(
      types,
      { parseAs: "buffer", bodyLimit: mostBytes },
      (_request: unknown, body: Buffer) => Promise.resolve(body),
    );
    sending.setErrorHandler((error: FastifyError) => {
      throw error.statusCode === 413 ? tooLarge() : error;
    });
    sending.post(
      "/v1/imports",
      {
        schema: {
          summary: "Bring a file in: orders, product links, stock, costs or tracking",
          description: `The body is the table itself (CSV or another delimited text), at most ${mostBytes / 1024 / 1024} MB. The same file again changes nothing. With dry_run it is read to its end and nothing is stored.`,
          tags: ["Imports"],
          consumes: types,
          querystring: z.strictObject({
            kind: z.enum(kinds),
            name: text(200).regex(/^[^/\\]+$/, "a file name without its folders"),
            channel: idOf("channel").optional().meta({ description: "Who sold them: needed for orders" }),
            supplier: idOf("supplier").optional().meta({ description: "Of every row, where the file does not say" }),
            map: text(5000, 0)
              .default("")
              .meta({ description: "field=Header, field:=value or setting=value, separated by commas" }),
            dry_run: z.enum(["true", "false"]).default("false"),
          }),
          body: z.any().meta({ description: "The file's bytes" }),
          response: { 200: Imported, ...problems },
        },
      },
      async (request, reply) => {
        const { caller, query } = request;
        const { workspaceId } = caller;
        mustMay(caller, needs[query.kind]);
        if (files === undefined) throw notFound();
        const bytes: unknown = request.body;
        if (!Buffer.isBuffer(bytes) || bytes.length === 0)
          throw invalid([{ field: "body", found: "no file", expected: `a table, as ${types.join(", ")}` }]);
        const of = await names(workspaceId, query);
        const answer = await act(
          context,
          request,
          reply,
          async ({ actor }) => {
            const done = await files.read(
              { kind: query.kind, name: query.name, bytes, map: query.map, ...of },
              (file) =>
                query.dry_run === "true" || file.open.length > 0
                  ? look(file, query.dry_run === "true")
                  : store(file, { workspaceId, actor, channelId: of.channelId }),
            );
            if ("unreadable" in done) throw unreadable(done.unreadable);
            return { status: "ok" as const, value: done };
          },
          (body) => ({ body }),
        );
        return answer;
      },
    );
    return Promise.resolve();
  });

  async function names(workspaceId: WorkspaceId, query: { kind: ImportKind; channel?: string; supplier?: string }) {
    const [channels, suppliers] = await inWorkspace(db.api, workspaceId, async (tx) => [
      await listChannels(tx, workspaceId),
      await listSuppliers(tx, workspaceId),
    ]);
    const workspace = await findWorkspace(db.engine, workspaceId);
    const channel = channels.find((each) => each.publicId === query.channel);
    const supplier = suppliers.find((each) => each.publicId === query.supplier);
    if ((query.channel !== undefined && !channel) || (query.supplier !== undefined && !supplier)) throw notFound();
    if (query.kind === "orders" && channel === undefined)
      throw invalid([
        { field: "query.channel", found: "nothing", expected: `the channel that sold them, such as ${example}` },
      ]);
    return {
      zone: channel
        ? { ...defaultChannelSettings, ...channel.settings }.zone
        : { ...defaultWorkspaceSettings, ...workspace?.settings }.zone,
      channelId: channel?.id ?? null,
      ...(supplier === undefined ? {} : { supplier: supplier.name }),
    };
  }

  async function store(
    { file, mapping, content, ...read }: FileRead,
    wish: { workspaceId: WorkspaceId; actor: string; channelId: ChannelId | null },
  ): Promise<Answer> {
    const wrong: RowProblem[] = [];
    const onRefused = (refused: { problems: readonly RowProblem[] }): void =>
      void wrong.push(...refused.problems.slice(0, mostShown - wrong.length));
    const base = { workspaceId: wish.workspaceId, file, mapping, actor: wish.actor, onRefused };
    return present(await storeKind(content, base, wish.channelId), read, wrong);
  }

  function storeKind(
    content: Records,
    base: Omit<Parameters<typeof importLinks>[1], "records">,
    channelId: ChannelId | null,
  ): Promise<ImportReport> {
    switch (content.kind) {
      case "orders":
        return importOrders(engine, { ...base, channelId: channelId!, records: content.records });
      case "links":
        return importLinks(engine, { ...base, records: content.records });
      case "stock":
        return importStock(engine, { ...base, records: content.records });
      case "costs":
        return importCosts(engine, { ...base, records: content.records });
      case "tracking":
        return importTracking(engine, { ...base, records: content.records });
    }
  }
}
const example = publicId("channel", "01980000-0000-7000-8000-000000000000");

/** Reads it to its end and stores nothing; what it leaves open is told instead. */
async function look({ content, ...read }: FileRead, isDryRun: boolean): Promise<Answer> {
  const report = { id: null, rows: 0, stored: 0, refused: 0, setAside: 0, summary: {} as Record<string, number> };
  if (read.open.length > 0) {
    if (!isDryRun) throw leavesOpen(read.open);
    return present(report, read, []);
  }
  const wrong: RowProblem[] = [];
  for await (const record of content.records) {
    report.rows += record.rows.length;
    if (record.type === "refused") {
      report.refused += record.rows.length;
      wrong.push(...record.problems.slice(0, mostShown - wrong.length));
    } else if (record.type === "set_aside") report.setAside += record.rows.length;
    else {
      report.stored += record.rows.length;
      const name = record.type === "item" ? content.kind : `${record.type}s`;
      report.summary[name] = (report.summary[name] ?? 0) + 1;
    }
  }
  return present(report, read, wrong);
}

const present = (
  { setAside, id, rows, stored, refused, summary }: Omit<ImportReport, "id"> & { id: string | null },
  { readAs, open, hints }: Pick<FileRead, "readAs" | "open" | "hints">,
  wrong: RowProblem[],
): Answer => ({
  id,
  rows,
  stored,
  refused,
  set_aside: setAside,
  summary,
  read_as: readAs,
  open,
  hints,
  problems: wrong,
});

const tooLarge = (): Problem =>
  new Problem({
    status: 413,
    code: "body_too_large",
    detail: `The file is larger than ${mostBytes / 1024 / 1024} MB.`,
    next: "Cut it into several, or import it on the server: npx switchyard import.",
  });
const unreadable = (message: string): Problem =>
  new Problem({
    status: 422,
    code: "file_unreadable",
    detail: message,
    next: "Mend the file or the map and send it again; nothing was stored.",
  });
const leavesOpen = (open: readonly RowProblem[]): Problem =>
  new Problem({
    status: 422,
    code: "file_leaves_open",
    detail: "The file leaves open how it is to be read; nothing was stored.",
    next: "Say it in `map`; dry_run=true shows how the file is read.",
    errors: open.map(({ header, found, expected }) => ({ field: header === "" ? "body" : header, found, expected })),
  });
