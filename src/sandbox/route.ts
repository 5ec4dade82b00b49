import type { WorldRequest, WorldResponse } from "./answer.ts";
import type { Context } from "./context.ts";

/** One thing the pretend world can be asked. `path` has `:names` for its variable parts. */
export interface Route {
  method: "GET" | "POST" | "PUT";
  path: string;
  does: string;
  handle: (context: Context, call: Call) => WorldResponse;
}
export interface Call {
  /** The variable part `name` of the path, decoded. */
  part(name: string): string;
  query: URLSearchParams;
  headers: WorldRequest["headers"];
  /** The body, which must be a JSON object. Throws `BadRequest`. */
  json(): Record<string, unknown>;
}
