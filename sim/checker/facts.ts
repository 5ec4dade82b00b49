import type pg from "pg";

/** What the database says, of all workspaces, read with a few statements in one snapshot. Ids are decimal text, instants milliseconds since 1970. */
export interface Facts {
  workspaces: Workspace[];
  orders: Order[];
  orderById: Map<string, Order>;
  lines: Map<string, Line[]>;
  parts: Map<string, Part[]>;
  partById: Map<string, Part>;
  attempts: Attempt[];
  attemptByReference: Map<string, Attempt>;
  attemptsOfPart: Map<string, Attempt[]>;
  attemptsOfOrder: Map<string, Attempt[]>;
  evidence: Map<string, Evidence[]>;
  /** By attempt: what was charged when it was placed, and with all adjustments, in minor units. */
  charges: Map<string, { first: bigint; total: bigint }>;
  holds: Map<string, Hold[]>;
  shipments: Map<string, Shipment[]>;
  writeBacks: Map<string, WriteBack[]>;
  cancellations: Map<string, Cancellation[]>;
  addresses: Map<string, Address[]>;
  versions: Map<string, Version[]>;
  moves: Map<string, Move[]>;
  inbox: Inbox[];
  /** How the workspace was set up, as far as it gives people something to do. */
  setUp: SetUp;
  /** Write-backs that a person entered at the channel, and said so. */
  ticked: Set<string>;
  /** Orders of which a person chose a supplier. */
  chosen: Set<string>;
  /** Units, by workspace, supplier and its SKU, that nobody was ever promised: a promise that was given back may have been another's when it mattered. */
  free: Map<string, number>;
  /** Lines, by order and number, of which a link said that there is nothing to ship. */
  nothingToShip: Set<string>;
  /** The world's code of each supplier, by workspace and id. */
  supplierCodes: Map<string, SupplierFact>;
}
export interface SetUp {
  /** By workspace and SKU. */
  links: Map<
    string,
    { nothingToShip: boolean; largestPack: number; updatedAt: number; suppliers: string[]; options: LinkOption[] }
  >;
  /** Workspace, rate and supplier for which a method is named. */
  mapped: Set<string>;
  channels: Map<string, Record<string, unknown>>;
}
/** So many units of a supplier's SKU make `per` of ours. */
export interface LinkOption {
  supplierId: string;
  supplierSku: string;
  units: number;
  per: number;
}
export interface Workspace {
  id: string;
  slug: string;
  kind: string;
  settings: Record<string, unknown>;
}
export interface SupplierFact {
  code: string | null;
  role: string;
  kind: string;
  /** Whereto it ships; null: everywhere. */
  countries: string[] | null;
  /** How long after placing it is looked for numbers. */
  looksForMs: number | null;
  looksEveryMs: number | null;
}
export interface Order {
  workspaceId: string;
  id: string;
  channelId: string;
  channelOrderId: string;
  number: string;
  headline: string;
  payment: string;
  risk: string;
  receivedAt: number;
  orderedAt: number | null;
  channelUpdatedAt: number | null;
  versionNo: number;
  releasedAt: number | null;
  answered: string[];
  addressNo: number;
  editedAddressNo: number | null;
  origin: string;
}
export interface Line {
  orderId: string;
  no: number;
  channelLineId: string;
  sku: string;
  quantity: number;
  quantityEdited: number | null;
  cancelled: number;
  channelCancelled: number;
  fulfilledElsewhere: number;
  kind: string;
  fulfilledBy: string;
}
export interface Part {
  workspaceId: string;
  id: string;
  orderId: string;
  no: number;
  state: string;
  supplierId: string | null;
  dueAt: number | null;
  placeAfter: number | null;
  placedAt: number | null;
  replaces: string | null;
  claimedBy: string | null;
  backorderedUntil: number | null;
  lines: PartLine[];
}
export interface PartLine {
  partId: string;
  no: number;
  orderLineNo: number;
  componentNo: number;
  supplierSku: string | null;
  quantity: number;
  quantityCancelled: number;
  unitsPer: number;
  per: number;
  units: number;
  unitsCancelled: number;
  unitsPlaced: number;
  unitsShipped: number;
}
export interface Attempt {
  workspaceId: string;
  id: string;
  orderId: string;
  partId: string;
  no: number;
  supplierId: string;
  kind: string;
  state: string;
  reference: string;
  idempotencyKey: string;
  armedAt: number;
  sendBy: number;
  settleAt: number;
  keyUntil: number | null;
  lookupLagMs: number;
  dueAt: number | null;
  currency: string;
  maxTotal: bigint;
  addressNo: number;
  supplierOrderId: string | null;
  cost: bigint | null;
  costIs: string | null;
  reason: string | null;
  closedAt: number | null;
}
export interface Evidence {
  attemptId: string;
  kind: string;
  source: string;
  at: number;
  payload: Record<string, unknown>;
}
export interface Hold {
  orderId: string;
  subject: string;
  subjectId: string;
  code: string;
  madeBy: string;
  acts: string;
  detail: Record<string, unknown>;
  openedAt: number;
  closedAt: number | null;
  closedBy: string | null;
}
export interface Shipment {
  id: string;
  orderId: string;
  partId: string;
  source: string;
  lines: { foLineNo: number; units: number }[];
  parcels: Parcel[];
}
export interface Parcel {
  id: string;
  shipmentId: string;
  carrier: string;
  trackingNumber: string;
  /** Numbers that it had before somebody corrected it. */
  before: string[];
  state: string;
  accepted: boolean;
  shared: boolean;
  source: string;
}
export interface WriteBack {
  orderId: string;
  id: string;
  shipmentId: string | null;
  parcelId: string | null;
  cancellationId: string | null;
  revision: number;
  state: string;
  dueAt: number | null;
  lines: { orderLineNo: number; quantity: number }[];
}
export interface Cancellation {
  orderId: string;
  id: string;
  askedBy: string;
  state: string;
  lines: { orderLineNo: number; quantity: number }[];
  openedAt: number;
  asks: { partId: string; state: string; dueAt: number | null }[];
}
export interface Address {
  orderId: string;
  no: number;
  source: string;
  fields: Record<string, string>;
}
export interface Version {
  orderId: string;
  no: number;
  channelUpdatedAt: number | null;
}
/** A change of state of a fulfillment order. */
export interface Move {
  orderId: string;
  partId: string;
  at: number;
  to: string;
}
export interface Inbox {
  workspaceId: string;
  eventId: string;
  problem: string | null;
  dueAt: number | null;
  doneAt: number | null;
}

