import { Menu } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "../i18n.ts";
import { formatCount } from "./format.ts";
import classes from "./tabs.module.css";

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

/** Quiet tabs with counts. Those that find no room lie in a menu behind them; on a phone the row is pushed sideways instead. */
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
  const { row, room } = useRoom(tabs);
  const rest = tabs.slice(room);
  return (
    <nav className={classes["tabs"]} aria-label={label}>
      <div className={classes["row"]} ref={row}>
        {tabs.map((tab, index) => (
          <button
            key={tab.id}
            type="button"
            className={classes["tab"]}
            aria-current={tab.id === current ? "page" : undefined}
            data-behind={index >= room || undefined}
            ref={tab.id === current && index < room ? showCurrent : undefined}
            onClick={() => onChange(tab.id)}
          >
            <Inside tab={tab} />
          </button>
        ))}
      </div>
      {rest.length > 0 && <Behind tabs={rest} current={current} onChange={onChange} />}
    </nav>
  );
}

/** How many of the tabs fit: the row wraps, and what stands on its second line does not. */
function useRoom(tabs: readonly Tab[]) {
  const row = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState(tabs.length);
  const measure = useCallback((): void => {
    const all = [...(row.current?.children ?? [])] as HTMLElement[];
    const below = all.findIndex((tab) => tab.offsetTop > all[0]!.offsetTop);
    setRoom(below < 0 ? all.length : below);
  }, []);
  useLayoutEffect(measure); // a count that grew pushes a tab out
  useEffect(() => {
    const watch = new ResizeObserver(measure);
    if (row.current !== null) watch.observe(row.current);
    return () => watch.disconnect();
  }, [measure]);
  return { row, room };
}

function Behind({
  tabs,
  current,
  onChange,
}: {
  tabs: readonly Tab[];
  current: string;
  onChange: (id: string) => void;
}) {
  const { t } = useTranslation();
  const open = tabs.find(({ id }) => id === current);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <button type="button" className={classes["tab"]} aria-current={open === undefined ? undefined : "page"}>
          {open === undefined ? t("tabs.more", { count: tabs.length }) : <Inside tab={open} />}
          <IconChevronDown size={14} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {tabs.map((tab) => (
          <Menu.Item
            key={tab.id}
            aria-current={tab.id === current ? "page" : undefined}
            fw={tab.id === current ? 600 : 400}
            rightSection={<Count tab={tab} />}
            onClick={() => onChange(tab.id)}
          >
            {tab.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Inside({ tab }: { tab: Tab }) {
  return (
    <>
      {tab.label}
      {tab.isChanged === true && <span className={classes["changed"]} aria-hidden />}
      <Count tab={tab} />
    </>
  );
}

function Count({ tab: { count, orMore = false, isRed = false } }: { tab: Tab }) {
  if (count === undefined) return null;
  return (
    <span className={classes["count"]} data-red={(isRed && count > 0) || undefined}>
      {formatCount(count)}
      {orMore && "+"}
    </span>
  );
}
