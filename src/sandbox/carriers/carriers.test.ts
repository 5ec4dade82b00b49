import assert from "node:assert/strict";
import { test } from "node:test";
import { aWorld, minute, type Bench } from "../testing/bench.ts";

/** The states that a parcel of a new purchase goes through, looked at each minute for three hours. */
function wayOf(bench: Bench): string[] {
  bench.place("northlight", "A");
  const number = [...bench.world.state.parcels.keys()][0]!;
  const states: string[] = [];
  for (let no = 0; no < 180; no++) {
    bench.pass(minute);
    const [parcel] = bench.ask("GET", `/carriers/parcels?number=${number}`).body["parcels"] as { state: string }[];
    if (parcel !== undefined && states.at(-1) !== parcel.state) states.push(parcel.state);
  }
  return states;
}
const withFault = (fault: string): Bench => {
  const bench = aWorld();
  bench.faults({ carriers: { [fault]: 1 } });
  return bench;
};

test("SB-32 a carrier does not know a parcel before it has left; then it goes step by step to its buyer", () => {
  assert.deepEqual(wayOf(aWorld()), ["unknown_number", "announced", "in_transit", "out_for_delivery", "delivered"]);
});

test("SB-80 a parcel that stalls never moves again", () => {
  assert.deepEqual(wayOf(withFault("parcel_stalls")), ["unknown_number", "announced", "in_transit", "stalled"]);
});

test("SB-81 a parcel that returns was nearly there", () => {
  assert.deepEqual(wayOf(withFault("parcel_returns")), [
    "unknown_number",
    "announced",
    "in_transit",
    "out_for_delivery",
    "returning",
  ]);
});

test("SB-36 a label for a parcel of our own is made once per reference", () => {
  const bench = aWorld();
  const first = bench.ask("POST", "/carriers/labels", { reference: "box 1", carrier: "fedex" });
  const again = bench.ask("POST", "/carriers/labels", { reference: "box 1", carrier: "fedex" });
  const other = bench.ask("POST", "/carriers/labels", { reference: "box 2" });

  assert.deepEqual([first.status, again.status, again.body], [201, 200, first.body]);
  assert.notEqual(other.body["trackingNumber"], first.body["trackingNumber"]);
  assert.equal(bench.ask("POST", "/carriers/labels", { reference: "box 3", carrier: "pigeon" }).status, 400);
});
