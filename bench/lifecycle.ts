import type { BenchCase } from "./case.ts";
import { profileEngine } from "./profile.ts";

export const lifecycle: BenchCase = {
  name: "engine",
  about: "the life of an order, by the engine and by hand-written SQL",
  isQuick: true,
  run: (bench) => profileEngine(bench),
};
