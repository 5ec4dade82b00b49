import createClient from "openapi-fetch";
import type { Answer, CallOptions, Item, ListPath, Method, Path, Rest } from "./contract.ts";
import { liveEvents, type EventOptions, type LiveEvent } from "./events.ts";
import { noAnswer, problemOf, type SwitchyardProblem } from "./problem.ts";
import type { paths } from "./schema.d.ts";

export type { Answer, Body, CallOptions, Item, ListPath, Path, Query, Schema, Schemas } from "./contract.ts";
export type { EventOptions, LiveEvent } from "./events.ts";
export { SwitchyardProblem } from "./problem.ts";
export type { components, paths, webhooks } from "./schema.d.ts";
export { verifyWebhook, WebhookRefused, type WebhookMessage } from "./webhook.ts";

export interface ClientOptions {
  /** Where the server is, such as `http://127.0.0.1:4400`. In a page of the server itself it may be left out. */
  baseUrl?: string;
  /** An API key, `swk_…`. A page in a browser has none: its cookie is sent, to its own server only. */
  key?: string;
  /** The workspace that is meant, by its name, for somebody who belongs to several. A key names its own. */
  workspace?: string;
  fetch?: typeof globalThis.fetch;
  /** Makes the Idempotency-Key of each POST; 128 random bits unless given. */
  makeIdempotencyKey?: () => string;
  /** How often a request that was surely not done is sent again (429; for GET also 502 to 504 and no answer); 2 unless given. */
  retries?: number;
}

export interface SwitchyardClient {
  get<P extends Path<"get">>(path: P, ...options: Rest<CallOptions<"get", P>>): Promise<Answer<"get", P>>;
  post<P extends Path<"post">>(path: P, ...options: Rest<CallOptions<"post", P>>): Promise<Answer<"post", P>>;
  put<P extends Path<"put">>(path: P, ...options: Rest<CallOptions<"put", P>>): Promise<Answer<"put", P>>;
  delete<P extends Path<"delete">>(path: P, ...options: Rest<CallOptions<"delete", P>>): Promise<Answer<"delete", P>>;
  /** The pages of a list, each fetched when it is asked for. */
  pages<P extends ListPath>(path: P, ...options: Rest<CallOptions<"get", P>>): AsyncGenerator<Answer<"get", P>, void>;
  /** What a list lists, one by one, page after page. */
  each<P extends ListPath>(path: P, ...options: Rest<CallOptions<"get", P>>): AsyncGenerator<Item<P>, void>;
  /** What changes, as it changes. Comes back by itself when the connection is lost, and goes on where it was; ends with `signal`, or when it may not follow any more. */
  events(options?: EventOptions): AsyncGenerator<LiveEvent, void>;
}

/** What every call comes down to; each public call has its own, narrower type. */
interface Call {
  path?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: unknown;
  signal?: AbortSignal | undefined;
  headers?: Readonly<Record<string, string>>;
  ifMatch?: number | undefined;
  idempotencyKey?: string | undefined;
}

/**
 * A client of Switchyard's HTTP API. Every call answers what the API answers, or throws a `SwitchyardProblem`; an abort by `signal` is thrown as it is.
 */
