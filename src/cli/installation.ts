import type { Clock, Random } from "#domain/clock.ts";
import type { Engine } from "#engine/context.ts";
import { holdWhatMayBeBought } from "#engine/manage/after-restore.ts";
import { uuidv7 } from "#domain/uuid.ts";
import {
  checkHome,
  homePaths,
  knowsWhatWasSent,
  machineId,
  settleHome,
  type HomeCheck,
  type Place,
} from "#gate/home.ts";
import { Journal, JournalFolder, writeAdopted } from "#gate/journal.ts";
import { knownReferences } from "#store/attempt.ts";
import type { Db } from "#store/db.ts";
import { enterSafeMode, findInstallation, insertInstallation, moveHome } from "#store/installation.ts";
import type { Config } from "./config.ts";

interface Here {
  db: Db;
  config: Config;
  clock: Clock;
  random: Random;
}

const placeOf = async ({ config }: Here): Promise<Place> => ({
  home: config.home,
  dataFolder: config.databaseUrl === null ? config.dataDir : addressOf(config.databaseUrl),
  machine: await machineId(),
});
/** Where the database is, without who may enter. */
const addressOf = (url: string): string => {
  const { host, pathname } = new URL(url);
  return `postgres://${host}${pathname}`;
};

/**
 * Before anything may buy: the first start makes this place home; every other asks whether it still is. A copy, a restored backup or a moved folder gets
 * safe mode, which only the administrator lifts (`switchyard safe-mode lift`).
 */
export async function enterHome(here: Here): Promise<HomeCheck> {
  const { db, config, clock, random } = here;
  const place = await placeOf(here);
  const found = await findInstallation(db);
  if (found === undefined) {
    const now = clock.now();
    const id = uuidv7(now, random);
    const marks = await settleHome(place, id, random);
    const inserted = await insertInstallation(db, {
      id,
      ...marks,
      safeModeReason: null,
      startedAt: now,
      heartbeatAt: now,
    });
    return inserted ? { status: "home" } : enterHome(here);
  }
  if (found.safeModeReason !== null) return { status: "safe_mode", reason: found.safeModeReason };
  const journal = await Journal.open(new JournalFolder(homePaths(config.home, found.id).journal), () => clock.now());
  try {
    const check = await checkHome(place, found, journal, (keys) => knownReferences(db, keys));
    if (check.status === "safe_mode") await enterSafeMode(db, check.reason);
    return check;
  } finally {
    await journal.close();
  }
}

/**
 * The administrator says that this copy is home: it gets a new token, which makes every other copy a copy. Before it buys again, what may have been bought
 * since it was last alive without the gate's knowing is held. Answers how many orders that are, and null where there is no installation yet.
 */
export async function makeHome(
  here: Here & { engine: Engine },
): Promise<{ held: number; journalKnows: boolean } | null> {
  const { engine, config, clock } = here;
  const found = await findInstallation(here.db);
  if (found === undefined) return null;
  const journal = await Journal.open(new JournalFolder(homePaths(config.home, found.id).journal), () => clock.now());
  let journalKnows: boolean;
  try {
    journalKnows = await knowsWhatWasSent(config.home, found, journal);
  } finally {
    await journal.close();
  }
  const which = journalKnows ? "by_hand" : "all";
  const held = await holdWhatMayBeBought(engine, { since: found.heartbeatAt, which });
  await moveHome(here.db, await settleHome(await placeOf(here), found.id, here.random));
  await writeAdopted(homePaths(here.config.home, found.id).journal, here.clock.now());
  return { held, journalKnows };
}
