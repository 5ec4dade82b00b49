import { STATUS_CODES } from "node:http";
import { z } from "zod";

/** One field that is wrong: where it is, what was there, what is expected. */
export interface FieldError {
  field: string;
  found: string;
  expected: string;
}

/** RFC 9457 problem details, with the fields at fault and the way out. */
export const ProblemDetails = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
    next: z.string(),
    errors: z.array(z.object({ field: z.string(), found: z.string(), expected: z.string() })).optional(),
    reference: z.string().optional(),
    first_use: z.object({ route: z.string(), at: z.string() }).optional(),
    version: z.int().optional(),
    current: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: "Problem" });

export interface ProblemOptions {
  status: number;
  code: string;
  detail: string;
  /** What the caller can do about it. */
  next: string;
  title?: string;
  errors?: FieldError[];
  headers?: Record<string, string>;
  extra?: Pick<z.output<typeof ProblemDetails>, "reference" | "first_use" | "version" | "current">;
}

/** Thrown anywhere in a request; the error handler writes it out. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  readonly body: z.output<typeof ProblemDetails>;
  readonly headers: Record<string, string>;

  constructor({ status, code, detail, next, title, errors, headers = {}, extra = {} }: ProblemOptions) {
    super(detail);
    this.status = status;
    this.headers = headers;
    this.body = {
      type: `urn:switchyard:problem:${code}`,
      title: title ?? STATUS_CODES[status] ?? "Error",
      status,
      code,
      detail,
      next,
      ...(errors === undefined ? {} : { errors: errors.slice(0, maxErrors) }),
      ...extra,
    };
  }
}

/** An answer of any length would let one bad request make much work. */
const maxErrors = 20;

/** API-2. The same bytes for what is not there, what is not yours and what is no id at all: nobody learns which. */
export const notFound = (): Problem =>
  new Problem({
    status: 404,
    code: "not_found",
    detail: "There is no such thing here.",
    next: "Check the address and the id. GET /v1/openapi.json lists every address; the lists (GET /v1/orders …) give the ids.",
  });

/** What a value looks like in an error: short, and never the content of a secret field. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
