import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Api } from "../context.ts";
import type { ApiDescription } from "../description.ts";
import { referenceHtml } from "../page/reference.ts";

const styles = join(import.meta.dirname, "..", "page", "reference.css");

/** TC-20. What the API can do, to be read by people; it says nothing about any workspace, so it is open like openapi.json. */
export function referenceRoutes(app: Api): void {
  let page: string | null = null;
  app.get("/docs/api", { schema: { hide: true } }, (_request, reply) => {
    page ??= referenceHtml(app.swagger() as unknown as ApiDescription);
    return reply.type("text/html; charset=utf-8").header("cache-control", "no-cache").send(page);
  });
  app.get("/docs/reference.css", { schema: { hide: true } }, async (_request, reply) =>
    reply
      .type("text/css; charset=utf-8")
      .header("cache-control", "no-cache")
      .send(await readFile(styles)),
  );
}
