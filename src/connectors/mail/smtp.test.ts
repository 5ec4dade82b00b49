import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import { smtpMailer } from "./smtp.ts";

/** As much of RFC 5321 as a mail needs. It offers no STARTTLS. */
async function aMailServer(t: TestContext) {
  const mails: { from: string; to: string[]; text: string }[] = [];
  const server = createServer((socket) => {
    let [from, text] = ["", ""];
    let to: string[] = [];
    let inBody = false;
    socket.on("error", () => {});
    socket.write("220 ready\r\n");
    socket.on("data", (chunk) => {
      for (const line of chunk.toString("utf8").split("\r\n").slice(0, -1)) {
        if (inBody && line === ".") {
          mails.push({ from, to, text });
          [inBody, to, text] = [false, [], ""];
          socket.write("250 taken\r\n");
        } else if (inBody) text += `${line}\n`;
        else if (/^(EHLO|HELO)/i.test(line)) socket.write("250 hello\r\n");
        else if (/^MAIL FROM:/i.test(line)) socket.write(`250 ${(from = line.slice(10))}\r\n`);
        else if (/^RCPT TO:/i.test(line)) {
          to.push(line.slice(8));
          socket.write("250 ok\r\n");
        } else if (/^DATA/i.test(line)) {
          inBody = true;
          socket.write("354 go on\r\n");
        } else socket.end("221 bye\r\n");
      }
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return { mails, port: (server.address() as AddressInfo).port };
}

test("AU-43 a mail leaves by SMTP as it was written, and what stands in it becomes no header and no second recipient", async (t) => {
  const { mails, port } = await aMailServer(t);
  const mailer = smtpMailer({ url: `smtp://127.0.0.1:${port}`, from: "Switchyard <orders@example.org>" });

  await mailer.send({
    to: "anna@example.org",
    subject: "Hello\r\nBcc: eve@example.org",
    text: "Choose it here:\n\nhttps://orders.example/password#abc\n",
  });

  assert.equal(mails.length, 1);
  assert.deepEqual([mails[0]!.from, mails[0]!.to], ["<orders@example.org>", ["<anna@example.org>"]]);
  assert.match(mails[0]!.text, /^Subject: Hello Bcc: eve@example\.org$/m);
  assert.match(mails[0]!.text, /^https:\/\/orders\.example\/password#abc$/m);
  assert.doesNotMatch(mails[0]!.text, /^Bcc:/m);
});

test("AU-43 a mail server that is not on this machine gets nothing without TLS, and a failure is said", async (t) => {
  const { mails, port } = await aMailServer(t);
  const mail = { to: "anna@example.org", subject: "Hello", text: "secret" };

  // An address that leads to this machine all the same: whether a server is near is read from its name, never looked up.
  await assert.rejects(
    smtpMailer({ url: `smtp://0.0.0.0:${port}`, from: "a@example.org" }).send(mail),
    /STARTTLS|TLS/i,
  );
  await assert.rejects(smtpMailer({ url: "smtp://127.0.0.1:1", from: "a@example.org" }).send(mail), /ECONNREFUSED/);

  assert.deepEqual(mails, []);
});
