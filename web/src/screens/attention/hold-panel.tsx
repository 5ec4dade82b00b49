import { Button, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { useHere } from "../../app/session.tsx";
import { AddressLines } from "../../parts/address.tsx";
import { ChannelMark, StateBadge, toneOf } from "../../parts/badges.tsx";
import { formatMoney } from "../../parts/format.ts";
import { KeyName, letGo, useKeys } from "../../parts/keys.tsx";
import { Section, Trouble, Waiting } from "../../parts/page.tsx";
import { HoldWhy } from "../../parts/resolve/hold-why.tsx";
import { ResolveForm } from "../../parts/resolve/resolve-form.tsx";
import type { Hold, Order, ResolveAction } from "../../parts/resolve/subject.ts";
import { ShipBy } from "../../parts/ship-by.tsx";
import { Ago } from "../../parts/time.tsx";
import { Lines } from "../order/lines.tsx";
import { OtherOrder, placeOf, toneOfHold } from "../order/problems.tsx";
import { Assign } from "./assign.tsx";
import classes from "./attention.module.css";
import type { Group } from "./inbox.ts";
import { Snooze } from "./snooze.tsx";

interface HoldPanelProps {
  /** The order's. */
  id: string;
  code: Group["code"];
  /** Shows what is snoozed; otherwise what is not. */
  isSnoozedView: boolean;
  /** Something was done, with one sentence that says what. */
  onDone: (said: string, resolved?: { order: Order; hold: Hold; action: ResolveAction }) => void;
  /** Somebody else looks after it now, or nobody. */
  onAssigned: (said: string) => void;
  /** It is not held for this any more, without anybody's doing here. */
  onGone: () => void;
}

/** One hold, all that is needed to decide about it, and its forms. */
export function HoldPanel({ id, code, isSnoozedView, onDone, onAssigned, onGone }: HoldPanelProps) {
  const { api, workspace } = useHere();
  const {
    data: order,
    error,
    isFetching,
    refetch,
  } = useQuery({
    queryKey: [workspace.slug, "orders", "one", id],
    queryFn: ({ signal }) => api.get("/v1/orders/{id}", { path: { id }, signal }),
  });
  const now = Date.now();
  const hold = order?.holds.find(
    (each) =>
      each.code === code && (each.snoozed_until !== null && Date.parse(each.snoozed_until) > now) === isSnoozedView,
  );
  // What was known of it may be older than what was just done.
  const isGone = order !== undefined && hold === undefined && !isFetching;
  useEffect(() => {
    if (isGone) onGone();
    // Only when it has gone, not each time that the list is drawn.
  }, [isGone]);
  if (order === undefined || hold === undefined)
    return error === null ? <Waiting /> : <Trouble error={error} onRetry={() => void refetch()} />;
  return <Loaded key={hold.id} order={order} hold={hold} onDone={onDone} onAssigned={onAssigned} />;
}

function Loaded({
  order,
  hold,
  onDone,
  onAssigned,
}: { order: Order; hold: Hold } & Pick<HoldPanelProps, "onDone" | "onAssigned">) {
  const { t } = useTranslation();
  const { workspace, may } = useHere();
  const navigate = useNavigate();
  const [doing, setDoing] = useState<"snooze" | "assign" | null>(null);
  const place = placeOf(order, hold);
  const to = `/${workspace.slug}/orders/${order.id}`;
  const others = order.holds.filter(({ id }) => id !== hold.id);
  useKeys([
    { key: "h", label: t("attention.key.snooze"), run: () => setDoing("snooze") },
    { key: "a", label: t("attention.key.assign"), run: () => setDoing("assign") },
    { key: "o", label: t("attention.key.open"), run: () => void navigate({ to: to as never }) },
    {
      key: "Escape",
      label: t("attention.key.leave"),
      run: () => {
        setDoing(null);
        if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
      },
      inFields: true,
    },
  ]);
  return (
    <>
      <header className={classes["head"]}>
        <ChannelMark name={order.channel.name} />
        <Title order={2} className="num">
          {order.number}
        </Title>
        <StateBadge tone={toneOf(order.headline)} hint={order.hint}>
          {order.title}
        </StateBadge>
        {order.ship_by !== null && (
          <span className="dim">
            {t("order.shipBy")} <ShipBy at={order.ship_by} />
          </span>
        )}
        {order.money !== null && <span className="num">{formatMoney(order.money.sold)}</span>}
        <div className={classes["tools"]}>
          {may("orders.change") && (
            <>
              <Button
                variant="subtle"
                color="gray"
                size="compact-sm"
                aria-pressed={doing === "snooze"}
                onClick={(event) => {
                  letGo(event);
                  setDoing(doing === "snooze" ? null : "snooze");
                }}
                rightSection={<KeyName name="H" />}
              >
                {t("attention.snooze.title")}
              </Button>
              <Button
                variant="subtle"
                color="gray"
                size="compact-sm"
                aria-pressed={doing === "assign"}
                onClick={(event) => {
                  letGo(event);
                  setDoing(doing === "assign" ? null : "assign");
                }}
                rightSection={<KeyName name="A" />}
              >
                {t("attention.assign.title")}
              </Button>
            </>
          )}
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            component={Link}
            to={to as never}
            rightSection={<KeyName name="O" />}
          >
            {t("attention.open")}
          </Button>
        </div>
      </header>
      {doing === "snooze" && <Snooze order={order} hold={hold} onDone={onDone} onLeave={() => setDoing(null)} />}
      {doing === "assign" && (
        <Assign
          order={order}
          hold={hold}
          onDone={(said) => {
            setDoing(null);
            onAssigned(said);
          }}
          onLeave={() => setDoing(null)}
        />
      )}
      <article className={classes["problem"]} data-tone={toneOfHold(hold)} aria-label={hold.title}>
        <div className={classes["problemHead"]}>
          <Title order={3}>{hold.title}</Title>
          <Text size="sm" c="dimmed" component="span">
            {place !== null && `${place} · `}
            <Ago at={hold.opened_at} />
            <Owner hold={hold} />
          </Text>
        </div>
        <Text size="md">{hold.what}</Text>
        <HoldWhy hold={hold} />
        <OtherOrder hold={hold} />
        <Text size="md" fw={500} mt={8} mb={8}>
          {hold.next}
        </Text>
        <ResolveForm
          order={order}
          hold={hold}
          hasKeys
          onDone={(said, action) => onDone(said, { order, hold, action })}
        />
        {hold.clears_itself && (
          <Text size="sm" c="dimmed" mt={8}>
            {t("order.clearsItself")}
          </Text>
        )}
      </article>
      {others.length > 0 && (
        <Text size="md">
          {t("attention.otherHolds")}: {others.map(({ title }) => title).join(", ")}
        </Text>
      )}
      <div className={classes["facts"]}>
        <Lines order={order} />
        {order.ship_to !== null && (
          <Section title={t("order.address")}>
            <AddressLines address={order.ship_to} />
          </Section>
        )}
      </div>
    </>
  );
}

/** Who looks after it, and until when it is snoozed. */
function Owner({ hold }: { hold: Hold }) {
  const { t } = useTranslation();
  const { api, workspace, session, may } = useHere();
  const { data } = useQuery({
    queryKey: [workspace.slug, "members"],
    queryFn: ({ signal }) => api.get("/v1/members", { signal }),
    enabled: hold.owner !== null && may("members.read"),
    staleTime: 60_000,
    meta: { live: false },
  });
  const name = data?.members.find(({ id }) => id === hold.owner)?.name;
  return (
    <>
      {hold.owner !== null &&
        ` · ${hold.owner === session.user?.id ? t("attention.ownerMe") : t("attention.owner", { name: name ?? "" })}`}
      {hold.snoozed_until !== null && Date.parse(hold.snoozed_until) > Date.now() && (
        <>
          {" · "}
          {t("attention.snoozedUntil")} <Ago at={hold.snoozed_until} />
        </>
      )}
    </>
  );
}
