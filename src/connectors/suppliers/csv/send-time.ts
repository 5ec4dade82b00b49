import { Temporal } from "temporal-polyfill";

/**
 * The first of the times of day, in the supplier's zone, at or after `now`; `now` where there are none. Rule CS-14: a time that the clock skips
 * (spring) is as much later as the clock was set forward; a time that comes twice (autumn) counts once, the first time.
 */
export function nextSendTime(times: readonly string[], zone: string, now: Date): Date {
  if (times.length === 0) return now;
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone).toPlainDate();
  // Yesterday's times can lie after now where a zone jumped over a day line; tomorrow has one for sure, or the day after where a day is skipped.
  const candidates = [-1, 0, 1, 2].flatMap((days) => {
    const day = today.add({ days });
    return times.map(
      (time) => day.toZonedDateTime({ timeZone: zone, plainTime: Temporal.PlainTime.from(time) }).epochMilliseconds,
    );
  });
  return new Date(Math.min(...candidates.filter((instant) => instant >= now.getTime())));
}
