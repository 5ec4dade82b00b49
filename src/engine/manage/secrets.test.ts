import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { Channel, Manifest, Supplier } from "#connectors/ports.ts";
import type { AccountId } from "#domain/ids.ts";
import { Secret } from "#domain/secret.ts";
import { pull } from "#engine/stages/pull.ts";
import { listConnections } from "#store/channel.ts";
import { listChanges } from "#store/management-event.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { noOutside, setUp, testEngine } from "#test/engine.ts";
import { testDatabase } from "#test/postgres.ts";
import { testVault } from "#test/vault.ts";
import type { ManageContext } from "./context.ts";
import { listSecrets, setSecrets } from "./secrets.ts";

const field = (required: boolean) =>
  ({ type: "text", title: "T", help: "H.", required, secret: true }) as const satisfies Manifest["settings"][string];
const manifest: Manifest = {
  id: "shop",
  title: "Shop",
  settings: { token: field(true), pin: field(false), zone: { type: "text", title: "Z", help: "", required: false } },
};

async function anOffice(t: TestContext) {
  const database = await testDatabase(t);
  const seen: string[] = [];
  const shop = {
    manifest,
    identify: async ({ secrets }) => {
      const token = secrets["token"]?.reveal() ?? "";
      if (token.startsWith("bad"))
        return { status: "credentials", reason: "credentials_rejected", message: `what is ${token}?` };
      return { status: "ok", externalId: token.startsWith("other") ? "other.example" : "acme.example", name: "Acme" };
    },
    pull: async ({ secrets }) => {
      seen.push(secrets["token"]?.reveal() ?? "none");
      return { status: "credentials", reason: "credentials_rejected", message: `no: ${seen.at(-1)}` };
    },
  } as Partial<Channel> as Channel;
  const channels = new Map([["shop", shop]]);
  const engine = testEngine(database.engine, { channels });
  engine.vault = testVault(database, () => engine.clock.now());
  const made = await setUp(engine, {
    channel: { kind: "shop", connection: { everyMs: 60_000 } },
    suppliers: { acme: { kind: "shop" } },
  });
  const context: ManageContext = {
    ...engine,
    channels,
    suppliers: new Map([["shop", { manifest } as Supplier]]),
    actor: "user:7",
    outside: noOutside,
  };
  const { workspaceId } = made;
  const account = { of: "account", workspaceId, id: made.accounts.get("acme") as AccountId } as const;
  const channel = { of: "channel", workspaceId, id: made.channelId } as const;
  return { ...made, database, engine, context, account, channel, seen };
}
const codeOf = (answer: { status: string; code?: string }): string => answer.code ?? answer.status;

test("VA-14 an account's secrets are set all or none, and taken back; what its connector does not know is refused", async (t) => {
  const { context, account, database } = await anOffice(t);
  const set = (secrets: Record<string, string>, forgotten: string[] = []) =>
    setSecrets(context, account, {
      secrets: Object.fromEntries(Object.entries(secrets).map(([name, text]) => [name, new Secret(text)])),
      forgotten,
    });
  await database.engine.run(sql`update supplier_account set credentials_rejected_at = ${context.clock.now()}`);

  assert.equal(codeOf(await set({ token: "t-1", tokn: "x" })), "secret_unknown");
  assert.equal(codeOf(await set({ token: "t-1", zone: "x" })), "secret_unknown");
  assert.equal(codeOf(await set({ token: "t-1", pin: "" })), "secret_invalid");
  assert.equal(
    codeOf(await setSecrets(context, { ...account, id: "999" as AccountId }, { secrets: {} })),
    "no_such_account",
  );
  const isSet = async () => {
    const answer = await listSecrets(context, account);
    return answer.status === "ok" ? answer.value.map((each) => [each.name, each.isSet, each.setBy]) : answer.code;
  };
  assert.deepEqual(await isSet(), [
    ["token", false, null],
    ["pin", false, null],
  ]);
  assert.equal(codeOf(await set({ token: "t-1", pin: "1234" })), "ok");
  assert.equal(codeOf(await set({ token: "t-2" }, ["pin"])), "ok");

  assert.deepEqual(await isSet(), [
    ["token", true, "user:7"],
    ["pin", false, null],
  ]);
  const rejected = row({ at: col.instantOrNull });
  assert.deepEqual(
    await database.engine.rows(rejected, sql`select credentials_rejected_at as at from supplier_account`),
    [{ at: null }],
  );
  const { workspaceId, id } = account;
  const trail = await listChanges(context.db, { workspaceId, subject: "account", subjectId: id, limit: 9 });
  assert.deepEqual(
    trail.map(({ kind, actor, data }) => ({ kind, actor, data })),
    [
      { kind: "secrets_set", actor: "user:7", data: { set: ["token"], forgotten: ["pin"] } },
      { kind: "secrets_set", actor: "user:7", data: { set: ["token", "pin"], forgotten: [] } },
    ],
  );
});

test("VA-14 a channel is asked with new secrets before they are stored: refused ones and those of another shop change nothing", async (t) => {
  const { context, channel, engine, workspaceId, channelId } = await anOffice(t);
  const set = (token: string) => setSecrets(context, channel, { secrets: { token: new Secret(token) } });
  const [connection] = await listConnections(engine.db, workspaceId, channelId);
  const kept = async () =>
    (await engine.vault.open([{ workspaceId, subject: "connection", id: connection!.id }], "test"))["token"]?.reveal();

  const refused = await set("bad-swordfish");

  assert.equal(codeOf(refused), "channel_not_reached");
  assert.doesNotMatch(JSON.stringify(refused), /swordfish/);
  assert.equal(codeOf(await set("other-swordfish")), "another_channel");
  assert.equal(await kept(), undefined);
  assert.equal(codeOf(await set("good-swordfish")), "ok");
  assert.equal(await kept(), "good-swordfish");
});

const Problem = row({ problem: col.textOrNull, dueAt: col.instantOrNull });

test("VA-12 a channel's secrets are opened for each call and cannot come back in what it says; where they cannot be opened it is tried later", async (t) => {
  const { context, channel, engine, database, seen } = await anOffice(t);
  await setSecrets(context, channel, { secrets: { token: new Secret("good-swordfish") } });
  const problem = () => database.engine.one(Problem, sql`select last_problem as problem, due_at from connection`);

  await pull.run(engine);
  const said = await problem();
  engine.clock.advance(60_000);
  const { open } = engine.vault;
  engine.vault.open = () => Promise.reject(new Error("The master key is missing."));
  await pull.run(engine);
  const closed = await problem();
  engine.vault.open = open;
  engine.clock.moveTo(closed.dueAt!);
  await pull.run(engine);

  assert.deepEqual(seen, ["good-swordfish", "good-swordfish"]);
  assert.equal(said.problem, "credentials: no: [secret]");
  assert.match(closed.problem!, /could not be opened: The master key is missing/);
  assert.deepEqual((await problem()).problem, "credentials: no: [secret]");
});
