import { Agent, request as ask, type IncomingMessage } from "node:http";
import { createInterface } from "node:readline";
import {
  GateAway,
  type CancelAnswer,
  type Failure,
  type Gate,
  type PurchaseAnswer,
  type SettleAnswer,
  type Supplier,
} from "#connectors/ports.ts";
import type { AttemptId } from "#domain/ids.ts";
import { rulesOf } from "./gate.ts";
import type { RemoteCall } from "./server.ts";
import { fromWire, toWire } from "./wire.ts";

export interface GateClient extends Gate {
  close(): void;
}

/**
 * The gate as its askers see it, over HTTP on this machine. `where` is asked for each call, because a gate that was restarted listens elsewhere. What is
 * pure about connectors is answered here. A gate that is away is `GateAway` for purchases and `retry_later` for questions.
 */
export function createGateClient({
  where,
  connectors,
}: {
  where: () => { url: string; token: string } | null;
  connectors: ReadonlyMap<string, Supplier>;
}): GateClient {
  // A connection each: one kept open might be closed by the gate just when a purchase is written on it.
  const agent = new Agent({ keepAlive: false });

  function open(path: string, body: string | null): Promise<IncomingMessage> {
    const at = where();
    if (at === null) return Promise.reject(new GateAway("The gate is not running."));
    return new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${at.token}`,
        "content-type": "application/json",
        ...(body === null ? {} : { "content-length": String(Buffer.byteLength(body)) }),
      };
      const outgoing = ask(`${at.url}/${path}`, { method: body === null ? "GET" : "POST", agent, headers });
      outgoing.on("error", (error) =>
        reject(new GateAway(`The gate does not answer: ${error.message}`, { cause: error })),
      );
      outgoing.on("response", (incoming) => {
        if (incoming.statusCode === 200) return resolve(incoming);
        textOf(incoming).then(
          (text) => reject(new GateAway(`The gate refused ${path} with ${incoming.statusCode}: ${text}`)),
          reject,
        );
      });
      outgoing.end(body ?? undefined);
    });
  }
  const call = async (name: RemoteCall, ...args: unknown[]): Promise<unknown> =>
    fromWire(await textOf(await open(name, toWire(args))));
  const question = async <T>(name: RemoteCall, ...args: unknown[]): Promise<T | Failure> => {
    try {
      return (await call(name, ...args)) as T;
    } catch (error) {
      if (error instanceof GateAway) return { status: "retry_later", afterMs: 5_000, message: error.message };
      throw error;
    }
  };

  return {
    ...rulesOf(connectors),
    async place(calls, onAnswer) {
      const unanswered = new Map(calls.map((each) => [each.attemptId, each]));
      const incoming = await open("place", toWire([calls]));
      let problem = "The gate ended before its last answer";
      try {
        for await (const line of createInterface({ input: incoming, crlfDelay: Number.POSITIVE_INFINITY })) {
          const said = fromWire(line) as { attemptId: AttemptId; answer: PurchaseAnswer } | { error: string };
          if ("error" in said) problem = said.error;
          else {
            const asked = unanswered.get(said.attemptId);
            if (asked !== undefined && unanswered.delete(said.attemptId)) onAnswer(asked, said.answer);
          }
        }
      } catch (error) {
        throw new GateAway("The gate stopped in the middle of its answers.", { cause: error });
      }
      if (unanswered.size > 0)
        throw new GateAway(`${problem} (${unanswered.size} of ${calls.length} attempts have none).`);
    },
    settle: (calls) => call("settle", calls) as Promise<SettleAnswer[]>,
    noteByHand: (each) => question("noteByHand", each),
    sendDocument: (each) => question("sendDocument", each),
    find: (account, references) => question("find", account, references),
    track: (account, ids) => question("track", account, ids),
    async cancel(account, batch) {
      const answers = await question<CancelAnswer[]>("cancel", account, batch);
      return Array.isArray(answers) ? answers : batch.map(() => answers);
    },
    stock: (account) => question("stock", account),
    quote: (account, lines, country) => question("quote", account, lines, country),
    list: (account, from, to) => question("list", account, from, to),
    prepareDocuments: (account) => question("prepareDocuments", account),
    readInbox: (account, zone) => question("readInbox", account, zone),
    finishInbox: (account, document, faults) => question("finishInbox", account, document, faults),
    async isThere() {
      return open("healthz", null).then(
        (incoming) => textOf(incoming).then(() => true),
        () => false,
      );
    },
    close: () => agent.destroy(),
  };
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    return Buffer.concat(chunks).toString("utf8");
  } catch (error) {
    throw new GateAway("The gate stopped in the middle of its answer.", { cause: error });
  }
}
