import { Button, Group, Modal, Stack, Text, TextInput, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { useAct } from "../../app/act.ts";
import { useHere } from "../../app/session.tsx";
import { OnceShown } from "../../parts/once-shown.tsx";
import { Trouble } from "../../parts/page.tsx";
import { DutyFields, type Duty } from "./role.tsx";

const nobody: Duty = { role: "staff", suppliers: [] };

/** An address and a role; the link is mailed, or shown this once. */
export function Invite({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { api } = useHere();
  const [email, setEmail] = useState("");
  const [duty, setDuty] = useState(nobody);
  const invite = useAct(
    () =>
      api.post("/v1/invitations", { body: { email: email.trim(), role: duty.role, suppliers: [...duty.suppliers] } }),
    { refresh: ["team"] },
  );
  const made = invite.data;
  const another = (): void => {
    setEmail("");
    setDuty(nobody);
    invite.reset();
  };
  return (
    <Modal opened onClose={onClose} size="md" title={<Title order={2}>{t("team.inviteTitle")}</Title>}>
      {made === undefined ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            invite.mutate();
          }}
        >
          <Stack gap="md">
            <Text size="sm" c="dimmed">
              {t("team.inviteAbout")}
            </Text>
            <TextInput
              label={t("team.inviteEmail")}
              type="email"
              required
              data-autofocus
              autoComplete="off"
              value={email}
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
            <DutyFields value={duty} onChange={setDuty} />
            {invite.error !== null && <Trouble error={invite.error} />}
            <Group justify="flex-end" gap="sm">
              <Button variant="default" onClick={onClose}>
                {t("prove.leave")}
              </Button>
              <Button type="submit" loading={invite.isPending}>
                {t("team.sendInvite")}
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <Stack gap="md">
          {made.mailed ? (
            <Text role="status">{t("team.mailed", { email: made.email })}</Text>
          ) : (
            <OnceShown title={t("team.linkTitle", { email: made.email })} value={made.link} what={t("team.linkWhat")}>
              {t("team.linkAbout")}
            </OnceShown>
          )}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={another}>
              {t("team.another")}
            </Button>
            <Button onClick={onClose}>{t("team.done")}</Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
