import { queryOptions, useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, type ReactNode } from "react";
import type { SwitchyardClient } from "#client";
import { apiOf, type Schemas } from "./api.ts";

export type Session = Schemas["Session"];

export const sessionQuery = (workspace: string | null) =>
  queryOptions({
    queryKey: ["session", workspace],
    queryFn: () => apiOf(workspace).get("/v1/session"),
    staleTime: 60_000,
  });

interface Here {
  session: Session;
  workspace: NonNullable<Session["workspace"]>;
  api: SwitchyardClient;
  may: (permission: string) => boolean;
}
const Context = createContext<Here | null>(null);

/** Everything below works in one workspace, with the rights of who is signed in. */
export function SessionProvider({ session, children }: { session: Session; children: ReactNode }) {
  const { workspace } = session;
  if (workspace === null) throw new Error("The session has no workspace.");
  const may = (permission: string): boolean => session.permissions.includes(permission);
  return <Context value={{ session, workspace, api: apiOf(workspace.slug), may }}>{children}</Context>;
}

export function useHere(): Here {
  const here = useContext(Context);
  if (here === null) throw new Error("This part of the page needs a workspace.");
  return here;
}

/** Where somebody of this role begins. */
export const homeOf = (role: Session["role"]): "overview" | "desk" | "prep" | "supplier" =>
  role === "operator" ? "desk" : role === "prep" ? "prep" : role === "supplier" ? "supplier" : "overview";

/** What an act on orders leaves as it is. */
const setUp = new Set<unknown>(["suppliers", "product-links", "channels", "settings", "members"]);

/** After an act on orders: asks everything anew that is shown of a workspace, except what was set up. */
export function useRefreshOrders(): () => Promise<void> {
  const queries = useQueryClient();
  const { workspace } = useHere();
  return () =>
    queries.invalidateQueries({ predicate: ({ queryKey: [of, what] }) => of === workspace.slug && !setUp.has(what) });
}

/** Asks everything anew that is shown of a workspace: after an act of which nobody knows what it touched. */
export function useRefresh(): (...keys: string[]) => Promise<void> {
  const queries = useQueryClient();
  const { workspace } = useHere();
  return async (...keys) => {
    await Promise.all(
      (keys.length === 0 ? [[workspace.slug]] : keys.map((key) => [workspace.slug, key])).map((queryKey) =>
        queries.invalidateQueries({ queryKey }),
      ),
    );
  };
}
