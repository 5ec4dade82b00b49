import { isCountry } from "./country.ts";
import { dayOf, startOfNextDay } from "./due.ts";
import { parsePublicId } from "./ids.ts";
import { headlineOrder, type Headline } from "./lifecycle.ts";
import { reasonCodes, type ReasonCode } from "./reasons.ts";
import { refuse, ok, type Result } from "./result.ts";

/** What stands in the search box, taken apart. A word and a filter are the same thing: `channel:ebay due:today mug`. */
export interface SearchWords {
  /** Each `key:value`, as it was written and as it is understood. */
  words: { key: SearchKey; value: string }[];
  /** What is no word: looked for in numbers, SKUs, names and the like. */
  text: string;
}

/** Each key, and what may stand behind it. */
export const searchKeys = {
  state: "a state such as waiting, or several divided by commas",
  reason: "a reason such as out_of_stock",
  channel: "a channel's name or the beginning of it, its kind or its id",
  supplier: "a supplier's name or the beginning of it, its kind or its id",
  country: "a country of two letters, such as DE",
  sku: "a SKU, exact",
  due: "today, tomorrow, or a day such as 2026-11-22",
  received: "today, or a day such as 2026-11-22",
  owner: "me, none, or a member's id",
  is: "late, snoozed, awake or not_told",
} as const;
export type SearchKey = keyof typeof searchKeys;
const isValues = ["late", "snoozed", "awake", "not_told"] as const;
export type Is = (typeof isValues)[number];

/** The words as facts. Those of one key are alternatives, except `is`, which add up. */
export interface Search {
  headlines: Headline[];
  reasons: ReasonCode[];
  channels: string[];
  suppliers: string[];
  countries: string[];
  skus: string[];
  /** From when (included) to when (not included) it has to leave. */
  due: { from: Date; to: Date } | null;
  /** From when (included) to when (not included) it came in. */
  received: { from: Date; to: Date } | null;
  /** `me`, `none` or a user's uuid. */
  owner: string | null;
  is: ReadonlySet<Is>;
  text: string;
}

/** SV-1. Quotes keep a value with blanks together (`supplier:"Blue Kestrel"`). What has a colon and none of our keys before it is text. */
export function splitWords(q: string): SearchWords {
  const found: SearchWords = { words: [], text: "" };
  const rest: string[] = [];
  for (const [token] of q.matchAll(/[^\s":]+:"[^"]*"?|\S+/gu)) {
    const [, key = "", value = ""] = /^([a-z]+):"?([^"]*)"?$/u.exec(token) ?? [];
    if (Object.hasOwn(searchKeys, key) && value !== "") found.words.push({ key: key as SearchKey, value });
    else rest.push(token);
  }
  return { ...found, text: rest.join(" ") };
}

/** A word as it is typed. */
export const writeWord = ({ key, value }: SearchWords["words"][number]): string =>
  /\s/u.test(value) ? `${key}:"${value}"` : `${key}:${value}`;

/** SV-2. Refuses a value that its key does not know, with what it knows. `zone`: whose days `due` means. */
export function readWords(q: string, { now, zone }: { now: Date; zone: string }): Result<Search> {
  const { words, text } = splitWords(q);
  const of = (key: SearchKey): string[] => words.filter((each) => each.key === key).map((each) => each.value);
  const wrong = (key: SearchKey, value: string) =>
    refuse("search_invalid", `${writeWord({ key, value })} is not understood: after ${key}: comes ${searchKeys[key]}.`);

  const headlines = of("state").flatMap((value) => value.split(","));
  const strange = headlines.find((each) => !(headlineOrder as string[]).includes(each));
  if (strange !== undefined) return wrong("state", strange);
  const reasons = of("reason");
  const noReason = reasons.find((each) => !(reasonCodes as string[]).includes(each));
  if (noReason !== undefined) return wrong("reason", noReason);
  const countries = of("country").map((each) => each.toUpperCase());
  const noCountry = countries.find((each) => !isCountry(each));
  if (noCountry !== undefined) return wrong("country", noCountry);
  const is = of("is");
  const noIs = is.find((each) => !(isValues as readonly string[]).includes(each));
  if (noIs !== undefined) return wrong("is", noIs);

  const [owner, otherOwner] = of("owner");
  if (otherOwner !== undefined) return wrong("owner", otherOwner);
  const ownerId = owner === undefined || owner === "me" || owner === "none" ? owner : parsePublicId("user", owner);
  if (ownerId === null) return wrong("owner", owner!);
  const [due, otherDue] = of("due");
  if (otherDue !== undefined) return wrong("due", otherDue);
  const day = due === undefined ? null : dayNamed(due, now, zone);
  if (day === undefined) return wrong("due", due!);
  const [received, otherReceived] = of("received");
  if (otherReceived !== undefined) return wrong("received", otherReceived);
  const dayIn = received === undefined ? null : dayNamed(received, now, zone);
  if (dayIn === undefined) return wrong("received", received!);

  return ok({
    headlines: headlines as Headline[],
    reasons: reasons as ReasonCode[],
    channels: of("channel"),
    suppliers: of("supplier"),
    countries,
    skus: of("sku"),
    due: day,
    received: dayIn,
    owner: ownerId ?? null,
    is: new Set(is as Is[]),
    text,
  });
}

/** The beginning of a day and of the next one; undefined: no day. */
function dayNamed(name: string, now: Date, zone: string): { from: Date; to: Date } | undefined {
  if (name === "today") return dayAround(now, zone);
  if (name === "tomorrow") return dayAround(startOfNextDay(now, zone), zone);
  const noon = new Date(`${name}T12:00:00Z`);
  if (!/^\d{4}-\d\d-\d\d$/.test(name) || Number.isNaN(noon.getTime()) || noon.toISOString().slice(0, 10) !== name)
    return undefined;
  // Zones lie up to 14 hours from UTC: an instant of the day is within so many of its noon.
  const inside = [0, -14, 14].map((hours) => new Date(noon.getTime() + hours * hourMs));
  const found = inside.find((at) => dayOf(at, zone) === name);
  return found === undefined ? undefined : dayAround(found, zone);
}
const hourMs = 3_600_000;

/** Looks for its beginning from so far before that the next one to begin is it. */
function dayAround(at: Date, zone: string): { from: Date; to: Date } {
  const today = dayOf(at, zone);
  let before = new Date(at.getTime() - 26 * hourMs);
  for (;;) {
    const from = startOfNextDay(before, zone);
    if (dayOf(from, zone) === today) return { from, to: startOfNextDay(from, zone) };
    before = from;
  }
}
