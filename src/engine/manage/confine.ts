import { isAbsolute, join, normalize, relative } from "node:path";
import type { Manifest } from "#connectors/ports.ts";
import { ok, refuse, type Result } from "#domain/result.ts";
import type { ManageContext, Remote } from "./context.ts";

/** Names of what who is not at this machine sets: no secrets (they have an address of their own), and no addresses. */
export const isSetRemotely = (remote: Remote | undefined, manifest: Manifest | undefined, name: string): boolean => {
  const field = manifest?.settings[name];
  if (remote === undefined || field === undefined) return true;
  if (field.type === "folder") return remote.folders !== null;
  return field.secret !== true && field.type !== "url";
};

/**
 * ST-35. Wished connector settings as they may be from afar: a folder is a name below the workspace's own, an address is what the installation gives, and a
 * secret is not among them.
 */
export function confined(
  { remote }: ManageContext,
  { manifest, kind, workspace, isNew }: { manifest: Manifest; kind: string; workspace: string; isNew: boolean },
  wished: Readonly<Record<string, unknown>>,
): Result<Record<string, unknown>> {
  if (remote === undefined) return ok({ ...wished });
  const given = isNew ? (remote.given.get(kind) ?? {}) : {};
  const settings: Record<string, unknown> = { ...given };
  for (const [name, value] of Object.entries(wished)) {
    const field = manifest.settings[name];
    if (field?.secret === true)
      return refuse(
        "secret_apart",
        `connector.${name} is a secret and is not set here. Set it with PUT …/secrets, by somebody who has a second factor.`,
        `connector.${name}`,
      );
    if (field?.type === "url" || (field?.type === "folder" && remote.folders === null))
      return refuse(
        "administrator_only",
        `connector.${name} leads into this server's own network or disk, so the administrator sets it: npx switchyard settings set … connector.${name}=…`,
        `connector.${name}`,
      );
    if (field?.type !== "folder" || value === "default") settings[name] = value;
    else {
      const root = join(remote.folders!, workspace);
      const path = typeof value === "string" ? normalize(isAbsolute(value) ? value : join(root, value)) : "";
      const inside = relative(root, path);
      if (inside === "" || inside.startsWith("..") || isAbsolute(inside) || /\p{Cc}/u.test(inside))
        return refuse(
          "folder_outside",
          `connector.${name}: expected a name such as northwind: the folder lies below ${root}. Another place is the administrator's to set.`,
          `connector.${name}`,
        );
      settings[name] = path;
    }
  }
  return ok(settings);
}