const ms = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;

const workspaces = `select id::text, slug, kind, settings from workspace order by id`;
const suppliers = `
  select workspace_id::text as "workspaceId", id::text, settings #>> '{connector,supplier}' as code, role, kind,
         nullif(settings -> 'countries', 'null') as countries, (settings #>> '{scan,untilMs}')::float8 as "looksForMs",
         (settings #>> '{scan,everyMs}')::float8 as "looksEveryMs"
    from supplier order by workspace_id, id`;
const orders = `
  select workspace_id::text as "workspaceId", id::text, channel_id::text as "channelId", channel_order_id as "channelOrderId", number, headline, payment, risk,
         ${ms("received_at")} as "receivedAt", ${ms("ordered_at")} as "orderedAt", ${ms("channel_updated_at")} as "channelUpdatedAt", version_no as "versionNo",
         ${ms("released_at")} as "releasedAt", answered, address_no as "addressNo", edited_address_no as "editedAddressNo", origin
    from sales_order order by workspace_id, id`;
const lines = `
  select order_id::text as "orderId", no, channel_line_id as "channelLineId", sku, quantity, quantity_edited as "quantityEdited", cancelled,
         channel_cancelled as "channelCancelled", fulfilled_elsewhere as "fulfilledElsewhere", kind, fulfilled_by as "fulfilledBy"
    from order_line order by order_id, no`;
