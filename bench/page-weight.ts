import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** What Vite writes beside a build, by the name of each entry and chunk. */
export type Manifest = Readonly<Record<string, { file: string; imports?: string[]; isDynamicEntry?: boolean }>>;

export interface PageWeight {
  /** JavaScript that every page loads before its own screen. */
  shell: string[];
  /** JavaScript that the list of orders loads beside it before it can be drawn. */
  list: string[];
}

/** By the manifest of what was built: what each of the two needs before it can run. The files are named from `dist`. */
export function pageWeight(dist: string): PageWeight {
  const manifest = readManifest(dist);
  const shell = filesOf(manifest, "index.html").add("scheme.js");
  const list = [...filesOf(manifest, "src/screens/orders/orders.tsx")].filter((file) => !shell.has(file));
  return { shell: [...shell], list };
}

export const readManifest = (dist: string): Manifest =>
  JSON.parse(readFileSync(join(dist, ".vite/manifest.json"), "utf8")) as Manifest;

/** The JavaScript of an entry and of all that it imports at once. */
export function filesOf(manifest: Manifest, entry: string, found = new Set<string>()): Set<string> {
  const chunk = manifest[entry];
  if (chunk === undefined) throw new Error(`The dashboard was built without ${entry}: build it (npm run web:build).`);
  if (chunk.file.endsWith(".js") && !found.has(chunk.file)) {
    found.add(chunk.file);
    for (const each of chunk.imports ?? []) filesOf(manifest, each, found);
  }
  return found;
}

/** What these files weigh as they are sent, in kB of 1,000 bytes. */
export const gzipKb = (dist: string, files: Iterable<string>): number =>
  [...files].reduce((sum, file) => sum + gzipSync(readFileSync(join(dist, file)), { level: 9 }).length, 0) / 1000;
