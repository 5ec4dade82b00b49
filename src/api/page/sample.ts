import type { JsonSchema } from "../description.ts";

/** A value that this schema takes, as an example: the smallest that says something. References are followed, but not in circles. */
export function sample(
  schema: JsonSchema,
  schemas: Readonly<Record<string, JsonSchema>>,
  name = "",
  within: readonly string[] = [],
): unknown {
  if (schema.$ref !== undefined) {
    const ref = refName(schema.$ref);
    if (within.includes(ref) || schemas[ref] === undefined) return null;
    return sample(schemas[ref], schemas, name, [...within, ref]);
  }
  const go = (part: JsonSchema, key = name): unknown => sample(part, schemas, key, within);
  if ("const" in schema) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const ways = schema.anyOf ?? schema.oneOf;
  if (ways !== undefined) return go(ways.find((way) => way.type !== "null") ?? ways[0]!);
  if (schema.default !== undefined) return schema.default;
  const kind = Array.isArray(schema.type) ? schema.type.find((each) => each !== "null") : schema.type;
  switch (kind) {
    case "object":
      return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([key, part]) => [key, go(part, key)]));
    case "array":
      return schema.items === undefined ? [] : [go(schema.items, name.replace(/s$/, ""))];
    case "integer":
    case "number":
      return Math.max(1, schema.minimum ?? 1);
    case "boolean":
      return true;
    case "string":
      return text(name);
    case "null":
    case undefined:
    default:
      return null;
  }
}

export const refName = (ref: string): string => ref.slice(ref.lastIndexOf("/") + 1);

function text(name: string): string {
  for (const [pattern, example] of examples) if (pattern.test(name)) return example;
  return "…";
}
const examples: readonly (readonly [RegExp, string])[] = [
  [/(^|_)(at|from|to|until|by)$|timestamp/, "2026-11-22T10:00:00Z"],
  [/currency/, "EUR"],
  [/amount|price|cost|total|paid/, "9.90"],
  [/country/, "DE"],
  [/email/, "anna@example.org"],
  [/password/, "four words nobody joins"],
  [/tracking_number/, "00340434161094042557"],
  [/sku/, "MUG"],
  [/number|channel_order_id/, "1001"],
  [/url|link/, "https://example.org/"],
  [/^code$/, "123456"],
];
