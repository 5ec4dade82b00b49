import { useSyncExternalStore } from "react";
import type { SwitchyardClient } from "#client";
import { SwitchyardProblem } from "../../app/api.ts";

/** One thing that was done at the desk, on its way to the server. */
export type Step =
  | { do: "print" | "back"; part: string; body: Record<never, never> }
  | { do: "collect" | "uncollect" | "put-back"; part: string; body: { supplier_sku: string; units: number } }
  | { do: "ship"; part: string; body: { tracking_number: string; carrier?: string; sure?: boolean } };
interface Kept {
  step: Step;
  /** So that the same step, sent again after a lost answer, is done once. */
  key: string;
}
/** done: the server did it; kept: there is no network, it is sent later; refused: the server says why. */
export type Outcome = { is: "done" } | { is: "kept" } | { is: "refused"; problem: SwitchyardProblem };

/** Too much at once, still being worked on, or signed out meanwhile: the step is neither done nor refused by that. */
const isPassing = ({ status, code }: SwitchyardProblem): boolean =>
  status === 429 || status === 401 || code === "in_progress";

const answerMs = 8_000;
const againMs = 2_000;

/**
 * Steps go to the server one after the other, in the order in which they were done. While there is no network they are kept, on this device, and sent as soon
 * as there is; whoever looks sees how many wait.
 */
export class ScanQueue {
  readonly #api: SwitchyardClient;
  readonly #place: string;
  readonly #listeners = new Set<() => void>();
  readonly #waiting = new Map<string, (outcome: Outcome) => void>();
  #kept: readonly Kept[];
  #isSending = false;
  /** Told when a step that was kept is refused after all. */
  onLateRefusal: (step: Step, problem: SwitchyardProblem) => void = () => undefined;
  onDone: (step: Step) => void = () => undefined;

  constructor(api: SwitchyardClient, workspace: string) {
    this.#api = api;
    this.#place = `switchyard.prep.${workspace}`;
    this.#kept = JSON.parse(localStorage.getItem(this.#place) ?? "[]") as Kept[];
    window.addEventListener("online", () => void this.#send());
    void this.#send();
  }

  add(step: Step): Promise<Outcome> {
    const key = [...crypto.getRandomValues(new Uint8Array(16))]
      .map((byte) => byte.toString(16).padStart(2, "0"))
      .join("");
    return new Promise((resolve) => {
      this.#waiting.set(key, resolve);
      this.#keep([...this.#kept, { step, key }]);
      // Behind others that wait for the network it waits as well.
      if (this.#isSending && this.#kept.length > 1 && !this.#waiting.has(this.#kept[0]!.key))
        this.#tell(key, { is: "kept" });
      void this.#send();
    });
  }

  async #send(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    for (let [first] = this.#kept; first !== undefined; [first] = this.#kept) {
      const { step, key } = first;
      const outcome = await this.#once(step, key);
      if (outcome.is === "kept") {
        for (const each of this.#kept) this.#tell(each.key, outcome);
        await new Promise((resolve) => setTimeout(resolve, againMs));
        continue;
      }
      this.#keep(this.#kept.slice(1));
      if (outcome.is === "done") this.onDone(step);
      if (!this.#tell(key, outcome) && outcome.is === "refused") this.onLateRefusal(step, outcome.problem);
    }
    this.#isSending = false;
  }

  async #once({ do: what, part, body }: Step, idempotencyKey: string): Promise<Outcome> {
    const path = `/v1/fulfillment-orders/{id}/${what}` as const;
    try {
      const options = { path: { id: part }, body, idempotencyKey, signal: AbortSignal.timeout(answerMs) };
      await this.#api.post(path, options as never);
      return { is: "done" };
    } catch (error) {
      const isRefused =
        error instanceof SwitchyardProblem && error.status >= 400 && error.status < 500 && !isPassing(error);
      return isRefused ? { is: "refused", problem: error } : { is: "kept" };
    }
  }

  #tell(key: string, outcome: Outcome): boolean {
    const resolve = this.#waiting.get(key);
    this.#waiting.delete(key);
    resolve?.(outcome);
    return resolve !== undefined;
  }

  #keep(kept: readonly Kept[]): void {
    this.#kept = kept;
    localStorage.setItem(this.#place, JSON.stringify(kept));
    for (const each of this.#listeners) each();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly kept = (): readonly Kept[] => this.#kept;
}

const queues = new Map<string, ScanQueue>();
export function queueOf(api: SwitchyardClient, workspace: string): ScanQueue {
  const queue = queues.get(workspace) ?? new ScanQueue(api, workspace);
  queues.set(workspace, queue);
  return queue;
}

export const useKept = (queue: ScanQueue): readonly Step[] =>
  useSyncExternalStore(queue.subscribe, queue.kept).map(({ step }) => step);
