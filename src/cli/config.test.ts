import assert from "node:assert/strict";
import { test } from "node:test";
import { CliError } from "./cli-error.ts";
import { readConfig } from "./config.ts";

test("AU-44 the installation's address, its mail server and its proxies are read before anything starts, and what is wrong is named", () => {
  assert.deepEqual(
    (({ url, mail, trustedProxies }) => ({ url, mail, trustedProxies }))(readConfig({ SWITCHYARD_PORT: "4477" })),
    { url: "http://127.0.0.1:4477", mail: null, trustedProxies: [] },
  );
  const set = readConfig({
    SWITCHYARD_URL: "https://orders.example.org/",
    SWITCHYARD_SMTP_URL: "smtp://user:secret@mail.example.org:587",
    SWITCHYARD_MAIL_FROM: "Switchyard <orders@example.org>",
    SWITCHYARD_TRUSTED_PROXIES: "127.0.0.1, 10.0.0.0/8",
  });
  assert.equal(set.url, "https://orders.example.org");
  assert.equal(set.mail?.from, "Switchyard <orders@example.org>");
  assert.deepEqual(set.trustedProxies, ["127.0.0.1", "10.0.0.0/8"]);

  for (const [env, name] of [
    [{ SWITCHYARD_URL: "orders.example.org" }, /SWITCHYARD_URL/],
    [{ SWITCHYARD_URL: "https://orders.example.org/path" }, /SWITCHYARD_URL/],
    [{ SWITCHYARD_SMTP_URL: "http://mail.example.org" }, /SWITCHYARD_SMTP_URL/],
    [{ SWITCHYARD_SMTP_URL: "smtp://user:secret@mail.example.org" }, /SWITCHYARD_MAIL_FROM only one is set/],
    [{ SWITCHYARD_MAIL_FROM: "a@b.example\r\nBcc: eve@example.org" }, /SWITCHYARD_MAIL_FROM/],
    [{ SWITCHYARD_TRUSTED_PROXIES: "everybody" }, /SWITCHYARD_TRUSTED_PROXIES/],
  ] as const)
    assert.throws(
      () => readConfig(env),
      (error: unknown) => error instanceof CliError && name.test(error.message) && !error.message.includes("secret"),
      JSON.stringify(env),
    );
});
