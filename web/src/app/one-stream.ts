/** What the stream says, by the name of its event; `lost`: nothing comes at present, `end`: this caller may not follow any more. */
export type Told = (typeof named)[number] | "lost";
const named = ["ready", "counts", "orders", "reset", "end"] as const;

/** After a stream that the server refused or ended, another try. */
const againMs = 30_000;

/**
 * Follows a stream together with all tabs of this browser: one of them, the holder of a lock, has it open and tells the others. A browser opens six connections
 * to a server without HTTP/2, and a stream keeps one: with a stream in each tab the seventh would not open a page any more. When the tab that has it goes, the
 * next one takes over. Without locks (they need https or this machine) each tab has its own. Answers how to stop.
 */
export function followTogether(url: string, told: (what: Told) => void): () => void {
  const gone = new AbortController();
  if (navigator.locks === undefined || typeof BroadcastChannel === "undefined") {
    void open(url, told, gone.signal);
    return () => gone.abort();
  }
  const name = `switchyard.live ${url}`;
  const tabs = new BroadcastChannel(name);
  /** What was said last, by this tab's own stream; null: another one has it. */
  let latest: Told | null = null;
  let hasListened = false;
  tabs.onmessage = ({ data }: MessageEvent<Told | typeof hello>) => {
    if (data === hello) {
      if (latest !== null) tabs.postMessage(latest === "lost" || latest === "end" ? latest : "ready");
      return;
    }
    hasListened = true;
    told(data);
  };
  const say = (what: Told): void => {
    // Between two who have the stream something may have been missed.
    latest = what === "ready" && hasListened ? "reset" : what;
    hasListened = false;
    told(latest);
    tabs.postMessage(latest);
  };
  const lead = async (): Promise<void> => {
    while (!gone.signal.aborted) {
      await navigator.locks.request(name, { signal: gone.signal }, () => open(url, say, gone.signal));
      latest = null;
      await pause(againMs, gone.signal);
    }
  };
  lead().catch(() => undefined); // given up while it waited for its turn
  tabs.postMessage(hello);
  return () => {
    gone.abort();
    tabs.close();
  };
}
const hello = "hello";

/** Resolves when the stream is over: ended or refused by the server, or given up. What only broke off comes again by itself. */
function open(url: string, told: (what: Told) => void, gone: AbortSignal): Promise<void> {
  return new Promise((over) => {
    const source = new EventSource(url);
    const close = (): void => {
      source.close();
      over();
    };
    gone.addEventListener("abort", close, { once: true });
    for (const what of named)
      source.addEventListener(what, () => {
        told(what);
        if (what === "end") close();
      });
    source.onerror = () => {
      told("lost");
      if (source.readyState === EventSource.CLOSED) close();
    };
  });
}

const pause = (ms: number, gone: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    gone.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