const parts = `
  select workspace_id::text as "workspaceId", id::text, order_id::text as "orderId", no, state, supplier_id::text as "supplierId", ${ms("due_at")} as "dueAt",
         ${ms("place_after")} as "placeAfter", ${ms("placed_at")} as "placedAt", replaces::text, claimed_by as "claimedBy",
         ${ms("backordered_until")} as "backorderedUntil"
    from fulfillment_order order by order_id, no`;
const partLines = `
  select fulfillment_order_id::text as "partId", no, order_line_no as "orderLineNo", component_no as "componentNo", supplier_sku as "supplierSku", quantity,
         quantity_cancelled as "quantityCancelled", units_per as "unitsPer", per, units, units_cancelled as "unitsCancelled", units_placed as "unitsPlaced",
         units_shipped as "unitsShipped"
    from fulfillment_order_line order by fulfillment_order_id, no`;
const attempts = `
  select workspace_id::text as "workspaceId", id::text, order_id::text as "orderId", fulfillment_order_id::text as "partId", no, supplier_id::text as "supplierId",
         kind, state, reference, idempotency_key as "idempotencyKey", ${ms("armed_at")} as "armedAt", ${ms("send_by")} as "sendBy", ${ms("settle_at")} as "settleAt",
         ${ms("key_until")} as "keyUntil", lookup_lag_ms as "lookupLagMs", ${ms("due_at")} as "dueAt", currency, max_total::text as "maxTotal",
         address_no as "addressNo", supplier_order_id as "supplierOrderId", cost::text, cost_is as "costIs", reason, ${ms("closed_at")} as "closedAt"
    from attempt order by fulfillment_order_id, no`;
const evidence = `
  select attempt_id::text as "attemptId", kind, source, ${ms("at")} as at, payload from evidence order by at, id`;
const charges = `
  select t.attempt_id::text as id, coalesce(sum(e.amount) filter (where t.kind = 'charge'), 0)::text as first, sum(e.amount)::text as total
    from ledger_transaction t
    join ledger_entry e on e.workspace_id = t.workspace_id and e.transaction_id = t.id
    join ledger_account l on l.workspace_id = e.workspace_id and l.id = e.ledger_account_id and l.kind = 'goods'
   where t.kind in ('charge', 'adjustment') and t.attempt_id is not null group by t.workspace_id, t.attempt_id`;
const holds = `
  select order_id::text as "orderId", subject, subject_id::text as "subjectId", code, made_by as "madeBy", acts, detail, ${ms("opened_at")} as "openedAt",
         ${ms("closed_at")} as "closedAt", closed_by as "closedBy"
    from hold order by order_id, id`;
const shipments = `
  select s.id::text, s.order_id::text as "orderId", s.fulfillment_order_id::text as "partId", s.source,
         coalesce((select json_agg(json_build_object('foLineNo', l.fo_line_no, 'units', l.units) order by l.fo_line_no)
            from shipment_line l where l.workspace_id = s.workspace_id and l.shipment_id = s.id), '[]') as lines
    from shipment s order by s.order_id, s.id`;
const parcels = `
  select id::text, shipment_id::text as "shipmentId", carrier, tracking_number as "trackingNumber", state, accepted, shared, source from parcel order by id`;
const corrections = `
  select subject_id::text as id, data #>> '{before,trackingNumber}' as before from event where kind = 'tracking_corrected' and subject = 'parcel'`;
const writeBacks = `
  select order_id::text as "orderId", id::text, shipment_id::text as "shipmentId", parcel_id::text as "parcelId", cancellation_id::text as "cancellationId",
         revision, state, ${ms("due_at")} as "dueAt", lines
    from write_back order by order_id, id`;
