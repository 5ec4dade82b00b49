import { useQuery } from "@tanstack/react-query";
import type { Answer } from "#client";
import { useHere } from "../app/session.tsx";

/** The catalogue of states and reasons as the API names them; the same as long as this server runs. undefined: not known yet. */
export function useReasons(): Answer<"get", "/v1/reasons"> | undefined {
  const { api, workspace } = useHere();
  return useQuery({
    queryKey: [workspace.slug, "reasons"],
    queryFn: ({ signal }) => api.get("/v1/reasons", { signal }),
    staleTime: "static",
    meta: { live: false },
  }).data;
}
