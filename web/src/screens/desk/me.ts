import type { Schemas } from "../../app/api.ts";
import { useHere } from "../../app/session.tsx";

export type DeskRow = Schemas["FulfillmentOrderRow"];
export type DeskView = "place" | "check";

/** What the API calls whoever sits here, as in `claimed_by`. */
export function useMe(): string {
  const { session } = useHere();
  return session.user === null ? "local" : `user:${session.user.id}`;
}
