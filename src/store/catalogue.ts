import type { Db } from "#store/db.ts";
import { col, row } from "#store/row.ts";
import { sql, type Sql } from "#store/sql.ts";

/**
 * Tables that belong to no single workspace. *reference*: small, the same for everybody, rarely written. *directory*: says who and where the
 * workspaces are. *local*: of this installation's own running. The API role reads only reference tables; everything else is a tenant table.
 */
export const sharedTables: Readonly<Record<string, "reference" | "directory" | "local">> = {
  schema_migration: "local",
  installation: "local",
  worker: "local",
  workspace: "directory",
  api_key: "directory",
  channel_registry: "directory",
  channel_hook: "directory",
  member: "directory",
  invitation: "directory",
  app_user: "directory",
  credential: "directory",
  session: "directory",
  verification: "directory",
  two_factor: "directory",
  used_code: "directory",
  known_device: "directory",
  budget: "directory",
  set_up: "local",
};

/** Schemas of their own, each for one role alone: who the users are is nothing for who works on orders, and the other way round. */
export const separateSchemas: Readonly<Record<string, string>> = { auth: "switchyard_auth" };

const Line = row({ line: col.text });

/** What the database's catalogue says against the rules of isolation and of scaling out. Each line names the thing and what is wrong. */
export async function violations(db: Db): Promise<string[]> {
  const names = Object.keys(sharedTables);
  const references = names.filter((name) => sharedTables[name] === "reference");
  const found = await Promise.all(
    [
      ...kinds(names),
      ...tenantTables(names),
      ...keys(names, references),
      ...behaviour,
      ...rights(names, references),
      ...Object.entries(separateSchemas).flatMap(([schema, role]) => apart(schema, role)),
    ].map((rule) => db.rows(Line, rule)),
  );
  return found.flat().map(({ line }) => line);
}

/** Every table of ours but partitions, which are reached through their parent. */
const tables = sql`
  select c.oid, c.relname as name, c.relrowsecurity, c.relforcerowsecurity, c.relacl, c.relowner
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
   where c.relkind in ('r', 'p') and not c.relispartition
     and n.nspname not like 'pg\\_%' and n.nspname not in ('information_schema', 'graphile_worker')`;

const tenants = (names: readonly string[]): Sql =>
  sql`(select * from (${tables}) t where t.name <> all(${names}::text[]))`;

/** R2: the kind of each table is known. */
const kinds = (names: readonly string[]): Sql[] => [
  sql`select format('%s is declared shared and does not exist', name) as line
        from unnest(${names}::text[]) name where name not in (select t.name from (${tables}) t)`,
  sql`select format('%s has no workspace_id (bigint, not null) and is not declared shared', t.name) as line
        from ${tenants(names)} t
       where not exists (select from pg_attribute a
                          where a.attrelid = t.oid and a.attname = 'workspace_id' and a.attnotnull and a.atttypid = 'bigint'::regtype)`,
];

/** One policy, by setting and not by role, for reading and for writing; and it holds for the owner too. */
const tenantTables = (names: readonly string[]): Sql[] => [
  sql`select format('%s: row-level security is not enabled and forced', t.name) as line
        from ${tenants(names)} t where not (t.relrowsecurity and t.relforcerowsecurity)`,
  sql`select format('%s has %s policies instead of one', t.name, count(p.oid)) as line
        from ${tenants(names)} t left join pg_policy p on p.polrelid = t.oid group by t.name having count(p.oid) <> 1`,
  sql`select format('%s: the policy %s is not the one of a tenant table', t.name, p.polname) as line
        from ${tenants(names)} t
        join pg_policy p on p.polrelid = t.oid
       where not p.polpermissive or p.polcmd <> '*' or p.polroles <> '{0}'
          or pg_get_expr(p.polqual, p.polrelid) is distinct from ${policy}
          or pg_get_expr(p.polwithcheck, p.polrelid) is distinct from ${policy}`,
];

