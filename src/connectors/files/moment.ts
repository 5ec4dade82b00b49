import { Temporal } from "temporal-polyfill";
import { expected, textOf, value, type Cell } from "./cell.ts";

/**
 * How a file writes its times: "iso", or a pattern of yyyy yy MMM MM M dd d HH H hh h mm ss a, as in "M/d/yy H:mm". Seconds, an offset from UTC
 * at the end, and a value that is only a day are read with every pattern. Two-digit years are 2000 to 2099.
 */
export type DateStyle = string;

export interface Clockwork {
  style: DateStyle;
  /** IANA zone for times that have no offset; null: such a time is refused. */
  zone: string | null;
}

/** What a value says before any zone is asked. `time` is null for a day; `offset` is in minutes, null where the value has none. */
interface Written {
  date: { year: number; month: number; day: number };
  time: { hour: number; minute: number; second: number; millisecond: number } | null;
  offset: number | null;
}

/** The pattern's parts, or a refusal that says what is wrong with it. */
export function dateStyleOf(style: string): Cell<DateStyle> {
  if (style === "iso") return value(style);
  const tokens: string[] = style.match(tokenShape) ?? [];
  const has = (...wanted: string[]): boolean => wanted.some((token) => tokens.includes(token));
  if (!has("yyyy", "yy") || !has("MMM", "MM", "M") || !has("dd", "d"))
    return expected(
      `"iso" or a pattern with year, month and day like "M/d/yy H:mm" or "dd.MM.yyyy HH:mm"; tokens are yyyy yy MMM MM M dd d HH H hh h mm ss a`,
    );
  if (has("hh", "h") !== has("a"))
    return expected('a pattern with "h" and "a" together (8:26 PM), or with "H" (20:26)');
  return value(style);
}

/**
 * The instant that a cell means. A day is its first instant in the zone, or with `edge` "end" its last second (ship by 5 March). A local time
 * that does not exist in the zone or exists twice there (summer time) is refused, never shifted.
 */
export function momentOf(cell: string, { style, zone }: Clockwork, edge: "start" | "end" = "start"): Cell<Date> {
  const text = textOf(cell);
  const written = writtenIn(style, text);
  if (written === null)
    return expected(
      style === "iso"
        ? "a date like 2024-03-31 or a time like 2024-03-31 14:05:00 +0100"
        : `a time in the declared style ${style}`,
    );
  const { date, time, offset } = written;
  let local: Temporal.PlainDateTime;
  try {
    local = Temporal.PlainDateTime.from({ ...date, ...time }, { overflow: "reject" });
  } catch {
    return expected("a date and a time of day that exist");
  }
  if (date.year < 1990) return expected("a year from 1990 on");
  if (offset !== null && time !== null)
    return value(new Date(local.toZonedDateTime("UTC").epochMilliseconds - offset * 60_000));
  if (zone === null)
    return expected(
      "a time with its offset from UTC, or a declared zone (zone=Europe/London): nobody can say which instant this is",
    );
  if (time === null) {
    const day = local.toPlainDate();
    const first =
      edge === "start"
        ? day.toZonedDateTime(zone)
        : day.add({ days: 1 }).toZonedDateTime(zone).subtract({ seconds: 1 });
    return value(new Date(first.epochMilliseconds));
  }
  try {
    return value(new Date(local.toZonedDateTime(zone, { disambiguation: "reject" }).epochMilliseconds));
  } catch {
    const exists = local.toZonedDateTime(zone, { disambiguation: "earlier" }).toPlainDateTime().equals(local);
    return expected(
      exists
        ? `a time with its offset from UTC: this one exists twice in ${zone}, because the clock is set back in that hour`
        : `a time that exists in ${zone}: the clock is set forward over this hour`,
    );
  }
}

/** True where the zone is one that the calendar knows. */
export function isZone(zone: string): boolean {
  try {
    Temporal.PlainDate.from("2024-01-01").toZonedDateTime(zone);
    return true;
  } catch {
    return false;
  }
}

/** Whether a text fits a style, and if so whether it needs a zone. For guessing: all values of a file together show its style. */
export function fitsStyle(text: string, style: DateStyle): "no" | "absolute" | "needs_zone" {
  const written = writtenIn(style, text);
  if (
    written === null ||
    written.date.month < 1 ||
    written.date.month > 12 ||
    written.date.day < 1 ||
    written.date.day > 31
  )
    return "no";
  return written.offset !== null && written.time !== null ? "absolute" : "needs_zone";
}

const days = [
  "M/d/yyyy",
  "d/M/yyyy",
  "M/d/yy",
  "d/M/yy",
  "d.M.yyyy",
  "d.M.yy",
  "M-d-yyyy",
  "d-M-yyyy",
  "M-d-yy",
  "d-M-yy",
  "yyyy/M/d",
  "yyyy.M.d",
  "MMM-d-yy",
  "MMM-d-yyyy",
  "d-MMM-yy",
  "d-MMM-yyyy",
  "d MMM yyyy",
  "MMM d, yyyy",
  "d. MMM yyyy",
];
/** The styles that are tried where none is declared. */
export const knownStyles: readonly DateStyle[] = ["iso", ...days.flatMap((day) => [`${day} H:mm`, `${day} h:mm a`])];

