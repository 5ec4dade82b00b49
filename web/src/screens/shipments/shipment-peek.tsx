import { ActionIcon, Button, Checkbox, Group, Stack, Text, Textarea, TextInput, Title } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { useHere } from "../../app/session.tsx";
import { ActForm, type Verdict } from "../../parts/act-form.tsx";
import { post } from "../../parts/api-call.tsx";
import { ChannelMark } from "../../parts/badges.tsx";
import { carrierName, trackingUrl } from "../../parts/carriers.ts";
import { useKeys } from "../../parts/keys.tsx";
import { Copyable } from "../../parts/copyable.tsx";
import { Facts, Section, Trouble, Waiting } from "../../parts/page.tsx";
import type { Order, Shipment } from "../../parts/resolve/subject.ts";
import { CorrectNumber } from "../../parts/resolve/tracking.tsx";
import { ShipBy } from "../../parts/ship-by.tsx";
import { Ago } from "../../parts/time.tsx";
import classes from "./shipments.module.css";
import { Known } from "./known.tsx";

type Parcel = Shipment["parcels"][number];
type Telling = Parcel["write_backs"][number];

/** One shipment: its parcels, each answer of the channel, and what can be done about it. */
export function ShipmentPeek({ id, order: orderId, onClose }: { id: string; order: string; onClose: () => void }) {
  const { t } = useTranslation();
  const { api, workspace } = useHere();
  const [said, setSaid] = useState<string | null>(null);
  useKeys([{ key: "Escape", label: t("keys.close"), run: onClose }]);
  const {
    data: order,
    error,
    refetch,
  } = useQuery({
    queryKey: [workspace.slug, "orders", "one", orderId],
    queryFn: ({ signal }) => api.get("/v1/orders/{id}", { path: { id: orderId }, signal }),
  });
  const shipment = order?.shipments.find((each) => each.id === id);
  if (order === undefined || shipment === undefined)
    return (
      <div className={classes["peek"]}>
        {error === null ? <Waiting /> : <Trouble error={error} onRetry={() => void refetch()} />}
      </div>
    );
  const part = order.fulfillment_orders.find((each) => each.id === shipment.fulfillment_order);
  return (
    <div className={classes["peek"]}>
      <header className={classes["head"]}>
        <ChannelMark name={order.channel.name} />
        <Title order={2} className="cut num">
          {order.number}
        </Title>
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          component={Link}
          to={`/${workspace.slug}/orders/${order.id}` as never}
        >
          {t("shipments.openOrder")}
        </Button>
        <ActionIcon ml="auto" onClick={onClose} aria-label={t("shipments.close")}>
          <IconX size={16} />
        </ActionIcon>
      </header>
      {said !== null && (
        <p className={classes["said"]} role="status">
          {said}
        </p>
      )}
      <Facts
        facts={[
          [t("shipments.column.supplier"), part?.supplier?.name ?? ""],
          [t("shipments.column.shipBy"), <ShipBy key="by" at={order.ship_by} isDone />],
          [t("shipments.column.shipped"), <Ago key="at" at={shipment.shipped_at} />],
          [t("shipments.source"), t(`shipments.sourceOf.${shipment.source as "mail"}`, shipment.source)],
          [t("shipments.lines"), contents(order, shipment)],
        ]}
      />
      {shipment.parcels.map((parcel) => (
        <ParcelOf key={parcel.no} shipment={shipment} parcel={parcel} done={setSaid} />
      ))}
      <Tell shipment={shipment} done={setSaid} />
    </div>
  );
}

function contents(order: Order, shipment: Shipment): string {
  const part = order.fulfillment_orders.find((each) => each.id === shipment.fulfillment_order);
  return shipment.lines
    .map(({ fulfillment_order_line_no: no, units }) => {
      const line = part?.lines.find((each) => each.no === no);
      const sold = order.lines.find((each) => each.no === line?.order_line_no);
      return `${units} × ${line?.supplier_sku ?? sold?.sku ?? no}`;
    })
    .join(", ");
}

