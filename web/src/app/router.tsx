import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from "@tanstack/react-router";
import { Trouble } from "../parts/page.tsx";
import { ordersSearch } from "../screens/orders/orders-search.ts";
import { EnterWorkspace, NotFound, Start } from "./enter.tsx";

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

/** Words in the address that a page keeps; others are dropped, and empty ones. */
const words =
  <const Name extends string>(...names: Name[]) =>
  (search: Record<string, unknown>): { [N in Name]?: string } => {
    const kept: { [N in Name]?: string } = {};
    for (const name of names) {
      const word = text(search[name]);
      if (word !== undefined) kept[name] = word;
    }
    return kept;
  };

const root = createRootRoute({
  component: Outlet,
  errorComponent: ({ error, reset }) => <Trouble error={error} onRetry={reset} />,
  notFoundComponent: NotFound,
});
const start = createRoute({ getParentRoute: () => root, path: "/", component: Start });
const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search: Record<string, unknown>): { to?: string } => {
    const to = text(search["to"]);
    // A place in this dashboard, never another server's.
    return to !== undefined && /^\/(?![/\\])/.test(to) ? { to } : {};
  },
  component: lazyRouteComponent(() => import("../screens/sign-in/sign-in.tsx"), "SignIn"),
});

/** Everything of a workspace lies under its name, so that each view can be linked to. */
export const workspaceRoute = createRoute({
  getParentRoute: () => root,
  path: "/$workspace",
  component: EnterWorkspace,
});

const orders = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "orders",
  validateSearch: ordersSearch,
  component: lazyRouteComponent(() => import("../screens/orders/orders.tsx"), "Orders"),
});
const jobs = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "jobs",
  validateSearch: (search: Record<string, unknown>): { open?: string } => {
    const open = text(search["open"]);
    return open === undefined ? {} : { open };
  },
  component: lazyRouteComponent(() => import("../screens/jobs/jobs.tsx"), "Jobs"),
});
const order = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "orders/$order",
  component: lazyRouteComponent(() => import("../screens/order/order-page.tsx"), "OrderPage"),
});

const desk = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "desk",
  validateSearch: (search: Record<string, unknown>): { view?: string; order?: string } => {
    const { view, order: id } = { view: text(search["view"]), order: text(search["order"]) };
    return { ...(view && { view }), ...(id && { order: id }) };
  },
  component: lazyRouteComponent(() => import("../screens/desk/desk.tsx"), "Desk"),
});

const prep = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "prep",
  validateSearch: (search: Record<string, unknown>): { order?: string; tab?: string } => {
    const { order: id, tab } = { order: text(search["order"]), tab: text(search["tab"]) };
    return { ...(id && { order: id }), ...(tab && { tab }) };
  },
  component: lazyRouteComponent(() => import("../screens/prep/prep.tsx"), "Prep"),
});

const supplier = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "supplier",
  validateSearch: (search: Record<string, unknown>): { view?: string; open?: string } => {
    const { view, open } = { view: text(search["view"]), open: text(search["open"]) };
    return { ...(view && { view }), ...(open && { open }) };
  },
  component: lazyRouteComponent(() => import("../screens/supplier/supplier.tsx"), "Supplier"),
});

const attention = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "attention",
  validateSearch: (search: Record<string, unknown>): { view?: string; group?: string; order?: string } => {
    const {
      view,
      group,
      order: id,
    } = {
      view: text(search["view"]),
      group: text(search["group"]),
      order: text(search["order"]),
    };
    return { ...(view && { view }), ...(group && { group }), ...(id && { order: id }) };
  },
  component: lazyRouteComponent(() => import("../screens/attention/attention.tsx"), "Attention"),
});
const shipments = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "shipments",
  validateSearch: (search: Record<string, unknown>): { view?: string; open?: string; order?: string } => {
    const {
      view,
      open,
      order: id,
    } = {
      view: text(search["view"]),
      open: text(search["open"]),
      order: text(search["order"]),
    };
    return { ...(view && { view }), ...(open && { open }), ...(id && { order: id }) };
  },
  component: lazyRouteComponent(() => import("../screens/shipments/shipments.tsx"), "Shipments"),
});
const overview = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "overview",
  component: lazyRouteComponent(() => import("../screens/overview/overview.tsx"), "Overview"),
});

