import { refuse, type Refused } from "#domain/result.ts";
import { carrierTitle, checkTrackingNumber } from "#domain/tracking-number.ts";

/** SH-24. The carrier as it was said, else the one whose numbers look like this one: a label that is scanned names no carrier. */
export function carrierOf({
  carrier,
  trackingNumber,
}: {
  carrier?: string | undefined;
  trackingNumber: string;
}): string | Refused {
  if (carrier !== undefined && carrier.trim() !== "") return carrier;
  const found = checkTrackingNumber(trackingNumber);
  if (found.status === "valid") return carrierTitle(found.carrier);
  return refuse(
    "carrier_missing",
    `${trackingNumber} is no number of a carrier that we know. Say the carrier, or correct the number.`,
  );
}
