import { readdir, readFile, writeFile } from "node:fs/promises";
import { faultKinds, type FaultKind, type Focus, type ProfileName } from "./faults.ts";
import type { RunOptions } from "./run.ts";

/** A run that once broke a rule, as small as it could be made. It is run first, for ever. */
export interface Regression {
  /** What it found, and in which commit's children it was mended. */
  found: string;
  /** The planted bug that brings it back. */
  mutant?: string | undefined;
  invariant: string;
  seed: number;
  orders: number;
  days: number;
  mode: "statement" | "transaction";
  profile: ProfileName;
  without: FaultKind[];
  withoutOrders: number[];
  faultHours?: number | undefined;
  quietHours?: number | undefined;
  focus?: Focus | undefined;
  restores?: boolean | undefined;
}

const folder = new URL("regressions/", import.meta.url);

export async function readRegressions(): Promise<{ name: string; regression: Regression }[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".json")).sort();
  return Promise.all(
    names.map(async (name) => ({
      name,
      regression: JSON.parse(await readFile(new URL(name, folder), "utf8")) as Regression,
    })),
  );
}

export async function writeRegression(name: string, regression: Regression): Promise<string> {
  const path = new URL(`${name}.json`, folder);
  await writeFile(path, `${JSON.stringify(regression, null, 2)}\n`);
  return path.pathname;
}

export const toRegression = (
  options: RunOptions,
  invariant: string,
  { found, mutant }: { found: string; mutant?: string | undefined },
): Regression => ({
  found,
  mutant,
  invariant,
  seed: options.seed,
  orders: options.orders,
  days: options.days,
  mode: options.mode,
  profile: options.profile,
  without: faultKinds.filter((kind) => options.without.has(kind)),
  withoutOrders: [...options.withoutOrders].sort((a, b) => a - b),
  faultHours: options.faultHours,
  quietHours: options.quietHours,
  focus: options.focus,
  restores: options.restores,
});

export const toOptions = ({
  found: _found,
  invariant: _invariant,
  mutant: _mutant,
  without,
  withoutOrders,
  ...options
}: Regression): RunOptions => ({ ...options, without: new Set(without), withoutOrders: new Set(withoutOrders) });
