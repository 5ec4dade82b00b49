import type { AccountId, WorkspaceId } from "#domain/ids.ts";
import { refuse, type Result } from "#domain/result.ts";
import { enableAccount, lockAccount } from "#store/supplier.ts";
import { change, record, wakeAgain, wakeAll, type ManageContext, type Waking } from "./context.ts";

/**
 * MG-5. Credentials were entered again (or an account is switched on or off): what was rejected and the breaker are forgotten, and orders that waited
 * for this account are tried again.
 */
export async function setAccountActive(
  context: ManageContext,
  target: { workspaceId: WorkspaceId; accountId: AccountId; active: boolean },
): Promise<Result> {
  const { workspaceId, accountId, active } = target;
  const waking: Waking = {
    workspaceId,
    keys: [`account:${accountId}`],
    codes: active ? ["no_supplier", "credentials_rejected"] : [],
  };
  const answer = await change(context, async (tx): Promise<Result> => {
    await wakeAll(tx, waking, context.clock.now());
    const account = await lockAccount(tx, workspaceId, accountId);
    if (account === undefined) return refuse("not_found", "There is no such account in this workspace.");
    await enableAccount(tx, account, active);
    await context.ids.ensure(tx, 1);
    await record(tx, context, {
      workspaceId,
      kind: active ? "account_enabled" : "account_disabled",
      subject: "account",
      subjectId: accountId,
      data: { wasActive: account.active, wasRejected: account.credentialsRejectedAt !== null },
    });
    return { status: "ok", value: undefined };
  });
  if (answer.status === "ok") await wakeAgain(context, waking);
  return answer;
}
