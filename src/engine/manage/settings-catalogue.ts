import { z } from "zod";
import {
  dayMs,
  defaultAccountSettings,
  defaultChannelSettings,
  defaultSupplierSettings,
  defaultWorkspaceSettings,
  type AccountSettings,
  type ChannelSettings,
  type SupplierSettings,
  type WorkspaceSettings,
} from "#domain/settings.ts";
import { carrierIds } from "#domain/tracking-number.ts";
import {
  choice,
  countries,
  currency,
  decimal,
  duration,
  flag,
  instant,
  minorUnits,
  orNothing,
  text,
  whole,
  zone,
  type Setting,
} from "./setting.ts";

/** What can be set on one kind of thing. Names are those of the stored settings; `writeBack.shipped` lies inside `writeBack`. */
export interface SettingsCatalogue {
  defaults: Record<string, unknown>;
  fields: Readonly<Record<string, Setting>>;
  /** `rates.USD`: any name of its own below this one; the pattern is of the whole. */
  open: Readonly<
    Record<
      string,
      {
        isName(name: string): boolean;
        expectedName: string;
        pattern: string;
        setting: Setting;
        /** It holds addresses that this server calls: the administrator's to set (ST-35). */
        leadsOut?: boolean;
      }
    >
  >;
}

const hour = 3_600_000;
const year = 365 * dayMs;
const percent = { min: "0", max: "1000" };

type Nested<Parent extends string, Of> = `${Parent}.${keyof Of & string}`;
type WorkspaceField = Exclude<keyof WorkspaceSettings, "rates" | "carriers">;
type ChannelField = Exclude<keyof ChannelSettings, "writeBack"> | Nested<"writeBack", ChannelSettings["writeBack"]>;
type SupplierField = Exclude<keyof SupplierSettings, "scan" | "connector"> | Nested<"scan", SupplierSettings["scan"]>;

const writeBackModes = ["automatic", "by_hand", "never"];

/** A connector that follows parcels, with what its manifest asks for. */
const carrierConnection: Setting = {
  help: "Which connector follows the parcels of this carrier (or, as carriers.*, of all others). Without one they are not followed.",
  expected:
    'a connector with its settings, such as {"connector":"sandbox","settings":{"baseUrl":"http://127.0.0.1:4410"}}',
  form: z.strictObject({ connector: z.string(), settings: z.record(z.string(), z.unknown()) }),
  limit: false,
  wakes: [],
  show: (value) => JSON.stringify(value),
  read(input) {
    let given: unknown = input;
    try {
      if (typeof input === "string") given = JSON.parse(input);
    } catch {
      return undefined;
    }
    if (given === null || typeof given !== "object" || Array.isArray(given)) return undefined;
    const { connector, settings, ...more } = given as Record<string, unknown>;
    const isComplete = typeof connector === "string" && connector !== "" && Object.keys(more).length === 0;
    const isSet = typeof settings === "object" && settings !== null && !Array.isArray(settings);
    return isComplete && isSet ? { connector, settings } : undefined;
  },
};

