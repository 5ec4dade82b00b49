import assert from "node:assert/strict";
import { test } from "node:test";
import { aUser } from "#api/testing/browser.ts";
import { aServer } from "#api/testing/server.ts";
import type { Mail } from "#domain/mail.ts";
import { ownersTold } from "./tell-owners.ts";

test("WH-34 such a mail goes to every owner of that workspace, and to nobody else", async (t) => {
  const at = await aServer(t);
  await aUser(at, { email: "olga@example.org" });
  await aUser(at, { email: "otto@example.org" });
  await aUser(at, { email: "adam@example.org", role: "admin" });
  await aUser(at, { email: "rita@example.org", of: at.rival.workspaceId });
  const mails: Mail[] = [];
  const tell = ownersTold({
    auth: at.database.auth,
    engine: at.database.engine,
    mailer: { send: async (mail) => void mails.push(mail) },
  });
  await tell(at.workspaceId, { subject: "s", text: "t" });
  assert.deepEqual(mails.map(({ to }) => to).sort(), ["olga@example.org", "otto@example.org"]);
});
