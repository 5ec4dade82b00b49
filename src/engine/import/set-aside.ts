import { requestCancellation } from "#domain/cancel.ts";
import { publicId, type WorkspaceId } from "#domain/ids.ts";
import { linesNamed } from "#domain/named-lines.ts";
import { ok, refuse, type Refused, type Result } from "#domain/result.ts";
import { commitDrafts } from "#store/commit.ts";
import { lockOrders } from "#store/dossier.ts";
import { findImport, lockSetAside, resolveImportRow } from "#store/import.ts";
import { findOrderId } from "#store/read/order.ts";
import type { Engine } from "../context.ts";
import { openDrafts } from "../stage.ts";
import { cancelledPrefix, namedLinesOf } from "./cancellations.ts";

export interface SetAsidePlace {
  workspaceId: WorkspaceId;
  /** The import's public uuid (without prefix). */
  import: string;
  /** The first of the rows. */
  line: number;
}
export type SetAsideAnswer =
  /** It cancels this order (public uuid): one of the candidates, or any other of the channel. */
  | { cancels: string }
  /** It needs no doing: a return, a correction, or done by hand. */
  | { ignore: string }
  /** It is wrong. */
  | { refuse: string };

/**
 * IM-13. Answers the question of a row that was set aside, once. A chosen order is cancelled like any that the file had named; a reason is kept. The same file
 * again does not ask again.
 */
export async function resolveSetAside(
  engine: Engine,
  place: SetAsidePlace,
  answer: SetAsideAnswer,
  actor: string,
): Promise<Result<{ resolution: string }>> {
  const { workspaceId } = place;
  const reason = "ignore" in answer ? answer.ignore : "refuse" in answer ? answer.refuse : null;
  if (reason !== null && (reason.trim() === "" || reason.length > 500))
    return refuse("reason_needed", "Say why, in 1 to 500 characters.");
  try {
    return await engine.db.tx(async (tx) => {
      const now = engine.clock.now();
      const found = await findImport(tx, workspaceId, place.import);
      if (found === undefined) throw new Refusal(nothingThere);
      const orderId = "cancels" in answer ? await findOrderId(tx, workspaceId, answer.cancels) : undefined;
      if ("cancels" in answer && orderId === undefined)
        throw new Refusal(refuse("no_such_order", "There is no such order here."));
      const keys = orderId === undefined ? [] : [{ workspaceId, orderId }];
      await lockOrders(tx, keys);
      const at = { workspaceId, importId: found.id, line: place.line };
      const row = await lockSetAside(tx, at);
      if (row === undefined) throw new Refusal(nothingThere);
      if (row.resolvedAt !== null)
        throw new Refusal(refuse("already_answered", `It was answered before (${row.resolution ?? ""}).`));
      let resolution =
        "ignore" in answer ? `ignored: ${answer.ignore}` : "refuse" in answer ? `refused: ${answer.refuse}` : "";
      if (keys.length > 0) {
        const { drafts } = await openDrafts(engine, tx, keys, { stock: "lock", balances: "lock" }, now, actor);
        const draft = drafts[0]!;
        const { said } = row;
        if (said === null)
          throw new Refusal(
            refuse(
              "no_cancellation",
              "These rows are no cancellation that could be read. Cancel the order by hand, then ignore the row.",
            ),
          );
        if (draft.order.channelId !== row.channelId)
          throw new Refusal(refuse("other_channel", `Order ${draft.order.number} came from another channel.`));
        const stranger =
          said.lines === "all"
            ? undefined
            : said.lines.find((line) => !draft.dossier.lines.some((each) => each.sku === line.sku));
        if (stranger !== undefined)
          throw new Refusal(
            refuse(
              "no_such_line",
              `Order ${draft.order.number} has no ${stranger.sku}. Cancel it by hand, then ignore the row.`,
            ),
          );
        const lines = linesNamed(draft.dossier.lines, namedLinesOf(said));
        const cancellation = requestCancellation(draft, {
          askedBy: "channel",
          lines,
          ...(said.at === null ? {} : { at: new Date(said.at) }),
        });
        if (cancellation === null)
          throw new Refusal(
            refuse("nothing_left", `Nothing of this is left to cancel in order ${draft.order.number}.`),
          );
        await commitDrafts(tx, drafts, { slot: engine.slot, newId: () => engine.ids.next() });
        resolution = `${cancelledPrefix}${publicId("order", draft.order.publicId)}`;
      }
      await resolveImportRow(tx, at, { text: resolution, at: now, by: actor });
      return ok({ resolution });
    });
  } catch (error) {
    if (error instanceof Refusal) return error.refused;
    throw error;
  }
}

const nothingThere = refuse(
  "no_such_row",
  "There is no such row that was set aside. npx switchyard import set-aside list shows them.",
);

class Refusal extends Error {
  readonly refused: Refused;
  constructor(refused: Refused) {
    super(refused.message);
    this.refused = refused;
  }
}
