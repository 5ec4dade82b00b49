import type { IncomingHttpHeaders } from "node:http";
import type { Clock } from "#domain/clock.ts";

/** The desks at which the sandbox has somebody pretending to work. */
export type PretendDesk = "order" | "prep";

const desks: Readonly<Record<string, PretendDesk>> = { "/v1/fulfillment-orders": "order", "/v1/desk": "prep" };
/** A page that is open asks at least four times in it. */
const staysMs = 60_000;

/**
 * SB-83. Who looks at a desk in a browser sits down at it, and the person who pretends to work there has a break until a minute after the last look: nobody
 * wants to race a machine for the order that they are reading. The pretend people themselves ask without a browser.
 */
export class DeskVisits {
  readonly #clock: Clock;
  readonly #last = new Map<PretendDesk, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  saw({ method, route, headers }: { method: string; route: string; headers: IncomingHttpHeaders }): void {
    const desk = desks[route];
    if (desk !== undefined && method === "GET" && headers["sec-fetch-site"] !== undefined)
      this.#last.set(desk, this.#clock.now().getTime());
  }

  isTaken(desk: PretendDesk): boolean {
    const last = this.#last.get(desk);
    return last !== undefined && this.#clock.now().getTime() - last < staysMs;
  }
}
