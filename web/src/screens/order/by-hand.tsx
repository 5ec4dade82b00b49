import { Text, Title } from "@mantine/core";
import { useTranslation } from "../../i18n.ts";
import { PlaceByHand } from "../../parts/resolve/placing.tsx";
import type { Order } from "../../parts/resolve/subject.ts";
import classes from "./order.module.css";

/** What somebody is placing by hand, or what waits for somebody to: the result is entered here. */
export function ByHand({ order, done }: { order: Order; done: (said: string) => void }) {
  const { t } = useTranslation();
  const parts = order.fulfillment_orders.filter(
    (part) =>
      part.state === "escalated" || part.attempts.some(({ kind, state }) => kind === "human" && state === "armed"),
  );
  return (
    <>
      {parts.map((part) => (
        <section key={part.id} className={classes["problem"]} data-tone="violet" aria-label={t("order.byHand")}>
          <div className={classes["problemHead"]}>
            <Title order={2}>{t("order.byHand")}</Title>
            <Text size="sm" c="dimmed" component="span">
              {part.supplier?.name}
              {part.claimed_by !== null &&
                ` · ${t("order.claimedBy", { name: order.actors[part.claimed_by]?.name ?? "?" })}`}
            </Text>
          </div>
          <PlaceByHand order={order} part={part} done={done} autoFocus={false} />
        </section>
      ))}
    </>
  );
}
