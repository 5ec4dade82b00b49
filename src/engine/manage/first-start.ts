import type { Result } from "#domain/result.ts";
import { ok } from "#domain/result.ts";
import type { Workspace } from "#store/workspace.ts";
import type { ManageContext } from "./context.ts";
import { makeOwner } from "./member.ts";
import { createWorkspace, type NewWorkspace } from "./workspace.ts";

/** AU-41. The first workspace and its owner. Whatever is refused leaves a workspace without an owner behind at worst, which a second try takes up. */
export async function ownWorkspace(
  context: ManageContext,
  wish: NewWorkspace,
  userId: string,
  existing: (slug: string) => Promise<Workspace | undefined>,
): Promise<Result<Workspace>> {
  const made = await createWorkspace(context, wish);
  const there = made.status === "refused" && made.code === "slug_taken" ? await existing(wish.slug) : undefined;
  if (made.status === "refused" && there === undefined) return made;
  const workspace = there ?? (made as { value: Workspace }).value;
  const owner = await makeOwner(context, workspace.id, userId);
  return owner.status === "refused" ? owner : ok(workspace);
}
