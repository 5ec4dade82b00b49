import type { Focus, ProfileName, Strike } from "./faults.ts";

/** One place where the product's code is changed. `find` is there exactly once. */
export interface Edit {
  file: string;
  find: string;
  replace: string;
}

/**
 * SM-10. A planted bug: one guard of the product is gone, or the few that stand behind each other, because each alone is not missed. Whoever changes the
 * guard's code changes it here too.
 */
export interface Mutant {
  name: string;
  /** Which guard is gone. */
  title: string;
  /** What the checker must say, any of them. */
  invariants: readonly string[];
  edits?: readonly Edit[];
  /** Run on the database after its migrations. */
  sql?: string;
  /** The run that catches it. Seed 1, profile calm, 2.4 minutes of selling, 2 quiet hours when not given. */
  seed?: number;
  orders: number;
  days?: number;
  profile?: ProfileName;
  focus?: Focus;
  faultHours?: number;
  quietHours?: number;
}

// What orders want, so that one kind of supplier gets them.
const byKey = { sku: "HP-MUG-TIDE", address: "good", paid: true } as const;
const byLookup = { sku: "HP-LANTERN", quantity: 1, address: "good", paid: true } as const;
const byHand = { sku: "HP-LAMP-OAK", country: "FR", address: "good", paid: true } as const;
const atPrep = { sku: "HP-PRINT-A3", address: "good", paid: true } as const;
const byNobody = { sku: "HP-BLANKET", address: "good", paid: true } as const;

/** A cap on what an account may spend a day, in minor units. */
const cap = (minor: number): string =>
  `update supplier_account set settings = settings || '{"dailyCap": ${minor}}' where name like '%Northlight%'`;

/** Whoever takes an order over is not told what the journal knows of it. */
const nobodyIsTold = {
  file: "src/gate/purchase.ts",
  find: `if (!call.isTold && !purchase.isReleased) {`,
  replace: `if (!call.isTold && call.isTold) {`,
};
/** Home again, nothing waits because people may have bought it. */
const nothingIsHeld = {
  file: "src/engine/manage/after-restore.ts",
  find: `const wanted = parts.filter((each) => which === "all" || isByHand(engine, each));`,
  replace: `const wanted = parts.filter(() => which === "all" && isByHand === undefined);`,
};
/** Few buyers live where only people can order: the same goods once more are no question then. */
const noDuplicates = `update workspace set settings = settings || '{"duplicateWindowMs": 0}'`;

/** One of two that come at the same moment stands still before it writes; the other would have to wait for its lock. */
const slow = (at: string, ms = 400): Strike[] => [
  { at, when: "before", who: "worker", chance: 1, does: { pauseMs: ms } },
];

