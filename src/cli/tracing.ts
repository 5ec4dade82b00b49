import { context, propagation, SpanKind, SpanStatusCode, trace, type Attributes, type Span } from "@opentelemetry/api";
import type { HttpWatch } from "#api/watch.ts";

/**
 * RN-20. Spans around stages, calls to the gate and requests, for whoever loads an OpenTelemetry SDK before us (`NODE_OPTIONS=--import …`); without one all of
 * this does nothing. A span says what was done and for how long: names of ours and numbers, never what an order, a buyer or an error says.
 */
export const traced = <T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T> =>
  tracer().startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work();
    } catch (error) {
      fail(span, error instanceof Error ? error.name : "unknown");
      throw error;
    } finally {
      span.end();
    }
  });

export const tracedRequests: HttpWatch = {
  began({ method, route, headers, id }) {
    const from = propagation.extract(context.active(), headers);
    const span = tracer().startSpan(
      `${method} ${route}`,
      {
        kind: SpanKind.SERVER,
        attributes: { "http.request.method": method, "http.route": route, "switchyard.request": id },
      },
      from,
    );
    const inside = trace.setSpan(from, span);
    return {
      inside: (go) => context.with(inside, go),
      ended(status) {
        span.setAttribute("http.response.status_code", status);
        if (status >= 500) fail(span, String(status));
        span.end();
      },
    };
  },
};

const tracer = () => trace.getTracer("switchyard");

function fail(span: Span, type: string): void {
  span.setAttribute("error.type", type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
