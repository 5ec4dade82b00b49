import type { ApiClient } from "./api-client.ts";
import { CliError } from "./cli-error.ts";

interface Listed {
  id: string;
  number: string;
  channel_order_id: string;
  channel: { name: string };
}

/** CLI-9. An order by its public id, or by a number or channel order id that only one order has; else the choices. Answers the public id. */
export async function orderId(api: ApiClient, wished: string): Promise<string> {
  if (wished.startsWith("ord_")) return wished;
  if (wished.trim() === "") throw new CliError("Which order?", "Name it by its id (ord_…) or its number.");
  const { orders } = await api.get<{ orders: Listed[] }>("/v1/orders", { q: wished, limit: "50" });
  const exact = orders.filter((each) => each.number === wished || each.channel_order_id === wished);
  if (exact.length === 1) return exact[0]!.id;
  if (exact.length > 1)
    throw new CliError(
      `${exact.length} orders have the number "${wished.slice(0, 80)}".`,
      `Name one by its id: ${exact
        .slice(0, 10)
        .map((each) => `${each.id} (${each.channel.name})`)
        .join(", ")}.`,
    );
  throw new CliError(
    `There is no order "${wished.slice(0, 80)}" in this workspace.`,
    "Look for it with npx switchyard orders list --query TEXT.",
  );
}
