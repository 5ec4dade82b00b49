import { Button, Group, Modal, Select, Stack, Text, TextInput, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { SwitchyardProblem } from "../../app/api.ts";
import { useHere, useRefresh } from "../../app/session.tsx";
import { useConnectors } from "../../parts/channels.ts";
import { Trouble, Waiting } from "../../parts/page.tsx";
import { faultsOf, type FormSchema, type Values } from "../../parts/schema-fields.ts";
import { SchemaFields } from "../../parts/schema-form.tsx";

/** A shop, or a name for the files that are imported. It begins in review. */
export function AddChannel({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { api, workspace } = useHere();
  const navigate = useNavigate();
  const refresh = useRefresh();
  const { data: connectors, error } = useConnectors();
  const [kind, setKind] = useState("file");
  const [name, setName] = useState("");
  const [settings, setSettings] = useState<Values>({ zone: workspace.zone });
  const add = useMutation({
    mutationFn: () => api.post("/v1/channels", { body: { kind, name, settings: { ...settings } } }),
    onSuccess: async (channel) => {
      notifications.show({ message: t("setUp.channels.added", { name: channel.name }) });
      await refresh();
      await navigate({
        to: "/$workspace/channels/$channel",
        params: { workspace: workspace.slug, channel: channel.id },
      });
    },
  });
  // The pretend shop belongs to the sandbox.
  const kinds = (connectors?.channels ?? []).filter((each) => each.kind !== "sandbox" || workspace.kind === "sandbox");
  const chosen = kinds.find((each) => each.kind === kind);
  const faults = add.error instanceof SwitchyardProblem ? faultsOf(add.error.errors) : new Map<string, string>();
  return (
    <Modal opened onClose={onClose} size="lg" title={<Title order={2}>{t("setUp.channels.add")}</Title>}>
      {error !== null && <Trouble error={error} />}
      {chosen === undefined ? (
        error === null && <Waiting lines={4} />
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            add.mutate();
          }}
        >
          <Stack gap="md">
            <Text size="sm" c="dimmed">
              {t("setUp.channels.addHint")}
            </Text>
            <TextInput
              label={t("setUp.name")}
              required
              data-autofocus
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Select
              label={t("setUp.kind")}
              description={kind === "file" ? t("setUp.channels.kindHint") : undefined}
              data={kinds.map((each) => ({ value: each.kind, label: each.title }))}
              value={kind}
              allowDeselect={false}
              onChange={(value) => setKind(value ?? kind)}
            />
            <SchemaFields
              key={kind}
              schema={chosen.schema as unknown as FormSchema}
              values={{}}
              changes={settings}
              onChange={(setting, value) => setSettings({ ...settings, [setting]: value })}
              faults={faults}
              only={({ name: setting, isRequired }) => isRequired || setting === "zone"}
            />
            {add.error !== null && faults.size === 0 && <Trouble error={add.error} />}
            <Group gap="sm">
              <Button type="submit" loading={add.isPending}>
                {t("setUp.channels.add")}
              </Button>
              <Button variant="subtle" color="gray" onClick={onClose}>
                {t("setUp.cancel")}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
