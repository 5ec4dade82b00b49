import { Button, Text } from "@mantine/core";
import { Fragment, useEffect, useRef } from "react";
import { useTranslation } from "../../i18n.ts";
import { ChannelMark } from "../../parts/badges.tsx";
import { formatCount, formatMoney } from "../../parts/format.ts";
import { KeyName } from "../../parts/keys.tsx";
import { ShipBy } from "../../parts/ship-by.tsx";
import { Ago } from "../../parts/time.tsx";
import classes from "./attention.module.css";
import { isAside, mostListed, type Group, type Row } from "./inbox.ts";

interface GroupsProps {
  groups: readonly Group[];
  group: Group;
  /** Of the open group; undefined: not known yet. */
  rows: readonly Row[] | undefined;
  isMore: boolean;
  currentId: string | undefined;
  onGroup: (code: Group["code"]) => void;
  onOrder: (id: string) => void;
  onWhole: () => void;
}

/** The reasons, each with how many orders, what the buyers pay for them and since when; the open one with its orders. */
export function Groups({ groups, group, rows, isMore, currentId, onGroup, onOrder, onWhole }: GroupsProps) {
  const { t } = useTranslation();
  const firstAside = groups.find(isAside)?.code;
  return (
    <nav className={classes["groups"]} aria-label={t("attention.groups")}>
      {groups.map((each, index) => (
        <Fragment key={each.code}>
          {(index === 0 || each.code === firstAside) && (
            <h2 className={classes["heading"]}>{t(isAside(each) ? "attention.others" : "attention.people")}</h2>
          )}
          <button
            type="button"
            className={classes["group"]}
            aria-expanded={each.code === group.code}
            data-open={each.code === group.code || undefined}
            onClick={() => onGroup(each.code)}
          >
            <span className={classes["groupLine"]}>
              <span className="cut">{each.title}</span>
              <span className={classes["count"]} data-red={!isAside(each) || undefined}>
                {each.or_more ? t("attention.orMore", { count: each.orders }) : formatCount(each.orders)}
              </span>
            </span>
            <span className={classes["groupFacts"]}>
              <span className="num">{each.at_stake.map(formatMoney).join(" + ")}</span>
              <span>
                {t("attention.oldest")} <Ago at={each.oldest} />
              </span>
              <ShipBy at={each.ship_by} />
            </span>
          </button>
          {each.code === group.code && (
            <div className={classes["open"]}>
              {rows !== undefined && rows.length > 1 && (
                <Button variant="subtle" size="compact-sm" onClick={onWhole} rightSection={<KeyName name="E" />}>
                  {t("attention.actOnAll")}
                </Button>
              )}
              <ul aria-label={t("attention.orders")}>
                {rows?.map((row) => (
                  <Item key={row.id} row={row} isCurrent={row.id === currentId} onOpen={() => onOrder(row.id)} />
                ))}
              </ul>
              {isMore && (
                <Text size="sm" c="dimmed" px={12}>
                  {t("attention.more", { count: mostListed })}
                </Text>
              )}
            </div>
          )}
        </Fragment>
      ))}
    </nav>
  );
}

function Item({ row, isCurrent, onOpen }: { row: Row; isCurrent: boolean; onOpen: () => void }) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isCurrent) button.current?.scrollIntoView({ block: "nearest" });
  }, [isCurrent]);
  return (
    <li>
      <button
        ref={button}
        type="button"
        className={classes["item"]}
        aria-current={isCurrent ? "true" : undefined}
        onClick={onOpen}
      >
        <ChannelMark name={row.channel.name} />
        <span className="cut num">{row.number}</span>
        <ShipBy at={row.ship_by} />
        <span className={classes["amount"]}>{row.total === null ? "" : formatMoney(row.total)}</span>
      </button>
    </li>
  );
}
