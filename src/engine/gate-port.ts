// The port lies in connectors, because the gate that answers it may not import the engine; here is its name for the engine.
export { GateAway } from "#connectors/gate-port.ts";
export type {
  AccountKey,
  CancelAnswer,
  CancelCall,
  DocumentAnswer,
  DocumentCall,
  DocumentRules,
  Gate,
  ListAnswer,
  PurchaseAnswer,
  PurchaseCall,
} from "#connectors/gate-port.ts";
