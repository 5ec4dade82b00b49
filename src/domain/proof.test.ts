import assert from "node:assert/strict";
import { test } from "node:test";
import { prove, type OurPurchase, type TheirPurchase } from "./proof.ts";

const at = new Date("2026-11-22T12:00:00Z");
const ours = (reference: string, more: Partial<OurPurchase> = {}): OurPurchase => ({
  reference,
  state: "placed",
  supplierOrderId: `N-${reference}`,
  armedAt: at,
  order: `ord_${reference}`,
  ...more,
});
const theirs = (reference: string, more: Partial<TheirPurchase> = {}): TheirPurchase => ({
  reference,
  supplierOrderId: `N-${reference}`,
  at,
  cancelled: false,
  ...more,
});

test("INV-40 the same purchases on both sides are proven, also where some were cancelled or refused", () => {
  const proof = prove(
    [
      ours("A"),
      ours("B"),
      ours("C", { state: "refused", supplierOrderId: null }),
      ours("D", { state: "void", supplierOrderId: null }),
    ],
    [theirs("A"), theirs("B", { cancelled: true }), theirs("D", { cancelled: true })],
  );

  assert.deepEqual(proof, { equal: 4, open: 0, differences: [] });
});

test("INV-41 what only one side has, or has twice, is a difference", () => {
  const proof = prove(
    [
      ours("A"),
      ours("B"),
      ours("C", { state: "void", supplierOrderId: null }),
      ours("E", { supplierOrderId: "N-other" }),
    ],
    [theirs("A"), theirs("A", { supplierOrderId: "N-A2" }), theirs("C"), theirs("D"), theirs("E")],
  );

  assert.deepEqual(
    proof.differences.map(({ kind, reference }) => [kind, reference]),
    [
      ["bought_twice", "A"],
      ["bought_although_given_up", "C"],
      ["bought_without_attempt", "D"],
      ["other_number", "E"],
      ["placed_without_purchase", "B"],
    ],
  );
  assert.equal(proof.equal, 0);
});

test("INV-41 bought twice and cancelled once is bought once", () => {
  const proof = prove([ours("A")], [theirs("A"), theirs("A", { supplierOrderId: "N-A2", cancelled: true })]);

  assert.deepEqual(proof, { equal: 1, open: 0, differences: [] });
});

test("INV-42 an open outcome is neither proven nor different, whatever the list says", () => {
  const proof = prove(
    [ours("A", { state: "unknown", supplierOrderId: null }), ours("B", { state: "armed", supplierOrderId: null })],
    [theirs("A")],
  );

  assert.deepEqual(proof, { equal: 0, open: 2, differences: [] });
});

test("INV-42 an open purchase that the supplier has twice is a difference all the same", () => {
  const proof = prove(
    [ours("A", { state: "unknown", supplierOrderId: null })],
    [theirs("A"), theirs("A", { supplierOrderId: "N-A2" })],
  );

  assert.deepEqual([proof.open, proof.differences.map((each) => each.kind)], [1, ["bought_twice"]]);
});
