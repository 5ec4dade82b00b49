import classes from "./tabs.module.css";
import { formatCount } from "./format.ts";

export interface Tab {
  id: string;
  label: string;
  count?: number | undefined;
  /** There are more than were counted. */
  orMore?: boolean;
  isRed?: boolean;
  /** The view was changed and not saved. */
  isChanged?: boolean;
}

const showCurrent = (tab: HTMLElement | null): void => tab?.scrollIntoView({ block: "nearest", inline: "nearest" });

/** Quiet tabs with counts; they scroll sideways where there are many. */
export function Tabs({
  label,
  tabs,
  current,
  onChange,
}: {
  label: string;
  tabs: readonly Tab[];
  current: string;
  onChange: (id: string) => void;
}) {
  return (
    <nav className={classes["tabs"]} aria-label={label}>
      {tabs.map(({ id, label: name, count, isRed = false, isChanged = false, orMore = false }) => (
        <button
          key={id}
          type="button"
          className={classes["tab"]}
          aria-current={id === current ? "page" : undefined}
          ref={id === current ? showCurrent : undefined}
          onClick={() => onChange(id)}
        >
          {name}
          {isChanged && <span className={classes["changed"]} aria-hidden />}
          {count !== undefined && (
            <span className={classes["count"]} data-red={(isRed && count > 0) || undefined}>
              {formatCount(count)}
              {orMore && "+"}
            </span>
          )}
        </button>
      ))}
    </nav>
  );
}