const policy = "(workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::bigint)";

/** R1: the workspace comes first in every key, so nothing is unique, or pointed at, across workspaces. */
const keys = (names: readonly string[], references: readonly string[]): Sql[] => [
  sql`select format('%s has no primary key', t.name) as line
        from (${tables}) t where not exists (select from pg_index i where i.indrelid = t.oid and i.indisprimary)`,
  sql`select format('%s: the unique index %s does not begin with workspace_id', t.name, i.indexrelid::regclass) as line
        from ${tenants(names)} t
        join pg_index i on i.indrelid = t.oid and i.indisunique
        left join pg_attribute a on a.attrelid = t.oid and a.attnum = i.indkey[0]
       where a.attname is distinct from 'workspace_id'`,
  sql`select format('%s: the foreign key %s does not go from workspace_id to workspace_id first', t.name, k.conname) as line
        from ${tenants(names)} t
        join pg_constraint k on k.conrelid = t.oid and k.contype = 'f'
        join pg_class target on target.oid = k.confrelid
        left join pg_attribute here on here.attrelid = k.conrelid and here.attnum = k.conkey[1]
        left join pg_attribute there on there.attrelid = k.confrelid and there.attnum = k.confkey[1]
       where target.relname <> all(${references}::text[])
         and (here.attname <> 'workspace_id' or there.attname <> 'workspace_id' or target.relname = any(${names}::text[]))`,
  sql`select format('%s: the foreign key %s sets null or a default, or follows a changed key', t.name, k.conname) as line
        from (${tables}) t
        join pg_constraint k on k.conrelid = t.oid and k.contype = 'f'
       where k.confdeltype not in ('a', 'r', 'c') or k.confupdtype not in ('a', 'r')`,
  sql`select format('%s: a shared table points at the tenant table %s', t.name, k.confrelid::regclass) as line
        from (${tables}) t
        join pg_constraint k on k.conrelid = t.oid and k.contype = 'f'
        join pg_class target on target.oid = k.confrelid
       where t.name = any(${names}::text[]) and target.relname <> all(${names}::text[])`,
];

/** R6, R7 and security: what happens is written in the application, and nothing looks past row-level security. */
const behaviour: Sql[] = [
  sql`select format('%s has the trigger %s', g.tgrelid::regclass, g.tgname) as line
        from pg_trigger g where not g.tgisinternal and g.tgrelid in (select t.oid from (${tables}) t)`,
  sql`select format('%s has the rule %s', r.ev_class::regclass, r.rulename) as line
        from pg_rewrite r where r.rulename <> '_RETURN' and r.ev_class in (select t.oid from (${tables}) t)`,
  sql`select format('%s.%s: a default that calls something: %s', t.name, a.attname, pg_get_expr(d.adbin, d.adrelid)) as line
        from (${tables}) t
        join pg_attribute a on a.attrelid = t.oid and a.attgenerated = ''
        join pg_attrdef d on d.adrelid = t.oid and d.adnum = a.attnum
       where pg_get_expr(d.adbin, d.adrelid) ~* '(\\w\\(|current_|localtime|session_user)'`,
  sql`select format('%s.%s is an identity column', t.name, a.attname) as line
        from (${tables}) t join pg_attribute a on a.attrelid = t.oid and a.attidentity <> ''`,
  sql`select format('%s is security definer', p.oid::regprocedure) as line
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace
       where p.prosecdef and n.nspname not like 'pg\\_%' and n.nspname not in ('information_schema', 'graphile_worker')`,
  sql`select format('%s calls set_config, whose value can outlive the transaction', p.oid::regprocedure) as line
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace
       where p.prosrc ilike '%set_config%' and p.prolang = (select oid from pg_language where lanname = 'plpgsql')
         and n.nspname not like 'pg\\_%' and n.nspname not in ('information_schema', 'graphile_worker')`,
  sql`select format('the view %s is not security_invoker', c.oid::regclass) as line
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind = 'v' and n.nspname not like 'pg\\_%' and n.nspname not in ('information_schema', 'graphile_worker')
         and not coalesce(c.reloptions && array['security_invoker=true', 'security_invoker=on', 'security_invoker=1'], false)`,
];

