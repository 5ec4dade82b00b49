import type { Id, SupplierId, WorkspaceId } from "#domain/ids.ts";
import { roles, type Role } from "#domain/role.ts";
import type { Tx } from "./db.ts";
import { col, row } from "./row.ts";
import { sql } from "./sql.ts";

/** That a user belongs to a workspace, and as what. Directory tables (R2): read before a workspace is known, by the engine's role. */
export interface Member {
  workspaceId: WorkspaceId;
  userId: string;
  role: Role;
  /** For prep and supplier: whose fulfillment orders they see. */
  supplierIds: SupplierId[];
  createdAt: Date;
}
const MemberShape = {
  workspaceId: col.id<WorkspaceId>(),
  userId: col.text,
  role: col.oneOf(roles),
  supplierIds: col.ids<SupplierId>(),
  createdAt: col.instant,
};
const MemberRow = row(MemberShape);

export interface Membership extends Member {
  slug: string;
  workspaceName: string;
  workspaceKind: "own" | "sandbox";
  workspacePublicId: string;
}
const MembershipRow = row({
  ...MemberShape,
  slug: col.text,
  workspaceName: col.text,
  workspaceKind: col.oneOf(["own", "sandbox"]),
  workspacePublicId: col.text,
});

/** The workspaces of a user, oldest first. */
export const membershipsOf = (tx: Tx, userId: string): Promise<Membership[]> =>
  tx.rows(
    MembershipRow,
    sql`
    select m.workspace_id, m.user_id::text, m.role, m.supplier_ids, m.created_at, w.slug, w.name as workspace_name, w.kind as workspace_kind, w.public_id::text as workspace_public_id
      from member m
      join workspace w on w.id = m.workspace_id
     where m.user_id = ${userId}::uuid
     order by w.id`,
  );

export const listMembers = (tx: Tx, workspaceId: WorkspaceId): Promise<Member[]> =>
  tx.rows(
    MemberRow,
    sql`
    select workspace_id, user_id::text, role, supplier_ids, created_at
      from member where workspace_id = ${workspaceId}::bigint order by created_at, user_id`,
  );

/** False when the user is a member already. */
export const insertMember = async (tx: Tx, member: Member): Promise<boolean> =>
  (await tx.run(sql`
    insert into member (workspace_id, user_id, role, supplier_ids, created_at)
    values (${member.workspaceId}::bigint, ${member.userId}::uuid, ${member.role}, ${member.supplierIds}::bigint[], ${member.createdAt})
    on conflict (workspace_id, user_id) do nothing`)) === 1;

export const updateMember = (
  tx: Tx,
  { workspaceId, userId, role, supplierIds }: Pick<Member, "workspaceId" | "userId" | "role" | "supplierIds">,
): Promise<number> =>
  tx.run(sql`
    update member set role = ${role}, supplier_ids = ${supplierIds}::bigint[]
     where workspace_id = ${workspaceId}::bigint and user_id = ${userId}::uuid`);

export const deleteMember = (tx: Tx, workspaceId: WorkspaceId, userId: string): Promise<number> =>
  tx.run(sql`delete from member where workspace_id = ${workspaceId}::bigint and user_id = ${userId}::uuid`);

const AnyRow = row({ any: col.bool });
/** Whether anybody owns a workspace of this installation: until then its first start is not over. */
export const hasOwner = async (tx: Tx): Promise<boolean> =>
  (await tx.one(AnyRow, sql`select exists (select from member where role = 'owner') as any`)).any;

export interface Invitation {
  workspaceId: WorkspaceId;
  id: Id<"invitation">;
  publicId: string;
  email: string;
  role: Role;
  supplierIds: SupplierId[];
  invitedBy: string;
  createdAt: Date;
  expiresAt: Date;
}
const InvitationRow = row({
  workspaceId: col.id<WorkspaceId>(),
  id: col.id<Id<"invitation">>(),
  publicId: col.text,
  email: col.text,
  role: col.oneOf(roles),
  supplierIds: col.ids<SupplierId>(),
  invitedBy: col.text,
  createdAt: col.instant,
  expiresAt: col.instant,
});

export const insertInvitation = (tx: Tx, invitation: Invitation & { digest: string }): Promise<number> =>
  tx.run(sql`
    insert into invitation (workspace_id, id, public_id, email, role, supplier_ids, digest, invited_by, created_at, expires_at)
    values (${invitation.workspaceId}::bigint, ${invitation.id}::bigint, ${invitation.publicId}::uuid, ${invitation.email}, ${invitation.role},
            ${invitation.supplierIds}::bigint[], ${invitation.digest}, ${invitation.invitedBy}, ${invitation.createdAt}, ${invitation.expiresAt})`);

/** Those that can still be accepted, newest first. */
export const listInvitations = (tx: Tx, workspaceId: WorkspaceId, now: Date): Promise<Invitation[]> =>
  tx.rows(
    InvitationRow,
    sql`
    select workspace_id, id, public_id::text, email, role, supplier_ids, invited_by, created_at, expires_at from invitation
     where workspace_id = ${workspaceId}::bigint and accepted_at is null and revoked_at is null and expires_at > ${now} order by id desc`,
  );

export const findInvitation = (tx: Tx, digest: string, now: Date): Promise<Invitation | undefined> =>
  tx.maybe(
    InvitationRow,
    sql`
    select workspace_id, id, public_id::text, email, role, supplier_ids, invited_by, created_at, expires_at from invitation
     where digest = ${digest} and accepted_at is null and revoked_at is null and expires_at > ${now}`,
  );

/** True for one caller only. */
export const acceptInvitation = async (tx: Tx, { workspaceId, id }: Invitation, now: Date): Promise<boolean> =>
  (await tx.run(sql`
    update invitation set accepted_at = ${now}
     where workspace_id = ${workspaceId}::bigint and id = ${id}::bigint and accepted_at is null and revoked_at is null and expires_at > ${now}`)) ===
  1;

export const revokeInvitation = (tx: Tx, workspaceId: WorkspaceId, publicId: string, now: Date): Promise<number> =>
  tx.run(sql`
    update invitation set revoked_at = ${now}
     where workspace_id = ${workspaceId}::bigint and public_id = ${publicId}::uuid and accepted_at is null and revoked_at is null`);

/** Whoever is no longer welcome, and their open invitations: a newer one takes the place of an older. */
export const revokeInvitationsOf = (tx: Tx, workspaceId: WorkspaceId, email: string, now: Date): Promise<number> =>
  tx.run(sql`
    update invitation set revoked_at = ${now}
     where workspace_id = ${workspaceId}::bigint and email = ${email} and accepted_at is null and revoked_at is null`);
