#!/usr/bin/env node
// Plain JavaScript on purpose: it must run on the Node that happens to be installed. The product itself is TypeScript that Node 24
// strips while loading, so an older Node hands over to the one that is pinned in our dependencies.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const main = join(dirname(fileURLToPath(import.meta.url)), "..", "src", "cli", "main.ts");

if (Number(process.versions.node.split(".")[0]) >= 24) {
  process.argv[1] = main; // what the command line parser shows and skips
  await import(pathToFileURL(main).href);
} else {
  const require = createRequire(import.meta.url);
  const manifest = require.resolve("node/package.json");
  const pinned = join(dirname(manifest), require(manifest).bin.node);
  const child = spawn(pinned, [main, ...process.argv.slice(2)], { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    console.error(`switchyard needs Node 24, and its own copy did not start: ${error.message}\nRun "npm ci" again.`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => process.exit(signal === null ? code : 1));
}
