import type { Manifest, SettingField } from "#connectors/ports.ts";
import { z } from "zod";
import type { SettingsCatalogue } from "./settings-catalogue.ts";

/** ST-30. What can be set, as a JSON Schema: one form component draws them all. Names are the stored ones, dotted; `default` is what the product does by itself. */
export function settingsForm(catalogue: SettingsCatalogue, connector: Form = emptyForm, isRemote = false): Form {
  const own = Object.entries(catalogue.fields).map(([name, { form, help, limit }]) => [
    name,
    form
      .optional()
      .meta({ title: titleOf(name), description: help, default: usual(catalogue, name), ...(limit ? asLimit : {}) }),
  ]);
  const schema = z.toJSONSchema(z.strictObject(Object.fromEntries(own) as z.ZodRawShape)) as unknown as Form;
  const asked = Object.values(catalogue.open).filter(({ leadsOut = false }) => !(isRemote && leadsOut));
  const open = asked.map(({ pattern, setting: { form, help } }) => [
    pattern,
    { ...z.toJSONSchema(form), $schema: undefined, description: help },
  ]);
  return {
    type: "object",
    properties: { ...schema.properties, ...connector.properties },
    patternProperties: Object.fromEntries(open) as Form["patternProperties"],
    required: connector.required,
    additionalProperties: false,
  };
}

/** What a connector's manifest asks for. Its secrets are entered apart, and what only the administrator sets is not asked for. */
export function connectorForm(manifest: Manifest | undefined, isAsked: (name: string) => boolean = () => true): Form {
  const fields = Object.entries(manifest?.settings ?? {}).filter(
    ([name, field]) => field.secret !== true && isAsked(name),
  );
  const properties = fields.map(([name, field]) => [
    `connector.${name}`,
    {
      ...z.toJSONSchema(shapeOf(field)),
      $schema: undefined,
      title: field.title,
      description: field.help,
      ...(field.default === undefined ? {} : { default: field.default }),
    },
  ]);
  return {
    ...emptyForm,
    properties: Object.fromEntries(properties) as Form["properties"],
    required: fields.flatMap(([name, field]) => (field.required ? [`connector.${name}`] : [])),
  };
}

/** A JSON Schema (2020-12) of an object. */
export interface Form {
  type: "object";
  properties: Record<string, Record<string, unknown>>;
  /** `rates.USD`: any name that fits. */
  patternProperties: Record<string, Record<string, unknown>>;
  required: string[];
  additionalProperties: false;
}
const emptyForm: Form = {
  type: "object",
  properties: {},
  patternProperties: {},
  required: [],
  additionalProperties: false,
};
const asLimit = { "x-second-factor": true };

function shapeOf({ type, choices }: SettingField): z.ZodType {
  switch (type) {
    case "text":
      return z.string();
    case "folder":
      return z.string().meta({ format: "folder" });
    case "url":
      return z.string().meta({ format: "uri" });
    case "choice":
      return z.enum(choices ?? []);
    case "number":
      return z.number();
    case "boolean":
      return z.boolean();
    case "json":
      return z.unknown();
  }
}

function usual(catalogue: SettingsCatalogue, name: string): unknown {
  const [parent, child] = name.split(".") as [string, string?];
  const value = catalogue.defaults[parent];
  return child === undefined ? value : (value as Record<string, unknown>)[child];
}

/** Where the name alone says too little to whoever has not read the code. */
const titles: Readonly<Record<string, string>> = {
  zone: "Time zone",
  hasOrderingTeam: "Ordering team",
  bufferMs: "Buffer before placing",
  undoMs: "Time to undo",
  maxAgeMs: "Oldest order placed by itself",
  completionMs: "Completed after",
  duplicateWindowMs: "Duplicates within",
  parcelStalledMs: "Parcel stalled after",
  followEveryMs: "Parcels followed every",
  restOverdueMs: "Rest overdue after",
  tombstoneMs: "Cancellations wait for",
  retryMs: "Wait after a failed call",
  eraseAfterMs: "Personal data erased after",
  partial: "Send what is ready",
  authorizedIsPaid: "Authorised counts as paid",
  handlingDays: "Handling time, days",
  minMarginPercent: "Least margin, percent",
  "writeBack.shipped": "Tell about shipments",
  "writeBack.cancelled": "Tell about cancellations",
  buyerCancel: "A buyer's wish to cancel",
  deliveredByChannel: "The channel says what arrived",
  enabled: "In use",
  countries: "Ships to",
  needsPhone: "Needs a phone number",
  "scan.firstMs": "First look for tracking",
  "scan.everyMs": "Next looks every",
  "scan.untilMs": "Last look after",
  acknowledgeWithinMs: "Acknowledges within",
  priceTolerancePercent: "Price tolerance, percent",
  defaultMethod: "Usual shipping method",
  unknownStockIsAvailable: "Unknown stock is enough",
  stockEveryMs: "Stock read every",
  inboxEveryMs: "Inbox read every",
  dailyCap: "Daily cap",
  placesPerMinute: "Purchases per minute",
  maxInFlight: "Purchases at once",
};

/** `writeBack.shipped` → "Write back: shipped", `bufferMs` → "Buffer". */
function titleOf(name: string): string {
  const said = titles[name];
  if (said !== undefined) return said;
  const words = (text: string): string =>
    text.replace(/Ms$/, "").replaceAll(/([a-z])([A-Z])/g, (_all, a: string, b: string) => `${a} ${b.toLowerCase()}`);
  const text = name.split(".").map(words).join(": ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
