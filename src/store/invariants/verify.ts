import type { OrderId, WorkspaceId } from "#domain/ids.ts";
import type { Db, Tx } from "#store/db.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { listWorkspaces, type Workspace } from "#store/workspace.ts";
import { countersCount, headlineIsDerived, noStuckWork, nothingOverdue, quantitiesFit } from "./derived.ts";
import {
  allowedMoves,
  appendOnly,
  chained,
  everyBookingHasAnActor,
  everyChangeHasAnActor,
  finalStaysFinal,
  oneEventPerChange,
} from "./history.ts";
import { both, nothing, type Finding, type Findings, type Invariant } from "./invariant.ts";
import { keysStayInside, referencesStayInside } from "./isolation.ts";
import { balanceNotBelow, balancesAreSums, oneCharge, transactionsBalance } from "./ledger.ts";
import { importsClose, noDoubleOrder } from "./orders-in.ts";
import { noCards, personalDataEnds } from "./personal.ts";
import { attemptMoves, oneOpenAttempt, withinCap } from "./purchases.ts";
import { oneOrderPerNumber } from "./shipments.ts";
import { stockIsReserved } from "./stock.ts";
import { everythingIsTold } from "./webhooks.ts";

/** In the order of their numbers. */
export const invariants: readonly Invariant[] = [
  oneOpenAttempt,
  withinCap,
  noDoubleOrder,
  importsClose,
  oneEventPerChange,
  allowedMoves,
  attemptMoves,
  chained,
  appendOnly,
  everyChangeHasAnActor,
  everyBookingHasAnActor,
  noStuckWork,
  nothingOverdue,
  finalStaysFinal,
  transactionsBalance,
  balancesAreSums,
  oneCharge,
  balanceNotBelow,
  stockIsReserved,
  quantitiesFit,
  oneOrderPerNumber,
  keysStayInside,
  referencesStayInside,
  noCards,
  personalDataEnds,
  everythingIsTold,
  headlineIsDerived,
  countersCount,
];

export interface Verified {
  id: string;
  title: string;
  /** How many violations there are. */
  count: number;
  /** The first twenty, each with the workspace where it is; null: of the installation. */
  first: (Finding & { workspace: string | null })[];
}

/** Orders and ledger transactions are read so many at a time. */
const batch = 1000;

const OrderIds = row({ id: col.id<OrderId>() });
const TransactionIds = row({ id: col.text });

/**
 * INV-1. Checks everything that must be true, on the live database and beside its work: each batch is one read-only snapshot, so that what changes
 * meanwhile is seen before or after and never half. `only` restricts to one workspace. `onProgress` hears of each batch how many rows it held.
 */
export async function verifyInvariants(
  db: Db,
  options: {
    only?: WorkspaceId;
    invariants?: readonly Invariant[];
    onProgress?: (rows: number, where: string) => void;
  } = {},
): Promise<Verified[]> {
  const { only, onProgress = () => {} } = options;
  const checked = options.invariants ?? invariants;
  const results = new Map<Invariant, Findings & { shown: Verified["first"] }>(
    checked.map((each) => [each, { ...nothing, shown: [] }]),
  );
  const add = (invariant: Invariant, workspace: string | null, more: Findings): void => {
    const result = results.get(invariant)!;
    const sum = both(result, more);
    const shown = [...result.shown, ...more.first.map((each) => ({ ...each, workspace }))].slice(0, sum.first.length);
    results.set(invariant, { ...sum, shown });
  };

  const workspaces = (await listWorkspaces(db)).filter((each) => only === undefined || each.id === only);
  for (const workspace of workspaces) {
    for await (const [rows, found] of checkWorkspace(db, workspace, checked)) {
      for (const [invariant, findings] of found) add(invariant, workspace.slug, findings);
      onProgress(rows, workspace.slug);
    }
  }
  for (const invariant of checked)
    if (invariant.check.over === "installation") add(invariant, null, await invariant.check.find(db));
  return checked.map((invariant) => {
    const { count, shown } = results.get(invariant)!;
    return { id: invariant.id, title: invariant.title, count, first: shown };
  });
}

type Batch = [rows: number, found: [Invariant, Findings][]];

async function* checkWorkspace(
  db: Db,
  { id: workspaceId }: Workspace,
  checked: readonly Invariant[],
): AsyncGenerator<Batch> {
  const over = <Over extends Invariant["check"]["over"]>(kind: Over) =>
    checked.flatMap((invariant) =>
      invariant.check.over === kind
        ? [{ invariant, check: invariant.check as Extract<Invariant["check"], { over: Over }> }]
        : [],
    );
  const onOrders = over("orders");
  for (let after = "0"; onOrders.length > 0;) {
    const { rows, upTo, found } = await snapshot(db, async (tx) => {
      const ids = await tx.rows(
        OrderIds,
        sql`select id from sales_order where workspace_id = ${workspaceId}::bigint and id > ${after}::bigint order by id limit ${batch}`,
      );
      const last = ids.at(-1)?.id;
      const all: [Invariant, Findings][] = [];
      if (last !== undefined)
        for (const { invariant, check } of onOrders)
          all.push([invariant, await check.find(tx, { workspaceId, after, upTo: last })]);
      return { rows: ids.length, upTo: last, found: all };
    });
    if (upTo === undefined) break;
    yield [rows, found];
    after = upTo;
  }
  const onTransactions = over("transactions");
  for (let after = "0"; onTransactions.length > 0;) {
    const { rows, upTo, found } = await snapshot(db, async (tx) => {
      const ids = await tx.rows(
        TransactionIds,
        sql`select id from ledger_transaction where workspace_id = ${workspaceId}::bigint and id > ${after}::bigint order by id limit ${batch}`,
      );
      const last = ids.at(-1)?.id;
      const all: [Invariant, Findings][] = [];
      if (last !== undefined)
        for (const { invariant, check } of onTransactions)
          all.push([invariant, await check.find(tx, { workspaceId, after, upTo: last })]);
      return { rows: ids.length, upTo: last, found: all };
    });
    if (upTo === undefined) break;
    yield [rows, found];
    after = upTo;
  }
  for (const { invariant, check } of over("workspace"))
    yield [0, [[invariant, await snapshot(db, (tx) => check.find(tx, workspaceId))]]];
}

/** One view of the database, without a lock on anybody. The engine's planner settings are for keyed batches; here whole tables are read. */
const snapshot = <T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> =>
  db.tx(async (tx) => {
    await tx.run(sql`set transaction isolation level repeatable read, read only`);
    await tx.run(sql`set local enable_seqscan = on`);
    await tx.run(sql`set local enable_hashjoin = on`);
    await tx.run(sql`set local enable_mergejoin = on`);
    await tx.run(sql`set local plan_cache_mode = force_custom_plan`);
    return work(tx);
  });
