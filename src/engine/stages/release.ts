import { leaveBuffer } from "#domain/release.ts";
import { nextDue } from "#store/claim.ts";
import { decideDue, type Stage } from "../stage.ts";
import { gatherFacts } from "./verify.ts";

const states = ["waiting"] as const;

/** The end of the buffer: verified once more, then on to the supplier, the prep centre or the people who place by hand. */
export const release: Stage = {
  name: "release",
  nextDue: (db) => nextDue(db, states),
  run: (engine) =>
    decideDue(
      engine,
      {
        states,
        limit: engine.batch,
        need: { parts: ["lines", "attempts"], links: true, stock: "lock", balances: "read" },
        gather: gatherFacts,
      },
      (draft, _fos, facts) => {
        leaveBuffer(draft, facts.get(draft.order.id)!, (kind, settings) => engine.gate.contract(kind, settings).kind);
      },
    ),
};
