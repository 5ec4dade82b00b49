import assert from "node:assert/strict";
import { test } from "node:test";
import { Secret } from "#domain/secret.ts";
import { createLog } from "./log.ts";

/** What is written for these fields, and as what. */
function written(fields: Record<string, unknown>, message = "something went wrong"): Record<string, unknown> {
  const lines: string[] = [];
  createLog("info", "test", (line) => void lines.push(line)).error(fields, message);
  assert.equal(lines.length, 1);
  return JSON.parse(lines[0]!) as Record<string, unknown>;
}

test("RN-15 whatever an error repeats, no secret, card number or mail address is written", () => {
  const hidden = [
    "hunter2-marker",
    "s3cr3t-marker",
    "swk_0123456789ab_AAAABBBBCCCCDDDDEEEEFFFF",
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
    "ada@example.org",
    "4111 1111 1111 1111",
    "MIIEvQIBADANBgkq",
  ];
  const said = [
    "connect to postgres://switchyard:hunter2-marker@db.example.org:5432/orders failed",
    "smtp://mailer:hunter2-marker@mail.example.org refused RCPT TO:<ada@example.org>",
    "401 for Authorization: Bearer s3cr3t-marker-0123456789",
    'the shop said {"token":"s3cr3t-marker","api_key": "s3cr3t-marker"}',
    "GET /feed?token=s3cr3t-marker&x=1 password=hunter2-marker",
    "key swk_0123456789ab_AAAABBBBCCCCDDDDEEEEFFFF, endpoint whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "cookie: session eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
    "paid with card 4111 1111 1111 1111 12/29 123",
    "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\n-----END PRIVATE KEY-----",
  ];
  for (const text of said) {
    const error = new Error(text);
    for (const fields of [
      { error: text },
      { error: error.message, stack: error.stack },
      { error },
      { deep: { list: [{ text }] } },
    ]) {
      const line = JSON.stringify(written(fields));
      for (const secret of hidden) assert.equal(line.includes(secret), false, `${secret} of "${text}" in ${line}`);
    }
    const line = JSON.stringify(written({}, text));
    for (const secret of hidden) assert.equal(line.includes(secret), false, `${secret} in the message ${line}`);
  }
  const named = written({
    password: "hunter2-marker",
    apiKey: "s3cr3t-marker",
    headers: { Authorization: "x", cookie: "y" },
    secret: new Secret("hunter2-marker"),
    found: new Secret("hunter2-marker"),
  });
  assert.deepEqual(
    [named["password"], named["apiKey"], named["headers"], named["secret"], named["found"]],
    ["[secret]", "[secret]", { Authorization: "[secret]", cookie: "[secret]" }, "[secret]", "[secret]"],
  );
});

test("RN-15 what an operator needs is written as it is", () => {
  const fields = {
    reference: "err_019ac1de-0000-7000-8000-000000000001",
    request: "019ac1de-0000-7000-8000-000000000002",
    route: "/v1/orders/:id",
    error: "error: deadlock detected at 12:30:05, process 4411 waits for ShareLock on transaction 123456789012345",
    aheadMs: 5_200,
    order: 9_007_199_254_740_993n,
    at: new Date(0),
    nothing: null,
    url: "http://127.0.0.1:4400/v1/orders",
  };
  const line = written(fields, "a request failed: it took 15 ms @ stage place");

  assert.deepEqual(Object.fromEntries(Object.keys(fields).map((name) => [name, line[name]])), {
    ...fields,
    order: "9007199254740993",
    at: "1970-01-01T00:00:00.000Z",
  });
  assert.equal(line["msg"], "a request failed: it took 15 ms @ stage place");
  assert.equal(line["process"], "test");
  assert.match(String(line["time"]), /^\d{4}-\d\d-\d\dT/);
});
