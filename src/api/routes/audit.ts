import { z } from "zod";
import { publicId, type WorkspaceId } from "#domain/ids.ts";
import { listChannels } from "#store/channel.ts";
import { auditTopics, listAudit, type AuditLine } from "#store/read/audit.ts";
import { listAccounts, listSuppliers } from "#store/supplier.ts";
import { listEndpoints } from "#store/webhook.ts";
import { inWorkspace } from "#store/workspace-scope.ts";
import { Actor, nameActors } from "../actors.ts";
import type { Api, ApiContext } from "../context.ts";
import { decodeCursor, encodeCursor } from "../cursor.ts";
import { cursor, instant, limit, problems, time } from "../schemas.ts";

const tags = ["Audit"];
const Named = z.object({ id: z.string(), name: z.string() });
const AuditEntry = z
  .object({
    at: z.string(),
    topic: z.enum(auditTopics),
    kind: z.string(),
    text: z.string(),
    actor: z.string(),
    by: Actor,
    subject: z.string(),
    on: Named.nullable().meta({ description: "What it is about, where that has an id and is still here" }),
    changes: z.array(z.object({ name: z.string(), from: z.unknown(), to: z.unknown() })),
    details: z.record(z.string(), z.unknown()),
  })
  .meta({ id: "AuditEntry" });

/** SU-4. The trail of the set-up: who changed what from what to what, who was shown personal data, what secrets were used for. */
export function auditRoutes(app: Api, context: ApiContext): void {
  const { db } = context;
  app.get(
    "/v1/audit",
    {
      schema: {
        summary: "Who changed which setting, member, key or webhook, and who was shown personal data; newest first",
        tags,
        querystring: z.strictObject({
          topic: z.enum(auditTopics).optional().meta({ description: "secret_use is listed only when it is asked for" }),
          actor: z.string().min(1).max(200).optional().meta({ description: "As the list names it: user:usr_…, key:…" }),
          from: instant.optional(),
          to: instant.optional().meta({ description: "Not included itself" }),
          cursor,
          limit,
        }),
        response: { 200: z.object({ entries: z.array(AuditEntry), next: z.string().nullable() }), ...problems },
      },
    },
    async ({ caller: { workspaceId }, query }) => {
      const at = query.cursor === undefined ? null : decodeCursor(query.cursor, ["instant", "int", "text"] as const);
      const after = at === null ? null : { at: at[0], source: at[1], key: at[2] };
      const filter = {
        topic: query.topic ?? null,
        actor: query.actor ?? null,
        from: query.from === undefined ? null : new Date(query.from),
        to: query.to === undefined ? null : new Date(query.to),
      };
      const [found, things] = await inWorkspace(db.api, workspaceId, (tx) =>
        Promise.all([listAudit(tx, workspaceId, filter, { after, limit: query.limit + 1 }), thingsOf(tx, workspaceId)]),
      );
      const lines = found.slice(0, query.limit);
      const users = lines.flatMap(({ data }) => (typeof data["user"] === "string" ? [userActor(data["user"])] : []));
      const name = await nameActors(context, workspaceId, [...lines.map(({ actor }) => actor), ...users]);
      const last = lines.at(-1);
      const isMore = found.length > query.limit && last !== undefined;
      return {
        entries: lines.map((line) => present(line, things, name)),
        next: isMore ? encodeCursor([last.at.toISOString(), String(last.source), last.key]) : null,
      };
    },
  );
}

const userActor = (uuid: string): string => `user:${publicId("user", uuid)}`;

type Things = ReadonlyMap<string, z.output<typeof Named>>;
/** What a workspace consists of, by `subject/inner id`: it is little. */
async function thingsOf(tx: Parameters<typeof listChannels>[0], workspaceId: WorkspaceId): Promise<Things> {
  const [channels, suppliers, accounts, endpoints] = await Promise.all([
    listChannels(tx, workspaceId),
    listSuppliers(tx, workspaceId),
    listAccounts(tx, workspaceId),
    listEndpoints(tx, workspaceId),
  ]);
  const supplierName = new Map(suppliers.map((each) => [each.id, each.name]));
  return new Map([
    ...channels.map((each) => thing("channel", each, each.name)),
    ...suppliers.map((each) => thing("supplier", each, each.name)),
    ...accounts.map((each) => thing("account", each, `${supplierName.get(each.supplierId) ?? ""}/${each.name}`)),
    ...endpoints.map((each): [string, z.output<typeof Named>] => [
      `webhook_endpoint/${each.id}`,
      { id: publicId("webhookEndpoint", each.publicId), name: each.url },
    ]),
  ]);
}
const thing = (
  subject: "channel" | "supplier" | "account",
  { id, publicId: uuid }: { id: string; publicId: string },
  name: string,
): [string, z.output<typeof Named>] => [`${subject}/${id}`, { id: publicId(subject, uuid), name }];

/** Fields of the trail that leave as they are. Inner ids are not among them. */
const plainDetails = [
  "prefix",
  "role",
  "name",
  "kind",
  "scopes",
  "expires",
  "set",
  "forgotten",
  "names",
  "why",
  "url",
  "events",
  "enabled",
  "sku",
  "rateName",
  "no",
  "resent",
  "purpose",
  "uses",
  "what",
  "from",
  "to",
  "wasActive",
  "wasRejected",
] as const;

const settingsOfNew = (data: Record<string, unknown>): { name: string; from: unknown; to: unknown }[] =>
  Object.entries((data["settings"] as Record<string, unknown> | undefined) ?? {}).flatMap(([name, to]) =>
    name === "connector" ? [] : [{ name, from: null, to }],
  );

function present(
  line: AuditLine,
  things: Things,
  name: (actor: string) => z.output<typeof Actor>,
): z.output<typeof AuditEntry> {
  const { data, subject, subjectId } = line;
  const changes = (data["changes"] as z.output<typeof AuditEntry>["changes"] | undefined) ?? settingsOfNew(data);
  const details: Record<string, unknown> = Object.fromEntries(
    plainDetails.flatMap((field) => (field in data ? [[field, data[field]]] : [])),
  );
  // A link's options name suppliers by inner id.
  if (subject === "product_link") delete details["from"];
  if (typeof data["user"] === "string")
    details["member"] = { id: publicId("user", data["user"]), name: name(userActor(data["user"])).name };
  const isOrder = subject === "order" && subjectId !== null;
  const on = isOrder
    ? { id: publicId("order", subjectId), name: String(data["number"]) }
    : (things.get(`${subject === "stock" ? "supplier" : subject}/${subjectId}`) ?? null);
  return {
    at: time(line.at),
    topic: line.topic,
    kind: line.kind,
    text: sentence(line.kind),
    actor: line.actor,
    by: name(line.actor),
    subject,
    on,
    changes: changes.map(({ name: setting, from = null, to = null }) => ({ name: setting, from, to })),
    details,
  };
}

const sentence = (kind: string): string => {
  const words = kind.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
};
