/** Carriers whose parcels are often typed by hand; any other name may be typed too. */
export const carriers: readonly string[] = [
  "DHL",
  "UPS",
  "FedEx",
  "USPS",
  "DPD",
  "GLS",
  "Evri",
  "Royal Mail",
  "Yodel",
  "PostNL",
  "Deutsche Post",
  "La Poste",
  "Austrian Post",
  "Swiss Post",
  "bpost",
  "Poste Italiane",
  "Correos",
  "PostNord",
  "An Post",
  "Canada Post",
  "Australia Post",
  "Japan Post",
  "China Post",
  "YunExpress",
  "4PX",
  "Cainiao",
  "SF Express",
];

/** Whose numbers look like this, for a hint while typing; the server decides. */
export function carrierOf(number: string): string | undefined {
  const text = number.replaceAll(/\s/g, "").toUpperCase();
  if (/^1Z[0-9A-Z]{16}$/.test(text)) return "UPS";
  if (/^9[2-5]\d{20}$/.test(text)) return "USPS";
  if (/^YT\d{16}$/.test(text)) return "YunExpress";
  return s10[/^[A-Z]{2}\d{9}([A-Z]{2})$/.exec(text)?.[1] ?? ""];
}
const s10: Readonly<Record<string, string>> = {
  GB: "Royal Mail",
  US: "USPS",
  DE: "Deutsche Post",
  FR: "La Poste",
  CN: "China Post",
  CA: "Canada Post",
  AU: "Australia Post",
  JP: "Japan Post",
  NL: "PostNL",
  BE: "bpost",
  IT: "Poste Italiane",
  ES: "Correos",
  IE: "An Post",
  AT: "Austrian Post",
  CH: "Swiss Post",
};
