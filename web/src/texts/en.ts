/** Every text of the dashboard in English, a part per screen. A language is an object of the same shape. */
import { account, prove, visitor } from "./en/account.ts";
import { apiKeys } from "./en/api-keys.ts";
import { audit } from "./en/audit.ts";
import { attention } from "./en/attention.ts";
import { desk } from "./en/desk.ts";
import { health } from "./en/health.ts";
import { jobs } from "./en/jobs.ts";
import { order } from "./en/order.ts";
import { orders } from "./en/orders.ts";
import { resolve } from "./en/resolve.ts";
import { overview } from "./en/overview.ts";
import { prep } from "./en/prep.ts";
import { schema, setUp } from "./en/set-up.ts";
import { shipments } from "./en/shipments.ts";
import { signIn } from "./en/sign-in.ts";
import { supplier } from "./en/supplier.ts";
import { roles, team } from "./en/team.ts";
import { timeline } from "./en/timeline.ts";
import { webhooks } from "./en/webhooks.ts";
import { why, whyWords } from "./en/why.ts";

export const en = {
  nav: {
    overview: "Overview",
    attention: "Attention",
    orders: "Orders",
    jobs: "Jobs",
    shipments: "Shipments",
    desk: "Order by hand",
    prep: "Prep desk",
    channels: "Channels",
    suppliers: "Suppliers",
    links: "Product links",
    stock: "Stock",
    balance: "Balance",
    imports: "Imports",
    settings: "Settings",
    team: "Team",
    apiKeys: "API keys",
    webhooks: "Webhooks",
    audit: "Audit",
    health: "Health",
    supplier: "Supplier desk",
  },
  enter: {
    opening: "Opening…",
    none: "No such workspace for you",
    noneHint: "There is no workspace {{workspace}}, or you are not a member of it. Ask its owner for an invitation.",
    home: "Go to the start",
    notFound: "There is no page here",
    notFoundHint: "The address may be old, or mistyped.",
  },
  shell: {
    skip: "Skip to the content",
    menu: "Menu",
    close: "Close",
    pages: "Pages",
    search: "Search or jump to…",
    live: "Live",
    connecting: "Connecting…",
    lost: "Not live, last news",
    safeMode: "Safe mode: nothing is bought, told to a channel or mailed. {{why}}",
    sandbox: "Sandbox: a pretend shop with pretend suppliers. Nothing here is real, so try anything.",
    setUpNeeded: "Your own workspace begins with the link that the server printed when it started.",
    signIn: "Sign in",
    signOut: "Sign out",
    account: "My account",
    light: "Light",
    dark: "Dark",
  },
  keys: {
    title: "Keys on this page",
    help: "Show all keys",
    palette: "Search or jump to",
    goTo: "Go to {{page}}",
    next: "Next row",
    previous: "Row before",
    open: "Open",
    peek: "Look at it beside the list",
    select: "Select",
    extend: "Select more",
    selectAll: "Select all that are loaded",
    close: "Close",
    search: "Search this list",
    view: "Tab {{number}}",
  },
  palette: {
    type: "An order number, tracking number, SKU, name, or a page",
    orders: "Orders",
    supplierOrders: "Suppliers' orders",
    tracking: "Tracking numbers",
    skus: "SKUs",
    ordersOfSku: "The orders with it",
    people: "People",
    actions: "On this page",
    pages: "Pages",
    nothing: "Nothing begins like that",
  },
  trouble: {
    title: "That did not work",
    expected: "expected {{expected}}",
    reference: "In the server's log this is",
    retry: "Try again",
  },
  help: { what: "What {{about}} means here" },
  copy: { do: "Copy", done: "Copied", what: "Copy {{what}}" },
  tabs: { more: "{{count}} more" },
  table: {
    selectAll: "Select all rows that are loaded",
    select: "Select {{name}}",
    fresh_one: "{{count}} new",
    fresh_other: "{{count}} new",
  },
  schema,
  setUp,
  overview,
  attention,
  shipments,
  desk,
  prep,
  supplier,
  signIn,
  jobs,
  orders,
  order,
  resolve,
  timeline,
  why,
  whyWords,
  account,
  prove,
  visitor,
  roles,
  team,
  apiKeys,
  webhooks,
  audit,
  health,
} as const;
