import type { Failure, PlaceContract, Supplier } from "../../ports.ts";
import { compose } from "./compose.ts";
import { finish, readInbox } from "./inbox.ts";
import { prepare, release, stage, whereIs, withdraw } from "./outbox.ts";
import { nextSendTime } from "./send-time.ts";
import { manifest, parseSettings, settingsOf } from "./settings.ts";

/**
 * A supplier that works with CSV files in a folder. Its purchases leave as documents: the folder itself proves whether one left, so nothing is ever
 * placed, looked up or asked by a call. What the supplier has to say comes through the inbox.
 */
export const csvSupplier: Supplier = {
  manifest,
  contract: (): PlaceContract => ({
    kind: "none",
    lookupLagMs: 0,
    maxInFlightMs: 0,
    sendByMs: 60_000,
    moneyPoint: "place",
    cancellable: "human",
    testedOn: "2026-11-22",
  }),
  capabilities: { tracking: "push", stock: false, quote: false, cancel: false, list: false, acknowledges: true },
  checkSettings: (settings) => {
    const parsed = parseSettings(settings);
    return parsed.ok ? [] : parsed.problems;
  },
  documents: {
    prepare: ({ outside, settings }) => prepare(outside.files, settingsOf(settings)),
    grouping: (settings) => settingsOf(settings).perFile,
    nextSendTime: (settings, zone, now) => nextSendTime(settingsOf(settings).sendTimes, zone, now),
    compose: (settings, requests, dispatch) => compose(settingsOf(settings), requests, dispatch),
    stage: ({ outside, settings }, document) => stage(outside.files, settingsOf(settings), document),
    release: ({ outside, settings }, document) => release(outside.files, settingsOf(settings), document),
    whereIs: ({ outside, settings }, fileName) => whereIs(outside.files, settingsOf(settings), fileName),
    withdraw: ({ outside, settings }, fileName) => withdraw(outside.files, settingsOf(settings), fileName),
    readInbox: ({ outside, settings }, zone) =>
      readInbox(outside.files, settingsOf(settings), { zone, now: outside.now() }),
    finish: ({ outside, settings }, document, faults) => finish(outside.files, settingsOf(settings), document, faults),
  },
  // A file that a call could send twice is the one thing this connector must not have.
  place: async (_context, batch, onAnswer) => {
    for (const { reference } of batch)
      onAnswer(reference, {
        status: "not_sent",
        message: "This supplier gets documents; nothing is placed by a call.",
      });
  },
  find: async () => noCall("look up a purchase"),
  track: async () => ({ status: "ok", orders: [] }),
  cancel: async (_context, batch) =>
    batch.map(() => ({
      status: "refused",
      message: "This supplier takes no cancellations by file. Ask it by phone or mail.",
    })),
  stock: async () => noCall("ask for stock"),
  quote: async () => noCall("ask for a price"),
  list: async () => ({ status: "no_list" }),
};

const noCall = (what: string): Failure => ({
  status: "bug",
  message: `Nobody can ${what} at a CSV supplier by a call; its documents say it. Look at the capabilities first.`,
});
