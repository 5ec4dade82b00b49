import { useQuery } from "@tanstack/react-query";
import type { Answer } from "#client";
import { useHere } from "../app/session.tsx";

export type ChannelRow = Answer<"get", "/v1/channels">["channels"][number];
export type Connectors = Answer<"get", "/v1/connectors">;

export function useChannels() {
  const { api, workspace, may } = useHere();
  return useQuery({
    queryKey: [workspace.slug, "channels", "list"],
    queryFn: ({ signal }) => api.get("/v1/channels", { signal }),
    enabled: may("set_up.read"),
  });
}

/** Kinds of channels and suppliers that can be added, each with its form. */
export function useConnectors() {
  const { api, workspace, may } = useHere();
  return useQuery({
    queryKey: [workspace.slug, "connectors"],
    queryFn: ({ signal }) => api.get("/v1/connectors", { signal }),
    enabled: may("settings.read"),
    staleTime: "static",
    meta: { live: false },
  });
}
