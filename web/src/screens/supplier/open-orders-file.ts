import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { Schemas } from "../../app/api.ts";
import { useHere } from "../../app/session.tsx";
import { download, writeRows } from "./csv.ts";

const heading = [
  "order",
  "reference",
  "supplier_sku",
  "title",
  "units",
  "method",
  "ship_by",
  "name",
  "company",
  "line1",
  "line2",
  "postcode",
  "city",
  "region",
  "country",
  "phone",
  "carrier",
  "tracking_number",
];

/** All open purchase orders as a file, one line per item; with its last two columns filled in it is what `Enter many numbers` reads. */
export function useOpenOrdersFile() {
  const { api } = useHere();
  const [progress, setProgress] = useState<{ done: number; total: number } | null>(null);
  const file = useMutation({
    mutationFn: async () => {
      const open: Schemas["DeskRow"][] = [];
      for await (const page of api.pages("/v1/desk", { query: { at: "supplier", limit: 200 } }))
        open.push(...page.fulfillment_orders);
      const rows: string[][] = [heading];
      for (const [done, { id }] of open.entries()) {
        setProgress({ done, total: open.length });
        const order = await api.get("/v1/desk/{id}", { path: { id } });
        rows.push(...linesOf(order));
      }
      download(`purchase-orders-${new Date().toISOString().slice(0, 10)}.csv`, writeRows(rows));
    },
    onSettled: () => setProgress(null),
  });
  return { make: () => file.mutate(), isPending: file.isPending, error: file.error, progress };
}

const linesOf = (order: Schemas["DeskDetail"]): string[][] =>
  order.lines
    .map((line) => ({ ...line, left: line.units - line.units_cancelled - line.units_shipped }))
    .filter(({ left }) => left > 0)
    .map((line) => {
      const to = order.ship_to;
      return [
        order.order_number,
        order.reference ?? "",
        line.supplier_sku,
        line.title,
        String(line.left),
        order.method ?? "",
        order.ship_by?.slice(0, 10) ?? "",
        ...(to === null
          ? Array.from({ length: 9 }, () => "")
          : [to.name, to.company, to.line1, to.line2, to.postcode, to.city, to.region, to.country, to.phone]),
        "",
        "",
      ];
    });
