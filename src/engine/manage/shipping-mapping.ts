import type { ChannelId, SupplierId, WorkspaceId } from "#domain/ids.ts";
import { refuse, type Result } from "#domain/result.ts";
import { listChannels } from "#store/channel.ts";
import { deleteMapping, listMappings, putMapping } from "#store/shipping-mapping.ts";
import { listSuppliers } from "#store/supplier.ts";
import { change, record, wakeAgain, wakeAll, type ManageContext, type Waking } from "./context.ts";

export interface MappingWish {
  workspaceId: WorkspaceId;
  channelId: ChannelId;
  /** What the buyer chose, exactly as the channel names it. */
  rateName: string;
  supplierId: SupplierId;
  /** The supplier's own code; null removes the mapping. */
  method: string | null;
}

/** LK-6. Maps a channel's rate to a supplier's method; orders that were held for it go on. */
export async function setShippingMapping(context: ManageContext, wish: MappingWish): Promise<Result> {
  const { workspaceId, channelId, supplierId, rateName, method } = wish;
  if (rateName === "" || rateName.length > 500)
    return refuse("rate_invalid", "A rate name has 1 to 500 characters, exactly as the channel writes it.");
  if (method !== null && (method.length > 200 || /\p{Cc}/u.test(method)))
    return refuse("method_invalid", "A method has at most 200 characters.");
  const waking: Waking = { workspaceId, codes: ["shipping_not_mapped"], channelId };
  const answer = await change(context, async (tx): Promise<Result> => {
    if (!(await listChannels(tx, workspaceId)).some((each) => each.id === channelId))
      return refuse("channel_unknown", "There is no such channel in this workspace.");
    if (!(await listSuppliers(tx, workspaceId)).some((each) => each.id === supplierId))
      return refuse("supplier_unknown", "There is no such supplier in this workspace.");
    const before = (await listMappings(tx, workspaceId)).find(
      (each) => each.channelId === channelId && each.supplierId === supplierId && each.rateName === rateName,
    );
    if ((before?.method ?? null) === method) return { status: "ok", value: undefined };
    await wakeAll(tx, waking, context.clock.now());
    if (method === null) await deleteMapping(tx, { workspaceId, channelId, rateName, supplierId });
    else await putMapping(tx, { workspaceId, channelId, rateName, supplierId, method });
    await context.ids.ensure(tx, 1);
    await record(tx, context, {
      workspaceId,
      kind: "mapping_changed",
      subject: "shipping_mapping",
      subjectId: channelId,
      data: { rateName, supplier: supplierId, from: before?.method ?? null, to: method },
    });
    return { status: "ok", value: undefined };
  });
  if (answer.status === "ok") await wakeAgain(context, waking);
  return answer;
}
