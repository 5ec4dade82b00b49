import type { z } from "zod";
import { notFound, Problem, shown, type FieldError } from "./problem.ts";

/** API-10. Checks one part of a request against its schema; every fault names field, value and expectation. */
export function validate(schema: z.ZodType, value: unknown, part: string): { value: unknown } | { error: Error } {
  const parsed = schema.safeParse(value ?? (part === "body" ? {} : value));
  if (parsed.success) return { value: parsed.data };
  // An id that is none is answered like one that is not there.
  if (part === "params") return { error: notFound() };
  return { error: invalid(parsed.error.issues.flatMap((issue) => fieldErrors(issue, value, part))) };
}

export const invalid = (errors: FieldError[]): Problem =>
  new Problem({
    status: 400,
    code: "invalid_request",
    title: "Not a valid request",
    detail: errors
      .map((each) => `${each.field}: found ${each.found}, expected ${each.expected}.`)
      .slice(0, 3)
      .join(" "),
    next: "Correct the fields in `errors` and send it again; nothing was changed.",
    errors,
  });

function fieldErrors(issue: z.core.$ZodIssue, value: unknown, part: string): FieldError[] {
  const prefix = part === "querystring" ? "query" : part;
  const field = (path: readonly PropertyKey[]): string => [prefix, ...path.map(String)].join(".");
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({
      field: field([...issue.path, key]),
      found: shown(at(value, [...issue.path, key])),
      expected: "no such field",
    }));
  return [{ field: field(issue.path), found: shown(at(value, issue.path)), expected: expectation(issue) }];
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return `${issue.expected}`;
    case "invalid_value":
      return `one of ${issue.values.map(String).join(", ")}`;
    case "too_small":
      return `at least ${issue.minimum}${issue.origin === "string" ? " characters" : issue.origin === "array" ? " items" : ""}`;
    case "too_big":
      return `at most ${issue.maximum}${issue.origin === "string" ? " characters" : issue.origin === "array" ? " items" : ""}`;
    default:
      return issue.message;
  }
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  let here = value;
  for (const key of path) {
    if (typeof here !== "object" || here === null) return undefined;
    here = (here as Record<PropertyKey, unknown>)[key];
  }
  return here;
}
