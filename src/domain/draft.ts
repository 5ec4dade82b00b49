import { dueAt } from "./due.ts";
import type { AccountId, FulfillmentOrderId, IdSource, LedgerTransactionId, SupplierId } from "./ids.ts";
import {
  headlineOfOrder,
  headlineOfPart,
  isFinal,
  mayMove,
  type FulfillmentState,
  type Headline,
} from "./lifecycle.ts";
import {
  toPlace,
  type Attempt,
  type Cancellation,
  type DossierPart,
  type FulfillmentOrder,
  type FulfillmentOrderLine,
  type Hold,
  type HoldSubject,
  type Order,
  type OrderAddress,
  type OrderDossier,
  type OrderLine,
  type Parcel,
  type Shipment,
  type WriteBack,
} from "./order.ts";
import type { ReasonCode } from "./reasons.ts";
import type { Shared } from "./shared.ts";

/** One line of the audit trail, before it gets its number and hash. Data: codes, numbers and ids, never personal data. */
export interface DraftEvent {
  kind: string;
  subject:
    | "order"
    | "line"
    | "fulfillment_order"
    | "hold"
    | "attempt"
    | "shipment"
    | "parcel"
    | "write_back"
    | "cancellation";
  subjectId: string;
  from: string | null;
  to: string | null;
  data: Record<string, unknown> | null;
}
export interface Posting {
  id: LedgerTransactionId;
  kind: "hold" | "release" | "charge" | "adjustment" | "refund" | "credit_used" | "top_up" | "correction";
  accountId: AccountId;
  currency: string;
  fulfillmentOrderId: FulfillmentOrderId | null;
  attemptId: string | null;
  reference: string | null;
  /** Sums to zero. */
  entries: { ledger: LedgerKind; amount: bigint }[];
}
/** available and held: the prepaid balance; payable: what we owe an on-account supplier; goods: what was bought; funding: where top-ups come from. */
export type LedgerKind = "available" | "held" | "payable" | "goods" | "funding" | "credits" | "credits_used";
export interface EvidenceRow {
  attemptId: string;
  kind: string;
  naturalKey: string;
  source: string;
  payload: Record<string, unknown>;
}
export interface HoldWish {
  subject: HoldSubject;
  subjectId: string;
  code: ReasonCode;
  waitsFor?: string | null;
  detail?: Record<string, unknown>;
}
export interface EditRow {
  field: string;
  lineNo: number | null;
  replaced: unknown;
  value: unknown;
}

/** Fields that were set in a row that is there already: the store writes these columns and no others. */
export interface RowChange {
  of: "order" | "line" | "fulfillment_order" | "fulfillment_order_line" | "attempt" | "parcel" | "write_back";
  set: object;
}

/**
 * One order while it is being decided about: the only way to change it. It keeps what was touched, so that the store can write a whole batch
 * with one statement per table, and derives the headline, the timers and the counters when it is finished.
 */
export class OrderDraft {
  readonly dossier: OrderDossier;
  readonly shared: Shared;
  readonly now: Date;
  readonly actor: string;
  readonly #ids: IdSource;
  readonly #headlineBefore: Headline | null;
  readonly #foStatesBefore: Map<string, FulfillmentState>;

