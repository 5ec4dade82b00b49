import type { BenchCase } from "./case.ts";
import { plans } from "./plans.ts";
import { batches, engine, processes, size, start } from "./lifecycle.ts";

/** All cases, in the order in which they run. */
export const cases: readonly BenchCase[] = [engine, processes, batches, start, size, plans];
