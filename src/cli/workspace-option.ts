import type { WorkspaceId } from "#domain/ids.ts";
import { publicId } from "#domain/ids.ts";
import type { Db } from "#store/db.ts";
import { listWorkspaces, type Workspace } from "#store/workspace.ts";
import { didYouMean } from "#engine/manage/nearest.ts";
import { CliError } from "./cli-error.ts";

export interface ChosenWorkspace extends Workspace {
  id: WorkspaceId;
}

/** CLI-5. By slug or public id; `sandbox` is the sandbox whatever its slug; without a name the only own one. An error lists the choices. */
export async function workspaceOf(db: Db, wished: string | undefined): Promise<ChosenWorkspace> {
  const all = await listWorkspaces(db);
  const own = all.filter((each) => each.kind === "own");
  const choices = all.map((each) => each.slug).join(", ");
  if (wished === undefined) {
    if (own.length === 1) return own[0]!;
    if (own.length > 1)
      throw new CliError(
        `There are ${own.length} workspaces of your own.`,
        `Choose one with --workspace: ${own.map((each) => each.slug).join(", ")}.`,
      );
    const sandbox = all.some((each) => each.kind === "sandbox") ? " The sandbox is --workspace sandbox." : "";
    throw new CliError(
      "There is no workspace of your own yet.",
      `Make one: npx switchyard workspace create acme --currency EUR.${sandbox}`,
    );
  }
  const found =
    all.find((each) => each.slug === wished || publicId("workspace", each.publicId) === wished) ??
    (wished === "sandbox" ? all.find((each) => each.kind === "sandbox") : undefined);
  if (found !== undefined) return found;
  if (wished === "sandbox")
    throw new CliError("There is no sandbox yet.", "It is made by the first `npx switchyard start`.");
  throw new CliError(
    `There is no workspace "${wished.slice(0, 80)}".`,
    all.length === 0
      ? "Make one: npx switchyard workspace create acme --currency EUR."
      : `${didYouMean(
          wished,
          all.map((each) => each.slug),
        )} There is: ${choices}.`,
  );
}
