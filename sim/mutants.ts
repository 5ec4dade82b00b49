import type { Focus, ProfileName } from "./faults.ts";

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
  quietHours?: number;
}

// What orders want, so that one kind of supplier gets them.
const byKey = { sku: "HP-MUG-TIDE", address: "good", paid: true } as const;
const byLookup = { sku: "HP-LANTERN", quantity: 1, address: "good", paid: true } as const;
const byNobody = { sku: "HP-BLANKET", address: "good", paid: true } as const;

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
    focus: { order: byKey },
  },
  {
    name: "new-key-per-try",
    title: "each sending of one attempt has an idempotency key of its own",
    invariants: ["I01", "I03"],
    edits: [
      {
        file: "src/gate/purchase.ts",
        find: `await supplier.place(context, [purchase.request],`,
        replace: `await supplier.place(context, [{ ...purchase.request, idempotencyKey: purchase.request.idempotencyKey + purchase.newestFence }],`,
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
    orders: 4,
    focus: { order: byLookup, world: { suppliers: { kestrel: { late_effect: 1, slow_lookup: 1 } } } },
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
    orders: 3,
    focus: { order: byLookup, world: { suppliers: { kestrel: { time_out_before: 1 } } } },
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
        find: `return purchase.keyUntil !== null && now < purchase.keyUntil ? null : "the supplier may have forgotten the key";`,
        replace: `return null;`,
      },
      {
        file: "src/gate/purchase.ts",
        find: `Math.min(now.getTime() + resendByMs, purchase.keyUntil!.getTime())`,
        replace: `now.getTime() + resendByMs`,
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
    orders: 6,
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
    orders: 6,
    focus: { order: byNobody, rates: { aimed: 1 }, points: ["C7"] },
  },
  {
    name: "journal-not-asked",
    title: "what became of an attempt is decided without the gate's journal",
    invariants: ["I01", "I08"],
    edits: [
      {
        file: "src/gate/purchase.ts",
        find: `const known = options.journal.find(purchase.request.reference);\n  if (known !== undefined)\n    return fromBefore`,
        replace: `const known = options.journal.find("") as ReturnType<typeof options.journal.find>;\n  if (known !== undefined)\n    return fromBefore`,
      },
    ],
    orders: 6,
    focus: { order: byNobody, rates: { aimed: 1 }, points: ["C7"] },
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
    orders: 3,
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
    sql: "drop index ledger_charge; drop index evidence_natural; create index evidence_natural on evidence (workspace_id)",
    orders: 4,
    focus: { order: byKey, rates: { aimed: 1 }, points: ["C8"] },
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
    orders: 6,
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
        find: `    await engine.db.tx(async (tx) => {\n      await engine.ids.ensure(tx, page.raw.length + 1);`,
        replace: `    await engine.db.tx((tx) => moveCursor(tx, connection, { cursor, dueAt: later(done ? everyMs : leaseMs), synced: null, problem: null }));\n    await engine.db.tx(async (tx) => {\n      await engine.ids.ensure(tx, page.raw.length + 1);`,
      },
    ],
    orders: 6,
    days: 0.05,
    focus: { strikes: [{ at: "insert into inbox", when: "before", chance: 0.5, does: "kill" }] },
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
];
