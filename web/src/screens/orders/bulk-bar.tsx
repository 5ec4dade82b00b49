import { Button, CloseButton, Menu, Popover, Stack, Text } from "@mantine/core";
import { IconChevronDown, IconInfoCircle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import type { Schemas } from "../../app/api.ts";
import { usePageActions } from "../../app/page-actions.ts";
import { useHere } from "../../app/session.tsx";
import { formatCount } from "../../parts/format.ts";
import { useKeys } from "../../parts/keys.tsx";
import { later } from "../../parts/later.tsx";
import type { Selection } from "../../parts/selection.ts";
import classes from "./orders.module.css";
import type { OrderSort } from "./orders-search.ts";
import type { Row } from "./use-order-list.ts";

export type BulkAction = Exclude<Schemas["JobAction"]["action"], "release" | "dismiss">;
/** Which orders: some by their ids, or all that words find. */
export type BulkOrders = Schemas["JobOrders"];

const BulkDialog = later(async () => (await import("./bulk-dialog.tsx")).BulkDialog);
const JobStrip = later(async () => (await import("../jobs/job-strip.tsx")).JobStrip);

/** The commonest ones, each with the verdict of a row that says whether it may be done. */
const common = { process: "release", hold: "hold", unhold: "unhold", cancel: "cancel" } as const satisfies Partial<
  Record<BulkAction, keyof Row["actions"]>
>;
const further = ["choose_supplier", "assign", "snooze", "resend_tracking"] as const satisfies readonly BulkAction[];

interface BulkBarProps {
  rows: readonly Row[];
  isMore: boolean;
  selection: Selection;
  words: string;
  sort: OrderSort;
}

/** What can be done with the chosen rows. What is not possible for all of them stays, says why and for how many, and offers to keep the others. */
export function BulkBar({ rows, isMore, selection, words, sort }: BulkBarProps) {
  const { t } = useTranslation();
  const { api, workspace, may } = useHere();
  // All that the words find is chosen for these words only.
  const [all, setAll] = useState<string | null>(null);
  const [doing, setDoing] = useState<{ action: BulkAction; orders: BulkOrders } | null>(null);
  const [job, setJob] = useState<string | null>(null);
  const count = selection.ids.size;
  const chosen = rows.filter(({ id }) => selection.ids.has(id));
  const isAll = all === words && count > 0;
  const mayAskAll = isMore && count > 0 && chosen.length === rows.length;
  const { data: found } = useQuery({
    queryKey: [workspace.slug, "orders", "found", words],
    queryFn: ({ signal }) => api.get("/v1/orders/found", { query: words === "" ? {} : { q: words }, signal }),
    enabled: mayAskAll,
  });
  const foundText = found && `${formatCount(found.orders)}${found.or_more ? "+" : ""}`;
  const orders: BulkOrders = isAll ? { words, sort } : { ids: [...selection.ids] };
  const clear = (): void => {
    selection.clear();
    setAll(null);
  };
  const begin = (action: BulkAction): void => setDoing({ action, orders });
  const actions = (Object.keys(common) as (keyof typeof common)[]).map((action) => ({
    action,
    stops: isAll ? [] : stopped(chosen, common[action]),
  }));
  const isOn = count > 0 && may("orders.change");
  useKeys([{ key: "Escape", label: t("orders.bulk.clear"), run: clear }], isOn && doing === null);
  usePageActions(
    isOn
      ? [...actions.filter(({ stops }) => stops.length === 0).map(({ action }) => action), ...further].map(
          (action) => ({
            id: `bulk ${action}`,
            label: t("orders.bulk.doWith", {
              what: t(`jobs.action.${action}`),
              count: isAll ? (found?.orders ?? count) : count,
            }),
            run: () => begin(action),
          }),
        )
      : [],
  );
  return (
    <>
      {isOn && (
        <div className={classes["floating"]} role="toolbar" aria-label={t("orders.bulk.bar")}>
          <span role="status">
            <span className={classes["amount"]}>{isAll ? foundText : formatCount(count)}</span>{" "}
            {t("orders.bulk.chosen")}
          </span>
          {mayAskAll && !isAll && foundText !== undefined && (
            <Button variant="subtle" onClick={() => setAll(words)}>
              {t("orders.bulk.all", { count: foundText })}
            </Button>
          )}
          {actions.map(({ action, stops }) => (
            <Act
              key={action}
              action={action}
              chosen={chosen}
              stops={stops}
              onDo={() => begin(action)}
              onKeep={() => {
                const stoppedIds = new Set(stops.map(({ id }) => id));
                const kept = chosen.filter(({ id }) => !stoppedIds.has(id)).map(({ id }) => id);
                selection.clear();
                selection.add(kept);
              }}
            />
          ))}
          <Menu position="top">
            <Menu.Target>
              <Button variant="default" rightSection={<IconChevronDown size={14} />}>
                {t("orders.bulk.more")}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {further
                .filter((action) => action !== "resend_tracking" || may("shipments.change"))
                .map((action) => (
                  <Menu.Item key={action} onClick={() => begin(action)}>
                    {t(`jobs.action.${action}`)}…
                  </Menu.Item>
                ))}
            </Menu.Dropdown>
          </Menu>
          <CloseButton size={28} aria-label={t("orders.bulk.clear")} onClick={clear} />
        </div>
      )}
      {doing !== null && (
        <BulkDialog
          action={doing.action}
          orders={doing.orders}
          onClose={() => setDoing(null)}
          onStarted={(id) => {
            setJob(id);
            clear();
          }}
        />
      )}
      {job !== null && doing === null && count === 0 && <JobStrip id={job} onClose={() => setJob(null)} />}
    </>
  );
}

interface Stop {
  id: string;
  number: string;
  why: string;
}
const stopped = (rows: readonly Row[], verdict: keyof Row["actions"]): Stop[] =>
  rows.flatMap(({ id, number, actions }) => {
    const its = actions[verdict];
    return its.allowed ? [] : [{ id, number, why: its.why }];
  });

interface ActProps {
  action: BulkAction;
  chosen: readonly Row[];
  stops: readonly Stop[];
  onDo: () => void;
  /** Chooses only those for which it is possible. */
  onKeep: () => void;
}
function Act({ action, chosen, stops, onDo, onKeep }: ActProps) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const label = t(`jobs.action.${action}`);
  if (stops.length === 0)
    return (
      <Button variant="default" {...(action === "cancel" ? { color: "red", variant: "light" } : {})} onClick={onDo}>
        {label}…
      </Button>
    );
  const possible = chosen.length - stops.length;
  const whys = [...Map.groupBy(stops, ({ why }) => why)].toSorted(([, one], [, other]) => other.length - one.length);
  return (
    <Popover width={340} position="top" shadow="md" withArrow trapFocus opened={isOpen} onChange={setOpen}>
      <Popover.Target>
        <Button
          variant="subtle"
          color="gray"
          leftSection={<IconInfoCircle size={14} />}
          onClick={() => setOpen(!isOpen)}
          aria-label={t("orders.bulk.not", { what: label, possible, count: chosen.length })}
        >
          {label}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm" align="flex-start">
          <Text size="md" fw={500}>
            {t("orders.bulk.possible", { what: label, possible, count: chosen.length })}
          </Text>
          <ul className={classes["numbers"]}>
            {whys.slice(0, 5).map(([why, of]) => (
              <li key={why}>
                {formatCount(of.length)} × {why}
              </li>
            ))}
          </ul>
          {possible > 0 && (
            <Button variant="default" onClick={onKeep} data-autofocus>
              {t("orders.bulk.keep", { count: possible })}
            </Button>
          )}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