export function createSwitchyardClient(options: ClientOptions = {}): SwitchyardClient {
  const { baseUrl = "", key, workspace, makeIdempotencyKey = randomKey, retries = 2 } = options;
  const send = options.fetch ?? ((...request: Parameters<typeof globalThis.fetch>) => globalThis.fetch(...request));
  const headers = {
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    ...(workspace === undefined ? {} : { "x-switchyard-workspace": workspace }),
  };
  // Not followed: a key must not travel to where a redirect points.
  const inner = createClient<paths>({ baseUrl, fetch: send, headers, credentials: "same-origin", redirect: "error" });

  async function call(method: Method, path: string, wish: Call = {}): Promise<unknown> {
    const idempotencyKey = method === "post" ? (wish.idempotencyKey ?? makeIdempotencyKey()) : null;
    for (let tries = 1; ; tries += 1) {
      const answer = await once(method, path, wish, idempotencyKey);
      if ("value" in answer) return answer.value;
      const { problem } = answer;
      const isSafe =
        problem.status === 429 ||
        (method === "get" && (problem.status === 0 || (problem.status > 501 && problem.status < 505)));
      if (!isSafe || tries > retries || (problem.retryAfterMs ?? 0) > longestWaitMs) throw problem;
      await pause(problem.retryAfterMs ?? 250 * 2 ** (tries - 1), wish.signal);
    }
  }

  async function once(
    method: Method,
    path: string,
    wish: Call,
    idempotencyKey: string | null,
  ): Promise<{ value: unknown } | { problem: SwitchyardProblem }> {
    try {
      const request = inner.request as unknown as (
        method: Method,
        path: string,
        init: object,
      ) => Promise<{ error?: unknown; response: Response }>;
      const { error, response } = await request(method, path, {
        params: { path: wish.path ?? {}, query: wish.query ?? {} },
        ...(wish.body === undefined ? {} : { body: wish.body }),
        ...(wish.signal === undefined ? {} : { signal: wish.signal }),
        ...(wish.body instanceof Blob ? { bodySerializer: (body: Blob) => body } : {}),
        headers: {
          ...(wish.body instanceof Blob ? { "content-type": wish.body.type } : {}),
          ...(idempotencyKey === null ? {} : { "idempotency-key": idempotencyKey }),
          ...(wish.ifMatch === undefined ? {} : { "if-match": `"${wish.ifMatch}"` }),
          ...wish.headers,
        },
        parseAs: "stream",
      });
      return response.ok ? { value: await valueOf(response) } : { problem: problemOf(error, response, idempotencyKey) };
    } catch (error) {
      if (wish.signal?.aborted === true) throw error;
      return { problem: noAnswer(`${baseUrl}${path}`, error, idempotencyKey) };
    }
  }

  async function* pages(path: ListPath, wish: Call = {}): AsyncGenerator<{ next: string | null }, void> {
    for (let cursor = wish.query?.["cursor"]; ;) {
      const query = { ...wish.query, ...(cursor === undefined ? {} : { cursor }) };
      const page = (await call("get", path, { ...wish, query })) as { next: string | null };
      yield page;
      if (page.next === null) return;
      cursor = page.next;
    }
  }

  async function* each(path: ListPath, wish: Call = {}): AsyncGenerator<unknown, void> {
    const name = path.slice(path.lastIndexOf("/") + 1).replaceAll("-", "_");
    for await (const page of pages(path, wish)) {
      const lists = Object.entries<unknown>({ ...page }).flatMap(([key, value]) =>
        Array.isArray(value) ? [[key, value as unknown[]] as const] : [],
      );
      yield* (lists.find(([key]) => key === name) ?? lists[0])?.[1] ?? [];
    }
  }

  return {
    get: (path: string, wish?: Call) => call("get", path, wish),
    post: (path: string, wish?: Call) => call("post", path, wish),
    put: (path: string, wish?: Call) => call("put", path, wish),
    delete: (path: string, wish?: Call) => call("delete", path, wish),
    pages,
    each,
    events: (wish) => liveEvents({ url: `${baseUrl}/v1/events/stream`, send, headers, pause }, wish),
  } as SwitchyardClient;
}

const longestWaitMs = 30_000;

/** A file as its bytes, JSON as its value, text as text, anything else as bytes. */
async function valueOf(response: Response): Promise<unknown> {
  if (response.status === 204) return undefined;
  if (response.headers.get("content-disposition")?.startsWith("attachment") === true) return response.blob();
  const type = response.headers.get("content-type") ?? "";
  if (/json/.test(type)) return response.json();
  return type.startsWith("text/") ? response.text() : response.blob();
}

/** Also where a page without https has no randomUUID. */
const randomKey = (): string =>
  [...globalThis.crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason as Error);
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
