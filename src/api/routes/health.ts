import { z } from "zod";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import type { Api, ApiContext } from "../context.ts";
import { Problem } from "../problem.ts";
import { problems } from "../schemas.ts";

const One = row({ one: col.int });
/** A database that does not answer by then does not answer. */
const patienceMs = 3_000;

/** What keeps a process from its work. */
export interface Unready {
  code: "draining" | "database_away" | "migrations_pending" | "clock_wrong" | "gate_away";
  detail: string;
  next: string;
}

/** API-16, RN-10. Alive, and ready. Neither says anything about a workspace. */
export function healthRoutes(app: Api, context: ApiContext): void {
  const { log } = context;
  const about = (summary: string) => ({ summary, tags: ["Health"], security: [] });
  app.get(
    "/healthz",
    {
      schema: {
        ...about("The process is alive"),
        response: { 200: z.object({ status: z.literal("ok") }), ...problems },
      },
    },
    () => ({ status: "ok" as const }),
  );

  app.get(
    "/readyz",
    {
      schema: {
        ...about("The process can do its work: database, schema, clock; where it runs a gate, whether that answers"),
        response: {
          200: z.object({ status: z.literal("ok"), gate: z.enum(["there", "away"]).optional() }),
          ...problems,
        },
      },
    },
    async () => {
      const gate = context.gate === undefined ? undefined : (await context.engine.gate.isThere()) ? "there" : "away";
      const unready =
        (await whatIsMissing(context)) ?? (context.gate === "needed" && gate === "away" ? gateAway : null);
      if (unready !== null) {
        log.info({ code: unready.code }, "not ready");
        throw new Problem({ status: 503, ...unready, headers: { "retry-after": "2" } });
      }
      return { status: "ok" as const, ...(gate === undefined ? {} : ({ gate } as const)) };
    },
  );

  app.get("/v1/openapi.json", { schema: { hide: true } }, (_request, reply) =>
    reply
      .header("cache-control", "no-cache")
      .type("application/json; charset=utf-8")
      .send(JSON.stringify(app.swagger())),
  );
}

export async function whatIsMissing(context: ApiContext): Promise<Unready | null> {
  const { db, clock, log, clockIsWrong, isDraining, pendingMigrations } = context;
  if (isDraining?.() === true) return draining;
  const over = new AbortController();
  try {
    const late = clock.sleep(patienceMs, over.signal).then(() => {
      if (!over.signal.aborted) throw new Error(`no answer within ${patienceMs} ms`);
      return 0;
    });
    const asked = Promise.all([db.api, db.engine].map((each) => each.one(One, sql`select 1 as one`)));
    const pending = await Promise.race([asked.then(() => pendingMigrations?.() ?? 0), late]);
    if (pending > 0) return migrationsPending(pending);
  } catch (error) {
    log.warn({ error: String(error) }, "the database does not answer");
    return databaseAway;
  } finally {
    over.abort();
  }
  return clockIsWrong?.() === true ? clockWrong : null;
}

const draining: Unready = {
  code: "draining",
  detail: "This process was told to stop: it finishes what is under way.",
  next: "Ask another process, or this one again when it has been started anew.",
};
const databaseAway: Unready = {
  code: "database_away",
  detail: "The database does not answer.",
  next: "Wait a few seconds and ask again. If it stays so, look at the server's log and run `npx switchyard doctor`.",
};
const migrationsPending = (missing: number): Unready => ({
  code: "migrations_pending",
  detail: `The database's schema is older than this program: ${missing} migrations are missing.`,
  next: "Run `npx switchyard migrate`, or start this process again: it does so by itself.",
});
const clockWrong: Unready = {
  code: "clock_wrong",
  detail: "This machine's clock differs from its database's, so nothing is changed here until it is right.",
  next: "Set the clock of this machine, or of the database's, by the network (NTP). `npx switchyard doctor` says how far it is off.",
};
const gateAway: Unready = {
  code: "gate_away",
  detail: "The gate does not answer: nothing is placed by this worker until it does.",
  next: "It is started again by itself. If it stays so, the worker's log says why.",
};
