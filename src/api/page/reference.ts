import { may, permissions, roles, type Permission } from "#domain/role.ts";
import type { ApiDescription, Content, JsonSchema, Operation } from "../description.ts";
import { darkHtml, html, type Html } from "./html.ts";
import { problemCodes } from "./problem-codes.ts";
import { refName, sample } from "./sample.ts";

type Schemas = Readonly<Record<string, JsonSchema>>;
interface Address {
  id: string;
  method: string;
  path: string;
  operation: Operation;
}

/** TC-20. The whole API on one page, from its description: read without a script, each address opened by a click. */
export function referenceHtml(description: ApiDescription): string {
  const { info, components } = description;
  const groups = Map.groupBy(addressesOf(description), ({ operation }) => operation.tags?.[0] ?? "More");
  const names = [...groups.keys()].sort((a, b) => a.localeCompare(b));
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>API · Switchyard</title>
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/page.css" />
        ${darkHtml}
        <link rel="stylesheet" href="/docs/reference.css" />
      </head>
      <body>
        <header class="top">
          <span class="mark" aria-hidden="true">S</span>
          <strong>Switchyard</strong>
          <span class="tag">API</span>
          <span class="grow"></span>
          <span class="dim version">${info.version}</span>
        </header>
        <main class="reference">
          <nav aria-label="Groups">
            <ul>
              <li><a href="#start">Start</a></li>
              ${names.map(
                (name) =>
                  html`<li>
                    <a href="#${anchor(name)}">${name} <span class="dim">${groups.get(name)!.length}</span></a>
                  </li>`,
              )}
              <li>
                <a href="#things">Things <span class="dim">${Object.keys(components.schemas).length}</span></a>
              </li>
              <li>
                <a href="#problems">Problems <span class="dim">${Object.keys(problemCodes).length}</span></a>
              </li>
            </ul>
          </nav>
          <div>
            ${start}
            ${names.map(
              (name) =>
                html`<section aria-labelledby="${anchor(name)}">
                  <h2 id="${anchor(name)}">${name}</h2>
                  <div class="group">
                    ${groups.get(name)!.map((address) => addressHtml(address, components.schemas))}
                  </div>
                </section>`,
            )}
            ${thingsHtml(components.schemas)} ${problemsHtml}
          </div>
        </main>
      </body>
    </html> `.text;
}

const addressesOf = ({ paths }: ApiDescription): Address[] =>
  Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      id: anchor(`${method} ${path}`),
      method,
      path,
      operation,
    })),
  );

const anchor = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");

const start = html`<section aria-labelledby="start">
  <h1 id="start">The HTTP API</h1>
  <div class="lead">
    <p>
      A program sends an API key; a person's browser sends its cookie. The sandbox answers on its own machine without
      either. Make a key, and name this server:
    </p>
    <pre>
export KEY=$(npx switchyard key create --workspace WORKSPACE --role staff)
export URL=http://127.0.0.1:4400</pre>
    <p>
      Lists are read in pages: pass <code>next</code> on as <code>cursor</code>. Send an
      <code>Idempotency-Key</code> with each action, and the same key when an answer got lost: it is done once. An
      order's version is its <code>ETag</code>; with <code>If-Match</code> an action on another version changes nothing.
      Times are UTC; amounts are text with their currency.
    </p>
    <p>
      The same for machines: <a href="/v1/openapi.json">openapi.json</a>. For TypeScript and JavaScript there is a typed
      client: <code>npm run client:build</code>.
    </p>
  </div>
</section>`;

const tones: Readonly<Record<string, string>> = { get: "blue", post: "green", put: "amber", delete: "red" };

const addressHtml = ({ id, method, path, operation }: Address, schemas: Schemas): Html =>
  html`<details>
    <summary>
      <span class="badge ${tones[method] ?? "grey"}">${method.toUpperCase()}</span>
      <code>${path}</code>
      <span class="about dim">${operation.summary ?? ""}</span>
    </summary>
    <div class="inside" id="${id}">
      ${operation.description === undefined ? null : html`<p>${words(operation.description)}</p>`}
      <p class="dim">${whoMay(operation)}</p>
      ${parametersHtml(operation)} ${bodyHtml(operation)}
      <h3>With curl</h3>
      <pre tabindex="0">${curl(method, path, operation, schemas)}</pre>
      ${answersHtml(operation, schemas)}
    </div>
  </details>`;

/** `…` in a description is code. */
const words = (text: string): Html =>
  html`${text.split("`").map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`;

function whoMay(operation: Operation): string {
  const access = operation["x-access"];
  const proof =
    operation["x-proof"] === "second_factor"
      ? " By a person with a second factor, who showed the password within 15 minutes."
      : operation["x-proof"] === "recent"
        ? " By a person who showed the password within 15 minutes."
        : "";
  if (access === undefined || access === "anyone") return `Open to anybody.${proof}`;
  if (access === "signed_in") return `For whoever is signed in.${proof}`;
  const permission = access as Permission;
  const allowed = roles.filter((role) => may(role, permission));
  return `Who may ${permissions[permission]} (${permission}): ${allowed.join(", ")}.${proof}`;
}

const parametersHtml = ({ parameters = [] }: Operation): Html | null =>
  parameters.length === 0
    ? null
    : html`<h3>Parameters</h3>
        <table>
          ${parameters.map(
            (each) =>
              html`<tr>
                <td><code>${each.name}</code></td>
                <td class="dim">${typeName(each.schema)}${each.required === true ? ", needed" : ""}</td>
                <td>
                  ${words(each.description ?? (each.in === "path" ? "In the address" : ""))} ${limits(each.schema)}
                </td>
              </tr>`,
          )}
        </table>`;

function bodyHtml({ requestBody }: Operation): Html | null {
  if (requestBody === undefined) return null;
  const { content } = requestBody;
  const json = content["application/json"];
  if (json === undefined)
    return html`<h3>Body</h3>
      <p>The file itself, as ${Object.keys(content).join(", ")}.</p>`;
  if (fieldsOf(json.schema).length === 0) return null;
  return html`<h3>Body</h3>
    ${json.schema.description === undefined ? null : html`<p>${words(json.schema.description)}</p>`}
    ${json.schema.$ref === undefined ? null : html`<p>A ${typeName(json.schema)}.</p>`}
    ${json.schema.$ref === undefined ? fieldsHtml(json.schema) : null}`;
}

const answersHtml = ({ responses }: Operation, schemas: Schemas): Html =>
  html`${Object.entries(responses)
      .filter(([status]) => status !== "default")
      .map(([status, { content = {} }]) => answerHtml(status, content, schemas))}
    <p class="dim">Anything else is a <a class="ref" href="#problems">problem</a>.</p>`;

function answerHtml(status: string, content: Content, schemas: Schemas): Html {
  const json = content["application/json"]?.schema;
  const kinds = Object.keys(content);
  if (json === undefined)
    return html`<h3>Answer ${status}</h3>
      <p>${kinds.length === 0 ? "Nothing: it is done." : kinds.join(", ")}</p>`;
  return html`<h3>Answer ${status}</h3>
    ${json.$ref === undefined ? fieldsHtml(json) : html`<p>A ${typeName(json)}.</p>`}
    <h4>Example</h4>
    <pre tabindex="0">${JSON.stringify(sample(json, schemas), null, 2)}</pre>`;
}

interface Field {
  name: string;
  schema: JsonSchema;
  isNeeded: boolean;
}

/** The fields of an object, and of objects and lists of objects within it, by their paths; named things are not opened. */
function fieldsOf(schema: JsonSchema, prefix = ""): Field[] {
  const ways = schema.anyOf ?? schema.oneOf;
  if (ways !== undefined) return ways.flatMap((way) => fieldsOf(way, prefix));
  if (schema.type === "array" && schema.items !== undefined) return fieldsOf(schema.items, `${prefix}[]`);
  return Object.entries(schema.properties ?? {}).flatMap(([key, part]) => {
    const name = prefix === "" ? key : `${prefix}.${key}`;
    return [
      { name, schema: part, isNeeded: schema.required?.includes(key) ?? false },
      ...(part.$ref === undefined ? fieldsOf(part, name) : []),
    ];
  });
}

function fieldsHtml(schema: JsonSchema): Html | null {
  const fields = fieldsOf(schema);
  if (fields.length === 0) return html`<p>${typeName(schema)}</p>`;
  return html`<table>
    ${fields.map(
      ({ name, schema: part, isNeeded }) =>
        html`<tr>
          <td><code>${name}</code></td>
          <td class="dim">${typeName(part)}${isNeeded ? "" : ", may be left out"}</td>
          <td>${words(part.description ?? "")} ${limits(part)}</td>
        </tr>`,
    )}
  </table>`;
}

/** "text", "list of Money", "number or null"; named things are links. */
function typeName(schema: JsonSchema): Html {
  if (schema.$ref !== undefined) {
    const name = refName(schema.$ref);
    return html`<a class="ref" href="#thing-${name}">${name}</a>`;
  }
  if ("const" in schema) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (schema.enum !== undefined)
    return html`${schema.enum.map((each, index) => html`${index === 0 ? "" : ", "}<code>${String(each)}</code>`)}`;
  const ways = schema.anyOf ?? schema.oneOf;
  if (ways !== undefined) return html`${ways.map((way, index) => html`${index === 0 ? "" : " or "}${typeName(way)}`)}`;
  const kinds = [schema.type ?? []].flat();
  if (kinds.length > 1)
    return html`${kinds.map((kind, index) => html`${index === 0 ? "" : " or "}${typeName({ ...schema, type: kind })}`)}`;
  switch (kinds[0]) {
    case "array":
      return schema.items?.properties === undefined ? html`list of ${typeName(schema.items ?? {})}` : html`list`;
    case "string":
      return html`${schema.format === "date-time" ? "time" : "text"}`;
    case "integer":
      return html`whole number`;
    case "boolean":
      return html`yes or no`;
    case undefined:
      return html`anything`;
    default:
      return html`${kinds[0]!}`;
  }
}

function limits({ minimum, maximum, minLength, maxLength, maxItems, default: standard }: JsonSchema): Html | null {
  const isBound = (bound: number | undefined): bound is number => bound !== undefined && Math.abs(bound) < 2 ** 53 - 1;
  const said = [
    isBound(minimum) ? `from ${count(minimum)}` : null,
    isBound(maximum) ? `to ${count(maximum)}` : null,
    minLength !== undefined && minLength > 1 ? `at least ${count(minLength)} characters` : null,
    maxLength === undefined ? null : `up to ${count(maxLength)} characters`,
    maxItems === undefined ? null : `up to ${count(maxItems)}`,
    standard === undefined ? null : `else ${JSON.stringify(standard)}`,
  ].filter((each) => each !== null);
  return said.length === 0 ? null : html`<span class="limits dim">${said.join(", ")}</span>`;
}

const count = (number: number): string => number.toLocaleString("en");

/** A command that can be copied: what is not needed is left out. */
function curl(method: string, path: string, operation: Operation, schemas: Schemas): string {
  const needed = (operation.parameters ?? []).filter((each) => each.in === "query" && each.required === true);
  const query = needed.map((each) => `${each.name}=${String(sample(each.schema, schemas, each.name))}`).join("&");
  const address = `"$URL${path.replaceAll(/\{(\w+)\}/g, (_, name: string) => name.toUpperCase())}${query === "" ? "" : `?${query}`}"`;
  const access = operation["x-access"];
  const who =
    access === undefined || access === "anyone"
      ? []
      : access === "signed_in" || operation["x-proof"] !== undefined
        ? ["-b cookies", ...(method === "get" ? [] : ['-H "Origin: $URL"'])]
        : ['-H "Authorization: Bearer $KEY"'];
  const json = operation.requestBody?.content["application/json"]?.schema;
  const body =
    json !== undefined
      ? bodyOf(json, schemas).map((each) => `--json '${each.replaceAll("'", String.raw`'\''`)}'`)
      : operation.requestBody === undefined
        ? []
        : [`-H "Content-Type: ${Object.keys(operation.requestBody.content)[0]!}"`, "--data-binary @FILE"];
  const isPlain = method === "get" || (method === "post" && body.length > 0);
  const once = method === "post" && access !== "anyone" ? ['-H "Idempotency-Key: $(uuidgen)"'] : [];
  const stream = operation.responses["200"]?.content?.["text/event-stream"] === undefined ? [] : ["-N"];
  return ["curl", ...stream, ...(isPlain ? [] : [`-X ${method.toUpperCase()}`]), ...who, ...once, ...body, address]
    .join(" \\\n  ")
    .replace("curl \\\n  ", "curl ");
}

/** What is needed of the body; where nothing is, the first that can be said; nothing where nothing can. */
function bodyOf(schema: JsonSchema, schemas: Schemas): string[] {
  const whole = sample(schema, schemas);
  const needed = needs(whole, schema, schemas) as object;
  if (Object.keys(needed).length > 0) return [JSON.stringify(needed)];
  const first = Object.entries(whole as object).slice(0, 1);
  return first.length === 0 ? [] : [JSON.stringify(Object.fromEntries(first))];
}

/** The example without what may be left out. */
function needs(value: unknown, schema: JsonSchema, schemas: Schemas): unknown {
  if (schema.$ref !== undefined) return needs(value, schemas[refName(schema.$ref)] ?? {}, schemas);
  if (Array.isArray(value)) return value.map((each) => needs(each, schema.items ?? {}, schemas));
  if (typeof value !== "object" || value === null || schema.properties === undefined) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => schema.required?.includes(key) === true)
      .map(([key, each]) => [key, needs(each, schema.properties![key] ?? {}, schemas)]),
  );
}

