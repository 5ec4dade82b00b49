import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import {
  carrierIds,
  carrierName,
  carrierTitle,
  checkTrackingNumber,
  normalizeTrackingNumber,
  trackingUrl,
} from "./tracking-number.ts";

const valid = (carrier: string, certainty: "check_digit" | "format") => ({ status: "valid", carrier, certainty });

test("CK-1 a number with the right check digit is valid, and any other check digit is not", () => {
  assert.deepEqual(checkTrackingNumber("1Z879E930346834440", "ups"), valid("ups", "check_digit"));
  assert.deepEqual(checkTrackingNumber("9405803699300124287899", "usps"), valid("usps", "check_digit"));
  assert.deepEqual(checkTrackingNumber("986578788855", "fedex"), valid("fedex", "check_digit"));
  assert.deepEqual(checkTrackingNumber("00340434161094000007", "dhl"), valid("dhl", "check_digit"));
  for (const digit of "123456789") {
    assert.equal(checkTrackingNumber(`1Z87 9E93 0346 8344 4${digit}`, "ups").status, "invalid");
  }
});

test("CK-1 a format without a check digit is valid by its format alone", () => {
  assert.deepEqual(checkTrackingNumber("TBA010000000000", "amazon"), valid("amazon", "format"));
  assert.deepEqual(checkTrackingNumber("YT2229521272164446", "yunexpress"), valid("yunexpress", "format"));
  assert.equal(checkTrackingNumber("TBA01000000000", "amazon").status, "invalid");
});

test("CK-1 a parcel that is handed over to the post for its last mile keeps its carrier", () => {
  assert.deepEqual(checkTrackingNumber("92001903060085300042901077", "FedEx SmartPost"), valid("fedex", "check_digit"));
  assert.equal(checkTrackingNumber("1Z879E930346834440", "usps").status, "invalid");
});

test("CK-2 the number names its carrier where its format is that carrier's own", () => {
  assert.deepEqual(checkTrackingNumber("1Z879E930346834440"), valid("ups", "check_digit"));
  assert.deepEqual(checkTrackingNumber("H001HA0001234567"), valid("evri", "format"));
  assert.deepEqual(checkTrackingNumber("3SABCD012345678", " "), valid("postnl", "format"));
  assert.deepEqual(checkTrackingNumber("4PX3000100001234CN"), valid("4px", "format"));
  assert.deepEqual(checkTrackingNumber("LP00123456789012"), valid("cainiao", "format"));
});

test("CK-2 a format that many carriers share names nobody, but is right for the carrier that is named", () => {
  assert.deepEqual(checkTrackingNumber("ZX1A2B3C"), { status: "unknown_carrier" });
  assert.deepEqual(checkTrackingNumber("ZX1A2B3C", "GLS"), valid("gls", "format"));
});

interface Vector {
  courier: string;
  number: string;
  valid: boolean;
}
const vectorsUrl = new URL("../../../shared/contracts/tracking-numbers/vectors.json", import.meta.url);
test(
  "CK-3 the published test numbers are judged as published",
  { skip: existsSync(vectorsUrl) ? false : "the collection of test numbers is not beside the project" },
  (t) => {
    const vectors = JSON.parse(readFileSync(vectorsUrl, "utf8")) as Vector[];
    const right = vectors.filter((vector) => vector.valid);
    // One number is published as wrong for a format and as right for another of the same carrier.
    const isRight = new Set(right.map(({ courier, number }) => `${courier} ${number}`));
    const wrong = vectors.filter((v) => !v.valid && !isRight.has(`${v.courier} ${v.number}`));

    const refused = right.filter((v) => checkTrackingNumber(v.number, v.courier).status !== "valid");
    const accepted = wrong.filter((v) => checkTrackingNumber(v.number, v.courier).status !== "invalid");
    const recognised = right.filter((v) => {
      const found = checkTrackingNumber(v.number);
      return found.status === "valid" && (found.carrier === v.courier || v.courier === "s10");
    });

    t.diagnostic(
      `${recognised.length} of ${right.length} name their carrier by themselves; ${wrong.length} wrong ones`,
    );
    assert.deepEqual(refused, []);
    assert.deepEqual(accepted, []);
    assert.ok(right.length >= 100 && wrong.length >= 40);
    assert.ok(recognised.length / right.length >= 0.95);
  },
);

test("CK-4 a carrier we do not know is taken at its word", () => {
  assert.deepEqual(checkTrackingNumber("PARCEL/77-1", "Bob's Vans"), { status: "unknown_carrier" });
  assert.deepEqual(checkTrackingNumber("A".repeat(64), "Bob's Vans"), { status: "unknown_carrier" });
});

