import { Text, VisuallyHidden } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { useHere } from "../../app/session.tsx";
import { useKeys } from "../../parts/keys.tsx";
import { Empty, Page, Trouble, Waiting } from "../../parts/page.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import classes from "./desk.module.css";
import { DeskOrder } from "./desk-order.tsx";
import { DeskQueue } from "./desk-queue.tsx";
import { useMe, type DeskRow, type DeskView } from "./me.ts";

interface Refused {
  row: DeskRow;
  error: Error;
}

const states = { place: "escalated", check: "outcome_unknown" } as const satisfies Record<DeskView, string>;

/** Buying by hand, one order at a time: take it, copy what the supplier asks for, type its number in; the next one is there already. */
export function Desk() {
  const { t } = useTranslation();
  const search = useSearch({ from: "/$workspace/desk" });
  const navigate = useNavigate({ from: "/$workspace/desk" });
  const me = useMe();
  const view: DeskView = search.view === "check" ? "check" : "place";
  const queues = { place: useQueue("place"), check: useQueue("check") };
  const { rows, isMore, error, refetch } = queues[view];
  const [said, setSaid] = useState("");
  const [refused, setRefused] = useState<Refused | null>(null);

  const free = rows?.filter(({ claimed_by: by }) => by === null || by === me) ?? [];
  // What was not to be taken after all has left the queue, and its reader has yet to read why.
  const asked = [...(rows ?? []), ...(refused === null ? [] : [refused.row])].find(({ id }) => id === search.order);
  const current = asked ?? free.find(({ claimed_by: by }) => by === me) ?? free[0] ?? rows?.[0];
  const open = (order: string | undefined): void => {
    setRefused(null);
    void navigate({ search: { ...(view === "check" && { view }), ...(order && { order }) }, replace: true });
  };
  const move = (by: number): void => {
    const at = rows?.findIndex(({ id }) => id === current?.id) ?? -1;
    const to = rows?.[Math.max(0, Math.min(rows.length - 1, at + by))];
    if (to !== undefined) open(to.id);
  };
  const done = (row: DeskRow, what: string): void => {
    const at = free.findIndex(({ id }) => id === row.id);
    const next = free[at + 1] ?? free.find(({ id }) => id !== row.id);
    setSaid(`${what} ${next === undefined ? t("desk.said.last") : t("desk.said.next", { order: next.order.number })}`);
    open(next?.id);
  };
  const show = (to: DeskView): void => {
    setSaid("");
    void navigate({ search: to === "check" ? { view: to } : {} });
  };
  useKeys([
    { key: "j", label: t("desk.keys.next"), run: () => move(1) },
    { key: "k", label: t("desk.keys.previous"), run: () => move(-1) },
    { key: "[", label: t("desk.keys.place"), run: () => show("place") },
    { key: "]", label: t("desk.keys.check"), run: () => show("check") },
  ]);

  return (
    <Page
      title={t("desk.title")}
      isFull
      top={
        <Tabs
          label={t("desk.tabs")}
          current={view}
          onChange={(id) => show(id as DeskView)}
          tabs={[
            { id: "place", label: t("desk.place"), count: queues.place.rows?.length },
            { id: "check", label: t("desk.check"), count: queues.check.rows?.length },
          ]}
        />
      }
    >
      <VisuallyHidden role="status">{said}</VisuallyHidden>
      {error !== null && <Trouble error={error} onRetry={refetch} />}
      {rows === undefined ? (
        error === null && (
          <div className={classes["alone"]}>
            <Waiting />
          </div>
        )
      ) : current === undefined ? (
        <Empty title={t(view === "place" ? "desk.none" : "desk.noneToCheck")}>
          {said !== "" && <Text component="span">{said} </Text>}
          {t(view === "place" ? "desk.noneHint" : "desk.noneToCheckHint")}
        </Empty>
      ) : (
        <div className={classes["desk"]}>
          <DeskQueue rows={rows} isMore={isMore} currentId={current.id} me={me} onOpen={open} />
          <DeskOrder
            key={current.id}
            row={current}
            view={view}
            said={said}
            refusal={refused?.row.id === current.id ? refused.error : null}
            onRefused={(error) => {
              open(current.id);
              setRefused({ row: current, error });
            }}
            onDone={(what) => done(current, what)}
          />
        </div>
      )}
    </Page>
  );
}

const most = 100;

/** What waits, what must leave first on top; what others have taken at the end. */
function useQueue(view: DeskView) {
  const { api, workspace } = useHere();
  const me = useMe();
  const { data, error, refetch } = useQuery({
    queryKey: [workspace.slug, "fulfillment-orders", "desk", view],
    queryFn: ({ signal }) => api.get("/v1/fulfillment-orders", { query: { state: states[view], limit: most }, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  });
  const rank = ({ claimed_by: by, ship_by: shipBy }: DeskRow): string =>
    `${by === null || by === me ? 0 : 1}${shipBy ?? "9"}`;
  const rows = data?.fulfillment_orders.toSorted((one, other) => rank(one).localeCompare(rank(other)));
  return { rows, isMore: data?.next != null, error, refetch: () => void refetch() };
}
