import type { Manifest, SettingField, SettingProblem } from "#connectors/ports.ts";
import { refuse, type Refused } from "#domain/result.ts";
import { Secret } from "#domain/secret.ts";
import type { Tx } from "#store/db.ts";
import { forgetSecrets, putSecrets, type SecretOwner } from "#store/vault/secrets.ts";
import type { ManageContext } from "./context.ts";
import { didYouMean } from "./nearest.ts";
import { shown } from "./settings-change.ts";

/** What is shown and recorded instead of a secret. */
export const masked = "•••";

export const maskSecrets = (
  manifest: Manifest | undefined,
  settings: Readonly<Record<string, unknown>>,
  kept: Iterable<string> = [],
): Record<string, unknown> => ({
  ...Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, manifest?.settings[name]?.secret === true ? masked : value]),
  ),
  ...Object.fromEntries([...kept].map((name) => [name, masked])),
});

/** What a connector has, and what of it changes. Secrets go into the vault, everything else into the settings. */
export interface ConnectorWish {
  settings: Record<string, unknown>;
  /** Set or replaced. */
  secrets: Record<string, Secret>;
  /** Taken back by `default`. */
  forgotten: string[];
}

/**
 * ST-6. Lays wished values over what a connector has, and checks the whole by its manifest and by the connector itself. Text from a command line
 * becomes what the field is: a number, true or false, JSON. `default` takes a value back.
 */
export function changeConnectorSettings(
  {
    manifest,
    checkSettings,
  }: { manifest: Manifest; checkSettings?: (settings: Record<string, unknown>) => SettingProblem[] },
  stored: Readonly<Record<string, unknown>>,
  wished: Readonly<Record<string, unknown>>,
  /** Names of the secrets that are in the vault. */
  kept: ReadonlySet<string> = new Set(),
): ({ status: "ok" } & ConnectorWish) | Refused {
  const settings: Record<string, unknown> = { ...stored };
  const secrets: Record<string, Secret> = {};
  const forgotten: string[] = [];
  const names = Object.keys(manifest.settings);
  for (const [name, input] of Object.entries(wished)) {
    const field = Object.hasOwn(manifest.settings, name) ? manifest.settings[name] : undefined;
    if (field === undefined) {
      return refuse(
        "setting_unknown",
        `There is no setting connector.${name} for ${manifest.title}. ${didYouMean(name, names)}`.trim(),
        `connector.${name}`,
      );
    }
    if (input === "default") {
      delete settings[name];
      if (field.secret === true) forgotten.push(name);
      continue;
    }
    const value = readField(field, input);
    if (value === undefined) {
      const found = field.secret === true ? masked : shown(input);
      return refuse(
        "setting_invalid",
        `connector.${name}: found ${found}, expected ${expectedOf(field)}. ${field.help}`,
        `connector.${name}`,
      );
    }
    if (field.secret === true) {
      delete settings[name]; // an older version kept it there
      secrets[name] = new Secret(typeof value === "string" ? value : JSON.stringify(value));
    } else settings[name] = value;
  }
  const isThere = (name: string): boolean =>
    name in settings || name in secrets || (kept.has(name) && !forgotten.includes(name));
  const missing = Object.entries(manifest.settings).find(([name, field]) => field.required && !isThere(name));
  if (missing !== undefined) {
    const [name, field] = missing;
    return refuse(
      "setting_missing",
      `connector.${name} is missing: ${field.title}. ${field.help} Give it with connector.${name}=…`,
      `connector.${name}`,
    );
  }
  const [problem] = checkSettings?.(settings) ?? [];
  if (problem !== undefined) {
    const given = problem.field
      .split(".")
      .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], settings);
    return refuse(
      "setting_invalid",
      `connector.${problem.field}: found ${shown(given)}, expected ${problem.expected}.`,
      `connector.${problem.field}`,
    );
  }
  return { status: "ok", settings, secrets, forgotten };
}

/** Stores what changed of a connector's secrets, in the transaction that stores its settings. */
export async function saveSecrets(
  tx: Tx,
  context: ManageContext,
  owner: SecretOwner,
  { secrets, forgotten }: Pick<ConnectorWish, "secrets" | "forgotten">,
): Promise<void> {
  if (forgotten.length > 0) await forgetSecrets(tx, owner, forgotten);
  await putSecrets(tx, context.vault.keyring, owner, secrets, { actor: context.actor, at: context.clock.now() });
}

function readField(field: SettingField, input: unknown): unknown {
  switch (field.type) {
    case "text":
    case "folder":
      return typeof input === "string" ? input : undefined;
    case "url":
      return typeof input === "string" && URL.canParse(input) && /^https?:/.test(input) ? input : undefined;
    case "choice":
      return typeof input === "string" && (field.choices ?? []).includes(input) ? input : undefined;
    case "number": {
      const number = typeof input === "string" && input.trim() !== "" ? Number(input) : input;
      return typeof number === "number" && Number.isFinite(number) ? number : undefined;
    }
    case "boolean":
      return typeof input === "boolean" ? input : input === "true" ? true : input === "false" ? false : undefined;
    case "json":
      return typeof input === "string" ? parseJson(input) : input;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function expectedOf(field: SettingField): string {
  switch (field.type) {
    case "text":
      return "a text";
    case "folder":
      return "the absolute path of a folder";
    case "url":
      return "an address that begins with http:// or https://";
    case "choice":
      return `one of ${(field.choices ?? []).join(", ")}`;
    case "number":
      return "a number";
    case "boolean":
      return "true or false";
    case "json":
      return "JSON";
  }
}

/** `connector.folder` and `connector: { folder }` are the same wish. */
export function splitConnector(
  wished: Readonly<Record<string, unknown>>,
): Record<string, unknown> & { connector?: Record<string, unknown> } {
  const own: Record<string, unknown> = {};
  const connector: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(wished)) {
    if (name === "connector" && value !== null && typeof value === "object") Object.assign(connector, value);
    else if (name.startsWith("connector.")) connector[name.slice("connector.".length)] = value;
    else own[name] = value;
  }
  return Object.keys(connector).length > 0 ? { ...own, connector } : own;
}
