import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Api, ApiContext } from "../context.ts";
import { LiveFeed } from "../live/feed.ts";
import { followChanges } from "../live/stream.ts";
import { Problem } from "../problem.ts";
import { mayStill } from "../recheck.ts";
import { problems } from "../schemas.ts";

/** Streams open at a time: of one caller, and of all callers of this process. */
export const mostPerCaller = 6;
const mostOfAll = 500;
/** A reader that took nothing for so long while something waits for it is gone. */
const stuckMs = 60_000;

/** WH-60 to WH-66. What changes, as it changes, for screens. */
export function liveRoutes(app: Api, context: ApiContext): void {
  const { clock, db, log } = context;
  const feed = new LiveFeed(db.api, clock);
  const closing = new AbortController();
  const open = new Map<string, number>();
  let all = 0;
  app.addHook("preClose", async () => closing.abort());
  app.addHook("onClose", () => feed.close());

  app.get(
    "/v1/events/stream",
    {
      schema: {
        summary:
          "Follow what changes, as server-sent events: `orders` with the orders that changed, `counts` after them",
        description:
          "Each event `orders` has an id; a reader that comes back with it in Last-Event-ID gets what it missed in the last 24 hours. `ready` begins the stream, `reset` says that everything is to be read anew, `end` that you may not follow any more. A comment every 15 seconds keeps the connection alive.",
        tags: ["Live"],
        produces: ["text/event-stream"],
        querystring: z.strictObject({
          workspace: z
            .string()
            .max(100)
            .optional()
            .meta({ description: "The same as the header X-Switchyard-Workspace, for browsers" }),
          last_event_id: z
            .string()
            .max(40)
            .optional()
            .meta({ description: "The same as the header Last-Event-ID, for readers that cannot send headers" }),
        }),
        response: { 200: z.string(), ...problems },
      },
    },
    (request, reply) => {
      const who = `${request.caller.workspaceId}/${request.caller.actor}`;
      if ((open.get(who) ?? 0) >= mostPerCaller || all >= mostOfAll) throw tooMany();
      const last = lastEventId(request) ?? request.query.last_event_id;
      const gone = new AbortController();
      const over = AbortSignal.any([gone.signal, closing.signal]);
      open.set(who, (open.get(who) ?? 0) + 1);
      all += 1;
      const leave = (): void => {
        gone.abort();
        all -= 1;
        const left = (open.get(who) ?? 1) - 1;
        if (left === 0) open.delete(who);
        else open.set(who, left);
      };
      // Who left while we looked who they are says so no more.
      if (reply.raw.closed) leave();
      else reply.raw.once("close", leave);
      const events = followChanges(feed, {
        workspaceId: request.caller.workspaceId,
        after: last === undefined ? null : /^\d{1,18}$/.test(last) ? BigInt(last) : -1n,
        mayStill: () => mayStill(request, context, "events.read"),
        closed: over,
        clock,
      });
      const stream = Readable.from(events, { highWaterMark: 1 });
      stream.on("error", (error) => {
        log.warn({ error: String(error) }, "a live stream ended early");
        reply.raw.destroy();
      });
      void dropWhenStuck(reply, gone.signal);
      void reply
        .type("text/event-stream; charset=utf-8")
        // Neither a cache nor a proxy may keep or collect it.
        .headers({ "cache-control": "no-store, no-transform", "x-accel-buffering": "no", connection: "close" });
      return reply.send(stream as never) as never;
    },
  );

  async function dropWhenStuck({ raw }: FastifyReply, gone: AbortSignal): Promise<void> {
    let before = -1;
    for (;;) {
      await clock.sleep(stuckMs, gone);
      if (gone.aborted) return;
      const taken = raw.socket?.bytesWritten ?? 0;
      if (raw.writableNeedDrain && taken === before) return void raw.destroy();
      before = taken;
    }
  }
}

function lastEventId(request: FastifyRequest): string | undefined {
  const header = request.headers["last-event-id"];
  return typeof header === "string" && header !== "" ? header : undefined;
}

const tooMany = (): Problem =>
  new Problem({
    status: 429,
    code: "too_many_streams",
    detail: `At most ${mostPerCaller} streams are open at a time for one caller.`,
    next: "Close one that is not needed, or let several screens share one.",
    headers: { "retry-after": "5" },
  });
