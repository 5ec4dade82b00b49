import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "../../i18n.ts";
import { useAct } from "../../app/act.ts";
import { useHere } from "../../app/session.tsx";
import { Beside } from "../../parts/beside.tsx";
import { Copyable } from "../../parts/copyable.tsx";
import { Facts, Section, Trouble, Waiting } from "../../parts/page.tsx";
import { Ago } from "../../parts/time.tsx";
import { DeliveryState } from "./state.tsx";
import classes from "./webhooks.module.css";

/** One message: what was sent, each try with what came back, and once more. */
export function DeliveryBeside({ webhook, id, onClose }: { webhook: string; id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const { api, workspace, may } = useHere();
  const path = { id: webhook, delivery: id };
  const one = useQuery({
    queryKey: [workspace.slug, "webhooks", webhook, "delivery", id],
    queryFn: ({ signal }) => api.get("/v1/webhooks/{id}/deliveries/{delivery}", { path, signal }),
    refetchInterval: 3_000,
  });
  const again = useAct(() => api.post("/v1/webhooks/{id}/deliveries/{delivery}/resend", { path, body: {} }), {
    refresh: ["webhooks"],
  });
  const found = one.data;
  return (
    <Beside
      title={found?.delivery.type ?? t("webhooks.deliveries")}
      mark={found !== undefined && <DeliveryState state={found.delivery.state} />}
      onClose={onClose}
    >
      {one.error !== null && <Trouble error={one.error} onRetry={() => void one.refetch()} />}
      {found === undefined ? (
        one.error === null && <Waiting />
      ) : (
        <Stack gap="lg">
          <Facts
            facts={[
              [t("webhooks.message"), <Copyable key="id" value={found.delivery.message_id} />],
              [t("webhooks.happened"), <Ago key="at" at={found.delivery.occurred_at} />],
              ...(found.delivery.next_try_at === null
                ? []
                : [[t("webhooks.nextTry"), <Ago key="next" at={found.delivery.next_try_at} />] as const]),
              ...(found.delivery.ended_at === null
                ? []
                : [[t("webhooks.ended"), <Ago key="ended" at={found.delivery.ended_at} />] as const]),
            ]}
          />
          {may("webhooks.change") && found.delivery.state !== "waiting" && (
            <Stack gap="sm">
              {again.error !== null && <Trouble error={again.error} />}
              <Group gap="sm">
                <Button variant="default" loading={again.isPending} onClick={() => again.mutate()}>
                  {t("webhooks.again")}
                </Button>
                <Text size="sm" c="dimmed" role="status">
                  {again.isSuccess ? t("webhooks.sentAgain") : ""}
                </Text>
              </Group>
            </Stack>
          )}
          <Section title={t("webhooks.attempts")}>
            {found.attempts.length === 0 ? (
              <Text size="sm" c="dimmed">
                {t("webhooks.notTried")}
              </Text>
            ) : (
              <Stack gap="md">
                {found.attempts.toReversed().map((attempt) => (
                  <div key={attempt.no}>
                    <Group justify="space-between" gap="sm">
                      <Text size="sm" fw={500}>
                        {t("webhooks.try", { no: attempt.no })} · {attempt.status ?? t("webhooks.noAnswer")}
                      </Text>
                      <Text size="sm" c="dimmed">
                        {t("webhooks.took", { ms: attempt.duration_ms })} · <Ago at={attempt.at} />
                      </Text>
                    </Group>
                    {attempt.problem !== null && <Text size="sm">{attempt.problem}</Text>}
                    {attempt.status !== null && (
                      <pre className={classes["text"]} tabIndex={0}>
                        {attempt.answer === "" ? t("webhooks.empty") : attempt.answer}
                      </pre>
                    )}
                  </div>
                ))}
              </Stack>
            )}
          </Section>
          <Section title={t("webhooks.request")}>
            <pre className={classes["text"]} tabIndex={0}>
              {readable(found.body)}
            </pre>
          </Section>
        </Stack>
      )}
    </Beside>
  );
}

/** The same JSON with lines. */
const readable = (body: string): string => {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
};
