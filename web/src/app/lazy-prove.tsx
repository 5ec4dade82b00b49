import { lazy, Suspense } from "react";
import { useAsked } from "./act.ts";

const ProveAgain = lazy(async () => ({ default: (await import("./prove-again.tsx")).ProveAgain }));

/** Loaded when somebody is asked to show who they are for the first time. */
export function LazyProve() {
  const asked = useAsked();
  return asked === null ? null : (
    <Suspense>
      <ProveAgain asked={asked} />
    </Suspense>
  );
}
