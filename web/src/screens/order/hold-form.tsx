import { TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { ActForm } from "../../parts/act-form.tsx";
import { post } from "../../parts/api-call.tsx";
import type { Order } from "../../parts/resolve/subject.ts";

export function HoldForm({ order, done }: { order: Order; done: (said: string) => void }) {
  const { t } = useTranslation();
  const [note, setNote] = useState("");
  const path = { id: order.id };
  const said = t("order.holdSaid", { number: order.number });
  return (
    <ActForm
      calls={[post("/v1/orders/{id}/hold", { path, body: { note } })]}
      submit={t("order.hold")}
      verdict={order.actions.hold}
      undo={{ said, label: t("order.undo"), call: post("/v1/orders/{id}/unhold", { path, body: {} }) }}
      onDone={() => done(said)}
      hint={t("order.holdHint")}
    >
      <TextInput
        label={t("order.holdWhy")}
        maxLength={500}
        autoFocus
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
    </ActForm>
  );
}
