import assert from "node:assert/strict";
import { test } from "node:test";
import { exactGate, notRun, wallGate } from "./gates.ts";
import { showGate, showTable } from "./report.ts";
import { median, percentile, spread, withRange } from "./statistics.ts";

const speed = { name: "speed", target: 0.65, bound: "at least" } as const;
const log = { name: "log", target: 1.15, bound: "at most" } as const;

test("BE-8 a counted gate passes or fails, and is not run where nothing could be counted", () => {
  assert.equal(exactGate({ ...log, measured: 1.15 }).status, "passed");
  assert.equal(exactGate({ ...log, measured: 1.16 }).status, "failed");
  assert.equal(exactGate({ ...log, measured: null }).status, "not run");
});

test("BE-9 a timed gate is void when others used more than half a core, whichever way it would have gone", () => {
  for (const measured of [0.9, 0.1]) {
    const gate = wallGate({ ...speed, measured }, { foreignLoad: 0.51 });

    assert.equal(gate.status, "void");
    assert.match(gate.note!, /0\.51 cores/);
  }
  assert.equal(wallGate({ ...speed, measured: 0.9 }, { foreignLoad: 0.5 }).status, "passed");
  assert.equal(wallGate({ ...speed, measured: 0.64 }, { foreignLoad: 0.5 }).status, "failed");
});

test("BE-9 a timed gate is void when the ceiling's own runs differ by more than half", () => {
  assert.equal(wallGate({ ...speed, measured: 0.9 }, { foreignLoad: 0, spread: 1.51 }).status, "void");
  assert.equal(wallGate({ ...speed, measured: 0.9 }, { foreignLoad: 0, spread: 1.5 }).status, "passed");
});

test("BE-9 a quick run may pass a timed gate, but is too short to fail it", () => {
  assert.equal(wallGate({ ...speed, measured: 0.9 }, { foreignLoad: 0, isTooShort: true }).status, "passed");
  assert.equal(wallGate({ ...speed, measured: 0.1 }, { foreignLoad: 0, isTooShort: true }).status, "void");
});

test("BE-4 a time that the machine did not tell is not run, and an unknown load is said", () => {
  assert.equal(wallGate({ ...speed, measured: null }, { foreignLoad: null }).status, "not run");
  assert.match(
    showGate(wallGate({ ...speed, measured: 0.9 }, { foreignLoad: null })),
    /^passed .*an unknown number of cores$/,
  );
  assert.match(showTable({ title: "t", columns: ["a", "b"], rows: [["x", null]] }), /not measured/);
});

test("BE-7 medians, ranges and percentiles are what they say", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.equal(spread([2, 3, 4]), 2);
  assert.equal(withRange([0.5, 0.7, 0.6]), "0.60 (0.50–0.70)");
  assert.equal(
    percentile(
      [...Array(100).keys()].map((n) => n + 1),
      0.95,
    ),
    95,
  );
  assert.throws(() => median([]));
  assert.equal(showGate(notRun({ ...speed, kind: "wall" })), "not run wall  speed: at least 0.65");
});
