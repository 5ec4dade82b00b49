import { useQueries, useQuery } from "@tanstack/react-query";
import type { Answer } from "#client";
import type { Schemas } from "../../app/api.ts";
import { useHere } from "../../app/session.tsx";

export type Link = Schemas["ProductLink"];
export type SupplierRow = Answer<"get", "/v1/suppliers">["suppliers"][number];

export function useSuppliers(): readonly SupplierRow[] | undefined {
  const { api, workspace, may } = useHere();
  return useQuery({
    queryKey: [workspace.slug, "suppliers", "list"],
    queryFn: ({ signal }) => api.get("/v1/suppliers", { signal }),
    enabled: may("set_up.read"),
  }).data?.suppliers;
}

/** The link that holds for each SKU in this channel: its own, else the one for every channel; null: none. undefined: not known yet. */
export function useLinks(skus: readonly string[], channel: string): ReadonlyMap<string, Link | null> | undefined {
  const { api, workspace, may } = useHere();
  const found = useQueries({
    queries: skus.map((sku) => ({
      queryKey: [workspace.slug, "product-links", "of", sku],
      queryFn: ({ signal }: { signal: AbortSignal }) => api.get("/v1/product-links", { query: { sku }, signal }),
      enabled: may("set_up.read"),
    })),
  });
  if (found.some(({ data }) => data === undefined)) return undefined;
  return new Map(
    skus.map((sku, index) => {
      const links = found[index]!.data!.product_links;
      return [
        sku,
        links.find((link) => link.channel === channel) ?? links.find((link) => link.channel === null) ?? null,
      ];
    }),
  );
}
