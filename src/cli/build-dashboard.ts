// `npm run web:build`: what `switchyard start` does by itself, beforehand, for a place that the server may not write to.
import { builtDashboard } from "./dashboard.ts";

await builtDashboard((line) => process.stdout.write(`${line}\n`));
