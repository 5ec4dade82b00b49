// Runs in the test runner itself and stays for the whole run, so that the server does not stop and start again between two test files.
import { join } from "node:path";
import { dropLeftovers, leaveTestServer, testServer } from "./test-server.ts";

export async function globalSetup(): Promise<void> {
  // Each test file is a process, and many start others: what one of them compiled the next one reads.
  process.env["NODE_COMPILE_CACHE"] ??= join(import.meta.dirname, "../node_modules/.cache/compiled");
  await testServer();
  await dropLeftovers();
}

export const globalTeardown = leaveTestServer;
