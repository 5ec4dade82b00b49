import type { Draws } from "../draws.ts";

/** Carriers whose numbers the pretend world writes, each with its real check digit (SB-30), as carriers' own validators compute it. */
export const carriers = ["ups", "fedex", "royal_mail", "deutsche_post"] as const;
export type CarrierCode = (typeof carriers)[number];

/** A number that nothing in `taken` has: drawn by name, and drawn again until it is new. */
export function newTrackingNumber(carrier: CarrierCode, draws: Draws, isTaken: (number: string) => boolean): string {
  for (let tries = 0; ; tries++) {
    const number = write[carrier](draws.of(`tracking:${tries}`));
    if (!isTaken(number)) return number;
  }
}

/** The same number with a check digit that is wrong: what a typing error at the supplier looks like. */
export function spoilCheckDigit(number: string): string {
  const at = /^[A-Z]{2}\d{9}[A-Z]{2}$/.test(number) ? number.length - 3 : number.length - 1;
  return `${number.slice(0, at)}${(Number(number[at]) + 1) % 10}${number.slice(at + 1)}`;
}

const digits = (draws: Draws, count: number): string =>
  Array.from({ length: count }, (_, index) => draws.whole(`digit:${index}`, 0, 9)).join("");

const write: Record<CarrierCode, (draws: Draws) => string> = {
  ups: (draws) => {
    const serial = `${draws.pick("letter", ["A", "E", "F", "R", "W", "X", "Y"])}${digits(draws, 14)}`;
    return `1Z${serial}${upsCheckDigit(serial)}`;
  },
  fedex: (draws) => {
    const serial = `${draws.whole("first", 2, 9)}${digits(draws, 10)}`;
    return `${serial}${weighted(serial, [3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1], 11) % 10}`;
  },
  royal_mail: (draws) => s10("RR", digits(draws, 8), "GB"),
  deutsche_post: (draws) => s10("RR", digits(draws, 8), "DE"),
};

/** UPU S10: weights 8 6 4 2 3 5 9 7, modulo 11; 10 is written 0 and 11 is written 5. */
function s10(service: string, serial: string, country: string): string {
  const rest = 11 - weighted(serial, [8, 6, 4, 2, 3, 5, 9, 7], 11);
  const check = rest === 10 ? 0 : rest === 11 ? 5 : rest;
  return `${service}${serial}${check}${country}`;
}

/** UPS: letters count as (code − 63) mod 10, every second character twice, then what is missing to the next ten. */
function upsCheckDigit(serial: string): number {
  const values = Array.from(serial, (sign) => (/\d/.test(sign) ? Number(sign) : (sign.charCodeAt(0) - 63) % 10));
  const sum = values.reduce((total, value, index) => total + (index % 2 === 1 ? value * 2 : value), 0);
  return (10 - (sum % 10)) % 10;
}

const weighted = (serial: string, weights: readonly number[], modulo: number): number =>
  weights.reduce((sum, weight, index) => sum + weight * Number(serial[index]), 0) % modulo;
