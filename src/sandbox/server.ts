import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { problem, type WorldResponse } from "./answer.ts";
import type { Log } from "./log.ts";
import type { World } from "./world.ts";

export interface SandboxServer {
  url: string;
  port: number;
  /** Ends when nothing is under way any more. */
  close(): Promise<void>;
}
export interface ServerOptions {
  world: World;
  log: Log;
  /** 0: any that is free. */
  port: number;
  wait: (ms: number) => Promise<void>;
  /** Told when the log can no longer be written; from then on nothing may be answered. */
  onBroken: (error: unknown) => void;
}

/** The world behind HTTP on 127.0.0.1: reads a request, lets the world answer, and sends nothing before the log is on disk (SB-7). */
export async function serve({ world, log, port, wait, onBroken }: ServerOptions): Promise<SandboxServer> {
  const server = createServer((request, response) => void respond(request, response));
  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request).catch(() => undefined);
    if (body === undefined) return; // its caller hung up, or was killed, in the middle of a sentence
    const given = body === null ? tooLarge : (strangerProblem(request) ?? answerTo(world, request, body));
    try {
      await log.durable();
    } catch (error) {
      response.destroy();
      return onBroken(error);
    }
    await wait(given.afterMs);
    send(response, given);
  }
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${bound}`,
    port: bound,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

/** A mistake of ours costs its caller an answer, and nobody else the world. */
function answerTo(world: World, { method = "GET", url = "/", headers }: IncomingMessage, body: string): WorldResponse {
  try {
    return world.handle({ method, path: url, headers: headersOf(headers), body });
  } catch (error) {
    console.error(error);
    return problem(500, "bug", error instanceof Error ? error.message : String(error));
  }
}

const mostBytes = 2_000_000;
const tooLarge = problem(413, "too_large", `A body may have ${mostBytes} bytes at most.`);

async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= mostBytes) chunks.push(chunk);
  }
  return size > mostBytes ? null : Buffer.concat(chunks).toString("utf8");
}

/** A web page somewhere must not be able to buy in here through its reader's browser. */
function strangerProblem({ headers }: IncomingMessage): WorldResponse | null {
  if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(headers.host ?? ""))
    return problem(403, "not_local", "This world is reached as 127.0.0.1 or localhost only.");
  if (headers.origin !== undefined) return problem(403, "not_local", "This world does not talk to web pages.");
  return null;
}

function headersOf(headers: IncomingHttpHeaders): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]),
  );
}

function send(response: ServerResponse, given: WorldResponse): void {
  if (given.type === "drop") {
    response.socket?.destroy();
    return;
  }
  response.writeHead(given.status, given.headers);
  response.end(given.body);
}
