import { isAbsolute } from "node:path";
import { z } from "zod";
import { isCurrency } from "#domain/money.ts";
import type { Manifest, SettingProblem } from "../../ports.ts";
import { dateStyleOf } from "../../files/moment.ts";
import { inboxKinds } from "./inbox-columns.ts";

/** What a column of the purchase order can hold. `constant:TEXT` is the same text in each row. */
export const columnValues = [
  "po_number",
  "order_number",
  "line_no",
  "supplier_sku",
  "units",
  "unit_cost",
  "currency",
  "ship_name",
  "ship_company",
  "ship_line1",
  "ship_line2",
  "ship_city",
  "ship_region",
  "ship_postcode",
  "ship_country",
  "phone",
  "email",
  "method",
  "note",
  "ship_by",
] as const;
export type ColumnValue = (typeof columnValues)[number] | `constant:${string}`;

const isColumnValue = (text: string): text is ColumnValue =>
  text.startsWith("constant:") || (columnValues as readonly string[]).includes(text);

const defaultColumns = columnValues.map((value) => ({ header: value, value: value as ColumnValue }));

const InboxTable = z.strictObject({
  files: z
    .string()
    .regex(/^[^/\\]+$/, "a file name in which * stands for any text, such as ack-*.csv")
    .optional(),
  columns: z.record(z.string(), z.string().min(1)).default({}),
});
const Inbox = z
  .strictObject({
    ...(Object.fromEntries(Object.keys(inboxKinds).map((kind) => [kind, InboxTable.prefault({})])) as Record<
      keyof typeof inboxKinds,
      z.ZodPrefault<typeof InboxTable>
    >),
    encoding: z.enum(["auto", "utf-8", "utf-16le", "utf-16be", "windows-1252"]).default("auto"),
    delimiter: z.enum(["auto", ",", ";", "\t", "|"]).default("auto"),
    dateStyle: z.string().default("iso"),
    currency: z.string().refine(isCurrency, "a currency code such as EUR").nullable().default(null),
    settleSeconds: z.number().int().min(0).max(3600).default(5),
  })
  .superRefine((inbox, context) => {
    const style = dateStyleOf(inbox.dateStyle);
    if (!style.ok) context.addIssue({ code: "custom", path: ["dateStyle"], message: style.expected });
    for (const [kind, fields] of Object.entries(inboxKinds)) {
      for (const field of Object.keys(inbox[kind as keyof typeof inboxKinds].columns)) {
        if (Object.hasOwn(fields, field)) continue;
        context.addIssue({
          code: "custom",
          path: [kind, "columns", field],
          message: `one of ${Object.keys(fields).join(", ")}`,
        });
      }
    }
  });

