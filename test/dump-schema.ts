// `npm run schema`: writes src/store/schema.sql from a freshly migrated database.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openDb } from "#store/db.ts";
import { dumpSchema } from "#store/schema-dump.ts";
import { dropDatabase, leaveTestServer, makeDatabase, testServer } from "./test-server.ts";

const server = await testServer();
const name = await makeDatabase("migrated");
const owner = openDb(server.config("switchyard_owner", name));
try {
  await writeFile(join(import.meta.dirname, "../src/store/schema.sql"), await dumpSchema(owner));
} finally {
  await owner.end();
  await dropDatabase(name);
  await leaveTestServer();
}
