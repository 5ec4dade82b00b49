import type { Bought, Case } from "./case.ts";
import { codeOf } from "./case.ts";
import type { Hold, Order } from "./facts.ts";
import type { Truth, TruthOrder } from "./truth.ts";

interface Asked {
  the: Case;
  truth: Truth;
  said: TruthOrder;
  order: Order;
  hold: Hold;
  bought: readonly Bought[];
  /** The suppliers' refusals of what was asked for this order, by their own words. */
  refusals: string[];
}
type Cause = (asked: Asked) => boolean;

/** Whether something that really happened, or how the workspace was set up, gives people the work that this hold asks for. */
export function causeOf(the: Case, order: Order, hold: Hold, bought: readonly Bought[]): boolean {
  const truth = the.truths.get(order.workspaceId);
  const said = truth?.orders.get(order.channelOrderId);
  const cause = causes[hold.code];
  if (truth === undefined || said === undefined || cause === undefined) return false;
  const references = new Set((the.facts.attemptsOfOrder.get(order.id) ?? []).map(({ reference }) => reference));
  const refusals = truth.calls.flatMap(({ reference, answer, outcome }) => {
    const { error } = answer.body;
    return references.has(reference) && (outcome === "refused" || outcome === "repeated") && typeof error === "string"
      ? [error]
      : [];
  });
  return cause({ the, truth, said, order, hold, bought, refusals });
}

const refusedAs =
  (...errors: string[]): Cause =>
  ({ refusals }) =>
    refusals.some((error) => errors.includes(error));
const either =
  (...causes: Cause[]): Cause =>
  (asked) =>
    causes.some((cause) => cause(asked));
/** While faults were on, reading and sending failed in ways that the pretend world keeps no record of. */
const duringFaults: Cause = ({ the, hold }) => hold.openedAt <= (the.outside.faultsStoppedAt ?? the.now) + 60 * 60_000;
const byPerson: Cause = ({ the, order }) =>
  the.facts.attempts.some(
    ({ id, orderId }) =>
      orderId === order.id && (the.facts.evidence.get(id) ?? []).some(({ source }) => source.startsWith("person:")),
  );

const hasChange =
  (...types: string[]): Cause =>
  ({ said }) =>
    said.changes.some(({ type }) => types.includes(type));
const isCancelledSomewhere: Cause = either(
  hasChange("cancelled", "cancel_asked"),
  ({ the, order }) => (the.facts.cancellations.get(order.id) ?? []).length > 0,
);

const supplierFailed: Cause = either(
  ({ refusals }) => refusals.length > 0,
  ({ bought }) => bought.some(({ purchase }) => purchase.notAccepted.length > 0 || purchase.cancelled.length > 0),
  byPerson,
);
/** The buyer's address, now or before, lacks what every parcel needs. */
const badAddress: Cause = either(
  ({ the, order }) => (the.facts.addresses.get(order.id) ?? []).some(({ fields }) => isSpoilt(fields)),
  refusedAs("address_incomplete", "address_invalid"),
);
const isSpoilt = (fields: Record<string, string>): boolean =>
  ["line1", "city", "country"].some((field) => fields[field] === "") ||
  (fields["name"] === "" && fields["company"] === "") ||
  (fields["postcode"] ?? "").length < 3 ||
  !/\d/.test(fields["line1"] ?? "");
const linkOf = ({ the, order }: Asked, sku: string) => the.facts.setUp.links.get(`${order.workspaceId}/${sku}`);
const skusOf = ({ the, order }: Asked): string[] => (the.facts.lines.get(order.id) ?? []).map(({ sku }) => sku);

/** A unit that is to come, and whose number its supplier had not told when people were asked about it. */
const untold: Cause = ({ bought, hold }) =>
  bought.some(({ purchase }) => {
    const told = purchase.parcels.filter(({ toldAt }) => toldAt !== null && toldAt <= hold.openedAt);
    const units = (of: readonly { units: { units: number }[] }[]): number =>
      of.flatMap((each) => each.units).reduce((sum, each) => sum + each.units, 0);
    return (
      units(told) <
      purchase.bought.reduce((sum, each) => sum + each.units, 0) +
        purchase.notAccepted.reduce((sum, each) => sum + each.units, 0)
    );
  });
