/** What comes in and goes out over HTTP, without the socket, so that tests and the simulator need none. */
export interface WorldRequest {
  method: string;
  /** Path with query, as in a request line. */
  path: string;
  /** Names in lower case. */
  headers: Record<string, string | undefined>;
  body: string;
}
export type WorldResponse =
  /** `afterMs`: how long the caller waits for it. */
  | { type: "answer"; afterMs: number; status: number; headers: Record<string, string>; body: string }
  /** The connection ends without an answer. */
  | { type: "drop"; afterMs: number };

const jsonHeaders = { "content-type": "application/json; charset=utf-8" };

export function answer(status: number, body: Record<string, unknown>, afterMs = 0): WorldResponse {
  return { type: "answer", afterMs, status, headers: jsonHeaders, body: JSON.stringify(body) };
}
/** Every problem has a code for programs and a sentence for people. */
export function problem(status: number, error: string, message: string, afterMs = 0): WorldResponse {
  return answer(status, { error, message }, afterMs);
}
export const notFound = (what: string): WorldResponse => problem(404, "not_found", what);
export const busy = (afterMs = 0): WorldResponse => ({
  type: "answer",
  afterMs,
  status: 503,
  headers: { ...jsonHeaders, "retry-after": "1" },
  body: JSON.stringify({ error: "unavailable", message: "Too busy just now. Ask again in a second." }),
});

/** A request that cannot be understood: thrown by whoever reads it, answered with 400. */
export class BadRequest extends Error {}

export function readJson(body: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new BadRequest(`The body is not JSON: ${JSON.stringify(body.slice(0, 40))}.`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new BadRequest("The body must be a JSON object.");
  return value as Record<string, unknown>;
}
