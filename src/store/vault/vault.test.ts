import assert from "node:assert/strict";
import { chmod, mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import fc from "fast-check";
import { Secret } from "#domain/secret.ts";
import { col, row } from "#store/row.ts";
import { sql } from "#store/sql.ts";
import { inWorkspace } from "#store/workspace-scope.ts";
import { seededRandom, setUp, testEngine } from "../../../test/engine.ts";
import { testDatabase } from "../../../test/postgres.ts";
import { testKeyring } from "../../../test/vault.ts";
import { Keyring } from "./keyring.ts";
import { masterKeyCommand, masterKeyFile, parseMasterKeys } from "./master-keys.ts";
import { readVaultStatus, rewrapDataKeys, rotateDataKey, tryDataKeys } from "./rotate.ts";
import { seal, unseal, type Place } from "./seal.ts";
import { forgetSecrets, openSecretReader, putSecrets, readSecretStatus, type SecretOwner } from "./secrets.ts";

const random = seededRandom(5);
const key = { bytes: random.bytes(32), kek: 1, dek: 1 };
const place: Place = { workspaceId: "7", table: "account", row: "12", column: "token" };

test("VA-3 what is sealed opens for its own place and key, and reads as it was", () =>
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.nat(), (text, dek) => {
      const sealed = seal({ ...key, dek }, text, place, random);
      assert.match(sealed, /^v1\.1\.\d+\.[\w-]{16}\.[\w-]*\.[\w-]{22}$/);
      assert.equal(unseal({ ...key, dek }, sealed, place).toString("utf8"), Buffer.from(text).toString("utf8"));
    }),
  ));

test("VA-3 a sealed value does not open elsewhere: another workspace, table, row, column, key, key number, or with any byte changed", () => {
  const sealed = seal(key, "swordfish", place, random);
  const elsewhere: [Partial<Place>, Partial<typeof key>][] = [
    [{ workspaceId: "8" }, {}],
    [{ table: "supplier" }, {}],
    [{ row: "13" }, {}],
    [{ column: "password" }, {}],
    [{ workspaceId: "71", row: "2" }, {}],
    [{}, { bytes: random.bytes(32) }],
    [{}, { dek: 2 }],
  ];

  for (const [other, otherKey] of elsewhere)
    assert.throws(() => unseal({ ...key, ...otherKey }, sealed, { ...place, ...other }), JSON.stringify(other));
  const [head, tail] = [sealed.split(".").slice(0, 3).join("."), sealed.split(".").slice(3)];
  tail.forEach((part, index) => {
    const changed = tail.with(index, `${part.startsWith("A") ? "B" : "A"}${part.slice(1)}`);
    assert.throws(() => unseal(key, [head, ...changed].join("."), place));
  });
  assert.throws(() => unseal(key, "swordfish", place), /damaged/);
  assert.throws(() => unseal(key, [head, tail[0], tail[1], tail[2]!.slice(0, 8)].join("."), place), "a short tag");
});

async function aFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "switchyard-vault-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test("VA-4 the master key is made once, for its owner alone, by whoever comes first of many", async (t) => {
  const path = join(await aFolder(t), "home", "master.keys");
  const keys = masterKeyFile(path, random);
  assert.equal(await keys.read(), null);

  const made = await Promise.all(Array.from({ length: 8 }, () => keys.make!()));

  const [first] = made;
  for (const each of made) assert.deepEqual(each, first);
  assert.deepEqual([first!.newest, first!.keys.get(1)!.length], [1, 32]);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.deepEqual(await readdir(join(path, "..")), ["master.keys"], "no draft is left");
});