export const mutants: readonly Mutant[] = [
  // ------------------------------------------------------------------ never twice
  {
    name: "armed-again",
    title:
      "a part with an open attempt is armed again: the timer of an armed part, the look at its attempts and the unique index are gone",
    invariants: ["I01", "I02"],
    edits: [
      {
        file: "src/domain/placement.ts",
        find: `if (openAttemptOf(draft, fo) !== null) return not("attempt_open");`,
        replace: "",
      },
      { file: "src/domain/due.ts", find: `return armed ? null : (fo.placeAfter ?? now);`, replace: `return now;` },
    ],
    sql: "drop index attempt_one_open",
    orders: 2,
    focus: { order: byKey, world: { suppliers: { northlight: { time_out_after: 1 } } } },
  },
  {
    name: "new-key-per-try",
    title: "each sending of one attempt has an idempotency key of its own",
    invariants: ["I01", "I03"],
    edits: [
      {
        file: "src/gate/purchase.ts",
        find: `.place(context, [purchase.request],`,
        replace: `.place(context, [{ ...purchase.request, idempotencyKey: purchase.request.idempotencyKey + purchase.newestFence }],`,
      },
    ],
    orders: 4,
    focus: { order: byKey, world: { suppliers: { northlight: { time_out_after: 0.8 } } } },
  },
  {
    name: "no-settle-time",
    title: "a search that finds nothing is believed before the settle time",
    invariants: ["I01", "I08"],
    edits: [
      { file: "src/domain/placement-lookup.ts", find: `if (at < attempt.settleAt) {`, replace: `if (false) {` },
      {
        file: "src/domain/placement-close.ts",
        find: `return attempt.settleAt > now ? attempt.settleAt : now;`,
        replace: `return now;`,
      },
    ],
    orders: 6,
    focus: { town: 1, order: byLookup, world: { suppliers: { kestrel: { late_effect: 1, slow_lookup: 1 } } } },
  },
  {
    name: "one-search-proves",
    title: "a single search that finds nothing proves that nothing was bought",
    invariants: ["I01", "I08"],
    edits: [
      {
        file: "src/domain/placement-lookup.ts",
        find: `if (attempt.absentSince !== null && secondAt !== null && at >= secondAt && at > attempt.absentSince) {`,
        replace: `if (true) {`,
      },
      {
        file: "src/domain/placement-lookup.ts",
        find: `absentSince: attempt.absentSince.toISOString()`,
        replace: `absentSince: at.toISOString()`,
      },
    ],
    orders: 2,
    focus: { order: byLookup, world: { suppliers: { kestrel: { time_out_before: 1 } } } },
  },
  {
    name: "repetition-settles-at-once",
    title: "a person's word that nothing was bought counts while the same key is asked again",
    invariants: ["I08"],
    edits: [
      {
        file: "src/store/attempt.ts",
        find: `settle_at = a.settle_at + (m.send_by - a.send_by)`,
        replace: `settle_at = a.settle_at`,
      },
    ],
    orders: 2,
    focus: { order: byKey, world: { suppliers: { northlight: { time_out_before: 1 } } } },
  },
  {
    name: "resent-without-key",
    title: "what a supplier without keys may have got is sent again",
    invariants: ["I01", "I03"],
    edits: [
      {
        file: "src/engine/stages/reconcile.ts",
        find: `if (attempt.kind === "key" && attempt.keyUntil !== null && now < attempt.keyUntil) return "again";`,
        replace: `return "again";`,
      },
      {
        file: "src/gate/purchase.ts",
        find: `if (purchase.kind !== "key") return "only a supplier with idempotency keys may be asked the same again";`,
        replace: "",
      },
      {
        file: "src/gate/purchase.ts",
        find: `if (keyUntil === null || now.getTime() >= keyUntil) return "the supplier may have forgotten the key";`,
        replace: "",
      },
      {
        file: "src/gate/purchase.ts",
        find: `Math.min(purchase.sendBy.getTime(), (call.mode === "resend" ? keyUntil : null) ?? Infinity)`,
        replace: `purchase.sendBy.getTime()`,
      },
      {
        file: "src/store/attempt.ts",
        find: "a.key_until > ${now}",
        replace: "true",
      },
      {
        file: "src/domain/placement-close.ts",
        find: `    case "none":\n`,
        replace: `    case "none":\n      return now;\n`,
      },
    ],
    orders: 3,
    focus: { order: byNobody, world: { suppliers: { bazaar: { time_out_after: 1 } } } },
  },
  {
    name: "sending-not-journaled",
    title: "the gate does not write down that a request is about to leave",
    invariants: ["I01", "I08"],
    edits: [
      {
        file: "src/gate/purchase.ts",
        find: `isJournaled ??= journal.append({ line: "sending", ...about(options, purchase), fence, mode });`,
        replace: `isJournaled ??= Promise.resolve();`,
      },
    ],
    orders: 3,
    focus: { order: byNobody, rates: { aimed: 1 }, points: ["C5"] },
  },
  {
    name: "answers-not-journaled",
    title: "the gate does not write down what it was answered",
    invariants: ["I04", "L2"],
    edits: [
      {
        file: "src/gate/purchase.ts",
        find: `await journal.append({ line: "answered", ...about(options, purchase), answer });`,
        replace: "",
      },
    ],
    orders: 3,
    focus: {
      town: 0,
      order: byNobody,
      strikes: [{ at: "place-before-record", who: "worker", chance: 1, does: "kill", excusesNothing: true }],
    },
  },
  {
    name: "journal-not-asked",
    title: "what became of an attempt is decided without the gate's journal",
    invariants: ["I01", "I08"],
    edits: [
      {
        file: "src/gate/purchase.ts",
        find: `const known = options.journal.find(purchase.request.reference);\n  if (known !== undefined) {\n    const before = await fromBefore(options, known, purchase, "send");`,
        replace: `const known = options.journal.find("") as ReturnType<typeof options.journal.find>;\n  if (known !== undefined) {\n    const before = await fromBefore(options, known, purchase, "send");`,
      },
    ],
    orders: 3,
    focus: { order: byNobody, rates: { aimed: 1 }, points: ["C7"] },
  },
  {
    name: "in-the-air-is-unsent",
    title: "a request that is still on its way when its connector is given up counts as never sent (PL-52)",
    invariants: ["I01", "I08"],
    edits: [
      {
        file: "src/gate/purchase.ts",
        find: `mayHaveLeft: () => mayHaveLeft || inTheAir > 0,`,
        replace: `mayHaveLeft: () => mayHaveLeft,`,
      },
    ],
    orders: 4,
    // The gate stands still for longer than its patience; then the end of that and the answer come at the same moment.
    focus: {
      order: byNobody,
      strikes: [{ at: "answer of /suppliers", when: "wait", who: "gate", chance: 0.7, does: { pauseMs: 130_000 } }],
    },
  },
  {
    name: "no-send-deadline",
    title: "a gate that stood still after its last look sends all the same",
    invariants: ["I01", "I03"],
    edits: [
      {
        file: "src/gate/purchase.ts",
        find: `if (monotonicMs() >= deadlineMs) throw new Error("the send deadline has passed");`,
        replace: "",
      },
      {
        file: "src/gate/purchase.ts",
        find: `if (monotonicMs() - startedMs > longestCheckMs) throw new Error("this process stood still during its last check");`,
        replace: "",
      },
    ],
    orders: 6,
    focus: {
      order: byNobody,
      strikes: [{ at: "gate-after-last-check", who: "gate", chance: 0.3, does: { pauseMs: 90_000 } }],
    },
  },
  {
    name: "zombies-pass",
    title:
      "a worker that slept through its time is let through: the gate's fences, deadlines and closed lines are gone",
    invariants: ["I01", "I03"],
    edits: [
      {
        file: "src/gate/purchase.ts",
        find: `if (call.fence !== purchase.fence || purchase.fence !== purchase.newestFence)\n    return "somebody newer has taken it over";`,
        replace: "",
      },
      {
        file: "src/gate/purchase.ts",
        find: `if (purchase.state !== "armed") return \`the attempt is \${purchase.state}\`;\n    return now < purchase.sendBy ? null : "the send deadline has passed";`,
        replace: `return null;`,
      },
      {
        file: "src/gate/purchase.ts",
        find: `if (monotonicMs() >= deadlineMs) throw new Error("the send deadline has passed");`,
        replace: "",
      },
      {
        file: "src/gate/purchase.ts",
        find: `if (known.isClosed) return notSent("it was found never sent, and was closed for ever");`,
        replace: "",
      },
      {
        file: "src/gate/purchase.ts",
        find: `if (known.answer !== null && isFinal(known.answer)) return known.answer;`,
        replace: "",
      },
      { file: "src/gate/purchase.ts", find: `if (!(await lastLook.maySend(call)))`, replace: `if (false)` },
    ],
    orders: 6,
    focus: { order: byNobody, rates: { aimed: 1 }, points: ["C10"] },
  },

  // ------------------------------------------------------------------ money
  {
    name: "hold-not-released",
    title: "money that was held for what was never bought stays held",
    invariants: ["I23"],
    edits: [
      {
        file: "src/domain/placement-close.ts",
        find: `releaseMoney(draft, attempt);\n  drawStock(draft, fo, -1);\n  const wasByHand`,
        replace: `drawStock(draft, fo, -1);\n  const wasByHand`,
      },
    ],
    orders: 2,
    focus: { order: byKey, rates: { aimed: 1 }, points: ["C2"] },
  },
  {
    name: "charged-twice",
    title:
      "an answer that is recorded again charges again: what is settled may be settled again, and no index forbids it",
    invariants: ["I22"],
    edits: [
      {
        file: "src/domain/placement-close.ts",
        find: `if (isSameAnswer(attempt, answer)) return { ok: true, changed: false, replacement: null };`,
        replace: "",
      },
      {
        file: "src/domain/placement-close.ts",
        find: `if (!allowed.includes(answer.status)) {`,
        replace: `if (false) {`,
      },
    ],
    sql: "drop index ledger_charge; drop index ledger_hold; drop index evidence_natural; create index evidence_natural on evidence (workspace_id)",
    orders: 4,
    focus: {
      order: byKey,
      strikes: [{ at: "place-before-record", who: "worker", chance: 0.6, does: { pauseMs: 60_000 } }],
    },
  },
  {
    name: "price-without-limit",
    title: "the supplier is not told how much a purchase may cost",
    invariants: ["I07"],
    edits: [
      {
        file: "src/connectors/suppliers/sandbox/place.ts",
        find: `    maxTotal: toMajor(request.maxTotal),\n`,
        replace: "",
      },
    ],
    orders: 3,
    focus: { order: byKey, world: { suppliers: { "*": { price_up: 1 } } } },
  },

  // ------------------------------------------------------------------ orders in
  {
    name: "cursor-before-rows",
    title: "the channel's cursor moves before what lies behind it is stored",
    invariants: ["I10"],
    edits: [
      {
        file: "src/engine/stages/pull.ts",
        find: `    await engine.db.tx(async (tx) => {\n      const now = engine.clock.now();\n      await keepMessages(`,
        replace: `    await engine.db.tx((tx) => moveCursor(tx, connection, { cursor, dueAt: later(done ? everyMs : leaseMs), synced: null, problem: null }));\n    await engine.db.tx(async (tx) => {\n      const now = engine.clock.now();\n      await keepMessages(`,
      },
    ],
    orders: 6,
    days: 0.05,
    focus: { strikes: [{ at: "insert into inbox", when: "before", chance: 0.9, does: "kill" }] },
  },

  // ------------------------------------------------------------------ history
  {
    name: "path-without-event",
    title: "the acknowledgement of a purchase writes no event",
    invariants: ["I15"],
    edits: [
      {
        file: "src/domain/draft.ts",
        find: `this.event("moved", "fulfillment_order", fo.id, data, fo.state, to);`,
        replace: `if (to !== "acknowledged") this.event("moved", "fulfillment_order", fo.id, data, fo.state, to);`,
      },
    ],
    orders: 2,
    focus: { order: byKey },
  },
  {
    name: "broken-chain",
    title: "an event's hash does not follow on the one before it",
    invariants: ["I17"],
    edits: [{ file: "src/store/commit.ts", find: `chain(order.eventHash, row)`, replace: `chain("", row)` }],
    orders: 1,
  },
  {
    name: "waits-for-ever",
    title: "the end of the buffer sets no timer",
    invariants: ["I19", "L1", "M1"],
    edits: [
      {
        file: "src/domain/due.ts",
        find: `return fo.placeAfter ?? now;\n    case "placing": {`,
        replace: `return null;\n    case "placing": {`,
      },
    ],
    orders: 1,
  },

  // ------------------------------------------------------------------ workspaces
  {
    name: "no-policy",
    title: "the API's role reads orders across workspaces: their row-level policy is gone",
    invariants: ["I30"],
    sql: "drop policy workspace on sales_order; alter table sales_order disable row level security",
    orders: 1,
  },

  // ------------------------------------------------------------------ locks
  {
    name: "placing-without-lock",
    title: "what is armed is not locked against who cancels it, and nothing numbers events once",
    invariants: ["I06", "I15", "M1", "M2"],
    edits: [
      {
        file: "src/store/account.ts",
        find: `order by o.workspace_id, o.id\n       for update of o skip locked`,
        replace: `order by o.workspace_id, o.id`,
      },
    ],
    sql: "alter table event drop constraint event_pkey",
    orders: 10,
    days: 0.0005,
    focus: { order: byKey, habits: { atTheEdge: 1, presses: 0 } },
  },
  {
    name: "orders-not-locked",
    title: "who changes an order does not lock it, and nothing numbers events once",
    invariants: ["I06", "I15", "I17"],
    edits: [
      {
        file: "src/store/dossier.ts",
        find: `order by o.workspace_id, o.id for update of o\`,`,
        replace: `order by o.workspace_id, o.id\`,`,
      },
    ],
    sql: "alter table event drop constraint event_pkey",
    orders: 8,
    days: 0.0005,
    focus: { order: byKey, habits: { atTheEdge: 1 } },
  },
  {
    name: "claims-not-locked",
    title: "two workers may claim the same order, and nothing numbers events once",
    invariants: ["I15", "I17", "I24"],
    edits: [
      {
        file: "src/store/claim.ts",
        find: `for update of o skip locked -- skipping never waits, so this order cannot deadlock`,
        replace: "",
      },
    ],
    sql: "alter table event drop constraint event_pkey",
    orders: 6,
    focus: { order: byKey },
  },
  {
    name: "shelf-oversold",
    title: "the shelf of a prep centre is read without its lock, and may be promised beyond what lies on it",
    invariants: ["I24"],
    edits: [
      {
        file: "src/store/shared.ts",
        find: `const locking = lock ? sql\`for update`,
        replace: `const locking = false ? sql\`for update`,
      },
    ],
    sql: "alter table stock drop constraint stock_check",
    orders: 10,
    days: 0.00003,
    focus: {
      order: { ...atPrep, quantity: 300 },
      batch: 20,
      workersWithinMs: 400,
      town: 0,
      strikes: slow("insert into stock_reservation"),
    },
  },
  {
    name: "stock-written-as-read",
    title: "reserved stock is written as what was read and one more, without a lock",
    invariants: ["I24"],
    edits: [
      {
        file: "src/store/shared.ts",
        find: `const locking = lock ? sql\`for update`,
        replace: `const locking = false ? sql\`for update`,
      },
      {
        file: "src/domain/release.ts",
        find: `reserved: line.units,\n      onHand: 0,`,
        replace: `reserved: line.units,\n      written: stock.reserved,\n      onHand: 0,`,
      },
      {
        file: "src/store/commit.ts",
        find: `onHand: sum.onHand + change.onHand });`,
        replace: `onHand: sum.onHand + change.onHand, written: change.written });`,
      },
      {
        file: "src/store/commit.ts",
        find: `k.reserved, k.on_hand\n          from`,
        replace: `k.reserved, k.on_hand, k.written\n          from`,
      },
      {
        file: "src/store/commit.ts",
        find: `\${rows.map((row) => row.onHand)}::integer[])\n            as k(workspace_id, supplier_id, supplier_sku, reserved, on_hand)`,
        replace: `\${rows.map((row) => row.onHand)}::integer[], \${rows.map((row) => row.written ?? null)}::integer[])\n            as k(workspace_id, supplier_id, supplier_sku, reserved, on_hand, written)`,
      },
      {
        file: "src/store/commit.ts",
        find: `greatest(0, s.reserved + c.reserved)`,
        replace: `coalesce(c.written, s.reserved + c.reserved)`,
      },
    ],
    sql: "alter table stock drop constraint stock_reserved_check",
    orders: 10,
    days: 0.00003,
    focus: { order: atPrep, batch: 2, workersWithinMs: 400, town: 0, strikes: slow("insert into stock_reservation") },
  },
  {
    name: "balance-not-locked",
    title: "two workers may spend the same balance: neither the account's row nor its balance is locked",
    invariants: ["I23"],
    edits: [
      { file: "src/store/account.ts", find: `for no key update of c`, replace: "" },
      {
        file: "src/store/shared.ts",
        find: `const locking = lock ? sql\`for no key update of l\` : sql\`\`;`,
        replace: `const locking = sql\`\`;`,
      },
      {
        file: "src/store/shared.ts",
        find: `const locking = lock ? sql\`for update`,
        replace: `const locking = false ? sql\`for update`,
      },
    ],
    orders: 12,
    days: 0.0002,
    focus: {
      order: { ...byKey, quantity: 2000 },
      batch: 2,
      workersWithinMs: 400,
      sql: noDuplicates,
      strikes: slow("insert into attempt (", 6_000),
    },
  },
  {
    name: "cap-not-locked",
    title: "two workers may spend the same day's cap: neither the account's row, its balance nor its day is locked",
    invariants: ["I09"],
    edits: [
      { file: "src/store/account.ts", find: `for no key update of c`, replace: "" },
      {
        file: "src/store/shared.ts",
        find: `const locking = lock ? sql\`for no key update of l\` : sql\`\`;`,
        replace: `const locking = sql\`\`;`,
      },
      {
        file: "src/store/shared.ts",
        find: `const locking = lock ? sql\`for update`,
        replace: `const locking = false ? sql\`for update`,
      },
      {
        file: "src/store/shared.ts",
        find: `const lockDay = lock ? sql\`for update of d\` : sql\`\`;`,
        replace: `const lockDay = sql\`\`;`,
      },
    ],
    orders: 10,
    days: 0.0002,
    focus: {
      order: { ...byKey, quantity: 100 },
      batch: 20,
      workersWithinMs: 400,
      town: 0,
      strikes: slow("insert into attempt (", 6_000),
      sql: `${cap(80_000)}; insert into account_day (workspace_id, account_id, day, spent) select workspace_id, id, '2026-11-23', 0 from supplier_account`,
    },
  },

  // ------------------------------------------------------------------ more about money
  {
    name: "no-spend-cap",
    title: "a day's cap stops nothing",
    invariants: ["I09"],
    edits: [
      {
        file: "src/domain/placement-money.ts",
        find: `if (settings.dailyCap !== null && account.spentToday + cost.max > BigInt(settings.dailyCap)) {`,
        replace: `if (false) {`,
      },
    ],
    orders: 5,
    focus: { order: { ...byKey, quantity: 100 }, sql: cap(80_000) },
  },
  {
    name: "charged-as-expected",
    title: "what a purchase was expected to cost is charged, whatever the supplier says",
    invariants: ["I22"],
    edits: [
      {
        file: "src/domain/placement-close.ts",
        find: `chargeMoney(draft, attempt, cost);`,
        replace: `chargeMoney(draft, attempt, attempt.expectedTotal);`,
      },
    ],
    orders: 4,
    focus: { order: { ...byKey, quantity: 4 }, world: { suppliers: { "*": { partial_acceptance: 1 } } } },
  },
  {
    name: "ledger-apart",
    title: "the ledger is written in a transaction after the one that it belongs to",
    invariants: ["I22", "I23"],
    edits: [
      {
        file: "src/store/db.ts",
        find: `tx: (work) => onConnection((session) => transact(session, work)),`,
        replace: `async tx(work) { const late = []; const result = await onConnection((session) => transact(session, (tx) => work(Object.assign(tx, { late })))); for (const each of late) await onConnection((session) => transact(session, each)); return result; },`,
      },
      {
        file: "src/store/commit.ts",
        find: `bookTransactions(tx, ledgerAccounts, posted),`,
        replace: `tx.late.push((late) => bookTransactions(late, ledgerAccounts, posted)),`,
      },
    ],
    orders: 6,
    focus: {
      order: byKey,
      strikes: [{ at: "insert into ledger_transaction", when: "before", chance: 0.3, does: "kill" }],
    },
  },

  // ------------------------------------------------------------------ more of what comes in
  {
    name: "order-stored-twice",
    title: "two messages of a new order, taken at the same moment, make two orders: its key is not unique",
    invariants: ["I11"],
    sql: "drop index sales_order_channel_key; create index sales_order_channel_key on sales_order (workspace_id, channel_id, channel_order_id)",
    orders: 8,
    focus: {
      world: { shop: { late_in_feed: 1, buyer_changes_address: 1, pays_later: 1 } },
      batch: 1,
      strikes: [
        { at: "insert into sales_order", when: "before", who: "worker", chance: 0.7, does: { pauseMs: 10_000 } },
      ],
    },
  },
  {
    name: "oldest-wins",
    title: "an older version of an order that comes late overwrites the newer one",
    invariants: ["I13"],
    edits: [
      {
        file: "src/domain/intake.ts",
        find: `if (said.updatedAt !== null && order.channelUpdatedAt !== null && said.updatedAt < order.channelUpdatedAt)\n    return false;`,
        replace: "",
      },
    ],
    orders: 8,
    focus: { world: { shop: { late_in_feed: 1, buyer_changes_address: 1, pays_later: 1 } }, batch: 1 },
  },
  {
    name: "tombstone-ignored",
    title: "a cancellation that came before its order is forgotten",
    invariants: ["M1"],
    edits: [{ file: "src/store/intake.ts", find: `channelOrderIds.length === 0`, replace: `true` }],
    orders: 6,
    faultHours: 1,
    focus: { order: { ...byKey, lateByMs: 400_000, asksToCancelAfterMs: 60_000 } },
  },
  {
    name: "acknowledged-before-stored",
    title: "messages of a channel are done before what they say is stored",
    invariants: ["I10"],
    edits: [
      {
        file: "src/engine/stages/intake.ts",
        find: `      if (claimed.length > 0) await storeMessages(engine, tx, claimed);\n      return claimed.length;\n    });`,
        replace: `      if (claimed.length > 0) await closeMessages(tx, claimed.map((each) => ({ ...each, orderId: null })), engine.clock.now());\n    }).then(async () => {\n      if (claimed.length > 0) await engine.db.tx((tx) => storeMessages(engine, tx, claimed));\n      return claimed.length;\n    });`,
      },
    ],
    orders: 5,
    focus: { strikes: [{ at: "insert into sales_order", when: "before", chance: 0.5, does: "kill" }] },
  },
  {
    name: "duplicates-bought",
    title: "the same goods to the same buyer a moment later are bought unasked",
    invariants: ["I11"],
    edits: [{ file: "src/domain/verify.ts", find: `if (facts.duplicateOf !== null)`, replace: `if (false)` }],
    orders: 4,
    focus: { world: { shop: { double_order: 1 } } },
  },
  {
    name: "address-change-ignored",
    title: "a new address from the channel is not taken over",
    invariants: ["I13"],
    edits: [
      {
        file: "src/domain/intake.ts",
        find: `if (shipTo === null || incoming.addressDigest === order.addressDigest) return;`,
        replace: `return;`,
      },
    ],
    orders: 4,
    focus: { order: { ...byKey, changesAddressAfterMs: 240_000 } },
  },

  // ------------------------------------------------------------------ what suppliers and carriers say
  {
    name: "not-accepted-ignored",
    title: "units that a supplier did not accept count as bought, also when it says so once more",
    invariants: ["I05", "M2"],
    edits: [
      {
        file: "src/engine/answers.ts",
        find: `return { status, supplierOrderId, total, notAccepted };`,
        replace: `return { status, supplierOrderId, total, notAccepted: notAccepted.slice(0, 0) };`,
      },
      {
        file: "src/domain/shipping.ts",
        find: `const problems = cancelBySupplier(draft, fo, report.cancelled, { refund: !firstTotal });`,
        replace: `const problems = cancelBySupplier(draft, fo, null, { refund: !firstTotal });`,
      },
    ],
    orders: 3,
    focus: { order: { ...byKey, quantity: 4 }, world: { suppliers: { "*": { partial_acceptance: 1 } } } },
  },
  {
    name: "supplier-cancel-ignored",
    title: "what a supplier cancels of its own accord is not noticed",
    invariants: ["I05", "M2"],
    edits: [
      {
        file: "src/domain/shipping.ts",
        find: `const problems = cancelBySupplier(draft, fo, report.cancelled, { refund: !firstTotal });`,
        replace: `const problems = cancelBySupplier(draft, fo, null, { refund: !firstTotal });`,
      },
    ],
    orders: 3,
    focus: { order: { ...byKey, quantity: 4 }, world: { suppliers: { "*": { supplier_cancels: 1 } } } },
  },
  {
    name: "parcel-known-not",
    title: "a parcel that is reported again is taken for another one",
    invariants: ["I25", "L2", "I27", "I29"],
    edits: [
      {
        file: "src/domain/shipping.ts",
        find: `shipment.parcels.some((parcel) => isNumber(parcel, reported)),\n    );`,
        replace: `false,\n    );`,
      },
    ],
    orders: 4,
    focus: { order: { ...byKey, quantity: 4 }, world: { suppliers: { "*": { split_parcels: 1 } } } },
  },
  {
    name: "doubted-number-told",
    title: "a tracking number that its carrier could not have given is announced all the same",
    invariants: ["I28"],
    edits: [
      {
        file: "src/domain/write-back.ts",
        find: `shipment.parcels.filter((parcel) => parcel.accepted);`,
        replace: `shipment.parcels;`,
      },
      {
        file: "src/domain/write-back.ts",
        find: `if (!shipment.parcels.some((parcel) => parcel.accepted)) continue;`,
        replace: "",
      },
      {
        file: "src/domain/write-back.ts",
        find: `(subject.about === "shipment" && !subject.parcel.accepted)`,
        replace: `false`,
      },
    ],
    orders: 3,
    focus: { order: byKey, world: { suppliers: { "*": { bad_tracking: 1 } } } },
  },
  {
    name: "announced-under-new-names",
    title: "each try of an announcement has a reference of its own",
    invariants: ["I26", "I27", "L2"],
    edits: [
      {
        file: "src/engine/stages/write-back.ts",
        find: `reference: referenceOf(work.shipment.publicId, work.shipment.parcels.indexOf(work.parcel)),`,
        replace: `reference: \`\${referenceOf(work.shipment.publicId, work.shipment.parcels.indexOf(work.parcel))}-\${work.writeBack.tries}\`,`,
      },
    ],
    orders: 3,
    focus: { order: byKey, world: { shop: { write_back_drop: 1 } } },
  },
  {
    name: "announcement-without-timer",
    title: "an announcement whose answer was lost is never asked about again",
    invariants: ["I26", "I19", "L1"],
    edits: [
      {
        file: "src/domain/write-back.ts",
        find: `draft.touchWriteBack(row, { state: "unknown", dueAt: after(writeBackInFlightMs), message });`,
        replace: `draft.touchWriteBack(row, { state: "unknown", dueAt: null, message });`,
      },
    ],
    orders: 3,
    focus: { order: byKey, world: { shop: { write_back_drop: 1 } } },
  },

  // ------------------------------------------------------------------ timers and proofs
  {
    name: "attempt-without-timer",
    title: "an armed attempt has no timer: who dies with it leaves it for ever",
    invariants: ["I19", "L1", "I04"],
    edits: [
      {
        file: "src/domain/placement.ts",
        find: `dueAt: after(terms.sendByMs + (terms.kind === "human" ? terms.maxInFlightMs : sendingEndsMs)),`,
        replace: `dueAt: null,`,
      },
    ],
    orders: 5,
    focus: { order: byKey, rates: { aimed: 1 }, points: ["C2"] },
  },
  {
    name: "lease-for-ever",
    title: "a worker that dies while it asks about an attempt keeps it for ever",
    invariants: ["I19", "L1", "I04"],
    edits: [
      {
        file: "src/store/attempt.ts",
        find: `set fence = m.fence, due_at = \${until}, send_by = m.send_by`,
        replace: `set fence = m.fence, due_at = null, send_by = m.send_by`,
      },
    ],
    orders: 6,
    focus: {
      order: byKey,
      rates: { aimed: 1 },
      points: ["C2"],
      strikes: [{ at: "reconcile-before-record", who: "worker", chance: 0.5, does: "kill" }],
    },
  },
  {
    name: "cancellation-without-timer",
    title: "a cancellation that a supplier has to be asked about has no timer",
    invariants: ["I19", "L1", "M1"],
    edits: [{ file: "src/domain/cancel.ts", find: `dueAt: isStopped ? null : draft.now,`, replace: `dueAt: null,` }],
    orders: 3,
    faultHours: 4,
    focus: { town: 0, order: { ...byKey, asksToCancelAfterMs: 750_000 } },
  },
  {
    name: "no-proof-kept",
    title: "what proved that nothing was bought is not kept",
    invariants: ["I08"],
    edits: [
      {
        file: "src/domain/placement-close.ts",
        find: `addEvidence(draft, attempt, answer, by);\n  const allowed`,
        replace: `if (answer.status !== "void") addEvidence(draft, attempt, answer, by);\n  const allowed`,
      },
    ],
    orders: 4,
    focus: { order: byKey, rates: { aimed: 1 }, points: ["C2"] },
  },
  {
    name: "nobody-did-it",
    title: "events do not say who did it",
    invariants: ["I18"],
    edits: [
      {
        file: "src/store/commit.ts",
        find: `      actor: draft.actor,\n      kind: event.kind,`,
        replace: `      actor: "",\n      kind: event.kind,`,
      },
    ],
    orders: 1,
  },
  {
    name: "step-off-the-table",
    title:
      "a part may take any step: the table of states is not asked, and a change at the channel sends what is placed back to the start",
    invariants: ["I16"],
    edits: [
      { file: "src/domain/draft.ts", find: `if (!mayMove(fo.state, to))`, replace: `if (false)` },
      {
        file: "src/domain/intake.ts",
        find: `if (fo.state === "waiting" || fo.state === "held") draft.move(fo, "received");`,
        replace: `if (fo.state !== "completed" && fo.state !== "cancelled") draft.move(fo, "received");`,
      },
    ],
    orders: 4,
    focus: { order: { ...byKey, changesAddressAfterMs: 800_000 } },
  },
  {
    name: "reservation-kept",
    title: "what was promised from a shelf is never given back",
    invariants: ["I24"],
    edits: [{ file: "src/store/commit.ts", find: `    endReservations(tx, changed),\n`, replace: "" }],
    orders: 4,
    focus: { order: { ...atPrep, cancelsAfterMs: 750_000 } },
  },
  {
    name: "key-after-its-window",
    title: "a key is sent again after the supplier has forgotten it",
    invariants: ["I01", "I03"],
    edits: [
      {
        file: "src/engine/stages/reconcile.ts",
        find: `if (attempt.kind === "key" && attempt.keyUntil !== null && now < attempt.keyUntil) return "again";`,
        replace: `if (attempt.kind === "key") return "again";`,
      },
      {
        file: "src/gate/purchase.ts",
        find: `if (keyUntil === null || now.getTime() >= keyUntil) return "the supplier may have forgotten the key";`,
        replace: "",
      },
      {
        file: "src/gate/purchase.ts",
        find: `Math.min(purchase.sendBy.getTime(), (call.mode === "resend" ? keyUntil : null) ?? Infinity)`,
        replace: `purchase.sendBy.getTime()`,
      },
      {
        file: "src/store/attempt.ts",
        find: "a.key_until > ${now}",
        replace: `a.kind = 'key'`,
      },
    ],
    orders: 2,
    faultHours: 2,
    focus: {
      order: byKey,
      town: 1,
      habits: { outages: 1 },
      sql: "update workspace set settings = jsonb_set(settings, '{retryMs}', '60000')",
    },
  },

  // ------------------------------------------------------------------ more about workspaces
  {
    name: "policies-let-all-through",
    title: "the row-level policies are there and forbid nothing",
    invariants: ["I30"],
    sql: `do $$ declare the record; begin
            for the in select p.polrelid::regclass as relation from pg_policy p where p.polname = 'workspace' loop
              execute format('alter policy workspace on %s using (true) with check (true)', the.relation);
            end loop;
          end $$`,
    orders: 30,
    focus: { order: { ...byKey, paid: false }, habits: { reads: 1 } },
  },
  {
    name: "tombstones-of-all-workspaces",
    title: "a cancellation that came before its order is taken by the order of that name in any workspace",
    invariants: ["M1"],
    edits: [
      {
        file: "src/store/intake.ts",
        find: `where workspace_id = \${workspaceId}::bigint and channel_id = \${channelId}::bigint and channel_order_id = any(`,
        replace: `where channel_order_id = any(`,
      },
    ],
    orders: 8,
    faultHours: 1,
    focus: { order: { ...byKey, lateByMs: 400_000, asksToCancelAfterMs: 60_000 } },
  },

  // ------------------------------------------------------------------ what is no answer
  {
    name: "timeout-is-failure",
    title: "what may have left and was not answered counts as never sent",
    invariants: ["I01", "I04", "I08"],
    edits: [
      {
        file: "src/gate/purchase.ts",
        find: `if (mayHaveLeft) return { status: "unknown", message: said.message };`,
        replace: "",
      },
    ],
    orders: 2,
    focus: { order: byNobody, world: { suppliers: { bazaar: { time_out_after: 1 } } } },
  },
  {
    name: "error-is-refusal",
    title: "a connector takes every answer that it does not know for a refusal",
    invariants: ["I01", "I04"],
    edits: [
      {
        file: "src/connectors/suppliers/sandbox/place.ts",
        find: `return reason === undefined ? { status: "unknown", message } : { status: "refused", reason, message };`,
        replace: `return { status: "refused", reason: reason ?? "supplier_refused", message };`,
      },
    ],
    orders: 2,
    focus: { order: byKey, world: { suppliers: { "*": { error_after: 1 } } } },
  },
  {
    name: "repetition-proves",
    title: "a repetition that the supplier did not let in proves that the first try bought nothing",
    invariants: ["I01", "I04"],
    edits: [
      {
        file: "src/gate/purchase.ts",
        find: `if (mode === "resend" && (unclear || said.status === "credentials"))`,
        replace: `if (mode === "resend" && unclear && said.status !== "not_sent")`,
      },
    ],
    orders: 4,
    focus: {
      order: byKey,
      world: { suppliers: { northlight: { time_out_after: 1 } } },
      strikes: [{ at: "gate-before-last-check", who: "gate", chance: 0.4, does: { pauseMs: 90_000 } }],
    },
  },
  {
    name: "in-flight-not-shared",
    title:
      "an attempt that is handed over twice at the same moment is sent twice: the gate does not know what it has in flight",
    invariants: ["I01", "I03"],
    edits: [
      {
        file: "src/engine/stages/place.ts",
        find: `calls.map(({ call }) => call),`,
        replace: `calls.flatMap(({ call }) => [call, call]),`,
      },
      {
        file: "src/gate/gate.ts",
        find: `const running = inFlight.get(call.attemptId);\n    if (running !== undefined) return running;`,
        replace: "",
      },
    ],
    orders: 1,
    focus: { order: byNobody },
  },
  {
    name: "newest-address-sent",
    title:
      "what leaves goes to the newest address and not to the armed one, and nobody compares it with what was armed",
    invariants: ["I05"],
    edits: [
      {
        file: "src/store/attempt.ts",
        find: `where d.no = a.address_no`,
        replace: `where d.no = (select max(n.no) from order_address n where n.workspace_id = a.workspace_id and n.order_id = a.order_id)`,
      },
      {
        file: "src/gate/purchase.ts",
        find: `if (hash("sha256", requestText(purchase.request)) !== purchase.requestHash)\n    return "what would leave is not what was armed";`,
        replace: "",
      },
    ],
    orders: 2,
    faultHours: 0.3,
    focus: {
      order: { ...byKey, changesAddressAfterMs: 605_000 },
      world: { suppliers: { northlight: { time_out_before: 1 } } },
    },
  },
  {
    name: "commit-unknown-is-failure",
    title: "a commit whose answer was lost counts as the order's own failure",
    invariants: ["L2", "M1"],
    edits: [
      {
        file: "src/store/passing-failure.ts",
        find: `error instanceof CommitUnknown || `,
        replace: "",
      },
    ],
    orders: 3,
    focus: {
      order: byKey,
      batch: 1,
      strikes: [{ at: "commit", when: "before", who: "worker", chance: 0.2, does: "reset" }],
    },
  },

  // ------------------------------------------------------------------ placing by hand
  {
    name: "given-back-is-free",
    title: "what a person gives back without a word counts as not bought",
    invariants: ["I01", "I04"],
    edits: [
      {
        file: "src/domain/placement-person.ts",
        find: `{ status: "unknown", message: "given back without a result" },`,
        replace: `{ status: "void", proof: "by_person", message: "given back without a result" },`,
      },
    ],
    orders: 6,
    focus: { order: byHand, sql: noDuplicates, habits: { givesBack: 1 } },
  },
  {
    name: "person-believed-early",
    title: "somebody who looked for it before the settle time is believed that nothing was bought",
    invariants: ["I08"],
    edits: [
      {
        file: "src/domain/placement-person.ts",
        find: `if (attempt.state === "unknown" && draft.now < attempt.settleAt) {`,
        replace: `if (false) {`,
      },
      {
        file: "src/domain/actions.ts",
        find: `return now < attempt.settleAt\n      ? no`,
        replace: `return false\n      ? no`,
      },
    ],
    orders: 6,
    faultHours: 0.25,
    focus: { town: 0, order: byLookup, world: { suppliers: { kestrel: { time_out_before: 1 } } } },
  },
  {
    name: "two-hands",
    title:
      "two people may place the same part at once: neither the open attempt, nor who took it, nor the unique index is asked",
    invariants: ["I01", "I02", "I08"],
    edits: [
      {
        file: "src/domain/placement-person.ts",
        find: `const open = openAttemptOf(draft, fo);\n  if (open !== null) {`,
        replace: `const open = openAttemptOf(draft, fo)!;\n  if (false) {`,
      },
      {
        file: "src/domain/placement-person.ts",
        find: `if (fo.claimedBy !== null && fo.claimedBy !== actor) {`,
        replace: `if (false) {`,
      },
      {
        file: "src/domain/actions.ts",
        find: `if (open !== undefined)\n      return no("Somebody or the machine is placing it, or its outcome is being checked. Do not place it by hand.");`,
        replace: "",
      },
    ],
    sql: "drop index attempt_one_open",
    orders: 12,
    focus: { order: byHand, sql: noDuplicates },
  },

  // ------------------------------------------------------------------ what stops an order
  {
    name: "hold-ignored-while-arming",
    title: "a hold that comes between the end of the buffer and the arming stops nothing",
    invariants: ["M4"],
    edits: [{ file: "src/domain/placement.ts", find: `if (draft.holdsOn(fo).length > 0) {`, replace: `if (false) {` }],
    orders: 12,
    days: 0.001,
    focus: {
      order: byKey,
      habits: { atTheEdge: 1 },
      strikes: [{ at: "place", when: "start", who: "worker", chance: 0.7, does: { pauseMs: 2_000 } }],
    },
  },
  {
    name: "cancelled-without-asking",
    title: "what is on its way to the supplier is cancelled without asking anybody",
    invariants: ["I06"],
    edits: [
      {
        file: "src/domain/cancel-free.ts",
        find: `return (fo.state === "placing" || fo.state === "escalated") && openAttemptOf(draft, fo) === null;`,
        replace: `return fo.state === "placing" || fo.state === "escalated";`,
      },
    ],
    orders: 3,
    focus: { order: byKey, habits: { whilePlacing: 1 } },
  },
  {
    name: "unpaid-bought",
    title: "an order that is not paid is bought",
    invariants: ["M4"],
    edits: [
      {
        file: "src/domain/verify.ts",
        find: `if (!paid) onOrder("awaiting_payment"`,
        replace: `if (false) onOrder("awaiting_payment"`,
      },
    ],
    orders: 2,
    focus: { order: { ...byKey, paid: false } },
  },
  {
    name: "risk-ignored",
    title: "an order that the shop marks as a risk is bought unasked",
    invariants: ["M4"],
    edits: [{ file: "src/domain/verify.ts", find: `if (order.risk === "high")`, replace: `if (false)` }],
    orders: 3,
    focus: { world: { shop: { high_risk: 1 } } },
  },

  // ------------------------------------------------------------------ locks and keys of rows
  {
    name: "balance-written-as-read",
    title: "a balance is written as what was read and what was booked, without a lock",
    invariants: ["I21"],
    edits: [
      {
        file: "src/store/ledger.ts",
        find: `set balance = l.balance + c.amount\n      from (\n        select l.workspace_id, l.id, k.amount`,
        replace: `set balance = c.was + c.amount\n      from (\n        select l.workspace_id, l.id, k.amount, l.balance as was`,
      },
      {
        file: "src/store/ledger.ts",
        find: `order by l.workspace_id, l.id for no key update of l`,
        replace: `order by l.workspace_id, l.id`,
      },
    ],
    orders: 6,
    days: 0.0002,
    focus: {
      order: byKey,
      batch: 1,
      workersWithinMs: 50,
      town: 0,
      strikes: [{ at: "update ledger_account", when: "after", who: "worker", chance: 0.5, does: { pauseMs: 3_000 } }],
    },
  },
  {
    name: "intake-not-locked",
    title: "a new version of an order does not lock it, and nothing numbers events once",
    invariants: ["I13", "I15", "I17"],
    edits: [{ file: "src/store/intake.ts", find: `order by o.id for update of o\`,`, replace: `order by o.id\`,` }],
    sql: "alter table event drop constraint event_pkey",
    orders: 6,
    focus: {
      world: { shop: { late_in_feed: 1, buyer_changes_address: 1, pays_later: 1 } },
      batch: 1,
      workersWithinMs: 50,
      strikes: slow("insert into order_version", 300),
    },
  },
  {
    name: "cancellation-passes-its-order",
    title:
      "an order and its cancellation that are taken in at the same moment do not find each other (mended in 3921659)",
    invariants: ["M1"],
    edits: [
      {
        file: "src/store/intake.ts",
        find: `${"$"}{mayPutBy ? sql\`for no key update\` : sql\`for share\`}`,
        replace: "",
      },
    ],
    orders: 12,
    focus: { order: { ...byKey, asksToCancelAfterMs: 30_000 }, batch: 1, workersWithinMs: 50 },
  },
  {
    name: "restore-holds-nothing",
    title:
      "a restored database that is said to be home holds nothing that people may have bought since, and the journal says nothing of it",
    invariants: ["I01"],
    edits: [
      nothingIsHeld,
      // The journal would still know that somebody began.
      {
        file: "src/gate/journal.ts",
        find: `if (line.line === "sending" || line.line === "by_hand") known.wasSent = true;`,
        replace: `if (line.line === "sending") known.wasSent = true;`,
      },
    ],
    orders: 6,
    days: 0.03,
    faultHours: 1,
    focus: { town: 0, order: byHand, restores: true, habits: { serves: 1 }, sql: noDuplicates },
  },
  {
    name: "restore-forgets-the-order",
    title: "the journal is not asked what else was bought for an order that a restored database met anew",
    invariants: ["I01"],
    edits: [
      {
        file: "src/gate/purchase.ts",
        find: `if (others.length === 0) return null;`,
        replace: `if (others.length >= 0) return null;`,
      },
    ],
    orders: 6,
    days: 0.03,
    faultHours: 1,
    focus: { order: byNobody, restores: true, sql: noDuplicates },
  },
  {
    name: "restored-to-the-desk",
    title:
      "what the journal knows to be bought before a restore goes to the operators' desk as one more order (mended in 9457cde)",
    invariants: ["I01"],
    edits: [
      {
        file: "src/domain/placement.ts",
        find: ` && code !== "bought_before_restore";`,
        replace: `;`,
      },
      // Whoever orders it there would be told.
      nobodyIsTold,
    ],
    orders: 6,
    days: 0.03,
    faultHours: 1,
    focus: { order: byNobody, restores: true, sql: noDuplicates },
  },
  {
    name: "by-hand-not-asked",
    title: "whoever takes an order over after a restore is not told what the journal knows of it",
    invariants: ["I01"],
    edits: [
      // What people may have bought would be held before anybody takes it.
      nothingIsHeld,
      nobodyIsTold,
    ],
    orders: 6,
    days: 0.03,
    faultHours: 1,
    focus: { town: 0, order: byHand, restores: true, habits: { serves: 1 }, sql: noDuplicates },
  },
  {
    name: "restore-renews-the-key",
    title: "a restored database believes that the supplier knows a key for as long as if it had never been sent before",
    invariants: ["I01"],
    edits: [
      {
        file: "src/gate/purchase.ts",
        find: `return keyUntil.getTime() - Math.max(0, sooner);`,
        replace: `return keyUntil.getTime();`,
      },
    ],
    orders: 6,
    days: 0.03,
    faultHours: 2,
    focus: { order: byKey, town: 1, restores: true, habits: { outages: 1 }, sql: noDuplicates },
  },
  {
    name: "safe-mode-ignored",
    title: "a restored database buys and tells while it is in safe mode",
    invariants: ["I03", "I28"],
    edits: [
      {
        file: "src/store/attempt.ts",
        find: `(k.is_resend or asks.open = 0)
       and not exists (select 1 from installation i where i.safe_mode_reason is not null)`,
        replace: `(k.is_resend or asks.open = 0)`,
      },
      { file: "src/domain/placement.ts", find: `if (draft.shared.safeMode) return not("safe_mode");`, replace: "" },
      {
        file: "src/store/account.ts",
        find: `where d.due > 0 and not exists (select 1 from installation where safe_mode_reason is not null)`,
        replace: `where d.due > 0`,
      },
      {
        file: "src/store/account.ts",
        find: `
         and not exists (select 1 from installation where safe_mode_reason is not null)
       group by workspace_id, account_id`,
        replace: `
       group by workspace_id, account_id`,
      },
      {
        file: "src/store/write-back.ts",
        find: ` and not exists (select 1 from installation i where i.safe_mode_reason is not null)`,
        replace: "",
      },
    ],
    orders: 10,
    days: 0.06,
    faultHours: 1,
    focus: { town: 0, order: byKey, restores: true },
  },
  {
    name: "message-kept-twice",
    title:
      "a message that comes again is kept again, and its words count as news: the inbox has no key and the version no digest",
    invariants: ["I13"],
    edits: [
      {
        file: "src/store/connection.ts",
        find: `\n    on conflict (workspace_id, connection_id, event_id, body_hash) do nothing`,
        replace: "",
      },
      { file: "src/domain/intake.ts", find: `if (incoming.digest === order.versionDigest) {`, replace: `if (false) {` },
    ],
    sql: "drop index inbox_event",
    orders: 3,
    focus: { world: { shop: { repeated_message: 1 } } },
  },
  {
    name: "announced-twice",
    title:
      "a parcel that has its announcement gets another one: neither its row, nor what was told, nor the unique index is asked",
    invariants: ["I26", "I27", "L2"],
    edits: [
      { file: "src/domain/write-back.ts", find: `    current.set(parcel, row);\n`, replace: "" },
      {
        file: "src/domain/write-back.ts",
        find: `    for (const { orderLineNo, quantity } of row.lines) add(told, orderLineNo, quantity);\n  }\n  for (const shipment of dossier.shipments) {`,
        replace: `  }\n  for (const shipment of dossier.shipments) {`,
      },
      {
        file: "src/engine/stages/write-back.ts",
        find: `reference: referenceOf(work.shipment.publicId, work.shipment.parcels.indexOf(work.parcel)),`,
        replace: `reference: work.writeBack.id,`,
      },
    ],
    sql: "drop index write_back_parcel",
    orders: 2,
    focus: {
      town: 0,
      order: { ...byKey, quantity: 4 },
      world: { suppliers: { "*": { split_parcels: 1 } } },
    },
  },

  // ------------------------------------------------------------------ walls between workspaces
  {
    name: "foreign-order-changed",
    title:
      "a button works on an order of another workspace: its id alone finds it, and it is locked, read and written where it lies",
    invariants: ["I30"],
    edits: [
      {
        file: "src/store/read/order.ts",
        find: `sql\`select id from sales_order where workspace_id = \${workspaceId}::bigint and public_id = \${publicId}::uuid\`,`,
        replace: `sql\`select id from sales_order where \${workspaceId}::bigint > 0 and public_id = \${publicId}::uuid\`,`,
      },
      {
        file: "src/engine/actions/change-order.ts",
        find: `const key = { workspaceId: who.workspaceId, orderId };`,
        replace: `const { col, row } = await import("#store/row.ts");
  const { sql } = await import("#store/sql.ts");
  const { id } = await engine.db.one(row({ id: col.text }), sql\`select workspace_id as id from sales_order where id = \${orderId}::bigint\`);
  const key = { workspaceId: id as never, orderId };`,
      },
    ],
    orders: 24,
    focus: { order: { ...byKey, paid: false }, habits: { reads: 1 } },
  },
  {
    name: "trail-rewritable",
    title: "the engine's role may change what was written into the trail",
    invariants: ["I17"],
    sql: "grant update, delete on event to switchyard_engine",
    orders: 1,
  },
];
