import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emptyAddress } from "#domain/address.ts";
import { diskFiles } from "../../files/disk.ts";
import type { PlaceRequest } from "../../ports.ts";
import { prepare } from "./outbox.ts";
import { settingsOf, type CsvSettings } from "./settings.ts";

/** For the tests of this folder: a purchase, settings, and a real folder that goes away with its test. */
export function aPurchase(reference: string, over: Partial<PlaceRequest> = {}): PlaceRequest {
  return {
    reference,
    idempotencyKey: `key-${reference}`,
    maxTotal: { amount: 5000n, currency: "EUR" },
    shipTo: {
      ...emptyAddress,
      name: "Ada Lovelace",
      line1: "Torstr. 1",
      city: "Berlin",
      postcode: "10119",
      country: "DE",
      phone: "+49 30 1234567",
      email: "ada@example.com",
    },
    method: "DHL",
    lines: [{ no: 1, supplierSku: "WIDGET-1", units: 2, unitCost: "12.50" }],
    note: "",
    ...over,
  };
}

export const csvSettings = (over: Record<string, unknown> = {}, folder = "/nowhere"): CsvSettings =>
  settingsOf({ folder, ...over });

export async function aFolder(t: { after(done: () => Promise<void>): void }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "csv-supplier-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await prepare(diskFiles, { folder });
  return folder;
}
