import { join } from "node:path";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { buildApi } from "#api/server.ts";
import { smtpMailer } from "#connectors/mail/smtp.ts";
import type { HttpWatch } from "#api/watch.ts";
import type { Engine, Log } from "#engine/context.ts";
import { sealClearSettings } from "#engine/manage/clear-secrets.ts";
import { runStages } from "#engine/runner.ts";
import { erase } from "#engine/stages/erase.ts";
import { jobs } from "#engine/stages/jobs.ts";
import { stages } from "#engine/stages.ts";
import { hookSecrets } from "#engine/hooks.ts";
import { createGateClient, type GateClient } from "#gate/client.ts";
import { isAlive } from "#gate/lock.ts";
import { findGate } from "#gate/main.ts";
import { openDb } from "#store/db.ts";
import { clockAheadMs } from "#store/doctor.ts";
import { findInstallation } from "#store/installation.ts";
import { KeptOrders, mostKept } from "#store/kept-orders.ts";
import { claimSlot, forgetWorker } from "#store/worker.ts";
import { superviseChild } from "./child.ts";
import { CliError } from "./cli-error.ts";
import { monotonicMs, realClock, realRandom, nextUuid } from "./clock.ts";
import type { Config } from "./config.ts";
import { connect, type Connection } from "./connect.ts";
import { clockProblem, Heartbeat, mostClockErrorMs } from "./heartbeat.ts";
import { builtDashboard } from "./dashboard.ts";
import { filesIn } from "./files-in.ts";
import { enterHome } from "./installation.ts";
import { createLog } from "./log.ts";
import { aroundCalls, Metrics } from "./metrics.ts";
import { openSignInOf, setUpLink } from "./sign-in.ts";
import { ownersTold } from "./tell-owners.ts";
import { ensureSandbox } from "./sandbox-workspace.ts";
import { DeskVisits } from "./desk-visits.ts";
import { runSandboxPeople } from "./sandbox-people.ts";
import { traced, tracedRequests } from "./tracing.ts";

export interface ServeWish {
  /** HTTP on 127.0.0.1. */
  api: boolean;
  /** The stages, and the gate through which they place. */
  worker: boolean;
  /** Where a worker without the API says on 127.0.0.1 whether it is well. */
  healthPort?: number;
  /** The pretend world; null: none. */
  sandbox: { speed: number; faults: string } | null;
  /** What people see on standard output. */
  say(line: string): void;
}

/**
 * `start`, `api` and `worker`: brings up what is wished, then runs until `stop`. Ends gracefully: no batch, purchase or request is cut in the middle; who is
 * killed instead leaves nothing that the next start does not find.
 */
export async function serve(config: Config, wish: ServeWish, stop: AbortSignal): Promise<void> {
  const log = createLog(config.debug ? "info" : "warn", wish.worker ? "worker" : "api");
  const metrics = new Metrics();
  const connection = await connect(config, {
    connections: wish.worker ? 2 * stages.length + 4 : 6,
    watch: metrics.pool("engine"),
  });
  const closing: (() => Promise<unknown>)[] = [];
  const failed = new AbortController(); // what runs already ends as well when the rest cannot be brought up
  try {
    await up(connection, wish, { log, stop: AbortSignal.any([stop, failed.signal]), closing, metrics });
  } finally {
    failed.abort();
    // In the reverse order: who asks ends before who answers.
    for (const close of closing.reverse())
      await close().catch((error: unknown) => log.warn({ error: String(error) }, "could not close cleanly"));
    await connection.close();
  }
}

interface Run {
  metrics: Metrics;
  log: Log;
  stop: AbortSignal;
  closing: (() => Promise<unknown>)[];
}

