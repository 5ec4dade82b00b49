import { Button, Group, SegmentedControl, Stack, Text } from "@mantine/core";
import {
  IconBuildingStore,
  IconKey,
  IconRobot,
  IconTruckDelivery,
  IconUser,
  IconUserShield,
  type Icon,
} from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "../i18n.ts";
import type { Schemas } from "../app/api.ts";
import { formatExact } from "./format.ts";
import { Ago } from "./time.tsx";
import classes from "./timeline.module.css";

export type Happened = Schemas["OrderEvent"];
const filters = ["all", "people", "machine", "money"] as const;
type Filter = (typeof filters)[number];

const icons: Readonly<Record<Happened["by"]["kind"], Icon>> = {
  person: IconUser,
  visitor: IconUser,
  key: IconKey,
  channel: IconBuildingStore,
  administrator: IconUserShield,
  link: IconTruckDelivery,
  machine: IconRobot,
};

/** Where money is committed, spent or comes back. */
const aboutMoney: ReadonlySet<string> = new Set([
  "attempt_armed",
  "attempt_closed",
  "cost_confirmed",
  "supplier_order_named",
  "refunded",
  "units_cancelled",
]);
const isPerson = ({ by }: Happened): boolean => by.kind !== "machine" && by.kind !== "channel";
const shows: Readonly<Record<Filter, (event: Happened) => boolean>> = {
  all: () => true,
  people: isPerson,
  machine: (event) => !isPerson(event),
  money: ({ kind }) => aboutMoney.has(kind),
};

interface TimelineProps {
  /** Newest first; undefined: not known yet. */
  events: readonly Happened[] | undefined;
  isMore: boolean;
  onMore: () => void;
  /** Beside the filter. */
  children?: ReactNode;
}

/** Everything that happened, newest first: who, what, when, and with one click the evidence. */
export function Timeline({ events, isMore, onMore, children }: TimelineProps) {
  const { t } = useTranslation();
  const [filter, setFilter] = useState<Filter>("all");
  const shown = events?.filter(shows[filter]);
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <SegmentedControl
          aria-label={t("timeline.filter")}
          data={filters.map((each) => ({ value: each, label: t(`timeline.${each}`) }))}
          value={filter}
          onChange={(value) => setFilter(value as Filter)}
        />
        {children}
      </Group>
      <ol className={classes["list"]}>
        {shown?.map((event) => (
          <Item key={event.seq} event={event} />
        ))}
      </ol>
      {shown?.length === 0 && (
        <Text size="sm" c="dimmed">
          {t("timeline.none")}
        </Text>
      )}
      {isMore && (
        <div>
          <Button variant="default" size="compact-sm" onClick={onMore}>
            {t("timeline.more")}
          </Button>
        </div>
      )}
    </Stack>
  );
}

function Item({ event }: { event: Happened }) {
  const { t } = useTranslation();
  const Mark = icons[event.by.kind];
  const facts = evidenceOf(event);
  const line = (
    <>
      <span className={classes["text"]}>{event.text}</span>
      <span className={classes["when"]}>
        {event.by.name} · <Ago at={event.at} />
      </span>
    </>
  );
  return (
    <li className={classes["item"]} data-person={isPerson(event) || undefined}>
      <span className={classes["mark"]} aria-hidden>
        <Mark size={13} />
      </span>
      <div className={classes["what"]}>
        {facts.length === 0 ? (
          <div className={classes["line"]}>{line}</div>
        ) : (
          <details className={classes["evidence"]}>
            <summary className={classes["line"]} title={t("timeline.evidence")}>
              {line}
            </summary>
            <dl>
              {facts.map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd className="mono">{value}</dd>
                </div>
              ))}
            </dl>
          </details>
        )}
        {event.note !== null && <p className={classes["note"]}>{event.note}</p>}
      </div>
    </li>
  );
}

/** What was written down with it, as names and values; when it was, to the second. */
function evidenceOf({ data, from, to, at }: Happened): [string, string][] {
  const facts: [string, string][] = [];
  if (from !== null || to !== null) facts.push(["state", `${from ?? "—"} → ${to ?? "—"}`]);
  for (const [name, value] of Object.entries(data ?? {}))
    if (value !== null) facts.push([name, typeof value === "string" ? value : JSON.stringify(value)]);
  return facts.length === 0 ? [] : [...facts, ["at", formatExact(at)]];
}
