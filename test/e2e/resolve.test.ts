import assert from "node:assert/strict";
import { test } from "node:test";
import { reasons, type ReasonCode, type ResolveAction } from "#domain/reasons.ts";
import type { Locator, Page } from "playwright-core";
import { atScreen, withoutBrowser, type AtScreen } from "./browser.ts";
import { sandboxThere, until, upsNumber, visitorOf, type Call } from "./visitor.ts";

const skip = withoutBrowser();

interface Order {
  id: string;
  number: string;
  title: string;
  holds: { id: string; code: string; title: string; detail: Record<string, unknown> }[];
  ship_to: { line1: string } | null;
  lines: { no: number; quantity: number; cancelled: number }[];
  cancellations: { no: number; state: string }[];
  fulfillment_orders: {
    id: string;
    state: string;
    placed_by: string | null;
    supplier: { name: string } | null;
    attempts: {
      state: string;
      supplier_order_id: string | null;
      actions: { confirm_not_bought: { allowed: boolean } };
    }[];
  }[];
  shipments: {
    parcels: { tracking_number: string; accepted: boolean; write_backs: { state: string; tries: number }[] }[];
  }[];
}

/** One hold, the form that a person fills in for it, and what has to be so afterwards. */
interface Case {
  action: ResolveAction;
  reason: ReasonCode;
  order: string;
  /** Presses and types in the hold's own form; the action is chosen and the form open. */
  fill: (form: Locator, page: Page) => Promise<void>;
  /** It may be done only after a while. */
  may?: (order: Order) => boolean;
  effect: (order: Order) => boolean | Promise<boolean>;
}

test(
  "UI-85 every action that a reason of the catalogue names is done in its form, and has its effect",
  { skip, timeout: 400_000 },
  async (t) => {
    const at = await atScreen(t);
    const began = Date.now();
    const bench = await aBench(at);
    const page = await at.open("/sandbox/orders");
    const done = new Set<ResolveAction>();
    for (const phase of [
      troubleAtSuppliers,
      troubleByHand,
      troubleOnTheWay,
      troubleWithMoney,
      troubleWithBuyers,
      troubleOfOrders,
    ]) {
      for (const each of await phase(bench)) {
        await resolve(bench, page, each);
        done.add(each.action);
      }
      t.diagnostic(`${Math.round((Date.now() - began) / 1000)} s: ${phase.name}, ${done.size} actions`);
    }

    const named = new Set(Object.values(reasons).flatMap(({ actions }) => actions as readonly ResolveAction[]));
    assert.deepEqual(
      [...named].filter((action) => !done.has(action)),
      [],
    );
  },
);

/** Opens the order's page, chooses the action at its hold, fills the form, and waits until what it does is done. */
async function resolve(
  { order, call }: Bench,
  page: Page,
  { action, reason, order: id, fill, may, effect }: Case,
): Promise<void> {
  const what = `${action} for ${reason}`;
  const hold = await until(
    async () => (await order(id)).holds.find(({ code }) => code === reason),
    `${what}: the order is held (${JSON.stringify(await call("GET", `/v1/orders/${id}`)).slice(0, 1500)})`,
    60_000,
  );
  if (may !== undefined) await until(async () => (may(await order(id)) ? true : undefined), `${what}: now`, 90_000);
  await page.goto(`${new URL(page.url()).origin}/sandbox/orders/${id}`);
  const card = page.getByRole("region", { name: hold.title, exact: true }).first();
  await card.waitFor();
  const open = card.getByRole("button", { name: "Resolve", exact: true });
  if (await open.isVisible()) await open.click();
  const { actions } = reasons[reason];
  if (actions.length > 1)
    await card
      .getByRole("group", { name: "What can be done" })
      .getByRole("button")
      .nth((actions as readonly ResolveAction[]).indexOf(action))
      .click();
  await fill(card, page);
  await until(
    async () => ((await effect(await order(id))) ? true : undefined),
    `${what}: it has its effect`,
    60_000,
  ).catch(async (error: unknown) => {
    throw new Error(`${what}: ${JSON.stringify(await order(id)).slice(0, 3000)}`, { cause: error });
  });
}

