import fastifyStatic from "@fastify/static";
import type { FastifyReply, FastifyRequest } from "fastify";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Random } from "#domain/clock.ts";
import type { Api } from "../context.ts";

export interface Dashboard {
  /** Of the built files. */
  folder: string;
  /** What the pages' nonces are made of. */
  random: Random;
}

/** Where the build puts the page's nonce (web/vite.config.ts). */
const placeholder = "__NONCE__";

/** No inline script, nothing from elsewhere, no data: addresses. Styles that the page itself makes carry its nonce. */
const policy = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

/** UI-1. The dashboard's built files. What has no route of its own and is no file is the page's (`givePage`). */
export async function dashboardRoutes(app: Api, dashboard: Dashboard | undefined): Promise<void> {
  app.get("/", { schema: { hide: true } }, (_request, reply) => givePage(dashboard, reply));
  if (dashboard === undefined) return;
  const { folder } = dashboard;
  await app.register(fastifyStatic, {
    root: join(folder, "assets"),
    prefix: "/assets/",
    decorateReply: false,
    cacheControl: false,
    preCompressed: true, // by the build; a file that has no compressed one is sent as it is
    setHeaders: (reply) => void reply.header("cache-control", "public, max-age=31536000, immutable"),
  });
  app.get("/scheme.js", { schema: { hide: true } }, async (_request, reply) =>
    reply
      .type("text/javascript; charset=utf-8")
      .header("cache-control", "no-cache")
      .send(await readFile(join(folder, "scheme.js"))),
  );
}

/** Addresses whose unknown ones are errors and no pages. */
const notPages = /^\/(v1|hooks|assets|metrics|docs|healthz|readyz)(\/|$)/;
export const isOfPage = ({ method, url }: FastifyRequest): boolean =>
  (method === "GET" || method === "HEAD") && !notPages.test(url.split("?", 1)[0]!);

/** The one page, whatever its address: it reads that itself, and asks the API with the rights of who sits before it. */
export async function givePage(dashboard: Dashboard | undefined, reply: FastifyReply): Promise<FastifyReply> {
  const page = dashboard === undefined ? null : await readPage(dashboard.folder);
  if (dashboard === undefined || page === null)
    return reply
      .code(503)
      .type("text/plain; charset=utf-8")
      .send("The dashboard is not built. Run: npm run web:build, and start again. The API works without it.\n");
  const nonce = Buffer.from(dashboard.random.bytes(16)).toString("base64");
  return reply
    .code(200)
    .type("text/html; charset=utf-8")
    .header("cache-control", "no-store")
    .header("content-security-policy", `${policy}; style-src 'self' 'nonce-${nonce}'`)
    .send(page.replaceAll(placeholder, nonce));
}

/** Read anew each time: an update replaces the folder under a running server. */
async function readPage(folder: string): Promise<string | null> {
  try {
    return await readFile(join(folder, "index.html"), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
