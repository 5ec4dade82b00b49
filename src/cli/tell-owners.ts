import type { Mailer } from "#domain/mail.ts";
import type { WorkspaceId } from "#domain/ids.ts";
import { findUsers } from "#store/auth/user.ts";
import type { Db } from "#store/db.ts";
import { listMembers } from "#store/member.ts";

/** Mails every owner of a workspace. `auth` knows who the users are, `engine` who the members. */
export const ownersTold =
  ({ auth, engine, mailer }: { auth: Db; engine: Db; mailer: Mailer }) =>
  async (workspaceId: WorkspaceId, mail: { subject: string; text: string }): Promise<void> => {
    const owners = (await listMembers(engine, workspaceId)).filter(({ role }) => role === "owner");
    const users = await findUsers(
      auth,
      owners.map(({ userId }) => userId),
    );
    for (const { email } of users) await mailer.send({ to: email, ...mail });
  };
