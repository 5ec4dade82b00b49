import { z } from "zod";
import { isCountry } from "#domain/country.ts";
import { parsePublicId, publicId, type PublicKind } from "#domain/ids.ts";
import { headlineOrder, type Headline } from "#domain/lifecycle.ts";
import { isCurrency, toMajor, type Money as MoneyAmount } from "#domain/money.ts";
import { reasonCodes, type ReasonCode } from "#domain/reasons.ts";
import { ProblemDetails } from "./problem.ts";

// What requests and answers have in common. Answers are allow-lists: a field that is not named here does not leave.

/** A public id of one kind; what it becomes is the uuid behind it. What is none of this kind is answered like one that is not there. */
export const idOf = (kind: PublicKind) =>
  z.codec(z.string().max(100), z.string(), {
    decode: (text, context) => {
      const uuid = parsePublicId(kind, text);
      if (uuid !== null) return uuid;
      context.issues.push({ code: "custom", message: `an id such as ${publicId(kind, example)}`, input: text });
      return z.NEVER;
    },
    encode: (uuid) => publicId(kind, uuid),
  });
const example = "01980000-0000-7000-8000-000000000000";

/** Text as people type it: NFC, no control characters and none that turn the reading direction. */
export const text = (max: number, min = 1) =>
  z
    .string()
    .normalize("NFC")
    .min(min)
    .max(max)
    .regex(/^[^\p{Cc}\u202A-\u202E\u2066-\u2069]*$/u, "text without control characters");

/** As it is compared: in small letters. */
export const email = z
  .string()
  .max(254)
  .normalize("NFC")
  .toLowerCase()
  .regex(/^[^\s@<>,;:"()[\]\\]{1,64}@[^\s@<>,;:"()[\]\\]+\.[^\s@.]+$/u, "an e-mail address, such as anna@example.org");
export const password = z.string().min(1).max(1000).meta({ description: "At least 8 characters, of any kind" });
export const personName = text(100);

export const decimalText = z.string().regex(/^-?\d{1,15}(\.\d{1,10})?$/, 'a decimal number as text, such as "12.50"');
export const positiveDecimal = z
  .string()
  .regex(/^\d{1,15}(\.\d{1,10})?$/, 'a decimal number from 0 as text, such as "12.50"');
export const currency = z.string().refine(isCurrency, "an ISO 4217 currency code, such as EUR");
export const country = z.string().refine(isCountry, "an ISO 3166 country code of two letters, such as DE");
export const instant = z.iso.datetime({
  offset: true,
  error: "an instant with its zone, such as 2026-11-22T10:00:00Z",
});
export const quantity = z.int().min(1).max(1_000_000);

export const cursor = z
  .string()
  .max(500)
  .optional()
  .meta({ description: "`next` of the page before; absent: the first page" });
export const limit = z.coerce.number().int().min(1).max(200).default(50);

export const Money = z.object({ amount: z.string(), currency: z.string() }).meta({
  id: "Money",
  description: "Decimal text in major units, with all digits of its currency.",
});
export const money = (amount: MoneyAmount): z.output<typeof Money> => ({
  amount: toMajor(amount),
  currency: amount.currency,
});
export const time = (at: Date): string => at.toISOString();
export const timeOrNull = (at: Date | null): string | null => at?.toISOString() ?? null;

export const HeadlineCode = z.enum(headlineOrder as [Headline, ...Headline[]]).meta({ id: "Headline" });
export const ReasonCodeSchema = z.enum(reasonCodes as [ReasonCode, ...ReasonCode[]]).meta({ id: "ReasonCode" });

/** Whether something may be done now and, where not, why. */
export const Verdict = z
  .discriminatedUnion("allowed", [
    z.object({ allowed: z.literal(true) }),
    z.object({ allowed: z.literal(false), why: z.string() }),
  ])
  .meta({ id: "Verdict" });
export const actionsOf = <const Names extends readonly string[]>(names: Names) =>
  z.object(Object.fromEntries(names.map((name) => [name, Verdict])) as Record<Names[number], typeof Verdict>);

/** Every answer that is none of the expected ones is a problem. */
export const problems = { default: ProblemDetails } as const;

export const Address = z
  .object({
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
  })
  .meta({ id: "Address" });

export const AddressInput = z
  .strictObject({
    name: text(200),
    company: text(200, 0).default(""),
    line1: text(200),
    line2: text(200, 0).default(""),
    city: text(200),
    region: text(200, 0).default(""),
    postcode: text(40, 0).default(""),
    country,
    phone: text(60, 0).default(""),
    email: text(320, 0).default(""),
  })
  .meta({ id: "NewAddress" });
