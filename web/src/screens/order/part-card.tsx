import { ActionIcon, Anchor, Button, Group, Menu, Text } from "@mantine/core";
import { IconDots, IconExternalLink } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { useHere } from "../../app/session.tsx";
import { ActForm } from "../../parts/act-form.tsx";
import { post } from "../../parts/api-call.tsx";
import { StateBadge, type Tone } from "../../parts/badges.tsx";
import { carrierName, trackingUrl } from "../../parts/carriers.ts";
import { formatCount, formatExact, formatMoney } from "../../parts/format.ts";
import { Copyable } from "../../parts/copyable.tsx";
import { Choice } from "../../parts/resolve/choose-supplier.tsx";
import { PlaceByHand } from "../../parts/resolve/placing.tsx";
import type { Order, Part, Shipment } from "../../parts/resolve/subject.ts";
import { CorrectNumber, EnterNumber } from "../../parts/resolve/tracking.tsx";
import { Ago } from "../../parts/time.tsx";
import classes from "./order.module.css";
import { toneOfHold } from "./problems.tsx";
import { PurchaseOrderFile } from "./purchase-order-file.tsx";
import { SupplierLink } from "./supplier-link.tsx";
import { WhySupplier } from "./why-supplier.tsx";

type Doing =
  | { what: "choose_supplier" | "take_over" | "add_tracking" | "link" }
  | { what: "correct" | "delivered"; shipment: Shipment; parcel: Shipment["parcels"][number] }
  | { what: "resend" | "told"; shipment: Shipment };

interface PartCardProps {
  order: Order;
  part: Part;
  done: (said: string) => void;
}

/** What one supplier does for the order: state, quantities, parcels, attempts, and why it is this one. */
export function PartCard({ order, part, done }: PartCardProps) {
  const { t } = useTranslation();
  const [doing, setDoing] = useState<Doing | null>(null);
  const shipments = order.shipments.filter((each) => each.fulfillment_order === part.id);
  const placed = part.attempts.findLast(({ state }) => state === "placed");
  const isOver = part.state === "cancelled";
  const isForgotten =
    part.cancel_reach === "free" &&
    order.holds.some(
      ({ code, on }) => code === "bought_before_restore" && (on.subject === "order" || on.id === part.id),
    );
  const finish = (said: string): void => {
    setDoing(null);
    done(said);
  };
  const name = part.supplier?.name ?? t("resolve.noSupplierYet");
  return (
    <section
      className={classes["part"]}
      data-over={isOver || undefined}
      aria-label={t("order.partOf", { supplier: name })}
    >
      <div className={classes["partHead"]}>
        <Group gap={8} wrap="nowrap" miw={0}>
          <strong className="cut">{name}</strong>
          <PartState order={order} part={part} />
        </Group>
        <PartMenu part={part} shipments={shipments} onDoing={setDoing} />
      </div>
      <div className={classes["partFacts"]}>
        {placed?.supplier_order_id != null && (
          <span>
            {t("order.number")}{" "}
            <Copyable value={placed.supplier_order_id} label={t("order.number")}>
              <span className="num">{placed.supplier_order_id}</span>
            </Copyable>
          </span>
        )}
        {part.placed_at !== null && (
          <span>
            {t(part.placed_by === "person" ? "order.placedByHand" : "order.placed")} <Ago at={part.placed_at} />
          </span>
        )}
        <PurchaseOrderFile part={part} />
        {isToldByHand(part) && doing === null && (
          <Button variant="subtle" size="compact-sm" onClick={() => setDoing({ what: "add_tracking" })}>
            {t("resolve.action.add_tracking")}
          </Button>
        )}
        {part.acknowledged_at !== null && (
          <span>
            {t("order.acknowledged")} <Ago at={part.acknowledged_at} />
          </span>
        )}
        {part.backordered_until !== null && (
          <span>
            {t("order.backordered")} <Ago at={part.backordered_until} />
          </span>
        )}
        {part.next_look_at !== null && shipments.length === 0 && (
          <span>
            {t("order.nextLook")} <Ago at={part.next_look_at} />
          </span>
        )}
        {part.method !== null && part.method !== "" && <span>{t("order.byMethod", { method: part.method })}</span>}
        {part.expected !== null && placed?.cost == null && (
          <span className="num">{t("order.expected", { amount: formatMoney(part.expected.goods) })}</span>
        )}
        {placed?.cost != null && (
          <span className="num">
            {t(placed.cost_is === "confirmed" ? "order.cost" : "order.costExpected", {
              amount: formatMoney(placed.cost),
            })}
          </span>
        )}
      </div>
      <ul className={classes["units"]}>
        {part.lines.map((line) => {
          const sold = order.lines.find(({ no }) => no === line.order_line_no);
          return (
            <li key={line.no}>
              <span className="num">{formatCount(line.quantity - line.quantity_cancelled)} ×</span>
              <span className={classes["sku"]}>
                {sold?.sku}
                {line.supplier_sku !== null && (
                  <>
                    {" "}
                    <span aria-hidden>→</span>{" "}
                    <Copyable value={line.supplier_sku}>
                      <span className="mono">{line.supplier_sku}</span>
                    </Copyable>
                  </>
                )}
              </span>
              <Units line={line} />
            </li>
          );
        })}
      </ul>
      {shipments.flatMap((shipment) =>
        shipment.parcels.map((parcel) => (
          <Parcel key={`${shipment.id} ${parcel.no}`} order={order} shipment={shipment} parcel={parcel} />
        )),
      )}
      {doing !== null && (
        <div className={classes["doing"]}>
          <PartForm order={order} part={part} doing={doing} done={finish} />
        </div>
      )}
      {!isOver && (
        <p className={classes["reach"]}>{t(`order.reach.${isForgotten ? "forgotten" : part.cancel_reach}`)}</p>
      )}
      <WhySupplier order={order} part={part} />
      <Attempts order={order} part={part} />
    </section>
  );
}

