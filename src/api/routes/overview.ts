import { z } from "zod";
import { dayOf } from "#domain/due.ts";
import { countDays, newestShipments, readDurations } from "#store/read/overview.ts";
import { readWorkspaceSettings } from "#store/read/workspace.ts";
import { inWorkspace } from "#store/workspace-scope.ts";
import type { Api, ApiContext } from "../context.ts";
import { problems } from "../schemas.ts";

const daysShown = 14;
const dayMs = 86_400_000;

const Day = z
  .object({
    day: z.string().meta({ description: "In the workspace's zone, such as 2026-11-22" }),
    received: z.int(),
    left: z.int().meta({ description: "Orders of which the first parcel left" }),
    left_by_itself: z.int().meta({
      description: "Of these, those that nobody released, edited, placed or typed a tracking number for",
    }),
  })
  .meta({ id: "OverviewDay" });
const Took = z
  .object({
    median_seconds: z.int(),
    slow_seconds: z.int().meta({ description: "Nine of ten take no longer" }),
  })
  .nullable()
  .meta({ id: "OverviewDuration" });

/** UI-82, UI-83. What a seller wants to know in the morning; how the orders stand now says GET /v1/orders/counts. */
export function overviewRoutes(app: Api, { db, clock }: ApiContext): void {
  app.get(
    "/v1/overview",
    {
      schema: {
        summary: "What came in and what left, by day, and how long it took",
        description: `The last ${daysShown} days, today last. How long things take is of the newest ${newestShipments} shipments.`,
        tags: ["Orders"],
        response: {
          200: z.object({ days: z.array(Day), shipments: z.int(), to_place: Took, to_ship: Took }),
          ...problems,
        },
      },
    },
    async ({ caller: { workspaceId } }) => {
      const { zone } = await readWorkspaceSettings(db.engine, workspaceId);
      const days = lastDays(clock.now(), zone);
      const [counts, took] = await inWorkspace(db.api, workspaceId, async (tx) => [
        await countDays(tx, workspaceId, days[0]!),
        await readDurations(tx, workspaceId),
      ]);
      return {
        days: days.map((day) => ({ day, ...(counts.get(day) ?? { received: 0, left: 0, left_by_itself: 0 }) })),
        shipments: took.shipments,
        to_place: tookOf(took.toPlace, took.toPlaceSlow),
        to_ship: tookOf(took.toShip, took.toShipSlow),
      };
    },
  );
}

const tookOf = (median: number | null, slow: number | null): z.output<typeof Took> =>
  median === null || slow === null ? null : { median_seconds: median, slow_seconds: slow };

/** By the calendar: a day may have 23 or 25 hours, and a zone may have left one out. */
function lastDays(now: Date, zone: string): string[] {
  const today = Date.parse(`${dayOf(now, zone)}T00:00:00Z`);
  return Array.from({ length: daysShown }, (_, index) =>
    new Date(today - (daysShown - 1 - index) * dayMs).toISOString().slice(0, 10),
  );
}