async function up(connection: Connection, wish: ServeWish, run: Run): Promise<void> {
  const { log, stop, closing, metrics } = run;
  const { config, db } = connection;
  wish.say(
    config.databaseUrl === null
      ? `Database: PostgreSQL in ${join(config.dataDir, "postgres")}`
      : "Database: the one of DATABASE_URL",
  );
  const aheadMs = await clockAheadMs(db, realClock);
  if (Math.abs(aheadMs) > mostClockErrorMs)
    throw new CliError(clockProblem(aheadMs), "Set the clock, here or on the database's machine, and start again.");
  const home = wish.worker ? await enterHome({ db, config, clock: realClock, random: realRandom }) : null;
  if (home?.status === "safe_mode")
    wish.say(
      `SAFE MODE: nothing is bought and no channel is told anything. ${home.reason}. See: npx switchyard safe-mode show`,
    );

  await sealClearSettings({ ...connection.manage, actor: "upgrade" });

  const workerId = `${wish.worker ? "worker" : "api"}-${nextUuid()}`;
  const kind = wish.worker ? "worker" : "api";
  const slot = await claimSlot(db, { id: workerId, kind, pid: process.pid, now: realClock.now() });
  const heartbeat = new Heartbeat({
    db,
    clock: realClock,
    workerId,
    log,
    ensureRunning: () => connection.store.ensureRunning(),
  });
  const clockIsWrong = (): boolean => heartbeat.wrongByMs() !== null;
  const lives = new AbortController(); // until the end: who still finishes something is not dead
  const beating = heartbeat.run(lives.signal);
  closing.push(async () => {
    lives.abort();
    await beating;
    await forgetWorker(db, workerId);
  });

  const ownGate = metrics.gate(await openGate(connection, wish.worker, run));
  const gate = aroundCalls(ownGate, (call, asked) => traced(`gate ${call}`, { "switchyard.call": call }, asked));
  const actor = `worker:${workerId}`;
  const engine: Engine = {
    ...connection.engine,
    log,
    slot,
    actor,
    gate,
    watch: {
      ...metrics.stages,
      batch: (stage, work) =>
        traced(`stage ${stage}`, { "switchyard.stage": stage }, () => metrics.stages.batch(stage, work)),
    },
    ...(connection.engine.webhooks === undefined ? {} : { webhooks: metrics.webhooks(connection.engine.webhooks) }),
    kept: new KeptOrders(mostKept),
    ...(wish.worker ? mailingOwners(connection, run) : {}),
    ...(wish.worker ? { vault: connection.openVault(actor) } : {}),
  };

  const given = new Map<string, Record<string, unknown>>();
  const visits = new DeskVisits(realClock);
  const api = wish.api ? { port: config.port, onlyHealth: false } : { port: wish.healthPort, onlyHealth: true };
  if (api.port !== undefined)
    await openApi(connection, engine, {
      ...run,
      actor: `api:${workerId}`,
      say: wish.say,
      clockIsWrong,
      gate: wish.worker ? (wish.api ? "beside" : "needed") : null,
      port: api.port,
      onlyHealth: api.onlyHealth,
      given,
      visits,
    });
  wish.say(wish.api ? `Ready: http://127.0.0.1:${config.port}` : "Ready: working on what is due.");
  const world = wish.sandbox === null ? null : await openSandbox(connection, wish.sandbox, run);
  if (world !== null) given.set("sandbox", { baseUrl: world.url });
  if (wish.worker) {
    // A look at a supplier that finds no gate is a look lost: work begins when there is one, or after a while all the same.
    for (let waitedMs = 0; waitedMs < 10_000 && !stop.aborted && !(await gate.isThere()); waitedMs += 50)
      await realClock.sleep(50, stop);
    const working = runStages(engine, db, [...stages, erase, jobs], stop, {
      mayWork: () => !clockIsWrong(),
    });
    closing.push(() => working);
  }
  if (wish.sandbox !== null && world !== null) {
    const { speed } = wish.sandbox;
    const url = `http://127.0.0.1:${config.port}`;
    wish.say(
      `Sandbox: a pretend shop and pretend suppliers, ${speed} times as fast as life. See ${url} or: npx switchyard orders list --workspace sandbox`,
    );
    const people = runSandboxPeople(
      {
        url,
        worldUrl: world.url,
        clock: realClock,
        random: realRandom,
        log,
        speed,
        isTaken: (desk) => visits.isTaken(desk),
      },
      { isNew: world.isNew },
      stop,
    );
    closing.push(() => people);
  }
  await stopped(stop);
  wish.say("Stopping: what is under way is brought to its end.");
  // Whoever shares out requests sees that this process is not ready before it takes none.
  if (wish.api) await realClock.sleep(config.stopping.drainMs);
}

/** Where the installation sends mail. */
function mailingOwners({ config, store, db }: Connection, { closing, metrics }: Run): Pick<Engine, "tellOwners"> {
  if (config.mail === null) return {};
  const auth = openDb(store.auth(), { max: 1, watch: metrics.pool("auth"), clock: realClock });
  closing.push(() => auth.end());
  return { tellOwners: ownersTold({ auth, engine: db, mailer: smtpMailer(config.mail) }) };
}

interface Listening extends Pick<ServeWish, "say"> {
  actor: string;
  clockIsWrong: () => boolean;
  gate: "needed" | "beside" | null;
  port: number;
  /** A worker's: no API, only whether it is well. */
  onlyHealth: boolean;
  /** What this installation gives connectors, by kind: the sandbox's address, once it runs. */
  given: ReadonlyMap<string, Record<string, unknown>>;
  /** Who sits at the sandbox's desks. */
  visits: DeskVisits;
}

/** Each request is counted, has its span, and where that is wished its line in the log: by declared address, never with what stands in it. */
const watchedBy = (metrics: Metrics, log: Log, visits: DeskVisits): HttpWatch => ({
  began(request) {
    visits.saw(request);
    const { id, method, route } = request;
    const began = monotonicMs();
    const seen = [metrics.requests.began(request), tracedRequests.began(request)] as const;
    return {
      inside: (go) => seen[1].inside(go),
      ended(status) {
        for (const each of seen) each.ended(status);
        log.info({ request: id, method, route, status, ms: Math.round(monotonicMs() - began) }, "a request");
      },
    };
  },
});

