import { buildApi } from "#api/server.ts";
import { openDb } from "#store/db.ts";
import type { WorkspaceId } from "#domain/ids.ts";
import type { Log } from "#engine/context.ts";
import { CliError } from "./cli-error.ts";
import { realClock } from "./clock.ts";
import type { Connection } from "./connect.ts";

export interface ApiClient {
  get<T>(path: string, query?: Record<string, string | undefined>): Promise<T>;
  post<T>(path: string, body?: unknown): Promise<T>;
  put<T>(path: string, body: unknown): Promise<T>;
  delete<T>(path: string): Promise<T>;
  close(): Promise<void>;
}
interface ProblemBody {
  detail: string;
  next: string;
  errors?: { field: string; found: string; expected: string }[];
}

/** CLI-7. Asks the product's own HTTP API in this process: commands answer with exactly its JSON, under its checks and its row-level security. */
export async function openApi({ store, db, engine }: Connection, workspaceId: WorkspaceId): Promise<ApiClient> {
  const api = openDb(store.api(), { max: 2 });
  // A server would write it to its log; a command has only its own error to say it in.
  let unexpected: string | null = null;
  const log: Log = { ...engine.log, error: (fields) => (unexpected = String(fields["error"])) };
  const app = await buildApi({
    db: { api, engine: db },
    engine,
    clock: realClock,
    log,
    as: { workspaceId, actor: engine.actor, role: "owner", supplierIds: null, signedIn: null },
  });
  async function ask<T>(method: "GET" | "POST" | "PUT" | "DELETE", url: string, body?: unknown): Promise<T> {
    const response = await app.inject({
      method,
      url,
      headers: { host: "localhost", ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
    if (response.statusCode < 400) return JSON.parse(response.body) as T;
    if (response.statusCode >= 500) throw new Error(unexpected ?? response.body);
    throw problemError(JSON.parse(response.body) as ProblemBody);
  }
  return {
    get: (path, query = {}) => {
      const given = Object.entries(query).filter((each): each is [string, string] => each[1] !== undefined);
      const text = new URLSearchParams(given).toString();
      return ask("GET", text === "" ? path : `${path}?${text}`);
    },
    post: (path, body = {}) => ask("POST", path, body),
    put: (path, body) => ask("PUT", path, body),
    delete: (path) => ask("DELETE", path),
    close: async () => {
      await app.close();
      await api.end();
    },
  };
}

/** The field at fault, or what happened; and the way out. */
function problemError({ detail, next, errors = [] }: ProblemBody): CliError {
  const fields = errors.map(
    ({ field, found, expected }) =>
      `${field.replace(/^(body|query|params)\./, "")}: found ${found}, expected ${expected}`,
  );
  // The API's way out speaks of its own addresses and headers; at a terminal the reason itself says it.
  const way = next.startsWith("Read the order again")
    ? ""
    : next.replace(/^Check the address and the id\..*$/s, "Look for it with npx switchyard orders list.");
  return fields.length > 0 ? new CliError(`${fields.join("; ")}.`, "Nothing was changed.") : new CliError(detail, way);
}
