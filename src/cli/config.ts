import { isIP } from "node:net";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import { parseAllowedHosts, type AllowedHosts } from "./address-guard.ts";
import { CliError } from "./cli-error.ts";

/** What the process was told from outside: environment first, flags on top. Parsed once, before anything starts. */
export interface Config {
  /** Where the embedded database and the sandbox keep everything. */
  dataDir: string;
  /** What lies outside the data folder, so that a copy of the data does not take it along. */
  home: string;
  /** Where the vault's master keys are: a file (null: `master.keys` in the home), or what a command prints. */
  masterKey: { file: string | null; command: string | null };
  /** Where webhooks may go beyond the public internet on port 443: hosts and networks, and plain HTTP on port 80. */
  webhooks: { allowed: AllowedHosts; plainHttp: boolean };
  /** Another PostgreSQL than the embedded one. */
  databaseUrl: string | null;
  /** Where HTTP listens, on 127.0.0.1. */
  port: number;
  /** Where people reach this installation; what links begin with. Over https where a proxy in front of it says so. */
  url: string;
  /** How mails leave; null: none are sent, and links are given out by hand. */
  mail: { url: string; from: string } | null;
  /** Addresses of proxies whose X-Forwarded-For is believed. */
  trustedProxies: readonly string[];
  /** Opens /metrics to a program on another machine; null: to programs on this one only. */
  metricsToken: string | null;
  /** How a process ends that is told to: so long it says that it will before it takes no more requests, and so long what is under way may take. */
  stopping: { drainMs: number; limitMs: number };
  /** Errors show where they happened. */
  debug: boolean;
  /** For `openStore`, which knows the rest of its own variables. */
  env: Readonly<Record<string, string | undefined>>;
}

const port = (name: string) =>
  z
    .string()
    .regex(/^\d+$/, `${name} is a number from 1 to 65535`)
    .transform(Number)
    .refine((value) => value >= 1 && value <= 65535, `${name} is a number from 1 to 65535`);
const seconds = (name: string, most: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/, `${name} is a number of seconds from 0 to ${most}`)
    .transform(Number)
    .refine((value) => value <= most, `${name} is a number of seconds from 0 to ${most}`);
const folder = (name: string, what = "folder") =>
  z.string().refine((text) => text.trim() !== "" && !text.includes("\0"), `${name} is the path of a ${what}`);

const proxies = (list: string): string[] => list.split(",").map((each) => each.trim());

const Environment = z.object({
  SWITCHYARD_DATA: folder("SWITCHYARD_DATA").optional(),
  SWITCHYARD_HOME: folder("SWITCHYARD_HOME").optional(),
  SWITCHYARD_PORT: port("SWITCHYARD_PORT").optional(),
  SWITCHYARD_POSTGRES_PORT: port("SWITCHYARD_POSTGRES_PORT").optional(),
  SWITCHYARD_MASTER_KEY_FILE: folder("SWITCHYARD_MASTER_KEY_FILE", "file").optional(),
  SWITCHYARD_MASTER_KEY_COMMAND: z.string().optional(),
  SWITCHYARD_WEBHOOK_ALLOW: z.string().optional(),
  SWITCHYARD_WEBHOOK_HTTP: z.enum(["0", "1"], "SWITCHYARD_WEBHOOK_HTTP is 1 or 0").optional(),
  SWITCHYARD_METRICS_TOKEN: z
    .string()
    .regex(
      /^[\x21-\x7e]{32,200}$/,
      "SWITCHYARD_METRICS_TOKEN is a token of 32 to 200 characters, such as `openssl rand -hex 32` prints",
    )
    .optional(),
  SWITCHYARD_DRAIN_SECONDS: seconds("SWITCHYARD_DRAIN_SECONDS", 300).optional(),
  SWITCHYARD_STOP_SECONDS: seconds("SWITCHYARD_STOP_SECONDS", 3600).optional(),
  SWITCHYARD_DEBUG: z.string().optional(),
  SWITCHYARD_URL: z
    .string()
    .refine(
      (text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).pathname === "/",
      "SWITCHYARD_URL is the address under which people reach this installation, such as https://orders.example.org",
    )
    .optional(),
  SWITCHYARD_SMTP_URL: z
    .string()
    .refine(
      (text) => URL.canParse(text) && /^smtps?:$/.test(new URL(text).protocol),
      "SWITCHYARD_SMTP_URL is a mail server such as smtp://user:password@mail.example.org:587",
    )
    .optional(),
  SWITCHYARD_MAIL_FROM: z
    .string()
    .regex(
      /^[^\r\n]{0,200}[^\s@<>]+@[^\s@<>]+>?$/,
      "SWITCHYARD_MAIL_FROM is a sender such as Switchyard <orders@example.org>",
    )
    .optional(),
  SWITCHYARD_TRUSTED_PROXIES: z
    .string()
    .refine(
      (text) => proxies(text).every((each) => isIP(each.split("/", 1)[0]!) !== 0),
      "SWITCHYARD_TRUSTED_PROXIES is a list of addresses or networks, such as 127.0.0.1,10.0.0.0/8",
    )
    .optional(),
  DATABASE_URL: z
    .string()
    .refine(
      (text) => URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol),
      "DATABASE_URL is an address such as postgres://user:password@host:5432/database",
    )
    .optional(),
});

