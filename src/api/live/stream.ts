import { z } from "zod";
import type { Clock } from "#domain/clock.ts";
import { publicId, type WorkspaceId } from "#domain/ids.ts";
import { HeadlineCode, ReasonCodeSchema } from "../schemas.ts";
import type { LiveFeed, Look } from "./feed.ts";

export interface StreamOptions {
  workspaceId: WorkspaceId;
  /** The last event that the reader has; null: it begins now. */
  after: bigint | null;
  /** Asked at least every quarter of a minute, and before anything is told after that. */
  mayStill: () => Promise<boolean>;
  /** The reader has gone, or this process ends. */
  closed: AbortSignal;
  clock: Clock;
}

/** The data of an event `orders`. */
export const LiveOrders = z
  .object({
    at: z.string(),
    orders: z.array(z.object({ id: z.string(), number: z.string(), headline: HeadlineCode, version: z.int() })),
    more: z.boolean().meta({ description: "More orders changed than are named here: read the lists anew" }),
  })
  .meta({ id: "LiveOrders", description: "The data of the live event `orders`" });
/** The data of an event `counts`. */
export const LiveCounts = z
  .object({
    total: z.int(),
    headlines: z.partialRecord(HeadlineCode, z.int()),
    reasons: z.partialRecord(ReasonCodeSchema, z.int()),
  })
  .meta({ id: "LiveCounts", description: "The data of the live event `counts`" });

export const heartbeatMs = 15_000;
/** What comes in the same moment is told in one go. */
const quietMs = 200;

/**
 * WH-60 to WH-66. The events of one reader as text, pulled: nothing is read for who does not read, so a slow one costs no memory, and it goes on where it
 * stands. Each event's id is the number of the change; a reader that comes back with it gets what it missed.
 */
export async function* followChanges(feed: LiveFeed, options: StreamOptions): AsyncGenerator<string> {
  const { workspaceId, mayStill, closed, clock } = options;
  let wake = new AbortController();
  let checkedAt = clock.now().getTime();
  const stop = await feed.follow(() => wake.abort());
  closed.addEventListener("abort", () => wake.abort(), { once: true });
  try {
    let after = options.after;
    if (after === null) {
      after = (await feed.look(workspaceId, null)).lastNo;
      yield event("ready", {}, after);
    } else yield event("ready", {}, null);
    while (!closed.aborted) {
      wake = new AbortController();
      if (closed.aborted) return;
      if (clock.now().getTime() - checkedAt >= heartbeatMs) {
        if (!(await mayStill()))
          return yield event("end", { why: "You may not follow this workspace any more." }, null);
        checkedAt = clock.now().getTime();
      }
      const look = await feed.look(workspaceId, after);
      if (look.isReset) {
        after = look.lastNo;
        yield event("reset", {}, after);
      } else if (look.changes.length > 0) {
        for (const change of look.changes) {
          yield changeEvent(change);
          after = change.no;
        }
        if (look.counts !== null) yield event("counts", look.counts satisfies z.output<typeof LiveCounts>, null);
        if (after < look.lastNo) continue;
      }
      const before = clock.now().getTime();
      await clock.sleep(heartbeatMs, wake.signal);
      if (closed.aborted) return;
      if (clock.now().getTime() - before >= heartbeatMs) yield ": still here\n\n";
      else await clock.sleep(quietMs, closed);
    }
  } finally {
    stop();
  }
}

const changeEvent = ({ no, at, orders, isCut }: Look["changes"][number]): string =>
  event(
    "orders",
    {
      at: at.toISOString(),
      orders: orders.map(({ publicId: uuid, number, headline, version }) => ({
        id: publicId("order", uuid),
        number,
        headline,
        version,
      })),
      more: isCut,
    } satisfies z.output<typeof LiveOrders>,
    no,
  );

/** One event of a text/event-stream. JSON has no line breaks, so the data is one line. */
const event = (name: string, data: unknown, id: bigint | null): string =>
  `${id === null ? "" : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