test("VA-4 a newer master key comes beside the older ones; a file that others may read, or that is damaged, is refused with the way out", async (t) => {
  const path = join(await aFolder(t), "master.keys");
  const keys = masterKeyFile(path, random);
  const before = await keys.make!();

  const after = await keys.add!();

  assert.deepEqual([after.newest, after.keys.size, after.keys.get(1)], [2, 2, before.keys.get(1)]);
  await chmod(path, 0o640);
  await assert.rejects(keys.read(), { code: "master_key_open", next: /chmod 600/ });
  await chmod(path, 0o600);
  await writeFile(path, "1 abc\n");
  await assert.rejects(keys.read(), { code: "master_key_damaged", message: /^Line 1 of .* no master key/ });
  const twice = `1 ${"a".repeat(64)}\n1 ${"b".repeat(64)}\n`;
  for (const bad of ["", "# nothing\n", `0 ${"a".repeat(64)}`, `1 ${"a".repeat(63)}`, twice])
    assert.throws(() => parseMasterKeys(bad, "the file"), { code: "master_key_damaged" });
});

test("VA-5 a command may print the master keys; one that fails is named without what it printed", async () => {
  const printed = await masterKeyCommand(`printf '%s\\n' '3 ${"ab".repeat(32)}'`).read();

  assert.deepEqual([printed?.newest, printed?.keys.get(3)?.length], [3, 32]);
  await assert.rejects(
    masterKeyCommand(`echo '1 ${"cd".repeat(32)}'; echo oops-cdcd >&2; exit 3`).read(),
    (error: Error) => {
      assert.match(error.message, /ended with 3/);
      assert.doesNotMatch(error.stack!, /cdcd/);
      return true;
    },
  );
});

async function aVault(t: TestContext) {
  const database = await testDatabase(t);
  const engine = testEngine(database.engine);
  const shop = await setUp(engine, { suppliers: { acme: {} } });
  const rival = await setUp(engine, { slug: "rival", suppliers: { acme: {} } });
  const keyring = testKeyring();
  const account = (of: typeof shop): SecretOwner => ({
    workspaceId: of.workspaceId,
    subject: "account",
    id: of.accounts.get("acme")!,
  });
  const reader = openSecretReader({ db: database.vault, keyring, actor: "gate", now: () => engine.clock.now() });
  const by = { actor: "user:1", at: engine.clock.now() };
  return { database, engine, shop, rival, keyring, account, reader, by };
}
const revealed = (secrets: Readonly<Record<string, Secret>>): Record<string, string> =>
  Object.fromEntries(Object.entries(secrets).map(([name, secret]) => [name, secret.reveal()]));

test("VA-6 the API's role sets and replaces secrets and can never read what was sealed, nor touch another workspace's", async (t) => {
  const { database, shop, rival, keyring, account, reader, by } = await aVault(t);
  const { workspaceId } = shop;
  const put = (secrets: Record<string, Secret>) =>
    inWorkspace(database.api, workspaceId, (tx) => putSecrets(tx, keyring, account(shop), secrets, by));

  await put({ token: new Secret("first"), password: new Secret("pass") });
  await put({ token: new Secret("second") });

  assert.deepEqual(revealed(await reader.open([account(shop)], "place")), { password: "pass", token: "second" });
  const denied = { code: "42501" };
  for (const db of [database.api, database.engine]) {
    const look = (statement: ReturnType<typeof sql>) => inWorkspace(db, workspaceId, (tx) => tx.run(statement));
    await assert.rejects(look(sql`select sealed from vault.secret`), denied);
    await assert.rejects(look(sql`select * from vault.secret`), denied);
    await assert.rejects(look(sql`update vault.secret set set_by = sealed`), denied);
    await assert.rejects(look(sql`delete from vault.secret returning sealed`), denied);
    await assert.rejects(look(sql`update vault.data_key set wrapped = ''`), denied);
    await assert.rejects(look(sql`insert into vault.secret_use select * from vault.secret_use`), denied);
  }
  await assert.rejects(
    inWorkspace(database.api, workspaceId, (tx) =>
      putSecrets(tx, keyring, account(rival), { token: new Secret("stolen") }, by),
    ),
    denied,
    "row-level security",
  );
  await assert.rejects(database.vault.run(sql`select * from sales_order`), denied);
  const scoped = await inWorkspace(database.vault, rival.workspaceId, (tx) => tx.run(sql`select * from vault.secret`));
  assert.equal(scoped, 0);
});

