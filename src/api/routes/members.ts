import { z } from "zod";
import { publicId, type SupplierId, type WorkspaceId } from "#domain/ids.ts";
import { refuse, type Result } from "#domain/result.ts";
import { isDesk, roles } from "#domain/role.ts";
import {
  accept,
  changeMember,
  invitationDays,
  invite,
  removeMember,
  withdrawInvitation,
} from "#engine/manage/member.ts";
import { findUserByEmail, findUsers } from "#store/auth/user.ts";
import { findInvitation, listInvitations, listMembers, type Invitation } from "#store/member.ts";
import { listSuppliers } from "#store/supplier.ts";
import { lockWorkspace } from "#store/workspace.ts";
import { inWorkspace } from "#store/workspace-scope.ts";
import type { Caller } from "../caller.ts";
import { manageContext, type Api, type ApiContext } from "../context.ts";
import { notFound, Problem } from "../problem.ts";
import { noContent, refusal } from "../route.ts";
import { email, idOf, password, personName, problems } from "../schemas.ts";
import { deadLink, digestOfLink, newLinkToken, type SignIn } from "../sign-in/sign-in.ts";

const tags = ["Members"];
const Role = z.enum(roles);
const MemberDetail = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    role: Role,
    suppliers: z.array(z.object({ id: z.string(), name: z.string() })),
    second_factor: z.boolean(),
    member_since: z.string(),
  })
  .meta({ id: "Member" });
const suppliers = z
  .array(idOf("supplier"))
  .max(200)
  .default([])
  .meta({ description: "For prep and supplier: whose fulfillment orders they will see" });
const onMember = z.strictObject({ id: idOf("user") });