// ---------------------------------------------------------------- patterns

const tokenShape = /yyyy|yy|MMM|MM|M|dd|d|HH|H|hh|h|mm|ss|a/g;
const offsetShape = "(?:\\s*(?<offset>z|utc|gmt|[+-]\\d{2}:?\\d{2}))?";
const secondsShape = "(?::(?<second>\\d{2})(?:[.,](?<fraction>\\d{1,9}))?)?";
const tokenShapes = new Map([
  ["yyyy", "(?<year>\\d{4})"],
  ["yy", "(?<year>\\d{2})"],
  ["MMM", "(?<name>\\p{L}{3,9})\\.?"],
  ["MM", "(?<month>\\d{2})"],
  ["M", "(?<month>\\d{1,2})"],
  ["dd", "(?<day>\\d{2})"],
  ["d", "(?<day>\\d{1,2})"],
  ["HH", "(?<hour>\\d{2})"],
  ["H", "(?<hour>\\d{1,2})"],
  ["hh", "(?<hour>\\d{2})"],
  ["h", "(?<hour>\\d{1,2})"],
  ["a", "(?<half>[ap])\\.?m\\.?"],
]);
const iso = new RegExp(
  `^(?<year>\\d{4})-(?<month>\\d{2})-(?<day>\\d{2})(?:[T ](?<hour>\\d{2}):(?<minute>\\d{2})${secondsShape}${offsetShape})?$`,
  "iu",
);
const compiled = new Map<DateStyle, RegExp>([["iso", iso]]);

function compile(style: DateStyle): RegExp {
  let pattern = compiled.get(style);
  if (pattern === undefined) {
    const timeAt = style.search(/[\s,T]*[Hh]/);
    const day = timeAt === -1 ? style : style.slice(0, timeAt);
    const time = timeAt === -1 ? " H:mm" : style.slice(timeAt);
    pattern = new RegExp(`^${shapeOf(day)}(?:${shapeOf(time)}${offsetShape})?$`, "iu");
    compiled.set(style, pattern);
  }
  return pattern;
}

function shapeOf(part: string): string {
  const literal = (text: string): string =>
    text.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&").replaceAll(/\s+/g, "[\\s,]*\\s");
  let shape = "";
  let at = 0;
  for (const match of part.matchAll(tokenShape)) {
    shape += literal(part.slice(at, match.index));
    at = match.index + match[0].length;
    if (match[0] === "ss") shape = shape.replace(/:$/, ""); // seconds are read with the minutes, whether the pattern names them or not
    else shape += match[0] === "mm" ? `(?<minute>\\d{2})${secondsShape}` : (tokenShapes.get(match[0]) ?? "");
  }
  return shape + literal(part.slice(at));
}

function writtenIn(style: DateStyle, text: string): Written | null {
  const found = compile(style).exec(text)?.groups;
  if (found === undefined) return null;
  const month = found["name"] === undefined ? Number(found["month"]) : months.get(found["name"].toLowerCase());
  if (month === undefined) return null;
  const year = Number(found["year"]);
  const date = { year: found["year"]?.length === 2 ? 2000 + year : year, month, day: Number(found["day"]) };
  const offset = found["offset"] === undefined ? null : minutesOf(found["offset"]);
  if (found["hour"] === undefined) return { date, time: null, offset };
  let hour = Number(found["hour"]);
  if (found["half"] !== undefined) {
    if (hour < 1 || hour > 12) return null;
    hour = (hour % 12) + (found["half"].toLowerCase() === "p" ? 12 : 0);
  }
  const time = {
    hour,
    minute: Number(found["minute"]),
    second: Number(found["second"] ?? 0),
    millisecond: Number((found["fraction"] ?? "0").padEnd(3, "0").slice(0, 3)),
  };
  return { date, time, offset };
}

function minutesOf(offset: string): number {
  if (/^[a-z]/i.test(offset)) return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2));
  return offset.startsWith("-") ? -minutes : minutes;
}

const months = new Map<string, number>();
for (const [names, month] of [
  ["jan january januar jän jänner", 1],
  ["feb february februar", 2],
  ["mar march mär mrz märz", 3],
  ["apr april", 4],
  ["may mai", 5],
  ["jun june juni", 6],
  ["jul july juli", 7],
  ["aug august", 8],
  ["sep sept september", 9],
  ["oct october okt oktober", 10],
  ["nov november", 11],
  ["dec december dez dezember", 12],
] as const) {
  for (const name of names.split(" ")) months.set(name, month);
}
