import assert from "node:assert/strict";
import { test } from "node:test";
import { getTracking, fedex, s10, ups } from "ts-tracking-number";
import { drawsFrom } from "../draws.ts";
import { carriers, newTrackingNumber, spoilCheckDigit, type CarrierCode } from "./tracking-number.ts";

const rulesOf = { ups, fedex, royal_mail: s10, deutsche_post: s10 } satisfies Record<CarrierCode, object>;

test("SB-30 every number passes the check of its carrier's public rules, and a spoiled one does not", () => {
  for (const carrier of carriers) {
    for (let parcel = 0; parcel < 200; parcel++) {
      const number = newTrackingNumber(carrier, drawsFrom("7", `${carrier}/${parcel}/`), () => false);
      assert.equal(getTracking(number, [rulesOf[carrier]])?.trackingNumber, number, `${carrier} ${number}`);
      assert.equal(getTracking(spoilCheckDigit(number), [rulesOf[carrier]]), undefined, `${carrier} ${number} spoiled`);
    }
  }
});

test("SB-31 a number that is taken is drawn again", () => {
  const draws = drawsFrom("7");
  const first = newTrackingNumber("ups", draws, () => false);

  const second = newTrackingNumber("ups", draws, (number) => number === first);

  assert.notEqual(second, first);
  assert.equal(getTracking(second, [ups])?.trackingNumber, second);
});
