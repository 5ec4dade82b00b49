import { suppliers } from "./catalogue.ts";

/** Everything that can go wrong, each with what it does. A rate is a probability from 0 to 1, drawn anew for each order, purchase or call. */
export const shopBehaviours = {
  buyer_cancels_early: "The buyer cancels within minutes; the shop states it (SB-40).",
  buyer_cancels_late: "The buyer asks for a cancellation later on; the shop waits for the seller's answer (SB-41).",
  buyer_changes_address: "The buyer changes the address after ordering (SB-42).",
  bad_address: "A part of the address is missing or wrong: street, house number, postcode (SB-43).",
  unlinked_sku: "The order holds a product that nobody has linked to a supplier (SB-44).",
  unmapped_rate: "The buyer chose a shipping rate that nobody has mapped (SB-44).",
  odd_pack: "A quantity that does not divide into the supplier's packs (SB-44).",
  high_risk: "The shop marks the order as a fraud risk (SB-44).",
  pays_later: "The order arrives unpaid and is paid later (SB-45).",
  repeated_message: "The shop's feed brings the same message once more (SB-46).",
  double_order: "The buyer orders the same again a moment later, under another order id (SB-47).",
  late_in_feed: "The order's first message comes late, perhaps after its own cancellation (SB-48).",
  feed_error: "Reading the feed fails with HTTP 503 (SB-49).",
  write_back_error: "A write-back fails with HTTP 500 and is not recorded (SB-52).",
  write_back_drop: "A write-back is recorded and its answer is lost (SB-52).",
  webhook_lost: "A webhook is never sent; the feed has it (WI-21).",
  webhook_late: "A webhook is sent later than newer ones (WI-21).",
  webhook_repeated: "A webhook is sent once more, the same to the last letter (WI-21).",
  webhook_forged: "Somebody without the secret sends the order with another name (WI-21).",
} as const;
export const supplierFaults = {
  out_of_stock: "Refuses the purchase as out of stock, whatever its stock list says (SB-60).",
  price_up: "Its price has risen by 5 to 40 %; above the purchase's limit it refuses (SB-61).",
  refusal: "Refuses the purchase without a reason that helps (SB-62).",
  partial_acceptance: "Accepts only a part of the units (SB-63).",
  time_out_before: "The connection is cut and nothing was bought (SB-64).",
  time_out_after: "The purchase is recorded and the connection is cut without an answer (SB-65).",
  error_before: "HTTP 500 and nothing was bought (SB-66).",
  error_after: "HTTP 500 although the purchase is recorded (SB-67).",
  garbage: "HTTP 200 with a page of HTML; the purchase is recorded (SB-68).",
  late_effect: "The connection is cut, and the purchase is recorded only some time later (SB-69).",
  lost_tracking: "Ships without ever telling a tracking number (SB-70).",
  late_tracking: "Tells the tracking number long after shipping (SB-71).",
  bad_tracking: "Tells a number whose check digit is wrong (SB-72).",
  supplier_cancels: "Cancels all or a part after it had accepted (SB-73).",
  backorder: "Accepts and ships much later, with a date (SB-74).",
  split_parcels: "Sends two parcels, the second later (SB-75).",
  slow_lookup: "A purchase shows up in the look-up only at the end of the promised lag (SB-76).",
  cancel_refused: "Refuses to cancel what has not shipped yet (SB-77).",
  read_error: "Reading orders, stock or lists fails with HTTP 503 (SB-78).",
  reject_credentials: "Does not accept the account's token (SB-79).",
} as const;
export const carrierFaults = {
  parcel_stalls: "A parcel stops moving for good (SB-80).",
  parcel_returns: "A parcel goes back to its sender (SB-81).",
} as const;

export type ShopBehaviour = keyof typeof shopBehaviours;
export type SupplierFault = keyof typeof supplierFaults;
export type CarrierFault = keyof typeof carrierFaults;
export type Rates<Name extends string> = Record<Name, number>;

export interface Profile {
  shop: Rates<ShopBehaviour>;
  /** By supplier code. */
  suppliers: Record<string, Rates<SupplierFault>>;
  carriers: Rates<CarrierFault>;
}
/** What `changeProfile` takes: only the rates that change. `suppliers["*"]` means each of them. */
export interface ProfileChange {
  shop?: Partial<Rates<ShopBehaviour>>;
  suppliers?: Record<string, Partial<Rates<SupplierFault>>>;
  carriers?: Partial<Rates<CarrierFault>>;
}

const calmRates = <Name extends string>(names: Record<Name, string>): Rates<Name> =>
  Object.fromEntries(Object.keys(names).map((name) => [name, 0])) as Rates<Name>;

/** Nothing goes wrong. */
export const calm: Profile = {
  shop: calmRates(shopBehaviours),
  suppliers: Object.fromEntries(suppliers.map(({ code }) => [code, calmRates(supplierFaults)])),
  carriers: calmRates(carrierFaults),
};

/** A log of before knows no faults that came later: they are off there. */
export const wholeProfile = (profile: Profile): Profile => ({ ...profile, shop: { ...calm.shop, ...profile.shop } });

