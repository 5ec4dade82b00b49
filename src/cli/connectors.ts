import type { Carrier, Channel, Supplier } from "#connectors/ports.ts";

export interface Connectors {
  channels: ReadonlyMap<string, Channel>;
  suppliers: ReadonlyMap<string, Supplier>;
  carriers: ReadonlyMap<string, Carrier>;
}

/** Every connector there is, by kind. A new one is a folder and one line here. Loaded when first needed. */
export async function loadConnectors(): Promise<Connectors> {
  const [sandboxChannel, byHand, csv, sandboxSupplier, sandboxCarrier] = await Promise.all([
    import("#connectors/channels/sandbox/channel.ts"),
    import("#connectors/suppliers/by-hand/supplier.ts"),
    import("#connectors/suppliers/csv/supplier.ts"),
    import("#connectors/suppliers/sandbox/supplier.ts"),
    import("#connectors/carriers/sandbox/carrier.ts"),
  ]);
  return {
    channels: new Map([["sandbox", sandboxChannel.sandboxChannel]]),
    suppliers: new Map([
      ["by_hand", byHand.byHandSupplier],
      ["csv", csv.csvSupplier],
      ["sandbox", sandboxSupplier.sandboxSupplier],
    ]),
    carriers: new Map([["sandbox", sandboxCarrier.sandboxCarrier]]),
  };
}
