import { completeWhatIsDone } from "#domain/complete.ts";
import { nextDue } from "#store/claim.ts";
import { decideDue, type Stage } from "../stage.ts";

const states = ["shipped", "delivered"] as const;

/** The days after the last unit was shipped or delivered have passed. */
export const complete: Stage = {
  name: "complete",
  nextDue: (db) => nextDue(db, states),
  run: (engine) =>
    decideDue(
      engine,
      { states, limit: engine.batch, need: { parts: ["shipments", "writeBacks"] } },
      completeWhatIsDone,
    ),
};
