import { useTranslation } from "../../i18n.ts";
import type { Schemas } from "../../app/api.ts";
import { StateBadge, type Tone } from "../../parts/badges.tsx";

export type Entry = Schemas["AuditEntry"];
export type Topic = Entry["topic"];
/** An entry has no id of its own: it never changes, so its moment names it. */
export interface PlacedEntry extends Entry {
  id: string;
}

const tones: Readonly<Record<Topic, Tone>> = {
  settings: "blue",
  members: "violet",
  keys: "amber",
  webhooks: "teal",
  catalogue: "grey",
  secrets: "amber",
  secret_use: "grey",
  personal_data: "violet",
};
export const topics = Object.keys(tones) as Topic[];

export function TopicBadge({ topic }: { topic: Topic }) {
  const { t } = useTranslation();
  return (
    <StateBadge tone={tones[topic]} hint={t(`audit.topicHints.${topic}`)}>
      {t(`audit.topics.${topic}`)}
    </StateBadge>
  );
}
