import type { DocumentCall, PlaceRequest } from "#connectors/ports.ts";
import type { OrderDraft } from "#domain/draft.ts";
import type { AccountId, DispatchId, WorkspaceId } from "#domain/ids.ts";
import type { Attempt } from "#domain/order.ts";
import type { OutgoingRequest } from "#domain/placement.ts";
import { closeAttempt, type Answer } from "#domain/placement-close.ts";
import type { SharedSupplier } from "#domain/shared.ts";
import { attemptsOfDispatch, insertDispatch } from "#store/attempt.ts";
import type { Tx } from "#store/db.ts";
import { recordAnswers } from "./answers.ts";
import { sha256 } from "./arming.ts";
import type { Engine } from "./context.ts";

/** An attempt that leaves in a document, as it was just armed. */
export interface InDocument {
  draft: OrderDraft;
  supplier: SharedSupplier;
  attempt: Attempt;
  request: OutgoingRequest;
}

/**
 * PL-61. Composes the documents of a batch inside the transaction that arms it: bytes and hash are committed with the attempts and never composed again. A
 * purchase that the document cannot carry is refused with the field that is wrong; the others leave without it.
 */
export async function composeDocuments(
  engine: Engine,
  tx: Tx,
  armed: readonly InDocument[],
  now: Date,
): Promise<DocumentCall[]> {
  const calls: DocumentCall[] = [];
  for (const group of groupsOf(engine, armed)) {
    const call = await composeOne(engine, tx, group, now);
    if (call !== null) calls.push(call);
  }
  return calls;
}

function groupsOf(engine: Engine, armed: readonly InDocument[]): InDocument[][] {
  const batches = new Map<AccountId, InDocument[]>();
  const groups: InDocument[][] = [];
  for (const each of armed) {
    const rules = engine.gate.documents(each.supplier.kind);
    if (rules === null)
      throw new Error(`Supplier ${each.supplier.id} of kind ${each.supplier.kind} gets no documents.`);
    const batch = batches.get(each.attempt.accountId);
    if (rules.grouping(each.supplier.settings.connector) === "order") groups.push([each]);
    else if (batch === undefined) batches.set(each.attempt.accountId, [each]);
    else batch.push(each);
  }
  return [...groups, ...batches.values()];
}

async function composeOne(engine: Engine, tx: Tx, group: InDocument[], now: Date): Promise<DocumentCall | null> {
  const [first] = group;
  if (first === undefined) return null;
  const { supplier, attempt, draft } = first;
  const id = engine.ids.next<"dispatch">();
  const rules = engine.gate.documents(supplier.kind);
  const requests: PlaceRequest[] = group.map((each) => each.request);
  const composed = rules!.compose(supplier.settings.connector, requests, { reference: id, at: now });
  if (composed.status === "uncomposable") {
    const bad = group.filter((each) =>
      composed.problems.some((problem) => problem.reference === each.request.reference),
    );
    if (bad.length === 0)
      throw new Error(
        `The document for supplier ${supplier.id} cannot be composed: ${composed.problems.map((problem) => problem.message).join("; ")}`,
      );
    for (const each of bad)
      refuse(
        each,
        composed.problems.filter((problem) => problem.reference === each.request.reference),
      );
    return composeOne(
      engine,
      tx,
      group.filter((each) => !bad.includes(each)),
      now,
    );
  }
  for (const each of group) each.attempt.dispatchId = id;
  const { workspaceId } = draft.order;
  const { fileName, bytes } = composed;
  const dispatch = {
    workspaceId,
    id,
    supplierId: supplier.id,
    accountId: attempt.accountId,
    fileName,
    bytes,
    sha256: sha256(bytes),
  };
  await insertDispatch(tx, dispatch, { now, dueAt: attempt.sendBy });
  return { workspaceId, dispatchId: id };
}

/** Nothing of it left: it is not even in a document. */
function refuse({ draft, attempt }: InDocument, problems: { field: string; message: string }[]): void {
  const message = problems.map((problem) => `${problem.field}: ${problem.message}`).join("; ");
  closeAttempt(draft, attempt, { status: "refused", reason: "placement_failed", message }, { source: "document" });
}

/**
 * Lets one committed document leave through the gate and records what became of it: `placed` means left, with proof; our reference stands for the
 * supplier's number until its acknowledgement. Returns whether it is settled; if not, the dispatch stays due.
 */
export async function sendDispatch(engine: Engine, workspaceId: WorkspaceId, dispatchId: DispatchId): Promise<boolean> {
  await engine.buggify("dispatch-before-send");
  const said = await engine.gate.sendDocument({ workspaceId, dispatchId });
  await engine.buggify("dispatch-before-record");
  if (said.status !== "left" && said.status !== "withdrawn") {
    engine.log.warn(
      { dispatch: dispatchId, status: said.status, problem: said.message },
      "a document could not be sent; it is tried again",
    );
    return false;
  }
  const attempts = await attemptsOfDispatch(engine.db, workspaceId, dispatchId);
  const answers = attempts.map(({ orderId, id, accountId, reference }) => {
    const before = said.status === "left" ? undefined : said.boughtBefore.find((each) => each.reference === reference);
    const answer: Answer =
      said.status === "left"
        ? { status: "placed", supplierOrderId: reference, total: null, notAccepted: [] }
        : before !== undefined
          ? { status: "refused", reason: "bought_before_restore", message: before.message }
          : { status: "void", proof: "document_withdrawn", message: said.message };
    return {
      workspaceId,
      orderId,
      attemptId: id,
      accountId,
      answer,
      by: { source: "document", payload: { dispatch: dispatchId } },
    };
  });
  return (
    (await recordAnswers(engine, answers, { id: dispatchId, state: said.status === "left" ? "sent" : "void" })) > 0
  );
}
