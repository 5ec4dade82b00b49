import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";
import { accessOf, permissionOf, proofOf, type Access } from "./access.ts";

/** As much of JSON Schema 2020-12 as our zod schemas become. */
export interface JsonSchema {
  $ref?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  propertyNames?: JsonSchema;
  items?: JsonSchema;
  prefixItems?: JsonSchema[];
  description?: string;
  default?: unknown;
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
}
export interface Parameter {
  in: "path" | "query" | "header";
  name: string;
  required?: boolean;
  description?: string;
  schema: JsonSchema;
}
export type Content = Record<string, { schema: JsonSchema }>;
export interface Operation {
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: Parameter[];
  requestBody?: { required?: boolean; description?: string; content: Content };
  responses: Record<string, { description: string; content?: Content }>;
  security?: Record<string, string[]>[];
  /** Who may call it: a permission, `signed_in` or `anyone`. */
  "x-access"?: string;
  /** What a person must have shown: `recent` (the password, within 15 minutes) or `second_factor` as well. */
  "x-proof"?: string;
}
/** The description of the API: OpenAPI 3.1. */
export interface ApiDescription {
  openapi: string;
  info: { title: string; version: string; description: string };
  components: { schemas: Record<string, JsonSchema> };
  paths: Record<string, Record<string, Operation>>;
  webhooks: Record<string, { post: Operation }>;
}

type Transform = typeof jsonSchemaTransform;
type TransformObject = typeof jsonSchemaTransformObject;

/** API-15. One address: what its schemas say, and who may call it. */
export const describeRoute = ((input: Parameters<Transform>[0]) => {
  const described = jsonSchemaTransform(input);
  const { schema, url, route } = input;
  if (!url.startsWith("/v1/") || schema?.hide === true) return described;
  const access = accessOf([route.method].flat()[0]!, url);
  const proof = proofOf(access);
  return {
    ...described,
    schema: {
      ...described.schema,
      ...(access === "anyone" ? { security: [] } : {}),
      "x-access": accessName(access),
      ...(proof === null ? {} : { "x-proof": proof }),
    },
  };
}) as Transform;

const accessName = (access: Access): string => permissionOf(access) ?? (access === "anyone" ? "anyone" : "signed_in");

/** API-15. The whole: each schema under one name, errors as what they are, bodies that may be left out as such. */
export const describeWhole = ((input: Parameters<TransformObject>[0]) => {
  const described = jsonSchemaTransformObject(input) as unknown as ApiDescription;
  for (const operation of operationsOf(described)) {
    const [problem] = Object.values(operation.responses["default"]?.content ?? {});
    if (problem?.schema.$ref === "#/components/schemas/Problem")
      operation.responses["default"] = {
        description: "What is wrong, and the way out",
        content: { "application/problem+json": problem },
      };
    const { requestBody } = operation;
    if (requestBody !== undefined && Object.values(requestBody.content).every(({ schema }) => mayBeLeftOut(schema)))
      requestBody.required = false;
  }
  return mergeNames(described) as unknown as ReturnType<TransformObject>;
}) as TransformObject;

export const operationsOf = ({ paths }: ApiDescription): Operation[] =>
  Object.values(paths).flatMap((methods) => Object.values(methods));

const mayBeLeftOut = ({ type, required = [] }: JsonSchema): boolean => type === "object" && required.length === 0;

/** What is sent (`OrderInput`) and what is answered (`Order`) have one name where only one of them is used, or both are the same. */
function mergeNames(description: ApiDescription): ApiDescription {
  const { schemas } = description.components;
  const used = reachable(description);
  const sent = Object.keys(schemas).filter((name) => name.endsWith("Input") && name.slice(0, -5) in schemas);
  const isSame = (name: string): boolean =>
    withoutInput(JSON.stringify(schemas[name])) === withoutInput(JSON.stringify(schemas[name.slice(0, -5)]));
  const merged = new Set(sent.filter((name) => !used.has(name) || !used.has(name.slice(0, -5)) || isSame(name)));
  const renamed = Object.entries(schemas).flatMap(([name, schema]): [string, JsonSchema][] => {
    const input = `${name}Input`;
    if (merged.has(name)) return [];
    return [[name, merged.has(input) && used.has(input) && !used.has(name) ? schemas[input]! : schema]];
  });
  const text = JSON.stringify({
    ...description,
    components: { ...description.components, schemas: Object.fromEntries(renamed) },
  });
  return JSON.parse(
    text.replaceAll(/"#\/components\/schemas\/(\w+)"/g, (ref, name: string) =>
      merged.has(name) ? `"#/components/schemas/${name.slice(0, -5)}"` : ref,
    ),
  ) as ApiDescription;
}

const withoutInput = (text: string | undefined): string | undefined => text?.replaceAll(/(#\/[^"]*)Input"/g, '$1"');

/** The names of the schemas that an address or a message leads to. */
function reachable({ paths, webhooks, components: { schemas } }: ApiDescription): Set<string> {
  const found = new Set<string>();
  const follow = (part: unknown): void => {
    for (const [, name = ""] of JSON.stringify(part ?? null).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      if (found.has(name)) continue;
      found.add(name);
      follow(schemas[name]);
    }
  };
  follow(paths);
  follow(webhooks);
  return found;
}
