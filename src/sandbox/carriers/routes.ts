import { z } from "zod";
import { answer, BadRequest, type WorldResponse } from "../answer.ts";
import { readBody } from "../read.ts";
import type { Call, Route } from "../route.ts";
import { iso } from "../shop/render.ts";
import type { Context } from "../context.ts";
import { planSteps, stepAt } from "./steps.ts";
import { carriers, newTrackingNumber } from "./tracking-number.ts";

/** The pretend carriers, all behind one door. */
export const carrierRoutes: Route[] = [
  { method: "GET", path: "/carriers/parcels", does: "Where the parcels with these ?number= are.", handle: follow },
  {
    method: "POST",
    path: "/carriers/labels",
    does: "A label for a parcel that we pack ourselves: once per reference.",
    handle: makeLabel,
  },
];

function follow({ state, now }: Context, call: Call): WorldResponse {
  const numbers = call.query.getAll("number");
  if (numbers.length === 0 || numbers.length > 100)
    throw new BadRequest(`number: give 1 to 100, not ${numbers.length}.`);
  return answer(200, {
    parcels: numbers.map((trackingNumber) => {
      const parcel = state.parcels.get(trackingNumber);
      const step = stepAt(parcel?.steps ?? [], now);
      return {
        trackingNumber,
        carrier: step === null ? null : parcel?.carrier,
        state: step?.state ?? "unknown_number",
        at: step === null ? null : iso(step.at),
      };
    }),
  });
}

const labelBody = z.object({ reference: z.string().min(1).max(200), carrier: z.enum(carriers).default("ups") });
function makeLabel({ state, now, draws, pace, speed, record }: Context, call: Call): WorldResponse {
  const { reference, carrier } = readBody(call, labelBody);
  const before = state.labels.get(reference);
  if (before !== undefined) return answer(200, { carrier: before.carrier, trackingNumber: before.trackingNumber });
  const luck = draws.of(`label:${reference}`);
  const trackingNumber = newTrackingNumber(carrier, luck, (number) => state.parcels.has(number));
  const steps = planSteps(now, luck, (fault) => state.profile.carriers[fault], pace, speed);
  record({ type: "label_made", at: now, reference, carrier, trackingNumber, steps });
  return answer(201, { carrier, trackingNumber });
}
