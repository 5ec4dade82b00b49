import { z } from "zod";
import { resolveSetAside } from "#engine/import/set-aside.ts";
import { findImport, listImports, listRefused, listSetAside, type StoredImport } from "#store/import.ts";
import { inWorkspace } from "#store/workspace-scope.ts";
import { Actors, actorsOf, nameActors } from "../actors.ts";
import type { Api, ApiContext } from "../context.ts";
import { decodeCursor, encodeCursor } from "../cursor.ts";
import { notFound } from "../problem.ts";
import { act } from "../route.ts";
import { cursor, idOf, limit, problems, text, time, timeOrNull } from "../schemas.ts";

const tags = ["Imports"];
const importId = /^imp_([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;
const publicImportId = (uuid: string): string => `imp_${uuid}`;
const onImport = z.strictObject({ id: z.string().regex(importId) });
const uuidOf = (id: string): string => importId.exec(id)![1]!;

const Import = z
  .object({
    id: z.string(),
    kind: z.string(),
    file: z.string(),
    by: z.string(),
    started_at: z.string(),
    finished_at: z.string().nullable(),
    rows: z.int(),
    stored: z.int(),
    refused: z.int(),
    set_aside: z.int(),
    problem: z.string().nullable(),
  })
  .meta({ id: "Import" });
const presentImport = (found: StoredImport): z.output<typeof Import> => ({
  id: publicImportId(found.publicId),
  kind: found.kind,
  file: found.fileName,
  by: found.actor,
  started_at: time(found.startedAt),
  finished_at: timeOrNull(found.finishedAt),
  rows: found.rows,
  stored: found.stored,
  refused: found.refused,
  set_aside: found.setAside,
  problem: found.problem,
});
export const RowProblems = z.array(
  z.object({ line: z.int(), column: z.int(), header: z.string(), found: z.string(), expected: z.string() }),
);

/** What files brought: every row is stored, refused or set aside with a question. Raw rows may hold personal data and stay in the command line's reports. */
export function importRoutes(app: Api, context: ApiContext): void {
  const { db } = context;
  app.get(
    "/v1/imports",
    {
      schema: {
        summary: "Imports, newest first",
        tags,
        querystring: z.strictObject({ limit }),
        response: { 200: z.object({ imports: z.array(Import), actors: Actors }), ...problems },
      },
    },
    async ({ caller: { workspaceId }, query }) => {
      const found = await inWorkspace(db.api, workspaceId, (tx) => listImports(tx, workspaceId, query.limit));
      const by = found.map(({ actor }) => actor);
      const name = await nameActors(context, workspaceId, by);
      return { imports: found.map(presentImport), actors: actorsOf(name, by) };
    },
  );

  app.get(
    "/v1/imports/:id",
    {
      schema: {
        summary: "One import with the rows it refused",
        tags,
        params: onImport,
        querystring: z.strictObject({ cursor, limit }),
        response: {
          200: Import.extend({
            refused_rows: z.array(z.object({ line: z.int(), lines: z.array(z.int()), problems: RowProblems })),
            next: z.string().nullable(),
          }),
          ...problems,
        },
      },
    },
    async ({ caller: { workspaceId }, params, query }) =>
      inWorkspace(db.api, workspaceId, async (tx) => {
        const found = await findImport(tx, workspaceId, uuidOf(params.id));
        if (found === undefined) throw notFound();
        const afterLine = query.cursor === undefined ? 0 : Number(decodeCursor(query.cursor, ["int"] as const)[0]);
        const rows = await listRefused(tx, { workspaceId, importId: found.id, afterLine, limit: query.limit + 1 });
        const shown = rows.slice(0, query.limit);
        return {
          ...presentImport(found),
          refused_rows: shown.map(({ line, lines, problems: wrong }) => ({ line, lines, problems: wrong })),
          next: rows.length > query.limit ? encodeCursor([String(shown.at(-1)!.line)]) : null,
        };
      }),
  );

  app.get(
    "/v1/set-aside",
    {
      schema: {
        summary: "Rows that were set aside with a question, oldest first",
        tags,
        querystring: z.strictObject({ cursor, limit }),
        response: {
          200: z.object({
            rows: z.array(
              z.object({
                import: z.string(),
                file: z.string(),
                line: z.int(),
                lines: z.array(z.int()),
                question: z.string().nullable(),
                candidates: z.array(z.object({ order: z.string(), number: z.string() })),
                problems: RowProblems,
              }),
            ),
            next: z.string().nullable(),
          }),
          ...problems,
        },
      },
    },
    async ({ caller: { workspaceId }, query }) => {
      const at = query.cursor === undefined ? null : decodeCursor(query.cursor, ["id", "int"] as const);
      const after = at === null ? null : { importId: at[0], line: Number(at[1]) };
      const found = await inWorkspace(db.api, workspaceId, (tx) =>
        listSetAside(tx, { workspaceId, importId: null, after, limit: query.limit + 1 }),
      );
      const rows = found.slice(0, query.limit);
      const last = rows.at(-1);
      const isMore = found.length > query.limit && last !== undefined;
      return {
        rows: rows.map((row) => ({
          import: publicImportId(row.importPublicId),
          file: row.fileName,
          line: row.line,
          lines: row.lines,
          question: row.question,
          candidates: (row.candidates ?? []).map(({ order, number }) => ({ order, number })),
          problems: row.problems,
        })),
        next: isMore ? encodeCursor([last.importId, String(last.line)]) : null,
      };
    },
  );

  app.post(
    "/v1/set-aside/:id/:line/resolve",
    {
      schema: {
        summary: "Answer the question of a row that was set aside, once",
        tags,
        params: onImport.extend({ line: z.coerce.number().int().min(1) }),
        body: z
          .strictObject({
            cancels: idOf("order").optional().meta({ description: "It cancels this order" }),
            ignore: text(500).optional().meta({ description: "It needs no doing, and why" }),
            refuse: text(500).optional().meta({ description: "It is wrong, and why" }),
          })
          .refine(
            (body) => Object.values(body).filter((each) => each !== undefined).length === 1,
            "exactly one of cancels, ignore and refuse",
          ),
        response: { 200: z.object({ resolution: z.string() }), ...problems },
      },
    },
    (request, reply) =>
      act(
        context,
        request,
        reply,
        async ({ workspaceId, actor }) => {
          const { cancels, ignore, refuse: wrong } = request.body;
          const place = { workspaceId, import: uuidOf(request.params.id), line: request.params.line };
          const answer =
            cancels !== undefined ? { cancels } : ignore !== undefined ? { ignore } : { refuse: wrong ?? "" };
          const resolved = await resolveSetAside(context.engine, place, answer, actor);
          if (resolved.status === "refused" && resolved.code === "no_such_row") throw notFound();
          return resolved;
        },
        (body) => ({ body: { resolution: body.resolution } }),
      ),
  );
}
