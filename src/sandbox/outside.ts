import { HttpError, type HttpRequest, type HttpResponse } from "#connectors/ports.ts";
import type { World } from "./world.ts";

/** The way to a world in the same process, as connectors know it: no socket, so that tests and the simulator decide about time. */
export interface WayTo {
  world: World;
  /** How long the caller waits for what it gets. */
  wait: (ms: number) => Promise<void>;
  /** false: the connection is refused. */
  isListening?: () => boolean;
}

/** `Outside.http` towards the world, whatever host the address names. A dropped connection is an `HttpError` with `sent: true`. */
export function httpTo({
  world,
  wait,
  isListening = () => true,
}: WayTo): (request: HttpRequest) => Promise<HttpResponse> {
  return async (request) => {
    if (!isListening()) throw new HttpError(`connection refused: ${request.url}`, { sent: false });
    if (request.lastCheck !== undefined) {
      try {
        await request.lastCheck();
      } catch (cause) {
        throw new HttpError("stopped before the first byte", { sent: false, cause });
      }
    }
    const { pathname, search } = new URL(request.url);
    const headers = Object.fromEntries(
      Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
    );
    const given = world.handle({
      method: request.method,
      path: `${pathname}${search}`,
      headers,
      body: request.body ?? "",
    });
    if (given.afterMs > request.timeoutMs) {
      await wait(request.timeoutMs);
      throw new HttpError(`no answer within ${request.timeoutMs} ms`, { sent: true });
    }
    await wait(given.afterMs);
    if (given.type === "drop") throw new HttpError("the connection was closed without an answer", { sent: true });
    return { status: given.status, headers: given.headers, text: given.body };
  };
}
