import type { Schemas } from "../../app/api.ts";
import type { Step } from "./scan-queue.ts";

export type Detail = Schemas["DeskDetail"];
export type Line = Detail["lines"][number];

/** Units of a line, with what was scanned here and is still on its way. */
export interface Counted {
  sku: string;
  title: string;
  /** To be in the parcels, in all. */
  expected: number;
  /** In the parcels, in all. */
  counted: number;
  left: number;
  shipped: number;
  /** In the parcel and cancelled: to be put back. */
  surplus: number;
}

export function countsOf({ id, lines }: Detail, kept: readonly Step[]): Counted[] {
  const skus = [...new Set(lines.map(({ supplier_sku: sku }) => sku))];
  return skus.map((sku) => {
    const its = lines.filter((line) => line.supplier_sku === sku);
    const sum = (of: (line: Line) => number): number => its.reduce((total, line) => total + of(line), 0);
    const onItsWay = kept.reduce((total, step) => total + (step.part === id ? unitsOf(step, sku) : 0), 0);
    const expected = sum((line) => line.units - line.units_cancelled);
    const shipped = sum((line) => line.units_shipped);
    const collected = sum((line) => line.units_collected) + onItsWay;
    return {
      sku,
      title: its[0]!.title,
      expected,
      counted: Math.min(expected, collected),
      left: Math.max(0, expected - collected),
      shipped,
      surplus: Math.max(0, collected - shipped - Math.max(0, expected - shipped)),
    };
  });
}

/** What a step adds to the units in the parcel. */
function unitsOf(step: Step, sku: string): number {
  if (!("supplier_sku" in step.body) || step.body.supplier_sku !== sku) return 0;
  return step.do === "collect" ? step.body.units : -step.body.units;
}

/** How it looks once the server has done a step: shown at once, before it is asked for anew. */
export function afterStep(detail: Detail, step: Step): Detail {
  if (step.part !== detail.id) return detail;
  if (step.do === "print") return { ...detail, state: "printed" };
  if (!("supplier_sku" in step.body)) return detail;
  const { supplier_sku: sku } = step.body;
  let units = unitsOf(step, sku);
  const lines = detail.lines.map((line) => {
    if (line.supplier_sku !== sku || units === 0) return line;
    const room =
      units > 0 ? line.units - line.units_cancelled - line.units_collected : line.units_collected - line.units_shipped;
    const taken = Math.sign(units) * Math.min(Math.abs(units), Math.max(0, room));
    units -= taken;
    return { ...line, units_collected: line.units_collected + taken };
  });
  const isBegun = step.do === "collect" && detail.state === "printed";
  return { ...detail, lines, ...(isBegun ? { state: "collecting" as const } : {}) };
}

export const same = (one: string, other: string): boolean => one.trim().toLowerCase() === other.trim().toLowerCase();
