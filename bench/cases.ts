import type { BenchCase } from "./case.ts";
import { csv } from "./csv.ts";
import { jobs } from "./jobs.ts";
import { plans } from "./plans.ts";
import { reads } from "./reads.ts";
import { timers } from "./timers.ts";
import { batches, engine, processes, size, start } from "./lifecycle.ts";

/** All cases, in the order in which they run. */
export const cases: readonly BenchCase[] = [engine, processes, batches, start, size, plans, reads, timers, csv, jobs];
