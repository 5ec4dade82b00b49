import type { FastifyRequest } from "fastify";
import type { Api } from "./context.ts";

/** Looks on at requests, for figures and traces. It hears the address as it is declared (`/v1/orders/:id`), never with what stands in it. */
export interface HttpWatch {
  began(request: { method: string; route: string; headers: FastifyRequest["headers"]; id: string }): SeenRequest;
}
export interface SeenRequest {
  /** What happens for the request is done inside. */
  inside(go: () => void): void;
  ended(status: number): void;
}

declare module "fastify" {
  interface FastifyRequest {
    seen: SeenRequest | null;
  }
}

/** Tells of each request, also of one that finds no address. */
export function watchRequests(app: Api, watch: HttpWatch | undefined): void {
  app.decorateRequest("seen", null);
  if (watch === undefined) return;
  app.addHook("onRequest", (request, _reply, done) => {
    const { method, headers, id } = request;
    request.seen = watch.began({ method, route: request.routeOptions.url ?? "none", headers, id });
    request.seen.inside(done);
  });
  // The body arrives by events of the socket, which know nothing of what came before.
  app.addHook("preValidation", (request, _reply, done) => {
    if (request.seen === null) done();
    else request.seen.inside(done);
  });
  app.addHook("onResponse", async (request, reply) => request.seen?.ended(reply.statusCode));
}