interface Bench {
  at: AtScreen;
  call: Call;
  /** Goes by itself, without buffer; nothing tells its channel. */
  channel: string;
  /** The pretend shop, in review. */
  shop: string;
  supplier: (name: string) => string;
  account: (supplier: string) => string;
  order: (id: string) => Promise<Order>;
  sell: (sku: string, change?: object) => Promise<string>;
  link: (sku: string, supplier: string, option: object) => Promise<unknown>;
  faults: (suppliers: Record<string, Record<string, number>>) => Promise<unknown>;
}

const address = { name: "Test Person", line1: "Hafenstr. 5", city: "Hamburg", postcode: "20095", country: "DE" };

/** A channel of our own in the sandbox, whose orders meet what we wish; the shop's own orders wait in review. */
async function aBench(at: AtScreen): Promise<Bench> {
  const call = visitorOf(at);
  await sandboxThere(call);
  await at.world("PUT", "/admin/faults", { profile: "calm" });
  const { channels } = await call<{ channels: { id: string }[] }>("GET", "/v1/channels");
  const shop = channels[0]!.id;
  await call("PUT", `/v1/channels/${shop}/settings`, { settings: { mode: "review", buyerCancel: "ask" } });
  await call("PUT", "/v1/settings", { settings: { hasOrderingTeam: false, undoMs: 0, bufferMs: 0 } });
  const { id: channel } = await call<{ id: string }>("POST", "/v1/channels", { kind: "file", name: "Forms" });
  await call("PUT", `/v1/channels/${channel}/settings`, { settings: { mode: "automatic" } });
  const hand = await call<{ id: string }>("POST", "/v1/suppliers", { kind: "by_hand", name: "Hand" });
  await call("POST", `/v1/suppliers/${hand.id}/accounts`, { name: "main", settings: { currency: "EUR" } });
  const { suppliers } = await call<{ suppliers: { id: string; name: string; accounts: { id: string }[] }[] }>(
    "GET",
    "/v1/suppliers",
  );
  const of = (name: string) => suppliers.find((each) => each.name.startsWith(name))!;
  for (const [name, method] of [
    ["Northlight", "STD"],
    ["Kestrel", "GROUND"],
    ["Bazaar", "post"],
  ] as const)
    await call("PUT", "/v1/shipping-mappings", { channel, rate_name: "Express", supplier: of(name).id, method });
  const link: Bench["link"] = (sku, supplier, option) =>
    call("PUT", "/v1/product-links", {
      sku,
      options: [{ supplier: of(supplier).id, unit_cost: "6.95", currency: "EUR", ...option }],
    });
  await link("F-NL", "Northlight", { supplier_sku: "NL-2201" });
  await link("F-KR", "Kestrel", { supplier_sku: "KR-MUG-B" });
  await link("F-BZ", "Bazaar", { supplier_sku: "soap-seasalt-x2" });
  await link("F-HAND", "Hand", { supplier_sku: "HAND-1" });
  let made = 0;
  return {
    at,
    call,
    channel,
    shop,
    supplier: (name) => of(name).id,
    account: (name) => of(name).accounts[0]!.id,
    order: (id) => call("GET", `/v1/orders/${id}`),
    async sell(sku, change = {}) {
      made += 1;
      const { id } = await call<{ id: string }>("POST", "/v1/orders", {
        channel,
        number: `F-${made}`,
        currency: "EUR",
        payment: "paid",
        shipping_method: "Express",
        // People of different houses: none of them looks like another one's duplicate.
        ship_to: { ...address, line1: `Hafenstr. ${made}` },
        lines: [{ sku, quantity: 1, unit_price: "50.00" }],
        ...change,
      });
      return id;
    },
    link,
    faults: (rates) => at.world("PUT", "/admin/faults", { suppliers: rates }),
  };
}

