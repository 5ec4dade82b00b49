import { z } from "zod";
import type { Carrier, Failure, ParcelProgress } from "#connectors/ports.ts";
import { ask, baseUrlOf, instant } from "#connectors/sandbox/call.ts";

const states = [
  "unknown_number",
  "announced",
  "in_transit",
  "out_for_delivery",
  "delivered",
  "stalled",
  "returning",
] as const satisfies ParcelProgress["state"][];
const parcelsBody = z.object({
  parcels: z.array(z.object({ trackingNumber: z.string(), state: z.enum(states), at: instant.nullable() })),
});

/** What the pretend world's carriers take in one question. */
const mostNumbers = 100;

/** The carriers of the pretend world, all behind one door. */
export const sandboxCarrier: Carrier = {
  manifest: {
    id: "sandbox",
    title: "Sandbox carriers",
    settings: {
      baseUrl: {
        type: "url",
        title: "Address of the sandbox",
        help: "Where the pretend world is reached, e.g. http://127.0.0.1:4410.",
        required: true,
      },
    },
  },

  async follow(outside, settings, trackingNumbers): Promise<{ status: "ok"; parcels: ParcelProgress[] } | Failure> {
    const known = new Map<string, ParcelProgress>();
    for (let from = 0; from < trackingNumbers.length; from += mostNumbers) {
      const query = new URLSearchParams(
        trackingNumbers.slice(from, from + mostNumbers).map((number): [string, string] => ["number", number]),
      );
      const answer = await ask({
        outside,
        method: "GET",
        url: `${baseUrlOf(settings)}/carriers/parcels?${query.toString()}`,
        schema: parcelsBody,
      });
      if (answer.status !== "ok") return answer;
      for (const parcel of answer.value.parcels) known.set(parcel.trackingNumber, parcel);
    }
    return {
      status: "ok",
      parcels: trackingNumbers.map(
        (trackingNumber) => known.get(trackingNumber) ?? { trackingNumber, state: "unknown_number", at: null },
      ),
    };
  },
};
