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

/** A carrier as the API names it (`royal_mail`), for people. */
export const carrierName = (carrier: string): string =>
  carriers.find((name) => name.toLowerCase().replaceAll(" ", "_") === carrier) ??
  (/^[a-z]{2,3}$/.test(carrier) ? carrier.toUpperCase() : carrier.replaceAll("_", " "));

/** Where the carrier itself says where the parcel is; null where its page is not known. The number is all that it is told. */
export function trackingUrl(carrier: string, number: string): string | null {
  const page = pages[carrier];
  return page === undefined ? null : page + encodeURIComponent(number);
}
/** The carriers' own pages, which take the number in their address. */
const pages: Readonly<Record<string, string>> = {
  dhl: "https://www.dhl.com/en/express/tracking.html?AWB=",
  ups: "https://www.ups.com/track?tracknum=",
  fedex: "https://www.fedex.com/fedextrack/?trknbr=",
  usps: "https://tools.usps.com/go/TrackConfirmAction?tLabels=",
  dpd: "https://tracking.dpd.de/parcelstatus?query=",
  gls: "https://gls-group.com/track/",
  royal_mail: "https://www.royalmail.com/track-your-item#/tracking-results/",
  evri: "https://www.evri.com/track/parcel/",
  yodel: "https://www.yodel.co.uk/tracking/",
  deutsche_post: "https://www.deutschepost.de/de/s/sendungsverfolgung.html?piececode=",
  la_poste: "https://www.laposte.fr/outils/suivre-vos-envois?code=",
  postnl: "https://jouw.postnl.nl/track-and-trace/",
  canada_post: "https://www.canadapost-postescanada.ca/track-reperage/en#/search?searchFor=",
  australia_post: "https://auspost.com.au/mypost/track/details/",
  yunexpress: "https://www.yuntrack.com/parcelTracking?id=",
  cainiao: "https://global.cainiao.com/detail.htm?mailNoList=",
};
