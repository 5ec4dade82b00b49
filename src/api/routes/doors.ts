import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Api } from "../context.ts";
import { doorHtml, doors } from "../page/door.ts";

const folder = join(import.meta.dirname, "..", "page");
const files = {
  "/page.css": { path: join(folder, "page.css"), type: "text/css; charset=utf-8" },
  "/page-dark.css": { path: join(folder, "dark.css"), type: "text/css; charset=utf-8" },
  "/page-scheme.js": { path: join(folder, "scheme.js"), type: "text/javascript; charset=utf-8" },
  "/icon.svg": { path: join(folder, "icon.svg"), type: "image/svg+xml" },
  "/door.css": { path: join(folder, "door.css"), type: "text/css; charset=utf-8" },
  "/door.js": { path: join(folder, "door.js"), type: "text/javascript; charset=utf-8" },
} as const;

/** AU-41. The pages behind the links that are printed and mailed: each works without the dashboard and without an account. */
export function doorRoutes(app: Api): void {
  for (const [url, { path, type }] of Object.entries(files))
    app.get(url, { schema: { hide: true } }, async (_request, reply) =>
      reply
        .type(type)
        .header("cache-control", "no-cache")
        .send(await readFile(path)),
    );

  for (const door of doors)
    app.get(`/${door}`, { schema: { hide: true } }, (_request, reply) =>
      reply.type("text/html; charset=utf-8").header("cache-control", "no-store").send(doorHtml(door)),
    );
}