const press = (form: Locator, name: string | RegExp): Promise<void> =>
  form.getByRole("button", { name, exact: true }).last().click();
const type = (form: Locator, label: string | RegExp, text: string): Promise<void> =>
  form.getByLabel(label).first().fill(text);
const isHeldBy = ({ holds }: Order, code: string): boolean => holds.some((each) => each.code === code);
const stateOf = ({ fulfillment_orders: parts }: Order): string =>
  parts.findLast(({ state }) => state !== "cancelled")?.state ?? "cancelled";
const isBought = (order: Order): boolean =>
  ["placed", "acknowledged", "partially_shipped", "shipped", "delivered", "completed"].includes(stateOf(order));
const heldBy = async ({ order }: Bench, id: string, code: string): Promise<void> =>
  void (await until(
    async () => (isHeldBy(await order(id), code) ? true : undefined),
    `${id} is held: ${code}`,
    60_000,
  ));

/** Refused, accepted for later, no answer. */
async function troubleAtSuppliers(bench: Bench): Promise<Case[]> {
  const { sell, faults } = bench;
  await faults({ northlight: { backorder: 1 }, kestrel: { refusal: 1 }, bazaar: { time_out_before: 1 } });
  const later = await sell("F-NL");
  const refused = await sell("F-KR");
  const [bought, notBought] = [await sell("F-BZ"), await sell("F-BZ")];
  await heldBy(bench, later, "backordered");
  await heldBy(bench, refused, "supplier_refused");
  for (const id of [bought, notBought]) await heldBy(bench, id, "outcome_unknown");
  await faults({ "*": { backorder: 0, refusal: 0, time_out_before: 0 } });
  return [
    {
      action: "dismiss",
      reason: "backordered",
      order: later,
      fill: (form) => press(form, "Dismiss"),
      effect: (now) => !isHeldBy(now, "backordered") && isBought(now),
    },
    {
      action: "choose_supplier",
      reason: "supplier_refused",
      order: refused,
      async fill(form) {
        await form.getByRole("radio", { name: /Kestrel & Rowe/ }).check();
        await press(form, "Choose this supplier");
      },
      effect: isBought,
    },
    {
      action: "confirm_bought",
      reason: "outcome_unknown",
      order: bought,
      async fill(form) {
        await type(form, /^Order number at/, "BZ-4711");
        await type(form, /^Cost in all/, "4,60");
        await press(form, "It was bought, number BZ-4711");
      },
      effect: (now) =>
        isBought(now) && now.fulfillment_orders[0]!.attempts.some((each) => each.supplier_order_id === "BZ-4711"),
    },
    {
      action: "confirm_not_bought",
      reason: "outcome_unknown",
      order: notBought,
      // Not while the purchase may still be on its way.
      may: ({ fulfillment_orders: [part] }) => part!.attempts.some(({ actions }) => actions.confirm_not_bought.allowed),
      async fill(form) {
        await type(form, "What you looked at", "The order list of the account: nothing since yesterday.");
        await press(form, "It was not bought");
      },
      // Nothing was bought, so it goes once more.
      effect: (now) => isBought(now) && now.fulfillment_orders.flatMap(({ attempts }) => attempts).length === 2,
    },
  ];
}

