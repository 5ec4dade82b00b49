import type { PlaceContract } from "#connectors/ports.ts";

export const supplierKinds = ["key", "lookup", "none", "human", "prep"] as const;
export type SandboxKind = (typeof supplierKinds)[number];

const second = 1000;
const minute = 60 * second;

/**
 * What a pretend supplier promises, in its own time: its durations are divided by its speed, ours (how long we may take to send) are not.
 * A promise is never shorter than `leastMs`, because processes and sockets take their time whatever the speed. A prep centre sells nothing:
 * people of ours pack there, so it is `human`. Unknown kinds promise nothing and count as `none`.
 */
export function contractOf(settings: Record<string, unknown>): PlaceContract {
  const speed = typeof settings["speed"] === "number" && settings["speed"] > 0 ? settings["speed"] : 1;
  const inItsTime = (ms: number): number => Math.max(leastMs, Math.ceil(ms / speed));
  const common = {
    lookupLagMs: 0,
    maxInFlightMs: inItsTime(2 * minute),
    sendByMs: 10 * second,
    moneyPoint: "place",
    cancellable: "api",
    testedOn: "2026-11-22",
  } as const;
  switch (settings["kind"] as SandboxKind | undefined) {
    case "key":
      // Shorter than the supplier's own window by the least, so that we stop before it forgets.
      return {
        ...common,
        kind: "key",
        keyWindowMs: Math.max(1, Math.floor((24 * 60 * minute) / speed) - leastMs),
        keyBinding: "params-checked",
      };
    case "lookup":
      return {
        ...common,
        kind: "lookup",
        lookup: settings["uniqueReference"] === true ? "unique-enforced" : "by-ref",
        lookupLagMs: inItsTime(10 * minute),
      };
    case "human":
      return { ...common, kind: "human" };
    case "prep":
      return { ...common, kind: "human", cancellable: "human" };
    case "none":
    case undefined:
    default:
      return { ...common, kind: "none" };
  }
}
const leastMs = second;
