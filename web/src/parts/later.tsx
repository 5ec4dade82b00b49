import { useEffect, useReducer, useState, type ComponentType, type ReactNode } from "react";
import classes from "./later.module.css";
import { Trouble } from "./page.tsx";

const ahead = new Set<() => Promise<unknown>>();

/**
 * A part of the page that nobody sees at first. It is drawn from the first time that `when` is true (at once where it is left out), and stays then; its script
 * is fetched ahead, once the page stands and has been quiet for a moment (app/ahead.tsx), so that it is there at once when it is wanted. What cannot be fetched
 * says so; the page goes on. Not by React's `lazy`, which holds what it first draws back for up to 300 ms, also when it is here already.
 *
 * `const KeysHelp = later(async () => (await import("./keys-help.tsx")).KeysHelp);`
 */
export function later<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): (props: Props & { when?: boolean }) => ReactNode {
  let Part: ComponentType<Props> | null = null;
  const fetch = async (): Promise<void> => {
    Part ??= await load();
  };
  ahead.add(fetch);
  return function Later({ when = true, ...props }) {
    const [isDrawn, setDrawn] = useState(Part !== null && when);
    const [isSettled, settle] = useReducer(() => true, false);
    useEffect(() => {
      if (!when || isDrawn) return;
      const draw = (): void => setDrawn(true);
      if (Part !== null) return draw();
      void fetch()
        .catch((error: unknown) => {
          Part = missing(error);
        })
        .then(draw);
    }, [when, isDrawn]);
    useEffect(() => {
      if (isDrawn) settle();
    }, [isDrawn]);
    if (Part === null || !isDrawn) return null;
    // A dialog that was never closed would not know where the focus was before it.
    const isOpening = !isSettled && "opened" in props;
    return <Part {...(props as unknown as Props)} {...(isOpening && { opened: false })} />;
  };
}

/** Such as after an update of the server, which has the new files alone. */
const missing = (error: unknown) =>
  function Missing() {
    return (
      <div className={classes["missing"]}>
        <Trouble error={error} onRetry={() => location.reload()} />
      </div>
    );
  };

/** To be called when the page stands. What fails is tried again, and shown, when it is wanted. */
export function fetchAhead(): void {
  for (const fetch of ahead) void fetch().catch(() => undefined);
  ahead.clear();
}
