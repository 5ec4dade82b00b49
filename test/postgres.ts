import { after, type TestContext } from "node:test";
import type { PoolConfig } from "pg";
import { type Db, type DbOptions, openDb } from "#store/db.ts";
import type { Role } from "#store/server/credentials.ts";
import { dropDatabase, leaveTestServer, makeDatabase, testServer } from "./test-server.ts";

export interface TestDatabase {
  name: string;
  /** One pool per role, opened with the test's options and ended with the test. */
  owner: Db;
  engine: Db;
  api: Db;
  auth: Db;
  vault: Db;
  /** How another process, or a pool of your own, reaches it. */
  config(role: Role | "postgres"): PoolConfig;
  url(role: Role | "postgres"): string;
  /** The test's end does it; a test of what happens without a database may do it earlier. */
  drop(): Promise<void>;
}

/**
 * A database of its own for one test, dropped when the test ends. Migrated, it is cloned from a template that is made once per set of
 * migrations, so it costs about a tenth of a second.
 */
export async function testDatabase(
  t: Pick<TestContext, "after">,
  { kind = "migrated", ...options }: DbOptions & { kind?: "migrated" | "empty" } = {},
): Promise<TestDatabase> {
  const server = await testServer();
  const name = await makeDatabase(kind);
  const config = (role: Role | "postgres"): PoolConfig => server.config(role, name);
  const open = (role: Role): Db => openDb(config(role), { max: 4, ...options });
  const [owner, engine, api] = [open("switchyard_owner"), open("switchyard_engine"), open("switchyard_api")];
  const [auth, vault] = [open("switchyard_auth"), open("switchyard_vault")];

  let isDropped = false;
  const drop = async (): Promise<void> => {
    if (isDropped) return;
    isDropped = true;
    await Promise.all([owner, engine, api, auth, vault].map((db) => db.end()));
    await dropDatabase(name);
  };
  t.after(drop);
  return { name, owner, engine, api, auth, vault, config, url: (role) => urlOf(config(role)), drop };
}

after(leaveTestServer);

const urlOf = ({ user, password, host, port, database }: PoolConfig): string =>
  `postgres://${user}:${String(password)}@${host}:${port}/${database}`;
