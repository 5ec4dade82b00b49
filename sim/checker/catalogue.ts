/** What the checker knows of, by the numbers of the design's list; L: nobody waits for ever and people are not asked for everything; M: the reference model. */
export interface Invariant {
  id: string;
  /** D: seen in the database alone; S: in the outside's logs against it; T: in what was told; L: liveness; M: the reference model. */
  kind: "D" | "S" | "T" | "L" | "M";
  title: string;
  isChecked: boolean;
  /** Why it is not checked yet. */
  why?: string;
  /** Holds at every moment, not only when all is quiet. */
  isSafety?: boolean;
}

const safety = { isChecked: true, isSafety: true } as const;
const atTheEnd = { isChecked: true } as const;
const later = (why: string) => ({ isChecked: false, why }) as const;

export const invariants: readonly Invariant[] = [
  { id: "I01", kind: "S", title: "At most one live purchase per fulfillment order", ...safety },
  { id: "I02", kind: "D", title: "At most one open attempt per fulfillment order", ...safety },
  { id: "I03", kind: "S", title: "No purchase request without an attempt committed before it", ...safety },
  { id: "I04", kind: "S", title: "No purchase that nobody here knows of", ...atTheEnd },
  { id: "I05", kind: "S", title: "What is placed here was bought there, with the same lines and address", ...atTheEnd },
  { id: "I06", kind: "S", title: "What was cancelled in the buffer is never bought", ...safety },
  { id: "I07", kind: "S", title: "No purchase above its approved maximum or in another currency", ...atTheEnd },
  { id: "I08", kind: "S", title: "No second attempt without proof that the first bought nothing", ...atTheEnd },
  { id: "I09", kind: "D", title: "No day's spending above its cap", ...atTheEnd },
  { id: "I10", kind: "S", title: "No order of the channel is lost, nor a line of it", ...atTheEnd },
  { id: "I11", kind: "D", title: "No order is stored twice, and a likely duplicate is not bought unasked", ...safety },
  {
    id: "I12",
    kind: "T",
    title: "Acknowledged after the commit",
    ...later("Channels push nothing yet: webhooks and mails come with the front door."),
  },
  { id: "I13", kind: "S", title: "The channel's newest version wins", ...atTheEnd },
  { id: "I14", kind: "D", title: "Every row of an import is stored, refused or set aside", ...atTheEnd },
  { id: "I15", kind: "D", title: "One event per change, without a gap", ...atTheEnd },
  { id: "I16", kind: "D", title: "Only transitions of the table", ...atTheEnd },
  { id: "I17", kind: "D", title: "Events are append-only and chained", ...atTheEnd },
  { id: "I18", kind: "D", title: "Every change has an actor", ...atTheEnd },
  { id: "I19", kind: "D", title: "No open work without a timer, a person or a wait", ...atTheEnd },
  { id: "I20", kind: "D", title: "Final states stay final", ...atTheEnd },
  {
    id: "I21",
    kind: "D",
    title: "Every ledger transaction sums to zero; balances are the sums of their entries",
    ...safety,
  },
  {
    id: "I22",
    kind: "D",
    title: "Each placed purchase has exactly one charge, booked when it was placed",
    ...atTheEnd,
  },
  { id: "I23", kind: "D", title: "No balance below its limit; what is held is what is open", ...atTheEnd },
  { id: "I24", kind: "D", title: "Reserved stock is there, and is the sum of its reservations", ...safety },
  { id: "I25", kind: "D", title: "Quantities add up", ...atTheEnd },
  { id: "I26", kind: "S", title: "Each shipment is announced, or on the list of what a person does", ...atTheEnd },
  { id: "I27", kind: "S", title: "Nothing is announced twice", ...atTheEnd },
  { id: "I28", kind: "S", title: "Nothing is announced without evidence", ...atTheEnd },
  { id: "I29", kind: "D", title: "One tracking number, one order", ...atTheEnd },
  { id: "I30", kind: "D", title: "No row and no answer belongs to two workspaces", ...safety },
  {
    id: "I31",
    kind: "D",
    title: "No clear secret",
    ...later("No simulated seller has secrets; test/marker-secrets.test.ts looks for markers in everything."),
  },
  {
    id: "I32",
    kind: "D",
    title: "No card number or verification code",
    ...later("No simulated buyer writes one; src/store/invariants/personal.ts checks the live database."),
  },
  {
    id: "I33",
    kind: "D",
    title: "Personal data past its date is gone",
    ...later("No simulated channel sets an end; src/store/invariants/personal.ts checks the live database."),
  },
  {
    id: "I34",
    kind: "S",
    title: "Outbound webhooks are delivered or given up with notice",
    ...later("No simulated seller has a receiver yet; src/store/invariants/webhooks.ts checks the live database."),
  },
  { id: "L1", kind: "L", title: "Nobody waits for ever", ...atTheEnd },
  { id: "L2", kind: "L", title: "People are asked only for what the truth gives cause for", ...atTheEnd },
  { id: "M1", kind: "M", title: "The order ended in a state that the truth allows", ...atTheEnd },
  { id: "M2", kind: "M", title: "As many units are on their way as are wanted", ...atTheEnd },
  { id: "M3", kind: "M", title: "What the suppliers did is what the database says they did", ...atTheEnd },
  { id: "M4", kind: "M", title: "Nothing is bought under a hold", ...safety },
];