const hasStep =
  (...states: string[]): Cause =>
  ({ the, truth, bought, order }) => {
    const numbers = new Set(
      (the.facts.shipments.get(order.id) ?? []).flatMap((shipment) =>
        shipment.parcels.map(({ trackingNumber }) => trackingNumber),
      ),
    );
    const ways = [
      ...bought.flatMap(({ purchase }) => purchase.parcels.map(({ steps }) => steps)),
      ...[...numbers].flatMap((number) => truth.labels.get(number) ?? []).map((step) => [step]),
    ];
    return ways.some((steps) => steps.some(({ state }) => states.includes(state)));
  };

/** The database was set back: whoever knows nothing of what was bought meanwhile has to ask. */
const wasSetBack: Cause = ({ the, hold }) => hold.openedAt > (the.outside.restored?.at ?? Infinity);

const causes: Readonly<Record<string, Cause>> = {
  bought_after_all: ({ bought, the }) =>
    bought.some(
      ({ attempt, purchase }) =>
        attempt?.state !== "placed" ||
        (the.outside.mistakes ?? []).some(({ attemptReference }) => attemptReference === purchase.reference),
    ),
  bought_before_restore: wasSetBack,
  outcome_unknown: ({ truth, the, order }) => {
    const tried = the.facts.attemptsOfOrder.get(order.id) ?? [];
    return tried.some(
      ({ reference, kind, armedAt, closedAt }) =>
        kind === "human" ||
        // Its answer, or who waited for it, was lost on our own side.
        (the.outside.disturbances ?? []).some(({ from, until }) => from <= (closedAt ?? the.now) && until >= armedAt) ||
        truth.calls.some((call) => call.reference === reference && call.fault !== null) ||
        truth.calls.every((call) => call.reference !== reference),
    );
  },
  credentials_rejected: duringFaults,
  payment_method_declined: byPerson,
  captcha_or_two_factor: byPerson,
  insufficient_balance: ({ hold }) => Number(hold.detail["missing"] ?? 0) > 0 || hold.detail["statedBy"] !== undefined,
  no_action_credits: ({ hold }) => Number(hold.detail["missing"] ?? 0) > 0,
  spend_cap: ({ hold }) => hold.detail["left"] !== undefined,
  currency_mismatch: refusedAs("currency_mismatch"),
  address_incomplete: badAddress,
  address_invalid: badAddress,
  phone_missing: ({ the, order }) =>
    (the.facts.addresses.get(order.id) ?? []).some(
      ({ fields }) => (fields["phone"] ?? "").replaceAll(/\D/g, "").length < 6,
    ),
  sku_not_linked: (asked) =>
    skusOf(asked).some((sku) => (linkOf(asked, sku)?.updatedAt ?? Infinity) > asked.hold.openedAt),
  pack_size_mismatch: (asked) => skusOf(asked).some((sku) => (linkOf(asked, sku)?.largestPack ?? 1) > 1),
  no_supplier: either(
    supplierFailed,
    (asked) => skusOf(asked).some((sku) => linkOf(asked, sku)?.suppliers.length === 0),
    isChosenByPerson,
  ),
  destination_not_served: either(refusedAs("destination_not_served"), supplierFailed, isChosenByPerson, isAbroad),
  out_of_stock: either(refusedAs("out_of_stock"), byPerson, isShort, isChosenByPerson),
  backordered: ({ bought }) => bought.some(({ purchase }) => purchase.backorderedUntil !== null),
  price_above_limit: either(refusedAs("price_changed"), byPerson, ({ bought }) =>
    bought.some(
      ({ purchase, attempt }) => attempt !== undefined && Number(purchase.total) * 100 > Number(attempt.maxTotal),
    ),
  ),
  margin_below_limit: ({ the, order }) =>
    the.facts.setUp.channels.get(`${order.workspaceId}/${order.channelId}`)?.["minMarginPercent"] != null,
  shipping_not_mapped: either(refusedAs("unknown_method"), isChosenByPerson, isUnmapped),
  changed_on_channel: hasChange("address", "cancelled", "fulfilled"),
  cancel_requested: isCancelledSomewhere,
  suspected_duplicate: ({ truth, said }) =>
    [...truth.orders.values()].some(
      (other) => other !== said && other.buyerId === said.buyerId && goodsOf(other) === goodsOf(said),
    ),
  fraud_risk: ({ said }) => said.risk === "high",
  already_fulfilled_on_channel: hasChange("fulfilled"),
  too_old: ({ said, order }) => order.receivedAt - said.boughtAt > 24 * 60 * 60_000,
  supplier_refused: supplierFailed,
  supplier_cancelled: supplierFailed,
  acknowledgement_overdue: either(duringFaults, ({ bought, hold }) =>
    bought.some(({ purchase }) => purchase.acknowledgedAt > hold.openedAt),
  ),
  // What an order itself is said to have broken is never the outside's doing.
  placement_failed: either((asked) => asked.hold.detail["bug"] === undefined && duringFaults(asked), byPerson),
  tracking_overdue: either(untold, duringFaults),
  rest_overdue: either(untold, duringFaults),
  tracking_not_accepted: ({ bought, the, order }) =>
    (the.facts.shipments.get(order.id) ?? []).length > 0 || bought.some(({ purchase }) => purchase.parcels.length > 0),
  channel_refused: either(isCancelledSomewhere, duringFaults),
  parcel_stalled: either(hasStep("stalled"), duringFaults),
  return_to_sender: hasStep("returning"),
  review: ({ the, order }) =>
    the.facts.setUp.channels.get(`${order.workspaceId}/${order.channelId}`)?.["mode"] !== "automatic",
  stand_by: ({ order, said }) => order.origin !== "live" || said.stream.startsWith("history:"),
  awaiting_payment: ({ said, hold }) =>
    !said.isPaid || said.changes.some(({ type, at }) => type === "paid" && at >= hold.openedAt - 60 * 60_000),
};

