import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from "@tanstack/react-router";
import { Trouble } from "../parts/page.tsx";
import { EnterWorkspace, NotFound, Start } from "./enter.tsx";

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

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

export interface ListSearch {
  /** The saved view or tab. */
  view?: string;
  /** Search words and filters, as typed. */
  q?: string;
  /** What is open beside the list. */
  open?: string;
}
const listSearch = (search: Record<string, unknown>): ListSearch => {
  const { view, q, open } = { view: text(search["view"]), q: text(search["q"]), open: text(search["open"]) };
  return { ...(view && { view }), ...(q && { q }), ...(open && { open }) };
};

const orders = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "orders",
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import("../screens/orders/orders.tsx"), "Orders"),
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

const tree = root.addChildren([start, signIn, workspaceRoute.addChildren([orders, order, desk, prep, supplier])]);
export const router = createRouter({ routeTree: tree, defaultPreload: "intent", scrollRestoration: true });
declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
