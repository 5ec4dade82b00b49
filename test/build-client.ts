// `npm run client:build`: writes the client as a package of its own to dist/client: one file of JavaScript, its types, and the licences.
import { spawnSync } from "node:child_process";
import { copyFile, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "vite";

const root = join(import.meta.dirname, "..");
const target = process.argv[2] ?? join(root, "dist", "client");

// openapi-fetch is put in, so that the package depends on nothing.
await build({
  root,
  configFile: false,
  logLevel: "error",
  publicDir: false,
  build: {
    outDir: target,
    emptyOutDir: true,
    minify: false,
    target: "es2022",
    lib: { entry: join(root, "client", "index.ts"), formats: ["es"], fileName: () => "index.js" },
  },
});

const { status } = spawnSync(join(root, "node_modules/.bin/tsc"), ["-p", join(root, "client"), "--outDir", target], {
  stdio: "inherit",
});
if (status !== 0) process.exit(1);
await copyFile(join(root, "client", "schema.d.ts"), join(target, "schema.d.ts"));
for (const name of (await readdir(target)).filter((each) => each.endsWith(".d.ts"))) {
  const text = await readFile(join(target, name), "utf8");
  await writeFile(join(target, name), text.replaceAll(/(from "\.\/\w+)(?:\.d)?\.ts"/g, '$1.js"'));
}

await copyFile(join(root, "LICENSE"), join(target, "LICENSE"));
await copyFile(join(root, "node_modules/openapi-fetch/LICENSE"), join(target, "LICENSE-openapi-fetch"));
await copyFile(join(root, "docs", "api.md"), join(target, "README.md"));
const { version, license } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as Record<string, string>;
const manifest = {
  name: "@switchyard/client",
  version,
  description: "Typed client of Switchyard's HTTP API, for Node 20 or newer and for browsers.",
  license,
  type: "module",
  sideEffects: false,
  exports: { ".": { types: "./index.d.ts", default: "./index.js" } },
  engines: { node: ">=20" },
};
await writeFile(join(target, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
