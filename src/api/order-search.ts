import { z } from "zod";
import { parsePublicId } from "#domain/ids.ts";
import { readWords, searchKeys, splitWords, writeWord, type Search } from "#domain/search-words.ts";
import { orderSorts, type OrderFilter } from "#store/read/order-list.ts";
import { readWorkspaceSettings } from "#store/read/workspace.ts";
import type { Caller } from "./caller.ts";
import type { ApiContext } from "./context.ts";
import { invalid } from "./invalid.ts";
import { shown } from "./problem.ts";
import { HeadlineCode, instant, ReasonCodeSchema, text } from "./schemas.ts";

/** Several, divided by commas. */
const commaList = <Item extends z.ZodType<unknown, string>>(item: Item) =>
  z
    .string()
    .max(1000)
    .transform((list) => list.split(",").map((each) => each.trim()))
    .pipe(z.array(item).min(1));

/** A public id in a filter: one that is none of ours finds nothing, and says no more than that. */
const filterId = (kind: "channel" | "supplier") =>
  z
    .string()
    .max(100)
    .transform((id) => parsePublicId(kind, id) ?? "00000000-0000-0000-0000-000000000000");

export const Words = text(500, 0).meta({
  description: `Words such as channel:ebay due:today supplier:"Blue Kestrel", and text. ${Object.entries(searchKeys)
    .map(([key, value]) => `${key}: ${value}`)
    .join(
      "; ",
    )}. Text is a number, channel order id, tracking number, supplier's order id or SKU, exact; or the beginning of a number, a name or a surname. Where more than 2,000 orders have the SKU or the name, 2,000 of them are searched: give more letters, or the number`,
});
export const Sort = z.enum(orderSorts).meta({
  id: "OrderSort",
  description:
    "newest and oldest by when it came in; ship_by earliest first, those without one last; total most first, by the number alone",
});

export const OrderFilterQuery = z.strictObject({
  state: commaList(HeadlineCode).optional().meta({ description: "Headlines, divided by commas" }),
  channel: filterId("channel").optional(),
  supplier: filterId("supplier").optional(),
  reason: ReasonCodeSchema.optional().meta({ description: "Orders with an open hold of this code" }),
  received_from: instant.optional(),
  received_to: instant.optional().meta({ description: "Not included itself" }),
  q: Words.min(1).optional(),
});

type Asker = Pick<Caller, "workspaceId" | "signedIn">;

export async function filterOf(
  context: ApiContext,
  asker: Asker,
  query: z.output<typeof OrderFilterQuery>,
): Promise<OrderFilter> {
  const ofWords = await filterOfWords(context, asker, query.q ?? "");
  const headlines =
    query.state === undefined || ofWords.headlines === undefined
      ? (query.state ?? ofWords.headlines)
      : ofWords.headlines.filter((each) => query.state!.includes(each));
  return {
    ...ofWords,
    ...(headlines === undefined ? {} : { headlines }),
    ...(query.channel === undefined ? {} : { channel: query.channel }),
    ...(query.supplier === undefined ? {} : { supplier: query.supplier }),
    ...(query.reason === undefined ? {} : { reason: query.reason }),
    ...(query.received_from === undefined ? {} : { receivedFrom: new Date(query.received_from) }),
    ...(query.received_to === undefined ? {} : { receivedTo: new Date(query.received_to) }),
  };
}

/** SV-2. What the words mean to this caller now. Throws the problem 400 for a value that its key does not know. */
export async function filterOfWords(
  { db, clock }: ApiContext,
  { workspaceId, signedIn }: Asker,
  q: string,
): Promise<OrderFilter> {
  const now = clock.now();
  const zone = /due:|received:/.test(q) ? (await readWorkspaceSettings(db.engine, workspaceId)).zone : "UTC";
  const read = readWords(q, { now, zone });
  if (read.status === "refused") throw invalid([{ field: "query.q", found: shown(q), expected: read.message }]);
  const search = read.value;
  const owner = search.owner === "me" ? (signedIn?.user.id ?? null) : search.owner;
  if (search.owner !== null && owner === null)
    throw invalid([{ field: "query.q", found: "owner:me", expected: "a signed-in person; a key owns nothing" }]);
  return {
    ...lists(search),
    ...timesOf(search, now),
    ...(owner === null ? {} : { owner }),
    ...(search.is.has("not_told") ? { notTold: true } : {}),
    ...(search.text === "" ? {} : { q: search.text }),
  };
}

const lists = (search: Search): OrderFilter => ({
  ...(search.headlines.length === 0 ? {} : { headlines: search.headlines }),
  ...(search.reasons.length === 0 ? {} : { reasons: search.reasons }),
  ...(search.channels.length === 0 ? {} : { channels: search.channels }),
  ...(search.suppliers.length === 0 ? {} : { suppliers: search.suppliers }),
  ...(search.countries.length === 0 ? {} : { countries: search.countries }),
  ...(search.skus.length === 0 ? {} : { skus: search.skus }),
});

function timesOf({ due, received, is }: Search, now: Date): OrderFilter {
  const to = [...(due === null ? [] : [due.to]), ...(is.has("late") ? [now] : [])].sort((a, b) => +a - +b)[0];
  return {
    ...(to === undefined ? {} : { due: { ...(due === null ? {} : { from: due.from }), to } }),
    ...(received === null ? {} : { receivedFrom: received.from, receivedTo: received.to }),
    ...(is.has("snoozed") ? { snoozed: { is: true, at: now } } : {}),
    ...(is.has("awake") && !is.has("snoozed") ? { snoozed: { is: false, at: now } } : {}),
  };
}

/** Counted so far; beyond it a screen says "1000+". */
export const mostCounted = 1000;
export const FoundCount = z
  .object({ orders: z.int(), or_more: z.boolean() })
  .meta({ id: "FoundCount", description: `Exact up to ${mostCounted}` });
/** `found`: counted up to one more than `mostCounted`. */
export const foundCount = (found: number): z.output<typeof FoundCount> => ({
  orders: Math.min(found, mostCounted),
  or_more: found > mostCounted,
});

/** The words of a search as a screen shows them: each a pill that can be taken away. What else was looked for may be a name, and is not said again. */
export const WordsShown = z
  .array(z.object({ key: z.string(), value: z.string(), word: z.string() }))
  .meta({ id: "SearchWords" });
export const wordsShown = (q: string): z.output<typeof WordsShown> =>
  splitWords(q).words.map((each) => ({ ...each, word: writeWord(each) }));
