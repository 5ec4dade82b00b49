import { z } from "zod";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import type { Api, ApiContext } from "../context.ts";
import { Problem } from "../problem.ts";
import { problems } from "../schemas.ts";

const One = row({ one: col.int });

/** API-16. Alive, and ready: both databases answer. Neither says anything about a workspace. */
export function healthRoutes(app: Api, { db, log }: ApiContext): void {
  const schema = (summary: string) => ({
    summary,
    tags: ["Health"],
    security: [],
    response: { 200: z.object({ status: z.literal("ok") }), ...problems },
  });
  app.get("/healthz", { schema: schema("The process is alive") }, () => ({ status: "ok" as const }));

  app.get("/readyz", { schema: schema("The process can serve: its database answers") }, async () => {
    try {
      await Promise.all([db.api, db.engine].map((each) => each.one(One, sql`select 1 as one`)));
    } catch (error) {
      log.warn({ error: String(error) }, "not ready");
      throw new Problem({
        status: 503,
        code: "not_ready",
        detail: "The database does not answer.",
        next: "Wait a few seconds and ask again. If it stays so, look at the server's log and run `npx switchyard doctor`.",
        headers: { "retry-after": "2" },
      });
    }
    return { status: "ok" as const };
  });

  app.get("/v1/openapi.json", { schema: { hide: true } }, (_request, reply) =>
    reply
      .header("cache-control", "no-cache")
      .type("application/json; charset=utf-8")
      .send(JSON.stringify(app.swagger())),
  );
}