/** Where the part itself is; what holds the whole order is said above. */
function PartState({ order, part }: { order: Order; part: Part }) {
  const { t } = useTranslation();
  const hold = order.holds.find(({ on }) => on.subject === "fulfillment_order" && on.id === part.id);
  if (hold !== undefined) return <StateBadge tone={toneOfHold(hold)}>{hold.title}</StateBadge>;
  return (
    <StateBadge tone={stateTones[part.state] ?? "grey"}>
      {t(`order.state.${part.state as "held"}`, part.state)}
    </StateBadge>
  );
}
const stateTones: Readonly<Record<string, Tone>> = {
  received: "blue",
  held: "amber",
  waiting: "blue",
  placing: "blue",
  outcome_unknown: "amber",
  escalated: "violet",
  placed: "violet",
  acknowledged: "violet",
  ready: "teal",
  printed: "teal",
  collecting: "teal",
  partially_shipped: "teal",
  shipped: "green",
  delivered: "green",
};

/** How far its units are. */
function Units({ line }: { line: Part["lines"][number] }) {
  const { t } = useTranslation();
  const { units: of } = line;
  const told =
    line.units_shipped > 0
      ? t("order.units.shipped", { count: line.units_shipped, of })
      : line.units_collected > 0
        ? t("order.units.collected", { count: line.units_collected, of })
        : line.units_placed > 0
          ? t("order.units.ordered", { count: line.units_placed })
          : of > 0
            ? t("order.units.wanted", { count: of })
            : "";
  return (
    <span className="dim num">
      {told}
      {line.units_cancelled > 0 && ` · ${t("order.units.cancelled", { count: line.units_cancelled })}`}
    </span>
  );
}

/** Nobody but a person, or a file, brings the number of a purchase that left in a file or was placed by hand. */
const isToldByHand = ({ actions, attempts }: Part): boolean =>
  actions.add_tracking.allowed &&
  attempts.some(({ state, kind }) => state === "placed" && (kind === "document" || kind === "human"));

