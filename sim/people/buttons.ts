import type { Address } from "#domain/address.ts";
import { isBeforePlacing } from "#domain/lifecycle.ts";
import type { Cancellation } from "#domain/order.ts";
import * as actions from "#engine/actions.ts";
import * as shipping from "#engine/actions/shipping.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import type { Stream } from "../random.ts";
import type { Town } from "../town.ts";
import { lookAfterRestore } from "./after-restore.ts";
import { finish, giveBack, resolveUnknown, takeOver } from "./by-hand.ts";
import { ask, inBrowser, look, pressing, readKnown, someone, tell, type Known } from "./desk.ts";
import type { Hand, Outcome } from "./hand.ts";
import { isWarned } from "./left-behind.ts";
import { packSome } from "./packing.ts";

/** SM-22. Presses one button for one order, as somebody who has just looked at it. Answers whether there was anything to press. */
export async function press(town: Town, luck: Stream, known: Known, button: Button): Promise<boolean> {
  let isPressed = false;
  await pressing(town, luck, button, async () => {
    const dossier = await look(town, () => readKnown(town, known));
    const outcome: Outcome = await buttons[button]({ town, luck, web: luck.pick(town.webs), known, dossier });
    if (outcome === null) return;
    isPressed = true;
    town.scheduler.note(town.people, button, `${outcome.status} ${outcome.code ?? ""}`);
    tell(town, known.tenant, outcome);
  });
  return isPressed;
}

export type Button = keyof typeof buttons;

const on = ({ dossier }: Hand) => ({ order: dossier.order.publicId });
const seller = ({ known }: Hand) => someone(known.tenant, "seller");

const buttons = {
  release: (hand: Hand) =>
    isWarned(hand)
      ? lookAfterRestore(hand)
      : inBrowser(hand.web, "release", ({ engine }) => actions.release(engine, seller(hand), on(hand))),
  hold: (hand: Hand) =>
    inBrowser(hand.web, "hold", ({ engine }) =>
      actions.hold(engine, seller(hand), on(hand), { note: `${hand.known.tenant.marker}let me look` }),
    ),
  unhold: (hand: Hand) =>
    isWarned(hand)
      ? lookAfterRestore(hand)
      : inBrowser(hand.web, "unhold", ({ engine }) => actions.unhold(engine, seller(hand), on(hand))),
  cancel,
  async cancelPart(hand: Hand): Promise<Outcome> {
    const line = hand.luck.pick(hand.dossier.lines);
    return inBrowser(hand.web, "cancel a part", ({ engine }) =>
      actions.cancel(engine, seller(hand), on(hand), { lines: [{ lineNo: line.no, quantity: 1 }] }),
    );
  },
  async edit(hand: Hand): Promise<Outcome> {
    const line = hand.luck.pick(hand.dossier.lines);
    const quantity = hand.luck.whole(1, 5);
    return inBrowser(hand.web, "edit", ({ engine }) =>
      actions.edit(engine, seller(hand), on(hand), { lines: [{ lineNo: line.no, quantity }] }),
    );
  },
  editAddress(hand: Hand): Promise<Outcome> {
    const { marker } = hand.known.tenant;
    const address = { ...aBuyer, name: marker + aBuyer.name, line1: `Kai ${hand.luck.whole(1, 90)}` };
    return inBrowser(hand.web, "edit the address", ({ engine }) =>
      actions.edit(engine, seller(hand), on(hand), { address }),
    );
  },
  async choose(hand: Hand): Promise<Outcome> {
    const fo = hand.dossier.fulfillmentOrders.find((each) => isBeforePlacing(each.state));
    if (fo === undefined) return null;
    const supplier = hand.luck.pick(await suppliersOf(hand));
    return inBrowser(hand.web, "choose a supplier", ({ engine }) =>
      actions.chooseSupplierFor(engine, seller(hand), on(hand), { fulfillmentOrder: fo.publicId, supplier }),
    );
  },
  takeOver: (hand: Hand) => takeOver(hand),
  /** Only what was given to people. */
  serve: (hand: Hand) => takeOver(hand, ["escalated"]),
  finish: (hand: Hand) => finish(hand),
  giveBack,
  resolve: resolveUnknown,
  async answerCancellation(hand: Hand): Promise<Outcome> {
    const no = hand.dossier.cancellations.findIndex((each) => each.state === "requested");
    if (no < 0) return null;
    const answer = hand.luck.chance(0.6) ? "accept" : "refuse";
    return inBrowser(hand.web, "answer a cancellation", ({ engine }) =>
      actions.answerCancellation(engine, seller(hand), on(hand), { no: no + 1, answer }),
    );
  },
  supplierAnswered,
  async dismiss(hand: Hand): Promise<Outcome> {
    if (isWarned(hand)) return lookAfterRestore(hand);
    const hold = await aHold(hand);
    return hold === undefined
      ? null
      : inBrowser(hand.web, "dismiss", ({ engine }) => actions.dismiss(engine, seller(hand), on(hand), { hold }));
  },
  async answerHold(hand: Hand): Promise<Outcome> {
    if (isWarned(hand)) return lookAfterRestore(hand);
    const hold = await aHold(hand);
    const take = hand.luck.chance(0.5) ? "theirs" : "ours";
    return hold === undefined
      ? null
      : inBrowser(hand.web, "answer a hold", ({ engine }) =>
          actions.answerHold(engine, seller(hand), on(hand), { hold, take }),
        );
  },
  prepStep: packSome,
  lookAfterRestore,
  async confirmTracking(hand: Hand): Promise<Outcome> {
    const shipment = hand.dossier.shipments.find((each) => each.parcels.some((parcel) => !parcel.accepted));
    return shipment === undefined
      ? null
      : inBrowser(hand.web, "confirm a number", ({ engine }) =>
          shipping.confirmShared(
            engine,
            seller(hand),
            { ...on(hand), shipment: shipment.publicId, parcel: 1 },
            { shared: false },
          ),
        );
  },
  resend: (hand: Hand) => {
    const { shipments } = hand.dossier;
    return shipments.length === 0 ? Promise.resolve(null) : resend(hand, hand.luck.pick(shipments));
  },
  /** Only what the channel has not taken. */
  tellAgain: (hand: Hand) => {
    const { shipments, writeBacks } = hand.dossier;
    const untold = shipments.find(({ id }) =>
      writeBacks.some(({ shipmentId, state }) => shipmentId === id && (state === "refused" || state === "by_hand")),
    );
    return untold === undefined ? Promise.resolve(null) : resend(hand, untold);
  },
} satisfies Record<string, (hand: Hand) => Promise<Outcome>>;

