import {
  GateAway,
  type AccountKey,
  type Failure,
  type InboxDocument,
  type InboxFault,
  type InboxRecord,
} from "#connectors/ports.ts";
import type { OrderDraft } from "#domain/draft.ts";
import type { ReportProblem } from "#domain/shipping.ts";
import { applyDocument, type DocumentReport } from "#domain/supplier-document.ts";
import { ring } from "#store/commit.ts";
import { usedNumbersOf } from "#store/parcel.ts";
import { findPurchaseOrders, type PurchaseOrderPlace } from "#store/shipment.ts";
import {
  claimSuppliers,
  feedRead,
  keepFile,
  knownFile,
  nextFeed,
  putCosts,
  renewSuppliers,
  type DueSupplier,
} from "#store/supplier-feed.ts";
import { wakeByCode } from "#store/wake.ts";
import { changeEach, distinctKeys } from "../change-each.ts";
import type { Engine } from "../context.ts";
import { leaseMs, underLease } from "../lease.ts";
import type { Stage } from "../stage.ts";
import { store as storeStock } from "./stock-feed.ts";
import { numbersOf } from "./track.ts";

/** Reads what suppliers of documents send back: acknowledgements, tracking, stock and costs (SI-1 to SI-6). Applied and committed first, filed away second. */
export const supplierInbox: Stage = {
  name: "supplier_inbox",
  nextDue: (db) => nextFeed(db, "inbox"),
  async run(engine) {
    const now = engine.clock.now();
    const leaseUntil = new Date(now.getTime() + leaseMs);
    const due = await engine.db.tx((tx) => claimSuppliers(tx, "inbox", { now, leaseUntil, limit: 20 }));
    await underLease(
      engine,
      leaseUntil,
      (renewal) => renewSuppliers(engine.db, "inbox", due, renewal),
      () => Promise.all(due.map((supplier) => readInbox(engine, supplier))),
    );
    return due.length;
  },
};

async function readInbox(engine: Engine, supplier: DueSupplier): Promise<void> {
  const { workspaceId, supplierId, accountId, settings } = supplier;
  let problem: string | null = null;
  if (accountId === null) problem = "No active account can read the inbox.";
  else {
    const account = { workspaceId, supplierId, accountId };
    const answer = await guarded(() => engine.gate.readInbox(account, settings.zone));
    if (answer.status !== "ok") problem = `${answer.status}: ${answer.message}`;
    else
      for (const document of answer.documents)
        problem = (await takeDocument(engine, supplier, account, document)) ?? problem;
  }
  const dueAt = new Date(engine.clock.now().getTime() + settings.inboxEveryMs);
  await engine.db.tx((tx) => feedRead(tx, "inbox", supplier, { dueAt, problem }));
}

async function guarded<Answer>(call: () => Promise<Answer | Failure>): Promise<Answer | Failure> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof GateAway) return { status: "retry_later", afterMs: 0, message: error.message };
    throw error;
  }
}

/** SI-1. The same bytes again change nothing and are only filed away. Returns what went wrong with the filing. */
async function takeDocument(
  engine: Engine,
  supplier: DueSupplier,
  account: AccountKey,
  document: InboxDocument,
): Promise<string | null> {
  const { workspaceId, supplierId } = supplier;
  const known = await knownFile(engine.db, workspaceId, supplierId, document.sha256);
  const faults = [...document.faults];
  if (known === undefined) {
    faults.push(...(await applyRecords(engine, supplier, document)));
    const rows = document.records.length + document.faults.length;
    const at = engine.clock.now();
    await engine.db.tx((tx) =>
      keepFile(tx, supplier, {
        sha256: document.sha256,
        name: document.fileName,
        kind: document.kind ?? "unknown",
        rows,
        refused: faults.length,
        at,
      }),
    );
  } else if (known.refused > faults.length) {
    faults.push({
      line: 0,
      column: 0,
      field: "",
      found: `the same file again; ${known.refused} of its ${known.rows} rows were refused the first time`,
      expected: "a file with the refused rows mended",
    });
  }
  await engine.buggify("supplier_inbox:applied");
  const finished = await guarded(() => engine.gate.finishInbox(account, document, faults));
  return finished.status === "ok" ? null : `${document.fileName}: ${finished.status}: ${finished.message}`;
}

async function applyRecords(engine: Engine, supplier: DueSupplier, document: InboxDocument): Promise<InboxFault[]> {
  const stock = document.records.flatMap((record) => (record.type === "stock" ? [record.item] : []));
  if (stock.length > 0) await storeStock(engine, supplier, stock);
  const costs = document.records.flatMap((record) => (record.type === "cost" ? [record] : []));
  if (costs.length > 0) {
    await engine.db.tx(async (tx) => {
      const woken = await wakeByCode(
        tx,
        supplier.workspaceId,
        ["price_above_limit", "margin_below_limit", "currency_mismatch"],
        engine.clock.now(),
      );
      await putCosts(tx, supplier.workspaceId, supplier.supplierId, costs);
      if (woken > 0) await ring(tx);
    });
  }
  return applyPurchases(engine, supplier, document);
}