export interface Flags {
  data?: string;
  port?: string;
}

/** CLI-2. Reads environment and flags; what is wrong is named with what is expected, and nothing has been started. Never repeats a value: it may be a secret. */
export function readConfig(env: Readonly<Record<string, string | undefined>>, flags: Flags = {}): Config {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ""));
  const parsed = Environment.safeParse(set);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new CliError(
      `${issue.message}.`,
      `Correct the environment variable ${issue.path.join(".")}, or unset it.`,
      2,
    );
  }
  const values = parsed.data;
  if (values.SWITCHYARD_MASTER_KEY_FILE !== undefined && values.SWITCHYARD_MASTER_KEY_COMMAND !== undefined)
    throw new CliError(
      "SWITCHYARD_MASTER_KEY_FILE and SWITCHYARD_MASTER_KEY_COMMAND are both set.",
      "Unset one of them: the master key comes from one place.",
      2,
    );
  const wishedPort = flags.port === undefined ? undefined : port("--port").safeParse(flags.port);
  if (wishedPort?.success === false)
    throw new CliError(`${wishedPort.error.issues[0]!.message}.`, "Give another --port.", 2);
  if ((values.SWITCHYARD_SMTP_URL === undefined) !== (values.SWITCHYARD_MAIL_FROM === undefined))
    throw new CliError(
      "Of SWITCHYARD_SMTP_URL and SWITCHYARD_MAIL_FROM only one is set.",
      "Set both to send mails, or none to give out links by hand.",
      2,
    );
  const listens = wishedPort?.data ?? values.SWITCHYARD_PORT ?? 4400;
  const dataDir = resolve(flags.data ?? values.SWITCHYARD_DATA ?? "data");
  return {
    dataDir,
    home: resolve(values.SWITCHYARD_HOME ?? join(homedir(), ".switchyard")),
    masterKey: {
      file: values.SWITCHYARD_MASTER_KEY_FILE === undefined ? null : resolve(values.SWITCHYARD_MASTER_KEY_FILE),
      command: values.SWITCHYARD_MASTER_KEY_COMMAND ?? null,
    },
    webhooks: {
      allowed: parseAllowedHosts(values.SWITCHYARD_WEBHOOK_ALLOW ?? ""),
      plainHttp: values.SWITCHYARD_WEBHOOK_HTTP === "1",
    },
    databaseUrl: values.DATABASE_URL ?? null,
    port: listens,
    url: values.SWITCHYARD_URL === undefined ? `http://127.0.0.1:${listens}` : new URL(values.SWITCHYARD_URL).origin,
    mail:
      values.SWITCHYARD_SMTP_URL === undefined || values.SWITCHYARD_MAIL_FROM === undefined
        ? null
        : { url: values.SWITCHYARD_SMTP_URL, from: values.SWITCHYARD_MAIL_FROM },
    trustedProxies: values.SWITCHYARD_TRUSTED_PROXIES === undefined ? [] : proxies(values.SWITCHYARD_TRUSTED_PROXIES),
    metricsToken: values.SWITCHYARD_METRICS_TOKEN ?? null,
    stopping: {
      drainMs: (values.SWITCHYARD_DRAIN_SECONDS ?? 0) * 1_000,
      limitMs: (values.SWITCHYARD_STOP_SECONDS ?? 60) * 1_000,
    },
    debug: values.SWITCHYARD_DEBUG !== undefined && values.SWITCHYARD_DEBUG !== "0",
    env,
  };
}
