import type { OrderDraft } from "./draft.ts";
import type {
  Cancellation,
  FulfillmentOrderLine,
  Hold,
  OrderDossier,
  Parcel,
  Shipment,
  WriteBack,
  WriteBackState,
} from "./order.ts";
import { done, refuse, type Result } from "./result.ts";

/** Channel units per order line. */
type Quantities = Map<number, number>;

/** The row that speaks for a parcel now: its newest revision. */
export const currentWriteBack = (dossier: OrderDossier, parcel: Parcel): WriteBack | undefined =>
  dossier.writeBacks
    .filter((each) => each.parcelId === parcel.id)
    .reduce<WriteBack | undefined>(
      (best, each) => (best === undefined || each.revision > best.revision ? each : best),
      undefined,
    );

/**
 * WB-1 to WB-5. Makes the write-backs follow from the shipments: each accepted parcel has one, and each whole channel unit that left is told exactly once.
 * A unit is whole when all its supplier units and all components of its bundle have left. A parcel of which nothing is whole yet waits; one whose
 * units another parcel tells needs none, like the second box of a shipment.
 */
export function refreshWriteBacks(draft: OrderDraft): void {
  const { dossier } = draft;
  if (dossier.shipments.length === 0) return;
  const { whole, touched } = leftUnits(dossier);
  const told: Quantities = new Map();
  const current = new Map<Parcel, WriteBack>();
  for (const parcel of dossier.shipments.flatMap((shipment) => shipment.parcels)) {
    const row = currentWriteBack(dossier, parcel);
    if (row === undefined) continue;
    current.set(parcel, row);
    for (const { orderLineNo, quantity } of row.lines) add(told, orderLineNo, quantity);
  }
  for (const shipment of dossier.shipments) {
    const accepted = shipment.parcels.filter((parcel) => parcel.accepted);
    const teller =
      accepted.find((parcel) => current.has(parcel) && speaks(current.get(parcel)!)) ??
      accepted.find((parcel) => !current.has(parcel));
    for (const parcel of accepted) {
      const row = current.get(parcel);
      if (row !== undefined && !isIdle(row)) continue;
      const lines =
        parcel === teller
          ? row !== undefined && row.lines.length > 0
            ? row.lines
            : assign(dossier, shipment, whole, told)
          : [];
      const needsMore =
        parcel === teller &&
        linesOf(dossier, shipment).some(
          ({ line }) => (told.get(line.orderLineNo) ?? 0) < (touched.get(line.orderLineNo) ?? 0),
        );
      const state =
        lines.length > 0
          ? startState(draft, "shipped")
          : needsMore && draft.channel.settings.writeBack.shipped !== "never"
            ? "waiting"
            : "not_needed";
      const change = { state, lines, dueAt: state === "waiting" && lines.length > 0 ? draft.now : null };
      if (row === undefined)
        draft.addWriteBack({
          shipmentId: shipment.id,
          parcelId: parcel.id,
          cancellationId: null,
          revision: 1,
          tries: 0,
          message: null,
          toldAt: null,
          ...change,
        });
      else if (row.state !== change.state || row.lines.length !== lines.length || change.dueAt !== null)
        draft.touchWriteBack(row, change);
    }
  }
}

/** Waits without a timer: for a whole unit, or for its number to be accepted. */
const isIdle = (row: WriteBack): boolean => row.state === "waiting" && row.dueAt === null;
const speaks = (row: WriteBack): boolean => row.lines.length > 0 || row.state !== "not_needed";
const add = (quantities: Quantities, key: number, quantity: number): void =>
  void quantities.set(key, (quantities.get(key) ?? 0) + quantity);

/** The channel's rule table: told by us, typed by a person, or not at all. */
function startState(draft: OrderDraft, what: "shipped" | "cancelled"): WriteBackState {
  const rule = draft.channel.settings.writeBack[what];
  return rule === "automatic" ? "waiting" : rule === "by_hand" ? "by_hand" : "not_needed";
}

function linesOf(dossier: OrderDossier, shipment: Shipment): { line: FulfillmentOrderLine; units: number }[] {
  const fo = dossier.fulfillmentOrders.find((each) => each.id === shipment.fulfillmentOrderId);
  return shipment.lines.map(({ foLineNo, units }) => ({
    line: fo!.lines.find((line) => line.no === foLineNo)!,
    units,
  }));
}

