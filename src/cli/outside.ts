import { Agent as HttpAgent, request as ask, type ClientRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as askSecurely } from "node:https";
import { connect as connectPlain, isIP, type Socket } from "node:net";
import { connect as connectSecurely } from "node:tls";
import { HttpError, type Files, type HttpRequest, type HttpResponse, type Outside } from "#connectors/ports.ts";
import { diskFiles } from "#connectors/files/disk.ts";
import type { Clock } from "#domain/clock.ts";

/** No answer of a shop or supplier is longer; more is somebody else's mistake or malice. */
const longestAnswer = 32 * 1024 * 1024;

export interface RealOutside extends Outside {
  /** Lets go of the connections that are kept for the next question. */
  close(): void;
}

/**
 * The real world for connectors. Redirects are never followed and nothing is ever tried twice. Its errors are exact about one thing: `sent: false`
 * means that not one byte of the request left. A request with a `lastCheck` gets a connection of its own, which stands (TLS included) before the
 * check runs, so that between the check and the first byte there is nothing to wait for.
 */
export function createOutside({ clock, files = diskFiles }: { clock: Clock; files?: Files }): RealOutside {
  const agents = { "http:": new HttpAgent({ keepAlive: true }), "https:": new HttpsAgent({ keepAlive: true }) };
  return {
    now: () => clock.now(),
    files,
    http: (request) =>
      request.lastCheck === undefined ? exchange(request, clock, agents) : exchange(request, clock, null),
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

type Agents = { "http:": HttpAgent; "https:": HttpsAgent };

async function exchange(request: HttpRequest, clock: Clock, agents: Agents | null): Promise<HttpResponse> {
  const progress = { sent: false };
  const over = new AbortController();
  const tooLate = new AbortController();
  void clock.sleep(request.timeoutMs, over.signal).then(() => {
    if (!over.signal.aborted) tooLate.abort(new Error(`no answer within ${request.timeoutMs} ms`));
  });
  let own: Socket | null = null;
  try {
    const url = urlOf(request.url);
    if (agents !== null)
      return await converse(
        start(request, url, { agent: agents[url.protocol as keyof Agents] }),
        request,
        progress,
        tooLate.signal,
      );
    own = await connection(url, tooLate.signal);
    await orTooLate(request.lastCheck?.(), tooLate.signal);
    // The other side may have gone during the check; then nothing has left yet.
    if (own.destroyed || own.readableEnded || !own.writable)
      throw new Error("the connection was closed before anything was sent");
    const socket = own;
    return await converse(start(request, url, { createConnection: () => socket }), request, progress, tooLate.signal);
  } catch (error) {
    const message = `${request.method} ${placeOf(request.url)}: ${messageOf(error)}`;
    throw new HttpError(message, { sent: progress.sent, cause: error });
  } finally {
    over.abort();
    own?.destroy();
  }
}

function urlOf(text: string): URL {
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw new Error(`the address must begin with http:// or https://, found ${url.protocol}`);
  return url;
}

/** TCP, and TLS where asked for, both complete. */
function connection(url: URL, signal: AbortSignal): Promise<Socket> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const isSecure = url.protocol === "https:";
  const port = Number(url.port === "" ? (isSecure ? 443 : 80) : url.port);
  return new Promise((resolve, reject) => {
    const socket = isSecure
      ? connectSecurely({ host, port, ALPNProtocols: ["http/1.1"], ...(isIP(host) === 0 ? { servername: host } : {}) })
      : connectPlain({ host, port });
    const giveUp = (): void => {
      socket.destroy();
      reject(signal.reason as Error);
    };
    if (signal.aborted) return giveUp();
    signal.addEventListener("abort", giveUp, { once: true });
    socket.on("error", reject); // stays: a later error without a listener would end the process
    socket.once(isSecure ? "secureConnect" : "connect", () => {
      signal.removeEventListener("abort", giveUp);
      socket.setNoDelay(true);
      resolve(socket);
    });
  });
}

function start(
  request: HttpRequest,
  url: URL,
  way: { agent: HttpAgent } | { createConnection: () => Socket },
): ClientRequest {
  const options = {
    method: request.method,
    path: `${url.pathname}${url.search}`,
    headers: {
      host: url.host,
      ...request.headers,
      ...(request.body === undefined ? {} : { "content-length": String(Buffer.byteLength(request.body)) }),
      ...("agent" in way ? {} : { connection: "close" }),
    },
    ...way,
  };
  // A connection of our own is secure already; only the shared ones are opened here.
  if (!("agent" in way)) return ask(options);
  const to = { host: url.hostname.replace(/^\[|\]$/g, ""), port: url.port === "" ? undefined : Number(url.port) };
  return url.protocol === "https:"
    ? askSecurely({ ...options, ...to, agent: way.agent as HttpsAgent })
    : ask({ ...options, ...to });
}

function converse(
  outgoing: ClientRequest,
  request: HttpRequest,
  progress: { sent: boolean },
  signal: AbortSignal,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      outgoing.destroy();
      reject(error);
    };
    signal.addEventListener("abort", () => fail(signal.reason as Error), { once: true });
    outgoing.on("error", fail);
    outgoing.on("socket", (socket: Socket) => {
      // From here on bytes may leave at any moment.
      if (!socket.connecting) progress.sent = true;
      else socket.once("connect", () => (progress.sent = true));
    });
    outgoing.on("response", (incoming) => void read(incoming).then(resolve, fail));
    outgoing.end(request.body);
  });
}

async function read(incoming: IncomingMessage): Promise<HttpResponse> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longestAnswer) throw new Error(`the answer is longer than ${longestAnswer} bytes`);
    chunks.push(chunk);
  }
  if (!incoming.complete) throw new Error("the answer was cut off");
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : (value ?? ""),
    ]),
  );
  return { status: incoming.statusCode ?? 0, headers, text: Buffer.concat(chunks).toString("utf8") };
}

async function orTooLate(work: Promise<void> | undefined, signal: AbortSignal): Promise<void> {
  let stop = (): void => {};
  const late = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener("abort", stop, { once: true });
  });
  late.catch(() => {}); // the race below may be over already
  if (signal.aborted) throw signal.reason;
  await Promise.race([work, late]);
  signal.removeEventListener("abort", stop);
}

/** Without query and credentials: messages are kept, and both may hold secrets. */
function placeOf(text: string): string {
  try {
    const url = new URL(text);
    return `${url.origin}${url.pathname}`;
  } catch {
    return "an address that cannot be read";
  }
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join("; ");
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  return error.message === "" ? (code ?? error.name) : error.message;
}
