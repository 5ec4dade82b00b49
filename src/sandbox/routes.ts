import { adminRoutes } from "./admin.ts";
import { answer, BadRequest, readJson, type WorldRequest, type WorldResponse } from "./answer.ts";
import { carrierRoutes } from "./carriers/routes.ts";
import { shopRoutes } from "./shop/routes.ts";
import { supplierRoutes } from "./suppliers/routes.ts";
import type { Context } from "./context.ts";
import type { Call, Route } from "./route.ts";

const index: Route = {
  method: "GET",
  path: "/",
  does: "This list.",
  handle: () =>
    answer(200, {
      about: "A pretend world: nothing here is real.",
      routes: routes.map(({ method, path, does }) => ({ method, path, does })),
    }),
};
const routes: Route[] = [index, ...shopRoutes, ...supplierRoutes, ...carrierRoutes, ...adminRoutes];
const compiled = routes.map((route) => ({
  route,
  pattern: new RegExp(`^${route.path.replaceAll(/:(\w+)/g, "(?<$1>[^/]+)")}$`),
}));

/** What answers this request, or null where nothing does. */
export function routeOf(request: WorldRequest): ((context: Context) => WorldResponse) | null {
  if (!URL.canParse(`http://sandbox${request.path}`))
    throw new BadRequest(`${JSON.stringify(request.path)} is no path.`);
  const { pathname, searchParams } = new URL(`http://sandbox${request.path}`);
  for (const { route, pattern } of compiled) {
    const match = route.method === request.method ? pattern.exec(pathname) : null;
    if (match === null) continue;
    const call: Call = {
      part: (name) => decodePart(match.groups?.[name] ?? ""),
      query: searchParams,
      headers: request.headers,
      json: () => readJson(request.body),
    };
    return (context) => route.handle(context, call);
  }
  return null;
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new BadRequest(`${JSON.stringify(part)} in the path is not valid percent-encoding.`);
  }
}
