import {
  HttpError,
  needsSecrets,
  type AccountKey,
  type CancelAnswer,
  type Failure,
  type Gate,
  type PlaceContract,
  type PurchaseAnswer,
  type PurchaseCall,
  type Supplier,
  type SupplierContext,
} from "#connectors/ports.ts";
import { hushed, noSecrets } from "#domain/secret.ts";
import { readPurchases, readSupplierOf, type Purchase } from "#store/attempt.ts";
import { sendDocument } from "./document.ts";
import { LastLook } from "./last-look.ts";
import { messageOf, noConnector, type GateOptions } from "./options.ts";
import { noteByHand, sendOnce, settle, type Batch } from "./purchase.ts";

/** A connector that has not come back by then is given up. */
const patienceMs = 120_000;

/**
 * The egress gate: the only code that calls `Supplier.place`, and the only holder of connectors and secrets (design: placing at most once, 5.7). It lets
 * one request per attempt through, whoever asks how often: it reads the attempt itself, opens the connection, writes its own journal, looks once more
 * directly before the first byte, and gives a journaled answer to a repeated question.
 */
export function createGate(options: GateOptions): Gate {
  const { connectors, db, clock } = options;
  const lastLook = new LastLook(db);
  const inFlight = new Map<string, Promise<PurchaseAnswer>>();
  const documentsInFlight = new Map<string, ReturnType<Gate["sendDocument"]>>();

  function purchase(call: PurchaseCall, batch: Batch, found: Promise<Map<string, Purchase>>): Promise<PurchaseAnswer> {
    const running = inFlight.get(call.attemptId);
    if (running !== undefined) return running;
    // Registered before anything is awaited: from here on this attempt is on its way for everybody who asks.
    const answer = found
      .then((purchases) => sendOnce(options, batch, call, purchases.get(call.attemptId)))
      .finally(() => inFlight.delete(call.attemptId));
    inFlight.set(call.attemptId, answer);
    return answer;
  }

  async function withContext<T>(
    account: AccountKey,
    purpose: string,
    work: (supplier: Supplier, context: SupplierContext) => Promise<T>,
  ): Promise<T | Failure> {
    try {
      const found = await readSupplierOf(db, account);
      const supplier = found === undefined ? undefined : connectors.get(found.kind);
      if (found === undefined || supplier === undefined) return { status: "bug", message: noConnector(found?.kind) };
      const secrets = needsSecrets(supplier.manifest) ? await options.secrets(account, purpose) : noSecrets;
      return await work(hushed(supplier, secrets), {
        supplierId: account.supplierId,
        accountId: account.accountId,
        settings: found.settings,
        secrets,
        outside: options.outside,
      });
    } catch (error) {
      // Questions cost nothing, so whatever stopped one on the way may be asked again; anything else is a mistake of the connector's.
      if (error instanceof HttpError) return { status: "retry_later", afterMs: 30_000, message: error.message };
      return { status: "bug", message: messageOf(error) };
    }
  }

  return {
    ...rulesOf(connectors),
    isThere: async () => true,
    async place(calls, onAnswer) {
      const over = new AbortController();
      const batch: Batch = {
        lastLook,
        patience: clock.sleep(patienceMs, over.signal),
        secrets: oncePerAccount(options.secrets),
      };
      const found = readPurchases(db, calls);
      // One that fails (a full disk under the journal) must not keep the answers of the others.
      const done = await Promise.allSettled(
        calls.map(async (call) => onAnswer(call, await purchase(call, batch, found))),
      );
      over.abort();
      const failed = done.find((each) => each.status === "rejected");
      if (failed !== undefined) throw failed.reason;
    },
    async settle(calls) {
      const found = await readPurchases(db, calls);
      return Promise.all(
        calls.map((call) => settle(options, call, found.get(call.attemptId), inFlight.has(call.attemptId))),
      );
    },
    async noteByHand(call) {
      const found = await readPurchases(db, [call]);
      return noteByHand(options, call, found.get(call.attemptId));
    },
    sendDocument(call) {
      const running = documentsInFlight.get(call.dispatchId);
      if (running !== undefined) return running;
      const answer = sendDocument(options, call).finally(() => documentsInFlight.delete(call.dispatchId));
      documentsInFlight.set(call.dispatchId, answer);
      return answer;
    },
    find: (account, references) =>
      withContext(account, "find", (supplier, context) => supplier.find(context, references)),
    track: (account, ids) => withContext(account, "track", (supplier, context) => supplier.track(context, ids)),
    async cancel(account, batch) {
      const answers = await withContext(account, "cancel", (supplier, context) => supplier.cancel(context, batch));
      return Array.isArray(answers) ? answers : batch.map((): CancelAnswer => answers);
    },
    stock: (account) => withContext(account, "stock", (supplier, context) => supplier.stock(context)),
    quote: (account, lines, country) =>
      withContext(account, "quote", (supplier, context) => supplier.quote(context, lines, country)),
    list: (account, from, to) => withContext(account, "list", (supplier, context) => supplier.list(context, from, to)),
    prepareDocuments: (account) =>
      withContext(account, "prepare documents", async (supplier, context) => {
        await supplier.documents?.prepare(context);
        return { status: "ok" } as const;
      }),
    readInbox: (account, zone) =>
      withContext(
        account,
        "read inbox",
        async (supplier, context) =>
          ({ status: "ok", documents: (await supplier.documents?.readInbox(context, zone)) ?? [] }) as const,
      ),
    finishInbox: (account, document, faults) =>
      withContext(account, "finish inbox", async (supplier, context) => {
        await supplier.documents?.finish(context, document, faults);
        return { status: "ok" } as const;
      }),
  };
}

/** Purchases that were handed over together open the secrets of their account once. */
function oncePerAccount(open: GateOptions["secrets"]): Batch["secrets"] {
  const opened = new Map<string, ReturnType<GateOptions["secrets"]>>();
  return (account) => {
    const known = opened.get(account.accountId) ?? open(account, "place");
    opened.set(account.accountId, known);
    return known;
  };
}

/** What is pure about suppliers: answered without asking anybody. */
export function rulesOf(
  connectors: ReadonlyMap<string, Supplier>,
): Pick<Gate, "contract" | "capabilities" | "documents"> {
  return {
    contract: (kind, settings) => connectors.get(kind)?.contract(settings) ?? undeclared,
    capabilities: (kind) => connectors.get(kind)?.capabilities ?? null,
    documents: (kind) => connectors.get(kind)?.documents ?? null,
  };
}
const undeclared: PlaceContract = {
  kind: "none",
  lookupLagMs: 0,
  maxInFlightMs: 60_000,
  sendByMs: 10_000,
  moneyPoint: "place",
  cancellable: "no",
  testedOn: "2026-11-22",
};
