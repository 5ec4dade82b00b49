import { useTranslation } from "../../i18n.ts";
import type { Schemas } from "../../app/api.ts";
import { StateBadge, type Tone } from "../../parts/badges.tsx";

type Knows = Schemas["ShipmentRow"]["channel_knows"];

const tones: Readonly<Record<Knows, Tone>> = {
  refused: "red",
  by_hand: "red",
  unknown: "amber",
  waiting: "blue",
  armed: "blue",
  waits_for_rest: "grey",
  told: "green",
  not_needed: "grey",
  nothing_to_tell: "grey",
};
/** What the channel knows of a shipment, and what that means. */
export function Known({ knows }: { knows: Knows }) {
  const { t } = useTranslation();
  return (
    <StateBadge tone={tones[knows]} hint={t(`shipments.knowsHint.${knows}`)}>
      {t(`shipments.knows.${knows}`)}
    </StateBadge>
  );
}
