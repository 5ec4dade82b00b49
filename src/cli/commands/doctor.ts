import { access, constants, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { createGateClient } from "#gate/client.ts";
import { findGate } from "#gate/main.ts";
import { violations } from "#store/catalogue.ts";
import { openDb, type Db } from "#store/db.ts";
import {
  readAppliedMigrations,
  readDatabaseFacts,
  readDatabaseSafety,
  readMended,
  readOverdue,
  readProblems,
  readRoles,
  readWorkers,
} from "#store/doctor.ts";
import { findInstallation } from "#store/installation.ts";
import { readMigrations } from "#store/migrate.ts";
import { tryExclude } from "#store/server/kernel-lock.ts";
import { findPostmaster } from "#store/server/postmaster.ts";
import { listSuppliers } from "#store/supplier.ts";
import { StoreError } from "#store/store-error.ts";
import { keyringWorks, readVaultStatus } from "#store/vault/rotate.ts";
import { readWebhookTrouble } from "#store/webhook.ts";
import { listWorkspaces } from "#store/workspace.ts";
import { realClock } from "../clock.ts";
import { command, run } from "../command.ts";
import type { Config } from "../config.ts";
import type { Connection } from "../connect.ts";
import { mostClockErrorMs } from "../heartbeat.ts";
import { column, printList, write } from "../output.ts";
import {
  address,
  backups,
  broken,
  durability,
  homeFolder,
  mail,
  ok,
  signInKey,
  warning,
  type Finding,
} from "./doctor-safety.ts";

export const doctorCommand = () =>
  command({
    name: "doctor",
    about: "Look whether everything is well, and say what to do where it is not. Exit code 1 when something is broken.",
    examples: ["doctor", "doctor --output json", "doctor --backups ./backups"],
    inWorkspace: false,
  })
    .option("--backups <folder>", "also look how old the newest backup there is")
    .action(
      run<{ backups?: string }>(async ({ config, connect, format, options }) => {
        const findings = [
          node(),
          await homeFolder(config),
          await signInKey(config),
          address(config),
          mail(config),
          ...(options.backups === undefined ? [] : [await backups(options.backups, realClock.now())]),
          ...(config.databaseUrl === null ? [await folder(config), await disk(config), await server(config)] : []),
        ];
        const connection = await connect();
        for (const look of [
          database,
          safety,
          migrations,
          roles,
          clocks,
          home,
          masterKey,
          workers,
          gate,
          overdue,
          sweep,
          folders,
          problems,
          webhooks,
        ])
          findings.push(...(await look(connection)));
        const isWell = findings.every((each) => each.status !== "broken");
        const columns = [
          column<Finding>("", (each) => ({ ok: "ok", warning: "!", broken: "broken" })[each.status]),
          column<Finding>("what", (each) => each.what),
          column<Finding>("says", (each) => each.says),
        ];
        printList(format, findings, columns, { isWell, findings }, "");
        if (format === "table")
          for (const { what, says, next } of findings.filter((each) => each.next !== ""))
            write(`\n${what}: ${says}\n  ${next}\n`);
        return isWell ? 0 : 1;
      }),
    );

function node(): Finding {
  const { node: version } = process.versions;
  return Number(version.split(".")[0]) >= 24
    ? ok("Node", `${version}, process ${process.pid}`)
    : broken(
        "Node",
        version,
        "Run it as `npx switchyard`: it brings Node 24 with it. Run `npm ci` again if it does not.",
      );
}

async function folder({ dataDir }: Config): Promise<Finding> {
  const found = await stat(dataDir).catch(() => null);
  if (found === null) return ok("data folder", `${dataDir} is made now`);
  if (!found.isDirectory()) return broken("data folder", `${dataDir} is no folder`, "Set SWITCHYARD_DATA to a folder.");
  const open = (found.mode & 0o077) !== 0;
  const may = await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!may)
    return broken(
      "data folder",
      `${dataDir} may not be written`,
      "Give it to the user that runs switchyard, or set SWITCHYARD_DATA.",
    );
  return open
    ? warning("data folder", `${dataDir} may be read by others`, `chmod 700 ${dataDir}`)
    : ok("data folder", dataDir);
}

const gigabyte = 2 ** 30;
async function disk({ dataDir }: Config): Promise<Finding> {
  const at = await statfs(dataDir).catch(() => null);
  if (at === null) return ok("disk", "unknown: the folder is made now");
  const free = at.bavail * at.bsize;
  const says = `${(free / gigabyte).toFixed(1)} GB free`;
  if (free < gigabyte / 4)
    return broken(
      "disk",
      says,
      "Free some space: PostgreSQL stops when the disk is full. Nothing that was committed is lost.",
    );
  return free < 2 * gigabyte ? warning("disk", says, "Free some space soon.") : ok("disk", says);
}

