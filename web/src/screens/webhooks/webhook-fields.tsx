import { MultiSelect, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "../../i18n.ts";
import { useHere } from "../../app/session.tsx";

export interface WebhookWish {
  url: string;
  description: string;
  events: readonly string[];
}

/** Where to, what for, and what it is told of. */
export function WebhookFields({ value, onChange }: { value: WebhookWish; onChange: (wish: WebhookWish) => void }) {
  const { t } = useTranslation();
  const { api, workspace } = useHere();
  const { data } = useQuery({
    queryKey: [workspace.slug, "webhook-event-types"],
    queryFn: ({ signal }) => api.get("/v1/webhooks/event-types", { signal }),
    staleTime: "static",
  });
  const isAll = value.events.includes("*");
  const about = new Map(data?.types.map((each) => [each.type, each.about]));
  return (
    <Stack gap="md">
      <TextInput
        label={t("webhooks.url")}
        description={t("webhooks.urlHint")}
        type="url"
        placeholder="https://example.org/hooks/switchyard"
        required
        data-autofocus
        value={value.url}
        onChange={(event) => onChange({ ...value, url: event.currentTarget.value })}
      />
      <TextInput
        label={t("webhooks.description")}
        description={t("webhooks.descriptionHint")}
        maxLength={200}
        value={value.description}
        onChange={(event) => onChange({ ...value, description: event.currentTarget.value })}
      />
      <Stack gap={4} align="flex-start">
        <Text size="sm" fw={500}>
          {t("webhooks.events")}
        </Text>
        <SegmentedControl
          aria-label={t("webhooks.events")}
          data={[
            { value: "all", label: t("webhooks.all") },
            { value: "some", label: t("webhooks.some") },
          ]}
          value={isAll ? "all" : "some"}
          onChange={(next) => onChange({ ...value, events: next === "all" ? ["*"] : [] })}
        />
      </Stack>
      {!isAll && (
        <MultiSelect
          label={t("webhooks.pick")}
          description={t("webhooks.eventsHint")}
          searchable
          required={value.events.length === 0}
          data={(data?.filters ?? []).filter((each) => each !== "*")}
          renderOption={({ option }) => (
            <Stack gap={0}>
              <span className="mono">{option.value}</span>
              <Text size="xs" c="dimmed">
                {about.get(option.value) ?? ""}
              </Text>
            </Stack>
          )}
          maxDropdownHeight={320}
          value={[...value.events]}
          onChange={(events) => onChange({ ...value, events })}
        />
      )}
    </Stack>
  );
}
