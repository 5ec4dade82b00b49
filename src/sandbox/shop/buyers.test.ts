import assert from "node:assert/strict";
import { test } from "node:test";
import parsePhone from "libphonenumber-js";
import { postcodeValidator, postcodeValidatorExistsForCountry } from "postcode-validator";
import { buyers } from "./buyers.ts";

test("SB-12 every invented buyer has an address that checks accept", () => {
  for (const { id, address } of buyers) {
    assert.ok(address.name !== "" && address.line1 !== "" && address.city !== "", id);
    assert.match(address.line1, /\d/, `${id} has a house number`);
    assert.ok(parsePhone(address.phone)?.isPossible(), `${id} phone ${address.phone}`);
    assert.equal(parsePhone(address.phone)?.isValid(), true, `${id} phone ${address.phone}`);
    if (postcodeValidatorExistsForCountry(address.country) && address.country !== "AE")
      assert.ok(postcodeValidator(address.postcode, address.country), `${id} postcode ${address.postcode}`);
  }
});

test("SB-13 the buyers' names come in at least eight scripts", () => {
  const scripts = ["Latin", "Han", "Hangul", "Greek", "Cyrillic", "Arabic", "Hebrew", "Thai"];
  const absent = scripts.filter(
    (script) => !buyers.some(({ address }) => new RegExp(`\\p{Script=${script}}`, "u").test(address.name)),
  );
  assert.deepEqual(absent, []);
  assert.equal(new Set(buyers.map(({ id }) => id)).size, buyers.length);
});
