import { Text, Title } from "@mantine/core";
import { useTranslation } from "../../i18n.ts";
import type { Schemas } from "../../app/api.ts";
import { StateBadge } from "../../parts/badges.tsx";
import { formatMoney } from "../../parts/format.ts";
import { Ago } from "../../parts/time.tsx";
import classes from "./desk.module.css";

interface EvidenceProps {
  part: Schemas["FulfillmentOrderDetail"];
  actors: Schemas["Order"]["actors"];
}

/** What was tried before, and what each try left behind. */
export function Evidence({ part, actors }: EvidenceProps) {
  const { t } = useTranslation();
  if (part.attempts.length === 0) return null;
  return (
    <section aria-label={t("desk.evidence")}>
      <Title order={2} mb="sm">
        {t("desk.evidence")}
      </Title>
      <ol className={classes["tries"]}>
        {part.attempts.toReversed().map((attempt) => (
          <li key={attempt.no}>
            <strong>{t("desk.attempt", { no: attempt.no })}</strong>{" "}
            <span className="dim">
              {t(attempt.kind === "human" ? "desk.byHand" : "desk.byMachine")}, {actors[attempt.actor]?.name},{" "}
              <Ago at={attempt.armed_at} />
            </span>{" "}
            <StateBadge tone={attempt.state === "unknown" ? "amber" : "grey"}>
              {t(`desk.attemptState.${attempt.state}`)}
            </StateBadge>
            <Text size="sm">
              {[
                attempt.reason?.title,
                attempt.supplier_order_id,
                `${formatMoney(attempt.expected)} – ${formatMoney(attempt.at_most)}`,
                ...attempt.evidence.map(({ kind, source }) => `${kind.replaceAll("_", " ")}: ${source}`),
              ]
                .filter(Boolean)
                .join(" · ")}
            </Text>
          </li>
        ))}
      </ol>
    </section>
  );
}
