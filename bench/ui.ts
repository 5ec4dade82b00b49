// `npm run bench:ui -- --url http://127.0.0.1:7788 [--minutes 2]`: how large and how quick the dashboard is, on a server that runs with its sandbox.
// `npm run bench:ui -- --orders 1000000`: how quick it is beside so many orders, on a server of its own.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium, type Browser, type CDPSession, type Page } from "playwright-core";
import { gzipKb, pageWeight } from "./page-weight.ts";
import { median } from "./statistics.ts";
import { showNumber, showTable } from "./report.ts";
import { withManyOrders } from "./ui-large.ts";

const { values: given } = parseArgs({
  options: {
    url: { type: "string" },
    orders: { type: "string" },
    minutes: { type: "string", default: "2" },
    help: { type: "boolean", default: false },
  },
});
const usage = `npm run bench:ui -- --url URL [--minutes N]
npm run bench:ui -- --orders N

  --url URL      a server that runs with its sandbox, such as http://127.0.0.1:7788 (start one with: npx switchyard start)
  --orders N     a server of its own with so many finished orders, four of ten in the workspace that is looked at; there is nothing live in it
  --minutes N    so long live updates come in before memory is looked at again (2)

Measures the dashboard in Chromium (CHROMIUM names another than the usual ones) and prints a table with the goals. Exits 1 when one is missed.`;

interface Measure {
  what: string;
  measured: number | null;
  unit: string;
  goal: number | null;
}
const rowsToScroll = 10_000;
const places = [process.env["CHROMIUM"], "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** `minutes`: null where nothing comes in by itself. */
async function run(url: string, minutes: number | null): Promise<number> {
  const executablePath = places.find((place) => place !== undefined && existsSync(place));
  if (executablePath === undefined) throw new Error("No Chromium here: install one, or name it in CHROMIUM.");
  const args = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
  ];
  const browser = await chromium.launch({ executablePath, args });
  try {
    const measures = [
      ...(await sizes(browser, url)),
      await firstRows(browser, url),
      ...(await answers(browser, url)),
      await filterChange(browser, url),
      ...(await scrolling(browser, url)),
      ...(minutes === null ? [] : await memory(browser, url, minutes)),
    ];
    const isMissed = ({ measured, goal }: Measure): boolean => measured !== null && goal !== null && measured > goal;
    console.log(
      showTable({
        title: `The dashboard at ${url}`,
        columns: ["what", "measured", "goal", ""],
        rows: measures.map((each) => [
          each.what,
          each.measured === null ? null : `${showNumber(each.measured)} ${each.unit}`,
          each.goal === null ? "" : `≤ ${showNumber(each.goal)} ${each.unit}`,
          each.goal === null ? "" : isMissed(each) ? "missed" : "met",
        ]),
      }),
    );
    return measures.some(isMissed) ? 1 : 0;
  } finally {
    await browser.close();
  }
}

// ------------------------------------------------------------------ size

const dist = join(import.meta.dirname, "../web/dist");

/**
 * JavaScript that the browser really asks for until the rows are painted: what the manifest says of the shell, and all else. What the manifest says of the list
 * may be less, when something more is fetched that early.
 */
async function sizes(browser: Browser, url: string): Promise<Measure[]> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const asked = new Set<string>();
  let areRowsThere = false;
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.endsWith(".js") && !areRowsThere) asked.add(pathname.slice(1));
  });
  await show(page, url);
  areRowsThere = true;
  await context.close();
  const { shell, list } = pageWeight(dist);
  const inShell = new Set(shell);
  const [first, further] = [
    [...asked].filter((file) => inShell.has(file)),
    [...asked].filter((file) => !inShell.has(file)),
  ];
  const missing = [...shell, ...list].filter((file) => !asked.has(file));
  if (missing.length > 0)
    throw new Error(`The server at ${url} has another build than web/dist: it did not send ${missing.join(", ")}.`);
  return [
    { what: `shell, JavaScript (gzip, ${first.length} files)`, measured: gzipKb(dist, first), unit: "kB", goal: 200 },
    {
      what: `list of orders, JavaScript (gzip, ${further.length} files)`,
      measured: gzipKb(dist, further),
      unit: "kB",
      goal: 80,
    },
  ];
}