/** What of the untold whole units this shipment may speak for: no more than its own lines have part in. Draws `told` up. */
function assign(dossier: OrderDossier, shipment: Shipment, whole: Quantities, told: Quantities): WriteBack["lines"] {
  const part: Quantities = new Map();
  for (const component of new Set(linesOf(dossier, shipment).map(({ line }) => line.componentNo))) {
    const begun: Quantities = new Map();
    for (const { line, units } of linesOf(dossier, shipment)) {
      if (line.componentNo === component) add(begun, line.orderLineNo, Math.ceil((units * line.per) / line.unitsPer));
    }
    for (const [orderLineNo, quantity] of begun)
      part.set(
        orderLineNo,
        component === 0 ? (part.get(orderLineNo) ?? 0) + quantity : Math.max(part.get(orderLineNo) ?? 0, quantity),
      );
  }
  const lines: WriteBack["lines"] = [];
  for (const [orderLineNo, quantity] of [...part].sort(([a], [b]) => a - b)) {
    const take = Math.min(quantity, (whole.get(orderLineNo) ?? 0) - (told.get(orderLineNo) ?? 0));
    if (take <= 0) continue;
    lines.push({ orderLineNo, quantity: take });
    add(told, orderLineNo, take);
  }
  return lines;
}

/**
 * Channel units that left with accepted numbers, per order line: `whole` are complete, `touched` are begun. Never more than the channel sold: a re-ship
 * is no second sale. A half pack from one supplier and a half from another do not make a whole.
 */
export function leftUnits(dossier: OrderDossier): { whole: Quantities; touched: Quantities } {
  const shipped = new Map<FulfillmentOrderLine, number>();
  for (const shipment of dossier.shipments) {
    if (!shipment.parcels.some((parcel) => parcel.accepted)) continue;
    for (const { line, units } of linesOf(dossier, shipment)) shipped.set(line, (shipped.get(line) ?? 0) + units);
  }
  const whole: Quantities = new Map();
  const touched: Quantities = new Map();
  for (const orderLine of dossier.lines) {
    const complete = new Map<number, number>();
    const begun = new Map<number, number>();
    for (const fo of dossier.fulfillmentOrders) {
      for (const line of fo.lines) {
        const units = shipped.get(line) ?? 0;
        if (
          line.orderLineNo !== orderLine.no ||
          (units === 0 && (fo.state === "cancelled" || line.quantity === line.quantityCancelled))
        )
          continue;
        add(complete, line.componentNo, Math.floor((units * line.per) / line.unitsPer));
        add(begun, line.componentNo, Math.ceil((units * line.per) / line.unitsPer));
      }
    }
    const sum = (by: Map<number, number>, combine: (...values: number[]) => number): number => {
      const components = [...by].filter(([no]) => no !== 0).map(([, quantity]) => quantity);
      return Math.min(orderLine.quantity, (by.get(0) ?? 0) + (components.length === 0 ? 0 : combine(...components)));
    };
    whole.set(orderLine.no, sum(complete, Math.min));
    touched.set(orderLine.no, sum(begun, Math.max));
  }
  return { whole, touched };
}

/** WB-6. A corrected number is told again as the next revision; what was not told of the old one never is. */
export function reviseWriteBack(draft: OrderDraft, parcel: Parcel): void {
  const row = currentWriteBack(draft.dossier, parcel);
  if (row === undefined || (row.state === "not_needed" && row.lines.length === 0)) return;
  const revision = row.revision + 1;
  // It waits until the new number is accepted; `refreshWriteBacks` starts it.
  draft.addWriteBack({
    shipmentId: row.shipmentId,
    parcelId: parcel.id,
    cancellationId: null,
    revision,
    state: "waiting",
    dueAt: null,
    tries: row.tries,
    message: null,
    toldAt: null,
    lines: row.lines,
  });
  if (row.state !== "told")
    draft.touchWriteBack(row, { state: "not_needed", dueAt: null, message: `superseded by revision ${revision}` });
}

