import { Anchor, Button, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { useHere } from "../../app/session.tsx";
import { StateBadge, toneOf } from "../../parts/badges.tsx";
import { useKeys } from "../../parts/keys.tsx";
import { HoldWhy } from "../../parts/resolve/hold-why.tsx";
import { ResolveForm } from "../../parts/resolve/resolve-form.tsx";
import { textOf, type Hold, type Order } from "../../parts/resolve/subject.ts";
import { Ago } from "../../parts/time.tsx";
import classes from "./order.module.css";

/** What is wrong, most important first: the first is open with its form, the others wait below it. */
export function Problems({
  order,
  isBegun,
  done,
}: {
  order: Order;
  /** The first one's form has the caret at once. */
  isBegun: boolean;
  done: (said: string) => void;
}) {
  const { t } = useTranslation();
  const [openId, setOpen] = useState<string | null>(null);
  const [byKey, setByKey] = useState(isBegun ? 1 : 0);
  const open = order.holds.find(({ id }) => id === openId) ?? order.holds[0];
  useKeys([{ key: "r", label: t("order.resolve"), run: () => setByKey(byKey + 1) }], open !== undefined);
  return (
    <>
      {order.holds.map((hold) => (
        <Problem
          key={`${hold.id} ${hold.id === open?.id ? byKey : 0}`}
          order={order}
          hold={hold}
          isOpen={hold.id === open?.id}
          hasCaret={hold.id === open?.id && (byKey > 0 || openId !== null)}
          onOpen={() => setOpen(hold.id)}
          done={(said) => {
            setOpen(null);
            done(said);
          }}
        />
      ))}
    </>
  );
}

interface ProblemProps {
  order: Order;
  hold: Hold;
  isOpen: boolean;
  hasCaret: boolean;
  onOpen: () => void;
  done: (said: string) => void;
}

function Problem({ order, hold, isOpen, hasCaret, onOpen, done }: ProblemProps) {
  const { t } = useTranslation();
  const place = placeOf(order, hold);
  return (
    <section className={classes["problem"]} data-tone={toneOfHold(hold)} aria-label={hold.title}>
      <div className={classes["problemHead"]}>
        <Title order={2}>{hold.title}</Title>
        <Text size="sm" c="dimmed" component="span">
          {place !== null && `${place} · `}
          <Ago at={hold.opened_at} />
        </Text>
      </div>
      {isOpen ? (
        <>
          <Text size="md">{hold.what}</Text>
          <HoldWhy hold={hold} />
          <OtherOrder hold={hold} />
          <Text size="md" fw={500} mt={8} mb={8}>
            {hold.next}
          </Text>
          <ResolveForm order={order} hold={hold} onDone={done} autoFocus={hasCaret} />
          {hold.clears_itself && (
            <Text size="sm" c="dimmed" mt={8}>
              {t("order.clearsItself")}
            </Text>
          )}
        </>
      ) : (
        <Button variant="default" size="compact-sm" onClick={onOpen}>
          {t("order.resolve")}
        </Button>
      )}
    </section>
  );
}

export const toneOfHold = ({ acts, code }: Hold): "red" | "amber" =>
  acts === "machine" || ["awaiting_payment", "stand_by", "review", "by_person"].includes(code) ? "amber" : "red";

/** Of which line, supplier or parcel it is. */
export function placeOf(order: Order, { on }: Hold): string | null {
  switch (on.subject) {
    case "order":
      return null;
    case "line":
      return order.lines.find(({ no }) => String(no) === on.id)?.sku ?? null;
    case "fulfillment_order":
      return order.fulfillment_orders.find(({ id }) => id === on.id)?.supplier?.name ?? null;
    case "shipment":
      return order.shipments.find(({ id }) => id === on.id)?.parcels[0]?.tracking_number ?? null;
  }
}

/** The order that this one may be a second time, for comparing. */
export function OtherOrder({ hold }: { hold: Hold }) {
  const { t } = useTranslation();
  const { api, workspace } = useHere();
  const id = hold.code === "suspected_duplicate" ? textOf(hold.detail["of"]) : undefined;
  const { data: other } = useQuery({
    queryKey: [workspace.slug, "orders", "one", id],
    queryFn: ({ signal }) => api.get("/v1/orders/{id}", { path: { id: id! }, signal }),
    enabled: id !== undefined,
  });
  if (other === undefined) return null;
  return (
    <Text size="md" mt={4} component="div">
      {t("order.other")}{" "}
      <Anchor component={Link} size="md" to={`/${workspace.slug}/orders/${other.id}` as never}>
        {other.number}
      </Anchor>{" "}
      <StateBadge tone={toneOf(other.headline)}>{other.title}</StateBadge>{" "}
      <span className="dim">
        {other.lines.map((line) => `${line.quantity} × ${line.sku}`).join(", ")} · <Ago at={other.received_at} />
      </span>
    </Text>
  );
}