// ------------------------------------------------------------------ time

const row = "tbody tr[aria-rowindex]";
/** Runs in the page before it: says when the first row was painted, and how long after a key something on the page changed. */
const watch = `
  window.rowsAt = null;
  window.keyAt = null;
  window.answeredIn = null;
  window.freshAt = null;
  let wasOld = false;
  new MutationObserver(() => {
    const now = () => requestAnimationFrame(() => setTimeout(() => {
      if (window.rowsAt === null && document.querySelector(${JSON.stringify(row)})) window.rowsAt = performance.now();
      if (window.keyAt !== null && window.answeredIn === null) window.answeredIn = performance.now() - window.keyAt;
    }));
    now();
    const isOld = document.querySelector("[data-old]") !== null;
    if (wasOld && !isOld) window.freshAt = performance.now();
    wasOld = isOld;
  }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  addEventListener("keydown", (event) => { window.keyAt = event.timeStamp; window.answeredIn = null; }, true);
`;

async function open(browser: Browser, url: string): Promise<Page> {
  return show(await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage(), url);
}
async function show(page: Page, url: string): Promise<Page> {
  await page.addInitScript(watch);
  await page.goto(`${url}/sandbox/orders`);
  await until(page, "window.rowsAt !== null");
  return page;
}

/** Asked from outside: the page's policy lets no text be run in it. */
async function until(page: Page, what: string, name = what): Promise<void> {
  const end = Date.now() + 30_000;
  while (!(await page.evaluate<boolean>(what))) {
    if (Date.now() > end) throw new Error(`In vain: ${name}`);
    await page.waitForTimeout(20);
  }
}

/** From the address to painted rows, with nothing of the page in the browser's cache. The first time warms the server. */
async function firstRows(browser: Browser, url: string): Promise<Measure> {
  const times: number[] = [];
  for (let run = 0; run < 6; run += 1) {
    const page = await open(browser, url);
    if (run > 0) times.push(await page.evaluate<number>("window.rowsAt"));
    await page.context().close();
  }
  return { what: "first rows", measured: median(times), unit: "ms", goal: 1000 };
}

/** From a key to the first change on the screen, the worst of five. */
async function answers(browser: Browser, url: string): Promise<Measure[]> {
  const page = await open(browser, url);
  await page.waitForTimeout(1500); // what is fetched when the list stands is there
  // The palette is fetched with its first use.
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  const keys = [
    { what: "J: next row", key: "j" },
    { what: "X: choose", key: "x" },
    { what: "Space: beside the list", key: "Space" },
    { what: "Escape: close it", key: "Escape" },
    { what: "2: another tab", key: "2" },
    { what: "1: back to all", key: "1" },
    { what: "Ctrl+K: palette", key: "Control+k" },
    { what: "Escape: close it", key: "Escape" },
  ];
  const worst = new Map<string, number>();
  for (let round = 0; round < 5; round += 1)
    for (const { what, key } of keys) {
      await page.keyboard.press(key);
      await until(page, "window.answeredIn !== null", what);
      worst.set(what, Math.max(worst.get(what) ?? 0, await page.evaluate<number>("window.answeredIn")));
      await page.waitForTimeout(500);
      if (key === "Escape") await page.getByRole("dialog").waitFor({ state: "detached" });
    }
  await page.context().close();
  return [...worst].map(([what, measured]) => ({ what, measured, unit: "ms", goal: 100 }));
}

/** From Enter behind a word to the rows that it finds. */
async function filterChange(browser: Browser, url: string): Promise<Measure> {
  const page = await open(browser, url);
  await page.waitForTimeout(1500);
  const filters: number[] = [];
  for (const word of ["state:needs_attention", "country:de", "is:late"]) {
    await page.keyboard.press("/");
    await page.keyboard.type(word);
    await page.evaluate("window.freshAt = null");
    await page.keyboard.press("Enter");
    await until(page, "window.freshAt !== null");
    filters.push(await page.evaluate<number>("window.freshAt - window.keyAt"));
    await page.keyboard.press("Backspace");
    await page.keyboard.press("Escape");
    await page.waitForTimeout(800);
  }
  await page.context().close();
  return { what: "filter changed, rows there", measured: median(filters), unit: "ms", goal: 300 };
}

