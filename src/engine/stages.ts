import type { Stage } from "./stage.ts";
import { cancel } from "./stages/cancel.ts";
import { complete } from "./stages/complete.ts";
import { dispatch } from "./stages/dispatch.ts";
import { follow } from "./stages/follow.ts";
import { gap } from "./stages/gap.ts";
import { intake } from "./stages/intake.ts";
import { notify } from "./stages/notify.ts";
import { place } from "./stages/place.ts";
import { pull } from "./stages/pull.ts";
import { reconcile } from "./stages/reconcile.ts";
import { release } from "./stages/release.ts";
import { stockFeed } from "./stages/stock-feed.ts";
import { supplierInbox } from "./stages/supplier-inbox.ts";
import { track } from "./stages/track.ts";
import { verify } from "./stages/verify.ts";
import { writeBack } from "./stages/write-back.ts";

/** All there is, in the order of an order's life. Each runs by itself; the order only matters to a simulator that drives them one by one. */
export const stages: readonly Stage[] = [
  pull,
  gap,
  intake,
  verify,
  release,
  place,
  dispatch,
  reconcile,
  track,
  writeBack,
  follow,
  cancel,
  complete,
  stockFeed,
  supplierInbox,
  notify,
];