/** `add=true` opens the form that adds one. */
const adding = (search: Record<string, unknown>): { add?: true } => (search["add"] === true ? { add: true } : {});
const channels = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "channels",
  validateSearch: (search: Record<string, unknown>): { tab?: string; add?: true } => {
    const tab = text(search["tab"]);
    return { ...(tab && { tab }), ...adding(search) };
  },
  component: lazyRouteComponent(() => import("../screens/channels/channels.tsx"), "Channels"),
});
const channel = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "channels/$channel",
  validateSearch: words("tab"),
  component: lazyRouteComponent(() => import("../screens/channels/channel-page.tsx"), "ChannelPage"),
});
const suppliers = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "suppliers",
  validateSearch: adding,
  component: lazyRouteComponent(() => import("../screens/suppliers/suppliers.tsx"), "Suppliers"),
});
const oneSupplier = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "suppliers/$supplier",
  validateSearch: words("tab"),
  component: lazyRouteComponent(() => import("../screens/suppliers/supplier-page.tsx"), "SupplierPage"),
});
const links = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "links",
  validateSearch: words("tab", "q", "sku", "channel"),
  component: lazyRouteComponent(() => import("../screens/links/links.tsx"), "Links"),
});
const stock = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "stock",
  validateSearch: words("supplier"),
  component: lazyRouteComponent(() => import("../screens/stock/stock.tsx"), "Stock"),
});
const balance = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "balance",
  validateSearch: words("account"),
  component: lazyRouteComponent(() => import("../screens/balance/balance.tsx"), "Balance"),
});
const importKinds = ["orders", "links", "stock", "costs", "tracking"] as const;
const imports = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "imports",
  validateSearch: (
    search: Record<string, unknown>,
  ): { tab?: string; open?: string; new?: true; kind?: (typeof importKinds)[number]; channel?: string } => {
    const kind = importKinds.find((each) => each === search["kind"]);
    return {
      ...words("tab", "open", "channel")(search),
      ...(search["new"] === true && { new: true as const }),
      ...(kind && { kind }),
    };
  },
  component: lazyRouteComponent(() => import("../screens/imports/imports.tsx"), "Imports"),
});
const settings = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "settings",
  component: lazyRouteComponent(() => import("../screens/settings/settings.tsx"), "WorkspaceSettings"),
});

const team = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "team",
  validateSearch: words("view", "open"),
  component: lazyRouteComponent(() => import("../screens/team/team.tsx"), "Team"),
});
const apiKeys = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "keys",
  validateSearch: words("view", "open"),
  component: lazyRouteComponent(() => import("../screens/keys/api-keys.tsx"), "ApiKeys"),
});
const webhooks = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "webhooks",
  component: lazyRouteComponent(() => import("../screens/webhooks/webhooks.tsx"), "Webhooks"),
});
const webhook = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "webhooks/$webhook",
  validateSearch: words("view", "open"),
  component: lazyRouteComponent(() => import("../screens/webhooks/webhook-page.tsx"), "WebhookPage"),
});
const audit = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "audit",
  validateSearch: words("topic", "actor", "from", "to"),
  component: lazyRouteComponent(() => import("../screens/audit/audit.tsx"), "Audit"),
});
const health = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "health",
  component: lazyRouteComponent(() => import("../screens/health/health.tsx"), "Health"),
});
const account = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "account",
  component: lazyRouteComponent(() => import("../screens/account/account.tsx"), "Account"),
});

const tree = root.addChildren([
  start,
  signIn,
  workspaceRoute.addChildren([
    channels,
    channel,
    suppliers,
    oneSupplier,
    links,
    stock,
    balance,
    imports,
    settings,
    team,
    apiKeys,
    webhooks,
    webhook,
    audit,
    health,
    account,
    jobs,
    overview,
    attention,
    shipments,
    orders,
    order,
    desk,
    prep,
    supplier,
  ]),
]);
export const router = createRouter({ routeTree: tree, defaultPreload: "intent", scrollRestoration: true });
declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
