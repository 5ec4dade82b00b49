import type { Tx } from "#store/db.ts";
import { col, row } from "#store/row.ts";
import { sql, type Sql } from "#store/sql.ts";

/** What the sign-in library calls its models, and the tables of ours behind them. */
export const authModels = ["user", "account", "session", "verification", "twoFactor"] as const;
export type AuthModel = (typeof authModels)[number];

/** One row with the table's own column names; times are RFC 3339 text. */
export type AuthRecord = Record<string, unknown>;

export interface Condition {
  field: string;
  operator: "eq" | "ne" | "lt" | "lte" | "gt" | "gte" | "in" | "not_in";
  value: unknown;
}

/** All conditions hold.  */
type Where = readonly Condition[];

interface Table {
  name: Sql;
  columns: Sql;
  /** Equality on the columns that have an index; a key that is not asked for is null. */
  byKey: (key: (column: string) => string | null) => Sql;
}

const tables: Record<AuthModel, Table> = {
  user: {
    name: sql`auth.app_user`,
    columns: sql`name, email, email_verified, image, two_factor_enabled, updated_at`,
    byKey: (key) => sql`
      (${key("id")}::uuid is null or t.id = ${key("id")}::uuid) and (${key("email")}::text is null or t.email = ${key("email")}::text)`,
  },
  account: {
    name: sql`auth.credential`,
    columns: sql`user_id, provider_id, account_id, password, updated_at`,
    byKey: (key) => sql`
      (${key("id")}::uuid is null or t.id = ${key("id")}::uuid) and (${key("user_id")}::uuid is null or t.user_id = ${key("user_id")}::uuid)`,
  },
  session: {
    name: sql`auth.session`,
    columns: sql`user_id, token, expires_at, proved_at, ip_address, user_agent, updated_at`,
    byKey: (key) => sql`
      (${key("id")}::uuid is null or t.id = ${key("id")}::uuid) and (${key("token")}::text is null or t.token = ${key("token")}::text)
      and (${key("user_id")}::uuid is null or t.user_id = ${key("user_id")}::uuid)`,
  },
  verification: {
    name: sql`auth.verification`,
    columns: sql`identifier, value, expires_at, updated_at`,
    byKey: (key) => sql`
      (${key("id")}::uuid is null or t.id = ${key("id")}::uuid) and (${key("identifier")}::text is null or t.identifier = ${key("identifier")}::text)`,
  },
  twoFactor: {
    name: sql`auth.two_factor`,
    columns: sql`user_id, secret, backup_codes, verified, failed_verification_count, locked_until`,
    byKey: (key) => sql`
      (${key("id")}::uuid is null or t.id = ${key("id")}::uuid) and (${key("user_id")}::uuid is null or t.user_id = ${key("user_id")}::uuid)`,
  },
};

const RecordRow = row({ record: col.json<AuthRecord>() });
const records = async (tx: Tx, statement: Sql): Promise<AuthRecord[]> =>
  (await tx.rows(RecordRow, statement)).map(({ record }) => record);

/** Which rows are meant. The table is small or a key is given, so the other conditions may be read from the row as a whole. */
function holds({ byKey }: Table, where: Where): Sql {
  const keys = new Map(where.filter(isKey).map(({ field, value }) => [field, value as string]));
  return sql`${byKey((column) => keys.get(column) ?? null)}
    and not exists (
      select from jsonb_to_recordset(${JSON.stringify(where)}::jsonb) as c (field text, operator text, value jsonb)
       where not coalesce(case c.operator
               when 'eq' then to_jsonb(t) -> c.field = c.value
               when 'ne' then to_jsonb(t) -> c.field <> c.value
               when 'in' then c.value @> jsonb_build_array(to_jsonb(t) -> c.field)
               when 'not_in' then not c.value @> jsonb_build_array(to_jsonb(t) -> c.field)
               when 'lt' then (to_jsonb(t) ->> c.field)::timestamptz < (c.value #>> '{}')::timestamptz
               when 'lte' then (to_jsonb(t) ->> c.field)::timestamptz <= (c.value #>> '{}')::timestamptz
               when 'gt' then (to_jsonb(t) ->> c.field)::timestamptz > (c.value #>> '{}')::timestamptz
               when 'gte' then (to_jsonb(t) ->> c.field)::timestamptz >= (c.value #>> '{}')::timestamptz
             end, false))`;
}
const isKey = ({ operator, value }: Condition): boolean => operator === "eq" && typeof value === "string";

export async function insertRecord(tx: Tx, model: AuthModel, record: AuthRecord): Promise<AuthRecord> {
  const { name } = tables[model];
  const [inserted] = await records(
    tx,
    sql`
    insert into ${name} as t select * from jsonb_populate_record(null::${name}, ${JSON.stringify(record)}::jsonb)
    returning to_jsonb(t) as record`,
  );
  if (inserted === undefined) throw new Error("an insert of one row answers one row");
  return inserted;
}

export const findRecords = (tx: Tx, model: AuthModel, where: Where): Promise<AuthRecord[]> =>
  records(
    tx,
    sql`select to_jsonb(t) as record from ${tables[model].name} t where ${holds(tables[model], where)} order by t.id`,
  );

/** Answers the rows as they are now. */
export function updateRecords(tx: Tx, model: AuthModel, where: Where, patch: AuthRecord): Promise<AuthRecord[]> {
  const { name, columns } = tables[model];
  return records(
    tx,
    sql`
    update ${name} t set (${columns}) = (select ${columns} from jsonb_populate_record(t, ${JSON.stringify(patch)}::jsonb))
     where ${holds(tables[model], where)}
    returning to_jsonb(t) as record`,
  );
}

/** Answers the rows that were there: of two who take the same row, one gets it. */
export const deleteRecords = (tx: Tx, model: AuthModel, where: Where): Promise<AuthRecord[]> =>
  records(
    tx,
    sql`delete from ${tables[model].name} t where ${holds(tables[model], where)} returning to_jsonb(t) as record`,
  );

/** One more wrong code of the second factor, on the rows of which all conditions still hold. */
export const countWrongCode = (tx: Tx, where: Where): Promise<AuthRecord[]> =>
  records(
    tx,
    sql`
    update auth.two_factor t set failed_verification_count = coalesce(t.failed_verification_count, 0) + 1
     where ${holds(tables.twoFactor, where)}
    returning to_jsonb(t) as record`,
  );
