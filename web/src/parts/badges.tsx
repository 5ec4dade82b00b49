import { Tooltip } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import classes from "./badges.module.css";

/** Colour means state: red is for what needs a person, amber for what waits, the others for where it is. Never colour alone: the word is there. */
export type Tone = "red" | "amber" | "green" | "blue" | "violet" | "teal" | "grey";

interface StateBadgeProps {
  tone: Tone;
  children: ReactNode;
  /** What the word means here. */
  hint?: string;
  /** One of hundreds in a table: its hint is the browser's own, which costs nothing to draw. */
  isInTable?: boolean;
}

export function StateBadge({ tone, children, hint, isInTable = false }: StateBadgeProps) {
  const badge = (
    <span className={classes["badge"]} data-tone={tone} title={isInTable ? hint : undefined}>
      {tone === "red" ? <IconAlertTriangle size={12} aria-hidden /> : <span className={classes["dot"]} aria-hidden />}
      <span className="cut">{children}</span>
    </span>
  );
  return hint === undefined || isInTable ? (
    badge
  ) : (
    <Tooltip label={hint} multiline maw={320}>
      {badge}
    </Tooltip>
  );
}

const headlineTones: Readonly<Record<string, Tone>> = {
  needs_attention: "red",
  checking: "amber",
  with_our_team: "violet",
  in_process: "blue",
  new: "blue",
  on_hold: "amber",
  review: "amber",
  awaiting_payment: "amber",
  stand_by: "grey",
  waiting: "blue",
  at_prep: "teal",
  ordered: "violet",
  partly_shipped: "teal",
  shipped: "green",
  delivered: "green",
  completed: "grey",
  cancelled: "grey",
};
export const toneOf = (headline: string): Tone => headlineTones[headline] ?? "grey";

const channelColours = ["#3d7a3a", "#0b5fc2", "#6a3fb0", "#a3540a", "#b03060", "#0b6f78", "#5a5f2a", "#374151"];
/** The channel by its first letter; the colour tells channels apart and means nothing. */
export function ChannelMark({ name }: { name: string }) {
  const sum = Array.from(name).reduce((total, letter) => (total * 31 + letter.codePointAt(0)!) % 9973, 7);
  return (
    <span className={classes["mark"]} style={{ background: channelColours[sum % channelColours.length] }} title={name}>
      <span aria-hidden>{name.slice(0, 1).toUpperCase()}</span>
      <span className="heard">{name}</span>
    </span>
  );
}
