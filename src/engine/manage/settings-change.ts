import { refuse, type Refused } from "#domain/result.ts";
import type { ReasonCode } from "#domain/reasons.ts";
import { didYouMean } from "./nearest.ts";
import type { Setting } from "./setting.ts";
import type { SettingsCatalogue } from "./settings-catalogue.ts";

export interface SettingChange {
  name: string;
  from: unknown;
  to: unknown;
}
export interface ChangedSettings {
  status: "ok";
  /** What is stored from now on: only what differs from the defaults. */
  settings: Record<string, unknown>;
  changes: SettingChange[];
  wakes: ReasonCode[];
}

/** Words that put a setting back to what the product does by itself. */
const backToDefault = (input: unknown): boolean => input === "default";

/**
 * ST-1 to ST-4. Applies wished values to stored settings: names may be dotted (`writeBack.shipped`) or nested objects, `buffer` is as good as
 * `bufferMs`, `default` takes a value back. All or nothing; the refusal names the setting, what was given and what is expected.
 */
export function changeSettings(
  catalogue: SettingsCatalogue,
  stored: Readonly<Record<string, unknown>>,
  wished: Readonly<Record<string, unknown>>,
): ChangedSettings | Refused {
  const settings: Record<string, unknown> = structuredClone(stored);
  const changes: SettingChange[] = [];
  const wakes = new Set<ReasonCode>();
  for (const [given, input] of flat(catalogue, wished)) {
    const found = findSetting(catalogue, given);
    if ("status" in found) return found;
    const { name, setting } = found;
    const to = backToDefault(input) ? undefined : setting.read(input);
    if (to === undefined && !backToDefault(input)) {
      return refuse("setting_invalid", `${name}: found ${shown(input)}, expected ${setting.expected}.`, name);
    }
    const from = valueOf(catalogue, settings, name);
    put(catalogue, settings, name, to);
    const now = valueOf(catalogue, settings, name);
    if (JSON.stringify(from) === JSON.stringify(now)) continue;
    changes.push({ name, from: from ?? null, to: now ?? null });
    for (const code of setting.wakes) wakes.add(code);
  }
  return { status: "ok", settings, changes, wakes: [...wakes] };
}

export interface ShownSetting {
  name: string;
  value: unknown;
  /** As it is typed: durations as 10m. */
  text: string;
  default: string;
  isDefault: boolean;
  help: string;
  expected: string;
}

/** All settings there are, with what holds now. */
export function showSettings(catalogue: SettingsCatalogue, stored: Readonly<Record<string, unknown>>): ShownSetting[] {
  const entry = (name: string, setting: Setting): ShownSetting => {
    const value = valueOf(catalogue, stored, name);
    const usual = valueOf(catalogue, {}, name);
    return {
      name,
      value: value ?? null,
      text: value === undefined ? "" : setting.show(value),
      default: usual === undefined ? "" : setting.show(usual),
      isDefault: JSON.stringify(value) === JSON.stringify(usual),
      help: setting.help,
      expected: setting.expected,
    };
  };
  const open = Object.entries(catalogue.open).flatMap(([parent, { setting }]) =>
    Object.keys((stored[parent] as Record<string, unknown> | undefined) ?? {}).map((name) =>
      entry(`${parent}.${name}`, setting),
    ),
  );
  return [...Object.entries(catalogue.fields).map(([name, setting]) => entry(name, setting)), ...open];
}

export function findSetting(catalogue: SettingsCatalogue, given: string): { name: string; setting: Setting } | Refused {
  const [parent, ...rest] = given.split(".");
  const open = Object.hasOwn(catalogue.open, parent!) ? catalogue.open[parent!] : undefined;
  if (open !== undefined) {
    const name = rest.join(".");
    if (open.isName(name)) return { name: `${parent}.${name}`, setting: open.setting };
    return refuse("setting_unknown", `${given}: expected ${open.expectedName}.`, given);
  }
  for (const name of [given, `${given}Ms`]) {
    if (Object.hasOwn(catalogue.fields, name)) return { name, setting: catalogue.fields[name]! };
  }
  const known = [...Object.keys(catalogue.fields), ...Object.keys(catalogue.open).map((each) => `${each}.NAME`)];
  return refuse("setting_unknown", `There is no setting ${given}. ${didYouMean(given, known)}`.trim(), given);
}

/** Objects that are not values themselves become dotted names. */
function flat(catalogue: SettingsCatalogue, wished: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(wished).flatMap(([name, value]) => {
    const isParent =
      Object.hasOwn(catalogue.open, name) ||
      Object.keys(catalogue.fields).some((field) => field.startsWith(`${name}.`));
    return isParent && value !== null && typeof value === "object" && !Array.isArray(value)
      ? Object.entries(value).map(([inner, each]): [string, unknown] => [`${name}.${inner}`, each])
      : [[name, value] as [string, unknown]];
  });
}

function valueOf(catalogue: SettingsCatalogue, settings: Readonly<Record<string, unknown>>, name: string): unknown {
  const [parent, child] = name.split(".") as [string, string?];
  if (child === undefined) return parent in settings ? settings[parent] : catalogue.defaults[parent];
  const inside = (settings[parent] ?? catalogue.defaults[parent]) as Record<string, unknown> | undefined;
  const usual = catalogue.defaults[parent] as Record<string, unknown> | undefined;
  return inside?.[child] ?? usual?.[child];
}

/** An object inside is stored whole, because readers lay it over the defaults as one value. */
function put(catalogue: SettingsCatalogue, settings: Record<string, unknown>, name: string, value: unknown): void {
  const [parent, child] = name.split(".") as [string, string?];
  if (child === undefined) {
    if (value === undefined) delete settings[parent];
    else settings[parent] = value;
    return;
  }
  const usual = (catalogue.defaults[parent] ?? {}) as Record<string, unknown>;
  const inside = { ...usual, ...(settings[parent] as Record<string, unknown> | undefined) };
  if (value !== undefined) inside[child] = value;
  else if (child in usual) inside[child] = usual[child];
  else delete inside[child];
  settings[parent] = inside;
}

/** Short enough for a message, whatever was given. */
export const shown = (input: unknown): string => {
  const text = typeof input === "string" ? `"${input}"` : JSON.stringify(input);
  return text === undefined ? "nothing" : text.length > 80 ? `${text.slice(0, 80)}…` : text;
};

/** ST-5. Automation begins when it is switched on: an order that the channel had earlier stands by, unless another instant is given. */
export function automationSince(changed: ChangedSettings, now: Date): { automationOnSince?: string } {
  const switchedOn = changed.changes.some((change) => change.name === "mode" && change.to === "automatic");
  const given = changed.changes.some((change) => change.name === "automationOnSince");
  return switchedOn && !given ? { automationOnSince: now.toISOString() } : {};
}