/** What a person tried to buy: declined, then by hand all the same, given up, or given back. */
async function troubleByHand({ sell, order, call }: Bench): Promise<Case[]> {
  const declinedOnce = async (): Promise<string> => {
    const id = await sell("F-HAND");
    const part = await until(async () => {
      const [first] = (await order(id)).fulfillment_orders;
      return first?.state === "escalated" ? first : undefined;
    }, "it is with the team");
    await call("POST", `/v1/fulfillment-orders/${part.id}/take-over`, {});
    await call("POST", `/v1/fulfillment-orders/${part.id}/not-placed`, { reason: "payment_method_declined" });
    return id;
  };
  const [byHand, declined, doubted] = [await declinedOnce(), await declinedOnce(), await declinedOnce()];
  const takeOver = (form: Locator): Promise<void> => press(form, "I am placing it now");
  const afterwards = (page: Page): Locator => page.getByRole("region", { name: "To be placed by hand" });
  return [
    {
      action: "take_over",
      reason: "payment_method_declined",
      order: byHand,
      async fill(form, page) {
        await takeOver(form);
        await type(afterwards(page), /^Order number at/, "BY-HAND-1");
        await press(afterwards(page), "It was bought, number BY-HAND-1");
      },
      effect: (now) => isBought(now) && now.fulfillment_orders.some(({ placed_by: by }) => by === "person"),
    },
    {
      action: "take_over",
      reason: "payment_method_declined",
      order: declined,
      async fill(form, page) {
        await takeOver(form);
        await afterwards(page).getByRole("tab", { name: "I could not" }).click();
        await afterwards(page)
          .getByRole("combobox", { name: "Why" })
          .or(afterwards(page).getByLabel("Why"))
          .first()
          .click();
        await page.getByRole("option", { name: "The supplier asks for a person" }).click();
        await type(afterwards(page), "What the supplier said", "It wants a code from the phone.");
        await press(afterwards(page), "Could not be placed");
      },
      effect: (now) => isHeldBy(now, "captcha_or_two_factor"),
    },
    {
      action: "take_over",
      reason: "payment_method_declined",
      order: doubted,
      async fill(form, page) {
        await takeOver(form);
        await afterwards(page).getByRole("tab", { name: "Give it back" }).click();
        await press(afterwards(page), "Give it back");
      },
      effect: (now) => isHeldBy(now, "outcome_unknown"),
    },
    {
      action: "release",
      reason: "captcha_or_two_factor",
      order: declined,
      fill: (form) => press(form, "Release"),
      effect: (now) => now.holds.length === 0 && stateOf(now) === "escalated",
    },
  ];
}

/** Numbers that are doubted or never come, and a login that is refused. */
async function troubleOnTheWay(bench: Bench): Promise<Case[]> {
  const { sell, faults, call, supplier } = bench;
  await call("PUT", `/v1/suppliers/${supplier("Kestrel")}/settings`, {
    settings: { "scan.firstMs": 1000, "scan.everyMs": 1000, "scan.untilMs": 4000 },
  });
  await faults({ northlight: { bad_tracking: 1 }, kestrel: { lost_tracking: 1 }, bazaar: { reject_credentials: 1 } });
  const [right, wrong] = [await sell("F-NL"), await sell("F-NL")];
  const silent = await sell("F-KR");
  const locked = await sell("F-BZ");
  await heldBy(bench, silent, "tracking_overdue");
  await heldBy(bench, locked, "credentials_rejected");
  for (const id of [right, wrong]) await heldBy(bench, id, "tracking_not_accepted");
  await faults({ "*": { bad_tracking: 0, lost_tracking: 0, reject_credentials: 0 } });
  const parcels = ({ shipments }: Order) => shipments.flatMap((each) => each.parcels);
  return [
    {
      action: "add_tracking",
      reason: "tracking_overdue",
      order: silent,
      async fill(form) {
        await type(form, "Tracking number", upsNumber(11));
        await press(form, "Enter the number");
      },
      effect: (now) =>
        !isHeldBy(now, "tracking_overdue") && parcels(now).some((each) => each.tracking_number === upsNumber(11)),
    },
    {
      action: "reenter_credentials",
      reason: "credentials_rejected",
      order: locked,
      async fill(form) {
        await type(form, "Token", "sandbox-bazaar");
        await press(form, "Save, and use the account again");
      },
      effect: isBought,
    },
    {
      action: "confirm_tracking",
      reason: "tracking_not_accepted",
      order: right,
      fill: (form) => press(form, / is right$/),
      effect: (now) => !isHeldBy(now, "tracking_not_accepted") && parcels(now).every(({ accepted }) => accepted),
    },
    {
      action: "add_tracking",
      reason: "tracking_not_accepted",
      order: wrong,
      async fill(form) {
        await type(form, "Tracking number", upsNumber(12));
        // The number that was said may have been any carrier's.
        await form.getByLabel("I am sure, even if its check says otherwise").check();
        await press(form, "Correct the number");
      },
      effect: (now) =>
        !isHeldBy(now, "tracking_not_accepted") && parcels(now).some((each) => each.tracking_number === upsNumber(12)),
    },
  ];
}

