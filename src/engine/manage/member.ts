import type { Id, SupplierId, WorkspaceId } from "#domain/ids.ts";
import { ok, refuse, type Result } from "#domain/result.ts";
import { roles, type Role } from "#domain/role.ts";
import type { Tx } from "#store/db.ts";
import {
  acceptInvitation,
  deleteMember,
  insertInvitation,
  insertMember,
  listMembers,
  revokeInvitation,
  revokeInvitationsOf,
  updateMember,
  type Invitation,
  type Member,
} from "#store/member.ts";
import { lockWorkspace } from "#store/workspace.ts";
import { deskOf } from "./api-key.ts";
import { change, record, type ManageContext } from "./context.ts";
import { didYouMean } from "./nearest.ts";

export const invitationDays = 7;

/** Who asks for a change of members: only an owner makes owners or ends them. */
interface Asker {
  role: Role;
}

export interface RoleWish {
  role: string;
  /** For prep and supplier: whose fulfillment orders they will see; at least one. */
  supplierIds: readonly SupplierId[];
}

/** AU-30. An invitation for one address; its digest is kept, its token is the inviter's to send. A newer one ends an older one for the same address. */
export const invite = (
  context: ManageContext,
  asker: Asker,
  wish: RoleWish & { workspaceId: WorkspaceId; email: string; digest: string; existingMember: string | null },
): Promise<Result<Invitation>> =>
  change(context, async (tx): Promise<Result<Invitation>> => {
    const { workspaceId, email, digest } = wish;
    await lockWorkspace(tx, workspaceId);
    const read = await readWish(tx, workspaceId, asker, wish);
    if (read.status === "refused") return read;
    const members = await listMembers(tx, workspaceId);
    if (members.some((member) => member.userId === wish.existingMember))
      return refuse("member_already", `${email} is a member of this workspace already. Change the role instead.`);
    const now = context.clock.now();
    await context.ids.ensure(tx, 2);
    await revokeInvitationsOf(tx, workspaceId, email, now);
    const invitation: Invitation = {
      workspaceId,
      id: context.ids.next<"invitation">() as Id<"invitation">,
      publicId: context.ids.uuid(),
      email,
      ...read.value,
      invitedBy: context.actor,
      createdAt: now,
      expiresAt: new Date(now.getTime() + invitationDays * 86_400_000),
    };
    await insertInvitation(tx, { ...invitation, digest });
    await note(tx, context, workspaceId, "member_invited", { invitation: invitation.publicId, role: invitation.role });
    return ok(invitation);
  });

/** AU-31. Used once, before its end. */
export const accept = (context: ManageContext, invitation: Invitation, userId: string): Promise<Result<Member>> =>
  change(context, async (tx): Promise<Result<Member>> => {
    const { workspaceId, role, supplierIds } = invitation;
    const now = context.clock.now();
    if (!(await acceptInvitation(tx, invitation, now)))
      return refuse("link_over", "This invitation was used already, has ended, or was withdrawn.");
    const member: Member = { workspaceId, userId, role, supplierIds, createdAt: now };
    if (!(await insertMember(tx, member)))
      return refuse("member_already", "You are a member of this workspace already.");
    await context.ids.ensure(tx, 1);
    await note(tx, context, workspaceId, "member_joined", { user: userId, role, invitation: invitation.publicId });
    return ok(member);
  });

export const withdrawInvitation = (
  context: ManageContext,
  workspaceId: WorkspaceId,
  publicId: string,
): Promise<Result> =>
  change(context, async (tx): Promise<Result> => {
    if ((await revokeInvitation(tx, workspaceId, publicId, context.clock.now())) === 0)
      return refuse("not_found", "There is no such invitation.");
    await context.ids.ensure(tx, 1);
    await note(tx, context, workspaceId, "invitation_withdrawn", { invitation: publicId });
    return ok(undefined);
  });

