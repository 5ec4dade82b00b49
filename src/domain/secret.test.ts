import assert from "node:assert/strict";
import { format, inspect } from "node:util";
import { test } from "node:test";
import { hush, hushed, Secret } from "./secret.ts";

const token = new Secret("hunter2-and-more");

test("VA-1 a secret prints as [secret] in text, JSON, templates, errors and inspections, whatever it lies in", () => {
  const printed = [
    String(token),
    `${token}`, // oxlint-disable-line typescript/restrict-template-expressions -- this is what it is for
    JSON.stringify({ token, list: [token] }),
    inspect({ deep: { token } }, { depth: 9, showHidden: true }),
    format("%s %o %j", token, token, token),
    new Error(`no: ${String(token)}`, { cause: token }).stack ?? "",
    inspect(new Map([["token", token]])),
    JSON.stringify(Object.entries({ token })),
  ];

  for (const text of printed) {
    assert.doesNotMatch(text, /hunter2/);
    assert.match(text, /\[secret\]/);
  }
  assert.deepEqual([Object.keys(token), Object.assign({}, token)], [[], {}]);
  assert.equal(token.reveal(), "hunter2-and-more");
});

test("VA-2 a secret is blanked out of a text in each of its spellings, and a text without one stays", () => {
  const odd = new Secret('a b"c&d');

  assert.equal(hush("token hunter2-and-more refused", { token }), "token [secret] refused");
  assert.equal(hush("GET /x?key=a%20b%22c%26d", { odd }), "GET /x?key=[secret]");
  assert.equal(hush(JSON.stringify({ key: 'a b"c&d' }), { odd }), '{"key":"[secret]"}');
  assert.equal(hush("nothing of it", { token, pin: new Secret("no") }), "nothing of it");
});

test("VA-2 a connector cannot repeat its secrets in an answer, through a callback, in a part of it or by throwing", async () => {
  const chatty = {
    kind: "chatty",
    capabilities: { list: true },
    async find(): Promise<object> {
      return { status: "bug", message: "401 for hunter2-and-more" };
    },
    async cancel(): Promise<object[]> {
      return [{ status: "accepted" }, { status: "refused", message: "hunter2-and-more" }];
    },
    async place(onAnswer: (reference: string, answer: object) => void): Promise<void> {
      onAnswer("A1", { status: "unknown", message: "sent hunter2-and-more" });
    },
    fails(): never {
      throw new RangeError("bad hunter2-and-more", { cause: new Error("inner hunter2-and-more") });
    },
    documents: { stage: (): Promise<never> => Promise.reject(new Error("no folder hunter2-and-more")) },
  };
  const quiet = hushed(chatty, { token });
  const said: object[] = [];

  await quiet.place((_reference, answer) => said.push(answer));
  const thrown = await Promise.all([
    quiet.documents.stage().catch((error: unknown) => error),
    (async () => quiet.fails())().catch((error: unknown) => error),
  ]);

  assert.deepEqual(await quiet.find(), { status: "bug", message: "401 for [secret]" });
  assert.deepEqual(await quiet.cancel(), [{ status: "accepted" }, { status: "refused", message: "[secret]" }]);
  assert.deepEqual(said, [{ status: "unknown", message: "sent [secret]" }]);
  assert.equal(thrown[1] instanceof RangeError, true);
  assert.doesNotMatch(inspect(thrown, { depth: 9 }), /hunter2/);
  assert.deepEqual([quiet.kind, quiet.capabilities], ["chatty", { list: true }]);
});
