import { z } from "zod";
import { publicId, type AccountId, type WorkspaceId } from "#domain/ids.ts";
import type { Result } from "#domain/result.ts";
import { defaultAccountSettings, defaultSupplierSettings } from "#domain/settings.ts";
import { reachChannels } from "#engine/channel-context.ts";
import { setAccountActive } from "#engine/manage/account.ts";
import { showBalances } from "#engine/manage/balance.ts";
import { addChannel } from "#engine/manage/channel.ts";
import { isSetRemotely } from "#engine/manage/confine.ts";
import { accountSettings, channelSettings, supplierSettings } from "#engine/manage/settings-catalogue.ts";
import { connectorForm, settingsForm } from "#engine/manage/settings-form.ts";
import { addAccount, addSupplier } from "#engine/manage/supplier.ts";
import { listChannels } from "#store/channel.ts";
import { listDocuments } from "#store/read/document.ts";
import { readAccountHealth, readSupplierFiles } from "#store/read/health.ts";
import { listAccounts, listSuppliers, type Supplier } from "#store/supplier.ts";
import { inWorkspace } from "#store/workspace-scope.ts";
import { callerMay } from "../caller.ts";
import { manageContext, type Api, type ApiContext } from "../context.ts";
import { notFound, Problem } from "../problem.ts";
import { act } from "../route.ts";
import { idOf, problems, text, timeOrNull } from "../schemas.ts";
import { FormSchema, mustBeProvedForLimits, settingRefusal, Wish } from "./settings.ts";

const tags = ["Set-up"];
const name = text(200);
const Capabilities = z
  .object({
    tracking: z.enum(["poll", "push", "by_hand"]),
    stock: z.boolean(),
    quote: z.boolean(),
    cancel: z.boolean(),
    list: z.boolean(),
    acknowledges: z.boolean(),
  })
  .meta({ id: "SupplierCapabilities" });
const Contract = z
  .object({
    kind: z
      .enum(["key", "lookup", "none", "human"])
      .meta({ description: "What keeps a purchase from being made twice" }),
    lookup_lag_ms: z.int(),
    most_in_flight_ms: z.int(),
    key_window_ms: z.int().nullable(),
    cancellable: z.enum(["api", "human", "no"]),
    money_point: z.enum(["place", "confirm", "pay"]),
    tested_on: z.string(),
  })
  .meta({ id: "PlacingContract" });
const AccountDetail = z
  .object({
    id: z.string(),
    name: z.string(),
    active: z.boolean(),
    payment: z.string(),
    currency: z.string(),
    credentials_rejected_at: z.string().nullable(),
    paused_until: z.string().nullable().meta({ description: "The breaker: nothing is placed on it before" }),
    recent_unknowns: z.int().meta({ description: "Outcomes in a row that nobody knows; three open the breaker" }),
    unsettled: z.int().meta({ description: "Purchases under way or of unknown outcome" }),
    last_call_at: z.string().nullable().meta({ description: "When its secrets were last opened for a call" }),
    last_purchase_at: z.string().nullable(),
    balance: z
      .object({ available: z.string(), held: z.string(), owed: z.string(), action_credits: z.string().nullable() })
      .nullable()
      .meta({ description: "null for whoever may not see money" }),
  })
  .meta({ id: "SupplierAccount" });
const SupplierDetail = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.string(),
    title: z.string(),
    role: z.enum(["supplier", "prep"]),
    enabled: z.boolean(),
    last_problem: z.string().nullable(),
    capabilities: Capabilities.nullable().meta({ description: "null: its connector is not installed here" }),
    contract: Contract.nullable(),
    scan: z.object({ first_ms: z.int(), every_ms: z.int(), until_ms: z.int() }),
    accounts: z.array(AccountDetail),
    files: z
      .array(z.object({ name: z.string(), kind: z.string(), rows: z.int(), refused: z.int(), at: z.string() }))
      .meta({ description: "The newest documents it sent; rows that could not be read lie in its inbox/rejected" }),
    documents: z
      .array(
        z.object({
          name: z.string(),
          state: z.enum(["open", "sent", "void"]),
          at: z.string(),
          sent_at: z.string().nullable(),
          purchase_orders: z.int(),
          fulfillment_order: z.string().nullable().meta({ description: "GET …/{id}/document of it is the file" }),
        }),
      )
      .meta({ description: "The newest purchase order files for it" }),
  })
  .meta({ id: "SupplierDetail" });
