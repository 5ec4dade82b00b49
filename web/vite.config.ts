import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { en } from "./src/texts/en.ts";

/** The server puts a fresh nonce where this stands, in the page and in its content security policy. */
export const noncePlaceholder = "__NONCE__";

/**
 * A part of the texts goes with the modules that ask for it, so that a page loads its own texts and no other's. What a module asks for is read from it: each
 * quoted text that is a key of the catalogue, or with `${` behind it the beginning of keys.
 */
function textsWhereAskedFor(): Plugin {
  const mark = "\0texts/";
  const keys = [...new Set(keysOf(en))];
  const asked = /(["'`])([a-z]\w*\.[\w.]*)(\1|\$\{)/gi;
  return {
    name: "texts-where-asked-for",
    enforce: "pre",
    transform(code, id) {
      if (!/\/src\/(?!texts\/).*\.tsx?$/.test(id)) return undefined;
      const parts = new Set<string>();
      for (const [, , key, end] of code.matchAll(asked))
        if (keys.includes(key!) || ((end === "${" || key!.endsWith(".")) && keys.some((each) => each.startsWith(key!))))
          parts.add(key!.split(".")[0]!);
      // On the first line: the lines of errors stay right.
      return { code: [...parts].map((part) => `import "virtual:texts/${part}";`).join("") + code, map: null };
    },
    resolveId: (id) => (id.startsWith("virtual:texts/") ? id.replace("virtual:texts/", mark) : undefined),
    load(id) {
      if (!id.startsWith(mark)) return undefined;
      const part = id.slice(mark.length) as keyof typeof en;
      return `import { addTexts } from "/src/i18n.ts"; addTexts(${JSON.stringify(part)}, ${JSON.stringify(en[part])});`;
    },
  };
}
/** `rows_one` is asked for as `rows` too. */
const keysOf = (texts: object, before = ""): string[] =>
  Object.entries(texts).flatMap(([name, text]: [string, string | object]) =>
    typeof text === "string"
      ? [before + name, before + name.replace(/_(one|other|zero)$/, "")]
      : keysOf(text, `${before}${name}.`),
  );

/** Beside each script and style sheet stands the same one compressed, which the server gives to every browser (src/api/routes/dashboard.ts). */
function compressedOnce(): Plugin {
  return {
    name: "compressed-once",
    async writeBundle({ dir }, bundle) {
      for (const file of Object.keys(bundle).filter((each) => /^assets\/.*\.(js|css)$/.test(each))) {
        const path = join(dir!, file);
        await writeFile(`${path}.gz`, gzipSync(await readFile(path), { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  plugins: [textsWhereAskedFor(), react(), compressedOnce()],
  html: { cspNonce: noncePlaceholder },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    assetsInlineLimit: 0, // the policy allows no data: addresses
    chunkSizeWarningLimit: 800,
    manifest: true,
  },
});
