import { useTranslation } from "../../i18n.ts";
import type { Answer } from "#client";
import type { Schemas } from "../../app/api.ts";
import { StateBadge, type Tone } from "../../parts/badges.tsx";

export type Webhook = Schemas["Webhook"];
export type Delivery = Answer<"get", "/v1/webhooks/{id}/deliveries">["deliveries"][number];

type State = "on" | "failing" | "paused" | "off" | "gone" | "switchedOff";
const tones: Readonly<Record<State, Tone>> = {
  on: "green",
  failing: "amber",
  paused: "amber",
  off: "grey",
  gone: "red",
  switchedOff: "red",
};
function stateOf({ enabled, disabled, paused_until: pausedUntil, failing_since: failingSince }: Webhook): State {
  if (!enabled) return disabled?.why === "gone" ? "gone" : disabled?.why === "failing" ? "switchedOff" : "off";
  if (pausedUntil !== null && Date.parse(pausedUntil) > Date.now()) return "paused";
  return failingSince === null ? "on" : "failing";
}

/** Whether an endpoint takes what it is sent and, where not, why. */
export function WebhookState({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation();
  const state = stateOf(webhook);
  return (
    <StateBadge tone={tones[state]} hint={t(`webhooks.hints.${state}`)}>
      {t(`webhooks.states.${state}`)}
    </StateBadge>
  );
}

/** The same in a sentence, where there is something to explain. */
export function WhyNot({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation();
  const state = stateOf(webhook);
  return state === "on" ? null : <>{t(`webhooks.hints.${state}`)}</>;
}

const deliveryTones: Readonly<Record<Delivery["state"], Tone>> = {
  waiting: "amber",
  delivered: "green",
  given_up: "red",
};
export function DeliveryState({ state }: Pick<Delivery, "state">) {
  const { t } = useTranslation();
  return (
    <StateBadge tone={deliveryTones[state]} hint={t(`webhooks.deliveryHints.${state}`)}>
      {t(`webhooks.deliveryStates.${state}`)}
    </StateBadge>
  );
}

export function EventsOf({ events }: Pick<Webhook, "events">) {
  const { t } = useTranslation();
  return <>{events.includes("*") ? t("webhooks.all") : events.join(", ")}</>;
}
