import { createHash, timingSafeEqual } from "node:crypto";
import type { Api, ApiContext } from "../context.ts";
import { isFromThisMachine } from "../loopback.ts";
import { Problem } from "../problem.ts";

/** RN-1. Figures for a monitoring system, in the text format of Prometheus. They are about the whole installation, so no workspace's key opens them. */
export function metricsRoutes(app: Api, { metrics }: ApiContext): void {
  if (metrics === undefined) return;
  app.get("/metrics", { schema: { hide: true } }, async (request, reply) => {
    if (!isFromThisMachine(request) && !isBearer(request.headers.authorization, metrics.token))
      throw new Problem({
        status: 401,
        code: "metrics_closed",
        detail: "Metrics are shown to a program on this machine, or to whoever has their token.",
        next: "Set SWITCHYARD_METRICS_TOKEN where switchyard runs, and send it as `Authorization: Bearer …`.",
        headers: { "www-authenticate": "Bearer" },
      });
    const { type, text } = await metrics.page();
    return reply.type(type).header("cache-control", "no-store").send(text);
  });
}

/** Hashed first, so that neither length nor content shows in the time it takes. */
function isBearer(header: string | undefined, token: string | null): boolean {
  if (token === null) return false;
  const hash = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(header ?? ""), hash(`Bearer ${token}`));
}
