import { lazy, Suspense, useEffect, useRef } from "react";
import { useAsked } from "./act.ts";

const ProveAgain = lazy(async () => ({ default: (await import("./prove-again.tsx")).ProveAgain }));

/** Loaded when somebody is asked to show who they are for the first time. */
export function LazyProve() {
  const asked = useAsked();
  const latest = useRef(asked);
  latest.current = asked;
  // It lies over another dialog as a rule, and Escape closes the top one alone: this listener is older than that dialog's, so it hears the key first.
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== "Escape" || latest.current === null) return;
      event.stopImmediatePropagation();
      latest.current.answer(false);
    };
    window.addEventListener("keydown", onKey, true);
    return () => window.removeEventListener("keydown", onKey, true);
  }, []);
  return asked === null ? null : (
    <Suspense>
      <ProveAgain asked={asked} />
    </Suspense>
  );
}
