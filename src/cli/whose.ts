import { parsePublicId, type WorkspaceId } from "#domain/ids.ts";
import type { Whose } from "#engine/manage/erase.ts";
import { openApi } from "./api-client.ts";
import { CliError } from "./cli-error.ts";
import type { Connection } from "./connect.ts";
import { orderId } from "./order-argument.ts";

export interface WhoseOptions {
  order?: string;
  buyer?: string;
  mail?: string;
}

/** Exactly one of --order, --buyer and --mail. */
export async function whose(connection: Connection, workspaceId: WorkspaceId, options: WhoseOptions): Promise<Whose> {
  const { order, buyer, mail } = options;
  const given = [order, buyer, mail].filter((each) => each !== undefined);
  if (given.length !== 1 || given[0]!.trim() === "")
    throw new CliError("Whose data?", "Give exactly one of --order, --buyer and --mail.");
  if (mail !== undefined) return { mail };
  if (buyer !== undefined) return { buyerId: buyer };
  const api = await openApi(connection, workspaceId);
  try {
    const uuid = parsePublicId("order", await orderId(api, order!));
    if (uuid === null) throw new CliError(`"${order!.slice(0, 80)}" is no id of an order.`, "It looks like ord_…");
    return { order: uuid };
  } finally {
    await api.close();
  }
}
