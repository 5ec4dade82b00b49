import { z } from "zod";
import { publicId, type AccountId, type WorkspaceId } from "#domain/ids.ts";
import type { Result } from "#domain/result.ts";
import { correct, showBalances, showStatement, topUp, type Booked } from "#engine/manage/balance.ts";
import { listAccounts, listSuppliers } from "#store/supplier.ts";
import { inWorkspace } from "#store/workspace-scope.ts";
import { Actor, nameActors } from "../actors.ts";
import { manageContext, type Api, type ApiContext } from "../context.ts";
import { decodeCursor, encodeCursor } from "../cursor.ts";
import { notFound } from "../problem.ts";
import { act } from "../route.ts";
import { cursor, decimalText, idOf, limit, problems, text, time } from "../schemas.ts";

const tags = ["Ledger"];
const onAccount = z.strictObject({ id: idOf("account") });

/** API-39. Money with suppliers: what stands on each account, its statement, and bookings by hand. */
export function ledgerRoutes(app: Api, context: ApiContext): void {
  const { db } = context;
  /** The reads of the ledger's own functions, under row-level security like every other read. */
  const reading = (workspaceId: WorkspaceId) => ({
    db: { ...db.api, tx: <T>(work: Parameters<typeof inWorkspace<T>>[2]) => inWorkspace(db.api, workspaceId, work) },
  });
  const accountId = (workspaceId: WorkspaceId, uuid: string): Promise<AccountId | undefined> =>
    inWorkspace(
      db.api,
      workspaceId,
      async (tx) => (await listAccounts(tx, workspaceId)).find((each) => each.publicId === uuid)?.id,
    );

  app.get(
    "/v1/ledger",
    {
      schema: {
        summary: "Supplier accounts with what stands there",
        tags,
        response: {
          200: z.object({
            accounts: z.array(
              z.object({
                id: z.string(),
                name: z.string(),
                supplier: z.object({ id: z.string(), name: z.string() }).nullable(),
                payment: z.string(),
                currency: z.string(),
                available: z.string(),
                held: z.string(),
                owed: z.string(),
                action_credits: z.string().nullable(),
              }),
            ),
          }),
          ...problems,
        },
      },
    },
    async ({ caller: { workspaceId } }) => {
      const [balances, suppliers] = await Promise.all([
        showBalances(reading(workspaceId), workspaceId),
        inWorkspace(db.api, workspaceId, (tx) => listSuppliers(tx, workspaceId)),
      ]);
      return {
        accounts: balances.map((balance) => {
          const supplier = suppliers.find((each) => each.id === balance.account.supplierId);
          return {
            id: publicId("account", balance.account.publicId),
            name: balance.account.name,
            supplier:
              supplier === undefined ? null : { id: publicId("supplier", supplier.publicId), name: supplier.name },
            payment: balance.payment,
            currency: balance.currency,
            available: balance.available,
            held: balance.held,
            owed: balance.owed,
            action_credits: balance.credits,
          };
        }),
      };
    },
  );

  app.get(
    "/v1/ledger/:id/transactions",
    {
      schema: {
        summary: "The statement of one account, newest first",
        tags,
        params: onAccount,
        querystring: z.strictObject({ cursor, limit }),
        response: {
          200: z.object({
            transactions: z.array(
              z.object({
                at: z.string(),
                kind: z.string(),
                change: z.string(),
                unit: z.string(),
                reference: z.string().nullable(),
                order: z.string().nullable(),
                actor: z.string(),
                by: Actor,
                entries: z.array(z.object({ ledger: z.string(), amount: z.string() })),
              }),
            ),
            next: z.string().nullable(),
          }),
          ...problems,
        },
      },
    },
    async ({ caller: { workspaceId }, params, query }) => {
      const account = await accountId(workspaceId, params.id);
      if (account === undefined) throw notFound();
      const before = query.cursor === undefined ? null : decodeCursor(query.cursor, ["id"] as const)[0];
      const found = await showStatement(reading(workspaceId), {
        workspaceId,
        accountId: account,
        before,
        limit: query.limit + 1,
      });
      const lines = found.slice(0, query.limit);
      const last = lines.at(-1);
      const isMore = found.length > query.limit && last !== undefined;
      const name = await nameActors(
        context,
        workspaceId,
        lines.map(({ actor }) => actor),
      );
      return {
        transactions: lines.map((line) => ({
          at: time(line.at),
          kind: line.kind,
          change: line.change,
          unit: line.unit,
          reference: line.reference,
          order: line.orderPublicId === null ? null : publicId("order", line.orderPublicId),
          actor: line.actor,
          by: name(line.actor),
          entries: line.entries,
        })),
        next: isMore ? encodeCursor([last.id]) : null,
      };
    },
  );

  for (const [name, book, summary] of [
    ["top-up", topUp, "Book money (or action credits) that has arrived"],
    ["correction", correct, "Correct what stands on an account; may be negative"],
  ] as const)
    app.post(
      `/v1/ledger/:id/${name}`,
      {
        schema: {
          summary,
          description: "The reference makes it happen once, for ever: the same one again is refused.",
          tags,
          params: onAccount,
          body: z.strictObject({
            amount: decimalText,
            reference: text(200),
            credits: z.boolean().default(false).meta({ description: "Action credits instead of money" }),
          }),
          response: { 200: z.object({ available: z.string(), unit: z.string() }), ...problems },
        },
      },
      (request, reply) =>
        act(
          context,
          request,
          reply,
          async ({ workspaceId }): Promise<Result<Booked>> => {
            const account = await accountId(workspaceId, request.params.id);
            if (account === undefined) throw notFound();
            return book(manageContext(context, request.caller), { workspaceId, accountId: account, ...request.body });
          },
          ({ available, unit }) => ({ body: { available, unit } }),
        ),
    );
}
