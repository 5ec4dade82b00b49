import { ActionIcon, Button, Text } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { useHere } from "../../app/session.tsx";
import { useKeys } from "../../parts/keys.tsx";
import { Empty, Page, Trouble, Waiting } from "../../parts/page.tsx";
import type { Hold, Order, ResolveAction } from "../../parts/resolve/subject.ts";
import { Tabs } from "../../parts/tabs.tsx";
import { AllDone } from "./all-done.tsx";
import classes from "./attention.module.css";
import { count, type Fix } from "./fixes.ts";
import { GroupAct } from "./group-act.tsx";
import { Groups } from "./groups.tsx";
import { HoldPanel } from "./hold-panel.tsx";
import { useGroups, useOrdersOf, views, type Row, type View } from "./inbox.ts";
import { Offer } from "./offer.tsx";

/** After something was done it stays out of the list for so long, until the list knows; what is held then still comes back. */
const hiddenMs = 15_000;

/** What a machine must not decide: by reason, one after the other, at the same place of the screen. */
export function Attention() {
  const { t } = useTranslation();
  const { workspace, session } = useHere();
  const search = useSearch({ from: "/$workspace/attention" });
  const navigate = useNavigate({ from: "/$workspace/attention" });
  const view: View = views.find((each) => each === search.view) ?? "team";
  const { groups, orders: total, orMore, error, refetch } = useGroups(view);
  const lastAt = useRef(0);
  const lastRow = useRef(0);
  const [said, setSaid] = useState("");
  const [cleared, setCleared] = useState(0);
  const [isWhole, setWhole] = useState(false);
  const [offered, setOffered] = useState<Fix | null>(null);
  const [hidden, setHidden] = useState<ReadonlyMap<string, { version: number; at: number }>>(new Map());

  // Where a group is cleared, the one that has come to its place opens by itself.
  const named = groups?.findIndex(({ code }) => code === search.group) ?? -1;
  if (named >= 0) lastAt.current = named;
  const at = named >= 0 ? named : Math.min(lastAt.current, (groups?.length ?? 0) - 1);
  const isChosen = search.group !== undefined;
  const group = groups?.[at];
  const found = useOrdersOf(group);
  /** Of an order with two reasons each has its own place; what was snoozed is to be seen among the snoozed. */
  const placeOf = ({ id }: Row): string => `${view} ${group?.code} ${id}`;
  const rows = found.data?.orders.filter((row) => {
    const done = hidden.get(placeOf(row));
    return done === undefined || row.version > done.version + 1 || Date.now() - done.at > hiddenMs;
  });
  const rowAt = rows?.findIndex(({ id }) => id === search.order) ?? -1;
  if (rowAt >= 0) lastRow.current = rowAt;
  else if (search.order === undefined) lastRow.current = 0;
  const current = rows?.[rowAt >= 0 ? rowAt : Math.min(lastRow.current, rows.length - 1)];

  const open = (to: { group?: string | undefined; order?: string | undefined }): void => {
    setWhole(false);
    void navigate({
      search: {
        ...(view !== "team" && { view }),
        ...(to.group !== undefined && { group: to.group }),
        ...(to.order !== undefined && { order: to.order }),
      },
      replace: true,
    });
  };
  const openGroup = (by: number): void => {
    const to = groups?.[at + by];
    if (to !== undefined) open({ group: to.code });
  };
  const move = (by: number): void => {
    const from = rows?.findIndex(({ id }) => id === current?.id) ?? -1;
    const to = rows?.[from + by];
    if (to === undefined) openGroup(by);
    else open({ group: group?.code, order: to.id });
  };
  /** The one below takes its place; behind the last of a group comes the next group. */
  const goOn = (row: Row): void => {
    const from = rows?.findIndex(({ id }) => id === row.id) ?? -1;
    const next = rows?.[from + 1] ?? rows?.find(({ id }) => id !== row.id);
    setHidden(new Map([...hidden, [placeOf(row), { version: row.version, at: Date.now() }]]));
    if (next !== undefined) open({ group: group?.code, order: next.id });
    else open({ group: (groups?.[at + 1] ?? groups?.[at - 1])?.code });
  };
  const done = (row: Row, what: string, resolved?: { order: Order; hold: Hold; action: ResolveAction }): void => {
    setSaid(what);
    if (resolved !== undefined) {
      setCleared(cleared + 1);
      setOffered(count(workspace.slug, resolved) ?? offered);
    }
    goOn(row);
  };
  useKeys([
    { key: "j", label: t("attention.key.next"), run: () => move(1) },
    { key: "k", label: t("attention.key.previous"), run: () => move(-1) },
    { key: "ArrowDown", label: t("attention.key.next"), run: () => move(1) },
    { key: "ArrowUp", label: t("attention.key.previous"), run: () => move(-1) },
    { key: "Shift+j", label: t("attention.key.nextGroup"), run: () => openGroup(1) },
    { key: "Shift+k", label: t("attention.key.previousGroup"), run: () => openGroup(-1) },
    { key: "e", label: t("attention.key.all"), run: () => setWhole(group !== undefined) },
  ]);
  useEffect(() => setWhole(false), [view]);

  const shownViews = views.filter((each) => each !== "mine" || session.user !== null);
  return (
    <Page
      title={t("attention.title")}
      isFull
      beside={
        cleared > 0 && (
          <Text size="sm" c="dimmed" component="span">
            {t("attention.cleared", { count: cleared })}
          </Text>
        )
      }
      top={
        <Tabs
          label={t("attention.views")}
          current={view}
          onChange={(id) => void navigate({ search: id === "team" ? {} : { view: id } })}
          tabs={shownViews.map((id) => ({
            id,
            label: t(`attention.view.${id}`),
            count: id === view ? total : undefined,
            orMore: id === view && orMore,
            isRed: id !== "snoozed",
          }))}
        />
      }
    >
      <p className="heard" role="status">
        {said}
      </p>
      {error !== null && <Trouble error={error} onRetry={refetch} />}
      {groups === undefined ? (
        <div className={classes["alone"]}>
          <Waiting />
        </div>
      ) : group === undefined ? (
        <>
          <div className={classes["alone"]}>
            {offered !== null && <Offer fix={offered} onEnd={() => setOffered(null)} />}
          </div>
          <AllDone view={view} onAll={() => void navigate({ search: {} })} />
        </>
      ) : (
        <div className={classes["inbox"]} data-open={isChosen || undefined}>
          <Groups
            groups={groups}
            group={group}
            rows={rows}
            isMore={found.data?.next !== null && found.data !== undefined}
            currentId={isWhole ? undefined : current?.id}
            onGroup={(code) => open({ group: code })}
            onOrder={(id) => open({ group: group.code, order: id })}
            onWhole={() => setWhole(true)}
          />
          <section className={classes["panel"]} aria-label={group.title}>
            <div className={classes["back"]}>
              <ActionIcon onClick={() => open({})} aria-label={t("attention.back")}>
                <IconArrowLeft size={18} />
              </ActionIcon>
              {group.title}
            </div>
            {said !== "" && (
              <p className={classes["said"]} aria-hidden>
                {said}
              </p>
            )}
            {offered !== null && <Offer fix={offered} onEnd={() => setOffered(null)} />}
            {found.error !== null && <Trouble error={found.error} onRetry={() => void found.refetch()} />}
            {isWhole ? (
              <GroupAct key={group.words} group={group} onEnd={() => setWhole(false)} />
            ) : current !== undefined ? (
              <HoldPanel
                key={`${group.code} ${current.id}`}
                id={current.id}
                code={group.code}
                isSnoozedView={view === "snoozed"}
                onDone={(what, resolved) => done(current, what, resolved)}
                onAssigned={(what) => (view === "team" || view === "snoozed" ? setSaid(what) : done(current, what))}
                onGone={() => goOn(current)}
              />
            ) : found.data === undefined ? (
              <Waiting />
            ) : (
              <Empty
                title={t("attention.gone")}
                action={
                  <Button variant="default" onClick={() => openGroup(1)}>
                    {t("attention.key.next")}
                  </Button>
                }
              >
                {t("attention.goneHint")}
              </Empty>
            )}
          </section>
        </div>
      )}
    </Page>
  );
}
