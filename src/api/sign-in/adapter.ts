import { hash } from "node:crypto";
import { createAdapterFactory, type AdapterFactory, type CleanedWhere } from "@better-auth/core/db/adapter";
import type { BetterAuthOptions } from "better-auth";
import {
  authModels,
  countWrongCode,
  deleteRecords,
  findRecords,
  insertRecord,
  updateRecords,
  type AuthModel,
  type AuthRecord,
  type Condition,
} from "#store/auth/record.ts";
import type { Db, Tx } from "#store/db.ts";

/**
 * AU-3. Where the sign-in library keeps its records: in our tables, by our own statements. A session's token is kept as its digest only; who asks with the
 * token gets its session, and nobody can read a token out of the database.
 */
export function authAdapter(db: Db) {
  let options: BetterAuthOptions;
  const on = (tx: Tx): AdapterFactory<BetterAuthOptions> =>
    createAdapterFactory({
      config: {
        adapterId: "switchyard",
        supportsJSON: true,
        supportsDates: true,
        supportsBooleans: true,
        supportsNumericIds: false,
        transaction: (work) => db.tx((inner) => work(on(inner)(options))),
      },
      adapter: () => ({
        create: async ({ model, data }) => withToken(await insertRecord(tx, modelOf(model), columnsOf(data)), data),
        findOne: async ({ model, where }) => {
          const [found] = await findRecords(tx, modelOf(model), conditionsOf(where));
          return found === undefined ? null : (withToken(found, tokenOf(where)) as never);
        },
        findMany: async ({ model, where = [], sortBy, limit, offset = 0 }) => {
          const found = await findRecords(tx, modelOf(model), conditionsOf(where));
          const answers = found.map((each) => withToken(each, {}));
          if (sortBy !== undefined) {
            const sign = sortBy.direction === "asc" ? 1 : -1;
            answers.sort((a, b) => sign * compare(a[sortBy.field], b[sortBy.field]));
          }
          return answers.slice(offset, limit === undefined ? undefined : offset + limit) as never;
        },
        count: async ({ model, where = [] }) => (await findRecords(tx, modelOf(model), conditionsOf(where))).length,
        update: async ({ model, where, update }) => {
          if (where.length === 0) return null;
          const changed = await updateRecords(tx, modelOf(model), conditionsOf(where), columnsOf(update as AuthRecord));
          return changed[0] === undefined ? null : (withToken(changed[0], tokenOf(where)) as never);
        },
        updateMany: async ({ model, where, update }) =>
          (await updateRecords(tx, modelOf(model), conditionsOf(where), columnsOf(update))).length,
        delete: async ({ model, where }) => {
          if (where.length > 0) await deleteRecords(tx, modelOf(model), conditionsOf(where));
        },
        deleteMany: async ({ model, where }) => (await deleteRecords(tx, modelOf(model), conditionsOf(where))).length,
        consumeOne: async ({ model, where }) => {
          const [taken] = await deleteRecords(tx, modelOf(model), conditionsOf(where));
          return taken === undefined ? null : (withToken(taken, tokenOf(where)) as never);
        },
        incrementOne: async ({ model, where, increment, set }) => {
          const conditions = conditionsOf(where);
          const counted = Object.keys(increment);
          if (modelOf(model) !== "twoFactor" || counted.some((field) => field !== "failedVerificationCount"))
            throw new Error(`Nothing but wrong codes is counted here, not ${model}.${counted.join(", ")}.`);
          let [changed] = counted.length === 0 ? [] : await countWrongCode(tx, conditions);
          if (set !== undefined && Object.keys(set).length > 0)
            [changed] = await updateRecords(tx, "twoFactor", conditions, columnsOf(set));
          return changed === undefined ? null : (withToken(changed, {}) as never);
        },
      }),
    });
  return (given: BetterAuthOptions) => {
    options = given;
    return on(db)(given);
  };
}

function modelOf(name: string): AuthModel {
  if ((authModels as readonly string[]).includes(name)) return name as AuthModel;
  throw new Error(`The sign-in library asks for ${name}, which this installation does not keep.`);
}

const snakeCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const camelCase = (name: string): string => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

const digestOf = (token: unknown): string => hash("sha256", String(token));

const columnsOf = (record: AuthRecord): AuthRecord =>
  Object.fromEntries(
    Object.entries(record).map(([field, value]) => [snakeCase(field), field === "token" ? digestOf(value) : value]),
  );

function conditionsOf(where: readonly CleanedWhere[]): Condition[] {
  return where.map(({ field, operator, value, connector }, index) => {
    if (connector === "OR" && index > 0) throw new Error("The sign-in library asks for one condition or another.");
    if (operator === "contains" || operator === "starts_with" || operator === "ends_with")
      throw new Error(`The sign-in library asks for a text that ${operator} another.`);
    const digested = field !== "token" ? value : Array.isArray(value) ? value.map(digestOf) : digestOf(value);
    return { field: snakeCase(field), operator, value: digested };
  });
}

/** Who asked with the token knows it already. */
const tokenOf = (where: readonly CleanedWhere[]): AuthRecord =>
  Object.fromEntries(
    where.filter(({ field, operator }) => field === "token" && operator === "eq").map(({ value }) => ["token", value]),
  );

const withToken = (record: AuthRecord, { token }: AuthRecord): never =>
  Object.fromEntries(
    Object.entries(record).map(([column, value]) => [
      camelCase(column),
      column === "token" && token !== undefined
        ? token
        : /_(at|until)$/.test(column) && typeof value === "string"
          ? new Date(value)
          : value,
    ]),
  ) as never;

const compare = (a: unknown, b: unknown): number => (String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0);