/** Looks before this command joins: a server that runs and that nobody uses was left by a process that was killed. */
async function server({ dataDir }: Config): Promise<Finding> {
  const running = await findPostmaster(join(dataDir, "postgres"));
  if (running === undefined) return ok("database server", "was not running; started for this look");
  const lock = tryExclude(join(dataDir, "postgres.users"));
  lock?.release();
  return lock === undefined
    ? ok("database server", `process ${running.pid}, port ${running.port}`)
    : warning(
        "database server",
        `process ${running.pid} was left running by a process that was killed`,
        "Nothing to do: this command has taken it over and stops it.",
      );
}

async function database({ db }: Connection): Promise<Finding[]> {
  const { version, encoding, isReplica, sizeBytes } = await readDatabaseFacts(db);
  const says = `PostgreSQL ${version}, ${encoding}, ${(Number(sizeBytes) / gigabyte).toFixed(2)} GB`;
  return [
    isReplica
      ? broken("database", `${says}, read-only`, "This is a standby. Point DATABASE_URL at the primary.")
      : ok("database", says),
  ];
}

const safety = async ({ db, config }: Connection): Promise<Finding[]> =>
  durability(await readDatabaseSafety(db), config.databaseUrl === null);

/** Only the owner of the tables may read their history. */
async function migrations({ store }: Connection): Promise<Finding[]> {
  const owner = openDb(store.owner(), { max: 1 });
  try {
    const [known, applied] = [await readMigrations(), await readAppliedMigrations(owner)];
    const missing = known.length - applied.length;
    return [
      missing === 0
        ? ok("migrations", `${applied.length} applied`)
        : broken("migrations", `${missing} are missing`, "Run: npx switchyard migrate"),
    ];
  } finally {
    await owner.end();
  }
}

async function roles({ db }: Connection): Promise<Finding[]> {
  const found = await readRoles(db);
  const unsafe = found.filter((each) => !each.isSafe).map((each) => each.name);
  if (found.length < 3)
    return [broken("roles", `${found.length} of 3 are there`, "Start switchyard again: it makes them, or says how.")];
  if (unsafe.length > 0)
    return [
      broken(
        "roles",
        `${unsafe.join(", ")} may look past row-level security`,
        `As an administrator: alter role ${unsafe[0]} nosuperuser nobypassrls;`,
      ),
    ];
  const lines = await violations(db);
  return [
    lines.length === 0
      ? ok("isolation", "roles, keys and row-level security are as they must be")
      : broken("isolation", lines[0]!, "Run: npx switchyard verify"),
  ];
}

async function clocks({ db }: Connection): Promise<Finding[]> {
  const before = realClock.now().getTime();
  const { now } = await readDatabaseFacts(db);
  const middle = (before + realClock.now().getTime()) / 2;
  const apartMs = Math.round(Math.abs(now.getTime() - middle));
  const says = `${apartMs} ms apart from the database's`;
  if (apartMs > mostClockErrorMs)
    return [
      broken(
        "clock",
        says,
        "Let both machines set their clocks by the network (NTP). Until then nothing is worked on.",
      ),
    ];
  return [
    apartMs > 2_000
      ? warning("clock", says, "Let both machines set their clocks by the network (NTP).")
      : ok("clock", says),
  ];
}

async function home({ db }: Connection): Promise<Finding[]> {
  const installation = await findInstallation(db);
  if (installation === undefined) return [ok("safe mode", "never started yet")];
  return [
    installation.safeModeReason === null
      ? ok("safe mode", "off: this copy is home")
      : warning(
          "safe mode",
          `on: ${installation.safeModeReason}`,
          "Nothing is bought, written back or mailed. If this is the copy that goes on: npx switchyard safe-mode lift",
        ),
  ];
}

/** VA-11. The vault's master key: there, closed to others, and the one that opens what is sealed. */
async function masterKey({ db, engine }: Connection): Promise<Finding[]> {
  const { keyring } = engine.vault;
  const { secrets, inUse } = await readVaultStatus(db);
  try {
    if (inUse.length === 0 && (await keyring.masterKeys.read()) === null)
      return [ok("vault", "empty; its master key is made with the first secret")];
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return [broken("vault", error.message, error.next)];
  }
  const problem = await keyringWorks(db, keyring);
  return [
    problem === null
      ? ok("vault", `${secrets} secrets; the master key (${keyring.masterKeys.place}) opens them`)
      : broken("vault", problem.message, problem.next),
  ];
}

