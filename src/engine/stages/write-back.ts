import type { ChannelCancelRequest, Failure, ReadBackRequest, WriteBackRequest } from "#connectors/ports.ts";
import type { OrderDraft } from "#domain/draft.ts";
import type { ChannelId } from "#domain/ids.ts";
import {
  armWriteBacks,
  handOver,
  recordWriteBack,
  type WriteBackOutcome,
  type WriteBackWork,
} from "#domain/write-back.ts";
import type { OrderKey } from "#store/dossier.ts";
import { nextWriteBack, ordersToTell } from "#store/write-back.ts";
import { changeEach, distinctKeys } from "../change-each.ts";
import { reachChannels, type ReachableChannel } from "../channel-context.ts";
import type { Engine } from "../context.ts";
import type { Stage } from "../stage.ts";
import { Together } from "../together.ts";

/** Orders of one channel armed at once at most, and rows told in one call: no more than can be sent well before they count as unknown. */
const mostArmed = 200;
const perCall = 50;

/** One armed row with what has to be said. */
type Telling = OrderKey & { id: string; channelId: ChannelId; readFirst: boolean } & (
    | { about: "shipment"; request: WriteBackRequest }
    | { about: "cancellation"; request: ChannelCancelRequest }
  );

/** What came of it. */
type Told = readonly [Telling, WriteBackOutcome];

/**
 * Tells channels what left and what was cancelled: arm, send, record, each in its own commit (WB-8 to WB-12). At least once; what may be there already is
 * read first and only what is missing is written.
 */
export const writeBack: Stage = {
  name: "write_back",
  nextDue: nextWriteBack,
  async run(engine) {
    const due = await ordersToTell(engine.db, engine.clock.now(), engine.batch);
    const keys = [...Map.groupBy(due, ({ channelId }) => channelId).values()].flatMap((some) =>
      some.slice(0, mostArmed),
    );
    const tellings = new Map<string, Telling>();
    let handed = 0;
    const channels = new Map<ChannelId, ReachableChannel>();
    const parts = ["lines", "shipments", "writeBacks", "cancellations"] as const;
    await changeEach(engine, keys, { parts }, async (drafts, tx) => {
      const wanted = drafts.map(({ order }) => ({ workspaceId: order.workspaceId, channelId: order.channelId }));
      for (const [id, channel] of await reachChannels(engine, tx, wanted)) channels.set(id, channel);
      for (const draft of drafts) {
        if (!channels.has(draft.order.channelId)) {
          handed += handOver(draft, "No connection of this channel can be written to. Enter it there by hand.");
          continue;
        }
        for (const work of armWriteBacks(draft)) tellings.set(work.writeBack.id, tellingOf(draft, work));
      }
    });
    await engine.buggify("write_back:armed");
    const byChannel = new Map<ChannelId, Telling[]>();
    for (const telling of tellings.values())
      byChannel.set(telling.channelId, [...(byChannel.get(telling.channelId) ?? []), telling]);
    const told = new Together<Told>(engine, (some) => record(engine, some));
    await told.end([...byChannel].map(([channelId, some]) => tellChannel(channels.get(channelId)!, some, told)));
    return tellings.size + handed;
  },
};

function tellingOf(draft: OrderDraft, work: WriteBackWork): Telling {
  const { workspaceId, id: orderId, channelId, channelOrderId } = draft.order;
  const lines = work.writeBack.lines.map(({ orderLineNo, quantity }) => ({
    channelLineId: draft.dossier.lines.find((line) => line.no === orderLineNo)!.channelLineId,
    quantity,
  }));
  const common = { workspaceId, orderId, channelId, id: work.writeBack.id, readFirst: work.readFirst };
  if (work.about === "cancellation") {
    const outcome = work.cancellation.state === "refused" ? "refused" : "cancelled";
    return {
      ...common,
      about: "cancellation",
      request: { channelOrderId, reference: `cancellation-${work.cancellation.id}`, outcome, lines },
    };
  }
  const { carrier, trackingNumber } = work.parcel;
  const request = {
    channelOrderId,
    reference: referenceOf(work.shipment.publicId, work.shipment.parcels.indexOf(work.parcel)),
    revision: work.writeBack.revision,
    carrier,
    trackingNumber,
    shippedAt: work.shipment.shippedAt,
    lines,
  };
  return { ...common, about: "shipment", request };
}

