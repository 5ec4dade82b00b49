import { buildApi } from "#api/server.ts";
import type { ApiDescription } from "#api/description.ts";
import type { ApiOptions } from "#api/context.ts";

/** What the server says about itself at /v1/openapi.json, without a database: the routes are only described, never asked. */
export async function apiDescription(): Promise<ApiDescription> {
  const app = await buildApi({
    db: { api: {}, engine: {} },
    engine: { ids: {} },
    clock: {},
    log: {},
    signIn: {},
  } as unknown as ApiOptions);
  await app.ready();
  const described = app.swagger() as unknown as ApiDescription;
  await app.close();
  return described;
}
