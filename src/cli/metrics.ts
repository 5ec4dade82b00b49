import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { HttpWatch } from "#api/watch.ts";
import { GateAway, type Gate } from "#connectors/ports.ts";
import type { Clock } from "#domain/clock.ts";
import type { WebhookAnswer } from "#domain/webhook-plan.ts";
import type { Engine } from "#engine/context.ts";
import type { Stage } from "#engine/stage.ts";
import type { StageWatch } from "#engine/watch.ts";
import type { WebhookOutlet } from "#engine/webhooks/outlet.ts";
import { headlineOrder } from "#domain/lifecycle.ts";
import { reasonCodes } from "#domain/reasons.ts";
import type { Db, DbWatch, PoolUse } from "#store/db.ts";
import { readFigures, type Figures } from "#store/figures.ts";
import { monotonicMs } from "./clock.ts";

/**
 * RN-1 to RN-5. What a monitoring system is told, in one place; docs/metrics.md says what each means. Labels come from lists of ours (states, reasons, stages,
 * addresses as they are declared): none holds what a person or another system wrote, and none grows with workspaces, orders or suppliers.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #pools = new Map<string, () => PoolUse>();
  #page: Promise<void> | null = null;
  #readAt = Number.NEGATIVE_INFINITY;

  // ---------------------------------------------------------------- what this process does

  readonly #batches = this.#histogram(
    "switchyard_stage_batch_seconds",
    "How long a batch of a stage took that moved something, or failed",
    ["stage", "result"],
    [0.01, 0.05, 0.1, 0.5, 1, 5, 30, 120],
  );
  readonly #claimed = this.#counter("switchyard_stage_rows_total", "Rows that a stage moved", ["stage"]);
  readonly #answers = this.#counter(
    "switchyard_attempt_answers_total",
    "Answers about purchases, by kind of supplier and outcome, as they were committed",
    ["supplier", "outcome"],
  );
  readonly #gateCalls = this.#histogram(
    "switchyard_gate_call_seconds",
    "How long calls to the gate took, which are calls to suppliers",
    ["call", "result"],
    [0.05, 0.25, 1, 5, 15, 60, 120],
  );
  readonly #inFlight = this.#gauge("switchyard_gate_calls_in_flight", "Calls to the gate under way", ["call"]);
  readonly #webhookTries = this.#counter("switchyard_webhook_tries_total", "Webhooks sent, by what came back", [
    "result",
  ]);
  readonly #requests = this.#histogram(
    "switchyard_http_request_seconds",
    "How long HTTP requests took, by address as it is declared, method and status",
    ["method", "route", "status"],
    [0.01, 0.05, 0.1, 0.25, 1, 5, 30],
  );
  readonly #statements = this.#histogram(
    "switchyard_db_statement_seconds",
    "How long statements of a pool took",
    ["pool", "result"],
    [0.001, 0.005, 0.025, 0.1, 0.5, 2, 10],
  );
  readonly #connections = this.#gauge("switchyard_db_connections", "Connections of a pool", ["pool", "state"]);
  readonly #waiting = this.#gauge("switchyard_db_waiting", "Who waits for a connection of a pool", ["pool"]);

  // ---------------------------------------------------------------- what the installation holds

  readonly #isDatabaseUp = this.#gauge("switchyard_database_up", "1: the database answered when this page was made");
  readonly #isGateUp = this.#gauge("switchyard_gate_up", "1: the gate of this machine answers");
  readonly #isSafeMode = this.#gauge("switchyard_safe_mode", "1: nothing is bought, written back or mailed");
  readonly #isClockWrong = this.#gauge(
    "switchyard_clock_wrong",
    "1: this machine's clock is too far off to work by it",
  );
  readonly #orders = this.#gauge("switchyard_orders", "Orders by headline", ["world", "headline"]);
  readonly #holds = this.#gauge("switchyard_holds", "Open holds by reason", ["world", "reason"]);
  readonly #attempts = this.#gauge("switchyard_attempts_open", "Purchases that are armed or unknown", [
    "world",
    "supplier",
    "state",
  ]);
  readonly #accounts = this.#gauge("switchyard_accounts_paused", "Supplier accounts that nothing is placed with", [
    "world",
    "why",
  ]);
  readonly #lag = this.#gauge("switchyard_stage_lag_seconds", "How long the oldest work of a stage has been due", [
    "stage",
  ]);
  readonly #due = this.#gauge("switchyard_due_rows", "Rows that are due, by kind of work", ["work"]);
  readonly #deliveries = this.#gauge("switchyard_webhook_deliveries_waiting", "Webhooks that are still to be sent", [
    "world",
  ]);
  readonly #endpoints = this.#gauge(
    "switchyard_webhook_endpoints",
    "Webhook endpoints that take nothing, or were switched off for it",
    ["world", "state"],
  );
  readonly #processes = this.#gauge("switchyard_processes", "Processes with a heartbeat in the last minute", ["kind"]);

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
  }

  // ---------------------------------------------------------------- who looks on

  readonly stages: StageWatch = {
    batch: async (stage, run) => {
      const began = monotonicMs();
      try {
        const moved = await run();
        // Most looks find nothing; their times would hide those of the work.
        if (moved > 0) this.#batches.observe({ stage, result: "ok" }, secondsSince(began));
        this.#claimed.inc({ stage }, moved);
        return moved;
      } catch (error) {
        this.#batches.observe({ stage, result: "failed" }, secondsSince(began));
        throw error;
      }
    },
    answered: (supplier, outcome) => this.#answers.inc({ supplier, outcome }),
  };

  readonly requests: HttpWatch = {
    began: ({ method, route }) => {
      const began = monotonicMs();
      return {
        inside: (go) => go(),
        ended: (status) => this.#requests.observe({ method: knownMethod(method), route, status }, secondsSince(began)),
      };
    },
  };

  pool(name: string): DbWatch {
    const [ok, failed] = ["ok", "failed"].map((result) => this.#statements.labels({ pool: name, result }));
    return {
      opened: (use) => void this.#pools.set(name, use),
      sent: () => {
        const began = monotonicMs();
        return (isOk) => (isOk ? ok : failed)!.observe(secondsSince(began));
      },
    };
  }

  /** The same gate, timed. */
  gate<G extends Gate>(gate: G): G {
    const time = async <T>(call: string, asked: () => Promise<T>): Promise<T> => {
      const began = monotonicMs();
      this.#inFlight.inc({ call });
      try {
        const answer = await asked();
        this.#gateCalls.observe({ call, result: resultOf(answer) }, secondsSince(began));
        return answer;
      } catch (error) {
        this.#gateCalls.observe({ call, result: error instanceof GateAway ? "away" : "failed" }, secondsSince(began));
        throw error;
      } finally {
        this.#inFlight.dec({ call });
      }
    };
    return aroundCalls(gate, time);
  }

  /** The same outlet, counted. */
  webhooks(outlet: WebhookOutlet): WebhookOutlet {
    return {
      objection: (url) => outlet.objection(url),
      post: async (request) => {
        const answer = await outlet.post(request);
        this.#webhookTries.inc({ result: resultOfTry(answer) });
        return answer;
      },
    };
  }

  // ---------------------------------------------------------------- the page

  /** The page in the text format of Prometheus. What the database says is at most five seconds old, however often the page is asked for. */
  async page(about: About): Promise<{ type: string; text: string }> {
    if (monotonicMs() - this.#readAt > oldestMs) {
      this.#page ??= this.#read(about).finally(() => {
        this.#page = null;
        this.#readAt = monotonicMs();
      });
      await this.#page;
    }
    for (const [pool, use] of this.#pools) {
      const { connections, idle, waiting } = use();
      this.#connections.set({ pool, state: "busy" }, connections - idle);
      this.#connections.set({ pool, state: "idle" }, idle);
      this.#waiting.set({ pool }, waiting);
    }
    return { type: this.#registry.contentType, text: await this.#registry.metrics() };
  }

  /** What the database said is asked for anew with the next page. */
  forget(): void {
    this.#readAt = Number.NEGATIVE_INFINITY;
  }

  /** The names of everything on the page that is ours. */
  names(): string[] {
    return this.#registry
      .getMetricsAsArray()
      .map(({ name }) => name)
      .filter((name) => name.startsWith("switchyard_"));
  }

  async #read({ db, clock, engine, stages, clockIsWrong }: About): Promise<void> {
    this.#isGateUp.set((await engine.gate.isThere()) ? 1 : 0);
    this.#isClockWrong.set(clockIsWrong() ? 1 : 0);
    const over = new AbortController();
    try {
      const late = clock.sleep(patienceMs, over.signal).then(() => {
        if (!over.signal.aborted) throw new Error("the database is slow");
      });
      const now = clock.now();
      const figures = Promise.all([readFigures(db, now), Promise.all(stages.map((stage) => stage.nextDue(db)))]);
      const answered = await Promise.race([figures, late]);
      if (answered === undefined) return;
      this.#isDatabaseUp.set(1);
      this.#show(answered[0]);
      for (const [index, { name }] of stages.entries()) {
        const dueAt = answered[1][index]?.getTime() ?? Infinity;
        // `notify` says "at once" by the beginning of time.
        this.#lag.set({ stage: name }, dueAt === 0 ? 0 : Math.max(0, (now.getTime() - dueAt) / 1_000));
      }
    } catch {
      // Figures that nobody could read must not stand there as if they were true.
      this.#isDatabaseUp.set(0);
      for (const gauge of this.#ofDatabase) gauge.reset();
    } finally {
      over.abort();
    }
  }

  get #ofDatabase(): readonly Gauge[] {
    return [
      this.#orders,
      this.#holds,
      this.#attempts,
      this.#accounts,
      this.#lag,
      this.#due,
      this.#deliveries,
      this.#endpoints,
      this.#processes,
      this.#isSafeMode,
    ] as Gauge[];
  }

  #show(figures: Figures): void {
    for (const gauge of this.#ofDatabase) gauge.reset();
    for (const world of ["own", "sandbox"]) {
      const of = (kind: string, key: string): number =>
        figures.counts.find((each) => each.world === world && each.kind === kind && each.key === key)?.n ?? 0;
      for (const headline of headlineOrder) this.#orders.set({ world, headline }, of("headline", headline));
      for (const reason of reasonCodes)
        if (of("hold", reason) !== 0) this.#holds.set({ world, reason }, of("hold", reason));
    }
    for (const { world, supplier, state, n } of figures.openAttempts) this.#attempts.set({ world, supplier, state }, n);
    for (const { world, why, n } of figures.pausedAccounts) this.#accounts.set({ world, why }, n);
    for (const { world, what, n } of figures.webhooks)
      if (what === "waiting") this.#deliveries.set({ world }, n);
      else this.#endpoints.set({ world, state: what }, n);
    for (const { kind, n } of figures.processes) this.#processes.set({ kind }, n);
    for (const { what, rows } of figures.due) this.#due.set({ work: what }, rows);
    this.#isSafeMode.set(figures.isSafeMode ? 1 : 0);
  }

  #counter<L extends string>(name: string, help: string, labelNames: L[]): Counter<L> {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }
  #gauge<L extends string>(name: string, help: string, labelNames: L[] = []): Gauge<L> {
    return new Gauge({ name, help, labelNames, registers: [this.#registry] });
  }
  #histogram<L extends string>(name: string, help: string, labelNames: L[], buckets: number[]): Histogram<L> {
    return new Histogram({ name, help, labelNames, buckets, registers: [this.#registry] });
  }
}

/** Where the page looks when it is asked for. */
export interface About {
  /** As the engine: figures are of all workspaces. */
  db: Db;
  clock: Clock;
  engine: Pick<Engine, "gate">;
  stages: readonly Stage[];
  clockIsWrong(): boolean;
}

const oldestMs = 5_000;
const patienceMs = 5_000;

const secondsSince = (began: number): number => (monotonicMs() - began) / 1_000;

const methods: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
const knownMethod = (method: string): string => (methods.has(method) ? method : "other");

/** Suppliers answer with a status of ours; lists of answers and purchases, whose outcomes are counted elsewhere, are just answered. */
function resultOf(answer: unknown): string {
  const status: unknown = typeof answer === "object" && answer !== null && "status" in answer ? answer.status : "ok";
  return status === "retry_later" || status === "credentials" || status === "bug" || status === "unknown"
    ? status
    : "ok";
}

const resultOfTry = (answer: WebhookAnswer): string => {
  if (answer.status === null) return "none";
  return `${Math.floor(answer.status / 100)}xx`;
};

/** The calls of a gate that go to somebody. The rest is answered on the spot. */
const calls = [
  "place",
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
] as const satisfies readonly (keyof Gate)[];

/** The same gate, with something around each call that goes to somebody. */
export function aroundCalls<G extends Gate>(
  gate: G,
  around: <T>(call: string, asked: () => Promise<T>) => Promise<T>,
): G {
  const wrapped = calls.map((name) => {
    const call = gate[name] as (...args: unknown[]) => Promise<unknown>;
    return [name, (...args: unknown[]) => around(name, () => call.apply(gate, args))];
  });
  return { ...gate, ...(Object.fromEntries(wrapped) as Partial<G>) };
}