const resend = (hand: Hand, { publicId }: { publicId: string }): Promise<Outcome> =>
  inBrowser(hand.web, "tell the channel again", ({ engine }) =>
    shipping.resendShipment(engine, seller(hand), { ...on(hand), shipment: publicId }),
  );

/** SM-26. Who is told that all of it is cancelled, and that nobody has to be asked, must never get it. */
async function cancel(hand: Hand): Promise<Outcome> {
  const { town, known, dossier } = hand;
  const open = dossier.attempts.flatMap(({ reference }) => town.attempts.byReference.get(reference) ?? []);
  const result = await inBrowser(hand.web, "cancel", ({ engine }) =>
    actions.cancel(engine, seller(hand), on(hand), {}),
  );
  if (result.status !== "ok") return result;
  // C12: asked for while an attempt was on its way.
  for (const { closedAt, kind } of open) if (closedAt === null) town.coverage.visit("C12", kind);
  if (result.value.asked.length === 0 && result.value.order.headline === "cancelled")
    town.acknowledged.push({
      workspaceSlug: known.tenant.slug,
      channelOrderId: dossier.order.channelOrderId,
      at: town.scheduler.now,
      step: town.scheduler.step,
    });
  return result;
}

/** Asks the supplier on the telephone, and says what it said. */
async function supplierAnswered(hand: Hand): Promise<Outcome> {
  const { town, known, dossier } = hand;
  const asked = dossier.cancellations
    .flatMap((cancellation: Cancellation) => cancellation.asks)
    .find((each) => each.state === "by_hand");
  const fo = dossier.fulfillmentOrders.find((each) => each.id === asked?.fulfillmentOrderId);
  const attempt = dossier.attempts.find((each) => each.fulfillmentOrderId === fo?.id && each.state === "placed");
  if (asked === undefined || fo === undefined || attempt === undefined) return null;
  const lines = asked.lines.flatMap(({ orderLineNo, componentNo, quantity }) => {
    const line = fo.lines.find((each) => each.orderLineNo === orderLineNo && each.componentNo === componentNo);
    const units = line === undefined ? 0 : (quantity * line.unitsPer) / line.per;
    return line?.supplierSku == null || units < 1 || !Number.isInteger(units) ? [] : [{ sku: line.supplierSku, units }];
  });
  const at = `/suppliers/${known.tenant.codes.get(attempt.supplierId)}/orders/${attempt.supplierOrderId}/cancellation`;
  const said = lines.length === 0 ? null : ask(town, known.tenant, "POST", at, { lines });
  return inBrowser(hand.web, "the supplier's answer", ({ engine }) =>
    shipping.supplierAnswered(
      engine,
      someone(known.tenant, "ann"),
      { ...on(hand), part: fo.publicId },
      { granted: said?.status === 200 ? "all" : "none" },
    ),
  );
}

const aBuyer: Address = {
  name: "Mia Kowalska",
  company: "",
  line1: "Kai 1",
  line2: "",
  city: "Hamburg",
  region: "",
  postcode: "20457",
  country: "DE",
  phone: "",
  email: "mia@example.com",
};

const PublicIds = row({ publicId: col.text });
const suppliersOf = async ({ town, known }: Hand): Promise<string[]> =>
  look(town, async () =>
    (
      await town.eye.rows(
        PublicIds,
        sql`select public_id from supplier where workspace_id = ${known.tenant.workspaceId}::bigint order by id`,
      )
    ).map(({ publicId }) => publicId),
  );
async function aHold({ town, known, luck }: Hand): Promise<string | undefined> {
  const rows = await look(town, () =>
    town.eye.rows(
      PublicIds,
      sql`select public_id from hold where workspace_id = ${known.tenant.workspaceId}::bigint and order_id = ${known.orderId}::bigint and closed_at is null order by id`,
    ),
  );
  return rows.length === 0 ? undefined : luck.pick(rows).publicId;
}
