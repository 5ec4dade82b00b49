import * as prep from "#engine/actions/prep.ts";
import { ask, inBrowser, someone } from "./desk.ts";
import type { Hand, Outcome } from "./hand.ts";

/** One step at the prep desk: print, collect by scan, now and then a step back, put back what was cancelled, ship. */
export async function packSome({ town, luck, web, known, dossier }: Hand): Promise<Outcome> {
  const { tenant } = known;
  const fo = dossier.fulfillmentOrders.find(
    (each) =>
      ["ready", "printed", "collecting", "partially_shipped"].includes(each.state) &&
      tenant.codes.get(each.supplierId!) === "pinehouse",
  );
  if (fo === undefined) return null;
  const who = someone(tenant, "packer");
  const where = { order: dossier.order.publicId, part: fo.publicId };
  const unwanted = fo.lines.find((line) => line.unitsCollected > 0 && line.unitsCancelled > 0);
  if (unwanted !== undefined && luck.chance(0.5))
    return inBrowser(web, "put back", ({ engine }) =>
      prep.putUnitsBack(engine, who, where, { supplierSku: unwanted.supplierSku!, units: 1 }),
    );
  if (fo.state === "ready") return inBrowser(web, "print", ({ engine }) => prep.printLabel(engine, who, where));
  if (luck.chance(0.05)) return inBrowser(web, "step back", ({ engine }) => prep.oneStepBack(engine, who, where));
  const open = fo.lines.find((line) => line.unitsCollected + line.unitsShipped < line.units - line.unitsCancelled);
  if (open !== undefined && luck.chance(0.9)) {
    const left = open.units - open.unitsCancelled - open.unitsCollected - open.unitsShipped;
    return inBrowser(web, "collect", ({ engine }) =>
      prep.collectUnits(engine, who, where, { supplierSku: open.supplierSku!, units: luck.chance(0.8) ? left : 1 }),
    );
  }
  const label = ask(town, tenant, "POST", "/carriers/labels", {
    reference: `${fo.publicId}-${dossier.shipments.length}`,
  });
  return inBrowser(web, "ship", ({ engine }) =>
    prep.shipParcel(engine, who, where, {
      carrier: String(label.body["carrier"]),
      trackingNumber: String(label.body["trackingNumber"]),
      sure: false,
    }),
  );
}