/** The same for ever, also for a corrected number: it is still that parcel. */
const referenceOf = (shipmentPublicId: string, parcelIndex: number): string =>
  parcelIndex === 0 ? shipmentPublicId : `${shipmentPublicId}-${parcelIndex + 1}`;

async function tellChannel(
  channel: ReachableChannel,
  tellings: readonly Telling[],
  told: Together<Told>,
): Promise<void> {
  for (let from = 0; from < tellings.length; from += perCall) {
    const some = tellings.slice(from, from + perCall);
    told.add(
      await tellShipments(
        channel,
        some.filter((each) => each.about === "shipment"),
      ),
    );
    told.add(
      await tellCancellations(
        channel,
        some.filter((each) => each.about === "cancellation"),
      ),
    );
  }
}

async function tellShipments(
  { connector, context }: ReachableChannel,
  tellings: readonly (Telling & { about: "shipment" })[],
): Promise<Told[]> {
  const toRead = tellings.filter((each) => each.readFirst);
  const outcomes: Told[] = [];
  const toWrite = tellings.filter((each) => !each.readFirst);
  if (toRead.length > 0) {
    const requests: ReadBackRequest[] = toRead.map(({ request: { channelOrderId, reference, trackingNumber } }) => ({
      channelOrderId,
      reference,
      trackingNumber,
    }));
    const answers = await answersOf(toRead, () => connector.readBack(context, requests));
    toRead.forEach((telling, index) => {
      const answer = answers[index]!;
      if (answer.status !== "ok") outcomes.push([telling, afterReading(answer)]);
      else if (answer.knows)
        outcomes.push([telling, { status: "told", channelReference: answer.channelReference, found: true }]);
      else toWrite.push(telling);
    });
  }
  if (toWrite.length > 0) {
    const answers = await answersOf(toWrite, () =>
      connector.writeBack(
        context,
        toWrite.map((each) => each.request),
      ),
    );
    toWrite.forEach((telling, index) => {
      const answer = answers[index]!;
      outcomes.push([telling, answer.status === "told" ? { ...answer, found: false } : answer]);
    });
  }
  return outcomes;
}

/** Nothing was written, so nothing is in doubt that was not before: the channel is simply read again later. */
const afterReading = (failure: Failure): WriteBackOutcome =>
  failure.status === "unknown" ? { status: "retry_later", afterMs: 0, message: failure.message } : failure;

async function tellCancellations(
  { connector, context }: ReachableChannel,
  tellings: readonly (Telling & { about: "cancellation" })[],
): Promise<Told[]> {
  if (tellings.length === 0) return [];
  const answers = await answersOf(tellings, () =>
    connector.cancel(
      context,
      tellings.map((each) => each.request),
    ),
  );
  return tellings.map((telling, index) => {
    const answer = answers[index]!;
    return [telling, answer.status === "ok" ? { status: "told", channelReference: null, found: false } : answer];
  });
}

/** One answer per row, whatever the connector does: one that throws or answers short leaves the rest unknown, never told. */
async function answersOf<Answer>(
  rows: readonly unknown[],
  call: () => Promise<(Answer | Failure)[]>,
): Promise<(Answer | Failure)[]> {
  let answers: (Answer | Failure)[] = [];
  let message = "The connector gave no answer for this one.";
  try {
    answers = await call();
  } catch (error) {
    message = error instanceof Error ? error.message : String(error);
  }
  return rows.map((_, index) => answers[index] ?? { status: "unknown", message });
}

async function record(engine: Engine, outcomes: readonly Told[]): Promise<void> {
  await engine.buggify("write_back:answered");
  const keys = distinctKeys(outcomes.map(([telling]) => telling));
  const byOrder = Map.groupBy(outcomes, ([telling]) => telling.orderId);
  await changeEach(engine, keys, { parts: ["shipments", "writeBacks", "cancellations"] }, (drafts) => {
    for (const draft of drafts) {
      for (const [telling, outcome] of byOrder.get(draft.order.id) ?? []) recordWriteBack(draft, telling.id, outcome);
    }
  });
}
