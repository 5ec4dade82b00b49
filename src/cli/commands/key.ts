import { createApiKey, revokeKey } from "#engine/manage/api-key.ts";
import { instant } from "#engine/manage/setting.ts";
import { apiKeyRoles, listApiKeys, type ApiKey } from "#store/api-key.ts";
import { CliError, refused } from "../cli-error.ts";
import { realRandom } from "../clock.ts";
import { chooseSupplier } from "../choose.ts";
import { collect, command, group, run } from "../command.ts";
import { column, note, printJson, printList, write } from "../output.ts";

export const keyCommand = () =>
  group("key", "API keys of a workspace")
    .addCommand(
      command({
        name: "create",
        about: "Make an API key. It is shown now and never again.",
        examples: [
          "key create --role owner",
          "key create --workspace acme --role viewer --name dashboards --expires 2027-01-01T00:00:00Z",
          "key create --role staff --scope orders.read --scope orders.place --name bot",
          "key create --role supplier --supplier northwind --name northwind",
        ],
      })
        .requiredOption("--role <role>", apiKeyRoles.join(", "))
        .option("--name <name>", "what it is for", "")
        .option("--scope <scope>", "only this of its role; may be given several times", collect)
        .option("--supplier <supplier>", "for prep and supplier: whose orders it sees; several times", collect)
        .option("--expires <instant>", "when it ends (default: never)")
        .action(
          run<{ role: string; name: string; expires?: string; scope?: string[]; supplier?: string[] }>(
            async ({ connect, workspace, options, format }) => {
              const expires = options.expires === undefined ? null : instant({ help: "" }).read(options.expires);
              if (expires === undefined)
                throw new CliError(
                  `--expires: found "${options.expires}", expected an instant with its zone such as 2027-01-01T00:00:00Z.`,
                );
              const connection = await connect();
              const { id: workspaceId, slug } = await workspace(connection);
              const supplierIds = await Promise.all(
                (options.supplier ?? []).map(
                  async (each) => (await chooseSupplier(connection.db, workspaceId, each)).id,
                ),
              );
              const expiresAt = expires === null ? null : new Date(expires as string);
              const answer = await createApiKey(connection.manage, realRandom, {
                workspaceId,
                role: options.role,
                name: options.name,
                expiresAt,
                supplierIds,
                scopes: options.scope ?? null,
              });
              if (answer.status === "refused") throw refused(answer);
              const { key, apiKey } = answer.value;
              if (format === "json")
                return printJson({
                  key,
                  workspace: slug,
                  role: apiKey.role,
                  scopes: apiKey.scopes,
                  name: apiKey.name,
                  prefix: apiKey.prefix,
                  expiresAt: apiKey.expiresAt?.toISOString() ?? null,
                });
              write(`${key}\n`);
              note(
                `Keep it: it is not shown again. In the workspace ${slug} it may ${apiKey.scopes === null ? `do what the role ${apiKey.role} may` : `${apiKey.scopes.join(", ")}, and nothing else`}.`,
              );
            },
          ),
        ),
    )
    .addCommand(
      command({
        name: "list",
        about: "The keys of the workspace, without their secrets.",
        examples: ["key list"],
      }).action(
        run(async ({ connect, workspace, format }) => {
          const connection = await connect();
          const { id } = await workspace(connection);
          const keys = await listApiKeys(connection.db, id);
          const columns = [
            column<ApiKey>("prefix", (each) => each.prefix),
            column<ApiKey>("role", (each) => each.role),
            column<ApiKey>("scopes", (each) => each.scopes?.join(" ") ?? ""),
            column<ApiKey>("name", (each) => each.name),
            column<ApiKey>("created", (each) => each.createdAt.toISOString()),
            column<ApiKey>("last used", (each) => each.lastUsedAt?.toISOString()),
            column<ApiKey>("ends", (each) => (each.revokedAt ?? each.expiresAt)?.toISOString()),
          ];
          const json = keys.map(({ id: _id, workspaceId: _workspace, supplierIds: _suppliers, ...each }) => each);
          printList(
            format,
            keys,
            columns,
            { keys: json },
            "No key yet. Make one: npx switchyard key create --role owner",
          );
        }),
      ),
    )
    .addCommand(
      command({
        name: "revoke <prefix>",
        about: "End a key at once.",
        examples: ["key revoke 0a1b2c3d4e5f"],
        prints: false,
      }).action(
        run<object, [string]>(async ({ connect, workspace }, prefix) => {
          const connection = await connect();
          const { id: workspaceId } = await workspace(connection);
          const answer = await revokeKey(connection.manage, { workspaceId, prefix });
          if (answer.status === "refused") throw refused(answer);
          note(`The key ${prefix} can no longer be used.`);
        }),
      ),
    );
