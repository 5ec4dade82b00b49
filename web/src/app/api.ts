import { createSwitchyardClient, SwitchyardProblem, type Schemas, type SwitchyardClient } from "#client";

export type { Schemas };
export { SwitchyardProblem };

/** The API as this page asks it: by its cookie, in the workspace that the address bar names. */
const clients = new Map<string, SwitchyardClient>();
export function apiOf(workspace: string | null): SwitchyardClient {
  const name = workspace ?? "";
  let client = clients.get(name);
  if (client === undefined) {
    client = createSwitchyardClient(workspace === null ? {} : { workspace });
    clients.set(name, client);
  }
  return client;
}

/** An answer that the same question would get again. */
export const isRefused = (error: unknown): boolean =>
  error instanceof SwitchyardProblem && error.status >= 400 && error.status < 500 && error.status !== 429;
