import type { Db } from "#store/db.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";

/**
 * The schema as one text, for reading in a diff: src/store/schema.sql. PostgreSQL's own dump program does not come with the embedded
 * server, so it is written from the catalogue, by name, in the order extensions, types, sequences, functions, tables, views. It is read and
 * compared, never run.
 */
export async function dumpSchema(db: Db): Promise<string> {
  const parts = await Promise.all([
    lines(db, extensions),
    lines(db, enums),
    lines(db, sequences),
    lines(db, functions),
    tables(db),
    lines(db, views),
    lines(db, schemaGrants),
  ]);
  const written = parts.flat().join("\n\n");
  return `-- Written by \`npm run schema\` from the migrated database. Read it in the diff; never edit it.\n\n${written}\n`;
}

const Line = row({ line: col.text });
const lines = async (db: Db, statement: ReturnType<typeof sql>): Promise<string[]> =>
  (await db.rows(Line, statement)).map(({ line }) => line);

/** All schemas but PostgreSQL's and the job queue's, which migrates itself; and what an extension made belongs to the extension. */
const isOurs = sql`n.nspname not like 'pg\\_%' and n.nspname not in ('information_schema', 'graphile_worker')
  and not exists (select from pg_depend d where d.classid = o.tableoid and d.objid = o.oid and d.deptype = 'e')`;

const extensions = sql`
  select format('create extension %I;', extname) as line from pg_extension where extname <> 'plpgsql' order by extname`;

const enums = sql`
  select format('create type %s as enum (%s);', o.oid::regtype, string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder)) as line
    from pg_type o
    join pg_namespace n on n.oid = o.typnamespace
    join pg_enum e on e.enumtypid = o.oid
   where ${isOurs}
   group by o.oid
   order by o.oid::regtype::text`;

const sequences = sql`
  select format('create sequence %s increment by %s minvalue %s start with %s;', o.oid::regclass, s.seqincrement, s.seqmin, s.seqstart)
         || coalesce(E'\n' || g.grants, '') as line
    from pg_class o
    join pg_namespace n on n.oid = o.relnamespace
    join pg_sequence s on s.seqrelid = o.oid
    left join lateral ${grantsOf("sequence")} g on true
   where ${isOurs}
   order by o.oid::regclass::text`;

const functions = sql`
  select pg_get_functiondef(o.oid) || ';'
         || coalesce(E'\n' || (
              select string_agg(format('grant execute on function %s to %s;', o.oid::regprocedure, coalesce(r.rolname, 'public')), E'\n' order by r.rolname)
                from aclexplode(o.proacl) a
                left join pg_roles r on r.oid = a.grantee
               where a.grantee <> o.proowner), '') as line
    from pg_proc o
    join pg_namespace n on n.oid = o.pronamespace
   where ${isOurs} and o.prokind in ('f', 'p')
   order by o.oid::regprocedure::text`;

const views = sql`
  select format('create view %s%s as%s%s', o.oid::regclass, ' with (' || array_to_string(o.reloptions, ', ') || ')', E'\n', pg_get_viewdef(o.oid, true))
         || coalesce(E'\n' || g.grants, '') as line
    from pg_class o
    join pg_namespace n on n.oid = o.relnamespace
    left join lateral ${grantsOf("table")} g on true
   where ${isOurs} and o.relkind in ('v', 'm')
   order by o.oid::regclass::text`;

const schemaGrants = sql`
  select format('grant %s on schema %I to %s;', string_agg(lower(a.privilege_type), ', ' order by a.privilege_type), n.nspname, coalesce(r.rolname, 'public')) as line
    from pg_namespace n
    cross join aclexplode(n.nspacl) a
    left join pg_roles r on r.oid = a.grantee
   where n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema' and a.grantee <> n.nspowner
   group by n.nspname, r.rolname
   order by n.nspname, r.rolname`;

function grantsOf(kind: "table" | "sequence") {
  const on = kind === "table" ? sql`'table'` : sql`'sequence'`;
  return sql`(
    select string_agg(format('grant %s on %s %s to %s;', what, ${on}, o.oid::regclass, who), E'\n' order by who) as grants
      from (select coalesce(r.rolname, 'public') as who, string_agg(lower(a.privilege_type), ', ' order by a.privilege_type) as what
              from aclexplode(o.relacl) a
              left join pg_roles r on r.oid = a.grantee
             where a.grantee <> o.relowner
             group by r.rolname) of_role)`;
}

const TableRow = row({
  name: col.text,
  columns: col.list<string>(),
  tail: col.text,
  after: col.list<string>(),
});

async function tables(db: Db): Promise<string[]> {
  const found = await db.rows(
    TableRow,
    sql`
    select o.oid::regclass::text as name,
           array(
             select format('%I %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
                           coalesce(case a.attgenerated when 's' then ' generated always as (' || pg_get_expr(d.adbin, d.adrelid) || ') stored'
                                                        else ' default ' || pg_get_expr(d.adbin, d.adrelid) end, ''),
                           case when a.attnotnull then ' not null' else '' end)
               from pg_attribute a
               left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
              where a.attrelid = o.oid and a.attnum > 0 and not a.attisdropped
              order by a.attnum)
           || array(
             select format('constraint %I %s', k.conname, pg_get_constraintdef(k.oid))
               from pg_constraint k
              where k.conrelid = o.oid and k.contype <> 'n'
              order by array_position(array['p', 'u', 'x', 'c', 'f'], k.contype::text), k.conname) as columns,
           coalesce(' partition by ' || pg_get_partkeydef(o.oid), '')
           || coalesce(' with (' || array_to_string(o.reloptions, ', ') || ')', '') as tail,
           array(
             select pg_get_indexdef(i.indexrelid) || ';'
               from pg_index i
              where i.indrelid = o.oid and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.conrelid = o.oid)
              order by i.indexrelid::regclass::text)
           || array(
             select pg_get_triggerdef(t.oid) || ';' from pg_trigger t where t.tgrelid = o.oid and not t.tgisinternal order by t.tgname)
           || case when o.relrowsecurity then array[format('alter table %s enable row level security;', o.oid::regclass)] else '{}' end
           || case when o.relforcerowsecurity then array[format('alter table %s force row level security;', o.oid::regclass)] else '{}' end
           || array(
             select format('create policy %I on %s%s%s%s;', p.polname, o.oid::regclass,
                           case when p.polpermissive then '' else ' as restrictive' end,
                           ' using (' || pg_get_expr(p.polqual, p.polrelid) || ')',
                           ' with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')')
               from pg_policy p where p.polrelid = o.oid order by p.polname)
           || case when g.grants is null then '{}' else array[g.grants] end
           || array(
             select format('grant %s (%I) on table %s to %s;', lower(x.privilege_type), a.attname, o.oid::regclass, coalesce(r.rolname, 'public'))
               from pg_attribute a
               cross join aclexplode(a.attacl) x
               left join pg_roles r on r.oid = x.grantee
              where a.attrelid = o.oid and not a.attisdropped
              order by a.attnum, r.rolname, x.privilege_type) as after
      from pg_class o
      join pg_namespace n on n.oid = o.relnamespace
      left join lateral ${grantsOf("table")} g on true
     where ${isOurs} and o.relkind in ('r', 'p')
     order by o.oid::regclass::text`,
  );
  return found.map(({ name, columns, tail, after }) =>
    [`create table ${name} (\n  ${columns.join(",\n  ")}\n)${tail};`, ...after].join("\n"),
  );
}
