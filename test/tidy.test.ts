// What we would otherwise repeat in every review. Each rule is a row: where it looks, what it forbids, what to do instead, and examples that
// prove the pattern itself.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "..");
const notOurs = new Set(["node_modules", ".git", "data", "dist", "coverage", "generated"]);

interface SourceFile {
  path: string;
  text: string;
}

const files: SourceFile[] = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"))
  .filter((path) => !path.split("/").some((part) => notOurs.has(part)))
  .filter((path) => /\.(ts|tsx|js|mjs|sql|md|json|css|html|ya?ml)$|^\.ci\/|^\.npmrc$/.test(path))
  .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));

const isCode = (path: string): boolean => /\.(ts|tsx|js|mjs)$/.test(path);
const isTest = (path: string): boolean =>
  /\.(test|suite)\.tsx?$/.test(path) || /(^|\/)testing\//.test(path) || /^(test|sim)\//.test(path);
const isProduct = (path: string): boolean => path.startsWith("src/") && isCode(path) && !isTest(path);

/** The product's only doors to real time and chance. The embedded server starts before there is anybody to hand them in, so it has its own. */
const mayAskTheMachine = (path: string): boolean =>
  path === "src/cli/clock.ts" ||
  path === "src/store/server.ts" ||
  path.startsWith("src/store/server/") ||
  isPretendWorldsDoor(path) ||
  path === "src/api/page/page.js"; // runs in a browser, which nobody simulates
/** The pretend world is a process of its own, with a clock of its own. */
const isPretendWorldsDoor = (path: string): boolean =>
  path === "src/sandbox/main.ts" || path === "src/sandbox/clock.ts";

interface Rule {
  title: string;
  instead: string;
  looksAt: (path: string) => boolean;
  forbids: RegExp;
  /** What of the file is looked at; the whole of it unless said otherwise. */
  reads?: (file: SourceFile) => Passage[];
  bad: string[];
  good: string[];
}

interface Passage {
  line: number;
  text: string;
}

