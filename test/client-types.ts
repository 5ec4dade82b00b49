// The client's types from the API's description, in the shape that openapi-fetch reads: `paths`, `webhooks`, `components`.
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { join } from "node:path";
import type { ApiDescription, Content, JsonSchema, Operation, Parameter } from "#api/description.ts";

const methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"] as const;

/** The whole of client/schema.d.ts. Throws for a schema that it cannot say in TypeScript: none is passed over. */
export function clientTypes({ paths, webhooks, components }: ApiDescription): string {
  return `// Written by \`npm run client\` from the API's description; a test says when it is stale.

export interface paths {
${entries(paths, (operations) => pathItem(operations))}
}

/** What is sent to webhook endpoints. */
export interface webhooks {
${entries(webhooks, ({ post }) => type(post.requestBody?.content["application/json"]?.schema ?? {}))}
}

export interface components {
  schemas: {
${entries(components.schemas, (schema) => type(schema), comment)}
  };
}
`;
}

/** As `npm run format` leaves it. */
export async function formatted(types: string): Promise<string> {
  const formatter = join(import.meta.dirname, "../node_modules/.bin/oxfmt");
  const child = spawn(formatter, ["--stdin-filepath", "client/schema.d.ts"], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(types);
  return text(child.stdout);
}

const entries = <T>(all: Record<string, T>, write: (value: T) => string, about?: (value: T) => string): string =>
  Object.entries(all)
    .map(([name, value]) => `${about?.(value) ?? ""}${key(name)}: ${write(value)};`)
    .join("\n");

function pathItem(operations: Record<string, Operation>): string {
  const written = methods.map((method) => {
    const operation = operations[method];
    return operation === undefined
      ? `${method}?: never;`
      : `${comment({ description: operation.summary ?? "" })}${method}: ${operationType(operation)};`;
  });
  return `{ parameters: { query?: never; header?: never; path?: never; cookie?: never };\n${written.join("\n")}\n}`;
}

function operationType({ parameters = [], requestBody, responses }: Operation): string {
  const body =
    requestBody === undefined
      ? "requestBody?: never;"
      : `requestBody${requestBody.required === true ? "" : "?"}: { content: ${sent(requestBody.content)} };`;
  const answers = Object.entries(responses).map(
    ([status, answer]) =>
      `${/^\d+$/.test(status) ? status : key(status)}: { headers: { [name: string]: unknown }; ${
        answer.content === undefined ? "content?: never" : `content: ${content(answer.content)}`
      } };`,
  );
  return `{
    parameters: { ${part(parameters, "query")} ${part(parameters, "header")} ${part(parameters, "path")} cookie?: never };
    ${body}
    responses: { ${answers.join("\n")} };
  }`;
}

function part(parameters: readonly Parameter[], place: Parameter["in"]): string {
  const mine = parameters.filter((each) => each.in === place);
  if (mine.length === 0) return `${place}?: never;`;
  const isNeeded = mine.some((each) => each.required === true);
  const fields = mine.map(
    (each) => `${comment(each)}${key(each.name)}${each.required === true ? "" : "?"}: ${type(each.schema)};`,
  );
  return `${place}${isNeeded ? "" : "?"}: { ${fields.join("\n")} };`;
}

/** A file to send is form data whatever its schema says; what is not JSON comes as text or as bytes. */
const content = (all: Content): string =>
  `{ ${Object.entries(all)
    .map(([media, { schema }]) => `${key(media)}: ${contentType(media, schema)};`)
    .join(" ")} }`;
/** What is sent and is not JSON goes out as bytes that know their type. */
const sent = (all: Content): string =>
  content(
    Object.fromEntries(
      Object.entries(all).map(([media, each]) => [
        media.startsWith("text/") ? "application/octet-stream" : media,
        each,
      ]),
    ),
  );
const contentType = (media: string, schema: JsonSchema): string => {
  if (media.endsWith("json")) return type(schema);
  if (media === "multipart/form-data") return "FormData";
  return media.startsWith("text/") ? "string" : "Blob";
};

function type(schema: JsonSchema): string {
  if (schema.$ref !== undefined) return `components["schemas"]${named(schema.$ref)}`;
  if ("const" in schema) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((each) => JSON.stringify(each)).join(" | ");
  const ways = schema.anyOf ?? schema.oneOf;
  if (ways !== undefined) return [...new Set(ways.map(type))].map(bracketed).join(" | ");
  if (schema.allOf !== undefined)
    return schema.allOf.filter(saysKind).map(type).map(bracketed).join(" & ") || type({ ...schema, allOf: undefined });
  if (Array.isArray(schema.type))
    return schema.type.map((each) => bracketed(type({ ...schema, type: each }))).join(" | ");
  switch (schema.type) {
    case "string":
    case "boolean":
    case "null":
      return schema.type;
    case "number":
    case "integer":
      return "number";
    case "array":
      if (schema.prefixItems !== undefined) return `[${schema.prefixItems.map(type).join(", ")}]`;
      return `${bracketed(type(schema.items ?? {}))}[]`;
    case "object":
      return object(schema);
    case undefined:
      if (Object.keys(schema).every((each) => each === "description" || each === "default")) return "unknown";
  }
  throw new Error(`This schema has no words in test/client-types.ts yet: ${JSON.stringify(schema)}`);
}

/** Not only bounds, such as a pattern beside others. */
const saysKind = (schema: JsonSchema): boolean =>
  ["$ref", "const", "enum", "anyOf", "oneOf", "allOf", "type"].some((each) => each in schema);

function object({ properties = {}, required = [], additionalProperties, propertyNames }: JsonSchema): string {
  const fields = Object.entries(properties).map(
    ([name, schema]) => `${comment(schema)}${key(name)}${required.includes(name) ? "" : "?"}: ${type(schema)};`,
  );
  const rest = additionalProperties === true ? {} : additionalProperties === false ? undefined : additionalProperties;
  if (rest !== undefined) {
    const names = propertyNames === undefined ? "string" : type(propertyNames);
    const isOpen = names === "string";
    const isWhole = !isOpen && required.length > 0;
    const record = isOpen
      ? `{ [name: string]: ${type(rest)} }`
      : `{ [name in ${names}]${isWhole ? "" : "?"}: ${type(rest)} }`;
    return fields.length === 0 ? record : `{ ${fields.join("\n")} } & ${record}`;
  }
  return fields.length === 0 ? "{ [name: string]: never }" : `{ ${fields.join("\n")} }`;
}

const bracketed = (text: string): string => (/[|&]/.test(text) ? `(${text})` : text);
const key = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));
const named = (ref: string): string => `[${JSON.stringify(ref.slice(ref.lastIndexOf("/") + 1))}]`;
const comment = ({ description }: { description?: string }): string =>
  description === undefined || description === "" ? "" : `/** ${description.replaceAll("*/", "* /")} */\n`;