/** WB-7. The answer to a cancellation goes to the channel, unless the channel stated it itself or never heard of it. */
export function addCancellationAnswer(draft: OrderDraft, cancellation: Cancellation): void {
  if (cancellation.askedBy === "channel" || cancellation.lines.length === 0) return;
  if (cancellation.askedBy !== "buyer" && cancellation.state === "refused") return;
  const state = startState(draft, "cancelled");
  draft.addWriteBack({
    shipmentId: null,
    parcelId: null,
    cancellationId: cancellation.id,
    revision: 1,
    state,
    dueAt: state === "waiting" ? draft.now : null,
    tries: 0,
    message: null,
    toldAt: null,
    lines: cancellation.lines,
  });
}

// ------------------------------------------------------------------ telling

/** How long an armed write-back may be on its way before its outcome counts as unknown, and how long after that the channel is read. */
export const writeBackInFlightMs = 60_000;

/** What a stage has to do about one armed row. `readFirst`: it may be there already, so look before writing. */
export type WriteBackWork = { writeBack: WriteBack; readFirst: boolean } & (
  | { about: "shipment"; shipment: Shipment; parcel: Parcel }
  | { about: "cancellation"; cancellation: Cancellation }
);

/** WB-8. Arms what is due before anything leaves; a row that is armed and overdue is one whose answer was lost. In safe mode nothing is armed. */
export function armWriteBacks(draft: OrderDraft): WriteBackWork[] {
  if (draft.shared.safeMode) return [];
  const work: WriteBackWork[] = [];
  for (const row of draft.dossier.writeBacks) {
    if (row.dueAt === null || row.dueAt > draft.now || !isOpen(row)) continue;
    const readFirst = row.state !== "waiting" || row.tries > 0 || row.revision > 1;
    const subject = subjectOf(draft.dossier, row);
    if (subject === null || (subject.about === "shipment" && !subject.parcel.accepted)) {
      draft.touchWriteBack(row, { state: "waiting", dueAt: null }); // its number was doubted meanwhile: it starts again when that is settled
      continue;
    }
    draft.touchWriteBack(row, {
      state: "armed",
      tries: row.tries + 1,
      dueAt: new Date(draft.now.getTime() + writeBackInFlightMs),
    });
    work.push({ writeBack: row, readFirst, ...subject });
  }
  return work;
}

/** WB-15. Nothing can reach the channel: what is due becomes a line of the "by hand" list. Answers how many. */
export function handOver(draft: OrderDraft, message: string): number {
  if (draft.shared.safeMode) return 0;
  const due = draft.dossier.writeBacks.filter((row) => row.dueAt !== null && row.dueAt <= draft.now && isOpen(row));
  for (const row of due) draft.touchWriteBack(row, { state: "by_hand", dueAt: null, message });
  return due.length;
}

const isOpen = ({ state }: WriteBack): boolean => state === "waiting" || state === "armed" || state === "unknown";

function subjectOf(
  dossier: OrderDossier,
  row: WriteBack,
):
  | { about: "shipment"; shipment: Shipment; parcel: Parcel }
  | { about: "cancellation"; cancellation: Cancellation }
  | null {
  if (row.cancellationId !== null) {
    const cancellation = dossier.cancellations.find((each) => each.id === row.cancellationId);
    return cancellation === undefined ? null : { about: "cancellation", cancellation };
  }
  const shipment = dossier.shipments.find((each) => each.id === row.shipmentId);
  const parcel = shipment?.parcels.find((each) => each.id === row.parcelId);
  return shipment === undefined || parcel === undefined ? null : { about: "shipment", shipment, parcel };
}

export type WriteBackOutcome =
  | { status: "told"; channelReference: string | null; found: boolean }
  | { status: "retry_later"; afterMs: number; message: string }
  | { status: "unknown"; message: string }
  | { status: "refused" | "credentials" | "bug"; message: string };

