import { pino } from "pino";
import { maskCards } from "#domain/card-mask.ts";
import { Secret } from "#domain/secret.ts";
import type { Log } from "#engine/context.ts";

/** Structured lines on standard error; only what an operator must know unless `level` says otherwise. Fields never hold personal data or secrets. */
export function createLog(level: "info" | "warn" | "error", name: string, write?: (line: string) => void): Log {
  return pino(
    {
      level,
      name,
      base: { process: name, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { log: quietFields },
      hooks: {
        // Messages are sentences of ours, except what a child says.
        logMethod(args, method) {
          const [fields, message] = args as unknown as [object, string];
          method.apply(this, [fields, quietText(message)]);
        },
      },
    },
    write === undefined ? pino.destination({ fd: 2, sync: true }) : { write },
  );
}

/**
 * RN-15. The last look before a line is written. Fields are chosen so that nothing secret or personal is among them; but an error of somebody else's (a
 * driver, a mail server, a supplier) may repeat what it was given, and a log lives where its subjects do not.
 */
const quietFields = (fields: Record<string, unknown>): Record<string, unknown> => quietValue(fields, 0) as never;

const secretName = /pass(word|phrase)?$|secret|token|authori[sz]ation|cookie|api_?key|credential/i;
/** Deeper than this nothing of ours is nested. */
const deepest = 6;

function quietValue(value: unknown, depth: number): unknown {
  if (typeof value === "string") return quietText(value);
  if (typeof value === "bigint") return String(value);
  if (value instanceof Error) return quietText(String(value));
  if (value instanceof Date || typeof value !== "object" || value === null) return value;
  if (depth > deepest) return "[deep]";
  if (Array.isArray(value)) return value.map((each) => quietValue(each, depth + 1));
  if (value instanceof Secret) return String(value);
  return Object.fromEntries(
    Object.entries(value).map(([name, held]) => [
      name,
      secretName.test(name) && held !== null ? "[secret]" : quietValue(held, depth + 1),
    ]),
  );
}

const blanks: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, "[secret]"],
  // The login in an address, before its host could be taken for a mail's.
  [/\b([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@:]*:[^\s/]*@/gi, "$1[secret]@"],
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, "$1 [secret]"],
  // Our own keys, secrets of webhooks, tokens of cookies and links.
  [/\b(swk|whsec)_[\w+/=-]{8,}/g, "$1_[secret]"],
  [/\bey[\w-]{10,}\.[\w-]{10,}\.[\w-]*/g, "[secret]"],
  [
    /((?:pass(?:word|phrase)?|secret|token|api_?key|authorization|cookie)["']?\s*[=:]\s*["']?)[^\s"',;&}]{3,}/gi,
    "$1[secret]",
  ],
  [/[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/g, "[mail address]"],
];

function quietText(text: string): string {
  let quiet = maskCards(text);
  for (const [pattern, blank] of blanks) quiet = quiet.replace(pattern, blank);
  return quiet;
}
