import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { CliError } from "./cli-error.ts";

const root = join(import.meta.dirname, "../..");
const folder = join(root, "web", "dist");
const stamp = "built-from";

/**
 * UI-2. The folder of the dashboard's built files, built first where there are none or their source is another by now: at the first start, and after an
 * update. Nothing is fetched from anywhere.
 */
export async function builtDashboard(say: (line: string) => void): Promise<string> {
  const source = await digestOfSource();
  if ((await readFile(join(folder, stamp), "utf8").catch(() => "")) === source) return folder;
  say("Building the dashboard (once, some seconds)…");
  const vite = join(dirname(createRequire(import.meta.url).resolve("vite/package.json")), "bin/vite.js");
  // Beside the old one, then in its place at once: who builds at the same moment, or serves the old one, sees a whole folder.
  const fresh = join(root, "web", `dist-${process.pid}`);
  try {
    await promisify(execFile)(
      process.execPath,
      [vite, "build", "web", "--outDir", fresh, "--emptyOutDir", "--logLevel", "error"],
      { cwd: root },
    );
    await writeFile(join(fresh, stamp), source);
    const old = `${fresh}-old`;
    await rename(folder, old).catch(() => undefined);
    await rename(fresh, folder).catch(async (error: NodeJS.ErrnoException) => {
      // Somebody else was faster, with the same.
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
      await rm(fresh, { recursive: true });
    });
    await rm(old, { recursive: true, force: true });
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    const { stderr, message } = error as { stderr?: string; message: string };
    throw new CliError(
      `The dashboard could not be built: ${(stderr || message).trim().slice(0, 2000)}`,
      "Run `npm ci` again. `switchyard worker` and the command line need no dashboard.",
    );
  }
  return folder;
}

/** Of everything that goes into the build. */
async function digestOfSource(): Promise<string> {
  const hash = createHash("sha256");
  for (const part of ["web/src", "web/public", "client"]) {
    const names = await readdir(join(root, part), { recursive: true, withFileTypes: true });
    for (const path of names
      .filter((each) => each.isFile())
      .map((each) => join(each.parentPath, each.name))
      .sort())
      hash.update(path.slice(root.length)).update(await readFile(path));
  }
  for (const file of ["web/index.html", "web/vite.config.ts", "package.json"])
    hash.update(await readFile(join(root, file)));
  return hash.digest("hex");
}
