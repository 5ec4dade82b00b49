import { z } from "zod";
import type { AccountId, ChannelId, WorkspaceId } from "#domain/ids.ts";
import { Secret } from "#domain/secret.ts";
import type { ManageContext } from "#engine/manage/context.ts";
import { listSecrets, setSecrets, type SecretsOf, type ShownSecret } from "#engine/manage/secrets.ts";
import { listChannels } from "#store/channel.ts";
import type { Tx } from "#store/db.ts";
import { listAccounts, listSuppliers } from "#store/supplier.ts";
import { inWorkspace } from "#store/workspace-scope.ts";
import { Actors, actorsOf, nameActors } from "../actors.ts";
import { manageContext, type Api, type ApiContext } from "../context.ts";
import { invalid } from "../invalid.ts";
import { notFound } from "../problem.ts";
import { refusal } from "../route.ts";
import { idOf, problems, timeOrNull } from "../schemas.ts";

const tags = ["Secrets"];
const Shown = z
  .object({
    name: z.string(),
    title: z.string(),
    help: z.string(),
    required: z.boolean(),
    is_set: z.boolean(),
    set_at: z.string().nullable(),
    set_by: z.string().nullable(),
    last_used_at: z.string().nullable(),
    last_used_for: z.string().nullable(),
  })
  .meta({ id: "Secret" });
const Body = z.object({ secrets: z.array(Shown), actors: Actors });
const present = (each: ShownSecret): z.output<typeof Shown> => ({
  name: each.name,
  title: each.title,
  help: each.help,
  required: each.required,
  is_set: each.isSet,
  set_at: timeOrNull(each.setAt),
  set_by: each.setBy,
  last_used_at: timeOrNull(each.lastUsedAt),
  last_used_for: each.lastUsedFor,
});

const holders = ["account", "channel"] as const;

/** Longer ones are no tokens but files. */
const longest = 16_384;

/** VA-16. What accounts and channels need to be let in: set, tried, told to be set; never shown. No Idempotency-Key: a digest of the body would be one of the secret. */
export function secretRoutes(app: Api, context: ApiContext): void {
  const { db, engine, clock } = context;
  const look = <T>(workspaceId: WorkspaceId, work: (tx: Tx) => Promise<T>) => inWorkspace(db.api, workspaceId, work);
  const find = {
    account: async (workspaceId: WorkspaceId, uuid: string) => {
      const found = (await look(workspaceId, (tx) => listAccounts(tx, workspaceId))).find(
        (each) => each.publicId === uuid,
      );
      if (found === undefined) throw notFound();
      return found;
    },
    channel: async (workspaceId: WorkspaceId, uuid: string) => {
      const found = (await look(workspaceId, (tx) => listChannels(tx, workspaceId))).find(
        (each) => each.publicId === uuid,
      );
      if (found === undefined) throw notFound();
      return found;
    },
  };
  const targetOf = async (of: "account" | "channel", workspaceId: WorkspaceId, uuid: string): Promise<SecretsOf> => {
    const { id } = await find[of](workspaceId, uuid);
    return of === "account" ? { of, workspaceId, id: id as AccountId } : { of, workspaceId, id: id as ChannelId };
  };

  const shownOf = async (manage: ManageContext, target: SecretsOf): Promise<z.output<typeof Body>> => {
    const found = await listSecrets(manage, target);
    if (found.status === "refused") throw refusal(found);
    const setBy = found.value.map((each) => each.setBy);
    const name = await nameActors(context, target.workspaceId, setBy);
    return { secrets: found.value.map(present), actors: actorsOf(name, setBy) };
  };

  for (const holder of holders) {
    const params = z.object({ id: idOf(holder) });
    const what = holder === "account" ? "a supplier account" : "a channel";
    app.get(
      `/v1/${holder}s/:id/secrets`,
      {
        schema: {
          summary: `Which secrets of ${what} are set, and when each was last used for what`,
          tags,
          params,
          response: { 200: Body, ...problems },
        },
      },
      async ({ caller, params: { id } }) =>
        shownOf(manageContext(context, caller), await targetOf(holder, caller.workspaceId, id)),
    );
    app.put(
      `/v1/${holder}s/:id/secrets`,
      {
        schema: {
          summary: `Set secrets of ${what}, all that are given or none; null takes one back`,
          tags,
          params,
          // Read by hand: a fault in it must not be answered with what was found.
          body: z
            .record(z.string(), z.unknown())
            .meta({ description: "The secret's name and its text; null takes it back. Never answered." }),
          response: { 200: Body, ...problems },
        },
      },
      async ({ caller, params: { id }, body }) => {
        const target = await targetOf(holder, caller.workspaceId, id);
        const manage = manageContext(context, caller);
        const set = await setSecrets(manage, target, readWish(body));
        if (set.status === "refused") throw refusal(set);
        return shownOf(manage, target);
      },
    );
  }

  app.post(
    "/v1/accounts/:id/secrets/test",
    {
      schema: {
        summary: "Ask the supplier for something harmless with the account's secrets",
        tags,
        params: z.object({ id: idOf("account") }),
        body: z.strictObject({}).optional(),
        response: {
          200: z.object({
            works: z.boolean().nullable().meta({ description: "null: it could not be asked; `message` says why" }),
            message: z.string(),
          }),
          ...problems,
        },
      },
    },
    async ({ caller: { workspaceId }, params: { id } }) => {
      const account = await find.account(workspaceId, id);
      const suppliers = await look(workspaceId, (tx) => listSuppliers(tx, workspaceId));
      const supplierId = suppliers.find((each) => each.id === account.supplierId)!.id;
      const key = { workspaceId, supplierId, accountId: account.id };
      const to = clock.now();
      const listed = await engine.gate.list(key, new Date(to.getTime() - 3_600_000), to);
      const answer = listed.status === "no_list" ? await engine.gate.stock(key) : listed;
      if (answer.status === "ok") return { works: true, message: "The supplier lets us in." };
      return { works: answer.status === "credentials" ? false : null, message: answer.message };
    },
  );
}

function readWish(body: Record<string, unknown>): { secrets: Record<string, Secret>; forgotten: string[] } {
  const secrets: Record<string, Secret> = {};
  const forgotten: string[] = [];
  for (const [name, value] of Object.entries(body)) {
    if (value === null) forgotten.push(name);
    else if (typeof value === "string" && value !== "" && value.length <= longest) secrets[name] = new Secret(value);
    else
      throw invalid([
        {
          field: `body.${name.slice(0, 100)}`,
          found: "[secret]",
          expected: `a text of 1 to ${longest} characters, or null`,
        },
      ]);
  }
  return { secrets, forgotten };
}
