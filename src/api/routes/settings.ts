import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { AccountId, ChannelId, SupplierId, WorkspaceId } from "#domain/ids.ts";
import type { Refused } from "#domain/result.ts";
import { readSettings, setSettings, touchesLimits, type SettingsOf } from "#engine/manage/settings.ts";
import { listChannels } from "#store/channel.ts";
import type { Tx } from "#store/db.ts";
import { listAccounts, listSuppliers } from "#store/supplier.ts";
import { inWorkspace } from "#store/workspace-scope.ts";
import { manageContext, type Api, type ApiContext } from "../context.ts";
import { mustBeProved } from "../guard.ts";
import { invalid } from "../invalid.ts";
import { notFound, Problem, shown } from "../problem.ts";
import { refusal } from "../route.ts";
import { idOf, problems } from "../schemas.ts";

const tags = ["Settings"];
const Values = z.record(z.string(), z.unknown());
export const FormSchema = z
  .object({
    type: z.literal("object"),
    properties: z.record(z.string(), Values),
    patternProperties: z.record(z.string(), Values),
    required: z.array(z.string()),
    additionalProperties: z.literal(false),
  })
  .meta({
    id: "SettingsForm",
    description:
      "A JSON Schema of the settings by their dotted names, each with title, description and default. `format` says how one is typed: duration-ms, decimal, currency, time-zone, countries, date-time, folder; `x-none` what null means; `x-second-factor` that a person with a second factor changes it.",
  });
const Settings = z
  .object({
    settings: Values.meta({ description: "What holds now, by dotted name; `connector.…` are its connector's" }),
    changed: z.array(z.string()).meta({ description: "Names of those that are not as the product has them by itself" }),
    schema: FormSchema,
    etag: z.string().meta({ description: "The ETag of this answer, for If-Match with an edit" }),
  })
  .meta({ id: "Settings" });
export const Wish = Values.meta({
  description: 'By dotted name; "default" takes a setting back, null is a value only where nothing is one',
});

const owners = { channels: "channel", suppliers: "supplier", accounts: "account" } as const;

/**
 * ST-30 to ST-35. The same settings as the command line's, with what a form needs to draw them. Edits are all or nothing, under the ETag where one is sent,
 * and are written down with what was and what is.
 */
export function settingsRoutes(app: Api, context: ApiContext): void {
  const response = { 200: Settings, ...problems };
  const description =
    "Its ETag is what was stored: sent as If-Match with an edit, settings that were changed meanwhile are answered with 412 and what holds now.";
  const body = z.strictObject({ settings: Wish });

  app.get(
    "/v1/settings",
    { schema: { summary: "Settings of the workspace, with their form", description, tags, response } },
    (request, reply) => answer(request, reply, { of: "workspace", workspaceId: request.caller.workspaceId }),
  );
  app.put(
    "/v1/settings",
    { schema: { summary: "Change settings of the workspace; what is not named stays", tags, body, response } },
    (request, reply) =>
      change(request, reply, { of: "workspace", workspaceId: request.caller.workspaceId }, request.body.settings),
  );
  for (const [path, owner] of Object.entries(owners)) {
    const params = z.strictObject({ id: idOf(owner) });
    const what = owner === "account" ? "a supplier account" : `a ${owner}`;
    app.get(
      `/v1/${path}/:id/settings`,
      { schema: { summary: `Settings of ${what}, with their form`, description, tags, params, response } },
      async (request, reply) => answer(request, reply, await find(context, owner, request)),
    );
    app.put(
      `/v1/${path}/:id/settings`,
      { schema: { summary: `Change settings of ${what}; what is not named stays`, tags, params, body, response } },
      async (request, reply) => change(request, reply, await find(context, owner, request), request.body.settings),
    );
  }

  async function answer(request: FastifyRequest, reply: FastifyReply, of: SettingsOf): Promise<Body> {
    const read = await readSettings(manageContext(context, request.caller), of);
    if (read.status === "refused") throw notFound();
    const { values, changed, form, tag } = read.value;
    const etag = `"${tag}"`;
    void reply.header("etag", etag);
    return { settings: values, changed, schema: form, etag };
  }

  async function change(
    request: FastifyRequest,
    reply: FastifyReply,
    of: SettingsOf,
    wish: Record<string, unknown>,
  ): Promise<Body> {
    const ifTag = tagOf(request);
    mustBeProvedForLimits(context, request, of.of, wish);
    const set = await setSettings(manageContext(context, request.caller), of, wish, ifTag);
    if (set.status === "refused" && set.code === "version_changed") {
      const { schema: _schema, ...current } = await answer(request, reply, of);
      throw new Problem({
        status: 412,
        code: set.code,
        detail: set.message,
        next: "Look at `current`, then send the change again with the new ETag in If-Match.",
        headers: { etag: String(reply.getHeader("etag")) },
        extra: { current },
      });
    }
    if (set.status === "refused") throw set.code === "not_found" ? notFound() : settingRefusal(set, wish);
    return answer(request, reply, of);
  }
}
type Body = z.output<typeof Settings>;

/** ST-34. Limits and payment means are changed by a person with a second factor, like secrets. */
export function mustBeProvedForLimits(
  { clock }: ApiContext,
  { caller, signedIn }: FastifyRequest,
  of: SettingsOf["of"],
  wish: Readonly<Record<string, unknown>>,
): void {
  if (touchesLimits({ of }, wish)) mustBeProved(caller, signedIn, "second_factor", clock.now());
}

/** A refused setting is named like any other field of a request. */
export function settingRefusal(refused: Refused, wish: Readonly<Record<string, unknown>>): Problem {
  const { code, field, message } = refused;
  if (field === undefined) return refusal(refused);
  const found = code === "secret_apart" ? "[secret]" : field in wish ? shown(wish[field]) : "nothing";
  const { body } = invalid([{ field: `body.settings.${field}`, found, expected: message }]);
  return new Problem({
    status: 422,
    code,
    detail: message,
    next: "Correct this setting and send all of them again; nothing was changed. `schema` of the settings says what each takes.",
    errors: body.errors ?? [],
  });
}

function tagOf({ headers }: FastifyRequest): string | undefined {
  const header = headers["if-match"]?.trim();
  if (header === undefined || header === "*") return undefined;
  const [, tag] = /^"([0-9a-f]{32})"$/.exec(header) ?? [];
  if (tag === undefined)
    throw invalid([
      { field: "header.if-match", found: shown(header), expected: "the ETag of these settings, as GET answered it" },
    ]);
  return tag;
}

async function find(
  { db }: ApiContext,
  of: (typeof owners)[keyof typeof owners],
  { caller: { workspaceId }, params }: { caller: { workspaceId: WorkspaceId }; params: { id: string } },
): Promise<SettingsOf> {
  const lists = { channel: listChannels, supplier: listSuppliers, account: listAccounts };
  const list: (tx: Tx, id: WorkspaceId) => Promise<{ id: string; publicId: string }[]> = lists[of];
  const found = (await inWorkspace(db.api, workspaceId, (tx) => list(tx, workspaceId))).find(
    (each) => each.publicId === params.id,
  );
  if (found === undefined) throw notFound();
  if (of === "channel") return { of, workspaceId, id: found.id as ChannelId };
  return of === "supplier"
    ? { of, workspaceId, id: found.id as SupplierId }
    : { of, workspaceId, id: found.id as AccountId };
}
