import { stages } from "#engine/stages.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import type { SeenAttempt } from "./attempts.ts";
import type { FaultKind, Focus, ProfileName } from "./faults.ts";
import { press, type Button } from "./people/buttons.ts";
import { givesBackAfter } from "./people/by-hand.ts";
import { ask, findOrder, inNeed, look, readKnown, wait, type Known } from "./people/desk.ts";
import { manage, switchAllOn } from "./people/managing.ts";
import { readSomething } from "./people/reading.ts";
import type { Stream } from "./random.ts";
import type { Tenant } from "./tenants.ts";
import type { Town } from "./town.ts";

const minute = 60_000;
const hour = 60 * minute;

/** How often people do what nobody foresaw, per order or per attempt. */
interface Habits {
  /** A button at a random moment of the order's first hour. */
  presses: number;
  /** A button within a blink of the end of its buffer. */
  atTheEdge: number;
  /** Somebody cancels while it is being placed. */
  whilePlacing: number;
  /** Its buyer does something. */
  buyers: number;
  reads: number;
  /** A supplier that takes keys falls silent as soon as something is armed, for longer than it remembers one. */
  outages: number;
  /** Who has taken something over gives it back. */
  givesBack: number;
  /** In each round an order that only people can buy is bought. */
  serves: number;
  manages: boolean;
}
const habits: Record<ProfileName, Habits> = {
  calm: {
    presses: 0,
    atTheEdge: 0,
    whilePlacing: 0,
    buyers: 0,
    reads: 0.2,
    outages: 0,
    givesBack: 0,
    serves: 0,
    manages: false,
  },
  normal: {
    presses: 0.3,
    atTheEdge: 0.03,
    whilePlacing: 0.03,
    buyers: 0.03,
    reads: 0.3,
    outages: 0.01,
    givesBack: 0,
    serves: 0,
    manages: true,
  },
  hostile: {
    presses: 0.5,
    atTheEdge: 0.1,
    whilePlacing: 0.12,
    buyers: 0.04,
    reads: 0.3,
    outages: 0.2,
    givesBack: 0,
    serves: 0,
    manages: true,
  },
};

export interface PeopleOptions {
  profile: ProfileName;
  without: ReadonlySet<FaultKind>;
  focus?: Focus | undefined;
  /** Until when they press what nobody foresaw. */
  untilMs: number;
}

/** Whoever sells tells it whom to. */
export interface People {
  /** Order number `no` of the run was sold. */
  sold(no: number, tenant: Tenant, channelOrderId: string): void;
}

const handsOn: readonly Button[] = ["prepStep", "prepStep", "takeOver", "finish", "finish", "resolve", "giveBack"];
const atTheEdge: readonly Button[] = ["cancel", "cancel", "cancel", "edit", "takeOver", "hold", "release"];
const buttons: readonly Button[] = [
  "release",
  "release",
  "hold",
  "unhold",
  "cancel",
  "cancelPart",
  "edit",
  "editAddress",
  "choose",
  "takeOver",
  "takeOver",
  "giveBack",
  "resolve",
  "answerCancellation",
  "supplierAnswered",
  "dismiss",
  "answerHold",
  "confirmTracking",
  "resend",
];

/** SM-22. Everybody who has to do with an order: at random moments, and aimed at those that matter. */
export function livePeople(town: Town, options: PeopleOptions): People {
  const { profile, without, focus, untilMs } = options;
  const often = { ...habits[without.has("people") ? "calm" : profile], ...focus?.habits };
  givesBackAfter.set(town.people, often.givesBack);
  const luckOf = new Map<string, Stream>();
  const isOver = (): boolean => town.scheduler.now >= untilMs;

  town.attempts.onArmed = (armed) => {
    for (const each of armed) {
      const tenant = town.tenants.find(({ workspaceId }) => workspaceId === each.workspaceId)!;
      const luck = town.streams.stream(`armed:${each.reference}`);
      const [cancels, silent] = [luck.chance(often.whilePlacing), luck.chance(often.outages)];
      if (isOver() || !town.faults.isOn) continue;
      if (cancels) void cancelWhilePlacing(town, tenant, each, luck);
      if (silent && !without.has("outage")) void fallSilent(town, tenant, each, luck);
    }
  };
  for (const tenant of town.tenants) {
    void workRounds(town, tenant, { luckOf, isOver, serves: often.serves });
    if (often.manages) void manage(town, tenant, untilMs);
  }

  return {
    sold(no, tenant, channelOrderId) {
      const luck = town.streams.stream(`people:${no}`);
      luckOf.set(`${tenant.slug}/${channelOrderId}`, town.streams.stream(`hands:${no}`));
      const sale = { town, tenant, channelOrderId, luck, isOver };
      if (luck.chance(often.atTheEdge)) void pressAtTheEdge(sale);
      if (luck.chance(often.presses)) void pressSometime(sale, focus?.button ?? luck.pick(buttons), luck.next());
      if (luck.chance(often.buyers)) void buyerActs(sale, luck.next());
      if (luck.chance(often.reads)) void readSometime(sale, luck.next());
    },
  };
}

