const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** WH-30. The plan of the Standard Webhooks specification 1.0.0 ("Deliverability and reliability"): the pause before each try, ten tries in three days. */
export const retryDelaysMs: readonly number[] = [
  0,
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
];

/** Failures in a row after which the endpoint as a whole is left alone for a while, and the longest such pause. */
const breakerAfter = 5;
const shortestPauseMs = 15 * second;
const longestPauseMs = 10 * minute;
/** Answers that say "too much at the moment". */
const throttled: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const longestRetryAfterMs = day;
/** Deliveries given up in a row, or time without any success, after which the endpoint is switched off. */
export const mostGivenUp = 3;
export const longestFailingMs = 5 * day;

/** What came of one try. */
export type WebhookAnswer =
  | { status: number; retryAfterMs: number | null; text: string }
  /** Nothing was answered, or nothing could be sent. `problem`: a sentence for the owner of the endpoint. */
  | { status: null; problem: string };

export interface EndpointHealth {
  failures: number;
  failingSince: Date | null;
  givenUp: number;
  pausedUntil: Date | null;
  lastSuccessAt: Date | null;
}
export interface Judged {
  delivery: { state: "waiting"; tries: number; dueAt: Date } | { state: "delivered" | "given_up"; tries: number };
  health: EndpointHealth;
  /** Why the endpoint is switched off; null: it is not. */
  disabled: "gone" | "failing" | null;
}

export const isSuccess = ({ status }: WebhookAnswer): boolean => status !== null && status >= 200 && status <= 299;

/** WH-30 to WH-34. What follows from a try: for the delivery (`tries` made before it), and for its endpoint. */
export function judge(
  delivery: { id: string; tries: number },
  health: EndpointHealth,
  answer: WebhookAnswer,
  now: Date,
): Judged {
  const after = (ms: number): Date => new Date(now.getTime() + ms);
  const tries = delivery.tries + 1;
  if (isSuccess(answer))
    return {
      delivery: { state: "delivered", tries },
      health: { failures: 0, failingSince: null, givenUp: 0, pausedUntil: null, lastSuccessAt: now },
      disabled: null,
    };

  const asked = answer.status === null ? 0 : Math.min(answer.retryAfterMs ?? 0, longestRetryAfterMs);
  const isLast = tries >= retryDelaysMs.length;
  const failing: EndpointHealth = {
    ...health,
    failures: health.failures + 1,
    failingSince: health.failingSince ?? now,
    givenUp: health.givenUp + (isLast ? 1 : 0),
  };
  const beyond = failing.failures - breakerAfter;
  const mustPause = beyond >= 0 || throttled.has(answer.status ?? 0);
  const pause = Math.max(asked, Math.min(longestPauseMs, shortestPauseMs * 2 ** Math.min(10, Math.max(0, beyond))));
  if (mustPause) failing.pausedUntil = after(pause);

  if (answer.status === 410) return { delivery: { state: "given_up", tries }, health: failing, disabled: "gone" };
  const isHopeless =
    failing.givenUp >= mostGivenUp || now.getTime() - failing.failingSince!.getTime() >= longestFailingMs;
  return {
    delivery: isLast
      ? { state: "given_up", tries }
      : {
          state: "waiting",
          tries,
          dueAt: after(Math.max(asked, withJitter(retryDelaysMs[tries]!, delivery.id, tries))),
        },
    health: failing,
    disabled: isHopeless ? "failing" : null,
  };
}

/** Up to a fifth longer, different for each delivery and each try and the same on a replay: what failed together does not come back together. */
export function withJitter(ms: number, id: string, tries: number): number {
  let hash = 0x811c9dc5; // FNV-1a
  for (const letter of `${id}/${tries}`) hash = Math.imul(hash ^ letter.codePointAt(0)!, 0x01000193);
  return Math.round(ms * (1 + ((hash >>> 0) % 1000) / 5000));
}
