import { createHash } from "node:crypto";
import {
  needsSecrets,
  type DocumentAnswer,
  type DocumentCall,
  type Documents,
  type SupplierContext,
} from "#connectors/ports.ts";
import { hushed, noSecrets } from "#domain/secret.ts";
import { dispatchMayLeave, readDispatch, readSupplierOf, type Dispatch } from "#store/attempt.ts";
import { messageOf, type GateOptions } from "./options.ts";

/**
 * PL-56. Lets a committed document leave by the staging law: complete in staging, then one move. Where it lies proves what happened, so this may be asked
 * again after any crash: what has left is found to have left, what has not is sent with the same bytes. Where it must not leave it is withdrawn for ever.
 */
export async function sendDocument(
  options: GateOptions,
  { workspaceId, dispatchId }: DocumentCall,
): Promise<DocumentAnswer> {
  const { db, journal, clock, connectors, outside } = options;
  try {
    const dispatch = await readDispatch(db, workspaceId, dispatchId);
    if (dispatch === undefined)
      return { status: "bug", message: `There is no dispatch ${dispatchId} in workspace ${workspaceId}.` };
    const account = { workspaceId, supplierId: dispatch.supplierId, accountId: dispatch.accountId };
    const supplier = await readSupplierOf(db, account);
    const plain = supplier === undefined ? undefined : connectors.get(supplier.kind)?.documents;
    if (supplier === undefined || plain === undefined)
      return { status: "bug", message: `Suppliers of kind "${supplier?.kind}" get no documents.` };
    const needed = needsSecrets(connectors.get(supplier.kind)?.manifest);
    const secrets = needed ? await options.secrets(account, "send document") : noSecrets;
    const documents = hushed(plain, secrets);
    const context: SupplierContext = {
      supplierId: dispatch.supplierId,
      accountId: dispatch.accountId,
      settings: supplier.settings,
      secrets,
      outside,
    };
    const note = (what: "releasing" | "left" | "withdrawn"): Promise<void> =>
      journal.append({
        line: "document",
        at: clock.now(),
        workspaceId,
        dispatchId,
        fileName: dispatch.fileName,
        sha256: dispatch.sha256,
        what,
      });

    if ((await documents.whereIs(context, dispatch.fileName)) === "left") {
      await note("left");
      return { status: "left" };
    }
    const problem = await stageAndRelease(options, documents, context, dispatch, note);
    if (problem === null) {
      await note("left");
      return { status: "left" };
    }
    // It must be certain that it never leaves before anybody may place its orders elsewhere.
    if ((await documents.withdraw(context, dispatch.fileName)) === "left") {
      await note("left");
      return { status: "left" };
    }
    await note("withdrawn");
    return { status: "withdrawn", message: problem };
  } catch (error) {
    return { status: "unknown", message: messageOf(error) };
  }
}

/** Answers why it did not leave; null: it left. */
async function stageAndRelease(
  { db, buggify }: GateOptions,
  documents: Documents,
  context: SupplierContext,
  dispatch: Dispatch,
  note: (what: "releasing") => Promise<void>,
): Promise<string | null> {
  if (createHash("sha256").update(dispatch.bytes).digest("hex") !== dispatch.sha256)
    return "its bytes are not those that were armed";
  const document = { fileName: dispatch.fileName, bytes: dispatch.bytes };
  const staged = await documents.stage(context, document);
  if (staged.status === "not_sent") return staged.message;
  await buggify?.("gate-document-staged");
  await note("releasing");
  if (!(await dispatchMayLeave(db, dispatch.workspaceId, dispatch.id)))
    return "it may no longer be sent: settled, or not at home";
  await buggify?.("gate-document-last-check");
  const released = await documents.release(context, document);
  await buggify?.("gate-document-released");
  return released.status === "left" ? null : released.message;
}