interface Sale {
  town: Town;
  tenant: Tenant;
  channelOrderId: string;
  luck: Stream;
  isOver: () => boolean;
}

/** Its first hour by the clock of its own world. */
const sometime = ({ town, tenant }: Sale, when: number): Promise<void> =>
  wait(town, 3 * minute + (when * when * 80 * minute) / tenant.speed, "sometime");

async function pressSometime(sale: Sale, button: Button, when: number): Promise<void> {
  const { town, luck } = sale;
  await sometime(sale, when);
  const known = await knownOf(sale);
  if (known === null || sale.isOver()) return;
  const isTwice = luck.chance(0.15);
  const other = luck.chance(0.2) ? luck.pick(buttons) : null;
  await Promise.all([
    press(town, luck, known, button),
    isTwice ? press(town, luck, known, button) : null,
    other === null ? null : press(town, luck, known, other),
  ]);
}

async function readSometime(sale: Sale, when: number): Promise<void> {
  await sometime(sale, when);
  const known = await knownOf(sale);
  if (known !== null && !sale.isOver()) await readSomething(sale.town, sale.luck, known);
}

async function buyerActs(sale: Sale, when: number): Promise<void> {
  await sometime(sale, when);
  if (sale.isOver()) return;
  const { town, tenant, luck, channelOrderId } = sale;
  const does = luck.pick(["cancel", "cancel", "address"]);
  ask(
    town,
    tenant,
    "POST",
    `/admin/orders/${channelOrderId}/${does}`,
    does === "cancel" ? { asks: luck.chance(0.5) } : {},
  );
}

const knownOf = async ({ town, tenant, channelOrderId }: Sale): Promise<Known | null> =>
  (await findOrder(town, tenant, channelOrderId)) ?? null;

/** SM-24. From 40 ms before the end of the buffer to 120 ms after it, or to when whoever picks it up is at it; by one, by two at the same moment, or by two buttons. */
async function pressAtTheEdge(sale: Sale): Promise<void> {
  const { town, tenant, luck } = sale;
  const { scheduler, people } = town;
  for (let looks = 0; looks < 60; looks += 1) {
    await wait(town, looks === 0 ? 20_000 : Math.max(10_000, (4 * minute) / tenant.speed), "the edge");
    const known = await knownOf(sale);
    if (sale.isOver()) return;
    if (known === null) continue;
    const dossier = await look(town, () => readKnown(town, known, ["attempts"])).catch(() => null);
    if (dossier === null) continue;
    const ends = dossier.fulfillmentOrders.flatMap(({ state, placeAfter }) =>
      state === "waiting" && placeAfter !== null && placeAfter.getTime() > town.scheduler.now
        ? placeAfter.getTime()
        : [],
    );
    if (ends.length === 0) {
      if (dossier.attempts.length > 0) return;
      continue;
    }
    const end = Math.min(...ends);
    // The buffer may be set anew before it ends: then this is a press like any other.
    await wait(town, end - scheduler.now + luck.between(-40, luck.chance(0.5) ? 120 : 600), "the edge");
    scheduler.note(people, "at the edge", String(Math.round(scheduler.now - end)));
    const how = luck.next();
    const first = luck.pick(atTheEdge);
    const second = how < 0.2 ? first : how < 0.4 ? luck.pick(atTheEdge) : null;
    await Promise.all([press(town, luck, known, first), second === null ? null : press(town, luck, known, second)]);
    return;
  }
}

/** SM-24, C12. */
async function cancelWhilePlacing(town: Town, tenant: Tenant, attempt: SeenAttempt, luck: Stream): Promise<void> {
  await wait(town, attempt.kind === "human" ? luck.whole(10, 30_000) : luck.whole(0, 1_500), "while placing");
  await press(town, luck, { tenant, orderId: attempt.orderId as Known["orderId"] }, "cancel");
}

/**
 * SM-25, C11. The supplier does not answer any more, for longer than it remembers a key; in half of the cases it has bought before. A cell is visited when the attempt
 * is still open at its end.
 */
export async function fallSilent(town: Town, tenant: Tenant, attempt: SeenAttempt, luck: Stream): Promise<void> {
  const windowMs = (24 * hour) / tenant.speed;
  const { now } = town.scheduler;
  const supplier = [...tenant.codes.values()].find((code) => code === "northlight")!;
  // A day of silence would be a day of waiting for all others; one at a time is enough.
  if (attempt.kind !== "key" || windowMs > 2 * hour || town.outages.some(({ until }) => until > now)) return;
  const until = now + windowMs * luck.between(1.02, 1.15);
  town.outages.push({ host: tenant.host, supplier, from: now, until, isHeard: luck.chance(0.5) });
  town.silences.push({ from: now, until });
  await wait(town, windowMs * 1.01, "the supplier is silent");
  if (attempt.closedAt === null) town.coverage.visit("C11", "key");
}

