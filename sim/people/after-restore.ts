import * as actions from "#engine/actions.ts";
import { takeOver } from "./by-hand.ts";
import { inBrowser, someone } from "./desk.ts";
import type { Hand, Outcome } from "./hand.ts";
import { isAskedAbout, isWarned, leftBehind, purchaseFor, takeBack } from "./left-behind.ts";

const release = ({ web, known, dossier }: Hand): Promise<Outcome> =>
  inBrowser(web, "release after a restore", ({ engine }) =>
    actions.release(engine, someone(known.tenant, "ann"), { order: dossier.order.publicId }),
  );

/** SM-31. Looks at the supplier for one order that is held: what is there is placed by hand under its number, what fits no part is taken back, and what is not there is released. */
export async function lookAfterRestore(hand: Hand): Promise<Outcome> {
  const { town, known, dossier } = hand;
  if (town.restored === null || town.restored.homeAt === null) return null;
  // What came again from its channel waits for somebody's word, and nobody thinks twice: what may have been bought says so.
  if (!isWarned(hand)) return dossier.holds.some((hold) => hold.code === "stand_by") ? release(hand) : null;
  if (!isAskedAbout(dossier)) return null;
  const there = leftBehind(town, known.tenant, dossier);
  // What is on its way to the supplier is not in its list yet.
  if (there.some(({ at }) => at > town.scheduler.now)) return null;
  if (there.length === 0) return release(hand);
  for (const fo of dossier.fulfillmentOrders)
    if (["held", "waiting", "escalated"].includes(fo.state) && purchaseFor(known.tenant, fo, there) !== undefined)
      return takeOver(hand, [fo.state]);
  const fitsNone = there.filter((each) =>
    dossier.fulfillmentOrders.every((fo) => purchaseFor(known.tenant, fo, [each]) === undefined),
  );
  return fitsNone.filter((each) => takeBack(town, known.tenant, each)).length > 0 ? { status: "ok" } : null;
}
