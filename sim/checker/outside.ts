/**
 * What happened outside, as the outside itself wrote it down. Nothing here comes from the database, and nothing of the product is imported:
 * a misunderstanding of the product's must not be the checker's as well. All instants are milliseconds since 1970 of the virtual clock.
 */
export interface Outside {
  /** Everything that the pretend world logged, in order. Kinds of events that the checker does not know are passed over. */
  events: readonly WorldEvent[];
  /** The slug of the workspace that lives in that world; left out: the one workspace of kind `sandbox`. */
  workspaceSlug?: string;
  /** Further worlds, each with a workspace of its own. */
  neighbours?: readonly { workspaceSlug: string; events: readonly WorldEvent[] }[];
  /** Each purchase request that left the gate, noted at the socket. */
  sent: readonly SentRequest[];
  /** The commits that armed an attempt, noted by whoever carried the commit's answer: by the attempt's reference. */
  commits?: readonly { attemptReference: string; committedAt: number }[];
  /** Cancellations that somebody was told are done before anything was bought. */
  acknowledged: readonly Acknowledged[];
  /** What was answered, mailed or exported to somebody of a workspace. */
  told: readonly Told[];
  /** The text that marks everything of a workspace, by its slug; what is told to another one must not contain it. */
  markers?: Readonly<Record<string, string>>;
  /** Attempts about which a person said the untrue: "not bought" of what was bought, or a number that is none. By reference. */
  mistakes?: readonly { attemptReference: string }[];
  /** When processes were killed or stopped, connections cut, suppliers not reached: what was on its way then may have lost its answer. */
  disturbances?: readonly { from: number; until: number }[];
  /** The database was set back to an older copy of itself. */
  restored?: RestoredOutside;
  now: number;
  /** From when on everybody answers and people do what they are asked; null: not yet, so nothing has to be settled. */
  faultsStoppedAt: number | null;
}

/** What the harness saw before the copy took the place of the database. Instants as above; orders are named `workspace/channel's id`. */
export interface RestoredOutside {
  takenAt: number;
  at: number;
  /** Until then it was in safe mode; null: it still is. */
  homeAt: number | null;
  /** Attempts that were armed by then, or had an outcome, of which the copy does not know that. */
  forgotten: readonly {
    workspaceSlug: string;
    channelOrderId: string;
    reference: string;
    /** Of the commit that armed it; null: nobody saw it. */
    committedAt: number | null;
    isKnown: boolean;
    lines: readonly {
      channelLineId: string;
      componentNo: number;
      quantity: number;
      supplierSku: string;
      units: number;
    }[];
  }[];
  touched: ReadonlySet<string>;
}

/** One line of a pretend world's log. Which further fields it has depends on its type; `truth.ts` reads those that matter. */
export interface WorldEvent {
  readonly at: number;
  readonly type: string;
}
export interface SentRequest {
  at: number;
  /** The world's code of the supplier. */
  supplier: string;
  reference: string;
  idempotencyKey: string | null;
  step?: number;
}
export interface Acknowledged {
  channelOrderId: string;
  /** Where the same channel order id exists in several worlds. */
  workspaceSlug?: string;
  at: number;
  step: number;
}
export interface Told {
  step: number;
  /** Whom it was told. */
  workspaceSlug: string;
  text: string;
}
