import { diskFiles } from "#connectors/files/disk.ts";
import { HttpError, type HttpRequest, type HttpResponse, type Outside } from "#connectors/ports.ts";
import type { World } from "#sandbox/world.ts";
import type { Attempts } from "./attempts.ts";
import type { Faults } from "./faults.ts";
import type { SimProcess } from "./process.ts";
import { never } from "./scheduler.ts";

/** A supplier that does not answer, in virtual milliseconds. */
export interface Outage {
  host: string;
  supplier: string;
  from: number;
  until: number;
  /** What is asked of it happens all the same. */
  isHeard: boolean;
}

/** A purchase request as it left, written down at the socket. */
export interface SentRequest {
  at: number;
  supplier: string;
  reference: string;
  idempotencyKey: string | null;
}

export interface WayOut {
  /** By the host of the address. */
  worlds: ReadonlyMap<string, World>;
  attempts: Attempts;
  faults: Faults;
  sent: SentRequest[];
  /** A supplier that nobody hears from now. */
  silenceOf: (host: string, supplier: string, now: number) => Outage | undefined;
}

/** `Outside` of one process: every request crosses a network that takes its time and may break at each point of its way. */
export function outsideOf(process: SimProcess, way: WayOut): Outside {
  return { files: diskFiles, now: () => process.clock.now(), http: (request) => exchange(process, way, request) };
}

async function exchange(process: SimProcess, way: WayOut, request: HttpRequest): Promise<HttpResponse> {
  const { scheduler, luck } = process;
  const { pathname, search, hostname } = new URL(request.url);
  const world = way.worlds.get(hostname);
  if (world === undefined) throw new HttpError(`connection refused: ${request.url}`, { sent: false });
  const purchase = purchaseIn(request, pathname);
  const attempt = purchase === null ? undefined : way.attempts.byReference.get(purchase.reference);
  const strikes = (point: Parameters<Faults["strikes"]>[0]): boolean => way.faults.strikes(point, attempt);
  const die = (): Promise<never> => {
    scheduler.afterwards(() => scheduler.onKill(process));
    way.faults.counts.kills += 1;
    return never();
  };

  await process.at("call", `${request.method} ${pathname}`, luck.whole(1, 40)); // the connection is made
  if (request.lastCheck !== undefined) {
    try {
      await request.lastCheck();
    } catch (cause) {
      throw new HttpError("stopped before the first byte", { sent: false, cause });
    }
  }
  // From here to the first byte nothing is awaited, as in the real one; but a process may die between any two instructions.
  if (strikes("C3")) return die();
  const supplier = /^\/suppliers\/([^/]+)/.exec(pathname)?.[1];
  const silence = supplier === undefined ? undefined : way.silenceOf(hostname, supplier, scheduler.now);
  if (silence === undefined || silence.isHeard) {
    if (purchase !== null) way.sent.push({ ...purchase, at: scheduler.now });
  }
  if (silence !== undefined) {
    if (silence.isHeard) world.handle(toWorld(request, `${pathname}${search}`));
    throw new HttpError("the connection was reset", { sent: true });
  }
  if (strikes("C4")) {
    // The half of them that reach the supplier are acted on all the same.
    if (luck.chance(0.5)) world.handle(toWorld(request, `${pathname}${search}`));
    throw new HttpError("the connection broke in the middle of the request", { sent: true });
  }
  const given = world.handle(toWorld(request, `${pathname}${search}`));
  scheduler.note(
    process,
    `${request.method} ${pathname}`,
    given.type === "drop" ? "dropped" : `${given.status} ${given.body}`,
  );
  if (strikes("C5")) return die();
  if (strikes("C6")) throw new HttpError("the connection was closed without an answer", { sent: true });
  await process.at("wait", `answer of ${pathname}`, Math.min(given.afterMs, request.timeoutMs) + luck.whole(1, 40));
  if (given.afterMs > request.timeoutMs)
    throw new HttpError(`no answer within ${request.timeoutMs} ms`, { sent: true });
  if (given.type === "drop") throw new HttpError("the connection was closed without an answer", { sent: true });
  return { status: given.status, headers: given.headers, text: given.body };
}

const toWorld = (request: HttpRequest, path: string): Parameters<World["handle"]>[0] => ({
  method: request.method,
  path,
  headers: Object.fromEntries(
    Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  ),
  body: request.body ?? "",
});

function purchaseIn(request: HttpRequest, path: string): Omit<SentRequest, "at"> | null {
  const supplier = /^\/suppliers\/([^/]+)\/orders$/.exec(path)?.[1];
  if (request.method !== "POST" || supplier === undefined) return null;
  const { reference } = JSON.parse(request.body ?? "{}") as { reference: string };
  const key = Object.entries(request.headers ?? {}).find(([name]) => name.toLowerCase() === "idempotency-key")?.[1];
  return { supplier, reference, idempotencyKey: key ?? null };
}
