import type { components } from "./schema.d.ts";

type Details = components["schemas"]["Problem"];

/** What the API answers instead of what was asked for: what is wrong, where, and the way out. */
export class SwitchyardProblem extends Error {
  override readonly name = "SwitchyardProblem";
  /** The HTTP status; 0 where no answer came. */
  readonly status: number;
  /** What to compare with: `not_found`, `version_changed`, `invalid_request` …; `no_answer` where none came. */
  readonly code: string;
  /** What the caller can do about it. */
  readonly next: string;
  /** Each wrong field: where it is, what was there, what is expected. */
  readonly errors: NonNullable<Details["errors"]>;
  /** What the server's log calls it, for what should not have happened. */
  readonly reference: string | null;
  /** How long the server asks to wait; null where it does not say. */
  readonly retryAfterMs: number | null;
  /** The key that was sent: the same request with it is done once, however often it is sent. */
  readonly idempotencyKey: string | null;
  /** The whole answer. */
  readonly details: Details;

  constructor(
    details: Details,
    more: { retryAfterMs?: number | null; idempotencyKey?: string | null; cause?: unknown } = {},
  ) {
    super(details.detail, more.cause === undefined ? {} : { cause: more.cause });
    this.status = details.status;
    this.code = details.code;
    this.next = details.next;
    this.errors = details.errors ?? [];
    this.reference = details.reference ?? null;
    this.retryAfterMs = more.retryAfterMs ?? null;
    this.idempotencyKey = more.idempotencyKey ?? null;
    this.details = details;
  }

  /** The first wrong field, such as `body.lines.0.sku`; null where no field is at fault. */
  get field(): string | null {
    return this.errors[0]?.field ?? null;
  }
}

/** What a refused request says. What is no problem of ours (a proxy's page) becomes one with the code `other_answer`. */
export function problemOf(body: unknown, response: Response, idempotencyKey: string | null): SwitchyardProblem {
  const more = { retryAfterMs: retryAfterMs(response), idempotencyKey };
  if (isDetails(body)) return new SwitchyardProblem(body, more);
  return new SwitchyardProblem(
    {
      type: "about:blank",
      title: response.statusText,
      status: response.status,
      code: "other_answer",
      detail: `The answer ${response.status} does not come from Switchyard: ${typeof body === "string" ? body.slice(0, 200) : JSON.stringify(body)}`,
      next: "Look at the address, and at the proxies before the server.",
    },
    more,
  );
}

const isDetails = (body: unknown): body is Details =>
  typeof body === "object" && body !== null && "code" in body && "next" in body && "status" in body && "detail" in body;

/** No answer came: nobody knows whether the request was done. */
export const noAnswer = (url: string, cause: unknown, idempotencyKey: string | null): SwitchyardProblem =>
  new SwitchyardProblem(
    {
      type: "urn:switchyard:problem:no_answer",
      title: "No answer",
      status: 0,
      code: "no_answer",
      detail: `${url} did not answer: ${cause instanceof Error ? messageOf(cause) : String(cause)}`,
      next:
        idempotencyKey === null
          ? "Look whether the server runs and the address is right, then try again."
          : "Look whether the server runs and the address is right. To send the same again, pass on `idempotencyKey` of this error.",
    },
    { cause, idempotencyKey },
  );

const messageOf = ({ message, cause }: Error): string =>
  cause instanceof Error ? `${message} (${cause.message})` : message;

function retryAfterMs(response: Response): number | null {
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null;
}
