import type { Hold, Order } from "./order.ts";
import type { ReasonCode } from "./reasons.ts";

/**
 * Codes that verification finds in the facts and that a supplier, or a person at its desk, may state as well. What was stated is no fact that can be
 * computed anew: our own check of the same address found nothing, and would let it go to be refused again.
 */
const statable: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  "address_invalid",
  "address_incomplete",
  "phone_missing",
  "insufficient_balance",
  "currency_mismatch",
  "shipping_not_mapped",
]);

/** What such a hold keeps: who said so, and of which address. Empty for other codes. */
export const statedDetail = (code: ReasonCode, order: Order, by: string): Record<string, unknown> =>
  statable.has(code) ? { statedBy: by, addressNo: addressInForce(order) } : {};

export const isStated = (hold: Hold): boolean => hold.detail["statedBy"] !== undefined;

/** VF-12. It stays while the address is the one that was refused; a wake-up (what it waits for changed) and a person's release end it too. */
export const stillStated = (hold: Hold, order: Order): boolean =>
  isStated(hold) && hold.detail["addressNo"] === addressInForce(order);

const addressInForce = (order: Order): number => order.editedAddressNo ?? order.addressNo;
