import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "#store/sql.ts";
import { Browser, goodPassword, signedIn } from "./testing/browser.ts";
import { aServer } from "./testing/server.ts";

interface Details {
  checks: { code: string; status: string; says: string; next: string | null }[];
  processes: { kind: string; alive: boolean }[];
  late: { work: string; title: string; rows: number; oldest: string }[];
}

test("UI-70 the health of the installation is told in plain facts, and only what of this workspace is late", async (t) => {
  const is = { clockWrong: false, gate: true };
  const at = await aServer(
    t,
    {},
    { gate: "beside", clockIsWrong: () => is.clockWrong, pendingMigrations: async () => 0 },
  );
  at.engine.gate = { ...at.engine.gate, isThere: async () => is.gate };
  const look = async (key = at.key): Promise<Details> => {
    const { status, body, text } = await at.ask("GET", "/v1/health/details", { key });
    assert.equal(status, 200, text);
    return body as unknown as Details;
  };
  const of = ({ checks }: Details, code: string) => checks.find((each) => each.code === code)!;
  const now = at.engine.clock.now();
  await at.orders([{ channelOrderId: "1" }]);
  await at.database.engine.run(
    sql`update fulfillment_order set due_at = ${new Date(now.getTime() - 3_600_000)} where workspace_id = ${at.workspaceId}`,
  );

  const quiet = await look();
  assert.equal(of(quiet, "safe_mode").status, "ok");
  assert.equal(of(quiet, "gate").status, "ok");
  assert.equal(of(quiet, "workers").status, "warning");
  assert.deepEqual(
    quiet.late.map(({ work, rows, oldest }) => [work, rows, oldest]),
    [["orders", 1, new Date(now.getTime() - 3_600_000).toISOString()]],
  );
  assert.deepEqual((await look(at.rival.key)).late, []);

  is.gate = false;
  is.clockWrong = true;
  await at.database.engine.run(sql`update installation set safe_mode_reason = 'the database was restored'`);
  await at.database.engine.run(
    sql`insert into worker (id, kind, pid, slot, started_at, heartbeat_at) values ('w1', 'worker', 1, 1, ${now}, ${now}), ('w2', 'worker', 2, 2, ${now}, ${new Date(now.getTime() - 90_000)})`,
  );
  const troubled = await look();
  assert.match(of(troubled, "safe_mode").says, /^On: the database was restored\./);
  assert.equal(of(troubled, "clock").status, "broken");
  assert.equal(of(troubled, "workers").says, "One is running.");
  assert.deepEqual(
    troubled.processes.map(({ alive }) => alive),
    [true, false],
  );
  for (const { status, next } of troubled.checks) assert.equal(next === null, status === "ok");
  assert.equal(of(troubled, "gate").status, "warning");
});

test("UI-71 a person changes their own name, and nobody else's", async (t) => {
  const at = await aServer(t);
  const anna = await signedIn(at, { email: "anna@example.org" });
  await signedIn(at, { email: "bert@example.org", role: "staff" });

  const changed = await anna.ask("PUT", "/v1/auth/me", { name: "Anna Berg" });

  assert.equal(changed.status, 200, changed.text);
  const { body } = await anna.ask("GET", "/v1/members");
  const members = body["members"] as unknown as { name: string; email: string }[];
  assert.deepEqual(members.map(({ name }) => name).sort(), ["Anna Berg", "bert"]);
  const again = new Browser(at);
  assert.equal((await again.signIn("anna@example.org", goodPassword)).status, 200);
  assert.equal((await anna.ask("PUT", "/v1/auth/me", { name: "" })).status, 400);
});
