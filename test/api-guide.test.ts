// docs/api.md, followed to the letter: its commands and its program run as they stand there, against a sandbox that the page starts.
import assert from "node:assert/strict";
import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { testDatabase } from "./postgres.ts";

const root = join(import.meta.dirname, "..");
const execute = promisify(execFile);
const guide = await readFile(join(root, "docs/api.md"), "utf8");
const blocks = (language: string): string[] =>
  [...guide.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, "gm"))].map(([, text = ""]) => text);

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
};

/** The Node that runs this, and the machine's own where that is another one: the client promises Node 20. */
const nodes = (): string[] => {
  const outside = (process.env["PATH"] ?? "").split(delimiter).filter((each) => !each.includes("node_modules"));
  const other = spawnSync("node", ["-p", "process.execPath"], {
    env: { PATH: outside.join(delimiter) },
    encoding: "utf8",
  });
  return [...new Set([process.execPath, ...(other.status === 0 ? [other.stdout.trim()] : [])])];
};

test("TC-10, TC-11 the page on the API works as it is written; the client packs, installs without a network, and runs as plain JavaScript on Node 20", async (t) => {
  const database = await testDatabase(t, { kind: "empty" });
  const folder = await mkdtemp(join(tmpdir(), "switchyard-api-guide-"));
  const port = await freePort();
  await mkdir(join(folder, "bin"));
  // `npx switchyard` as in an installation, without npm looking for it.
  await writeFile(
    join(folder, "bin", "npx"),
    `#!/bin/sh\nshift\nexec "${process.execPath}" "${join(root, "src/cli/main.ts")}" "$@"\n`,
  );
  await chmod(join(folder, "bin", "npx"), 0o755);
  const env = {
    PATH: `${join(folder, "bin")}${delimiter}${process.env["PATH"]}`,
    HOME: folder,
    DATABASE_URL: database.url("postgres"),
    SWITCHYARD_HOME: join(folder, "home"),
    SWITCHYARD_DATA: join(folder, "data"),
    SWITCHYARD_PORT: String(port),
    npm_config_offline: "true",
    npm_config_audit: "false",
    npm_config_fund: "false",
    npm_config_cache: join(folder, "npm"),
  };
  const shell = async (script: string, more: Record<string, string> = {}): Promise<string> =>
    (await execute("bash", ["-e", "-o", "pipefail", "-c", script], { cwd: folder, env: { ...env, ...more } })).stdout;
  const [start = "", ...rest] = blocks("sh").map((each) => each.replaceAll("127.0.0.1:4400", `127.0.0.1:${port}`));
  assert.equal(rest.length, 8);
  const [key = "", pages = "", once_ = "", refused = "", live = "", build = "", install = "", runIt = ""] = rest;

  const server = spawn("bash", ["-c", `exec ${start}`], { cwd: folder, env });
  t.after(async () => {
    server.kill("SIGTERM");
    if (server.exitCode === null) await once(server, "exit");
    await rm(folder, { recursive: true, force: true });
  });
  let said = "";
  server.stdout.on("data", (chunk) => (said += String(chunk)));
  server.stderr.on("data", (chunk) => (said += String(chunk)));
  const url = `http://127.0.0.1:${port}`;
  const isThere = async (): Promise<boolean> =>
    (
      await fetch(`${url}/v1/orders?limit=2`).then(
        (answer) => answer.json() as Promise<{ orders?: unknown[] }>,
        () => null,
      )
    )?.orders?.length === 2;
  for (let waited = 0; !(await isThere()); waited += 100) {
    assert.ok(server.exitCode === null && waited < 120_000, said);
    await pause(100);
  }

  // With curl.
  assert.match(await shell(key), /^\{"total":\d+,/m);
  const KEY = (await shell(`${key.split("\n").slice(0, 2).join("\n")}\necho $KEY`)).trim();
  const withKey = { URL: url, KEY };
  const page = JSON.parse(await shell(pages, withKey)) as { orders: unknown[] };
  assert.equal(page.orders.length, 1);
  const twice = await shell(once_, withKey);
  assert.equal(twice.slice(0, twice.length / 2), twice.slice(twice.length / 2), "the second answer is the first one");
  assert.match(twice, /"headline"|"code"/);
  assert.deepEqual(JSON.parse(await shell(refused, withKey)), JSON.parse(blocks("json")[0]!));
  assert.match(await shell(`${live.trim()} || test $? = 28`, withKey), /^event: ready$/m);

  // With the client, as a package.
  const target = join(folder, "package");
  await execute(process.execPath, [join(root, "test/build-client.ts"), target], { cwd: root });
  assert.equal(
    JSON.parse(await readFile(join(root, "package.json"), "utf8")).scripts["client:build"],
    "node test/build-client.ts",
  );
  assert.match(build, /^npm run client:build\nnpm pack \.\/dist\/client\n$/);
  await shell("npm pack --silent ./package");
  const packed = (await shell("tar -tzf switchyard-client-*.tgz"))
    .trim()
    .split("\n")
    .map((each) => each.replace("package/", ""));
  assert.deepEqual(packed.toSorted(), (await readdir(target)).toSorted());
  assert.ok(
    ["index.js", "index.d.ts", "schema.d.ts", "package.json", "README.md", "LICENSE", "LICENSE-openapi-fetch"].every(
      (each) => packed.includes(each),
    ),
    String(packed),
  );
  assert.ok(
    packed.every((each) => /\.(js|d\.ts|md)$|^LICENSE|^package\.json$/.test(each)),
    "no source, no test",
  );

  const own = join(folder, "own");
  await mkdir(own);
  await shell(`mv switchyard-client-*.tgz own/ && cd own && ${install}`);
  assert.deepEqual(
    (await readdir(join(own, "node_modules"))).filter((each) => !each.startsWith(".")),
    ["@switchyard"],
  );
  await writeFile(join(own, "orders.mjs"), blocks("js")[0]!);
  for (const node of nodes()) {
    const lines = (await shell(`cd own && ${runIt.replace("node ", `"${node}" `)}`, withKey)).trim().split("\n");
    assert.match(lines[0]!, /^\d+ orders$/, node);
    assert.match(lines[1]!, /^read \d+$/, node);
    assert.match(lines[2]!, /^held$|^version_changed: |^\w+: .+/, node);
    assert.equal(lines[3], "ready", node);
    assert.equal(lines.at(-1), "orders", node);
  }

  // And its types, without the library checks being left out.
  await writeFile(
    join(own, "typed.ts"),
    `import { createSwitchyardClient, type Schema } from "@switchyard/client";
const { orders } = await createSwitchyardClient().get("/v1/orders");
export const first: Schema<"OrderRow"> | undefined = orders[0];
// @ts-expect-error there is no such address
await createSwitchyardClient().get("/v1/nothing");
`,
  );
  await writeFile(join(own, "package.json"), '{"type":"module"}');
  const types = spawnSync(
    join(root, "node_modules/.bin/tsc"),
    [
      "--ignoreConfig",
      "--noEmit",
      "--strict",
      "--module",
      "nodenext",
      "--target",
      "es2022",
      "--lib",
      "es2022,dom,dom.iterable",
      "--types",
      "",
      "typed.ts",
    ],
    { cwd: own, encoding: "utf8" },
  );
  assert.equal(types.status, 0, types.stdout);
});