const CsvSettingsSchema = z
  .strictObject({
    folder: z.string().refine(isAbsolute, "the absolute path of a folder, such as /srv/suppliers/acme"),
    columns: z
      .array(
        z.strictObject({
          header: z.string().min(1).max(200),
          value: z.string().refine(isColumnValue, `one of ${columnValues.join(", ")} or constant:TEXT`),
        }),
      )
      .min(1)
      .default(defaultColumns),
    header: z.boolean().default(true),
    delimiter: z.enum([",", ";", "\t", "|"]).default(","),
    quotes: z.enum(["minimal", "always", "never"]).default("minimal"),
    encoding: z.enum(["utf-8", "windows-1252"]).default("utf-8"),
    bom: z.boolean().default(false),
    lineEnding: z.enum(["crlf", "lf"]).default("crlf"),
    decimal: z.enum([".", ","]).default("."),
    perFile: z.enum(["order", "batch"]).default("order"),
    sendTimes: z
      .array(z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a time of day such as 09:00 or 15:30"))
      .max(96)
      .default([]),
    fileName: z
      .string()
      .regex(
        /^(?:[A-Za-z0-9 ._()-]|\{(?:po_number|date|time|batch)\})+$/,
        "letters, digits, blanks and . _ ( ) - with {po_number}, {date}, {time}, {batch}",
      )
      .optional(),
    inbox: Inbox.prefault({}),
  })
  .superRefine((settings, context) => {
    const problem = (path: string, message: string): void =>
      context.addIssue({ code: "custom", path: [path], message });
    // Two documents of one name would be one document to the supplier.
    const distinguishes = settings.perFile === "order" ? /\{(?:po_number|batch)\}/ : /\{batch\}/;
    if (settings.fileName !== undefined && !distinguishes.test(settings.fileName)) {
      problem(
        "fileName",
        settings.perFile === "order"
          ? "a name with {po_number}, so that each file has its own"
          : "a name with {batch}, so that each file has its own",
      );
    }
    if (settings.fileName !== undefined && /^[. ]|\.(?:part|tmp)$/i.test(settings.fileName)) {
      problem("fileName", "a name that begins with no dot or blank and does not end in .part or .tmp");
    }
    if (settings.bom && settings.encoding !== "utf-8") problem("bom", "false: only UTF-8 has a byte order mark");
    if (!settings.columns.some(({ value }) => value === "po_number")) {
      problem("columns", "a column with po_number: without it no acknowledgement can be matched");
    }
    for (const [index, { value, header }] of settings.columns.entries()) {
      for (const [name, text] of [
        ["value", value.replace(/^constant:/, "")],
        ["header", header],
      ] as const) {
        if (opensFormula.test(text))
          context.addIssue({
            code: "custom",
            path: ["columns", index, name],
            message: "a text that no spreadsheet takes for a formula: it may not begin with = + - @",
          });
        if (/\p{Cc}/u.test(text))
          context.addIssue({
            code: "custom",
            path: ["columns", index, name],
            message: "a text without control characters",
          });
      }
    }
  })
  .transform((settings) => ({
    ...settings,
    fileName: settings.fileName ?? (settings.perFile === "order" ? "PO-{po_number}.csv" : "PO-{date}-{batch}.csv"),
  }));

/** The settings of one CSV supplier, complete. Folders below `folder`: staging, outbox, inbox, inbox/done, inbox/rejected. */
export type CsvSettings = z.output<typeof CsvSettingsSchema>;

/** A cell that begins so is run by spreadsheets. Full-width forms count, because some of them normalise first. */
export const opensFormula = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

export function parseSettings(
  settings: Record<string, unknown>,
): { ok: true; settings: CsvSettings } | { ok: false; problems: SettingProblem[] } {
  const parsed = CsvSettingsSchema.safeParse(settings);
  if (parsed.success) return { ok: true, settings: parsed.data };
  const problems = parsed.error.issues.flatMap((issue): SettingProblem[] => {
    const field = issue.path.join(".");
    if (issue.code !== "unrecognized_keys") {
      return [{ field, expected: issue.message.replace(/^Invalid (?:input|option): expected /, "") }];
    }
    return issue.keys.map((key) => ({
      field: field === "" ? key : `${field}.${key}`,
      expected: "a setting that there is",
    }));
  });
  return { ok: false, problems };
}

/** For callers behind the check: settings that were refused at the edge and are here all the same are a broken invariant. */
export function settingsOf(settings: Record<string, unknown>): CsvSettings {
  const parsed = parseSettings(settings);
  if (parsed.ok) return parsed.settings;
  const named = parsed.problems.map(({ field, expected }) => `${field}: ${expected}`).join("; ");
  throw new Error(
    `The settings of this CSV supplier are not valid. ${named}. Correct them with: switchyard settings set`,
  );
}

export const manifest: Manifest = {
  id: "csv",
  title: "CSV files",
  settings: {
    folder: {
      type: "folder",
      title: "Folder",
      help: "Absolute path. Purchase orders appear in its outbox; put the supplier's files into its inbox.",
      required: true,
    },
    columns: {
      type: "json",
      title: "Columns",
      help: `In their order: [{"header": "PO", "value": "po_number"}, …]. Values: ${columnValues.join(", ")}, constant:TEXT.`,
      required: false,
    },
    header: {
      type: "boolean",
      title: "Header line",
      help: "Whether the first line names the columns.",
      required: false,
      default: true,
    },
    delimiter: {
      type: "choice",
      title: "Delimiter",
      help: "Between two cells.",
      required: false,
      choices: [",", ";", "\t", "|"],
      default: ",",
    },
    quotes: {
      type: "choice",
      title: "Quotes",
      help: "Around cells: where needed, always, or never (then a cell that would need them is refused).",
      required: false,
      choices: ["minimal", "always", "never"],
      default: "minimal",
    },
    encoding: {
      type: "choice",
      title: "Encoding",
      help: "Characters that it lacks are refused, never replaced.",
      required: false,
      choices: ["utf-8", "windows-1252"],
      default: "utf-8",
    },
    bom: {
      type: "boolean",
      title: "Byte order mark",
      help: "UTF-8 only: helps Excel to see the encoding.",
      required: false,
      default: false,
    },
    lineEnding: {
      type: "choice",
      title: "Line ending",
      help: "crlf is what RFC 4180 and Windows use.",
      required: false,
      choices: ["crlf", "lf"],
      default: "crlf",
    },
    decimal: {
      type: "choice",
      title: "Decimal mark",
      help: "Of costs, in files out and in.",
      required: false,
      choices: [".", ","],
      default: ".",
    },
    perFile: {
      type: "choice",
      title: "One file per",
      help: "order: a file for each purchase order. batch: one for all that leave at the same time.",
      required: false,
      choices: ["order", "batch"],
      default: "order",
    },
    sendTimes: {
      type: "json",
      title: "Send times",
      help: 'In the supplier\'s zone, e.g. ["09:00", "15:30"]; until then orders may still be cancelled. Empty: each leaves at once.',
      required: false,
    },
    fileName: {
      type: "text",
      title: "File name",
      help: "May have {po_number}, {date} (of sending, UTC), {time}, {batch}.",
      required: false,
    },
    inbox: {
      type: "json",
      title: "Inbox",
      help: `What the supplier's files look like, where it differs from what is guessed: {"tracking": {"files": "ship*.csv", "columns": {"tracking_number": "Parcel no"}}, "dateStyle": "dd.MM.yyyy"}. Kinds: ${Object.keys(inboxKinds).join(", ")}.`,
      required: false,
    },
  },
};
