import { Radio, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { ActForm } from "../../parts/act-form.tsx";
import { post } from "../../parts/api-call.tsx";
import { formatExact } from "../../parts/format.ts";
import type { Hold, Order } from "../../parts/resolve/subject.ts";
import classes from "./attention.module.css";

type When = "hours" | "tomorrow" | "monday" | "time" | "now";

/** Puts a hold away until a time; the order stays stopped as before. */
export function Snooze({
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
  const isSnoozed = hold.snoozed_until !== null && Date.parse(hold.snoozed_until) > Date.now();
  const [when, setWhen] = useState<When>(isSnoozed ? "now" : "tomorrow");
  const [time, setTime] = useState(() => asField(at(1, 8)));
  const until = untilOf(when, time);
  const path = { id: order.id, hold: hold.id };
  const said = t(until === null ? "attention.snooze.woken" : "attention.snooze.said", { number: order.number });
  const choices: readonly When[] = [...(isSnoozed ? ["now" as const] : []), "tomorrow", "hours", "monday", "time"];
  return (
    <section className={classes["doing"]} aria-label={t("attention.snooze.title")}>
      <ActForm
        calls={[post("/v1/orders/{id}/holds/{hold}/snooze", { path, body: { until: until?.toISOString() ?? null } })]}
        submit={t(until === null ? "attention.snooze.wake" : "attention.snooze.submit")}
        {...(until === null
          ? {}
          : {
              undo: {
                said,
                label: t("attention.snooze.undo"),
                call: post("/v1/orders/{id}/holds/{hold}/snooze", { path, body: { until: null } }),
              },
            })}
        onDone={() => onDone(said)}
        onCancel={onLeave}
        hint={t("attention.snooze.hint")}
        autoFocus
      >
        <Radio.Group label={t("attention.snooze.until")} value={when} onChange={(value) => setWhen(value as When)}>
          <Stack gap={6} mt={4}>
            {choices.map((each) => {
              const then = each === "time" || each === "now" ? null : untilOf(each, time);
              return (
                <Radio
                  key={each}
                  value={each}
                  label={t(`attention.snooze.${each}`)}
                  {...(then === null ? {} : { title: formatExact(then.toISOString()) })}
                />
              );
            })}
          </Stack>
        </Radio.Group>
        {when === "time" && (
          <TextInput
            type="datetime-local"
            label={t("attention.snooze.at")}
            required
            w={220}
            value={time}
            onChange={(event) => setTime(event.currentTarget.value)}
          />
        )}
      </ActForm>
    </section>
  );
}

function at(days: number, hour: number): Date {
  const then = new Date();
  then.setDate(then.getDate() + days);
  then.setHours(hour, 0, 0, 0);
  return then;
}
/** As the browser's field wants it: local time without a zone. */
function asField(then: Date): string {
  const two = (number: number): string => String(number).padStart(2, "0");
  return `${then.getFullYear()}-${two(then.getMonth() + 1)}-${two(then.getDate())}T${two(then.getHours())}:${two(then.getMinutes())}`;
}
function untilOf(when: When, time: string): Date | null {
  switch (when) {
    case "now":
      return null;
    case "hours":
      return new Date(Date.now() + 3 * 3_600_000);
    case "tomorrow":
      return at(1, 8);
    case "monday":
      return at((8 - new Date().getDay()) % 7 || 7, 8);
    case "time":
      return time === "" ? at(1, 8) : new Date(time);
  }
}

export const tomorrow = (): Date => at(1, 8);