test("VA-6 two who set the same secret at the same moment both succeed, and one of them stands", async (t) => {
  const { database, shop, keyring, account, reader, by } = await aVault(t);
  const put = (text: string) =>
    database.engine.tx((tx) =>
      putSecrets(tx, keyring, account(shop), { a: new Secret(text), b: new Secret(text) }, by),
    );

  await Promise.all(["one", "two", "three", "four"].map(put));

  const { a, b } = revealed(await reader.open([account(shop)], "place"));
  assert.equal(a, b);
  assert.deepEqual((await readVaultStatus(database.engine)).dataKeys, 1);
});

test("VA-7 what is set is told by name, with when and by whom, and the last use with its purpose; never the value", async (t) => {
  const { database, engine, shop, keyring, account, reader, by } = await aVault(t);
  await database.engine.tx((tx) => putSecrets(tx, keyring, account(shop), { token: new Secret("swordfish") }, by));
  const status = () => inWorkspace(database.api, shop.workspaceId, (tx) => readSecretStatus(tx, account(shop)));
  const unused = await status();
  engine.clock.advance(60_000);
  await reader.open([account(shop)], "track");
  engine.clock.advance(7_200_000);
  await reader.open([account(shop)], "place");
  await reader.open([account(shop)], "place");

  const used = await status();

  const set = { name: "token", setAt: by.at, setBy: "user:1" };
  assert.deepEqual(unused, [{ ...set, lastUsedAt: null, lastUsedFor: null }]);
  assert.deepEqual(used, [{ ...set, lastUsedAt: engine.clock.now(), lastUsedFor: "place" }]);
  await database.engine.tx((tx) => forgetSecrets(tx, account(shop), ["token"]));
  assert.deepEqual(await status(), []);
});

const UseRow = row({ subject: col.text, actor: col.text, purpose: col.text, uses: col.int });

test("VA-8 each opening is recorded with who, which and for what, in the statement that reads; of two owners the later wins", async (t) => {
  const { database, shop, keyring, account, reader, by } = await aVault(t);
  const supplier: SecretOwner = { ...account(shop), subject: "supplier", id: shop.suppliers.get("acme")! };
  await database.engine.tx(async (tx) => {
    await putSecrets(tx, keyring, supplier, { token: new Secret("all"), region: new Secret("eu") }, by);
    await putSecrets(tx, keyring, account(shop), { token: new Secret("mine") }, by);
  });

  const both = await reader.open([supplier, account(shop)], "place");
  await reader.open([account(shop)], "place");
  const nothing = await reader.open([{ ...account(shop), id: "999" }], "place");

  assert.deepEqual(revealed(both), { region: "eu", token: "mine" });
  assert.deepEqual(nothing, {});
  const uses = await database.engine.rows(UseRow, sql`select * from vault.secret_use order by subject`);
  assert.deepEqual(uses, [
    { subject: "account", actor: "gate", purpose: "place", uses: 2 },
    { subject: "supplier", actor: "gate", purpose: "place", uses: 1 },
  ]);
});

test("VA-8 a sealed value that was copied to another account, or another workspace's, does not open there", async (t) => {
  const { database, shop, rival, keyring, account, reader, by } = await aVault(t);
  await database.engine.tx(async (tx) => {
    await putSecrets(tx, keyring, account(shop), { token: new Secret("mine") }, by);
    await putSecrets(tx, keyring, account(rival), { token: new Secret("theirs") }, by);
  });

  const theirs = await inWorkspace(database.vault, rival.workspaceId, (tx) =>
    tx.one(row({ sealed: col.text }), sql`select sealed from vault.secret`),
  );
  await inWorkspace(database.vault, shop.workspaceId, (tx) =>
    tx.run(sql`update vault.secret set sealed = ${theirs.sealed}`),
  );

  await assert.rejects(reader.open([account(shop)], "place"), /authenticate/);
  assert.deepEqual(revealed(await reader.open([account(rival)], "place")), { token: "theirs" });
});

const keysIn = async (path: string): Promise<string[]> =>
  (await readFile(path, "utf8")).split("\n").filter((line) => /^\d/.test(line));