const staleMs = 60_000;
async function workers({ db }: Connection): Promise<Finding[]> {
  const now = realClock.now().getTime();
  const found = await readWorkers(db);
  const alive = found.filter((each) => now - each.heartbeatAt.getTime() <= staleMs);
  const dead = found.length - alive.length;
  if (alive.length === 0)
    return [
      warning(
        "workers",
        dead === 0 ? "none is running" : `none is running; ${dead} ended without saying so`,
        "Orders do not move on. Start: npx switchyard start",
      ),
    ];
  return [ok("workers", `${alive.length} running${dead === 0 ? "" : `, ${dead} ended without saying so`}`)];
}

async function gate({ db, config, connectors }: Connection): Promise<Finding[]> {
  const installation = await findInstallation(db);
  const at = installation === undefined ? null : await findGate(config.home, installation.id);
  if (at === null) return [ok("gate", "was not started yet")];
  const client = createGateClient({ where: () => at, connectors: connectors.suppliers });
  const isThere = await client.isThere();
  client.close();
  return [
    isThere
      ? ok("gate", `process ${at.pid}`)
      : warning(
          "gate",
          "does not answer",
          "Nothing is placed until it does. It runs with: npx switchyard start, or worker",
        ),
  ];
}

async function overdue({ db }: Connection): Promise<Finding[]> {
  const late = await readOverdue(db, new Date(realClock.now().getTime() - 5 * 60_000));
  return late.map(({ what, rows, oldest }) =>
    warning(
      "overdue",
      `${rows} ${what}, the oldest since ${oldest.toISOString()}`,
      "A running worker moves them. If one is running, look into its log for the reason.",
    ),
  );
}

/** VF-11: what only the daily sweep let go was forgotten by everything that should have woken it. */
async function sweep({ db }: Connection): Promise<Finding[]> {
  const found = await readMended(db, new Date(realClock.now().getTime() - 7 * 86_400_000));
  if (found.length === 0) return [ok("daily sweep", "0 held orders mended in 7 days")];
  return found.map(({ workspace, orders, example, last }) =>
    warning(
      `${workspace}: daily sweep`,
      `${orders} held orders went on only because of it in 7 days, such as ${example}; the last at ${last.toISOString()}`,
      "They are on their way. That nothing woke them earlier is a fault of switchyard: please report what their timeline says.",
    ),
  );
}

/** The folders of suppliers that work with files; a drive that is away stops exactly these. */
async function folders({ db }: Connection): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const workspace of await listWorkspaces(db)) {
    for (const supplier of await listSuppliers(db, workspace.id)) {
      const at = supplier.kind === "csv" ? supplier.settings.connector?.["folder"] : undefined;
      if (typeof at !== "string") continue;
      for (const part of ["staging", "outbox", "inbox"]) {
        const path = join(at, part);
        const may = await access(path, constants.R_OK | constants.W_OK | constants.X_OK).then(
          () => true,
          () => false,
        );
        if (!may)
          findings.push(
            broken(
              `supplier ${supplier.name}`,
              `${path} cannot be read and written`,
              "Mount the drive, or give the folder to the user that runs switchyard. Nothing is lost: its orders wait.",
            ),
          );
      }
    }
  }
  return findings;
}

const problems = async ({ db }: { db: Db }): Promise<Finding[]> =>
  (await readProblems(db)).map(({ workspace, what, problem }) =>
    warning(`${workspace}: ${what}`, problem, "It is tried again by itself; mend the cause if it stays."),
  );

const webhookTroubleMs = 3_600_000;
async function webhooks({ db }: Connection): Promise<Finding[]> {
  const trouble = await readWebhookTrouble(db, new Date(realClock.now().getTime() - webhookTroubleMs));
  if (trouble.length === 0) return [ok("webhooks", "every endpoint takes what it is sent")];
  return trouble.map(({ slug, url, enabled, disabledWhy, failingSince }) =>
    enabled
      ? warning(
          "webhooks",
          `${new URL(url).host} (${slug}) has taken nothing since ${failingSince?.toISOString()}`,
          `See what it answers: npx switchyard webhook deliveries --workspace ${slug}`,
        )
      : warning(
          "webhooks",
          `${new URL(url).host} (${slug}) was switched off: ${disabledWhy === "gone" ? "it said that it is gone" : "it failed for too long"}`,
          `Mend it, then: npx switchyard webhook change --on --workspace ${slug}, and webhook resend for what it missed. Or remove it: webhook remove.`,
        ),
  );
}
