import type { Clock, Random } from "#domain/clock.ts";
import type { Log } from "#engine/context.ts";
import { supplierByCode } from "#sandbox/catalogue.ts";
import { tokenOf } from "#sandbox/read.ts";
import type { PretendDesk } from "./desk-visits.ts";

/**
 * The people of the pretend world: somebody who packs at the prep centre and somebody who orders by hand at the supplier that takes orders from people only.
 * They work through the product's own API, as everybody does; the product cannot tell them from real ones.
 */
export interface Pretend {
  /** Our own API. */
  url: string;
  /** The pretend world: labels, and the desk of the supplier. */
  worldUrl: string;
  clock: Clock;
  random: Random;
  log: Log;
  /** Divides how long they take. */
  speed: number;
  /** Somebody real sits at this desk (SB-83). */
  isTaken?: (desk: PretendDesk) => boolean;
}
interface Part {
  id: string;
  state: string;
  order: { id: string };
  supplier: { name: string } | null;
  claimed_by: string | null;
  lines: { supplier_sku: string | null; units: number }[];
}

const minute = 60_000;
/** How long one step of work takes them, at speed 1. */
const stepMs = 4 * minute;
const handSupplier = "brume";

export async function runSandboxPeople(
  pretend: Pretend,
  { isNew }: { isNew: boolean },
  stop: AbortSignal,
): Promise<void> {
  const pause = (): Promise<void> =>
    pretend.clock.sleep(Math.max(250, (stepMs / pretend.speed) * (0.5 + pretend.random.next())), stop);
  if (isNew) await fillTheDesk(pretend, stop);
  await Promise.all(
    (
      [
        ["prep", packer],
        ["order", operator],
      ] as const
    ).map(async ([desk, work]) => {
      while (!stop.aborted) {
        await pause();
        if (pretend.isTaken?.(desk) === true) continue;
        await work(pretend).catch((error: unknown) => {
          if (!stop.aborted)
            pretend.log.info({ error: String(error) }, "somebody of the pretend world could not go on; they try again");
        });
      }
    }),
  );
}

/** Some of the first orders of a new sandbox are for the people who order by hand. They come after the first sync, which stands by. */
async function fillTheDesk({ url, worldUrl, clock }: Pretend, stop: AbortSignal): Promise<void> {
  const synced = async (): Promise<boolean> => ((await get(`${url}/v1/orders/counts`)) as { total: number }).total > 0;
  while (!stop.aborted && !(await synced())) await clock.sleep(500, stop);
  for (const quantity of [1, 2, 3]) {
    if (stop.aborted) return;
    const order = { sku: "HP-LAMP-OAK", quantity, country: "FR", address: "good", paid: true };
    await post(`${worldUrl}/admin/sell`, { count: 1, order });
  }
}

/** Takes one parcel of each step one step on: print, collect all, ship. One that is held or stopped is left for the next round. */
async function packer(pretend: Pretend): Promise<void> {
  for (const state of ["collecting", "printed", "ready"]) {
    for (const part of await waiting(pretend.url, state)) {
      if (await packOneStep(pretend, part)) break;
    }
  }
}

async function packOneStep({ url, worldUrl }: Pretend, part: Part): Promise<boolean> {
  const at = `${url}/v1/fulfillment-orders/${part.id}`;
  try {
    if (part.state === "ready") await post(`${at}/print`, {});
    else if (part.state === "printed") {
      for (const line of part.lines)
        await post(`${at}/collect`, { supplier_sku: line.supplier_sku, units: line.units });
    } else {
      const label = (await post(`${worldUrl}/carriers/labels`, { reference: part.id, carrier: "ups" })) as {
        carrier: string;
        trackingNumber: string;
      };
      await post(`${at}/ship`, { carrier: label.carrier, tracking_number: label.trackingNumber });
    }
    return true;
  } catch (error) {
    if (error instanceof NotNow) return false;
    throw error;
  }
}

/** Takes one order over, buys it at the supplier's own desk, enters the number. */
async function operator({ url, worldUrl }: Pretend): Promise<void> {
  const supplier = supplierByCode.get(handSupplier);
  const desk = await waiting(url, "escalated");
  const part = desk.find((each) => each.supplier?.name === supplier?.name && each.claimed_by === null);
  if (part === undefined || supplier === undefined) return;
  const at = `${url}/v1/fulfillment-orders/${part.id}`;
  const { attempt } = (await post(`${at}/take-over`, {})) as { attempt: { reference: string } };
  const order = (await get(`${url}/v1/orders/${part.order.id}`)) as { ship_to: Record<string, string> | null };
  const {
    name = "",
    company = "",
    line1 = "",
    line2 = "",
    city = "",
    region = "",
    postcode = "",
    country = "",
    phone = "",
    email = "",
  } = order.ship_to ?? {};
  const bought = await fetch(`${worldUrl}/suppliers/${handSupplier}/desk`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${tokenOf(handSupplier)}` },
    body: JSON.stringify({
      reference: attempt.reference,
      currency: supplier.currency,
      shipTo: { name, company, line1, line2, city, region, postcode, country, phone, email },
      method: supplier.methods[0] ?? "",
      lines: part.lines.map((line, index) => ({ no: index + 1, sku: line.supplier_sku, units: line.units })),
    }),
  });
  const answer = (await bought.json()) as { orderId?: string; total?: string };
  if (answer.orderId === undefined) await post(`${at}/not-placed`, { reason: "out_of_stock" });
  else
    await post(`${at}/placed`, {
      supplier_order_id: answer.orderId,
      ...(answer.total === undefined ? {} : { cost: { amount: answer.total, currency: supplier.currency } }),
    });
}

/** The oldest ones in this state. */
async function waiting(url: string, state: string): Promise<Part[]> {
  const { fulfillment_orders: parts } = (await get(`${url}/v1/fulfillment-orders?state=${state}&limit=50`)) as {
    fulfillment_orders: Part[];
  };
  return parts;
}

/** The product says that this may not be done now, and why. */
class NotNow extends Error {}

async function get(url: string): Promise<unknown> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
async function post(url: string, body: unknown): Promise<unknown> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (answer.status === 409) throw new NotNow(await answer.text());
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
