import type { Schemas } from "../../app/api.ts";

type Row = Pick<Schemas["OrderRow"], "headline" | "actions" | "leaves_buffer_at">;

/**
 * Where the first order stands on its way out. `process`: a person lets it go, `buffer`: it waits on purpose, so that the buyer can cancel for free, `stopped`:
 * something has to be answered, `going`: it goes on by itself.
 */
export function standOf(order: Row): "process" | "buffer" | "stopped" | "going" {
  if (order.headline === "needs_attention") return "stopped";
  if (order.actions.release.allowed) return "process";
  if (order.headline === "waiting" && order.leaves_buffer_at !== null) return "buffer";
  return "going";
}
