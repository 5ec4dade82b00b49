import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { invariants } from "./checker/check.ts";
import { openCluster } from "./cluster.ts";
import { hunt, mostOrdersOf, tableOf } from "./mutant-hunt.ts";
import { tryMutant } from "./mutant-trial.ts";
import { findMutant, listMutants, mutatedSources } from "./mutate.ts";

const mutants = listMutants();

test("SM-10 every planted bug finds the code that it changes, once, and nothing is written", () => {
  for (const mutant of mutants)
    for (const [file, source] of mutatedSources(mutant)) {
      const onDisk = readFileSync(new URL(`../${file}`, import.meta.url), "utf8");
      assert.notEqual(source, onDisk, mutant.name);
      for (const { find } of mutant.edits?.filter((edit) => edit.file === file) ?? [])
        assert.ok(onDisk.includes(find), mutant.name);
    }
  assert.throws(
    () =>
      mutatedSources({
        ...findMutant("broken-chain"),
        edits: [{ file: "README.md", find: "no such text", replace: "" }],
      }),
    /README\.md has this 0 times.*no such text/s,
  );
});

test("SM-11 there is a planted bug for each guard, and each says who has to name it and within how many orders", () => {
  assert.ok(mutants.length >= 30, `there are ${mutants.length}`);
  assert.equal(new Set(mutants.map(({ name }) => name)).size, mutants.length);
  const known = new Map(invariants.map((each) => [each.id, each.isChecked]));
  for (const { name, edits = [], sql, orders, ...mutant } of mutants) {
    assert.ok(edits.length > 0 || sql !== undefined, `${name} changes nothing`);
    assert.ok(orders <= 300, name);
    assert.ok(mutant.invariants.length > 0, name);
    for (const id of mutant.invariants) assert.equal(known.get(id), true, `${name}: ${id} is not checked`);
  }
  assert.throws(() => findMutant("nobody"), /There is no mutant "nobody". There are .*broken-chain/);
});

/** Whatever is changed in the product changes what happens in a town, so a bug that one town does not show has further ones, up to the number of orders it may survive. */
const mostOrders = 300;
const mostTowns = 16;

test("SM-12 every planted bug is caught, by name", { concurrency: 2 }, async (t) => {
  const cluster = await openCluster();
  try {
    await Promise.all(
      mutants.map((mutant) =>
        t.test(`${mutant.name}: ${mutant.title}`, async () => {
          const others = new Set<string>();
          let towns = 0;
          const [{ caughtBy, orders, broken } = assert.fail()] = await hunt({
            mutants: [mutant],
            seeds: [1],
            mostOrders: () => mostOrders,
            isOver: () => towns === mostTowns,
            async run({ name }, seed) {
              towns += 1;
              const trial = await tryMutant(name, { seed, clusterDir: cluster.dataDir });
              for (const { invariant, what } of trial.violations) others.add(`${invariant} ${what}`);
              return trial;
            },
          });
          assert.equal(broken, null);
          const found = [...others].slice(0, 5).join("; ");
          assert.notEqual(
            caughtBy,
            null,
            `it survived ${orders} orders in ${towns} towns; found: ${found || "nothing"}`,
          );
        }),
      ),
    );
  } finally {
    await cluster.close();
  }
});

test("SM-14 a hunt goes on with further seeds until each mutant is caught, has survived all it may, or the time is up", async () => {
  const [twice, once] = [findMutant("timeout-is-failure"), findMutant("unpaid-bought")];
  const asked: string[] = [];
  const hunts = await hunt({
    mutants: [twice, once],
    seeds: [7, 8],
    mostOrders: ({ name }) => (name === twice.name ? 10 : 100),
    isOver: () => asked.length >= 9,
    async run({ name }, seed) {
      asked.push(`${name} ${seed}`);
      if (name === once.name && seed === 8) throw Object.assign(new Error("it failed"), { stderr: "no server" });
      return { orders: 4, statements: 1, caughtBy: name === twice.name && seed === 100_007 ? "I01" : null };
    },
  });

  assert.deepEqual(asked.slice(0, 5), [
    "timeout-is-failure 7",
    "unpaid-bought 7",
    "timeout-is-failure 8",
    "unpaid-bought 8",
    "timeout-is-failure 100007",
  ]);
  const lines = tableOf(hunts, (name) => (name === twice.name ? 10 : 100)).map((line) => line.split(/ {2,}/));
  assert.deepEqual(lines, [
    ["timeout-is-failure", "I01 8", "SURVIVED 12"],
    ["unpaid-bought", "not yet 12", "broken"],
    ["1 of 4 caught; orders until then: median 8, most 8 (timeout-is-failure, seed 7)"],
  ]);
  assert.deepEqual([mostOrdersOf(twice), mostOrdersOf(once)], [1_000, 20_000]);
});

test("SM-13 where the bug is not planted the same run finds nothing", async () => {
  for (const name of ["zombies-pass", "duplicates-bought", "balance-not-locked"]) {
    const { violations } = await tryMutant(name, { isControl: true });
    assert.deepEqual(violations, [], name);
  }
});