const goodsOf = ({ lines }: TruthOrder): string =>
  lines
    .map(({ sku, quantity }) => `${quantity} ${sku}`)
    .toSorted()
    .join(", ");

/** A person who chose the supplier, or edited the order, chose what stands against it too. */
function isChosenByPerson({ the, order }: Asked): boolean {
  return (
    order.editedAddressNo !== null ||
    the.facts.chosen.has(order.id) ||
    (the.facts.lines.get(order.id) ?? []).some(({ quantityEdited }) => quantityEdited !== null)
  );
}
function isAbroad({ the, order, said }: Asked): boolean {
  const countries = [...the.facts.supplierCodes]
    .filter(([key]) => key.startsWith(`${order.workspaceId}/`))
    .flatMap(([, supplier]) => (supplier.countries === null ? [] : [supplier.countries]));
  return countries.some((served) => !served.includes(said.address.country));
}
/** A shelf, or a supplier's own stock, has less than this order wants of it, or hardly anything: others bought there meanwhile. */
function isShort(asked: Asked): boolean {
  const { the, order, hold } = asked;
  const part = the.facts.partById.get(hold.subjectId);
  const wanted =
    hold.subject === "fulfillment_order" && part !== undefined && part.supplierId !== null
      ? part.lines.map(({ supplierSku, units }) => ({ supplierId: part.supplierId, supplierSku, units }))
      : (the.facts.lines.get(order.id) ?? []).flatMap(({ sku, quantity, quantityEdited }) =>
          (linkOf(asked, sku)?.options ?? []).map(({ units, per, ...option }) => ({
            ...option,
            units: (Math.max(quantity, quantityEdited ?? 0) * units) / per,
          })),
        );
  return wanted.some(
    ({ supplierId, supplierSku, units }) =>
      (the.facts.free.get(`${order.workspaceId}/${supplierId}/${supplierSku}`) ?? Infinity) < Math.max(units, hardly),
  );
}
const hardly = 10;
function isUnmapped(asked: Asked): boolean {
  const { the, order, said } = asked;
  return skusOf(asked).some((sku) =>
    (linkOf(asked, sku)?.suppliers ?? []).some(
      (supplierId) =>
        codeOf(the, { workspaceId: order.workspaceId, supplierId }) !== "" &&
        !the.facts.setUp.mapped.has(`${order.workspaceId}/${said.rate}/${supplierId}`),
    ),
  );
}