const thingsHtml = (schemas: Schemas): Html =>
  html`<section aria-labelledby="things">
    <h2 id="things">Things</h2>
    <div class="group">
      ${Object.entries(schemas)
        .sort(([a], [b]) => a.localeCompare(b))
        .map(
          ([name, schema]) =>
            html`<details>
              <summary>
                <span class="badge grey">Thing</span>
                <code>${name}</code>
                <span class="about dim">${schema.description ?? ""}</span>
              </summary>
              <div class="inside" id="thing-${name}">${fieldsHtml(schema)}</div>
            </details>`,
        )}
    </div>
  </section>`;

const problemsHtml = html`<section aria-labelledby="problems">
  <h2 id="problems">Problems</h2>
  <p class="lead">
    Every refusal is <a class="ref" href="#thing-Problem">a problem</a> (RFC 9457): <code>code</code> is for programs,
    <code>detail</code> says what is wrong, <code>next</code> the way out, <code>errors</code> each wrong field. An
    action that may not be done now answers 409, and 422 for what it does not know, with the code of its own rule and
    its words.
  </p>
  <table class="codes">
    ${Object.entries(problemCodes).map(
      ([code, about]) =>
        html`<tr>
          <td><code>${code}</code></td>
          <td>${words(about)}</td>
        </tr>`,
    )}
  </table>
</section>`;
