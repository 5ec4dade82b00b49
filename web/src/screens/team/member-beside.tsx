import { Button, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { useAct } from "../../app/act.ts";
import type { Schemas } from "../../app/api.ts";
import { useHere } from "../../app/session.tsx";
import { Beside } from "../../parts/beside.tsx";
import { Copyable } from "../../parts/copyable.tsx";
import { Facts, Section, Trouble } from "../../parts/page.tsx";
import { Ago } from "../../parts/time.tsx";
import { DutyFields, RoleBadge, WorksFor, type Duty } from "./role.tsx";

interface MemberBesideProps {
  member: Schemas["Member"];
  mayChange: boolean;
  onClose: () => void;
}

/** One member: what they are here, another role, and the end of it. */
export function MemberBeside({ member, mayChange, onClose }: MemberBesideProps) {
  const { t } = useTranslation();
  const { may } = useHere();
  const isOwners = member.role === "owner" && !may("owners.change");
  return (
    <Beside title={member.name} mark={<RoleBadge role={member.role} />} onClose={onClose}>
      <Stack gap="lg">
        <Facts
          facts={[
            [t("team.email"), <Copyable key="email" value={member.email} />],
            [t("team.works"), <WorksFor key="works" {...member} />],
            [t("team.factor"), member.second_factor ? t("team.factorOn") : t("team.factorOff")],
            [t("team.since"), <Ago key="since" at={member.member_since} />],
          ]}
        />
        {mayChange && !isOwners ? (
          <>
            <ChangeRole member={member} />
            <Remove member={member} onDone={onClose} />
          </>
        ) : (
          <Text size="sm" c="dimmed">
            {mayChange ? t("team.ownersOnly") : t("team.readOnly")}
          </Text>
        )}
      </Stack>
    </Beside>
  );
}

function ChangeRole({ member }: Pick<MemberBesideProps, "member">) {
  const { t } = useTranslation();
  const { api } = useHere();
  const [duty, setDuty] = useState<Duty>({ role: member.role, suppliers: member.suppliers.map(({ id }) => id) });
  const isSame =
    duty.role === member.role &&
    duty.suppliers.toSorted().join() ===
      member.suppliers
        .map(({ id }) => id)
        .toSorted()
        .join();
  const change = useAct(
    () =>
      api.put("/v1/members/{id}", {
        path: { id: member.id },
        body: { role: duty.role, suppliers: [...duty.suppliers] },
      }),
    { refresh: ["team"] },
  );
  return (
    <Section title={t("team.changeRole")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate();
        }}
      >
        <Stack gap="md">
          <DutyFields
            value={duty}
            onChange={(next) => {
              setDuty(next);
              change.reset();
            }}
          />
          {change.error !== null && <Trouble error={change.error} />}
          <Group gap="sm">
            <Button type="submit" variant="default" disabled={isSame} loading={change.isPending}>
              {t("team.change")}
            </Button>
            <Text size="sm" c="dimmed" role="status">
              {change.isSuccess ? t("team.changed") : ""}
            </Text>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}

function Remove({ member, onDone }: { member: Schemas["Member"]; onDone: () => void }) {
  const { t } = useTranslation();
  const { api } = useHere();
  const [isAsking, setAsking] = useState(false);
  const remove = useAct(() => api.delete("/v1/members/{id}", { path: { id: member.id } }), {
    refresh: ["team"],
    onDone,
  });
  if (!isAsking)
    return (
      <div>
        <Button variant="default" c="var(--sy-red)" onClick={() => setAsking(true)}>
          {t("team.remove")}
        </Button>
      </div>
    );
  return (
    <Section title={t("team.removeTitle", { name: member.name })}>
      <Stack gap="md">
        <Text size="sm">{t("team.removeAbout")}</Text>
        {remove.error !== null && <Trouble error={remove.error} />}
        <Group gap="sm">
          <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
            {t("team.removeDo", { name: member.name })}
          </Button>
          <Button variant="default" onClick={() => setAsking(false)}>
            {t("team.keep")}
          </Button>
        </Group>
      </Stack>
    </Section>
  );
}
