import type { BenchCase } from "./case.ts";
import { lifecycle } from "./lifecycle.ts";

/** All cases, in the order in which they run. */
export const cases: readonly BenchCase[] = [lifecycle];