const Created = z.object({ id: z.string(), name: z.string() });

/** ST-32, ST-33. What there is to connect, and connecting it: the same functions as the command line's. */
export function connectionRoutes(app: Api, context: ApiContext): void {
  const { db, clock, engine } = context;
  const suppliersByKind = context.suppliers ?? new Map<string, never>();

  app.get(
    "/v1/connectors",
    {
      schema: {
        summary: "Kinds of channels and suppliers that can be added here, each with its form",
        tags,
        response: {
          200: z.object({
            channels: z.array(z.object({ kind: z.string(), title: z.string(), schema: FormSchema })),
            suppliers: z.array(
              z.object({
                kind: z.string(),
                title: z.string(),
                capabilities: Capabilities,
                schema: FormSchema,
              }),
            ),
            account: FormSchema,
          }),
          ...problems,
        },
      },
    },
    ({ caller }) => {
      const { remote } = manageContext(context, caller);
      const isOffered = (kind: string, settings: object): boolean =>
        Object.values(settings).every(
          (field: { type: string; required: boolean }) => !(field.required && field.type === "url"),
        ) || remote?.given.has(kind) !== false;
      return {
        channels: [
          { kind: "file", title: "Files", schema: settingsForm(channelSettings) },
          ...[...engine.channels]
            .filter(([kind, { manifest }]) => isOffered(kind, manifest.settings))
            .map(([kind, { manifest }]) => ({
              kind,
              title: manifest.title,
              schema: settingsForm(
                channelSettings,
                connectorForm(manifest, (field) => isSetRemotely(remote, manifest, field)),
              ),
            })),
        ],
        suppliers: [...suppliersByKind]
          .filter(([kind, { manifest }]) => isOffered(kind, manifest.settings))
          .map(([kind, { manifest, capabilities }]) => ({
            kind,
            title: manifest.title,
            capabilities,
            schema: settingsForm(
              supplierSettings,
              connectorForm(manifest, (field) => isSetRemotely(remote, manifest, field)),
            ),
          })),
        account: settingsForm(accountSettings),
      };
    },
  );

  app.post(
    "/v1/channels",
    {
      schema: {
        summary: "Add a channel; it begins in review, and what was bought before stands by",
        tags,
        body: z.strictObject({
          kind: text(100),
          name,
          external_id: text(500).optional().meta({ description: "Not given: the connector asks" }),
          settings: Wish.default({}),
        }),
        response: { 201: Created, ...problems },
      },
    },
    (request, reply) => {
      const { body, caller } = request;
      mustBeProvedForLimits(context, request, "channel", body.settings);
      return act(
        context,
        request,
        reply,
        async ({ workspaceId }) =>
          orProblem(
            await addChannel(manageContext(context, caller), {
              workspaceId,
              kind: body.kind,
              name: body.name,
              settings: body.settings,
              ...(body.external_id === undefined ? {} : { externalId: body.external_id }),
            }),
            body.settings,
          ),
        (channel) => ({ status: 201, body: { id: publicId("channel", channel.publicId), name: channel.name } }),
      );
    },
  );

  app.post(
    "/v1/channels/:id/test",
    {
      schema: {
        summary: "Ask the shop whose account this is",
        tags,
        params: z.strictObject({ id: idOf("channel") }),
        body: z.strictObject({}).optional(),
        response: { 200: Trial, ...problems },
      },
    },
    async ({ caller: { workspaceId }, params }) => {
      const channels = await inWorkspace(db.api, workspaceId, (tx) => listChannels(tx, workspaceId));
      const channel = channels.find((each) => each.publicId === params.id);
      if (channel === undefined) throw notFound();
      const key = { workspaceId, channelId: channel.id };
      const reached = (await reachChannels({ ...engine, vault: context.trials ?? engine.vault }, db.engine, [key])).get(
        channel.id,
      );
      if (reached === undefined)
        return { works: null, message: "Nothing is fetched from this channel; its orders come in files." };
      const answer = await reached.connector.identify(reached.context);
      if (answer.status !== "ok")
        return { works: answer.status === "credentials" ? false : null, message: answer.message };
      return answer.externalId === channel.externalId
        ? { works: true, message: `It answers as ${answer.name}.` }
        : { works: false, message: `It answers as ${answer.externalId}, and this channel is ${channel.externalId}.` };
    },
  );

  app.post(
    "/v1/suppliers",
    {
      schema: {
        summary: "Add a supplier or a prep centre; give it an account next",
        tags,
        body: z.strictObject({
          kind: text(100),
          name,
          role: z.enum(["supplier", "prep"]).default("supplier"),
          settings: Wish.default({}),
        }),
        response: { 201: Created, ...problems },
      },
    },
    (request, reply) => {
      const { body, caller } = request;
      mustBeProvedForLimits(context, request, "supplier", body.settings);
      return act(
        context,
        request,
        reply,
        async ({ workspaceId }) =>
          orProblem(await addSupplier(manageContext(context, caller), { workspaceId, ...body }), body.settings),
        (supplier) => ({ status: 201, body: { id: publicId("supplier", supplier.publicId), name: supplier.name } }),
      );
    },
  );

  app.get(
    "/v1/suppliers/:id",
    {
      schema: {
        summary: "One supplier: what its connector can, how it stands, its accounts and their health",
        tags,
        params: z.strictObject({ id: idOf("supplier") }),
        response: { 200: SupplierDetail, ...problems },
      },
    },
    async ({ caller, params }) => {
      const { workspaceId } = caller;
      const supplier = await findSupplier(workspaceId, params.id);
      if (supplier === undefined) throw notFound();
      const seesMoney = callerMay(caller, "money.read");
      const [accounts, health, files, documents, balances] = await inWorkspace(db.api, workspaceId, (tx) =>
        Promise.all([
          listAccounts(tx, workspaceId),
          readAccountHealth(tx, workspaceId, supplier.id),
          readSupplierFiles(tx, workspaceId, supplier.id, 20),
          listDocuments(tx, workspaceId, supplier.id, 20),
          seesMoney ? showBalances({ db: { ...db.api, tx: (work) => work(tx) } }, workspaceId) : [],
        ]),
      );
      const settings = { ...defaultSupplierSettings, ...supplier.settings };
      const connector = suppliersByKind.get(supplier.kind);
      const contract = connector?.contract(settings.connector as Record<string, unknown>);
      const now = clock.now();
      return {
        id: publicId("supplier", supplier.publicId),
        name: supplier.name,
        kind: supplier.kind,
        title: connector?.manifest.title ?? supplier.kind,
        role: supplier.role,
        enabled: settings.enabled,
        last_problem: supplier.lastProblem,
        capabilities: connector?.capabilities ?? null,
        contract:
          contract === undefined
            ? null
            : {
                kind: contract.kind,
                lookup_lag_ms: contract.lookupLagMs,
                most_in_flight_ms: contract.maxInFlightMs,
                key_window_ms: contract.keyWindowMs ?? null,
                cancellable: contract.cancellable,
                money_point: contract.moneyPoint,
                tested_on: contract.testedOn,
              },
        scan: {
          first_ms: settings.scan.firstMs,
          every_ms: settings.scan.everyMs,
          until_ms: settings.scan.untilMs,
        },
        accounts: accounts
          .filter((account) => account.supplierId === supplier.id)
          .map((account) => {
            const own = health.find((each) => each.accountId === account.id);
            const balance = balances.find((each) => each.account.id === account.id);
            const { payment, currency } = { ...defaultAccountSettings, ...account.settings };
            const isPaused = account.breakerUntil !== null && account.breakerUntil > now;
            return {
              id: publicId("account", account.publicId),
              name: account.name,
              active: account.active,
              payment,
              currency,
              credentials_rejected_at: timeOrNull(account.credentialsRejectedAt),
              paused_until: isPaused ? timeOrNull(account.breakerUntil) : null,
              recent_unknowns: own?.recentUnknowns ?? 0,
              unsettled: own?.unsettled ?? 0,
              last_call_at: timeOrNull(own?.lastCallAt ?? null),
              last_purchase_at: timeOrNull(own?.lastPurchaseAt ?? null),
              balance:
                balance === undefined
                  ? null
                  : {
                      available: balance.available,
                      held: balance.held,
                      owed: balance.owed,
                      action_credits: balance.credits,
                    },
            };
          }),
        files: files.map((file) => ({ ...file, at: file.at.toISOString() })),
        documents: documents.map(({ name: file, state, createdAt, sentAt, purchaseOrders, part }) => ({
          name: file,
          state,
          at: createdAt.toISOString(),
          sent_at: timeOrNull(sentAt),
          purchase_orders: purchaseOrders,
          fulfillment_order: part === null ? null : publicId("fulfillmentOrder", part),
        })),
      };
    },
  );

  app.post(
    "/v1/suppliers/:id/accounts",
    {
      schema: {
        summary: "Add an account of a supplier; orders that waited for one go on",
        tags,
        params: z.strictObject({ id: idOf("supplier") }),
        body: z.strictObject({ name, settings: Wish.default({}) }),
        response: { 201: Created, ...problems },
      },
    },
    async (request, reply) => {
      const { body, caller, params } = request;
      const supplier = await findSupplier(caller.workspaceId, params.id);
      if (supplier === undefined) throw notFound();
      mustBeProvedForLimits(context, request, "account", body.settings);
      return act(
        context,
        request,
        reply,
        async ({ workspaceId }) =>
          orProblem(
            await addAccount(manageContext(context, caller), { workspaceId, supplierId: supplier.id, ...body }),
            body.settings,
          ),
        (account) => ({ status: 201, body: { id: publicId("account", account.publicId), name: account.name } }),
      );
    },
  );

  for (const [step, active] of [
    ["enable", true],
    ["disable", false],
  ] as const)
    app.post(
      `/v1/accounts/:id/${step}`,
      {
        schema: {
          summary: active
            ? "Use this account again: what was rejected and the breaker are forgotten, and waiting orders go on"
            : "Place nothing new on this account",
          tags,
          params: z.strictObject({ id: idOf("account") }),
          body: z.strictObject({}).optional(),
          response: { 200: z.object({ active: z.boolean() }), ...problems },
        },
      },
      async (request, reply) => {
        const { caller, params } = request;
        const { workspaceId } = caller;
        const accounts = await inWorkspace(db.api, workspaceId, (tx) => listAccounts(tx, workspaceId));
        const accountId: AccountId | undefined = accounts.find((each) => each.publicId === params.id)?.id;
        if (accountId === undefined) throw notFound();
        return act(
          context,
          request,
          reply,
          () => setAccountActive(manageContext(context, caller), { workspaceId, accountId, active }),
          () => ({ body: { active } }),
        );
      },
    );

  async function findSupplier(workspaceId: WorkspaceId, uuid: string): Promise<Supplier | undefined> {
    const suppliers = await inWorkspace(db.api, workspaceId, (tx) => listSuppliers(tx, workspaceId));
    return suppliers.find((each) => each.publicId === uuid);
  }
}

const Trial = z.object({
  works: z.boolean().nullable().meta({ description: "null: it could not be asked; `message` says why" }),
  message: z.string(),
});

/** A fault in one setting names it; all else is refused like every other action. */
function orProblem<T>(result: Result<T>, wish: Readonly<Record<string, unknown>>): Result<T> {
  if (result.status === "refused" && result.field !== undefined) throw settingRefusal(result, wish);
  if (result.status === "refused")
    throw new Problem({
      status: wrongInput.has(result.code) ? 422 : 409,
      code: result.code,
      detail: result.message,
      next: "Correct the request and send it again; nothing was changed. GET /v1/connectors lists what can be added.",
    });
  return result;
}
const wrongInput: ReadonlySet<string> = new Set(["kind_unknown", "name_invalid", "external_id_invalid"]);