const rules: Rule[] = [
  {
    title: "nothing but the clock of src/cli asks the machine for time, pauses or chance",
    instead:
      "Take a Clock, a Random or an id from outside (src/domain/clock.ts), so that the simulation can replay it.",
    looksAt: (path) => isProduct(path) && !mayAskTheMachine(path),
    forbids:
      /\bDate\.now\b|\bnew Date\(\s*\)|\bsetTimeout\b|\bsetInterval\b|\bsetImmediate\b|\bperformance\.now\b|\bhrtime\b|\bTemporal\.Now\b|\bAbortSignal\.timeout\b|\bMath\.random\b|\brandomUUID\b|\brandomBytes\b|\brandomInt\b|\bgetRandomValues\b/,
    bad: ["const now = Date.now();", "new Date()", "setTimeout(f, 1)", "crypto.randomUUID()", "AbortSignal.timeout(5)"],
    good: ["clock.now()", "new Date(text)", "random.bytes(16)"],
  },
  {
    title: "SQL takes times and ids as parameters",
    instead: "Hand in the time or the id as a parameter; the database's clock is not the simulation's.",
    looksAt: (path) =>
      path.startsWith("src/") && !isTest(path) && path !== "src/store/catalogue.ts" && path !== "src/store/doctor.ts",
    reads: sqlPassages,
    forbids:
      /\b(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday|random|gen_random_uuid|uuidv[47]|uuid_generate_v\d)\s*\(|\b(current_timestamp|current_date|current_time|localtimestamp|localtime)\b/i,
    bad: ["sql`select now()`", "sql`where at < current_timestamp`", "sql`values (gen_random_uuid())`"],
    good: ["sql`select ${clock.now()}`", "clock.now()", "sql`where at < ${now}`"],
  },
  {
    title: "workspaces are named by use_workspace only",
    instead: "Use inWorkspace (src/store/workspace-scope.ts): a setting made otherwise can outlive its transaction.",
    looksAt: (path) => path.startsWith("src/") && !isTest(path) && path !== "src/store/catalogue.ts",
    reads: (file) => (file.path.endsWith(".sql") ? sqlPassages(file) : wholeFile(file)),
    forbids: /\bset_config\b/i,
    bad: ["select set_config('app.workspace', '1', true)"],
    good: ["select use_workspace(1)"],
  },
  {
    title: "statements are written with sql`…`, never put together as text",
    instead: "Write the statement with sql`…` in src/store and run it by a Tx (src/store/db.ts).",
    // A backup names the tables that it finds: names are no parameters.
    looksAt: (path) => isProduct(path) && !/^src\/store\/(server|backup\/)/.test(path) && path !== "src/store/db.ts",
    forbids: /\.query\(|\btext:\s*`/,
    bad: ["client.query(text)", "run({ text: `select ${name}`, values: [] })"],
    good: ["tx.run(sql`select 1`)", "call.query.get('page')"],
  },
  {
    title: "scripts without parameters are for migrations only",
    instead: "Use tx.run with sql`…`.",
    looksAt: (path) => isProduct(path) && path !== "src/store/db.ts" && path !== "src/store/migrate.ts",
    forbids: /\.script\(/,
    bad: ["tx.script(text)"],
    good: ["tx.run(statement)"],
  },
  {
    title: "a limit has an order",
    instead:
      "Say `order by` with a unique tail before `limit`: without it the rows are any, and a run cannot be replayed.",
    looksAt: (path) => path.startsWith("src/") && !isTest(path),
    reads: (file) => sqlPassages(file).flatMap(unorderedLimits),
    forbids: /\blimit\b/i,
    bad: ["sql`select a from t limit 5`", "sql`with d as (select a from t limit 1) select a from d order by a`"],
    good: [
      "sql`select a from t order by a limit 5`",
      "sql`with d as (select a from t order by a limit ${n} for update) select a from d`",
    ],
  },
  {
    title: "a secret is revealed only where it is sent or sealed",
    instead: "Hand the Secret on as it is (src/domain/secret.ts); who sends, seals or hashes it reveals it.",
    looksAt: (path) =>
      isProduct(path) &&
      !/^src\/(connectors|store\/vault|engine\/webhooks|api\/sign-in)\//.test(path) &&
      path !== "src/domain/secret.ts",
    forbids: /\.reveal\(/,
    bad: ["log.info({ token: token.reveal() })"],
    good: ["connector.pull({ ...context, secrets })", "reveals()"],
  },
  {
    title: "no leftovers",
    instead: "Do it now, or open an issue and leave no mark in the code.",
    looksAt: (path) => isCode(path) || path.endsWith(".sql"),
    forbids: /\b(TODO|FIXME|HACK)\b|\bdebugger\b/, // the words, in capitals
    bad: ["// TODO later"],
    good: ["todo", "the hack"],
  },
  {
    title: "no test is switched on alone or switched off",
    instead: "Run one test by name on the command line instead; a test that may not run is removed or repaired.",
    looksAt: (path) => isTest(path) && isCode(path),
    forbids: /\b(test|it|suite|describe)\.(only|skip|todo)\(|\bonly:\s*true/,
    bad: ["test.only('x')", "test('x', { only: true })", "test.skip('x')"],
    good: ["test('only x')"],
  },
  {
    title: "no path or address of somebody's machine",
    instead: "Make the path relative, or take it from a setting.",
    looksAt: (path) => path !== "test/tidy.test.ts",
    forbids: /(^|[\s"'`(=:])\/(home|Users|work|mnt)\/\w|[A-Z]:\\Users\\/m,
    bad: ['"/home/me/x"', "see /Users/me/x"],
    good: ["/v1/work/1 is a route", "under /home"],
  },
  {
    title: "the lock file names packages and hashes, not the address they came from",
    instead: "Run npm install with the project's .npmrc.",
    looksAt: (path) => path === "package-lock.json",
    forbids: /"resolved"/,
    bad: ['"resolved": "https://example.org/x.tgz"'],
    good: ['"integrity": "sha512-x"'],
  },
];

// This file spells out what it forbids.
const looked = files.filter(({ path }) => path !== "test/tidy.test.ts");

for (const { title, instead, looksAt, forbids, reads = wholeFile } of rules) {
  test(title, () => {
    const found = looked
      .filter(({ path }) => looksAt(path))
      .flatMap((file) => reads(file).flatMap((passage) => hits(passage, forbids).map((hit) => `${file.path}:${hit}`)));

    assert.deepEqual(found, [], instead);
  });
}

test("each of these rules sees what it forbids, and only that", () => {
  for (const { title, forbids, reads = wholeFile, bad, good } of rules) {
    const sees = (text: string): boolean =>
      reads({ path: "example.ts", text }).some((passage) => hits(passage, forbids).length > 0);
    for (const example of bad) assert.ok(sees(example), `${title}: does not see ${example}`);
    for (const example of good) assert.ok(!sees(example), `${title}: sees ${example}`);
  }
});

test("a file is named after what it is about", () => {
  const found = files
    .map(({ path }) => path)
    .filter((path) => /(^|\/)(utils?|helpers?|common|misc|shared-utils|manager)(\.|\/)/i.test(path));

  assert.deepEqual(found, [], "Name the file after its concept, and move what belongs elsewhere there.");
});

test("no file only passes on what others export", () => {
  const found = files
    .filter(({ path }) => isProduct(path))
    .filter(({ text }) => {
      const statements = withoutComments(text)
        .split(";")
        .map((statement) => statement.trim())
        .filter(Boolean);
      return statements.length > 0 && statements.every((statement) => /^export\b[^=]*\bfrom\s*["']/.test(statement));
    })
    .map(({ path }) => path);

  assert.deepEqual(found, [], "Import the file that owns the thing.");
});

test("every rule of the specification has a test that begins with its number, and every number a rule", () => {
  const specified = files
    .filter(({ path }) => /^docs\/(SPEC\.md|spec\/.+\.md)$/.test(path))
    .flatMap(({ text }) => [...text.matchAll(/^- \*\*([A-Z]{2,4}-\d+)\*\*/gm)].map((match) => match[1] ?? ""));
  const tested = new Set(
    files.filter(({ path }) => isTest(path)).flatMap(({ text }) => titles(text).flatMap(numbersAtTheStart)),
  );

  const twice = specified.filter((id, index) => specified.indexOf(id) !== index);
  assert.deepEqual(twice, [], "Each rule has a number of its own.");
  assert.deepEqual(
    specified.filter((id) => !tested.has(id)),
    [],
    "Write a test whose title begins with the number.",
  );
  assert.deepEqual(
    [...tested].filter((id) => !specified.includes(id)),
    [],
    "Write the rule into docs/SPEC.md or docs/spec/.",
  );
});

/** The titles of tests; several numbers may lead one: "PL-1, PL-4 …". */
function titles(text: string): string[] {
  return [...text.matchAll(/\b(?:test|it|suite|describe|rule)\(\s*["'`]([^"'`\n]*)/g)].map((match) => match[1] ?? "");
}

function numbersAtTheStart(title: string): string[] {
  const lead = /^(?:[A-Z]{2,4}-\d+(?:,? (?:and )?|$))+/.exec(title)?.[0] ?? "";
  return [...lead.matchAll(/[A-Z]{2,4}-\d+/g)].map(([id]) => id);
}

function wholeFile({ text }: SourceFile): Passage[] {
  return [{ line: 1, text }];
}

function hits({ line, text }: Passage, pattern: RegExp): string[] {
  const everywhere = new RegExp(pattern.source, `${pattern.flags.replace("g", "")}g`);
  return [...text.matchAll(everywhere)].map((match) => {
    const before = text.slice(0, match.index).split("\n").length - 1;
    return `${line + before}: ${match[0].trim()}`;
  });
}

/** The SQL of a file: all of a .sql file without its comments; of code what stands in sql`…`, with each \${…} left out. */
function sqlPassages({ path, text }: SourceFile): Passage[] {
  if (path.endsWith(".sql")) return [{ line: 1, text: text.replaceAll(/--.*$/gm, "") }];
  return [...text.matchAll(/\bsql`/g)].map((match) => ({
    line: text.slice(0, match.index).split("\n").length,
    text: templateText(text, match.index + match[0].length).replaceAll(/--.*$/gm, ""),
  }));
}

function templateText(source: string, start: number): string {
  let written = "";
  for (let at = start; at < source.length && source[at] !== "`"; at += 1) {
    if (source.startsWith("${", at)) {
      at = endOfExpression(source, at + 2);
      written += "?";
    } else {
      if (source[at] === "\\") at += 1;
      written += source[at];
    }
  }
  return written;
}

/** Where the } is that ends an expression; templates inside it are passed over. */
function endOfExpression(source: string, start: number): number {
  let depth = 1;
  for (let at = start; at < source.length; at += 1) {
    if (source[at] === "`") {
      at += 1;
      while (at < source.length && source[at] !== "`")
        at = source.startsWith("${", at) ? endOfExpression(source, at + 2) + 1 : at + 1;
    } else if (source[at] === "{") depth += 1;
    else if (source[at] === "}" && --depth === 0) return at;
  }
  return source.length;
}

/** Each `limit` that stands in a (sub)select without an `order by` before it. */
function unorderedLimits({ line, text }: Passage): Passage[] {
  const levels = [""];
  const found: Passage[] = [];
  for (const { 0: token, index } of text.matchAll(/[()]|[^()]+/g)) {
    if (token === "(") levels.push("");
    else if (token === ")") levels.pop();
    else {
      const before = levels.pop() ?? "";
      for (const limit of token.matchAll(/\blimit\b/gi)) {
        if (/\border\s+by\b/i.test(before + token.slice(0, limit.index))) continue;
        found.push({ line: line + text.slice(0, index + limit.index).split("\n").length - 1, text: limit[0] });
      }
      levels.push(before + token);
    }
  }
  return found;
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/^\s*\/\/.*$/gm, "");
}