  readonly events: DraftEvent[] = [];
  readonly changes: RowChange[] = [];
  readonly closedHolds: Hold[] = [];
  readonly newHolds = new Set<Hold>();
  readonly newLines = new Set<OrderLine>();
  readonly touchedLines = new Set<OrderLine>();
  readonly newFulfillmentOrders = new Set<FulfillmentOrder>();
  readonly touchedFulfillmentOrders = new Set<FulfillmentOrder>();
  readonly newFoLines: { fo: FulfillmentOrder; line: FulfillmentOrderLine }[] = [];
  readonly touchedFoLines = new Map<FulfillmentOrderLine, FulfillmentOrder>();
  readonly droppedFoLines: { fo: FulfillmentOrder; no: number }[] = [];
  readonly newAttempts = new Set<Attempt>();
  readonly attemptRequests = new Map<Attempt, { request: Record<string, unknown>; addressNo: number }>();
  readonly touchedAttempts = new Set<Attempt>();
  readonly evidence: EvidenceRow[] = [];
  readonly newShipments: Shipment[] = [];
  readonly newParcels: { shipment: Shipment; parcel: Parcel; source: string }[] = [];
  readonly touchedParcels = new Set<Parcel>();
  readonly newWriteBacks = new Set<WriteBack>();
  readonly touchedWriteBacks = new Set<WriteBack>();
  readonly newCancellations = new Set<Cancellation>();
  readonly touchedCancellations = new Set<Cancellation>();
  readonly postings: Posting[] = [];
  readonly spends: { accountId: AccountId; day: string; amount: bigint }[] = [];
  readonly stockChanges: { supplierId: SupplierId; supplierSku: string; reserved: number; onHand: number }[] = [];
  readonly newReservations: { fo: FulfillmentOrder; line: FulfillmentOrderLine; units: number }[] = [];
  /** `units`: only so many of the line's reservation; absent: all of it. The stock row itself changes by `stockChanges`. */
  readonly endedReservations: { fo: FulfillmentOrder; lineNo: number; state: "used" | "released"; units?: number }[] =
    [];
  readonly decisions: { fo: FulfillmentOrder | null; kind: string; record: Record<string, unknown> }[] = [];
  readonly newAddresses: (OrderAddress & { buyerId: string | null; note: string | null })[] = [];
  readonly newVersions: {
    no: number;
    origin: string;
    channelUpdatedAt: Date | null;
    digest: string;
    facts: Record<string, unknown>;
  }[] = [];
  readonly newEdits: EditRow[] = [];
  readonly isNew: boolean;
  orderTouched = false;

  constructor(
    dossier: OrderDossier,
    shared: Shared,
    context: { now: Date; actor: string; ids: IdSource; isNew?: boolean },
  ) {
    this.dossier = dossier;
    this.shared = shared;
    this.now = context.now;
    this.actor = context.actor;
    this.#ids = context.ids;
    this.isNew = context.isNew ?? false;
    this.#headlineBefore = this.isNew ? null : dossier.order.headline;
    this.#foStatesBefore = new Map(this.isNew ? [] : dossier.fulfillmentOrders.map((fo) => [fo.id, fo.state]));
  }

  get order(): Order {
    return this.dossier.order;
  }
  get channel() {
    return this.shared.channels.get(this.order.channelId)!;
  }
  nextId<Name extends string>() {
    return this.#ids.next<Name>();
  }
  nextUuid(): string {
    return this.#ids.uuid();
  }
  /** Whether anything has to be written. */
  get isChanged(): boolean {
    return (
      this.events.length > 0 ||
      this.orderTouched ||
      this.touchedFulfillmentOrders.size > 0 ||
      this.touchedAttempts.size > 0 ||
      this.touchedParcels.size > 0 ||
      this.touchedWriteBacks.size > 0 ||
      this.touchedCancellations.size > 0 ||
      this.evidence.length > 0
    );
  }

  /** Whether the order gets a new version. Of fulfillment orders, attempts, parcels and write-backs that were only touched, nothing but timers changed. */
  get isMoreThanTimers(): boolean {
    return (
      this.orderTouched ||
      this.events.length > 0 ||
      this.evidence.length > 0 ||
      this.touchedFoLines.size > 0 ||
      this.newFoLines.length > 0 ||
      this.droppedFoLines.length > 0 ||
      this.touchedCancellations.size > 0
    );
  }

  event(
    kind: string,
    subject: DraftEvent["subject"],
    subjectId: string,
    data: Record<string, unknown> | null = null,
    from: string | null = null,
    to: string | null = null,
  ): void {
    this.events.push({ kind, subject, subjectId, from, to, data });
  }

