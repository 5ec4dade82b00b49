import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "../../i18n.ts";
import { useHere } from "../../app/session.tsx";
import { Trouble, Waiting } from "../../parts/page.tsx";
import type { Order, Part } from "../../parts/resolve/subject.ts";
import { Actions, type Doing } from "./actions.tsx";
import { ByHand } from "./by-hand.tsx";
import { Cancellations } from "./cancellations.tsx";
import { Facts } from "./facts.tsx";
import { Files } from "./files.tsx";
import { Head } from "./head.tsx";
import { Lines } from "./lines.tsx";
import { MoneyFacts } from "./money-facts.tsx";
import { Notes } from "./notes.tsx";
import classes from "./order.module.css";
import { PartCard } from "./part-card.tsx";
import { Problems } from "./problems.tsx";
import { Trail } from "./trail.tsx";

/** What it is opened for: then its form is there with the caret in it. */
export type Begun = "edit" | "resolve";

interface OrderViewProps {
  id: string;
  begun?: Begun | null;
  /** Before its name: the way back. */
  before?: ReactNode;
  /** Behind its name: open as a page, close. */
  controls?: ReactNode;
  /** With room beside it for the facts. */
  isWide?: boolean;
}

/** One order with everything of it, what is wrong first. The drawer and the page show the same parts. */
export function OrderView({ id, begun = null, before, controls, isWide = false }: OrderViewProps) {
  const { api, workspace } = useHere();
  const {
    data: order,
    error,
    refetch,
  } = useQuery({
    queryKey: [workspace.slug, "orders", "one", id],
    queryFn: ({ signal }) => api.get("/v1/orders/{id}", { path: { id }, signal }),
  });
  if (order === undefined)
    return (
      <>
        <header className={classes["head"]}>
          {before}
          <div className={classes["controls"]}>{controls}</div>
        </header>
        <div className={classes["body"]}>
          {error === null ? <Waiting /> : <Trouble error={error} onRetry={() => void refetch()} />}
        </div>
      </>
    );
  return (
    <Loaded
      key={`${order.id} ${begun ?? ""}`}
      order={order}
      begun={begun}
      before={before}
      controls={controls}
      isWide={isWide}
    >
      {error !== null && <Trouble error={error} onRetry={() => void refetch()} />}
    </Loaded>
  );
}

function Loaded({
  order,
  begun = null,
  before,
  controls,
  isWide,
  children,
}: Omit<OrderViewProps, "id"> & { order: Order; children: ReactNode }) {
  const { t } = useTranslation();
  const [doing, setDoing] = useState<Doing | null>(begun === "edit" && order.actions.edit.allowed ? "edit" : null);
  const blocked = begun === "edit" && !order.actions.edit.allowed ? order.actions.edit.why : null;
  const [said, setSaid] = useState<string | null>(blocked);
  const done = (what: string): void => {
    setSaid(what);
    setDoing(null);
  };
  const parts = order.fulfillment_orders.toSorted(byUrgency);
  const facts = (
    <>
      <Facts order={order} onEdit={() => setDoing("edit")} />
      <MoneyFacts order={order} />
    </>
  );
  return (
    <>
      <Head order={order} before={before} controls={controls} />
      <div className={classes["body"]} data-wide={isWide || undefined}>
        <div className={classes["main"]}>
          {children}
          <Actions order={order} doing={doing} onDoing={setDoing} done={done} />
          <p className="heard" role="status">
            {said}
          </p>
          {said !== null && (
            <p className={classes["said"]} aria-hidden>
              {said}
            </p>
          )}
          <Problems order={order} isBegun={begun === "resolve"} done={done} />
          <ByHand order={order} done={done} />
          <Cancellations order={order} done={done} />
          {parts.map((part) => (
            <PartCard key={part.id} order={order} part={part} done={done} />
          ))}
          <Lines order={order} />
          {!isWide && facts}
          <Notes order={order} />
          <Files order={order} />
          <Trail order={order} />
        </div>
        {isWide && <aside aria-label={t("order.facts")}>{facts}</aside>}
      </div>
    </>
  );
}

/** What is over comes last; the rest as it was made. */
const byUrgency = (one: Part, other: Part): number =>
  Number(one.state === "cancelled") - Number(other.state === "cancelled") || one.no - other.no;