const cancellations = `
  select order_id::text as "orderId", id::text, asked_by as "askedBy", state, lines, ${ms("opened_at")} as "openedAt" from cancellation order by order_id, id`;
const asks = `
  select cancellation_id::text as "cancellationId", fulfillment_order_id::text as "partId", state, ${ms("due_at")} as "dueAt" from cancellation_ask
   order by cancellation_id, fulfillment_order_id`;
const addresses = `
  select order_id::text as "orderId", no, source, json_build_object('name', name, 'company', company, 'line1', line1, 'line2', line2, 'city', city,
         'region', region, 'postcode', postcode, 'country', country, 'phone', phone, 'email', email) as fields
    from order_address order by order_id, no`;
const versions = `
  select order_id::text as "orderId", no, ${ms("channel_updated_at")} as "channelUpdatedAt" from order_version order by order_id, no`;
const moves = `
  select order_id::text as "orderId", subject_id::text as "partId", ${ms("at")} as at, to_state as "to" from event
   where subject = 'fulfillment_order' and to_state is not null order by order_id, seq`;
const links = `
  select l.workspace_id::text as "workspaceId", l.sku, l.nothing_to_ship as "nothingToShip", ${ms("l.updated_at")} as "updatedAt", coalesce(max(o.per), 1) as "largestPack",
         coalesce(array_agg(distinct o.supplier_id::text) filter (where o.supplier_id is not null), '{}') as suppliers,
         coalesce(json_agg(json_build_object('supplierId', o.supplier_id::text, 'supplierSku', o.supplier_sku, 'units', o.units, 'per', o.per)
                           order by o.component_no, o.supplier_id, o.supplier_sku) filter (where o.supplier_id is not null), '[]') as options
    from product_link l left join product_link_option o on o.workspace_id = l.workspace_id and o.link_id = l.id
   group by l.workspace_id, l.id order by l.workspace_id, l.id`;
const mapped = `select workspace_id || '/' || rate_name || '/' || supplier_id as key from shipping_mapping`;
const channels = `select workspace_id || '/' || id as key, settings from channel`;
const ticked = `
  select subject_id::text as key from event where kind = 'channel_told' and subject = 'write_back' and data ->> 'by' = 'person'`;
const chosen = `select distinct order_id::text as key from event where kind = 'supplier_chosen'`;
const free = `
  select s.workspace_id || '/' || s.supplier_id || '/' || s.supplier_sku as key,
         (s.on_hand - coalesce(sum(r.units) filter (where r.state <> 'used'), 0))::float8 as free
    from stock s
    left join stock_reservation r on r.workspace_id = s.workspace_id and r.supplier_id = s.supplier_id and r.supplier_sku = s.supplier_sku
   group by s.workspace_id, s.supplier_id, s.supplier_sku, s.on_hand`;
const unshipped = `select order_id || '/' || subject_id as key from event where kind = 'nothing_to_ship' and subject = 'line'`;
const inbox = `
  select workspace_id::text as "workspaceId", event_id as "eventId", problem, ${ms("due_at")} as "dueAt", ${ms("done_at")} as "doneAt" from inbox`;

