import type { OrderDossier } from "#domain/order.ts";
import type { Stream } from "../random.ts";
import type { Host, Town } from "../town.ts";
import type { Known } from "./desk.ts";

/** Somebody about to press a button: what they saw of the order, on which web server, and their luck. */
export interface Hand {
  town: Town;
  luck: Stream;
  web: Host;
  known: Known;
  dossier: OrderDossier;
}
/** What the product answered; null: there was nothing to press. */
export type Outcome = { status: "ok" | "refused"; code?: string } | null;
