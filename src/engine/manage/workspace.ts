import type { WorkspaceId } from "#domain/ids.ts";
import { refuse, type Result } from "#domain/result.ts";
import type { WorkspaceSettings } from "#domain/settings.ts";
import { insertWorkspace, type Workspace } from "#store/workspace.ts";
import { change, record, type ManageContext } from "./context.ts";
import { workspaceSettings } from "./settings-catalogue.ts";
import { changeSettings } from "./settings-change.ts";

export interface NewWorkspace {
  /** What commands and addresses call it: small letters, digits and hyphens. */
  slug: string;
  name?: string;
  kind?: Workspace["kind"];
  settings?: Record<string, unknown>;
}

/** MG-1. Refuses `slug_invalid`, `slug_taken`, or what `changeSettings` refuses. */
export async function createWorkspace(context: ManageContext, wish: NewWorkspace): Promise<Result<Workspace>> {
  const { slug, name = slug, kind = "own" } = wish;
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(slug))
    return refuse(
      "slug_invalid",
      `"${slug}" cannot name a workspace: expected 1 to 63 small letters, digits and hyphens, such as acme-shop.`,
    );
  if (slug === "all") return refuse("slug_invalid", `"all" means every workspace. Choose another name.`);
  const changed = changeSettings(workspaceSettings, {}, wish.settings ?? {});
  if (changed.status === "refused") return changed;
  return change(context, async (tx): Promise<Result<Workspace>> => {
    await context.ids.ensure(tx, 2);
    const workspace: Workspace = {
      id: context.ids.next<"workspace">() as WorkspaceId,
      publicId: context.ids.uuid(),
      slug,
      name,
      kind,
      settings: changed.settings as Partial<WorkspaceSettings>,
      createdAt: context.clock.now(),
    };
    if (!(await insertWorkspace(tx, workspace)))
      return refuse(
        "slug_taken",
        `There is a workspace ${slug} already. Choose another name, or use that one with --workspace ${slug}.`,
      );
    await record(tx, context, {
      workspaceId: workspace.id,
      kind: "workspace_created",
      subject: "workspace",
      subjectId: "0",
      data: { slug, name, kind, settings: workspace.settings },
    });
    return { status: "ok", value: workspace };
  });
}