/** `midway` reads only what the safety checks need; the rest is empty then. */
export async function readFacts(client: pg.Client, when: "midway" | "end"): Promise<Facts> {
  const all = async <Row extends object>(text: string): Promise<Row[]> => (await client.query<Row>(text)).rows;
  const atEnd = <Row extends object>(text: string): Promise<Row[]> =>
    when === "end" ? all<Row>(text) : Promise.resolve([]);
  const keys = async (text: string): Promise<Set<string>> =>
    new Set((await atEnd<{ key: string }>(text)).map(({ key }) => key));

  const supplierRows = await all<SupplierFact & { workspaceId: string; id: string }>(suppliers);
  const orderRows = await all<Order>(orders);
  const partRows = (await all<Omit<Part, "lines">>(parts)).map((part): Part => ({ ...part, lines: [] }));
  const partById = new Map(partRows.map((part) => [part.id, part]));
  for (const line of await all<PartLine>(partLines)) partById.get(line.partId)?.lines.push(line);
  const attemptRows = (await all<Attempt & { maxTotal: string; cost: string | null }>(attempts)).map(
    (row): Attempt => ({ ...row, maxTotal: BigInt(row.maxTotal), cost: row.cost === null ? null : BigInt(row.cost) }),
  );
  const before = new Map<string, string[]>();
  for (const { id, before: number } of await atEnd<{ id: string; before: string | null }>(corrections))
    if (number !== null) before.set(id, [...(before.get(id) ?? []), number]);
  const parcelsOf = group(
    (await atEnd<Parcel>(parcels)).map((parcel) => ({ ...parcel, before: before.get(parcel.id) ?? [] })),
    (parcel) => parcel.shipmentId,
  );
  const asksOf = group(
    await atEnd<Cancellation["asks"][number] & { cancellationId: string }>(asks),
    (ask) => ask.cancellationId,
  );
  return {
    workspaces: await all<Workspace>(workspaces),
    supplierCodes: new Map(supplierRows.map(({ workspaceId, id, ...supplier }) => [`${workspaceId}/${id}`, supplier])),
    orders: orderRows,
    orderById: new Map(orderRows.map((order) => [order.id, order])),
    lines: group(await all<Line>(lines), (line) => line.orderId),
    parts: group(partRows, (part) => part.orderId),
    partById,
    attempts: attemptRows,
    attemptByReference: new Map(attemptRows.map((attempt) => [attempt.reference, attempt])),
    attemptsOfPart: group(attemptRows, (attempt) => attempt.partId),
    attemptsOfOrder: group(attemptRows, (attempt) => attempt.orderId),
    evidence: group(await atEnd<Evidence>(evidence), (each) => each.attemptId),
    charges: new Map(
      (await atEnd<{ id: string; first: string; total: string }>(charges)).map(({ id, first, total }) => [
        id,
        { first: BigInt(first), total: BigInt(total) },
      ]),
    ),
    holds: group(await all<Hold>(holds), (hold) => hold.orderId),
    shipments: group(
      (await atEnd<Shipment>(shipments)).map((each) => ({ ...each, parcels: parcelsOf.get(each.id) ?? [] })),
      (shipment) => shipment.orderId,
    ),
    writeBacks: group(await atEnd<WriteBack>(writeBacks), (row) => row.orderId),
    cancellations: group(
      (await atEnd<Cancellation>(cancellations)).map((each) => ({ ...each, asks: asksOf.get(each.id) ?? [] })),
      (each) => each.orderId,
    ),
    addresses: group(await atEnd<Address>(addresses), (address) => address.orderId),
    versions: group(await atEnd<Version>(versions), (version) => version.orderId),
    moves: group(await atEnd<Move>(moves), (move) => move.orderId),
    inbox: await atEnd<Inbox>(inbox),
    ticked: await keys(ticked),
    chosen: await keys(chosen),
    free: new Map((await atEnd<{ key: string; free: number }>(free)).map((each) => [each.key, each.free])),
    nothingToShip: await keys(unshipped),
    setUp: {
      links: new Map(
        (await atEnd<LinkRow>(links)).map(({ workspaceId, sku, ...link }) => [`${workspaceId}/${sku}`, link]),
      ),
      mapped: await keys(mapped),
      channels: new Map(
        (await atEnd<{ key: string; settings: Record<string, unknown> }>(channels)).map(({ key, settings }) => [
          key,
          settings,
        ]),
      ),
    },
  };
}

interface LinkRow {
  workspaceId: string;
  sku: string;
  nothingToShip: boolean;
  largestPack: number;
  updatedAt: number;
  suppliers: string[];
  options: LinkOption[];
}

export function group<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const found = groups.get(key);
    if (found === undefined) groups.set(key, [item]);
    else found.push(item);
  }
  return groups;
}
