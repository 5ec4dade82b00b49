import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Simulated } from "./simulate.ts";

/**
 * `simulate` in a process and on a cluster of its own, with these arguments. A run keeps one processor busy at a time, its own or PostgreSQL's, so two side by
 * side are done in half the time. Throws when it ends without a result, with what it said.
 */
export function simulateApart(asked: readonly string[]): Promise<Simulated> {
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  const args = [main, ...asked, "--output", "json"];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      try {
        resolve(JSON.parse(stdout) as Simulated);
      } catch {
        reject(new Error(`The simulator ended without a result: ${stderr === "" ? (error?.message ?? "") : stderr}`));
      }
    });
  });
}
