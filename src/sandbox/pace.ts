import type { Draws } from "./draws.ts";

/** How long things take in the pretend world, in milliseconds before they are divided by the world's speed. */
export interface Pace {
  /** From the buyer's click on. */
  cancelsEarly: Range;
  cancelsLate: Range;
  changesAddress: Range;
  paysLater: Range;
  ordersAgain: Range;
  /** How late a message comes through the shop's feed, and how much later it comes again. */
  lateInFeed: Range;
  repeatedInFeed: Range;
  /** From the purchase on. */
  acknowledges: Range;
  ships: Range;
  supplierCancels: Range;
  /** A backorder ships this much later. */
  backorder: Range;
  /** From the first parcel to the second. */
  secondParcel: Range;
  /** From shipping until the number is told: normally at once. */
  lateTracking: Range;
  /** From the supplier's label on, each after the one before. */
  inTransit: Range;
  outForDelivery: Range;
  delivered: Range;
  stalls: Range;
  returns: Range;
  /** A supplier's shelf is filled up again this often. */
  restocksEvery: number;
}
export type Range = readonly [from: number, to: number];

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const minutes = (from: number, to: number): Range => [from * minute, to * minute];
const hours = (from: number, to: number): Range => [from * hour, to * hour];

export const paceNames = ["same-day", "real"] as const;
export type PaceName = (typeof paceNames)[number];
export const paces: Record<PaceName, Pace> = {
  /** A town with couriers: everything is there within an hour or two. At speed 60, the demo's, that is a minute or two. */
  "same-day": {
    cancelsEarly: minutes(1, 8),
    cancelsLate: minutes(12, 40),
    changesAddress: minutes(1, 14),
    paysLater: minutes(2, 20),
    ordersAgain: minutes(0.5, 3),
    lateInFeed: minutes(2, 15),
    repeatedInFeed: minutes(0, 20),
    acknowledges: minutes(1, 5),
    ships: minutes(5, 16),
    supplierCancels: minutes(2, 5),
    backorder: minutes(15, 30),
    secondParcel: minutes(3, 8),
    lateTracking: minutes(20, 40),
    inTransit: minutes(3, 8),
    outForDelivery: minutes(6, 15),
    delivered: minutes(4, 12),
    stalls: minutes(10, 20),
    returns: minutes(10, 20),
    restocksEvery: 30 * minute,
  },
  /** What sellers see in life; late tracking may come after the last look of the default scan plan (192 h). */
  real: {
    cancelsEarly: minutes(1, 8),
    cancelsLate: minutes(12, 2880),
    changesAddress: minutes(1, 600),
    paysLater: minutes(2, 2880),
    ordersAgain: minutes(0.5, 10),
    lateInFeed: minutes(2, 1440),
    repeatedInFeed: minutes(0, 240),
    acknowledges: minutes(10, 240),
    ships: hours(8, 60),
    supplierCancels: hours(1, 8),
    backorder: [3 * day, 10 * day],
    secondParcel: hours(12, 48),
    lateTracking: hours(100, 250),
    inTransit: hours(4, 20),
    outForDelivery: hours(24, 96),
    delivered: hours(3, 10),
    stalls: hours(10, 48),
    returns: hours(24, 96),
    restocksEvery: day,
  },
};

/** What a supplier of ours promises; the connector's contract says the same numbers, so both read them here. */
export const promises = {
  keyWindowMs: day,
  lookupLagMs: 10 * minute,
  maxInFlightMs: 2 * minute,
  /** How long an answer takes at most when nothing goes wrong. */
  latency: [200, 1500] as Range,
};

/** A duration of the world: drawn from the range by name, divided by the speed, whole milliseconds. */
export function takes(draws: Draws, name: string, range: Range, speed: number): number {
  return Math.round(draws.between(name, range[0], range[1]) / speed);
}