/** AU-30 to AU-32. Who belongs to a workspace, and as what. */
export function memberRoutes(app: Api, context: ApiContext, signIn: SignIn): void {
  const { db, clock } = context;

  const names = (workspaceId: WorkspaceId) =>
    inWorkspace(db.api, workspaceId, async (tx) => {
      const found = await listSuppliers(tx, workspaceId);
      return {
        byId: new Map(found.map((each) => [each.id, { id: publicId("supplier", each.publicId), name: each.name }])),
        byPublic: new Map(found.map((each) => [each.publicId, each.id])),
      };
    });
  const unknownSupplier = "0" as SupplierId;
  const supplierIdsOf = async (workspaceId: WorkspaceId, ids: readonly string[]): Promise<SupplierId[]> => {
    const { byPublic } = await names(workspaceId);
    return ids.map((id) => byPublic.get(id) ?? unknownSupplier);
  };
  const answer = <T>(result: Result<T>): T => {
    if (result.status === "ok") return result.value;
    if (result.code === "not_found") throw notFound();
    if (result.code === "link_over") throw deadLink("invitation");
    throw refusal(result);
  };

  app.get(
    "/v1/members",
    {
      schema: {
        summary: "Who belongs to the workspace",
        tags,
        response: { 200: z.object({ members: z.array(MemberDetail) }), ...problems },
      },
    },
    async ({ caller: { workspaceId } }) => {
      const members = await listMembers(db.engine, workspaceId);
      const [users, { byId }] = await Promise.all([
        findUsers(
          signIn.db,
          members.map((each) => each.userId),
        ),
        names(workspaceId),
      ]);
      return {
        members: members.map((member) => {
          const user = users.find((each) => each.id === member.userId);
          return {
            id: publicId("user", member.userId),
            name: user?.name ?? "",
            email: user?.email ?? "",
            role: member.role,
            suppliers: member.supplierIds.flatMap((id) => byId.get(id) ?? []),
            second_factor: user?.hasSecondFactor ?? false,
            member_since: member.createdAt.toISOString(),
          };
        }),
      };
    },
  );

  app.put(
    "/v1/members/:id",
    {
      schema: {
        summary: "Give a member another role; it counts from the next request on",
        tags,
        params: onMember,
        body: z.strictObject({ role: Role, suppliers }),
        response: { 200: z.object({ id: z.string(), role: Role }), ...problems },
      },
    },
    async ({ caller, params, body }) => {
      const { workspaceId } = caller;
      const wish = { role: body.role, supplierIds: await supplierIdsOf(workspaceId, body.suppliers) };
      const changed = answer(
        await changeMember(manageContext(context, caller), caller, { workspaceId, userId: params.id, ...wish }),
      );
      return { id: publicId("user", changed.userId), role: changed.role };
    },
  );

  app.delete(
    "/v1/members/:id",
    {
      schema: {
        summary: "End a membership; the person's next request finds none",
        tags,
        params: onMember,
        response: { 204: z.null(), ...problems },
      },
    },
    async ({ caller, params }, reply) => {
      const wish = { workspaceId: caller.workspaceId, userId: params.id };
      answer(await removeMember(manageContext(context, caller), caller, wish));
      return noContent(reply);
    },
  );

  const InvitationDetail = z
    .object({
      id: z.string(),
      email: z.string(),
      role: Role,
      suppliers: z.array(z.object({ id: z.string(), name: z.string() })),
      invited_by: z.string(),
      expires_at: z.string(),
    })
    .meta({ id: "Invitation" });
  const present = (invitation: Invitation, byId: Awaited<ReturnType<typeof names>>["byId"]) => ({
    id: publicId("invitation", invitation.publicId),
    email: invitation.email,
    role: invitation.role,
    suppliers: invitation.supplierIds.flatMap((id) => byId.get(id) ?? []),
    invited_by: invitation.invitedBy,
    expires_at: invitation.expiresAt.toISOString(),
  });

  app.get(
    "/v1/invitations",
    {
      schema: {
        summary: "Invitations that can still be accepted",
        tags,
        response: { 200: z.object({ invitations: z.array(InvitationDetail) }), ...problems },
      },
    },
    async ({ caller: { workspaceId } }) => {
      const [found, { byId }] = await Promise.all([
        listInvitations(db.engine, workspaceId, clock.now()),
        names(workspaceId),
      ]);
      return { invitations: found.map((each) => present(each, byId)) };
    },
  );

  app.post(
    "/v1/invitations",
    {
      schema: {
        summary: "Invite somebody: by mail where the installation sends mail, else by the link in the answer",
        description: `The link is shown once. It lasts ${invitationDays} days and is used once; a newer invitation for the same address ends an older one.`,
        tags,
        body: z.strictObject({ email, role: Role, suppliers }),
        response: { 201: InvitationDetail.extend({ link: z.string(), mailed: z.boolean() }), ...problems },
      },
    },
    async ({ caller, body }, reply) => {
      const { workspaceId } = caller;
      const token = newLinkToken(signIn.random);
      const existing = await findUserByEmail(signIn.db, body.email);
      const invitation = answer(
        await invite(manageContext(context, caller), caller, {
          workspaceId,
          email: body.email,
          role: body.role,
          supplierIds: await supplierIdsOf(workspaceId, body.suppliers),
          digest: digestOfLink(token),
          existingMember: existing?.id ?? null,
        }),
      );
      const link = signIn.linkOf("invitation", token);
      const mailed = await signIn.mail(await invitationMail(invitation, caller, link));
      void reply.code(201);
      return { ...present(invitation, (await names(workspaceId)).byId), link, mailed };
    },
  );

  async function invitationMail({ email: to, role }: Invitation, caller: Caller, link: string) {
    const workspace = await db.engine.tx((tx) => lockWorkspace(tx, caller.workspaceId));
    const inviter = caller.signedIn?.user.name ?? "Somebody";
    const text = `Hello,

${inviter} invites you to the workspace ${workspace?.name ?? ""} in Switchyard, as ${role}. Accept within ${invitationDays} days:

${link}

If you do not know what this is about, do nothing.
`;
    return { to, subject: `Invitation to ${workspace?.name ?? "a workspace"}`, text };
  }

  app.delete(
    "/v1/invitations/:id",
    {
      schema: {
        summary: "Withdraw an invitation",
        tags,
        params: z.strictObject({ id: idOf("invitation") }),
        response: { 204: z.null(), ...problems },
      },
    },
    async ({ caller, params }, reply) => {
      answer(await withdrawInvitation(manageContext(context, caller), caller.workspaceId, params.id));
      return noContent(reply);
    },
  );

  const token = z.string().max(100).meta({ description: "What stands after # in the link" });
  async function find(shown: string): Promise<Invitation> {
    const found = await findInvitation(db.engine, digestOfLink(shown), clock.now());
    if (found === undefined) throw deadLink("invitation");
    return found;
  }

  app.post(
    "/v1/invitations/look",
    {
      schema: {
        summary: "What a link invites to",
        tags,
        security: [],
        body: z.strictObject({ token }),
        response: {
          200: z.object({ workspace: z.string(), email: z.string(), role: Role, has_account: z.boolean() }),
          ...problems,
        },
      },
    },
    async ({ body }) => {
      const invitation = await find(body.token);
      const workspace = await db.engine.tx((tx) => lockWorkspace(tx, invitation.workspaceId));
      const account = await findUserByEmail(signIn.db, invitation.email);
      return {
        workspace: workspace?.name ?? "",
        email: invitation.email,
        role: invitation.role,
        has_account: account !== undefined,
      };
    },
  );

  app.post(
    "/v1/invitations/accept",
    {
      schema: {
        summary: "Accept an invitation: with a new account, or signed in with the one that has this address",
        tags,
        security: [],
        body: z.strictObject({ token, name: personName.optional(), password: password.optional() }),
        response: {
          200: z.object({
            user: z.string(),
            role: Role,
            workspace: z.string().meta({ description: "Its name in addresses" }),
          }),
          ...problems,
        },
      },
    },
    async (request) => {
      const { body, signedIn } = request;
      const invitation = await find(body.token);
      const userId = await accepting();
      const manage = manageContext(context, {
        workspaceId: invitation.workspaceId,
        actor: `user:${publicId("user", userId)}`,
        role: invitation.role,
        supplierIds: isDesk(invitation.role) ? invitation.supplierIds : null,
        signedIn,
      });
      const member = answer(await accept(manage, invitation, userId));
      const workspace = await db.engine.tx((tx) => lockWorkspace(tx, invitation.workspaceId));
      return { user: publicId("user", userId), role: member.role, workspace: workspace?.slug ?? "" };

      async function accepting(): Promise<string> {
        if (signedIn?.user.email === invitation.email) return signedIn.user.id;
        const account = await findUserByEmail(signIn.db, invitation.email);
        // A set-up that was cut off after the account was made goes on with its password.
        if (
          account !== undefined &&
          body.password !== undefined &&
          (await signIn.isPasswordOf(request, account, body.password))
        )
          return account.id;
        if (account !== undefined) throw signInFirst(invitation.email);
        const { name, password: chosen } = body;
        if (name === undefined || chosen === undefined)
          throw refusal(
            refuse("account_missing", "There is no account with this address yet: send name and password to make it."),
          );
        const created = await signIn.createUser({ name, email: invitation.email, password: chosen });
        return created?.id ?? (await accepting());
      }
    },
  );
}

const signInFirst = (address: string): Problem =>
  new Problem({
    status: 409,
    code: "sign_in_first",
    detail: `${address} has an account already.`,
    next: "Sign in with it (POST /v1/auth/sign-in), then accept the invitation again.",
  });
