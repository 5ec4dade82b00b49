import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "../../i18n.ts";
import type { Schemas } from "../../app/api.ts";
import { useHere } from "../../app/session.tsx";
import { useReasons } from "../../parts/reasons.ts";
import classes from "./desk.module.css";

interface WhyProps {
  order: Schemas["Order"];
  part: Schemas["FulfillmentOrderDetail"];
}

/** Why a person has it: what the machine wrote down when it gave the order to the team. */
export function Why({ order, part }: WhyProps) {
  const { t } = useTranslation();
  const { api, workspace } = useHere();
  const { data: trail } = useQuery({
    queryKey: [workspace.slug, "orders", "trail", order.id],
    queryFn: ({ signal }) =>
      api.get("/v1/orders/{id}/events", { path: { id: order.id }, query: { limit: 100 }, signal }),
  });
  const catalogue = useReasons();
  const holds = order.holds.filter(({ on }) => on.id === part.id || on.subject === "order");
  const moved = trail?.events.find(({ subject_id: id, to }) => id === part.id && to === "escalated");
  const codes = moved?.data?.["why"];
  const reasons = (catalogue?.reasons ?? []).filter(({ code }) => Array.isArray(codes) && codes.includes(code));
  const supplier = part.supplier?.name ?? "";
  const words: Readonly<Record<string, string>> = {
    placed_by_hand: t("desk.because.byHand", { supplier }),
    supplier_is_placed_by_hand: t("desk.because.byHand", { supplier }),
    taken_over: t("desk.because.takenOver"),
    by_person: t("desk.because.looked"),
  };
  const lines =
    holds.length > 0
      ? holds.map(({ title, what }) => ({ title, what }))
      : reasons.length > 0
        ? reasons.map(({ title, what }) => ({ title, what }))
        : [{ title: words[String(codes)] ?? t("desk.because.unknown"), what: "" }];
  if (trail === undefined) return null;
  return (
    <section className={classes["why"]} aria-label={t("desk.why")}>
      {lines.map(({ title, what }) => (
        <div key={title}>
          <strong>{title}</strong>
          {what !== "" && <Text size="sm">{what}</Text>}
        </div>
      ))}
    </section>
  );
}
