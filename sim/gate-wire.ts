import {
  GateAway,
  type CancelAnswer,
  type Failure,
  type Gate,
  type PurchaseCall,
  type Supplier,
} from "#connectors/ports.ts";
import { rulesOf } from "#gate/gate.ts";
import { remoteCalls, type RemoteCall } from "#gate/server.ts";
import { fromWire, toWire } from "#gate/wire.ts";
import type { SimProcess } from "./process.ts";

/** The gate's process as those see it that ask: alive or not, and another one after each death. */
export interface GateHost {
  current(): { process: SimProcess; gate: Gate } | null;
}

/**
 * The gate over a simulated wire: what goes over is written and read as on the real one, both ends may die in between, and each answer of a batch travels by
 * itself. Errors as `createGateClient` gives them.
 */
export function gateOver(host: GateHost, connectors: ReadonlyMap<string, Supplier>, asker: SimProcess): Gate {
  const away = (): GateAway => new GateAway("The gate does not answer.");
  const copy = <T>(value: T): T => (value === undefined ? value : (fromWire(toWire(value)) as T));
  const travel = (what: string): Promise<unknown> => asker.at("wait", what, asker.luck.whole(0, 3));

  /** Runs something in the gate's process and waits for its end, or for the process's. */
  async function over<T>(what: string, work: (gate: Gate) => Promise<T>): Promise<T> {
    await travel(`gate: ${what}`);
    const there = host.current();
    if (there === null) throw away();
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const off = there.process.onDeath(() => reject(away()));
    void (async () => {
      await there.process.at("start", what, there.process.luck.whole(0, 3));
      return work(there.gate);
    })().then(resolve, reject);
    try {
      const answer = await promise.finally(off);
      await travel(`gate answered: ${what}`);
      return copy(answer);
    } catch (error) {
      await travel(`gate failed: ${what}`);
      throw error;
    }
  }
  const question = async <T>(name: RemoteCall, ...args: unknown[]): Promise<T | Failure> => {
    try {
      return await over(name, (gate) => (gate[name] as (...all: never[]) => Promise<T>)(...(copy(args) as never[])));
    } catch (error) {
      if (error instanceof GateAway) return { status: "retry_later", afterMs: 5_000, message: error.message };
      throw error;
    }
  };
  const questions = Object.fromEntries(
    remoteCalls.map((name) => [name, (...args: unknown[]) => question(name, ...args)]),
  ) as unknown as Pick<Gate, RemoteCall>;

  return {
    ...rulesOf(connectors),
    ...questions,
    async place(calls, onAnswer) {
      const unanswered = new Map(calls.map((each) => [each.attemptId, each]));
      // A line on the wire per answer: each arrives, or is lost, by itself.
      const arriving: Promise<void>[] = [];
      await over("place", async (gate) => {
        await gate.place(copy([...calls]), (call: PurchaseCall, said) => {
          const answer = copy(said);
          arriving.push(
            travel("gate said").then(() => {
              const asked = unanswered.get(call.attemptId);
              if (asked !== undefined && unanswered.delete(call.attemptId)) onAnswer(asked, answer);
            }),
          );
        });
      });
      await Promise.all(arriving);
      if (unanswered.size > 0)
        throw new GateAway(`The gate ended before its last answer (${unanswered.size} of ${calls.length}).`);
    },
    settle: (calls) => over("settle", (gate) => gate.settle(copy([...calls]))),
    async cancel(account, batch) {
      const answers = await question<CancelAnswer[]>("cancel", account, batch);
      return Array.isArray(answers) ? answers : batch.map(() => answers);
    },
    isThere: async () => host.current() !== null,
  };
}
