import type pg from "pg";
import { checkAnnouncing } from "./announcing.ts";
import { everythingBought, type Case } from "./case.ts";
import { invariants } from "./catalogue.ts";
import { checkChain } from "./chain.ts";
import { checkRules, endRules, safetyRules } from "./database.ts";
import { readFacts } from "./facts.ts";
import { checkDuplicates, checkIntake } from "./intake.ts";
import { checkLiveness } from "./liveness.ts";
import { checkModel } from "./model.ts";
import type { Outside } from "./outside.ts";
import { checkPlacing, checkPurchases } from "./placing.ts";
import { checkRestored, isForgotten } from "./restored.ts";
import { checkTenants } from "./tenants.ts";
import { readTruth, type Truth } from "./truth.ts";

export { invariants };
export type { Invariant } from "./catalogue.ts";
export type { Acknowledged, Outside, SentRequest, Told, WorldEvent } from "./outside.ts";

export interface Violation {
  /** "I01" … "I34", "L1", "M1": see `invariants`. */
  invariant: string;
  /** The order's number; null where it is about no single order. */
  order: string | null;
  /** Whose order: two workspaces number alike. */
  workspace: string | null;
  what: string;
}

/**
 * What compares the outside with what the database says of one order. Where the database was set back and had forgotten something of it, `restored.ts` says what
 * is asked instead.
 */
const lostWithTheDatabase: ReadonlySet<string> = new Set([
  "I04",
  "I05",
  "I08",
  "I26",
  "I27",
  "I28",
  "M1",
  "M2",
  "M3",
  "L2",
]);

/** How long after its time a timer may still ring. */
const overdueMs = 60 * 60_000;

/**
 * Compares one database with what really happened outside (SM-40). `midway`: only what holds at every moment. The client is a role that sees every
 * workspace; everything is read in one read-only snapshot, and nothing is written or locked. Throws where the outside's own logs are not whole.
 */
export async function check(client: pg.Client, outside: Outside, when: "midway" | "end"): Promise<Violation[]> {
  const violations: Violation[] = [];
  await client.query("begin isolation level repeatable read read only");
  try {
    // Nothing has ever been analyzed, so a plan is a guess; these are the ones that stay good when the guess is wrong.
    await client.query("set local enable_nestloop = off");
    await client.query("set local time zone 'UTC'");
    const facts = await readFacts(client, when);
    const isQuiet = when === "end" && outside.faultsStoppedAt !== null;
    const truths = readTruths(facts.workspaces, outside);
    const the: Case = {
      facts,
      outside,
      truths,
      bought: everythingBought({ facts, truths, outside }),
      now: outside.now,
      isQuiet,
      found: (invariant, order, what) => {
        if (order !== undefined && lostWithTheDatabase.has(invariant) && isForgotten(the, order)) return;
        const workspace = facts.workspaces.find(({ id }) => id === order?.workspaceId)?.slug ?? null;
        violations.push({ invariant, order: order?.number ?? null, workspace, what });
      },
    };
    const overdueBefore = isQuiet ? outside.now - overdueMs : 0;
    const parameters = { now: instant(outside.now), overdue: instant(overdueBefore) };
    checkPurchases(the);
    checkRestored(the);
    checkDuplicates(the);
    await checkRules(client, the, safetyRules, parameters);
    await checkTenants(client, the, when);
    if (when === "end") {
      checkPlacing(the);
      checkIntake(the);
      checkAnnouncing(the);
      checkLiveness(the);
      checkModel(the);
      await checkChain(client, the);
      await checkRules(client, the, endRules, parameters);
    }
  } finally {
    await client.query("rollback");
  }
  return violations.toSorted((a, b) => a.invariant.localeCompare(b.invariant));
}

const instant = (at: number): string => `timestamptz '${new Date(at).toISOString()}'`;

/** Each world's log, by the workspace that lives in it. Throws for a workspace that is not there. */
function readTruths(
  workspaces: readonly { id: string; slug: string; kind: string }[],
  outside: Outside,
): Map<string, Truth> {
  const own = outside.workspaceSlug ?? workspaces.find(({ kind }) => kind === "sandbox")?.slug;
  const worlds = [
    ...(own === undefined ? [] : [{ workspaceSlug: own, events: outside.events }]),
    ...(outside.neighbours ?? []),
  ];
  return new Map(
    worlds.map(({ workspaceSlug, events }) => {
      const workspace = workspaces.find(({ slug }) => slug === workspaceSlug);
      if (workspace === undefined)
        throw new Error(
          `There is no workspace ${workspaceSlug}; there are ${workspaces.map(({ slug }) => slug).join(", ")}.`,
        );
      return [workspace.id, readTruth(events)];
    }),
  );
}