test("CK-4 what is not 4 to 64 visible ASCII characters is invalid for every carrier", () => {
  for (const number of ["", "   ", "123", "A".repeat(65), "номер12345", "12345\u00006", "1Z8\u202e79E93"]) {
    for (const carrier of [undefined, "ups", "Bob's Vans"]) {
      assert.equal(checkTrackingNumber(number, carrier).status, "invalid", JSON.stringify(number));
    }
  }
});

test("CK-4 no text, however strange, is anything but valid, invalid or unknown", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", maxLength: 80 }),
      fc.option(fc.constantFrom(...carrierIds), { nil: undefined }),
      (text, carrier) => {
        assert.ok(["valid", "invalid", "unknown_carrier"].includes(checkTrackingNumber(text, carrier).status));
      },
    ),
  );
});

test("CK-5 blanks, invisible marks and small letters do not count; hyphens do", () => {
  assert.equal(normalizeTrackingNumber(" 1z 879e93\u00a00346\u200b834440\ufeff\n"), "1Z879E930346834440");
  assert.equal(normalizeTrackingNumber("020-12345675"), "020-12345675");
});

test("CK-6 a carrier is recognised by its id, title, synonyms and services", () => {
  assert.equal(carrierName("United Parcel Service"), "ups");
  assert.equal(carrierName("UPS® Ground"), "ups");
  assert.equal(carrierName("U.S.P.S. Priority Mail"), "usps");
  assert.equal(carrierName("hermes"), "evri");
  assert.equal(carrierName("DHL eCommerce US"), "dhl");
  assert.equal(carrierName("Österreichische Post"), "austrian_post");
  assert.equal(carrierName("canada_post"), "canada_post");
  for (const id of carrierIds) {
    assert.equal(carrierName(id), id);
    assert.equal(carrierName(carrierTitle(id)), id);
  }
});

test("CK-6 another text names no carrier", () => {
  for (const text of ["", "Other", "upside down", "自定义", "by UPS"]) assert.equal(carrierName(text), null);
});

test("CK-7 a postal number is valid for every post and alone names the post of its country", () => {
  assert.deepEqual(checkTrackingNumber("RB123456785GB"), valid("royal_mail", "check_digit"));
  assert.deepEqual(checkTrackingNumber("RB123456785CF"), valid("s10", "check_digit"));
  assert.deepEqual(checkTrackingNumber("RB123456785CN", "USPS"), valid("usps", "check_digit"));
  assert.equal(checkTrackingNumber("RB123456786GB", "Royal Mail").status, "invalid");
  assert.equal(checkTrackingNumber("RB123456785XX", "s10").status, "invalid");
  assert.equal(checkTrackingNumber("RB123456785GB", "UPS").status, "invalid");
});

test("CK-7 a domestic number of a post whose formats we do not know is taken at its word", () => {
  assert.deepEqual(checkTrackingNumber("6A12345678901", "Colissimo"), { status: "unknown_carrier" });
});

test("CK-8 a refusal names the right check digit, or what the carrier's numbers look like", () => {
  assert.deepEqual(checkTrackingNumber("1Z879E930346834441", "ups"), {
    status: "invalid",
    why: "The check digit of this UPS number does not fit: it is 1 and should be 0. Compare the number with the supplier's message.",
  });
  assert.deepEqual(checkTrackingNumber("TBA010000000000", "YunExpress"), {
    status: "invalid",
    why: "This is not what YunExpress numbers look like (for example YT2229521272164446). Compare number and carrier.",
  });
});

test("CK-8 every example that a refusal shows is itself valid", () => {
  for (const id of carrierIds) {
    const refusal = checkTrackingNumber("????", id);
    if (refusal.status !== "invalid") continue; // a post of which only S10 is known
    const example = /for example (\S+)\)/.exec(refusal.why)?.[1];
    assert.ok(example !== undefined, id);
    assert.equal(checkTrackingNumber(example, id).status, "valid", id);
  }
});

test("CK-9 the look-up page has the number encoded; without a page there is none", () => {
  assert.equal(
    trackingUrl("United Parcel Service", "1z 879E930346834440"),
    "https://www.ups.com/track?tracknum=1Z879E930346834440",
  );
  assert.equal(trackingUrl("yodel", "A/B?C&D"), "https://www.yodel.co.uk/tracking/A%2FB%3FC%26D");
  assert.equal(trackingUrl("amazon", "TBA010000000000"), null);
  assert.equal(trackingUrl("Bob's Vans", "1"), null);
});
