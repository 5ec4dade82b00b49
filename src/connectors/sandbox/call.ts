import { z } from "zod";
import { HttpError, type Failure, type HttpRequest, type HttpResponse, type Outside } from "#connectors/ports.ts";
import { Secret, type Secrets } from "#domain/secret.ts";

/** How the three connectors of the pretend world ask it something. Nothing here is for purchases: those must never be asked twice. */
export interface Question<Schema extends z.ZodType> {
  outside: Outside;
  method: HttpRequest["method"];
  url: string;
  token?: Secret;
  body?: unknown;
  /** What an answer with status 200 or 201 holds. */
  schema: Schema;
  /** What the error codes of this question mean; null: nothing special. */
  meaning?: (error: string, message: string) => Failure | null;
  /** A question that changes something and is cut off: nobody knows whether it did. Otherwise it is simply asked again later. */
  changesSomething?: boolean;
}

/** Asks once. Never throws: every way in which it can go wrong is a `Failure`. */
export async function ask<Schema extends z.ZodType>(
  question: Question<Schema>,
): Promise<{ status: "ok"; value: z.output<Schema> } | Failure> {
  const { outside, method, url, token, body, changesSomething = false } = question;
  const cutOff = (message: string): Failure => (changesSomething ? { status: "unknown", message } : later(message));
  let response: HttpResponse;
  try {
    response = await outside.http({
      method,
      url,
      headers: headersFor(token, body),
      timeoutMs: questionTimeoutMs,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return error instanceof HttpError && !error.sent ? later(message) : cutOff(message);
  }
  const json = readJson(response.text);
  if (response.status === 200 || response.status === 201) {
    if (json === undefined) return cutOff(`${url} answered something that is not JSON.`);
    const read = question.schema.safeParse(json);
    return read.success ? { status: "ok", value: read.data } : unreadable(url, read.error, changesSomething);
  }
  const { error, message } = problemOf(json, response.status);
  if (response.status === 401) return { status: "credentials", reason: "credentials_rejected", message };
  if (response.status === 429 || response.status === 503) return later(message, retryAfterMs(response));
  if (response.status >= 500) return cutOff(message);
  return (
    question.meaning?.(error, message) ?? {
      status: "bug",
      message: `${method} ${url}: ${response.status} ${error}: ${message}`,
    }
  );
}

/** Long enough for the slowest answer of the pretend world at speed 1. */
export const questionTimeoutMs = 15_000;
const patienceMs = 5_000;
const later = (message: string, afterMs = patienceMs): Failure => ({ status: "retry_later", afterMs, message });

export function headersFor(token: Secret | undefined, body: unknown): Record<string, string> {
  return {
    accept: "application/json",
    ...(token === undefined ? {} : { authorization: `Bearer ${token.reveal()}` }),
    ...(body === undefined ? {} : { "content-type": "application/json" }),
  };
}

/** undefined where the text is no JSON. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const problemBody = z.object({ error: z.string(), message: z.string() });
export function problemOf(json: unknown, status: number): { error: string; message: string } {
  const read = problemBody.safeParse(json);
  return read.success ? read.data : { error: "", message: `HTTP ${status} without an explanation` };
}

function unreadable(url: string, error: z.ZodError, changesSomething: boolean): Failure {
  const message = `${url} answered what its API does not say: ${z.prettifyError(error)}`;
  return changesSomething ? { status: "unknown", message } : { status: "bug", message };
}

function retryAfterMs({ headers }: HttpResponse): number {
  const seconds = Number(headers["retry-after"]);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : patienceMs;
}

/** A setting that must be a text; throws with the way out, because a connector without it was never set up. */
export function textSetting(settings: Record<string, unknown>, name: string): string {
  const value = settings[name];
  if (typeof value !== "string" || value === "")
    throw new TypeError(`The setting ${name} of the sandbox connector is missing. Set the connection up again.`);
  return value;
}
export const baseUrlOf = (settings: Record<string, unknown>): string =>
  textSetting(settings, "baseUrl").replace(/\/+$/, "");

/** The token that was set; else the one that everybody knows: in the pretend world it is no secret. `code`: whose. */
export const tokenOf = ({ secrets }: { secrets: Secrets }, code: string): Secret =>
  secrets["token"] ?? new Secret(`sandbox-${code}`);

export const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
export const decimalText = z.string().regex(/^-?\d+(\.\d+)?$/);