/** Credits, a cap, a rate, a margin. */
async function troubleWithMoney(bench: Bench): Promise<Case[]> {
  const { sell, call, account } = bench;
  const { id: channel } = await call<{ id: string }>("POST", "/v1/channels", { kind: "file", name: "Margins" });
  await call("PUT", `/v1/channels/${channel}/settings`, { settings: { mode: "automatic", minMarginPercent: "60" } });
  for (const name of ["Kestrel", "Northlight"])
    await call("PUT", "/v1/shipping-mappings", {
      channel,
      rate_name: "Express",
      supplier: bench.supplier(name),
      method: name === "Kestrel" ? "GROUND" : "STD",
    });
  await call("PUT", `/v1/accounts/${account("Northlight")}/settings`, { settings: { actionCredits: true } });
  await call("PUT", `/v1/accounts/${account("Bazaar")}/settings`, { settings: { dailyCap: 100 } });
  const settingsOf = async (path: string): Promise<Record<string, unknown>> =>
    (await call<{ settings: Record<string, unknown> }>("GET", path)).settings;
  return [
    {
      action: "top_up",
      reason: "no_action_credits",
      order: await sell("F-NL"),
      async fill(form) {
        await type(form, "Action credits", "25");
        await press(form, "Book 25 actions");
      },
      effect: async (now) => {
        const { accounts } = await call<{ accounts: { id: string; action_credits: string | null }[] }>(
          "GET",
          "/v1/ledger",
        );
        return isBought(now) && accounts.find(({ id }) => id === account("Northlight"))?.action_credits === "24";
      },
    },
    {
      action: "raise_limit",
      reason: "spend_cap",
      order: await sell("F-BZ"),
      async fill(form) {
        await type(form, /^Daily cap of/, "500,00");
        await press(form, "Save the cap");
      },
      effect: async (now) =>
        isBought(now) && (await settingsOf(`/v1/accounts/${account("Bazaar")}/settings`))["dailyCap"] === 50_000,
    },
    {
      action: "raise_limit",
      reason: "no_rate",
      order: await sell("F-KR", { channel, currency: "USD" }),
      async fill(form) {
        await type(form, "1 USD in EUR", "0,92");
        await press(form, "Save the rate");
      },
      effect: async (now) => isBought(now) && (await settingsOf("/v1/settings"))["rates.USD"] === "0.92",
    },
    {
      action: "raise_limit",
      reason: "margin_below_limit",
      order: await sell("F-KR", { channel, lines: [{ sku: "F-KR", quantity: 1, unit_price: "10.00" }] }),
      fill: (form) => press(form, "Save the limit"),
      effect: async (now) =>
        isBought(now) && (await settingsOf(`/v1/channels/${channel}/settings`))["minMarginPercent"] === "30.5",
    },
  ];
}