export const profileNames = ["calm", "demo", "hostile"] as const;
export type ProfileName = (typeof profileNames)[number];
export const profiles: Record<ProfileName, Profile> = {
  calm,
  /** A lively day: most orders go through, and within minutes there is one of everything to look at. */
  demo: changeProfile(calm, {
    shop: {
      buyer_cancels_early: 0.05,
      buyer_cancels_late: 0.03,
      buyer_changes_address: 0.05,
      bad_address: 0.04,
      unlinked_sku: 0.04,
      unmapped_rate: 0.02,
      odd_pack: 0.02,
      high_risk: 0.02,
      pays_later: 0.06,
      repeated_message: 0.05,
      double_order: 0.02,
      late_in_feed: 0.04,
      webhook_lost: 0.03,
      webhook_late: 0.03,
      webhook_repeated: 0.05,
      webhook_forged: 0.02,
    },
    suppliers: {
      "*": {
        out_of_stock: 0.03,
        price_up: 0.05,
        refusal: 0.02,
        partial_acceptance: 0.03,
        time_out_after: 0.03,
        error_after: 0.01,
        lost_tracking: 0.02,
        late_tracking: 0.04,
        bad_tracking: 0.01,
        supplier_cancels: 0.03,
        backorder: 0.02,
        split_parcels: 0.08,
      },
    },
    carriers: { parcel_stalls: 0.02, parcel_returns: 0.01 },
  }),
  /** A bad week for everybody at once. */
  hostile: changeProfile(calm, {
    shop: {
      buyer_cancels_early: 0.15,
      buyer_cancels_late: 0.1,
      buyer_changes_address: 0.15,
      bad_address: 0.05,
      unlinked_sku: 0.04,
      unmapped_rate: 0.03,
      odd_pack: 0.03,
      high_risk: 0.03,
      pays_later: 0.15,
      repeated_message: 0.3,
      double_order: 0.05,
      late_in_feed: 0.2,
      feed_error: 0.1,
      write_back_error: 0.1,
      write_back_drop: 0.1,
      webhook_lost: 0.2,
      webhook_late: 0.2,
      webhook_repeated: 0.3,
      webhook_forged: 0.1,
    },
    suppliers: {
      "*": {
        out_of_stock: 0.08,
        price_up: 0.1,
        refusal: 0.05,
        partial_acceptance: 0.1,
        time_out_before: 0.06,
        time_out_after: 0.1,
        error_before: 0.04,
        error_after: 0.05,
        garbage: 0.04,
        late_effect: 0.05,
        lost_tracking: 0.04,
        late_tracking: 0.1,
        bad_tracking: 0.03,
        supplier_cancels: 0.08,
        backorder: 0.05,
        split_parcels: 0.2,
        slow_lookup: 0.2,
        cancel_refused: 0.2,
        read_error: 0.1,
      },
    },
    carriers: { parcel_stalls: 0.05, parcel_returns: 0.03 },
  }),
};

/** Sets what `change` names and leaves the rest. Throws `ProfileError` for a name or a rate that does not exist; nothing is changed then. */
export function changeProfile(profile: Profile, change: unknown): Profile {
  const given = readGroups(change);
  const bySupplier = readObject(given.suppliers, "suppliers");
  for (const code of Object.keys(bySupplier)) {
    if (code !== "*" && !(code in profile.suppliers))
      throw new ProfileError(
        `suppliers.${code}: no such supplier. There are ${Object.keys(profile.suppliers).join(", ")}, and * for all.`,
      );
  }
  return {
    shop: changeRates(profile.shop, given.shop, "shop"),
    suppliers: Object.fromEntries(
      Object.entries(profile.suppliers).map(([code, rates]) => [
        code,
        changeRates(changeRates(rates, bySupplier["*"], "suppliers.*"), bySupplier[code], `suppliers.${code}`),
      ]),
    ),
    carriers: changeRates(profile.carriers, given.carriers, "carriers"),
  };
}
export class ProfileError extends Error {}

function readGroups(change: unknown): { shop?: unknown; suppliers?: unknown; carriers?: unknown } {
  const given = readObject(change, "the profile");
  const strangers = Object.keys(given).filter((key) => !["shop", "suppliers", "carriers"].includes(key));
  if (strangers.length > 0)
    throw new ProfileError(`${strangers[0]}: unknown. A profile has shop, suppliers and carriers.`);
  return given;
}

function changeRates<Name extends string>(rates: Rates<Name>, change: unknown, place: string): Rates<Name> {
  const changed: Record<string, number> = { ...rates };
  for (const [name, rate] of Object.entries(readObject(change, place))) {
    if (!(name in rates))
      throw new ProfileError(`${place}.${name}: unknown. There are ${Object.keys(rates).join(", ")}.`);
    if (typeof rate !== "number" || !(rate >= 0 && rate <= 1))
      throw new ProfileError(
        `${place}.${name}: ${JSON.stringify(rate)} is not a rate. Give a number from 0 (never) to 1 (always).`,
      );
    changed[name] = rate;
  }
  return changed as Rates<Name>;
}

function readObject(value: unknown, place: string): Record<string, unknown> {
  if (value === undefined) return {};
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new ProfileError(`${place}: expected an object.`);
  return value as Record<string, unknown>;
}
