import { useEffect, useRef } from "react";
import { later } from "../parts/later.tsx";
import { useAsked } from "./act.ts";

const ProveAgain = later(async () => (await import("./prove-again.tsx")).ProveAgain);

/** Asks somebody to show who they are. */
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
  return asked === null ? null : <ProveAgain asked={asked} />;
}