test("VA-18 a data key that was made in a transaction is used by no other one before it is committed, nor when it never is", async (t) => {
  const { database, shop, keyring } = await aVault(t);
  const { engine: db } = database;
  const use = (of: Keyring) => db.tx((tx) => of.current(tx, shop.workspaceId));
  const lost: Uint8Array[] = [];
  const failing = db.tx(async (tx) => {
    lost.push((await keyring.current(tx, shop.workspaceId)).bytes);
    throw new Error("cut off");
  });
  await assert.rejects(failing, /cut off/);

  const made = await use(testKeyring()); // another process, which finds none and makes the first

  assert.notDeepEqual(lost[0], made.bytes);
  assert.deepEqual((await use(keyring)).bytes, made.bytes);
});

test("VA-9 a new master key wraps every data key anew while others read and write, and the old one is then used by nothing", async (t) => {
  const { database, shop, rival, account, by, engine } = await aVault(t);
  const path = join(await aFolder(t), "master.keys");
  const keyring = new Keyring({ masterKeys: masterKeyFile(path, random), random, clock: engine.clock });
  const elsewhere = new Keyring({ masterKeys: masterKeyFile(path, random), random, clock: engine.clock });
  for (const one of [shop, rival])
    await database.engine.tx((tx) =>
      putSecrets(tx, elsewhere, account(one), { token: new Secret(one.workspaceId) }, by),
    );

  await keyring.masterKeys.add!();
  const count = await rewrapDataKeys(database, keyring);
  const again = await rewrapDataKeys(database, keyring);

  assert.deepEqual([count, again], [2, 0]);
  assert.deepEqual((await readVaultStatus(database.engine)).inUse, [2]);
  assert.equal((await keysIn(path)).length, 2);
  const reader = openSecretReader({ db: database.vault, keyring: elsewhere, actor: "gate", now: () => by.at });
  assert.deepEqual(revealed(await reader.open([account(shop)], "place")), { token: shop.workspaceId });
});

test("VA-10 a new data key: old and new are read meanwhile, all is sealed anew, and the old key goes when nothing needs it", async (t) => {
  const { database, shop, keyring, account, reader, by } = await aVault(t);
  const { workspaceId } = shop;
  const many = Object.fromEntries(
    Array.from({ length: 230 }, (_, index) => [`s${index}`, new Secret(`text ${index}`)]),
  );
  await database.engine.tx((tx) => putSecrets(tx, keyring, account(shop), many, by));

  const rotation = await rotateDataKey(database, keyring, workspaceId);

  assert.deepEqual(rotation, { dek: 2, resealed: 230, removed: 1 });
  assert.deepEqual(revealed(await reader.open([account(shop)], "place")), revealed(many));
  // Somebody who had read the old key before the rotation and writes after it fails instead of losing what is written.
  await assert.rejects(
    database.engine.run(sql`
      insert into vault.secret (workspace_id, subject, subject_id, name, dek, sealed, set_at, set_by)
      values (${workspaceId}::bigint, 'account', 1, 'late', 1, 'v1.1.1.a.b.c', ${by.at}, 'x')`),
    { code: "23503" },
  );
});

test("VA-11 secrets without their master key, or with another one, are said to be so; no new key is made beside them", async (t) => {
  const { database, shop, account, by, engine } = await aVault(t);
  const path = join(await aFolder(t), "master.keys");
  const ring = (): Keyring => new Keyring({ masterKeys: masterKeyFile(path, random), random, clock: engine.clock });
  const put = (keyring: Keyring) =>
    database.engine.tx((tx) => putSecrets(tx, keyring, account(shop), { token: new Secret("x") }, by));
  await put(ring());
  await tryDataKeys(database.engine, ring());

  await rm(path);
  await assert.rejects(put(ring()), { code: "master_key_missing", next: /backup/ });
  await assert.rejects(stat(path), { code: "ENOENT" });
  await writeFile(path, `1 ${"ab".repeat(32)}\n`, { mode: 0o600 });
  await assert.rejects(put(ring()), { code: "master_key_wrong" });
  await writeFile(path, `4 ${"ab".repeat(32)}\n`, { mode: 0o600 });
  await assert.rejects(tryDataKeys(database.engine, ring()), { code: "master_key_wrong", message: /version 1 / });
});