export const workspaceSettings = {
  defaults: { ...defaultWorkspaceSettings },
  fields: {
    currency: currency({ help: "Profit and margin are shown in it.", wakes: ["no_rate", "margin_below_limit"] }),
    zone: zone({ help: "Whose day a cap, a statement and a completion mean." }),
    hasOrderingTeam: flag({ help: "People who place by hand what machines cannot." }),
    bufferMs: duration(
      { help: "Wait between buying and placing, in which a cancel is free." },
      { min: 0, max: 30 * dayMs },
    ),
    undoMs: duration(
      { help: "Process and Release leave no earlier than this after the click." },
      { min: 0, max: hour },
    ),
    maxAgeMs: duration(
      { help: "Older orders are not placed without a person's release.", wakes: ["too_old"] },
      { min: 1000, max: 10 * year },
    ),
    completionMs: duration(
      { help: "After the last unit was shipped or delivered, an order is completed after this." },
      { min: 0, max: year },
    ),
    duplicateWindowMs: duration(
      {
        help: "Same buyer, goods and address within this is a suspected duplicate; 0 switches the check off.",
        wakes: ["suspected_duplicate"],
      },
      { min: 0, max: 90 * dayMs },
    ),
    parcelStalledMs: duration({ help: "A parcel without news for so long is stalled." }, { min: 100, max: year }),
    followEveryMs: duration({ help: "How often a carrier is asked about a parcel." }, { min: 100, max: 30 * dayMs }),
    restOverdueMs: duration({ help: "Partly shipped and the rest silent for so long." }, { min: 100, max: year }),
    tombstoneMs: duration({ help: "How long a cancellation waits for its order." }, { min: 1000, max: year }),
    retryMs: duration(
      { help: "Wait after a failed call, doubled each time up to 16 times." },
      { min: 100, max: dayMs },
    ),
  } satisfies Record<WorkspaceField, Setting>,
  open: {
    carriers: {
      isName: (name) => name === "*" || carrierIds.some((id) => id === name),
      expectedName: `* or one of ${carrierIds.join(", ")}, as in carriers.*`,
      pattern: String.raw`^carriers\.(\*|${carrierIds.join("|")})$`,
      setting: carrierConnection,
      leadsOut: true,
    },
    rates: {
      isName: (name) => /^[A-Z]{3}$/.test(name),
      expectedName: "a currency code, as in rates.USD=0.92",
      pattern: String.raw`^rates\.[A-Z]{3}$`,
      setting: decimal(
        { help: "1 unit of that currency in the workspace's currency.", wakes: ["no_rate", "margin_below_limit"] },
        { min: "0.0000000001", max: "1000000000" },
      ),
    },
  },
} satisfies SettingsCatalogue;

export const channelSettings = {
  defaults: { ...defaultChannelSettings },
  fields: {
    mode: choice(
      {
        help: "review: a person presses Process on each order. automatic: what is bought from now on goes by itself.",
        wakes: ["review", "stand_by", "too_old"],
      },
      ["review", "automatic"],
    ),
    automationOnSince: orNothing(
      instant({
        help: "Orders with an earlier channel time stand by. Set by itself when the mode becomes automatic.",
        wakes: ["review", "stand_by", "too_old"],
      }),
      "the channel's first day here counts",
    ),
    zone: zone({ help: "In which its dates without a zone, and ship-by, are read." }),
    bufferMs: orNothing(
      duration({ help: "The buffer of this channel." }, { min: 0, max: 30 * dayMs }),
      "the workspace's",
    ),
    completionMs: orNothing(
      duration({ help: "The completion of this channel." }, { min: 0, max: year }),
      "the workspace's",
    ),
    eraseAfterMs: orNothing(
      duration(
        { help: "How long after delivery the buyer's name, address and messages of an order are kept." },
        { min: dayMs, max: 10 * year },
      ),
      "30 days for Amazon, else until somebody asks",
    ),
    partial: flag({ help: "Lines without a hold go on without the held ones." }),
    authorizedIsPaid: flag({
      help: "An authorised payment that is not captured yet is good enough to place.",
      wakes: ["awaiting_payment"],
    }),
    handlingDays: orNothing(
      whole({ help: "Days until hand-over to the carrier, where the channel names no ship-by." }, { min: 0, max: 60 }),
      "no ship-by is made up",
    ),
    minMarginPercent: orNothing(
      decimal(
        {
          help: "Least margin, in percent of the sale; below it an order is held.",
          wakes: ["margin_below_limit", "no_rate"],
          limit: true,
        },
        { min: "-1000", max: "100" },
      ),
      "no limit",
    ),
    "writeBack.shipped": choice({ help: "Who tells the channel about shipments." }, writeBackModes),
    "writeBack.cancelled": choice({ help: "Who tells the channel about cancellations." }, writeBackModes),
    buyerCancel: choice({ help: "What happens to a buyer's wish to cancel while nothing is placed." }, [
      "ask",
      "accept",
      "refuse",
    ]),
    deliveredByChannel: flag({
      help: "The channel's word that a parcel arrived counts, where no carrier connector follows it.",
    }),
  } satisfies Record<ChannelField, Setting>,
  open: {},
} satisfies SettingsCatalogue;

