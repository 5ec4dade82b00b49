import type { components } from "./schema.d.ts";
import { problemOf, SwitchyardProblem } from "./problem.ts";

/** `ready` and `reset` say that everything is to be read anew, or nothing was missed; `orders` and `counts` what changed. */
export type LiveEvent =
  | { type: "ready"; id: string | null }
  | { type: "reset"; id: string }
  | { type: "orders"; id: string; data: components["schemas"]["LiveOrders"] }
  | { type: "counts"; id: null; data: components["schemas"]["LiveCounts"] };

export interface EventOptions {
  signal?: AbortSignal | undefined;
  /** The id of the last event that was seen: what came after it is told first, for 24 hours back. */
  lastEventId?: string | undefined;
  /** Told when the stream is open, and when it waits to be opened again. */
  onConnection?: ((state: "open" | "waiting") => void) | undefined;
}

interface Wire {
  url: string;
  send: typeof globalThis.fetch;
  headers: Readonly<Record<string, string>>;
  pause: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** The server says something every 15 seconds; a connection that is silent for three times as long is dead. */
const silentMs = 45_000;
const [shortestWaitMs, longestWaitMs] = [500, 15_000];

/** What changes, over as many connections as it takes. */
export async function* liveEvents(
  { url, send, headers, pause }: Wire,
  options: EventOptions = {},
): AsyncGenerator<LiveEvent, void> {
  const { signal, onConnection } = options;
  let last = options.lastEventId ?? null;
  let waitMs = shortestWaitMs;
  const isOver = (): boolean => signal?.aborted === true;
  while (!isOver()) {
    const gone = new AbortController();
    const over = (): void => gone.abort();
    signal?.addEventListener("abort", over, { once: true });
    let silence = setTimeout(over, silentMs);
    const heard = (): void => {
      clearTimeout(silence);
      silence = setTimeout(over, silentMs);
    };
    try {
      const response = await send(url, {
        headers: { ...headers, accept: "text/event-stream", ...(last === null ? {} : { "last-event-id": last }) },
        credentials: "same-origin",
        redirect: "error",
        cache: "no-store",
        signal: gone.signal,
      });
      if (!response.ok || response.body === null) throw problemOf(await read(response), response, null);
      onConnection?.("open");
      for await (const message of messages(response.body, heard)) {
        if (message.id !== null) last = message.id;
        waitMs = shortestWaitMs;
        if (message.event === "end") throw ended((JSON.parse(message.data) as { why: string }).why);
        yield { type: message.event, id: message.id, data: JSON.parse(message.data) as never } as LiveEvent;
      }
    } catch (error) {
      if (isOver()) return;
      if (error instanceof SwitchyardProblem && isFinal(error)) throw error;
      if (error instanceof SwitchyardProblem) waitMs = Math.max(waitMs, error.retryAfterMs ?? 0);
      else if (!isLost(error)) throw error;
    } finally {
      clearTimeout(silence);
      signal?.removeEventListener("abort", over);
      gone.abort();
    }
    onConnection?.("waiting");
    await pause(waitMs, signal).catch(() => {});
    waitMs = Math.min(waitMs * 2, longestWaitMs);
  }
}

/** Waiting helps where the server is away or busy, and nowhere else. */
const isFinal = ({ status }: SwitchyardProblem): boolean => status < 500 && status !== 429;

/** What fetch and a broken body throw; anything else is a mistake, ours or the reader's. */
const isLost = (error: unknown): boolean =>
  error instanceof TypeError || (error instanceof Error && /^(AbortError|NetworkError)$/.test(error.name));

const ended = (why: string): SwitchyardProblem =>
  new SwitchyardProblem({
    type: "urn:switchyard:problem:stream_ended",
    title: "Forbidden",
    status: 403,
    code: "stream_ended",
    detail: why,
    next: "Sign in again, or use a key that may follow events.",
  });

async function read(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

interface Message {
  id: string | null;
  event: string;
  data: string;
}

/** The messages of a text/event-stream; `heard` is told of every byte, comments included. */
async function* messages(body: ReadableStream<Uint8Array>, heard: () => void): AsyncGenerator<Message, void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return; // what is begun and not ended by an empty line does not count
      heard();
      rest += decoder.decode(value, { stream: true });
      const whole = rest.split("\n\n");
      rest = whole.pop() ?? "";
      for (const block of whole) {
        const message = parse(block);
        if (message !== null) yield message;
      }
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function parse(block: string): Message | null {
  const message: Message = { id: null, event: "message", data: "" };
  for (const line of block.split("\n")) {
    const [, field = "", value = ""] = /^([^:]+):? ?(.*)$/.exec(line) ?? [];
    if (field === "id") message.id = value;
    else if (field === "event") message.event = value;
    else if (field === "data") message.data += message.data === "" ? value : `\n${value}`;
  }
  return message.data === "" ? null : message;
}