/** Operators and packers of one workspace go through what waits for hands, some of it each time. */
async function workRounds(
  town: Town,
  tenant: Tenant,
  { luckOf, isOver, serves }: Pick<Sale, "isOver"> & Pick<Habits, "serves"> & { luckOf: ReadonlyMap<string, Stream> },
): Promise<void> {
  const luck = town.streams.stream(`rounds:${tenant.slug}`);
  for (;;) {
    await wait(town, luck.between(3, 9) * minute, "round");
    if (isOver()) return;
    for (const known of (await inNeed(town)).filter((each) => each.tenant === tenant)) {
      const own = luckOf.get(`${tenant.slug}/${known.channelOrderId}`) ?? luck;
      if (own.chance(0.5)) void press(town, own, known, own.pick(handsOn));
      if (serves > 0 && own.chance(serves)) void press(town, own, known, "serve");
      if (town.restored !== null) void press(town, luck, known, "lookAfterRestore");
    }
  }
}

// ------------------------------------------------------------------ the quiet time

/** SM-29. Everything goes right again: people answer what only people can answer, each once per round and rightly, until nothing is left to happen. */
export async function settle(
  town: Town,
  { mostMs }: { mostMs: number },
  isGivenUp: () => boolean = () => false,
): Promise<void> {
  const { scheduler, faults, outages } = town;
  faults.isOn = false;
  outages.length = 0;
  for (const tenant of town.tenants) ask(town, tenant, "PUT", "/admin/faults", { profile: "calm" });
  const until = scheduler.now + mostMs;
  let isDone = false;
  const settling = answerAll(town, until).finally(() => (isDone = true));
  // A rejection is thrown below, when the scheduler has stopped.
  settling.catch(() => {});
  await scheduler.run(until, () => isDone || isGivenUp());
  if (isDone) await settling;
}

async function answerAll(town: Town, until: number): Promise<void> {
  await wait(town, minute, "it is quiet");
  await switchAllOn(town);
  const told = new Map<string, number>();
  let before = "";
  let still = 0;
  for (let round = 0; town.scheduler.now < until && still < 2; round += 1) {
    const luck = town.streams.stream(`settle:${round}`);
    const waiting = await inNeed(town);
    for (const known of waiting) {
      for (const button of town.restored === null ? rightly : ["lookAfterRestore" as const, ...rightly])
        await press(town, luck, known, button);
      // A channel that refuses twice will do so for ever.
      const times = told.get(known.orderId) ?? 0;
      if (times < 2 && (await press(town, luck, known, "tellAgain"))) told.set(known.orderId, times + 1);
    }
    await wait(town, 5 * minute, "it is quiet");
    // What people cannot move any more stays with them.
    const now = await eventsSoFar(town);
    still = now === before && (await nothingToCome(town)) ? still + 1 : 0;
    before = now;
  }
}
/** What people answer when nothing is in their way, in this order. */
const rightly: readonly Button[] = ["resolve", "serve", "finish", "supplierAnswered", "answerCancellation", "prepStep"];

const CountRow = row({ events: col.text });
const eventsSoFar = async (town: Town): Promise<string> =>
  (await look(town, () => town.eye.one(CountRow, sql`select count(*)::text as events from event`))).events;

/** Stages that read what is outside again and again, whatever there is. */
const readers: ReadonlySet<string> = new Set(["pull", "gap", "stock_feed", "supplier_inbox", "follow"]);

const MovingRow = row({ isMoving: col.bool });

/** No timer of any order rings within the next two hours (a daily sweep may), no parcel moves, nobody's word is too early, and no buyer has plans. */
async function nothingToCome(town: Town): Promise<boolean> {
  if (town.tenants.some(({ world }) => world.state.agenda.length > 0)) return false;
  if (town.restored?.homeAt === null) return false;
  const soon = town.scheduler.now + 2 * hour;
  return look(town, async () => {
    for (const stage of stages)
      if (!readers.has(stage.name) && ((await stage.nextDue(town.eye))?.getTime() ?? Infinity) < soon) return false;
    // One that stands still for good is asked about for good.
    const { isMoving } = await town.eye.one(
      MovingRow,
      sql`select exists (select from parcel where due_at is not null and state <> 'stalled')
              or exists (select from attempt where state = 'unknown' and settle_at > ${new Date(town.scheduler.now)}) as is_moving`,
    );
    return !isMoving;
  });
}