const routing = [
  "no_supplier",
  "out_of_stock",
  "destination_not_served",
  "shipping_not_mapped",
  "price_above_limit",
] as const;

export const supplierSettings = {
  defaults: { ...defaultSupplierSettings },
  fields: {
    enabled: flag({ help: "Off: nothing new is placed with it.", wakes: [...routing, "supplier_refused"] }),
    countries: orNothing(countries({ help: "Where it ships to.", wakes: ["destination_not_served"] }), "everywhere"),
    needsPhone: flag({ help: "It refuses orders without a phone number.", wakes: ["phone_missing"] }),
    zone: zone({ help: "In which its cut-off and send times are read." }),
    "scan.firstMs": duration({ help: "First look for tracking, after placing." }, { min: 0, max: year }),
    "scan.everyMs": duration({ help: "Then one look every so often." }, { min: 100, max: year }),
    "scan.untilMs": duration({ help: "Last look; then the hold tracking_overdue." }, { min: 0, max: year }),
    acknowledgeWithinMs: orNothing(
      duration({ help: "No acknowledgement within this opens a hold.", wakes: [] }, { min: 100, max: 90 * dayMs }),
      "it does not acknowledge",
    ),
    priceTolerancePercent: decimal(
      { help: "A purchase may cost so much more than expected; above it the supplier is refused.", limit: true },
      percent,
    ),
    shippingCost: decimal(
      { help: "What shipping costs per purchase order, in the account's currency.", wakes: ["margin_below_limit"] },
      { min: "0", max: "1000000" },
    ),
    defaultMethod: {
      ...orNothing(
        text(
          {
            help: "Shipping method for every rate that is not mapped; empty where the supplier needs none.",
            wakes: ["shipping_not_mapped"],
          },
          { max: 200 },
        ),
        "the shipping mapping must name one",
      ),
      // Here the empty text is a value of its own.
      read: (input: unknown) =>
        input === null || input === "none" || input === "null"
          ? null
          : typeof input === "string" && input.length <= 200 && !/\p{Cc}/u.test(input)
            ? input.trim()
            : undefined,
    },
    unknownStockIsAvailable: flag({
      help: "What it has no stock row for counts as available.",
      wakes: ["out_of_stock"],
    }),
    stockEveryMs: orNothing(
      duration({ help: "How often its stock feed is read." }, { min: 100, max: 30 * dayMs }),
      "never",
    ),
    inboxEveryMs: duration(
      { help: "How often the inbox of a supplier of documents is read." },
      { min: 100, max: dayMs },
    ),
  } satisfies Record<SupplierField, Setting>,
  open: {},
} satisfies SettingsCatalogue;

export const accountSettings = {
  defaults: { ...defaultAccountSettings },
  fields: {
    payment: choice(
      {
        help: "prepaid: the worst case is checked and held before placing. at_supplier, on_account: booked, not checked.",
        wakes: ["insufficient_balance"],
        limit: true,
      },
      ["at_supplier", "on_account", "prepaid"],
    ),
    currency: currency({ help: "The only currency of its prices and its balance.", wakes: ["currency_mismatch"] }),
    dailyCap: orNothing(
      minorUnits(
        { help: "Most that may be spent on a day.", wakes: ["spend_cap"], limit: true },
        { min: 0, max: 1e15 },
      ),
      "no cap",
    ),
    actionCredits: flag({
      help: "Its provider sells prepaid actions; one is used per success.",
      wakes: ["no_action_credits"],
    }),
    placesPerMinute: orNothing(
      whole({ help: "Purchases per minute." }, { min: 1, max: 100_000 }),
      "as fast as they come",
    ),
    maxInFlight: whole({ help: "Purchases at the same time." }, { min: 1, max: 1000 }),
  } satisfies Record<keyof AccountSettings, Setting>,
  open: {},
} satisfies SettingsCatalogue;