/** WB-9 to WB-12. Records what came of telling. A row that was told stays told; one that was superseded meanwhile only keeps the note. */
export function recordWriteBack(draft: OrderDraft, id: string, outcome: WriteBackOutcome): void {
  const row = draft.dossier.writeBacks.find((each) => each.id === id);
  if (row === undefined || row.state === "told" || row.state === "not_needed") return;
  if (outcome.status === "told")
    return tell(draft, row, { channelReference: outcome.channelReference, found: outcome.found });
  if (row.state !== "armed") return;
  const message = outcome.message.slice(0, 500);
  const after = (ms: number): Date => new Date(draft.now.getTime() + ms);
  if (outcome.status === "retry_later") {
    const pause = draft.shared.workspace.retryMs * 2 ** Math.min(row.tries - 1, 4);
    draft.touchWriteBack(row, { state: "waiting", dueAt: after(Math.max(outcome.afterMs, pause)), message });
  } else if (outcome.status === "unknown")
    draft.touchWriteBack(row, { state: "unknown", dueAt: after(writeBackInFlightMs), message });
  else {
    draft.touchWriteBack(row, { state: "refused", dueAt: null, message });
    draft.openHold({ ...holdPlace(row), code: "channel_refused", detail: { why: outcome.status, writeBack: row.id } });
  }
}

const holdPlace = (row: WriteBack): { subject: "shipment" | "order"; subjectId: string } =>
  row.shipmentId === null ? { subject: "order", subjectId: "0" } : { subject: "shipment", subjectId: row.shipmentId };

function tell(draft: OrderDraft, row: WriteBack, data: Record<string, unknown>): void {
  draft.event("channel_told", "write_back", row.id, data);
  draft.touchWriteBack(row, { state: "told", dueAt: null, toldAt: draft.now });
  const cancellation = draft.dossier.cancellations.find((each) => each.id === row.cancellationId);
  // A refusal stays readable as one: its row says that the channel knows.
  if (cancellation?.state === "accepted") draft.touchCancellation(cancellation, { state: "told" });
  closeRefusal(draft, row);
}

function closeRefusal(draft: OrderDraft, row: WriteBack): void {
  const place = holdPlace(row);
  const others = draft.dossier.writeBacks.some(
    (each) => each !== row && each.state === "refused" && holdPlace(each).subjectId === place.subjectId,
  );
  const hold = draft.dossier.holds.find(
    (each) => each.code === "channel_refused" && each.subject === place.subject && each.subjectId === place.subjectId,
  );
  if (hold !== undefined && !others) draft.closeHold(hold);
}

/** WB-13. Sends a refused or hand-made one (again); the channel is read before it is written to. */
export function resend(draft: OrderDraft, row: WriteBack): Result {
  if (row.state === "told") return refuse("already_told", "The channel knows this already.");
  if (row.state === "armed" || row.state === "unknown")
    return refuse("in_progress", "It is being sent, or the channel is being asked whether it arrived.");
  if (row.lines.length === 0)
    return refuse(
      "nothing_to_tell",
      "No whole unit that the channel sold has left with this parcel, or another parcel tells it.",
    );
  draft.touchWriteBack(row, { state: "waiting", dueAt: draft.now, tries: Math.max(1, row.tries) });
  closeRefusal(draft, row);
  return done;
}

/** WB-14. A person entered it on the channel and says so; `evidence` is what they saw there. Never without evidence. */
export function markTold(draft: OrderDraft, row: WriteBack, evidence: string): Result {
  if (evidence.trim() === "")
    return refuse("evidence_missing", "Say what you entered or saw on the channel, for example the number it shows.");
  if (row.state === "told") return refuse("already_told", "The channel knows this already.");
  draft.touchWriteBack(row, { message: evidence.trim().slice(0, 500) });
  tell(draft, row, { by: "person" });
  return done;
}

/** WB-16. A person leaves it at the channel's refusal: it is not told, and the order can be completed. */
export function leaveUntold(draft: OrderDraft, hold: Hold): void {
  for (const row of draft.dossier.writeBacks) {
    const place = holdPlace(row);
    if (row.state === "refused" && place.subject === hold.subject && place.subjectId === hold.subjectId)
      draft.touchWriteBack(row, { state: "not_needed", dueAt: null });
  }
}

/** Whether the channel still has to hear of a shipment of this fulfillment order. */
export function isUntold(dossier: OrderDossier, fulfillmentOrderId: string): boolean {
  const shipments = new Set<string>(
    dossier.shipments.filter((each) => each.fulfillmentOrderId === fulfillmentOrderId).map((each) => each.id),
  );
  return dossier.writeBacks.some(
    (each) =>
      each.shipmentId !== null &&
      shipments.has(each.shipmentId) &&
      each.state !== "told" &&
      each.state !== "not_needed",
  );
}