/** Whoever bought changes their mind; the channel refuses what it is told. */
async function troubleWithBuyers(bench: Bench): Promise<Case[]> {
  const { at, call, order, shop, sell } = bench;
  interface Sold {
    orders: { id: string; number: string }[];
  }
  const { orders: sold } = await at.world<Sold>("POST", "/admin/sell", {
    count: 4,
    order: { sku: "HP-LANTERN", quantity: 1, country: "DE", address: "good", paid: true },
  });
  const [theirs, ours, accepted, refused] = await Promise.all(
    sold.map(({ number }) =>
      until(async () => {
        const { orders } = await call<{ orders: { id: string; number: string }[] }>(
          "GET",
          `/v1/orders?q=${encodeURIComponent(number)}`,
        );
        return orders.find((each) => each.number === number)?.id;
      }, `${number} came`),
    ),
  );
  for (const id of [theirs!, ours!])
    await call("POST", `/v1/orders/${id}/edit`, { address: { ...address, line1: "Edited 1" } });
  for (const { id } of sold.slice(0, 2))
    await at.world("POST", `/admin/orders/${id}/address`, {
      address: { ...address, company: "", line2: "", region: "", phone: "", email: "", line1: "Changed 2" },
    });
  for (const { id } of sold.slice(2)) await at.world("POST", `/admin/orders/${id}/cancel`, { asks: true });

  // The shop has never heard of an order that was made here, and says so.
  const told = await sell("F-HAND", { channel: shop });
  await heldBy(bench, told, "review");
  await call("POST", `/v1/orders/${told}/release`, {});
  const part = await until(async () => {
    const [first] = (await order(told)).fulfillment_orders;
    return first?.state === "escalated" ? first : undefined;
  }, "it is with the team");
  const at1 = `/v1/fulfillment-orders/${part.id}`;
  await call("POST", `${at1}/take-over`, {});
  await call("POST", `${at1}/placed`, { supplier_order_id: "HAND-77" });
  await call("POST", `${at1}/tracking`, { tracking_number: upsNumber(21) });
  const cancelled = await sell("F-HAND", { channel: shop });
  await call("POST", `/v1/orders/${cancelled}/cancel`, {});
  const telling = ({ shipments }: Order) => shipments.flatMap(({ parcels }) => parcels)[0]?.write_backs.at(-1);
  const tries = async (id: string): Promise<number> => telling(await order(id))?.tries ?? 0;
  await heldBy(bench, told, "channel_refused");
  const before = await tries(told);
  const shopSays = (number: number): Promise<{ changes: unknown[]; cancellationsTold: { outcome: string }[] }> =>
    at
      .world<{ orders: { id: string; changes: unknown[]; cancellationsTold: { outcome: string }[] }[] }>(
        "GET",
        "/admin/truth",
      )
      .then(({ orders }) => orders.find(({ id }) => id === sold[number]!.id)!);
  return [
    {
      action: "accept_change",
      reason: "changed_on_channel",
      order: theirs!,
      fill: (form) => press(form, "Take the channel's"),
      effect: (now) => !isHeldBy(now, "changed_on_channel") && now.ship_to?.line1 === "Changed 2",
    },
    {
      action: "keep_ours",
      reason: "changed_on_channel",
      order: ours!,
      fill: (form) => press(form, "Keep ours"),
      effect: (now) => !isHeldBy(now, "changed_on_channel") && now.ship_to?.line1 === "Edited 1",
    },
    {
      action: "accept_cancellation",
      reason: "cancel_requested",
      order: accepted!,
      fill: (form) => press(form, "Accept the cancellation"),
      effect: async (now) =>
        now.lines[0]!.cancelled === 1 &&
        (await shopSays(2)).cancellationsTold.some(({ outcome }) => outcome === "cancelled"),
    },
    {
      action: "refuse_cancellation",
      reason: "cancel_requested",
      order: refused!,
      fill: (form) => press(form, "Refuse the cancellation"),
      effect: async (now) =>
        now.lines[0]!.cancelled === 0 &&
        !isHeldBy(now, "cancel_requested") &&
        (await shopSays(3)).cancellationsTold.some(({ outcome }) => outcome === "refused"),
    },
    {
      action: "resend",
      reason: "channel_refused",
      order: told,
      async fill(form) {
        await form
          .getByText(/Harbour & Pine said:/)
          .first()
          .waitFor();
        await press(form, "Tell the channel again");
      },
      effect: async () => (await tries(told)) > before,
    },
    {
      action: "resend",
      reason: "channel_refused",
      order: told,
      async fill(form) {
        await form.getByRole("radio", { name: /^I entered it on/ }).check();
        await type(form, "What you saw there", "The order's page of the shop shows the number.");
        await press(form, "The channel knows it");
      },
      effect: (now) => !isHeldBy(now, "channel_refused") && telling(now)?.state === "told",
    },
    {
      action: "resend",
      reason: "channel_refused",
      order: cancelled,
      async fill(form) {
        await form.getByRole("radio", { name: /^I entered it on/ }).check();
        await type(form, "What you saw there", "The order is cancelled there.");
        await press(form, "The channel knows it");
      },
      effect: (now) => !isHeldBy(now, "channel_refused"),
    },
  ];
}

