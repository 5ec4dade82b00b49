import type { WorkspaceId } from "#domain/ids.ts";
import type { Tx } from "../db.ts";
import { col, row, type RowOf } from "../row.ts";
import { sql } from "../sql.ts";

/** What the audit trail is filtered by. */
export const auditTopics = [
  "settings",
  "members",
  "keys",
  "webhooks",
  "catalogue",
  "secrets",
  "secret_use",
  "personal_data",
] as const;
export type AuditTopic = (typeof auditTopics)[number];

const LineRow = row({
  source: col.int,
  key: col.text,
  at: col.instant,
  topic: col.oneOf<AuditTopic>(),
  actor: col.text,
  kind: col.text,
  subject: col.text,
  subjectId: col.textOrNull,
  data: col.json<Record<string, unknown>>(),
});
export type AuditLine = RowOf<typeof LineRow>;

export interface AuditFilter {
  topic: AuditTopic | null;
  actor: string | null;
  from: Date | null;
  to: Date | null;
}

/**
 * SU-4. Who changed which setting, member, key or webhook, what secrets were used for, and who was shown personal data: newest first. Uses of secrets are
 * many and the machine's own: they are in the list only when asked for.
 */
export function listAudit(
  tx: Tx,
  workspaceId: WorkspaceId,
  filter: AuditFilter,
  page: { after: { at: string; source: string; key: string } | null; limit: number },
): Promise<AuditLine[]> {
  const { topic, actor, from, to } = filter;
  const { after } = page;
  const isAsked = (...topics: AuditTopic[]) => topic === null || topics.includes(topic);
  const time = sql`(${from}::timestamptz is null or t.at >= ${from}) and (${to}::timestamptz is null or t.at < ${to}) and (${actor}::text is null or t.actor = ${actor})`;
  const before = sql`(${after?.at ?? null}::timestamptz is null or t.at < ${after?.at ?? null}::timestamptz
      or (t.at = ${after?.at ?? null}::timestamptz
          and (t.source > ${after?.source ?? "0"}::integer or (t.source = ${after?.source ?? "0"}::integer and t.key < ${after?.key ?? ""}::text collate "C"))))`;
  const wanted = sql`${time} and ${before} order by t.at desc, t.source, t.key collate "C" desc limit ${page.limit}`;
  return tx.rows(
    LineRow,
    sql`
    with changes as (
      select * from (
        select 1 as source, lpad(e.id::text, 20, '0') as key, e.at, e.actor, e.kind, e.subject, e.subject_id::text as subject_id, e.data,
               case when e.kind in ('secrets_set', 'secrets_sealed') then 'secrets' when e.subject = 'member' then 'members' when e.subject = 'api_key' then 'keys'
                    when e.subject = 'webhook_endpoint' then 'webhooks' when e.subject in ('product_link', 'shipping_mapping', 'stock') then 'catalogue'
                    else 'settings' end as topic
          from management_event e where e.workspace_id = ${workspaceId}::bigint
      ) t where (${topic}::text is null or t.topic = ${topic}) and ${wanted}
    ), reads as (
      select * from (
        select 2 as source, lpad(r.id::text, 20, '0') as key, r.at, r.actor, 'personal_data_read' as kind, 'order' as subject, o.public_id::text as subject_id,
               jsonb_build_object('what', r.what, 'number', o.number) as data, 'personal_data' as topic
          from personal_read r left join sales_order o on o.workspace_id = r.workspace_id and o.id = r.order_id
         where r.workspace_id = ${workspaceId}::bigint and ${isAsked("personal_data")}::boolean
      ) t where ${wanted}
    ), uses as (
      select * from (
        select 3 as source, concat_ws('/', u.subject, u.subject_id, u.actor, u.purpose) as key, u.first_at as at, u.actor, 'secret_used' as kind,
               case u.subject when 'connection' then 'channel' else u.subject end as subject,
               case u.subject when 'connection' then (select c.channel_id::text from connection c where c.workspace_id = u.workspace_id and c.id = u.subject_id)
                    else u.subject_id::text end as subject_id,
               jsonb_build_object('purpose', u.purpose, 'uses', u.uses) as data, 'secret_use' as topic
          from vault.secret_use u where u.workspace_id = ${workspaceId}::bigint and ${topic === "secret_use"}::boolean
      ) t where ${wanted}
    )
    select t.source, t.key, t.at, t.topic, t.actor, t.kind, t.subject, t.subject_id, t.data
      from (select * from changes union all select * from reads union all select * from uses) t
     order by t.at desc, t.source, t.key collate "C" desc limit ${page.limit}`,
  );
}
