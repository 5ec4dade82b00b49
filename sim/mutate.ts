import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import type { SimCluster } from "./cluster.ts";
import type { RunOptions } from "./run.ts";
import { mutants, type Edit, type Mutant } from "./mutants.ts";

/** What a run is given besides the mutant itself, so that it is caught within so many orders. */
export type MutantRun = Pick<
  RunOptions,
  "seed" | "orders" | "days" | "mode" | "profile" | "focus" | "faultHours" | "quietHours"
>;

const root = new URL("../", import.meta.url);

export const listMutants = (): readonly Mutant[] => mutants;

/** Throws for a name that there is none of, and says which there are. */
export function findMutant(name: string): Mutant {
  const found = mutants.find((each) => each.name === name);
  if (found === undefined)
    throw new RangeError(`There is no mutant "${name}". There are ${mutants.map((each) => each.name).join(", ")}.`);
  return found;
}

/**
 * SM-10. Plants the bug: each module of the product that it changes is changed while it is loaded, so call this before anything imports the product.
 * Nothing is written to disk. Throws where a text is not found exactly once: the code has moved on, and the mutant has to follow.
 */
export function installMutant(name: string): Mutant {
  const mutant = findMutant(name);
  const edits = new Map<string, Edit[]>();
  for (const edit of mutant.edits ?? []) {
    const url = new URL(edit.file, root).href;
    edits.set(url, [...(edits.get(url) ?? []), edit]);
  }
  if (edits.size === 0) return mutant;
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const mine = edits.get(url);
      if (mine === undefined) return loaded;
      return { ...loaded, source: mine.reduce(applyEdit, readFileSync(fileURLToPath(url), "utf8")) };
    },
  });
  return mutant;
}

/** Each file that a mutant changes, as it is with the bug in it. Throws like `installMutant`. */
export function mutatedSources(mutant: Mutant): Map<string, string> {
  const sources = new Map<string, string>();
  for (const edit of mutant.edits ?? [])
    sources.set(
      edit.file,
      applyEdit(sources.get(edit.file) ?? readFileSync(fileURLToPath(new URL(edit.file, root)), "utf8"), edit),
    );
  return sources;
}

function applyEdit(source: string, { file, find, replace }: Edit): string {
  const parts = source.split(find);
  if (parts.length !== 2)
    throw new Error(
      `${file} has this ${parts.length - 1} times, and a mutant wants to change it where it is once: ${find}. Follow the code in sim/mutants.ts.`,
    );
  return parts.join(replace);
}

/** The statements that plant a bug in the database, after its migrations; null: it is in the code only. */
export const mutantSql = (name: string): string | null => findMutant(name).sql ?? null;

/** The same cluster, whose databases come with the bug in them. */
export function withSql(cluster: SimCluster, sql: string | null): SimCluster {
  if (sql === null) return cluster;
  return {
    ...cluster,
    async makeDatabase() {
      const database = await cluster.makeDatabase();
      const client = new Client(database.config("postgres"));
      await client.connect();
      await client.query(sql);
      await client.end();
      return database;
    },
  };
}

/** How its list entry says that it is caught. */
export const runOf = ({
  seed = 1,
  orders,
  days = 0.005,
  profile = "calm",
  focus,
  faultHours = 0.5,
  quietHours = 2,
}: Mutant): MutantRun => ({
  seed,
  orders,
  days,
  mode: "statement",
  profile,
  focus,
  faultHours,
  quietHours,
});
