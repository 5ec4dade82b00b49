import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { chromium, type Browser, type Page } from "playwright-core";
import { builtDashboard } from "../../src/cli/dashboard.ts";

const root = join(import.meta.dirname, "../..");
const places = [process.env["CHROMIUM"], "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executablePath = places.find((place) => place !== undefined && existsSync(place));

/** The machine asks nobody outside: nothing in a test may depend on the network. */
const args =
  "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync".split(
    " ",
  );

/**
 * Why the tests of the screens are left out here, as `node:test` wants it; false where they run. Where they must run (`SWITCHYARD_NEEDS_CHROMIUM`, as our
 * own check sets it) a missing browser is a failure.
 */
export function withoutBrowser(): string | false {
  if (executablePath !== undefined) return false;
  const why = "No Chromium here: install one (apt-get install chromium) or name it in CHROMIUM.";
  if (process.env["SWITCHYARD_NEEDS_CHROMIUM"] === undefined) return why;
  throw new Error(why);
}

export interface AtScreen {
  /** Such as `http://127.0.0.1:41234`. */
  url: string;
  /** The printed link that makes the first account. */
  setUpLink: string;
  /** Asks the pretend world behind its scenes: what goes wrong there, who buys, and what really happened. */
  world<T>(method: string, path: string, body?: unknown): Promise<T>;
  browser: Browser;
  /** What the gate keeps outside the database. */
  home: string;
  /** A page of its own context, as of another person: wide and light unless told otherwise. Errors on its console fail the test. */
  open(
    path: string,
    wish?: {
      width?: number;
      height?: number;
      scheme?: "light" | "dark";
      isPhone?: boolean;
      /** Answers that the test provokes: a browser writes each of them to its console by itself. */
      refusals?: readonly number[];
    },
  ): Promise<Page>;
}

/** `switchyard start` on a free port with folders of its own, and a browser. With `sandbox: false` nothing is there yet; `speed`: so many times as fast as life. */
export async function atScreen(t: TestContext, { sandbox = true, speed = 60 } = {}): Promise<AtScreen> {
  const folder = await mkdtemp(join(tmpdir(), "switchyard-e2e-"));
  await builtDashboard(() => undefined);
  const port = await freePort();
  const server = spawn(
    process.execPath,
    [
      join(root, "src/cli/main.ts"),
      "start",
      "--port",
      String(port),
      ...(sandbox ? ["--sandbox-speed", String(speed)] : ["--no-sandbox"]),
    ],
    {
      cwd: folder,
      env: { ...process.env, SWITCHYARD_DATA: join(folder, "data"), SWITCHYARD_HOME: join(folder, "home") },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const said = collect(server);
  const opened: { browser?: Browser } = {};
  // The pages go first: one without its server complains on its console.
  t.after(async () => {
    await opened.browser?.close();
    await stop(server);
    await rm(folder, { recursive: true, force: true });
  });
  await until(() => /^Ready: /m.test(said.text), server, said);
  const browser = await chromium.launch({ executablePath: executablePath!, args });
  opened.browser = browser;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    setUpLink: /(http\S+\/set-up#\S+)/.exec(said.text)?.[1] ?? "",
    browser,
    home: join(folder, "home"),
    async world<T>(method: string, path: string, body?: unknown): Promise<T> {
      const { url: its } = JSON.parse(await readFile(join(folder, "data/sandbox/sandbox.json"), "utf8")) as {
        url: string;
      };
      const answer = await fetch(`${its}${path}`, {
        method,
        ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      assert.ok(answer.ok, `${method} ${path}: ${text}`);
      return JSON.parse(text) as T;
    },
    async open(path, { width = 1440, height = 900, scheme = "light", isPhone = false, refusals = [] } = {}) {
      const context = await browser.newContext({
        viewport: isPhone ? { width: 390, height: 844 } : { width, height },
        colorScheme: scheme,
        locale: "en-GB",
        timezoneId: "Europe/Berlin",
        permissions: ["clipboard-read", "clipboard-write"],
      });
      const page = await context.newPage();
      page.setDefaultTimeout(60_000); // a machine may do much else besides
      const wrong: string[] = [];
      page.on("console", (message) => {
        const isProvoked = refusals.some((status) => message.text().includes(`with a status of ${status} (`));
        if (message.type() === "error" && !isProvoked) wrong.push(message.text());
      });
      page.on("pageerror", (error) => wrong.push(String(error)));
      t.after(() => assert.deepEqual(wrong, [], `on the console of ${path}`));
      await page.goto(`${url}${path}`);
      return page;
    },
  };
}

interface AxeResult {
  violations: { id: string; impact: string | null; help: string; nodes: { html: string }[] }[];
}
/**
 * What axe calls serious or critical on the page as it stands, each with the first place; none is right. A finding counts when it is still there on a second
 * look: a message that begins to fade while axe reads has the colours of neither.
 */
export async function seriousFindings(page: Page): Promise<string[]> {
  const source = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  // From outside the page: its policy lets no script of others in.
  await page.evaluate(source);
  const first = await looked(page);
  if (first.length === 0) return [];
  const second = await looked(page);
  return second.filter((each) => first.includes(each));
}

async function looked(page: Page): Promise<string[]> {
  await atRest(page);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run: () => Promise<AxeResult> } }).axe.run(),
  );
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}, such as ${html.slice(0, 200)}`));
}

/** What moves has arrived: three frames in a row without an animation that ends. */
async function atRest(page: Page): Promise<void> {
  await page.evaluate(`(async () => {
    const isMoving = () => document.getAnimations().some(({ playState, effect }) =>
      playState === "running" && effect?.getComputedTiming().endTime !== Infinity);
    const end = Date.now() + 20_000;
    for (let still = 0; still < 3 && Date.now() < end; still = isMoving() ? 0 : still + 1)
      await new Promise((resolve) => requestAnimationFrame(resolve));
  })()`);
}

function collect({ stdout, stderr }: ChildProcess): { text: string } {
  const said = { text: "" };
  stdout!.on("data", (chunk) => (said.text += String(chunk)));
  stderr!.on("data", (chunk) => (said.text += String(chunk)));
  return said;
}
async function until(isDone: () => boolean, server: ChildProcess, said: { text: string }): Promise<void> {
  const end = Date.now() + 120_000;
  while (!isDone()) {
    if (server.exitCode !== null || Date.now() > end) throw new Error(`The server did not start: ${said.text}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  server.kill("SIGTERM");
  await once(server, "exit");
}
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