/** What the roles may do. */
const rights = (names: readonly string[], references: readonly string[]): Sql[] => [
  sql`select format('%s is a superuser, or may make roles or databases, or replicate', rolname) as line
        from pg_roles where rolname like 'switchyard\\_%' and (rolsuper or rolcreaterole or rolcreatedb or rolreplication)`,
  sql`select format('%s bypasses row-level security', rolname) as line
        from pg_roles where rolname like 'switchyard\\_%' and rolname <> 'switchyard_engine' and rolbypassrls`,
  sql`select format('%s is a member of %s', m.member::regrole, m.roleid::regrole) as line
        from pg_auth_members m where m.member::regrole::text like 'switchyard\\_%'`,
  sql`select format('%s owns something (%s %s)', d.refobjid::regrole, d.classid::regclass, d.objid) as line
        from pg_shdepend d
       where d.deptype = 'o' and d.refclassid = 'pg_authid'::regclass
         and d.refobjid in (select oid from pg_roles where rolname like 'switchyard\\_%' and rolname <> 'switchyard_owner')
         and d.dbid in (0, (select oid from pg_database where datname = current_database()))`,
  sql`select format('%s may %s the table %s', coalesce(r.rolname, 'everybody'), lower(a.privilege_type), c.oid::regclass) as line
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        cross join aclexplode(c.relacl) a
        left join pg_roles r on r.oid = a.grantee
       where c.relkind in ('r', 'p', 'v', 'm') and a.grantee <> c.relowner
         and n.nspname not like 'pg\\_%' and n.nspname not in ('information_schema', 'graphile_worker')
         and (a.privilege_type in ('TRUNCATE', 'TRIGGER', 'REFERENCES', 'MAINTAIN') or a.grantee = 0)`,
  sql`select format('%s may make things in the schema %s', role, n.nspname) as line
        from pg_namespace n
        cross join (select rolname from pg_roles where rolname like 'switchyard\\_%' and rolname <> 'switchyard_owner') r(role)
       where n.nspname not like 'pg\\_%' and has_schema_privilege(role, n.oid, 'create')`,
  sql`select format('switchyard_api may %s %s, which is no tenant table', p.privilege, c.oid::regclass) as line
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        cross join unnest(array['select', 'insert', 'update', 'delete']) p(privilege)
       where (c.relname = any(${names}::text[]) or c.relispartition or c.relkind = 'm') and c.relkind in ('r', 'p', 'm')
         and n.nspname not like 'pg\\_%' and n.nspname not in ('information_schema', 'graphile_worker')
         and not (c.relname = any(${references}::text[]) and p.privilege = 'select')
         and (has_table_privilege('switchyard_api', c.oid, p.privilege)
              or p.privilege <> 'delete' and has_any_column_privilege('switchyard_api', c.oid, p.privilege))`,
];

/** Nobody but its role enters the schema, and that role enters no other. */
const apart = (schema: string, role: string): Sql[] => [
  sql`select format('%s may enter the schema %s, which is for %s alone', r.rolname, ${schema}::text, ${role}::text) as line
        from pg_roles r
       where r.rolname like 'switchyard\\_%' and r.rolname not in (${role}::text, 'switchyard_owner')
         and has_schema_privilege(r.rolname, ${schema}::text, 'usage')`,
  sql`select format('%s may enter the schema %s', ${role}::text, n.nspname) as line
        from pg_namespace n
       where n.nspname not like 'pg\\_%' and n.nspname not in ('information_schema', ${schema}::text)
         and has_schema_privilege(${role}::text, n.oid, 'usage')`,
];
