import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Gate } from "#connectors/ports.ts";
import { fromWire, toWire } from "./wire.ts";

/** The calls of the gate that go over the wire, all with one answer; `place` alone streams its answers. */
export const remoteCalls = [
  "settle",
  "noteByHand",
  "sendDocument",
  "find",
  "track",
  "cancel",
  "stock",
  "quote",
  "list",
  "prepareDocuments",
  "readInbox",
  "finishInbox",
] as const;
export type RemoteCall = (typeof remoteCalls)[number];

/** A batch of attempts or a document from an inbox; nothing of ours is larger. */
const longestBody = 64 * 1024 * 1024;

export interface GateServer {
  /** `http://127.0.0.1:<port>` */
  url: string;
  close(): Promise<void>;
}

/**
 * Answers on 127.0.0.1 to whoever has the token. POST /<call> with the arguments as a JSON list; the answer is JSON, or for /place one line of JSON per
 * attempt as each answer arrives.
 */
export async function serveGate(
  gate: Gate,
  { token, port = 0 }: { token: string; port?: number },
): Promise<GateServer> {
  const server = createServer((request, response) => {
    answer(gate, token, request, response).catch((error: unknown) => {
      // Written only where nothing was: a cut line tells the asker that the rest is not known.
      if (response.headersSent) response.destroy();
      else reply(response, 500, { error: error instanceof Error ? error.message : String(error) });
    });
  });
  server.requestTimeout = 0; // purchases take as long as suppliers do
  server.listen(port, "127.0.0.1");
  await new Promise<void>((resolve, reject) => {
    server.once("listening", resolve);
    server.once("error", reject);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

async function answer(gate: Gate, token: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!isBearer(request.headers.authorization, token))
    return reply(response, 401, { error: "The gate answers only to its own installation." });
  const name = request.url?.slice(1) ?? "";
  if (request.method === "GET" && name === "healthz") return reply(response, 200, { pid: process.pid });
  if (request.method !== "POST") return reply(response, 405, { error: "POST a call." });
  const args = fromWire(await bodyOf(request)) as never[];
  if (name === "place") return place(gate, args[0]!, response);
  if (!(remoteCalls as readonly string[]).includes(name))
    return reply(response, 404, { error: `The gate knows no call "${name}".` });
  const call = gate[name as RemoteCall] as (...args: never[]) => Promise<unknown>;
  reply(response, 200, await call(...args));
}

async function place(gate: Gate, calls: Parameters<Gate["place"]>[0], response: ServerResponse): Promise<void> {
  response.writeHead(200, { "content-type": "application/x-ndjson" });
  response.flushHeaders();
  let lines = ""; // answers of the same moment leave together
  const flush = (): void => {
    if (lines !== "") response.write(lines);
    lines = "";
  };
  const say = (line: unknown): void => {
    if (lines === "") process.nextTick(flush);
    lines += `${toWire(line)}\n`;
  };
  try {
    await gate.place(calls, (call, said) => say({ attemptId: call.attemptId, answer: said }));
  } catch (error) {
    // Whoever has no line has no answer; those that have one keep it.
    say({ error: error instanceof Error ? error.message : String(error) });
  }
  flush();
  response.end();
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longestBody) throw new Error(`a call is at most ${longestBody} bytes long`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(toWire(body));
}

/** Hashed first, so that neither length nor content shows in the time it takes. */
function isBearer(header: string | undefined, token: string): boolean {
  const hash = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(header ?? ""), hash(`Bearer ${token}`));
}