// ------------------------------------------------------------------ scrolling

interface Listed {
  orders: { id: string; number: string }[];
}
/** The API's own first page again and again, until there are so many: a sandbox has not as many orders, and here only the screen is measured. */
async function scrolling(browser: Browser, url: string): Promise<Measure[]> {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  let real: Listed | null = null;
  await page.route(/\/v1\/orders\?/, async (route) => {
    real ??= (await (await route.fetch()).json()) as Listed;
    const from = Number(new URL(route.request().url()).searchParams.get("cursor") ?? 0);
    const orders = Array.from({ length: 100 }, (_, index) => {
      const order = real!.orders[(from + index) % real!.orders.length]!;
      return { ...order, id: `${order.id}${from + index}`, number: `${order.number}-${from + index}` };
    });
    const next = from + 100 < rowsToScroll ? String(from + 100) : null;
    await route.fulfill({ json: { ...real, orders, next } });
  });
  await page.goto(`${url}/sandbox/orders`);
  await page.waitForSelector(row);
  const frame = "document.querySelector('table').parentElement";
  const end = Date.now() + 120_000;
  while (Number(await page.getAttribute("table", "aria-rowcount")) < rowsToScroll) {
    if (Date.now() > end) throw new Error(`The list did not come to ${rowsToScroll} rows.`);
    await page.evaluate(`${frame}.scrollTop = ${frame}.scrollHeight`);
    await page.waitForTimeout(30);
  }
  await page.evaluate(`${frame}.scrollTop = 0`);
  await page.waitForTimeout(500);
  const frames = await page.evaluate<number[]>(`new Promise((done) => {
    const frame = ${frame}, times = [];
    let before = performance.now();
    const step = (now) => {
      times.push(now - before);
      before = now;
      frame.scrollTop += 90;
      if (times.length < 400) requestAnimationFrame(step);
      else done(times.slice(20));
    };
    requestAnimationFrame(step);
  })`);
  const drawn = await page.locator(row).count();
  await page.context().close();
  const sorted = frames.toSorted((one, other) => one - other);
  const late = (frames.filter((each) => each > 25).length / frames.length) * 100;
  return [
    { what: "10,000 rows, a frame of scrolling (median)", measured: median(frames), unit: "ms", goal: 17 },
    {
      what: "10,000 rows, the slowest 5 % of frames",
      measured: sorted[Math.floor(sorted.length * 0.95)]!,
      unit: "ms",
      goal: 34,
    },
    { what: "10,000 rows, frames that came late", measured: late, unit: "%", goal: 5 },
    { what: "10,000 rows, rows that are drawn", measured: drawn, unit: "", goal: 100 },
  ];
}

// ------------------------------------------------------------------ memory

async function memory(browser: Browser, url: string, minutes: number): Promise<Measure[]> {
  const page = await open(browser, url);
  const inspector = await page.context().newCDPSession(page);
  await page.waitForTimeout(10_000);
  const before = await heap(inspector);
  await page.waitForTimeout(minutes * 60_000);
  const after = await heap(inspector);
  await page.context().close();
  return [
    { what: "heap when the list stands", measured: before, unit: "MB", goal: null },
    {
      what: `heap grown after ${showNumber(minutes)} minutes of live updates`,
      measured: Math.max(0, after - before),
      unit: "MB",
      goal: 5,
    },
  ];
}

/** What is really in use, in MB. */
async function heap(inspector: CDPSession): Promise<number> {
  await inspector.send("HeapProfiler.enable");
  await inspector.send("HeapProfiler.collectGarbage");
  await inspector.send("HeapProfiler.collectGarbage");
  return (await inspector.send("Runtime.getHeapUsage")).usedSize / 1e6;
}

if (given.help || (given.url === undefined) === (given.orders === undefined)) {
  console.log(usage);
  process.exitCode = given.help ? 0 : 2;
} else if (given.url === undefined)
  process.exitCode = await withManyOrders(Number(given.orders), (url) => run(url, null));
else process.exitCode = await run(given.url.replace(/\/$/, ""), Number(given.minutes));