/** Each action of the part and its parcels; the blocked ones say why. */
function PartMenu({
  part,
  shipments,
  onDoing,
}: {
  part: Part;
  shipments: readonly Shipment[];
  onDoing: (doing: Doing) => void;
}) {
  const { t } = useTranslation();
  const { may } = useHere();
  const items: { label: string; doing: Doing; verdict: { allowed: boolean; why?: string } }[] = [
    {
      label: t("resolve.action.choose_supplier"),
      doing: { what: "choose_supplier" },
      verdict: part.actions.choose_supplier,
    },
    { label: t("resolve.action.take_over"), doing: { what: "take_over" }, verdict: part.actions.take_over },
    { label: t("resolve.action.add_tracking"), doing: { what: "add_tracking" }, verdict: part.actions.add_tracking },
    ...(may("orders.place")
      ? [{ label: t("order.supplierLink.menu"), doing: { what: "link" as const }, verdict: part.actions.add_tracking }]
      : []),
    ...shipments.flatMap((shipment) => [
      ...shipment.parcels.flatMap((parcel) => [
        {
          label: t("order.correct", { number: parcel.tracking_number }),
          doing: { what: "correct" as const, shipment, parcel },
          verdict: parcel.actions.correct,
        },
        {
          label: t("order.delivered", { number: parcel.tracking_number }),
          doing: { what: "delivered" as const, shipment, parcel },
          verdict: parcel.actions.delivered,
        },
      ]),
      { label: t("order.resend"), doing: { what: "resend" as const, shipment }, verdict: shipment.actions.resend },
    ]),
  ];
  return (
    <Menu position="bottom-end" width={300}>
      <Menu.Target>
        <ActionIcon
          aria-label={t("order.partActions", { supplier: part.supplier?.name ?? t("resolve.noSupplierYet") })}
        >
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {items.map(({ label, doing, verdict }) => (
          <Menu.Item
            key={label}
            aria-disabled={!verdict.allowed}
            data-disabled={verdict.allowed ? undefined : true}
            closeMenuOnClick={verdict.allowed}
            onClick={() => {
              if (verdict.allowed) onDoing(doing);
            }}
          >
            {label}
            {!verdict.allowed && (
              <Text size="xs" c="dimmed" style={{ whiteSpace: "normal" }}>
                {verdict.why}
              </Text>
            )}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function PartForm({ order, part, doing, done }: PartCardProps & { doing: Doing }) {
  const { t } = useTranslation();
  switch (doing.what) {
    case "choose_supplier":
      return <Choice order={order} part={part} done={done} autoFocus />;
    case "take_over":
      return <PlaceByHand order={order} part={part} done={done} autoFocus />;
    case "add_tracking":
      return <EnterNumber part={part} done={done} autoFocus />;
    case "link":
      return <SupplierLink part={part} />;
    case "correct":
      return <CorrectNumber parcel={doing.parcel} shipment={doing.shipment} done={done} autoFocus />;
    case "delivered":
      return (
        <ActForm
          calls={[
            post("/v1/shipments/{id}/parcels/{no}/delivered", {
              path: { id: doing.shipment.id, no: doing.parcel.no },
              body: {},
            }),
          ]}
          submit={t("order.delivered", { number: doing.parcel.tracking_number })}
          verdict={doing.parcel.actions.delivered}
          onDone={() => done(t("order.deliveredSaid"))}
          autoFocus
        />
      );
    default:
      return (
        <ActForm
          calls={[post("/v1/shipments/{id}/resend", { path: { id: doing.shipment.id }, body: {} })]}
          submit={t("resolve.resend.submit")}
          verdict={doing.shipment.actions.resend}
          onDone={() => done(t("resolve.resend.said"))}
          autoFocus
        />
      );
  }
}

const parcelTones: Readonly<Record<string, Tone>> = {
  delivered: "green",
  in_transit: "teal",
  out_for_delivery: "teal",
  returning: "red",
  returned: "red",
  stalled: "red",
  lost: "red",
  failed: "red",
};
const toldTones: Readonly<Record<string, Tone>> = {
  told: "green",
  refused: "red",
  by_hand: "red",
  unknown: "amber",
  waiting: "blue",
  armed: "blue",
  not_needed: "grey",
};

/** One parcel: its number with a way to the carrier, where it is, and what the channel knows of it. */
function Parcel({ order, parcel }: { order: Order; shipment: Shipment; parcel: Shipment["parcels"][number] }) {
  const { t } = useTranslation();
  const url = trackingUrl(parcel.carrier, parcel.tracking_number);
  const telling = parcel.write_backs.at(-1);
  return (
    <div className={classes["parcel"]}>
      <span className="dim">{carrierName(parcel.carrier) || t("order.noCarrier")}</span>
      <Copyable value={parcel.tracking_number}>
        {url === null ? (
          <span className="mono">{parcel.tracking_number}</span>
        ) : (
          <Anchor href={url} target="_blank" rel="noreferrer" size="md" className="mono">
            {parcel.tracking_number}
            <IconExternalLink size={12} aria-hidden />
            <span className="heard">{t("order.atCarrier")}</span>
          </Anchor>
        )}
      </Copyable>
      <StateBadge
        tone={parcel.accepted ? (parcelTones[parcel.state] ?? "grey") : "red"}
        {...(parcel.state_at === null ? {} : { hint: formatExact(parcel.state_at) })}
      >
        {parcel.accepted ? parcel.state.replaceAll("_", " ") : t("order.notAccepted")}
      </StateBadge>
      {telling !== undefined && (
        <StateBadge
          tone={toldTones[telling.state] ?? "grey"}
          hint={telling.message ?? t("order.telling.hint", { channel: order.channel.name, tries: telling.tries })}
        >
          {t(`order.telling.${telling.state as "told"}`, telling.state)}
        </StateBadge>
      )}
    </div>
  );
}

/** Each try to buy, with its reference and the evidence, folded in. */
function Attempts({ order, part }: { order: Order; part: Part }) {
  const { t } = useTranslation();
  if (part.attempts.length === 0) return null;
  return (
    <details className={classes["fold"]}>
      <summary>{t("order.attempts", { count: part.attempts.length })}</summary>
      {part.attempts.map((attempt) => (
        <div key={attempt.no} className={classes["attempt"]}>
          <Text size="sm" component="div">
            {attempt.no}. {t(`order.attempt.${attempt.state}`)}
            {attempt.reason !== null && `: ${attempt.reason.title}`} · {order.actors[attempt.actor]?.name} ·{" "}
            <Ago at={attempt.armed_at} />
          </Text>
          <Text size="sm" c="dimmed" component="div">
            {t("resolve.bought.reference")}{" "}
            <Copyable value={attempt.reference}>
              <span className="mono">{attempt.reference}</span>
            </Copyable>{" "}
            · {attempt.account?.name} ·{" "}
            {t("resolve.bought.expected", {
              amount: formatMoney(attempt.expected),
              most: formatMoney(attempt.at_most),
            })}
          </Text>
          {attempt.evidence.map((each) => (
            <Text key={`${each.kind} ${each.at}`} size="sm" c="dimmed">
              {t("order.evidence", { kind: each.kind.replaceAll("_", " "), source: each.source })} <Ago at={each.at} />
            </Text>
          ))}
        </div>
      ))}
    </details>
  );
}
