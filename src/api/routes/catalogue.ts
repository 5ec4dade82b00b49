import { z } from "zod";
import { addressNeeds } from "#domain/address-check.ts";
import { publicId } from "#domain/ids.ts";
import { headlineOrder, headlines } from "#domain/lifecycle.ts";
import { reasonCodes, reasonOf } from "#domain/reasons.ts";
import { defaultAccountSettings, defaultChannelSettings, defaultSupplierSettings } from "#domain/settings.ts";
import { listChannels, listConnections } from "#store/channel.ts";
import { listAccounts, listSuppliers } from "#store/supplier.ts";
import { inWorkspace } from "#store/workspace-scope.ts";
import type { Api, ApiContext } from "../context.ts";
import { resolveBy, ResolveActionSchema } from "../present/resolve.ts";
import { HeadlineCode, problems, ReasonCodeSchema, timeOrNull } from "../schemas.ts";

const tags = ["Catalogue"];

/** What an installation and a workspace consist of: reasons and states (the same for everybody), channels, suppliers. */
export function catalogueRoutes(app: Api, { db, clock }: ApiContext): void {
  app.get(
    "/v1/reasons",
    {
      schema: {
        summary: "Every reason why something may be held, most important first, and every state with its hint",
        tags,
        response: {
          200: z.object({
            reasons: z.array(
              z.object({
                code: ReasonCodeSchema,
                title: z.string(),
                what: z.string(),
                next: z.string(),
                acts: z.string(),
                clears_itself: z.boolean(),
                placeable_by_person: z.boolean(),
                shown_as: z.string(),
                resolve_with: z.array(ResolveActionSchema),
              }),
            ),
            resolve_by: z
              .record(z.string(), z.string())
              .meta({ description: "How each action of resolve_with is done" }),
            states: z.array(z.object({ code: HeadlineCode, title: z.string(), hint: z.string() })),
          }),
          ...problems,
        },
      },
    },
    () => ({
      reasons: reasonCodes.map((code) => {
        const reason = reasonOf(code);
        return {
          code,
          title: reason.title,
          what: reason.what,
          next: reason.next,
          acts: reason.acts,
          clears_itself: reason.clearsItself,
          placeable_by_person: reason.placeable,
          shown_as: reason.group,
          resolve_with: [...reason.actions],
        };
      }),
      resolve_by: resolveBy,
      states: headlineOrder.map((code) => ({ code, ...headlines[code] })),
    }),
  );

  const needs = addressNeeds();
  app.get(
    "/v1/address-formats",
    {
      schema: {
        summary: "What an address needs, by country: for a form that asks for one",
        tags,
        response: {
          200: z.object({
            formats: z.array(
              z.object({
                country: z.string(),
                city: z.boolean(),
                region: z.string().nullable().meta({ description: "What is expected; null: nothing depends on it" }),
                postcode: z
                  .object({ example: z.string(), needed: z.boolean() })
                  .nullable()
                  .meta({ description: "null: whatever is given is taken" }),
              }),
            ),
          }),
          ...problems,
        },
      },
    },
    () => ({ formats: needs }),
  );

  app.get(
    "/v1/channels",
    {
      schema: {
        summary: "Shops and marketplace accounts",
        tags,
        response: {
          200: z.object({
            channels: z.array(
              z.object({
                id: z.string(),
                name: z.string(),
                kind: z.string(),
                external_id: z.string(),
                active: z.boolean(),
                mode: z.enum(["review", "automatic"]),
                automation_on_since: z.string().nullable(),
                zone: z.string(),
                partial_allowed: z.boolean(),
                connections: z
                  .array(
                    z.object({
                      kind: z.string(),
                      last_sync_at: z.string().nullable(),
                      last_problem: z.string().nullable(),
                      gap: z
                        .object({
                          checked_at: z.string(),
                          missing: z.number().int(),
                          examples: z.array(z.string()),
                        })
                        .nullable()
                        .describe("Orders of the last three days that the channel lists and that are not here."),
                    }),
                  )
                  .describe("How it is reached; empty: by files alone."),
                created_at: z.string(),
              }),
            ),
          }),
          ...problems,
        },
      },
    },
    async ({ caller }) => {
      const [channels, connections] = await inWorkspace(db.api, caller.workspaceId, async (tx) => {
        const found = await listChannels(tx, caller.workspaceId);
        return [found, await Promise.all(found.map(({ id }) => listConnections(tx, caller.workspaceId, id)))];
      });
      return {
        channels: channels.map((channel, index) => {
          const settings = { ...defaultChannelSettings, ...channel.settings };
          return {
            id: publicId("channel", channel.publicId),
            name: channel.name,
            kind: channel.kind,
            external_id: channel.externalId,
            active: channel.active,
            mode: settings.mode,
            automation_on_since: settings.automationOnSince,
            zone: settings.zone,
            partial_allowed: settings.partial,
            connections: connections[index]!.map((each) => ({
              kind: each.kind,
              last_sync_at: each.lastSyncAt?.toISOString() ?? null,
              last_problem: each.lastProblem,
              gap:
                each.gapCheckedAt === null
                  ? null
                  : {
                      checked_at: each.gapCheckedAt.toISOString(),
                      missing: each.gapMissing ?? 0,
                      examples: each.gapExamples,
                    },
            })),
            created_at: channel.createdAt.toISOString(),
          };
        }),
      };
    },
  );

  app.get(
    "/v1/suppliers",
    {
      schema: {
        summary: "Suppliers and prep centres with their accounts",
        tags,
        response: {
          200: z.object({
            suppliers: z.array(
              z.object({
                id: z.string(),
                name: z.string(),
                kind: z.string(),
                role: z.enum(["supplier", "prep"]),
                enabled: z.boolean(),
                countries: z.array(z.string()).nullable(),
                last_problem: z.string().nullable(),
                accounts: z.array(
                  z.object({
                    id: z.string(),
                    name: z.string(),
                    active: z.boolean(),
                    payment: z.string(),
                    currency: z.string(),
                    credentials_rejected_at: z.string().nullable(),
                    paused_until: z.string().nullable(),
                  }),
                ),
              }),
            ),
          }),
          ...problems,
        },
      },
    },
    async ({ caller }) => {
      const { workspaceId } = caller;
      const [suppliers, accounts] = await inWorkspace(db.api, workspaceId, (tx) =>
        Promise.all([listSuppliers(tx, workspaceId), listAccounts(tx, workspaceId)]),
      );
      const now = clock.now();
      return {
        suppliers: suppliers.map((supplier) => {
          const settings = { ...defaultSupplierSettings, ...supplier.settings };
          return {
            id: publicId("supplier", supplier.publicId),
            name: supplier.name,
            kind: supplier.kind,
            role: supplier.role,
            enabled: settings.enabled,
            countries: settings.countries,
            last_problem: supplier.lastProblem,
            accounts: accounts
              .filter((account) => account.supplierId === supplier.id)
              .map((account) => {
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
                };
              }),
          };
        }),
      };
    },
  );
}
