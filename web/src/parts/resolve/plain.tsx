import { Radio, Stack, Textarea, Text, Checkbox } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import type { Schemas } from "../../app/api.ts";
import { ActForm } from "../act-form.tsx";
import { post, type Call } from "../api-call.tsx";
import { ChangeSides } from "./change-sides.tsx";
import { firstAllowed, no, partsOf, shipmentOf, textOf, type FormProps } from "./subject.ts";

/** Answers that need no more than a word. */
export function Release({ order, hold, done, autoFocus }: FormProps) {
  const { t } = useTranslation();
  const said = t("resolve.release.said", { number: order.number });
  const others = order.holds.filter((each) => each.id !== hold.id && !each.resolve_with.includes("release"));
  return (
    <ActForm
      calls={[post("/v1/orders/{id}/release", { path: { id: order.id }, body: {} })]}
      submit={t(hold.code === "review" ? "resolve.release.process" : "resolve.release.submit")}
      verdict={order.actions.release}
      undo={{
        said,
        label: t("resolve.release.undo"),
        call: post("/v1/orders/{id}/hold", { path: { id: order.id }, body: { note: "" } }),
      }}
      onDone={() => done(said)}
      autoFocus={autoFocus}
      hint={
        others.length === 0
          ? undefined
          : t("resolve.release.stays", { what: others.map(({ title }) => title).join(", ") })
      }
    />
  );
}

export function Dismiss({ order, hold, done, autoFocus }: FormProps) {
  const { t } = useTranslation();
  return (
    <ActForm
      calls={[post("/v1/orders/{id}/holds/{hold}/dismiss", { path: { id: order.id, hold: hold.id }, body: {} })]}
      submit={t("resolve.dismiss.submit")}
      verdict={hold.actions.dismiss}
      onDone={() => done(t("resolve.dismiss.said", { title: hold.title }))}
      autoFocus={autoFocus}
      hint={t("resolve.dismiss.hint")}
    />
  );
}

export const TakeTheirs = (props: FormProps) => <Answer {...props} take="theirs" />;
export const KeepOurs = (props: FormProps) => <Answer {...props} take="ours" />;
function Answer({ order, hold, done, autoFocus, take }: FormProps & { take: "theirs" | "ours" }) {
  const { t } = useTranslation();
  return (
    <ActForm
      calls={[post("/v1/orders/{id}/holds/{hold}/answer", { path: { id: order.id, hold: hold.id }, body: { take } })]}
      submit={t(`resolve.change.${take}`)}
      verdict={hold.actions.answer}
      onDone={() => done(t("resolve.change.said"))}
      autoFocus={autoFocus}
      hint={hold.detail["placed"] === true ? t("resolve.change.placed") : undefined}
    >
      <ChangeSides order={order} hold={hold} chosen={take} />
    </ActForm>
  );
}

export const AcceptCancellation = (props: FormProps) => <AnswerBuyer {...props} word="accept" />;
export const RefuseCancellation = (props: FormProps) => <AnswerBuyer {...props} word="refuse" />;
function AnswerBuyer({ order, hold, done, autoFocus, word }: FormProps & { word: "accept" | "refuse" }) {
  const { t } = useTranslation();
  const cancellation =
    order.cancellations.find(({ no: its }) => its === hold.detail["cancellation"]) ??
    order.cancellations.find(({ state }) => state === "requested");
  const id = order.id;
  const path = { id, no: cancellation?.no ?? 1 };
  const wanted = (cancellation?.lines ?? []).map(
    ({ line_no: at, quantity }) => `${quantity} × ${order.lines.find((line) => line.no === at)?.sku ?? at}`,
  );
  return (
    <ActForm
      calls={[
        word === "accept"
          ? post("/v1/orders/{id}/cancellations/{no}/accept", { path, body: {} })
          : post("/v1/orders/{id}/cancellations/{no}/refuse", { path, body: {} }),
      ]}
      submit={t(`resolve.cancellation.${word}`)}
      verdict={cancellation?.actions[word] ?? no(t("resolve.cancellation.none"))}
      isGrave={word === "accept"}
      onDone={() => done(t("resolve.cancellation.said"))}
      autoFocus={autoFocus}
      hint={t(`resolve.cancellation.${word}Hint`)}
    >
      {wanted.length > 0 && <Text size="sm">{t("resolve.cancellation.wants", { what: wanted.join(", ") })}</Text>}
    </ActForm>
  );
}

