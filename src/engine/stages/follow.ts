import type { Failure, ParcelProgress } from "#connectors/ports.ts";
import type { OrderDraft } from "#domain/draft.ts";
import type { ChannelId } from "#domain/ids.ts";
import { isFinal } from "#domain/lifecycle.ts";
import type { Parcel, Shipment } from "#domain/order.ts";
import { recordParcelProgress } from "#domain/parcel.ts";
import { currentWriteBack } from "#domain/write-back.ts";
import type { OrderKey } from "#store/dossier.ts";
import { dueParcels, nextParcel } from "#store/shipment.ts";
import { changeEach, distinctKeys } from "../change-each.ts";
import { reachChannels, type ReachableChannel } from "../channel-context.ts";
import type { Engine } from "../context.ts";
import type { Stage } from "../stage.ts";
import { Together } from "../together.ts";

interface Followed extends OrderKey {
  parcelId: string;
  trackingNumber: string;
}
type Source =
  | { by: "carrier"; connector: string; settings: Record<string, unknown> }
  | { by: "channel"; channelId: ChannelId; channelOrderId: string; reference: string };

/**
 * Where parcels are: asks the carrier connector that the workspace names for each carrier, else the channel where its word counts (SH-13 to SH-15). A parcel
 * that nobody can be asked about is left alone.
 */
export const follow: Stage = {
  name: "follow",
  nextDue: nextParcel,
  async run(engine) {
    const due = await dueParcels(engine.db, engine.clock.now(), engine.batch);
    const wanted = new Set<string>(due.map((each) => each.parcelId));
    const asked = new Map<string, { followed: Followed; source: Source }>();
    const channels = new Map<ChannelId, ReachableChannel>();
    await changeEach(engine, distinctKeys(due), { parts: ["shipments", "writeBacks"] }, async (drafts, tx) => {
      for (const [id, channel] of await reachChannels(
        engine,
        tx,
        drafts.map(({ order }) => ({ workspaceId: order.workspaceId, channelId: order.channelId })),
      ))
        channels.set(id, channel);
      for (const draft of drafts) {
        for (const shipment of draft.dossier.shipments) {
          for (const parcel of shipment.parcels) {
            if (!wanted.has(parcel.id) || parcel.dueAt === null || parcel.dueAt > draft.now) continue;
            const source = sourceOf(engine, draft, shipment, parcel, channels);
            const again = source === null ? null : new Date(draft.now.getTime() + draft.shared.workspace.followEveryMs);
            draft.touchParcel(parcel, { dueAt: again, looks: parcel.looks + 1 });
            if (source !== null)
              asked.set(parcel.id, {
                followed: {
                  workspaceId: draft.order.workspaceId,
                  orderId: draft.order.id,
                  parcelId: parcel.id,
                  trackingNumber: parcel.trackingNumber,
                },
                source,
              });
          }
        }
      }
    });
    await engine.buggify("follow:counted");
    const news = new Together<News>(engine, (some) => record(engine, some));
    await news.end([
      askCarriers(engine, [...asked.values()], news),
      askChannels(engine, channels, [...asked.values()], news),
    ]);
    return due.length;
  },
};

/** null: nobody can say, or nobody needs to know any more. */
function sourceOf(
  engine: Engine,
  draft: OrderDraft,
  shipment: Shipment,
  parcel: Parcel,
  channels: ReadonlyMap<ChannelId, ReachableChannel>,
): Source | null {
  if (!parcel.accepted || isFinal(draft.fulfillmentOrder(shipment.fulfillmentOrderId).state)) return null;
  const { carriers } = draft.shared.workspace;
  const connection = carriers[parcel.carrier] ?? carriers["*"];
  if (connection !== undefined && engine.carriers.has(connection.connector)) return { by: "carrier", ...connection };
  const isTold = currentWriteBack(draft.dossier, parcel)?.state === "told";
  const mayAsk = draft.channel.settings.deliveredByChannel && channels.has(draft.order.channelId);
  // Before the channel knows the parcel it cannot say anything about it, but it will.
  if (!mayAsk || (!isTold && currentWriteBack(draft.dossier, parcel) === undefined)) return null;
  return {
    by: "channel",
    channelId: draft.order.channelId,
    channelOrderId: draft.order.channelOrderId,
    reference: shipment.publicId,
  };
}

