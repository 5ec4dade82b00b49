import { publicId } from "#domain/ids.ts";
import { defaultWorkspaceSettings } from "#domain/settings.ts";
import { createWorkspace } from "#engine/manage/workspace.ts";
import { listWorkspaces, type Workspace } from "#store/workspace.ts";
import { refused } from "../cli-error.ts";
import { collect, command, group, run } from "../command.ts";
import { column, printFields, printList } from "../output.ts";
import { wishedSettings } from "../wished-settings.ts";

const present = (workspace: Workspace) => ({
  id: publicId("workspace", workspace.publicId),
  slug: workspace.slug,
  name: workspace.name,
  kind: workspace.kind,
  settings: { ...defaultWorkspaceSettings, ...workspace.settings },
  createdAt: workspace.createdAt.toISOString(),
});

export const workspaceCommand = () =>
  group("workspace", "workspaces: each is one seller's world")
    .addCommand(
      command({
        name: "create <slug>",
        about: "Make a workspace.",
        examples: ["workspace create acme --currency EUR --zone Europe/Berlin"],
        inWorkspace: false,
      })
        .option("--name <name>", "what people call it (default: the slug)")
        .option("--currency <code>", "in which profit is shown", "EUR")
        .option("--zone <zone>", "whose day a cap and a statement mean", "UTC")
        .option("--set <name=value>", "any setting; may be given several times", collect)
        .action(
          run<{ name?: string; currency: string; zone: string; set?: string[] }, [string]>(
            async ({ connect, options, format }, slug) => {
              const settings = {
                currency: options.currency,
                zone: options.zone,
                ...wishedSettings("workspace", options.set ?? []),
              };
              const { manage } = await connect();
              const answer = await createWorkspace(manage, {
                slug,
                settings,
                ...(options.name === undefined ? {} : { name: options.name }),
              });
              if (answer.status === "refused") throw refused(answer);
              const json = present(answer.value);
              printFields(
                format,
                [
                  ["id", json.id],
                  ["workspace", json.slug],
                  ["name", json.name],
                  ["currency", json.settings.currency],
                  ["zone", json.settings.zone],
                ],
                json,
              );
            },
          ),
        ),
    )
    .addCommand(
      command({
        name: "list",
        about: "All workspaces of this installation.",
        examples: ["workspace list"],
        inWorkspace: false,
      }).action(
        run(async ({ connect, format }) => {
          const { db } = await connect();
          const workspaces = (await listWorkspaces(db)).map(present);
          const columns = [
            column<(typeof workspaces)[number]>("workspace", (each) => each.slug),
            column<(typeof workspaces)[number]>("name", (each) => each.name),
            column<(typeof workspaces)[number]>("kind", (each) => each.kind),
            column<(typeof workspaces)[number]>("currency", (each) => each.settings.currency),
            column<(typeof workspaces)[number]>("zone", (each) => each.settings.zone),
            column<(typeof workspaces)[number]>("id", (each) => each.id),
          ];
          printList(
            format,
            workspaces,
            columns,
            { workspaces },
            "No workspace yet. Make one: npx switchyard workspace create acme --currency EUR",
          );
        }),
      ),
    );
