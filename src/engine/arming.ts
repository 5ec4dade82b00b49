import { createHash } from "node:crypto";
import type { Address } from "#domain/address.ts";
import type { OrderId } from "#domain/ids.ts";
import type { OrderAddress } from "#domain/order.ts";
import type { Arming } from "#domain/placement.ts";
import { installationId, nextFence } from "#store/attempt.ts";
import type { Tx } from "#store/db.ts";
import type { OrderKey } from "#store/dossier.ts";
import { readAddresses } from "#store/verify.ts";

export const sha256 = (text: string | Uint8Array): string => createHash("sha256").update(text).digest("hex");

/** What arming reads beside the locked order, for a batch: one fence, newer than every other, and the address in force of each order that has one. */
export async function readArming(tx: Tx, keys: readonly OrderKey[]): Promise<Map<OrderId, Omit<Arming, "terms">>> {
  const [fence, installation, addresses] = await Promise.all([
    nextFence(tx),
    installationId(tx),
    readAddresses(tx, keys),
  ]);
  return new Map(
    [...addresses].map(([orderId, address]) => [
      orderId,
      { fence, installationId: installation, sha256, shipTo: plain(address), addressNo: address.no },
    ]),
  );
}

/** Only what leaves: the hash must be the same when the gate reads the row again. */
const plain = ({
  name,
  company,
  line1,
  line2,
  city,
  region,
  postcode,
  country,
  phone,
  email,
}: OrderAddress): Address => ({
  name,
  company,
  line1,
  line2,
  city,
  region,
  postcode,
  country,
  phone,
  email,
});
