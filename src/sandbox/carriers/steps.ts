import type { Draws } from "../draws.ts";
import type { ParcelStep } from "../events.ts";
import { takes, type Pace } from "../pace.ts";
import type { CarrierFault } from "../profile.ts";

/** A parcel's way from the label on: to its buyer's door, or until it stalls, or back to its sender (SB-32, SB-80, SB-81). */
export function planSteps(
  shippedAt: number,
  draws: Draws,
  rateOf: (fault: CarrierFault) => number,
  pace: Pace,
  speed: number,
): ParcelStep[] {
  const stalls = draws.chance("parcel_stalls", rateOf("parcel_stalls"));
  const returns = draws.chance("parcel_returns", rateOf("parcel_returns"));
  const steps: ParcelStep[] = [{ at: shippedAt, state: "announced" }];
  const then = (state: ParcelStep["state"], range: Pace["inTransit"]): void => {
    steps.push({ at: (steps.at(-1)?.at ?? shippedAt) + takes(draws, state, range, speed), state });
  };
  then("in_transit", pace.inTransit);
  if (stalls) {
    then("stalled", pace.stalls);
    return steps;
  }
  then("out_for_delivery", pace.outForDelivery);
  if (returns) then("returning", pace.returns);
  else then("delivered", pace.delivered);
  return steps;
}

/** The newest step until `now`; null before the first: the carrier has not heard of the parcel yet. */
export function stepAt(steps: readonly ParcelStep[], now: number): ParcelStep | null {
  return steps.findLast(({ at }) => at <= now) ?? null;
}
