import { resolve } from "node:path";
import type { Manifest } from "#connectors/ports.ts";
import {
  workspaceSettings,
  channelSettings,
  supplierSettings,
  accountSettings,
  type SettingsCatalogue,
} from "#engine/manage/settings-catalogue.ts";
import { readAssignments } from "./command.ts";

const catalogues: Record<"workspace" | "channel" | "supplier" | "account", SettingsCatalogue> = {
  workspace: workspaceSettings,
  channel: channelSettings,
  supplier: supplierSettings,
  account: accountSettings,
};

/**
 * `--set folder=./acme`: what is no setting of the product's own but one of the connector's means `connector.folder`; a folder is meant from where the
 * command is typed.
 */
export function wishedSettings(
  of: keyof typeof catalogues,
  texts: readonly string[],
  manifest?: Manifest,
): Record<string, unknown> {
  const own = catalogues[of].fields;
  const isOwn = (name: string): boolean => name in own || `${name}Ms` in own || name.includes(".");
  return Object.fromEntries(
    Object.entries(readAssignments(texts)).map(([given, value]) => {
      const bare = given.replace(/^connector\./, "");
      const isConnectors = manifest !== undefined && bare in manifest.settings && (given !== bare || !isOwn(given));
      if (!isConnectors) return [given, value];
      const isFolder = manifest.settings[bare]?.type === "folder" && value !== "" && value !== "default";
      return [`connector.${bare}`, isFolder ? resolve(value) : value];
    }),
  );
}
