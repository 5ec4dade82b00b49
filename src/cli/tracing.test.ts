import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { after, before, test } from "node:test";
import {
  context,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type ContextManager,
  type Span,
  type SpanOptions,
  type Tracer,
} from "@opentelemetry/api";
import { aServer } from "#api/testing/server.ts";
import { traced, tracedRequests } from "./tracing.ts";

interface Seen {
  name: string;
  parent: string | null;
  kind: SpanKind | undefined;
  attributes: Record<string, unknown>;
  isError: boolean;
  isEnded: boolean;
}
const spans: Seen[] = [];
const names = new WeakMap<object, string>();

/** As little of an SDK as there can be: it keeps what it is told. */
function startSpan(name: string, options: SpanOptions = {}, within: Context = context.active()): Span {
  const parent = trace.getSpan(within);
  const seen: Seen = {
    name,
    parent: parent === undefined ? null : (names.get(parent) ?? null),
    kind: options.kind,
    attributes: { ...options.attributes },
    isError: false,
    isEnded: false,
  };
  spans.push(seen);
  const span = {
    setAttribute(key: string, value: unknown) {
      seen.attributes[key] = value;
      return span;
    },
    setStatus({ code }: { code: SpanStatusCode }) {
      seen.isError = code === SpanStatusCode.ERROR;
      return span;
    },
    end: () => void (seen.isEnded = true),
  } as unknown as Span;
  names.set(span, name);
  return span;
}
const tracer = {
  startSpan,
  startActiveSpan: (name: string, options: SpanOptions, work: (span: Span) => unknown) => {
    const span = startSpan(name, options);
    return context.with(trace.setSpan(context.active(), span), () => work(span));
  },
} as unknown as Tracer;

const storage = new AsyncLocalStorage<Context>();
const manager: ContextManager = {
  active: () => storage.getStore() ?? ROOT_CONTEXT,
  with: (within, work, self, ...args) => storage.run(within, () => work.apply(self as never, args)),
  bind: (_within, target) => target,
  enable: () => manager,
  disable: () => manager,
};

before(() => {
  trace.setGlobalTracerProvider({ getTracer: () => tracer });
  context.setGlobalContextManager(manager);
});
after(() => {
  trace.disable();
  context.disable();
});

test("RN-20 what is done within a stage or a request belongs to its span", async (t) => {
  const at = await aServer(t, {}, { watch: tracedRequests });
  const [id] = await at.orders([{ channelOrderId: "1" }]);
  spans.length = 0;

  await traced("stage place", { "switchyard.stage": "place" }, async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return traced("gate place", { "switchyard.call": "place" }, async () => 1);
  });
  const { status } = await at.ask("POST", `/v1/orders/${id}/hold`, { body: { note: "marker-note" } });
  await at.ask("GET", "/v1/orders?limit=7");
  await at.ask("POST", "/marker-nowhere");

  assert.equal(status, 200);
  assert.deepEqual(
    spans.map(({ name, parent }) => [name, parent]),
    [
      ["stage place", null],
      ["gate place", "stage place"],
      ["POST /v1/orders/:id/hold", null],
      ["GET /v1/orders", null],
      ["POST none", null],
    ],
  );
  assert.deepEqual(
    spans.slice(2).map(({ attributes }) => attributes["http.response.status_code"]),
    [200, 200, 404],
  );
  assert.equal(spans[2]?.kind, SpanKind.SERVER);
  assert.ok(spans.every(({ isEnded, isError }) => isEnded && !isError));
});

test("RN-20 a handler works inside its request's span, also behind a body", async (t) => {
  const inside: (string | undefined)[] = [];
  const at = await aServer(t, {}, { watch: tracedRequests });
  at.app.addHook("preHandler", async () => {
    const span = trace.getSpan(context.active());
    inside.push(span === undefined ? undefined : names.get(span));
  });
  const [id] = await at.orders([{ channelOrderId: "1" }]);
  await at.app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = at.app.server.address() as { port: number };
  await fetch(`http://127.0.0.1:${port}/v1/orders/${id}/hold`, {
    method: "POST",
    headers: { authorization: `Bearer ${at.key}`, "content-type": "application/json" },
    body: `{"note":"x"${" ".repeat(200_000)}}`,
  });
  assert.deepEqual(inside, ["POST /v1/orders/:id/hold"]);
});

test("RN-20 a span that failed says so, and nothing of what was said", async (t) => {
  const at = await aServer(t, {}, { watch: tracedRequests });
  const [id] = await at.orders([{ channelOrderId: "1" }]);
  spans.length = 0;
  await assert.rejects(traced("stage track", {}, () => Promise.reject(new TypeError("marker-error of Ada"))));
  await at.database.drop();
  await at.ask("GET", `/v1/orders/${id}?marker=1`);

  assert.ok(spans.length >= 2);
  assert.equal(spans[0]?.isError, true);
  assert.equal(spans[0].attributes["error.type"], "TypeError");
  assert.equal(/marker|Ada|ord_/.test(JSON.stringify(spans)), false, JSON.stringify(spans));
  assert.ok(spans.every(({ isEnded }) => isEnded));
});