type PurchaseRecord = Extract<InboxRecord, { poNumber: string }>;
const isAboutPurchase = (record: InboxRecord): record is PurchaseRecord =>
  record.type === "acknowledgement" || record.type === "tracking";

/** SI-6. Each purchase order with all its rows at once; a row that names one we never sent is refused with its line. */
async function applyPurchases(engine: Engine, supplier: DueSupplier, document: InboxDocument): Promise<InboxFault[]> {
  const { workspaceId, supplierId } = supplier;
  const byNumber = new Map<string, PurchaseRecord[]>();
  for (const record of document.records)
    if (isAboutPurchase(record)) byNumber.set(record.poNumber, [...(byNumber.get(record.poNumber) ?? []), record]);
  const places = new Map<string, PurchaseOrderPlace>();
  for (const place of await findPurchaseOrders(engine.db, workspaceId, supplierId, [...byNumber.keys()])) {
    for (const number of [place.reference, place.supplierOrderId])
      if (number !== null && !places.has(number)) places.set(number, place);
  }
  const faults: InboxFault[] = [];
  const known: { place: PurchaseOrderPlace; records: PurchaseRecord[] }[] = [];
  for (const [number, records] of byNumber) {
    const place = places.get(number);
    if (place !== undefined) known.push({ place, records });
    else
      for (const { line } of records)
        faults.push({
          line,
          column: 0,
          field: "poNumber",
          found: number,
          expected: "the number of a purchase order that we sent to this supplier",
        });
  }
  const keys = distinctKeys(known.map(({ place }) => ({ workspaceId, orderId: place.orderId })));
  const applied = new Map<PurchaseOrderPlace, InboxFault[]>();
  await changeEach(engine, keys, {}, async (drafts, tx) => {
    const mine = known.filter(({ place }) => drafts.some((draft) => draft.order.id === place.orderId));
    const numbers = mine.flatMap(({ records }) =>
      records.flatMap((record) =>
        record.type === "tracking" ? [{ workspaceId, trackingNumber: record.parcel.trackingNumber }] : [],
      ),
    );
    const used = await usedNumbersOf(tx, numbers, engine.clock.now());
    for (const draft of drafts) {
      for (const { place, records } of mine.filter((each) => each.place.orderId === draft.order.id)) {
        applied.set(place, applyTo(draft, place, records, { used, sha256: document.sha256 }));
        used.push(...numbersOf(draft));
      }
    }
  });
  for (const { place, records } of known) {
    const unapplied = records.map(({ line, poNumber }) => ({
      line,
      column: 0,
      field: "",
      found: poNumber,
      expected: "an order that can be changed; the log says why this one could not",
    }));
    faults.push(...(applied.get(place) ?? unapplied));
  }
  return faults;
}

function applyTo(
  draft: OrderDraft,
  place: PurchaseOrderPlace,
  records: readonly PurchaseRecord[],
  context: Parameters<typeof applyDocument>[3],
): InboxFault[] {
  const attempt = draft.dossier.attempts.find((each) => each.reference === place.reference)!;
  const said: DocumentReport = { supplierOrderId: null, acknowledgements: [], parcels: [] };
  for (const record of records) {
    if (record.type === "tracking") said.parcels.push(record.parcel);
    else {
      said.acknowledgements.push({ scope: record.scope, answer: record.answer });
      said.supplierOrderId ??= record.supplierOrderId;
    }
  }
  return applyDocument(draft, attempt, said, context).map((problem) => faultOf(problem, records));
}

const expectations: Record<ReportProblem["code"], string> = {
  not_placed: "a purchase order that is with the supplier",
  unknown_sku: "a SKU of that purchase order",
  more_than_open: "no more units than are open; the rest is held for a person",
};

function faultOf({ code, supplierSku, units }: ReportProblem, records: readonly PurchaseRecord[]): InboxFault {
  const skuOf = (record: PurchaseRecord): string | null =>
    record.type === "tracking" ? record.parcel.supplierSku : record.scope === "all" ? null : record.scope.supplierSku;
  const record = records.find((each) => skuOf(each) === supplierSku) ?? records[0]!;
  const found =
    supplierSku === null
      ? record.poNumber
      : code === "more_than_open"
        ? `${supplierSku}: ${units} units more`
        : supplierSku;
  return {
    line: record.line,
    column: 0,
    field: code === "more_than_open" ? "units" : "supplierSku",
    found,
    expected: expectations[code],
  };
}