/** What the channel did not take: a shipment, or the answer to a cancellation. */
export function Resend({ order, hold, done, autoFocus }: FormProps) {
  const { t } = useTranslation();
  const [how, setHow] = useState<"resend" | "by_hand">("resend");
  const [evidence, setEvidence] = useState("");
  const shipment = shipmentOf(order, hold);
  const cancellation = order.cancellations.find(({ actions }) => actions.told_by_hand.allowed);
  const actions = (shipment ?? cancellation)?.actions;
  if (actions === undefined) return <Text size="sm">{t("resolve.resend.none")}</Text>;
  const answers = [
    ...(shipment?.parcels.flatMap((parcel) => parcel.write_backs).map(({ message }) => message) ?? [
      cancellation?.told_message ?? null,
    ]),
  ].filter((message) => message !== null);
  return (
    <ActForm
      calls={how === "resend" ? [again()] : [byHand()]}
      submit={t(how === "resend" ? "resolve.resend.submit" : "resolve.resend.byHandSubmit")}
      verdict={how === "resend" ? actions.resend : actions.told_by_hand}
      onDone={() => done(t("resolve.resend.said"))}
      autoFocus={autoFocus}
    >
      {[...new Set(answers)].map((answer) => (
        <Text key={answer} size="sm">
          {t("resolve.resend.answer", { channel: order.channel.name, answer })}
        </Text>
      ))}
      <Radio.Group value={how} onChange={(value) => setHow(value as typeof how)} aria-label={t("resolve.resend.how")}>
        <Stack gap={6}>
          <Radio value="resend" label={t("resolve.resend.again")} />
          <Radio value="by_hand" label={t("resolve.resend.byHand", { channel: order.channel.name })} />
        </Stack>
      </Radio.Group>
      {how === "by_hand" && (
        <Textarea
          label={t("resolve.resend.evidence")}
          required
          autosize
          minRows={2}
          value={evidence}
          onChange={(event) => setEvidence(event.currentTarget.value)}
        />
      )}
    </ActForm>
  );

  function again(): Call {
    if (shipment !== undefined) return post("/v1/shipments/{id}/resend", { path: { id: shipment.id }, body: {} });
    const path = { id: order.id, no: cancellation!.no };
    return post("/v1/orders/{id}/cancellations/{no}/resend", { path, body: {} });
  }
  function byHand(): Call {
    const body = { evidence };
    if (shipment !== undefined) return post("/v1/shipments/{id}/told-by-hand", { path: { id: shipment.id }, body });
    const path = { id: order.id, no: cancellation!.no };
    return post("/v1/orders/{id}/cancellations/{no}/told-by-hand", { path, body });
  }
}

/** The label is taken back, and can be printed anew. */
export function VoidLabel({ order, hold, done, autoFocus }: FormProps) {
  const { t } = useTranslation();
  const part = firstAllowed(partsOf(order, hold), ({ actions }) => actions.back);
  return (
    <ActForm
      calls={part === undefined ? [] : [post("/v1/fulfillment-orders/{id}/back", { path: { id: part.id }, body: {} })]}
      submit={t("resolve.voidLabel.submit")}
      verdict={part?.actions.back ?? no(t("resolve.noPart"))}
      onDone={() => done(t("resolve.voidLabel.said"))}
      autoFocus={autoFocus}
      hint={t("resolve.voidLabel.hint")}
    />
  );
}

/** A doubted number is right after all: of a parcel, or one that came on top of all units. */
export function ConfirmTracking({ order, hold, done, autoFocus }: FormProps) {
  const { t } = useTranslation();
  const [isShared, setShared] = useState(hold.detail["why"] === "used_before");
  const shipment = shipmentOf(order, hold);
  const parcel =
    shipment === undefined ? undefined : firstAllowed(shipment.parcels, ({ actions }) => actions.confirm_shared);
  const part = partsOf(order, hold)[0];
  const said = t("resolve.confirmTracking.said");
  if (shipment !== undefined && parcel !== undefined)
    return (
      <ActForm
        calls={[
          post("/v1/shipments/{id}/parcels/{no}/confirm-shared", {
            path: { id: shipment.id, no: parcel.no },
            body: { shared: isShared },
          }),
        ]}
        submit={t("resolve.confirmTracking.submit", { number: parcel.tracking_number })}
        verdict={parcel.actions.confirm_shared}
        onDone={() => done(said)}
        autoFocus={autoFocus}
      >
        <Checkbox
          label={t("resolve.confirmTracking.shared")}
          checked={isShared}
          onChange={(event) => setShared(event.currentTarget.checked)}
        />
      </ActForm>
    );
  return (
    <ActForm
      calls={
        part === undefined
          ? []
          : [post("/v1/fulfillment-orders/{id}/confirm-tracking", { path: { id: part.id }, body: {} })]
      }
      submit={t("resolve.confirmTracking.submit", { number: textOf(hold.detail["trackingNumber"]) ?? "" })}
      verdict={part?.actions.confirm_tracking ?? no(t("resolve.noPart"))}
      onDone={() => done(said)}
      autoFocus={autoFocus}
      hint={t("resolve.confirmTracking.onTop")}
    />
  );
}

/** Which fulfillment order, where there are several. */
export function PartPicker({
  parts,
  value,
  onChange,
}: {
  parts: readonly Schemas["FulfillmentOrderDetail"][];
  value: string | undefined;
  onChange: (id: string) => void;
}) {
  const { t } = useTranslation();
  if (parts.length < 2) return null;
  return (
    <Radio.Group label={t("resolve.part")} value={value ?? null} onChange={onChange}>
      <Stack gap={4} mt={4}>
        {parts.map((part) => (
          <Radio
            key={part.id}
            value={part.id}
            label={`${part.supplier?.name ?? t("resolve.noSupplierYet")} · ${part.lines
              .map(
                (line) =>
                  `${line.quantity - line.quantity_cancelled} × ${line.supplier_sku ?? t("resolve.line", { no: line.order_line_no })}`,
              )
              .join(", ")}`}
          />
        ))}
      </Stack>
    </Radio.Group>
  );
}
