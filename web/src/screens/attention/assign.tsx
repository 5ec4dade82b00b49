import { Radio, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { useHere } from "../../app/session.tsx";
import { ActForm } from "../../parts/act-form.tsx";
import { post } from "../../parts/api-call.tsx";
import { Waiting } from "../../parts/page.tsx";
import type { Hold, Order } from "../../parts/resolve/subject.ts";
import classes from "./attention.module.css";

const nobody = "nobody";

/** Says who looks after a hold: whoever sits here, a colleague, or nobody. */
export function Assign({
  order,
  hold,
  onDone,
  onLeave,
}: {
  order: Order;
  hold: Hold;
  onDone: (said: string) => void;
  onLeave: () => void;
}) {
  const { t } = useTranslation();
  const { api, workspace, session } = useHere();
  const { data } = useQuery({
    queryKey: [workspace.slug, "members"],
    queryFn: ({ signal }) => api.get("/v1/members", { signal }),
    staleTime: 60_000,
    meta: { live: false },
  });
  const me = session.user?.id ?? null;
  const [chosen, setChosen] = useState<string | null>(hold.owner === me || me === null ? null : me);
  if (data === undefined) return <Waiting lines={2} />;
  const people = [
    ...(me === null ? [] : [{ id: me, name: t("attention.assign.me") }]),
    ...data.members.filter(({ id, role }) => id !== me && !["prep", "supplier"].includes(role)),
  ];
  const to = chosen ?? people.find(({ id }) => id !== hold.owner)?.id ?? nobody;
  const person = people.find(({ id }) => id === to);
  const number = order.number;
  const said =
    person === undefined
      ? t("attention.assign.saidNobody", { number })
      : t("attention.assign.said", { number, name: person.name });
  const path = { id: order.id, hold: hold.id };
  return (
    <section className={classes["doing"]} aria-label={t("attention.assign.title")}>
      <ActForm
        calls={[post("/v1/orders/{id}/holds/{hold}/assign", { path, body: { to: to === nobody ? null : to } })]}
        submit={t("attention.assign.submit")}
        verdict={people.length === 0 ? { allowed: false, why: t("attention.assign.visitor") } : { allowed: true }}
        undo={{
          said,
          label: t("attention.assign.undo"),
          call: post("/v1/orders/{id}/holds/{hold}/assign", { path, body: { to: hold.owner } }),
        }}
        onDone={() => onDone(said)}
        onCancel={onLeave}
        autoFocus
      >
        <Radio.Group label={t("attention.assign.to")} value={to} onChange={setChosen}>
          <Stack gap={6} mt={4}>
            {people.map(({ id, name }) => (
              <Radio key={id} value={id} label={name} />
            ))}
            <Radio value={nobody} label={t("attention.assign.nobody")} />
          </Stack>
        </Radio.Group>
      </ActForm>
    </section>
  );
}
