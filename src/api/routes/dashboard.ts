import fastifyStatic from "@fastify/static";
import type { FastifyReply } from "fastify";
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Api, ApiContext } from "../context.ts";

/** Where the build puts the page's nonce (web/vite.config.ts). */
const placeholder = "__NONCE__";

/**
 * UI-1. The dashboard's built files. Each address that is neither the API nor a file answers the same page, which reads its own address: whatever it shows
 * it asks the API for, with the rights of who sits before it.
 */
export async function dashboardRoutes(app: Api, { dashboard: folder = null }: ApiContext): Promise<void> {
  if (folder !== null)
    await app.register(fastifyStatic, {
      root: join(folder, "assets"),
      prefix: "/assets/",
      decorateReply: false,
      cacheControl: false,
      setHeaders: (reply) => void reply.header("cache-control", "public, max-age=31536000, immutable"),
    });

  const answer = async (reply: FastifyReply): Promise<FastifyReply> => {
    const page = folder === null ? null : await readPage(folder);
    if (page === null)
      return reply
        .code(503)
        .type("text/plain; charset=utf-8")
        .send("The dashboard is not built. Run: npm run web:build, and start again. The API works without it.\n");
    const nonce = randomBytes(16).toString("base64");
    return reply
      .type("text/html; charset=utf-8")
      .header("cache-control", "no-store")
      .header("content-security-policy", `${policy}; style-src 'self' 'nonce-${nonce}'`)
      .send(page.replaceAll(placeholder, nonce));
  };
  app.get("/scheme.js", { schema: { hide: true } }, async (_request, reply) =>
    folder === null
      ? reply.callNotFound()
      : reply
          .type("text/javascript; charset=utf-8")
          .header("cache-control", "no-cache")
          .send(await readFile(join(folder, "scheme.js"))),
  );
  app.get("/", { schema: { hide: true } }, (_request, reply) => answer(reply));
  app.get("/*", { schema: { hide: true } }, (request, reply) => {
    const isOfApi = /^\/(v1|hooks|assets|metrics|docs)(\/|$)/.test(request.url.split("?")[0]!);
    if (isOfApi) return reply.callNotFound();
    return answer(reply);
  });
}

/** No inline script, nothing from elsewhere, no data: addresses. Styles that the page itself makes carry its nonce. */
export const policy =
  "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

/** Read anew each time: an update replaces the folder under a running server. */
async function readPage(folder: string): Promise<string | null> {
  try {
    return await readFile(join(folder, "index.html"), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