interface Asked {
  followed: Followed;
  source: Source;
}
/** What somebody said of one parcel. */
interface News {
  followed: Followed;
  progress: ParcelProgress;
  source: string;
}

async function askCarriers(engine: Engine, asked: readonly Asked[], news: Together<News>): Promise<void> {
  const groups = new Map<string, Asked[]>();
  for (const each of asked) {
    if (each.source.by !== "carrier") continue;
    const key = `${each.followed.workspaceId}/${each.source.connector}/${JSON.stringify(each.source.settings)}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  await Promise.all(
    [...groups.values()].map(async (group) => {
      const [{ source }] = group as [Asked];
      if (source.by !== "carrier") return;
      const answer = await engine.carriers
        .get(source.connector)!
        .follow(
          engine.outside,
          source.settings,
          group.map((each) => each.followed.trackingNumber),
        )
        .catch(asFailure);
      if (answer.status !== "ok") return failed(engine, source.connector, answer);
      const byNumber = new Map<string, ParcelProgress>(answer.parcels.map((each) => [each.trackingNumber, each]));
      news.add(
        group.flatMap(({ followed }) => {
          const progress = byNumber.get(followed.trackingNumber);
          return progress === undefined ? [] : [{ followed, progress, source: `carrier:${source.connector}` }];
        }),
      );
    }),
  );
}

async function askChannels(
  engine: Engine,
  channels: ReadonlyMap<ChannelId, ReachableChannel>,
  asked: readonly Asked[],
  news: Together<News>,
): Promise<void> {
  for (const [channelId, { connector, context }] of channels) {
    const mine = asked.filter(({ source }) => source.by === "channel" && source.channelId === channelId);
    if (mine.length === 0) continue;
    const requests = mine.map(({ followed, source }) => ({
      channelOrderId: source.by === "channel" ? source.channelOrderId : "",
      reference: source.by === "channel" ? source.reference : "",
      trackingNumber: followed.trackingNumber,
    }));
    const answers = await connector.readBack(context, requests).catch((error: unknown) => [asFailure(error)]);
    const delivered = mine.flatMap(({ followed }, index): News[] => {
      const answer = answers[index];
      const progress = { trackingNumber: followed.trackingNumber, state: "delivered" as const, at: null };
      return answer?.status === "ok" && answer.delivered
        ? [{ followed, progress, source: `channel:${connector.manifest.id}` }]
        : [];
    });
    const failure = answers.find((answer) => answer.status !== "ok");
    if (failure !== undefined && failure.status !== "ok") failed(engine, connector.manifest.id, failure);
    news.add(delivered);
  }
}

const asFailure = (error: unknown): Failure => ({
  status: "unknown",
  message: error instanceof Error ? error.message : String(error),
});
const failed = (engine: Engine, connector: string, failure: Failure): void =>
  engine.log.warn(
    { connector, status: failure.status, message: failure.message },
    "parcels could not be followed; they are asked for again",
  );

async function record(engine: Engine, news: readonly News[]): Promise<void> {
  const keys = distinctKeys(news.map((each) => each.followed));
  const byOrder = Map.groupBy(news, (each) => each.followed.orderId);
  await changeEach(engine, keys, { parts: ["shipments", "writeBacks"] }, (drafts) => {
    for (const draft of drafts) {
      for (const { followed, progress: said, source } of byOrder.get(draft.order.id) ?? []) {
        const shipment = draft.dossier.shipments.find((each) =>
          each.parcels.some((parcel) => parcel.id === followed.parcelId),
        );
        const parcel = shipment?.parcels.find((each) => each.id === followed.parcelId);
        // A number that was corrected meanwhile is another parcel to its carrier.
        if (shipment !== undefined && parcel !== undefined && parcel.trackingNumber === followed.trackingNumber)
          recordParcelProgress(draft, shipment, parcel, said, source);
      }
    }
  });
}
