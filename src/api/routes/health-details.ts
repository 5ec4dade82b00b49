import { z } from "zod";
import { clockAheadMs, readDatabaseFacts, readWorkers } from "#store/doctor.ts";
import { findInstallation } from "#store/installation.ts";
import { lateWorks, readLateWork } from "#store/read/health.ts";
import type { Api, ApiContext } from "../context.ts";
import { problems, time } from "../schemas.ts";
import { whatIsMissing } from "./health.ts";

const Check = z
  .object({
    code: z.enum(["safe_mode", "database", "schema", "clock", "workers", "gate", "mail"]),
    title: z.string(),
    status: z.enum(["ok", "warning", "broken"]),
    says: z.string(),
    next: z.string().nullable().meta({ description: "The way out; null where nothing is to be done" }),
  })
  .meta({ id: "HealthCheck" });
type Check = z.output<typeof Check>;
const Process = z.object({
  kind: z.string(),
  started_at: z.string(),
  heartbeat_at: z.string(),
  alive: z.boolean().meta({ description: "It said so within the last minute" }),
});
const Late = z.object({
  work: z.enum(lateWorks),
  title: z.string(),
  rows: z.int(),
  oldest: z.string().meta({ description: "Since when the oldest of them is due" }),
});

const aliveMs = 60_000;
/** A stage that is so far behind does not merely have much to do. */
const lateMs = 5 * 60_000;
const noticeableClockMs = 2_000;

const titles: Readonly<Record<(typeof lateWorks)[number], string>> = {
  orders: "Orders that should have moved on",
  purchases: "Purchases whose outcome should have been asked for",
  messages_to_suppliers: "Orders to be sent to suppliers",
  cancellations: "Cancellations to be asked of suppliers",
  parcels: "Parcels to be followed",
  write_backs: "Shipments that the channel should have been told of",
  channels: "Channels to be asked for new orders",
  channel_messages: "Messages of channels to be read",
  supplier_files: "Files of suppliers to be read",
  stock_feeds: "Stock to be read from suppliers",
};

/** UI-70. What `npx switchyard doctor` says, as far as this process can see it: plain facts about the installation, and what of this workspace is late. */
export function healthDetailRoutes(app: Api, context: ApiContext): void {
  const { db, clock } = context;
  app.get(
    "/v1/health/details",
    {
      schema: {
        summary:
          "How the installation does: safe mode, database, clock, workers, gate; and what of the workspace is late",
        tags: ["Health"],
        response: {
          200: z.object({
            at: z.string(),
            checks: z.array(Check),
            processes: z.array(Process),
            late: z.array(Late),
          }),
          ...problems,
        },
      },
    },
    async ({ caller }) => {
      const now = clock.now();
      const [checks, processes, late] = await Promise.all([
        Promise.all([safeMode(), gate(), database(), tables(), clocks()]),
        readWorkers(db.engine),
        readLateWork(db.engine, caller.workspaceId, new Date(now.getTime() - lateMs)),
      ]);
      const shown = processes.map((each) => ({
        kind: each.kind,
        started_at: time(each.startedAt),
        heartbeat_at: time(each.heartbeatAt),
        alive: now.getTime() - each.heartbeatAt.getTime() <= aliveMs,
      }));
      return {
        at: time(now),
        checks: [...checks, workers(shown), mail()],
        processes: shown,
        late: late.map(({ work, rows, oldest }) => ({ work, title: titles[work], rows, oldest: time(oldest) })),
      };
    },
  );

  async function safeMode(): Promise<Check> {
    const about = named("safe_mode", "Safe mode");
    const reason = (await findInstallation(db.engine))?.safeModeReason ?? null;
    return reason === null
      ? ok(about, "Off: purchases are made, and channels are told.")
      : warning(
          about,
          `On: ${reason}. Nothing is bought, told to a channel or mailed.`,
          "If this is the copy that goes on, run on the server: npx switchyard safe-mode lift",
        );
  }

  async function database(): Promise<Check> {
    const about = named("database", "Database");
    const { version, isReplica } = await readDatabaseFacts(db.engine);
    return isReplica
      ? broken(about, `PostgreSQL ${version}, read-only.`, "This is a standby. Point DATABASE_URL at the primary.")
      : ok(about, `PostgreSQL ${version} answers.`);
  }

  async function tables(): Promise<Check> {
    const about = named("schema", "Tables");
    const missing = await whatIsMissing(context);
    return missing?.code === "migrations_pending"
      ? broken(about, missing.detail, missing.next)
      : ok(about, "They are those of this version.");
  }

  async function clocks(): Promise<Check> {
    const about = named("clock", "Clock");
    const apart = Math.round(Math.abs(await clockAheadMs(db.engine, clock)));
    const says = apart === 0 ? "The same as the database's." : `${apart} ms apart from the database's.`;
    const next = "Let both machines set their clocks by the network (NTP).";
    if (context.clockIsWrong?.() === true) return broken(about, `${says} Nothing is changed until it is right.`, next);
    return apart > noticeableClockMs ? warning(about, says, next) : ok(about, says);
  }

  async function gate(): Promise<Check> {
    const about = named("gate", "Gate");
    if (context.gate === undefined)
      return ok(about, "Not of this process: the machine that runs the worker says how it does (/readyz there).");
    return (await context.engine.gate.isThere())
      ? ok(about, "It answers: purchases go through it, each of them once.")
      : warning(
          about,
          "It does not answer: nothing is bought until it does.",
          "It is started again by itself. If it stays so, the server's log says why.",
        );
  }

  function mail(): Check {
    const about = named("mail", "Mail");
    return context.signIn?.hasMail === true
      ? ok(about, "Invitations and links for passwords are mailed.")
      : ok(about, "None is sent: links for invitations are shown to whoever makes them, to be passed on by hand.");
  }
}

function workers(processes: readonly z.output<typeof Process>[]): Check {
  const about = named("workers", "Workers");
  const alive = processes.filter((each) => each.kind === "worker" && each.alive).length;
  return alive === 0
    ? warning(about, "None is running: orders do not move on.", "Start one on the server: npx switchyard start")
    : ok(about, alive === 1 ? "One is running." : `${alive} are running.`);
}

type About = Pick<Check, "code" | "title">;
const named = <Code extends Check["code"]>(code: Code, title: string) => ({ code, title });
const ok = (about: About, says: string): Check => ({ ...about, status: "ok", says, next: null });
const warning = (about: About, says: string, next: string): Check => ({ ...about, status: "warning", says, next });
const broken = (about: About, says: string, next: string): Check => ({ ...about, status: "broken", says, next });
