import { Alert, Group, Stack, Text, Timeline, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useHere } from "../../app/session.tsx";
import { ChannelMark, StateBadge, toneOf } from "../../parts/badges.tsx";
import { Section, Trouble, Waiting } from "../../parts/page.tsx";
import { ResolveForm } from "../../parts/resolve/resolve-form.tsx";
import { Ago } from "../../parts/time.tsx";

/** One order with everything of it: what is wrong first. The drawer and the page show the same. */
export function OrderView({ id, controls }: { id: string; controls?: ReactNode }) {
  const { t } = useTranslation();
  const { api, workspace } = useHere();
  const {
    data: order,
    error,
    refetch,
  } = useQuery({
    queryKey: [workspace.slug, "orders", "one", id],
    queryFn: ({ signal }) => api.get("/v1/orders/{id}", { path: { id }, signal }),
  });
  const { data: trail } = useQuery({
    queryKey: [workspace.slug, "orders", "trail", id],
    queryFn: ({ signal }) => api.get("/v1/orders/{id}/events", { path: { id }, query: { limit: 50 }, signal }),
  });
  if (order === undefined)
    return error === null ? <Waiting /> : <Trouble error={error} onRetry={() => void refetch()} />;
  return (
    <Stack gap="lg" p="lg">
      <Group justify="space-between" wrap="nowrap">
        <Group gap="sm" wrap="nowrap" miw={0}>
          <ChannelMark name={order.channel.name} />
          <Title order={2} className="cut num">
            {order.number}
          </Title>
          <StateBadge tone={toneOf(order.headline)} hint={order.hint}>
            {order.title}
          </StateBadge>
        </Group>
        {controls}
      </Group>
      {order.holds.map((hold) => (
        <Alert key={hold.id} color={hold.acts === "machine" ? "blue" : "red"} title={hold.title}>
          <Text size="sm">{hold.what}</Text>
          <Text size="sm" my={4}>
            {hold.next}
          </Text>
          <ResolveForm order={order} hold={hold} onDone={() => undefined} />
        </Alert>
      ))}
      <Section title={t("order.timeline")}>
        <Timeline bulletSize={10} lineWidth={1}>
          {(trail?.events ?? []).map((event) => (
            <Timeline.Item key={event.seq} title={<Text size="sm">{event.text}</Text>}>
              <Text size="xs" c="dimmed">
                {event.actor} · <Ago at={event.at} />
              </Text>
            </Timeline.Item>
          ))}
        </Timeline>
      </Section>
    </Stack>
  );
}