async function openApi(
  connection: Connection,
  engine: Engine,
  { log, stop, closing, metrics, actor, say, clockIsWrong, gate, port, onlyHealth, given, visits }: Run & Listening,
): Promise<void> {
  const { config, store, db } = connection;
  const apiDb = openDb(store.api(), { max: onlyHealth ? 1 : 6, watch: metrics.pool("api"), clock: realClock });
  closing.push(() => apiDb.end());
  const signIn = onlyHealth ? null : await openSignInOf(connection, log, metrics.pool("auth"));
  if (signIn !== null) closing.push(() => signIn.close());
  const about = { db, clock: realClock, engine, stages: [...stages, erase, jobs], clockIsWrong };
  const app = await buildApi({
    ...(signIn === null ? {} : { signIn }),
    onlyHealth,
    isDraining: () => stop.aborted,
    pendingMigrations: () => connection.pendingMigrations(),
    ...(gate === null ? {} : { gate }),
    metrics: { page: () => metrics.page(about), token: config.metricsToken },
    watch: watchedBy(metrics, log, visits),
    requestId: nextUuid,
    hosts: [new URL(config.url).hostname],
    trustedProxies: config.trustedProxies,
    db: { api: apiDb, engine: db },
    engine: { ...engine, actor, vault: connection.engine.vault },
    clock: realClock,
    log,
    suppliers: connection.connectors.suppliers,
    files: filesIn,
    remote: { folders: join(config.home, "files"), given },
    ...(onlyHealth ? {} : { trials: connection.openVault(actor) }),
    // A vault of its own: who serves people opens nothing, and who checks webhooks opens what they are signed with.
    ...(onlyHealth ? {} : { hooks: { secrets: hookSecrets(connection.openVault(actor)) } }),
    clockIsWrong,
    ...(onlyHealth ? {} : { dashboard: { folder: await builtDashboard(say), random: realRandom } }),
  });
  await app.listen({ host: "127.0.0.1", port }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "EADDRINUSE")
      throw new CliError(
        `Port ${port} on 127.0.0.1 is in use.`,
        `Stop what uses it, or choose another: ${onlyHealth ? "--health-port 4411" : "--port 4401"}.`,
      );
    throw error;
  });
  closing.push(() => app.close());
  const link = signIn === null ? null : await setUpLink(connection, signIn);
  if (link !== null) say(`Set up the first account (this link works once, for 24 hours): ${link}`);
}

const stopped = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });

/** Other workers' purchases that are in the air get their answers: so long a supplier may take to answer one. */
const gateGraceMs = 30_000;

/** The gate's process beside a worker. One gate runs on a home, whoever started it: who asks finds that one, and another stands by for its end (SM-85). */
async function openGate(connection: Connection, owns: boolean, { log, stop, closing }: Run): Promise<GateClient> {
  const { config, connectors, db } = connection;
  const script = join(import.meta.dirname, "gate-process.ts");
  const env = { SWITCHYARD_DATA: config.dataDir, SWITCHYARD_HOME: config.home };
  const child = owns ? superviseChild({ name: "gate", args: [script], env, clock: realClock, log }) : null;
  let at: { url: string; token: string } | null = null;
  const following = (async () => {
    let installation: Awaited<ReturnType<typeof findInstallation>>;
    while (!stop.aborted) {
      installation ??= await findInstallation(db).catch(() => undefined); // the database may be away for a moment
      const found = installation === undefined ? null : await findGate(config.home, installation.id);
      // What a dead gate left behind leads nowhere; the next one says its own when it listens.
      at = found !== null && (await isAlive(found.pid)) ? found : null;
      await realClock.sleep(at === null ? 50 : 500, stop);
    }
  })();
  const client = createGateClient({ where: () => at, connectors: connectors.suppliers });
  closing.push(async () => {
    await following;
    await child?.stop(gateGraceMs);
    client.close();
  });
  return client;
}

interface SandboxReady {
  url: string;
  port: number;
}

async function openSandbox(
  connection: Connection,
  wish: { speed: number; faults: string },
  { log, closing }: Run,
): Promise<SandboxReady & { isNew: boolean }> {
  const folder = join(connection.config.dataDir, "sandbox");
  await mkdir(folder, { recursive: true });
  const port = await readFile(join(folder, "port"), "utf8").catch(() => "0");
  const args = [
    join(import.meta.dirname, "../sandbox/main.ts"),
    "--folder",
    folder,
    "--port",
    port.trim(),
    "--speed",
    String(wish.speed),
    "--faults",
    wish.faults,
    "--orders-per-minute",
    "12",
    "--until-stdin-ends",
  ];
  const child = superviseChild<SandboxReady>({ name: "sandbox", args, clock: realClock, log });
  closing.push(() => child.stop());
  const ready = await child.ready();
  // The same port the next time, so that what was set up keeps pointing at it; another one is found and followed.
  await writeFile(join(folder, "port"), String(ready.port));
  const url = `http://127.0.0.1:${connection.config.port}`;
  const isNew = await ensureSandbox(connection.manage, { baseUrl: ready.url, speed: wish.speed, webhooksTo: url });
  return { ...ready, isNew };
}
