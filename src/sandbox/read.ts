import { z } from "zod";
import type { Call } from "./route.ts";
import { BadRequest, problem, type WorldResponse } from "./answer.ts";

/** Reads a body by its schema; what does not fit is a `BadRequest` that names the field. */
export function readBody<Schema extends z.ZodType>(call: Call, schema: Schema): z.output<Schema> {
  return readAs(call.json(), schema);
}
export function readAs<Schema extends z.ZodType>(value: unknown, schema: Schema): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new BadRequest(
    result.error.issues
      .map(({ path, message }) => `${path.length === 0 ? "body" : path.join(".")}: ${message}`)
      .join("; "),
  );
}

/** An ISO instant of the query as milliseconds; `absent` where it is not given. */
export function readInstant(call: Call, name: string, absent: number): number {
  const text = call.query.get(name);
  if (text === null) return absent;
  const at = Date.parse(text);
  if (Number.isNaN(at))
    throw new BadRequest(`${name}: ${JSON.stringify(text)} is no ISO 8601 instant, e.g. 2026-11-22T10:00:00Z.`);
  return at;
}

export function readCount(call: Call, name: string, absent: number, most: number): number {
  const text = call.query.get(name);
  if (text === null) return absent;
  if (!/^\d{1,15}$/.test(text) || Number(text) > most)
    throw new BadRequest(`${name}: ${JSON.stringify(text)} is no whole number from 0 to ${most}.`);
  return Number(text);
}

/** Every shop and supplier asks for its own token; in this world they are no secrets. */
export const tokenOf = (code: string): string => `sandbox-${code}`;
export function rejectStranger(call: Call, code: string): WorldResponse | null {
  return call.headers["authorization"] === `Bearer ${tokenOf(code)}`
    ? null
    : problem(401, "credentials_rejected", "This token is not ours.");
}

export const addressBody = z.object({
  name: z.string(),
  company: z.string(),
  line1: z.string(),
  line2: z.string(),
  city: z.string(),
  region: z.string(),
  postcode: z.string(),
  country: z.string(),
  phone: z.string(),
  email: z.string(),
});
export const decimalBody = z
  .string()
  .regex(/^\d{1,12}(\.\d{1,6})?$/, 'expected a decimal number as text, e.g. "12.50"');
