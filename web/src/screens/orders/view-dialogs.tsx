import { Button, Group, Modal, Stack, Switch, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { Trouble } from "../../parts/page.tsx";

/** What was wanted of a view and did not work. */
export function ViewTrouble({ title, error, onClose }: { title: string; error: unknown; onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title={title}>
      <Trouble error={error} />
    </Modal>
  );
}

interface NameViewProps {
  title: string;
  name: string;
  /** It may be everybody's. */
  maySay: boolean;
  isPending: boolean;
  error: unknown;
  onClose: () => void;
  onName: (name: string, shared: boolean) => void;
}
/** Asks how a view is to be called. */
export function NameView({ title, name: before, maySay, isPending, error, onClose, onName }: NameViewProps) {
  const { t } = useTranslation();
  const [name, setName] = useState(before);
  const [shared, setShared] = useState(false);
  return (
    <Modal opened onClose={onClose} title={title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== "") onName(name.trim(), shared);
        }}
      >
        <Stack gap="md">
          <TextInput
            label={t("orders.view.name")}
            required
            maxLength={60}
            data-autofocus
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          {maySay && (
            <Switch
              label={t("orders.view.forAll")}
              checked={shared}
              onChange={(event) => setShared(event.currentTarget.checked)}
            />
          )}
          {error !== null && <Trouble error={error} />}
          <Group>
            <Button type="submit" loading={isPending}>
              {t("orders.view.save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
