import { Problem } from "./problem.ts";

export const maxDepth = 32;
export const maxKeys = 10_000;

/**
 * API-13. Parses JSON and refuses what two readers could read differently or what only makes work: keys that occur twice, `__proto__`, more than 32 levels,
 * more than 10,000 keys. Says at which character. Empty text is no body.
 */
export function parseStrictJson(text: string): unknown {
  if (text.trim() === "") return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw malformed(error instanceof Error ? error.message : String(error));
  }
  scan(text);
  return value;
}

/** Walks over text that is known to be JSON; only strings and brackets matter. */
function scan(text: string): void {
  const open: (Set<string> | null)[] = []; // the keys seen in each open object; null for an array
  let keys = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === "{" || char === "[") {
      open.push(char === "{" ? new Set() : null);
      if (open.length > maxDepth) throw malformed(`more than ${maxDepth} levels deep (character ${at + 1})`);
    } else if (char === "}" || char === "]") open.pop();
    else if (char === '"') {
      const end = endOfString(text, at);
      const seen = open.at(-1);
      if (seen != null && isKey(text, end)) {
        const key = JSON.parse(text.slice(at, end + 1)) as string;
        if (key === "__proto__") throw malformed(`the key "__proto__" (character ${at + 1})`);
        if (seen.has(key)) throw malformed(`the key ${JSON.stringify(key)} occurs twice (character ${at + 1})`);
        seen.add(key);
        keys += 1;
        if (keys > maxKeys) throw malformed(`more than ${maxKeys} keys`);
      }
      at = end;
    }
  }
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}

function isKey(text: string, endOfString_: number): boolean {
  let at = endOfString_ + 1;
  while (text[at] === " " || text[at] === "\n" || text[at] === "\r" || text[at] === "\t") at += 1;
  return text[at] === ":";
}

const malformed = (what: string): Problem =>
  new Problem({
    status: 400,
    code: "bad_json",
    title: "Not valid JSON",
    detail: `The body cannot be read: ${what.slice(0, 200)}.`,
    next: `Send one JSON value in UTF-8: each key once, at most ${maxDepth} levels and ${maxKeys} keys.`,
  });