/** What is wrong with the order itself. */
async function troubleOfOrders(bench: Bench): Promise<Case[]> {
  const { sell, link } = bench;
  await link("F-PACK", "Kestrel", { supplier_sku: "KR-SOAP-2", units: 1, per: 2, unit_cost: "4.10" });
  await link("F-DEAR", "Kestrel", { supplier_sku: "KR-MUG-B", max_unit_cost: "5.00" });
  await link("F-GOLD", "Northlight", { supplier_sku: "NL-2201", unit_cost: "100000.00" });
  const some = await sell("F-KR", { lines: [{ sku: "F-KR", quantity: 3, unit_price: "50.00" }], payment: "pending" });
  return [
    {
      action: "cancel",
      reason: "awaiting_payment",
      order: some,
      async fill(form) {
        await form.getByRole("radio", { name: "Some of it" }).check();
        await type(form, "F-KR, at most 3", "2");
        await press(form, "Cancel 2 units");
      },
      effect: ({ lines: [line] }) => line!.cancelled === 2,
    },
    {
      action: "edit_address",
      reason: "address_incomplete",
      order: await sell("F-KR", { ship_to: { ...address, line1: "Hafenstr. 98", postcode: "" } }),
      async fill(form) {
        await type(form, "Postcode", "20095");
        await press(form, "Save the address");
      },
      effect: isBought,
    },
    {
      action: "edit_lines",
      reason: "pack_size_mismatch",
      order: await sell("F-PACK", { lines: [{ sku: "F-PACK", quantity: 3, unit_price: "9.00" }] }),
      async fill(form) {
        await type(form, /^F-PACK/, "4");
        await press(form, "Save quantities");
      },
      effect: (now) => isBought(now) && now.lines[0]!.quantity === 4,
    },
    {
      action: "link_sku",
      reason: "sku_not_linked",
      order: await sell("F-NEW"),
      async fill(form, page) {
        await form.getByRole("combobox", { name: "Supplier" }).first().click();
        await page.getByRole("option", { name: "Kestrel & Rowe" }).click();
        await type(form, "Supplier's SKU", "KR-MUG-B");
        await type(form, "Cost of one", "6,95");
        await press(form, "Link it");
      },
      effect: isBought,
    },
    {
      action: "map_shipping",
      reason: "shipping_not_mapped",
      order: await sell("F-KR", { shipping_method: "Moon freight" }),
      async fill(form, page) {
        await form.getByRole("combobox", { name: "Method at this supplier" }).fill("AIR");
        await page.keyboard.press("Escape");
        await press(form, "Map it");
      },
      effect: isBought,
    },
    {
      action: "raise_limit",
      reason: "price_above_limit",
      order: await sell("F-DEAR"),
      async fill(form) {
        await type(form, /^Most for one/, "8.00");
        await press(form, "Save the price");
      },
      effect: isBought,
    },
    {
      action: "top_up",
      reason: "insufficient_balance",
      order: await sell("F-GOLD"),
      async fill(form) {
        await type(form, /^Amount/, "200000");
        await press(form, /^Book/);
      },
      effect: (now) => !isHeldBy(now, "insufficient_balance"),
    },
  ];
}
