import { createHash } from "node:crypto";
import {
  needsSecrets,
  type DocumentAnswer,
  type DocumentCall,
  type Documents,
  type SupplierContext,
} from "#connectors/ports.ts";
import { hushed, noSecrets } from "#domain/secret.ts";
import {
  attemptsOfDispatch,
  dispatchMayLeave,
  readDispatch,
  readPurchases,
  readSupplierOf,
  type Dispatch,
  type Purchase,
} from "#store/attempt.ts";
import type { JournalLine } from "./journal.ts";
import { messageOf, type GateOptions } from "./options.ts";
import { about, boughtBefore, boughtBeforeRestore } from "./purchase.ts";

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
    const purchases = await purchasesIn(db, dispatch);
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

    const left = async (): Promise<DocumentAnswer> => {
      await note("left");
      await eachPurchase(options, dispatch, purchases, (about, { request }) => ({
        ...about,
        line: "answered",
        answer: { status: "placed", supplierOrderId: request.reference, total: null, notAccepted: [] },
      }));
      return { status: "left" };
    };
    const releasing = async (): Promise<void> => {
      await note("releasing");
      await eachPurchase(options, dispatch, purchases, (about, { fence }) => ({
        ...about,
        line: "sending",
        fence,
        mode: "send",
      }));
    };

    if ((await documents.whereIs(context, dispatch.fileName)) === "left") return await left();
    const boughtBefore = await whatWasBoughtBefore(options, dispatch, purchases);
    const problem =
      boughtBefore.length > 0
        ? "a part of it was bought before the database was restored"
        : await stageAndRelease(options, documents, context, dispatch, releasing);
    if (problem === null) return await left();
    // It must be certain that it never leaves before anybody may place its orders elsewhere.
    if ((await documents.withdraw(context, dispatch.fileName)) === "left") return await left();
    await note("withdrawn");
    if (boughtBefore.length === 0)
      await eachPurchase(options, dispatch, purchases, (about) => ({ ...about, line: "closed", message: problem }));
    return { status: "withdrawn", message: problem, boughtBefore };
  } catch (error) {
    return { status: "unknown", message: messageOf(error) };
  }
}

async function purchasesIn(db: GateOptions["db"], { workspaceId, id }: Dispatch): Promise<Purchase[]> {
  const attempts = await attemptsOfDispatch(db, workspaceId, id);
  const found = await readPurchases(
    db,
    attempts.map((each) => ({ workspaceId, attemptId: each.id })),
  );
  return [...found.values()];
}

/** A document is one request for each of its purchases: it is journaled under their references, as others are. */
async function eachPurchase(
  options: GateOptions,
  dispatch: Dispatch,
  purchases: readonly Purchase[],
  lineOf: (of: ReturnType<typeof about>, purchase: Purchase) => JournalLine,
): Promise<void> {
  await Promise.all(
    purchases.map((each) => {
      const of = { ...about(options, each), requestHash: requestHashOf(dispatch) };
      return options.journal.append(lineOf(of, each));
    }),
  );
}
const requestHashOf = ({ id, sha256 }: Dispatch): string => `document ${id} ${sha256}`;

/** PL-68. Its purchases that left in another document or another way, as the journal knows and a restored database does not. */
async function whatWasBoughtBefore(
  options: GateOptions,
  dispatch: Dispatch,
  purchases: readonly Purchase[],
): Promise<{ reference: string; message: string }[]> {
  const found: { reference: string; message: string }[] = [];
  for (const each of purchases) {
    const { reference } = each.request;
    const known = options.journal.find(reference);
    const other =
      known !== undefined && known.wasSent && !known.isClosed && known.requestHash !== requestHashOf(dispatch);
    if (other) found.push({ reference, message: (await boughtBefore(options, [known])).message });
    const lost = known === undefined ? await boughtBeforeRestore(options, each) : null;
    if (lost !== null) found.push({ reference, message: lost.message });
  }
  return found;
}

/** Answers why it did not leave; null: it left. */
async function stageAndRelease(
  { db, buggify }: GateOptions,
  documents: Documents,
  context: SupplierContext,
  dispatch: Dispatch,
  releasing: () => Promise<void>,
): Promise<string | null> {
  if (createHash("sha256").update(dispatch.bytes).digest("hex") !== dispatch.sha256)
    return "its bytes are not those that were armed";
  const document = { fileName: dispatch.fileName, bytes: dispatch.bytes };
  const staged = await documents.stage(context, document);
  if (staged.status === "not_sent") return staged.message;
  await buggify?.("gate-document-staged");
  await releasing();
  if (!(await dispatchMayLeave(db, dispatch.workspaceId, dispatch.id)))
    return "it may no longer be sent: settled, or not at home";
  await buggify?.("gate-document-last-check");
  const released = await documents.release(context, document);
  await buggify?.("gate-document-released");
  return released.status === "left" ? null : released.message;
}