/** The administrator's own: an owner without an invitation. Somebody who is a member already becomes an owner. */
export const makeOwner = (context: ManageContext, workspaceId: WorkspaceId, userId: string): Promise<Result> =>
  change(context, async (tx): Promise<Result> => {
    await lockWorkspace(tx, workspaceId);
    const owner = { workspaceId, userId, role: "owner" as const, supplierIds: [], createdAt: context.clock.now() };
    if (!(await insertMember(tx, owner))) await updateMember(tx, owner);
    await context.ids.ensure(tx, 1);
    await note(tx, context, workspaceId, "owner_made", { user: userId });
    return ok(undefined);
  });

/** AU-32. Changes a role, at once. Refuses to leave a workspace without an owner. */
export const changeMember = (
  context: ManageContext,
  asker: Asker,
  wish: RoleWish & { workspaceId: WorkspaceId; userId: string },
): Promise<Result<Member>> =>
  change(context, async (tx): Promise<Result<Member>> => {
    const { workspaceId, userId } = wish;
    await lockWorkspace(tx, workspaceId);
    const members = await listMembers(tx, workspaceId);
    const member = members.find((each) => each.userId === userId);
    if (member === undefined) return refuse("not_found", "There is no such member.");
    const read = await readWish(tx, workspaceId, asker, wish);
    if (read.status === "refused") return read;
    const refused = lastOwner(members, member, asker, read.value.role);
    if (refused !== null) return refused;
    const changed = { ...member, ...read.value };
    await updateMember(tx, changed);
    await context.ids.ensure(tx, 1);
    const data = { user: userId, from: member.role, to: changed.role, suppliers: changed.supplierIds };
    await note(tx, context, workspaceId, "member_changed", data);
    return ok(changed);
  });

/** AU-32. Ends a membership, at once: the next request of that user finds none. */
export const removeMember = (
  context: ManageContext,
  asker: Asker,
  wish: { workspaceId: WorkspaceId; userId: string },
): Promise<Result> =>
  change(context, async (tx): Promise<Result> => {
    const { workspaceId, userId } = wish;
    await lockWorkspace(tx, workspaceId);
    const members = await listMembers(tx, workspaceId);
    const member = members.find((each) => each.userId === userId);
    if (member === undefined) return refuse("not_found", "There is no such member.");
    const refused = lastOwner(members, member, asker, null);
    if (refused !== null) return refused;
    await deleteMember(tx, workspaceId, userId);
    await context.ids.ensure(tx, 1);
    await note(tx, context, workspaceId, "member_removed", { user: userId, role: member.role });
    return ok(undefined);
  });

function lastOwner(members: readonly Member[], member: Member, asker: Asker, next: Role | null) {
  if (member.role !== "owner" || next === "owner") return null;
  if (asker.role !== "owner") return onlyOwners;
  return members.some((each) => each.role === "owner" && each.userId !== member.userId)
    ? null
    : refuse(
        "last_owner",
        "This is the only owner of the workspace: without one nobody could manage it. Make somebody else an owner first.",
      );
}
const onlyOwners = refuse("owners_only", "Only an owner makes somebody an owner, or ends that. Ask one of them.");

async function readWish(
  tx: Tx,
  workspaceId: WorkspaceId,
  asker: Asker,
  { role, supplierIds }: RoleWish,
): Promise<Result<{ role: Role; supplierIds: SupplierId[] }>> {
  if (!(roles as readonly string[]).includes(role))
    return refuse("role_invalid", `There is no role "${role}". ${didYouMean(role, roles)}`);
  const wished = role as Role;
  if (wished === "owner" && asker.role !== "owner") return onlyOwners;
  const desk = await deskOf(tx, workspaceId, wished, supplierIds);
  return desk.status === "ok" ? ok({ role: wished, supplierIds: desk.value }) : desk;
}

const note = (
  tx: Tx,
  context: ManageContext,
  workspaceId: WorkspaceId,
  kind: string,
  data: Record<string, unknown>,
): Promise<number> => record(tx, context, { workspaceId, kind, subject: "member", subjectId: "0", data });
