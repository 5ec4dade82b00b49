import assert from "node:assert/strict";
import { test } from "node:test";
import { actorTitle } from "./actor.ts";

test("CLI-16 people read machine and shop for processes and channels, and the name of everybody else", () => {
  const actors = [
    "worker:worker-0198-77",
    "api:worker-0198-77",
    "channel:12",
    "admin:anna",
    "key:swk_1",
    "workers",
    "link:fo_1",
  ];

  assert.deepEqual(actors.map(actorTitle), [
    "machine",
    "machine",
    "shop",
    "admin:anna",
    "key:swk_1",
    "workers",
    "supplier",
  ]);
});