  #set<Row extends object>(of: RowChange["of"], row: Row, change: Partial<Row>): void {
    Object.assign(row, change);
    this.changes.push({ of, set: change });
  }

  touchOrder(change: Partial<Order>): void {
    this.#set("order", this.order, change);
    this.orderTouched = true;
  }

  // ------------------------------------------------------------------ fulfillment orders

  fulfillmentOrder(id: FulfillmentOrderId): FulfillmentOrder {
    const fo = this.dossier.fulfillmentOrders.find((each) => each.id === id);
    if (fo === undefined) throw new Error(`Order ${this.order.id} has no fulfillment order ${id}.`);
    return fo;
  }

  /** Moves one on and writes the event. Throws where the lifecycle table has no such arrow: that is a bug, and holds this order only. */
  move(fo: FulfillmentOrder, to: FulfillmentState, data: Record<string, unknown> | null = null): void {
    if (fo.state === to) return;
    if (!mayMove(fo.state, to))
      throw new Error(`A fulfillment order cannot go from ${fo.state} to ${to} (order ${this.order.id}).`);
    this.event("moved", "fulfillment_order", fo.id, data, fo.state, to);
    this.touch(fo, { state: to });
  }

  touch(fo: FulfillmentOrder, change: Partial<FulfillmentOrder> = {}): void {
    this.#set("fulfillment_order", fo, change);
    if (!this.newFulfillmentOrders.has(fo)) this.touchedFulfillmentOrders.add(fo);
  }

  /** A new one in `received`, to be verified at once. */
  addFulfillmentOrder(
    lines: Omit<FulfillmentOrderLine, "no">[],
    change: Partial<FulfillmentOrder> = {},
  ): FulfillmentOrder {
    const fo: FulfillmentOrder = {
      id: this.nextId(),
      publicId: this.nextUuid(),
      no: 1 + Math.max(0, ...this.dossier.fulfillmentOrders.map((each) => each.no)),
      state: "received",
      supplierId: null,
      accountId: null,
      supplierPinned: false,
      method: null,
      placedBy: null,
      replaces: null,
      failedSuppliers: [],
      placeAfter: null,
      dueAt: null,
      woken: false,
      mendedAt: null,
      fence: 0,
      tries: 0,
      claimedBy: null,
      placedAt: null,
      acknowledgedAt: null,
      backorderedUntil: null,
      looks: 0,
      lastShippedAt: null,
      deliveredAt: null,
      expectedGoods: null,
      expectedShipping: null,
      currency: null,
      shipBy: this.order.shipBy,
      lines: lines.map((line, index) => ({ ...line, no: index + 1 })),
      ...change,
    };
    this.dossier.fulfillmentOrders.push(fo);
    this.newFulfillmentOrders.add(fo);
    for (const line of fo.lines) this.newFoLines.push({ fo, line });
    this.event(
      "added",
      "fulfillment_order",
      fo.id,
      fo.replaces === null ? null : { replaces: fo.replaces },
      null,
      fo.state,
    );
    return fo;
  }

  touchFoLine(fo: FulfillmentOrder, line: FulfillmentOrderLine, change: Partial<FulfillmentOrderLine>): void {
    this.#set("fulfillment_order_line", line, change);
    if (!this.newFoLines.some((each) => each.line === line)) this.touchedFoLines.set(line, fo);
    this.touch(fo);
  }

  /** Gives an unplaced one other lines (routing, splitting, an edit). A line takes the row of the one that stood in its place. */
  replaceFoLines(fo: FulfillmentOrder, lines: readonly Omit<FulfillmentOrderLine, "no">[]): void {
    const old = fo.lines;
    const next = Math.max(0, ...old.map((line) => line.no)) + 1;
    const wished = lines.map((line) => ({ ...line })); // some may be the lines that are overwritten now
    fo.lines = wished.map((line, index) => {
      const before = old[index];
      if (before !== undefined) {
        this.touchFoLine(fo, before, { ...line, no: before.no });
        return before;
      }
      const row = { ...line, no: next + index - old.length };
      this.newFoLines.push({ fo, line: row });
      return row;
    });
    for (const line of old.slice(wished.length)) {
      const fresh = this.newFoLines.findIndex((each) => each.line === line);
      if (fresh >= 0) this.newFoLines.splice(fresh, 1);
      else this.droppedFoLines.push({ fo, no: line.no });
      this.touchedFoLines.delete(line);
    }
    this.touch(fo);
  }

  touchLine(line: OrderLine, change: Partial<OrderLine>): void {
    this.#set("line", line, change);
    if (!this.newLines.has(line)) this.touchedLines.add(line);
    this.orderTouched = true;
  }
  addLine(line: OrderLine): void {
    this.dossier.lines.push(line);
    this.newLines.add(line);
  }

  // ------------------------------------------------------------------ holds

  openHold(wish: HoldWish, madeBy: "machine" | "person" = "machine"): Hold {
    const existing = this.dossier.holds.find((each) => sameHold(each, wish));
    if (existing !== undefined) return existing;
    const hold: Hold = {
      id: this.nextId(),
      subject: wish.subject,
      subjectId: wish.subjectId,
      code: wish.code,
      waitsFor: wish.waitsFor ?? null,
      madeBy,
      detail: wish.detail ?? {},
      openedAt: this.now,
    };
    this.dossier.holds.push(hold);
    this.newHolds.add(hold);
    this.event("hold_opened", "hold", hold.id, {
      code: hold.code,
      on: hold.subject,
      onId: hold.subjectId,
      ...(hold.waitsFor === null ? {} : { waitsFor: hold.waitsFor }),
    });
    return hold;
  }
  closeHold(hold: Hold, data: Record<string, unknown> | null = null): void {
    this.dossier.holds = this.dossier.holds.filter((each) => each !== hold);
    this.event("hold_closed", "hold", hold.id, { code: hold.code, on: hold.subject, onId: hold.subjectId, ...data });
    if (this.newHolds.delete(hold)) return;
    this.closedHolds.push(hold);
  }
  /** Level-triggered: of the machine-made holds with these codes exactly the wished ones stay open. */
  syncHolds(codes: ReadonlySet<ReasonCode>, wishes: HoldWish[]): void {
    for (const hold of [...this.dossier.holds]) {
      if (
        hold.madeBy === "machine" &&
        codes.has(hold.code) &&
        !wishes.some((wish) => sameHold(hold, wish) && (wish.waitsFor ?? null) === hold.waitsFor)
      )
        this.closeHold(hold);
    }
    for (const wish of wishes) this.openHold(wish);
  }
  /** Codes of all open holds that stop this fulfillment order: its own, those of its lines and shipments, and the order's. */
  holdsOn(fo: FulfillmentOrder): ReasonCode[] {
    return holdsOn(this.dossier, fo);
  }

  // ------------------------------------------------------------------ the rest

  touchAttempt(attempt: Attempt, change: Partial<Attempt>): void {
    this.#set("attempt", attempt, change);
    if (!this.newAttempts.has(attempt)) this.touchedAttempts.add(attempt);
  }
  touchParcel(parcel: Parcel, change: Partial<Parcel>): void {
    this.#set("parcel", parcel, change);
    if (!this.newParcels.some((each) => each.parcel === parcel)) this.touchedParcels.add(parcel);
  }
  /** A shipment with its parcels; the supplier's lines are counted by the caller. */
  addShipment(shipment: Omit<Shipment, "id" | "publicId" | "no" | "parcels">): Shipment {
    const siblings = this.dossier.shipments.filter((each) => each.fulfillmentOrderId === shipment.fulfillmentOrderId);
    const row: Shipment = {
      ...shipment,
      id: this.nextId(),
      publicId: this.nextUuid(),
      no: 1 + Math.max(0, ...siblings.map((each) => each.no)),
      parcels: [],
    };
    this.dossier.shipments.push(row);
    this.newShipments.push(row);
    this.event("added", "shipment", row.id, { source: row.source, on: row.fulfillmentOrderId, lines: row.lines });
    return row;
  }
  addParcel(shipment: Shipment, parcel: Omit<Parcel, "id">, source: string): Parcel {
    const row: Parcel = { ...parcel, id: this.nextId() };
    shipment.parcels.push(row);
    this.newParcels.push({ shipment, parcel: row, source });
    this.event(
      "added",
      "parcel",
      row.id,
      { source, carrier: row.carrier, trackingNumber: row.trackingNumber, accepted: row.accepted },
      null,
      row.state,
    );
    return row;
  }
  addCancellation(cancellation: Omit<Cancellation, "id">): Cancellation {
    const row: Cancellation = { ...cancellation, id: this.nextId() };
    this.dossier.cancellations.push(row);
    this.newCancellations.add(row);
    this.event(
      "cancellation_opened",
      "cancellation",
      row.id,
      { askedBy: row.askedBy, lines: row.lines },
      null,
      row.state,
    );
    return row;
  }
  addWriteBack(writeBack: Omit<WriteBack, "id">): WriteBack {
    const row: WriteBack = { ...writeBack, id: this.nextId() };
    this.dossier.writeBacks.push(row);
    this.newWriteBacks.add(row);
    this.event("write_back_added", "write_back", row.id, { state: row.state, revision: row.revision });
    return row;
  }
  touchWriteBack(writeBack: WriteBack, change: Partial<WriteBack>): void {
    if (change.state !== undefined && change.state !== writeBack.state)
      this.event("write_back_moved", "write_back", writeBack.id, null, writeBack.state, change.state);
    this.#set("write_back", writeBack, change);
    if (!this.newWriteBacks.has(writeBack)) this.touchedWriteBacks.add(writeBack);
  }
  touchCancellation(cancellation: Cancellation, change: Partial<Cancellation>): void {
    if (change.state !== undefined && change.state !== cancellation.state)
      this.event("cancellation_moved", "cancellation", cancellation.id, null, cancellation.state, change.state);
    Object.assign(cancellation, change);
    if (!this.newCancellations.has(cancellation)) this.touchedCancellations.add(cancellation);
  }
  post(posting: Omit<Posting, "id">): void {
    const sum = posting.entries.reduce((total, entry) => total + entry.amount, 0n);
    if (sum !== 0n) throw new Error(`A ${posting.kind} of order ${this.order.id} does not sum to zero but to ${sum}.`);
    const entries = posting.entries.filter((entry) => entry.amount !== 0n);
    if (entries.length > 0) this.postings.push({ ...posting, entries, id: this.nextId() });
  }

  /** Derives what is derived: timers, headline, version. Call once, last. */
  finish(): { headlineBefore: Headline | null; foStatesBefore: ReadonlyMap<string, FulfillmentState> } {
    const { dossier } = this;
    for (const fo of dossier.fulfillmentOrders) {
      const due = isFinal(fo.state) ? null : dueAt(fo, dossier, this.shared, this.now);
      if (due?.getTime() !== fo.dueAt?.getTime()) this.touch(fo, { dueAt: due });
    }
    const headline = derivedHeadline(dossier);
    if (headline !== this.order.headline || this.isNew) {
      this.event("headline", "order", this.order.id, null, this.#headlineBefore, headline);
      this.touchOrder({ headline });
    }
    return { headlineBefore: this.#headlineBefore, foStatesBefore: this.#foStatesBefore };
  }
}

/**
 * Which parts of an order a decision looks at, besides what is always read: none, for most orders that are on their way. Of the dossier only the parts `read`
 * are there.
 */
export function derivedFrom(dossier: OrderDossier, read: readonly DossierPart[]): DossierPart[] {
  const { fulfillmentOrders, holds } = dossier;
  const parts: DossierPart[] = [];
  const isAny = (...states: FulfillmentState[]): boolean => fulfillmentOrders.some((fo) => states.includes(fo.state));
  const waitsToComplete = isAny("shipped", "delivered");
  if (isAny("placing")) parts.push("attempts");
  if (waitsToComplete || holds.some((hold) => hold.subject === "shipment")) parts.push("shipments");
  if (waitsToComplete) parts.push("writeBacks");
  if (fulfillmentOrders.length === 0) parts.push("lines");
  // What is too much is taken back (QT-3), unless somebody has been asked for it.
  if (read.includes("lines") && dossier.lines.some((line) => toPlace(line, fulfillmentOrders) < 0))
    parts.push("cancellations");
  return parts;
}

/** LC-3. What the stored headline must be: the most urgent part; without a part for us done, or cancelled where all goods are. */
export function derivedHeadline(dossier: OrderDossier): Headline {
  const parts = dossier.fulfillmentOrders.map((fo) => headlineOfPart(fo.state, holdsOn(dossier, fo)));
  if (parts.length > 0) return headlineOfOrder(parts);
  const goods = dossier.lines.filter((line) => line.kind === "goods");
  const nothingLeft = goods.length > 0 && goods.every((line) => line.cancelled >= line.quantity);
  return nothingLeft ? "cancelled" : headlineOfOrder(parts);
}

const sameHold = (hold: Hold, wish: HoldWish): boolean =>
  hold.code === wish.code && hold.subject === wish.subject && hold.subjectId === wish.subjectId;

/** As much of an order as says which holds stop which part; a list page reads no more. */
export interface HoldsAndParts {
  holds: readonly Pick<Hold, "subject" | "subjectId" | "code">[];
  shipments: readonly Pick<Shipment, "id" | "fulfillmentOrderId">[];
}

export function holdsOn(
  dossier: HoldsAndParts,
  fo: Pick<FulfillmentOrder, "id"> & { lines: readonly Pick<FulfillmentOrderLine, "orderLineNo">[] },
): ReasonCode[] {
  if (dossier.holds.length === 0) return [];
  return dossier.holds
    .filter((hold) => {
      switch (hold.subject) {
        case "order":
          return true;
        case "line":
          return fo.lines.some((line) => String(line.orderLineNo) === hold.subjectId);
        case "fulfillment_order":
          return hold.subjectId === fo.id;
        case "shipment":
          return dossier.shipments.some(
            (shipment) => shipment.id === hold.subjectId && shipment.fulfillmentOrderId === fo.id,
          );
      }
    })
    .map((hold) => hold.code);
}
