// Runs in the test runner itself and stays for the whole run, so that the server does not stop and start again between two test files.
import { dropLeftovers, leaveTestServer, testServer } from "./test-server.ts";

export async function globalSetup(): Promise<void> {
  await testServer();
  await dropLeftovers();
}

export const globalTeardown = leaveTestServer;