function ParcelOf({ shipment, parcel, done }: { shipment: Shipment; parcel: Parcel; done: (said: string) => void }) {
  const { t } = useTranslation();
  const [doing, setDoing] = useState<"correct" | "delivered" | "confirm_shared" | null>(null);
  const url = trackingUrl(parcel.carrier, parcel.tracking_number);
  const finish = (said: string): void => {
    setDoing(null);
    done(said);
  };
  const path = { id: shipment.id, no: parcel.no };
  return (
    <Section
      title={carrierName(parcel.carrier) || t("shipments.column.parcel")}
      actions={(["confirm_shared", "correct", "delivered"] as const)
        .filter((each) => parcel.actions[each].allowed)
        .map((each) => (
          <Button
            key={each}
            variant={doing === each ? "light" : "default"}
            size="compact-sm"
            aria-pressed={doing === each}
            onClick={() => setDoing(doing === each ? null : each)}
          >
            {t(`shipments.do.${each}`)}
          </Button>
        ))}
    >
      <Stack gap="xs">
        <Group gap={8}>
          <Copyable value={parcel.tracking_number}>
            {url === null ? (
              <span className="mono">{parcel.tracking_number}</span>
            ) : (
              <a href={url} target="_blank" rel="noreferrer" className="mono">
                {parcel.tracking_number}
              </a>
            )}
          </Copyable>
          <span className="dim">
            {t(`shipments.state.${parcel.state as "delivered"}`, parcel.state)}
            {parcel.state_at !== null && (
              <>
                {" "}
                <Ago at={parcel.state_at} />
              </>
            )}
          </span>
        </Group>
        <Tellings tellings={parcel.write_backs} />
        {doing === "correct" && <CorrectNumber shipment={shipment} parcel={parcel} done={finish} autoFocus />}
        {doing === "delivered" && <Delivered path={path} verdict={parcel.actions.delivered} done={finish} />}
        {doing === "confirm_shared" && <Confirm path={path} verdict={parcel.actions.confirm_shared} done={finish} />}
      </Stack>
    </Section>
  );
}

/** What the channel was told, and what it said to that, newest first. */
function Tellings({ tellings }: { tellings: readonly Telling[] }) {
  const { t } = useTranslation();
  return (
    <ul className={classes["tellings"]}>
      {tellings.toReversed().map((each) => (
        <li key={each.revision}>
          <Known knows={each.state as "told"} />
          <span className="dim">
            {t("shipments.revision", { no: each.revision, count: each.tries })}
            {each.told_at !== null && (
              <>
                {" · "}
                {t("shipments.toldAt")} <Ago at={each.told_at} />
              </>
            )}
            {each.next_try_at !== null && (
              <>
                {" · "}
                {t("shipments.nextTry")} <Ago at={each.next_try_at} />
              </>
            )}
          </span>
          <p>{each.message === null ? <span className="dim">{t("shipments.noAnswer")}</span> : `“${each.message}”`}</p>
        </li>
      ))}
    </ul>
  );
}

interface OnParcel {
  path: { id: string; no: number };
  verdict: Verdict;
  done: (said: string) => void;
}

function Delivered({ path, verdict, done }: OnParcel) {
  const { t } = useTranslation();
  const [at, setAt] = useState("");
  return (
    <ActForm
      calls={[
        post("/v1/shipments/{id}/parcels/{no}/delivered", {
          path,
          body: at === "" ? {} : { at: new Date(at).toISOString() },
        }),
      ]}
      submit={t("shipments.do.delivered")}
      verdict={verdict}
      onDone={() => done(t("shipments.said.delivered"))}
      autoFocus
    >
      <TextInput
        type="datetime-local"
        label={t("shipments.deliveredAt")}
        w={220}
        value={at}
        onChange={(event) => setAt(event.currentTarget.value)}
      />
    </ActForm>
  );
}

function Confirm({ path, verdict, done }: OnParcel) {
  const { t } = useTranslation();
  const [isShared, setShared] = useState(true);
  return (
    <ActForm
      calls={[post("/v1/shipments/{id}/parcels/{no}/confirm-shared", { path, body: { shared: isShared } })]}
      submit={t("shipments.do.confirm_shared")}
      verdict={verdict}
      onDone={() => done(t("shipments.said.confirm_shared"))}
      autoFocus
    >
      <Checkbox
        label={t("shipments.shared")}
        checked={isShared}
        onChange={(event) => setShared(event.currentTarget.checked)}
      />
    </ActForm>
  );
}

function Tell({ shipment, done }: { shipment: Shipment; done: (said: string) => void }) {
  const { t } = useTranslation();
  const [evidence, setEvidence] = useState("");
  const { resend, told_by_hand: byHand } = shipment.actions;
  const path = { id: shipment.id };
  if (!resend.allowed && !byHand.allowed)
    return (
      <Text size="sm" c="dimmed">
        {resend.why}
      </Text>
    );
  return (
    <Section title={t("shipments.column.knows")}>
      <Stack gap="md">
        <ActForm
          calls={[post("/v1/shipments/{id}/resend", { path, body: {} })]}
          submit={t("shipments.do.resend")}
          verdict={resend}
          onDone={() => done(t("shipments.said.resend"))}
        />
        {byHand.allowed && (
          <ActForm
            calls={[post("/v1/shipments/{id}/told-by-hand", { path, body: { evidence } })]}
            submit={t("shipments.do.by_hand")}
            verdict={byHand}
            isQuiet
            onDone={() => {
              setEvidence("");
              done(t("shipments.said.by_hand"));
            }}
          >
            <Textarea
              label={t("shipments.evidence")}
              required
              autosize
              minRows={2}
              value={evidence}
              onChange={(event) => setEvidence(event.currentTarget.value)}
            />
          </ActForm>
        )}
      </Stack>
    </Section>
  );
}
