import { Button, Group, PasswordInput, SegmentedControl, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useMantineColorScheme, type MantineColorScheme } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { useAct } from "../../app/act.ts";
import { apiOf } from "../../app/api.ts";
import { useHere, type Session } from "../../app/session.tsx";
import { setDensity, useDensity, type Density } from "../../parts/density.ts";
import { Help } from "../../parts/help.tsx";
import { useKeysSetting } from "../../parts/keys.tsx";
import { Facts, Page, Section, Trouble } from "../../parts/page.tsx";
import { VisitorNote } from "../../parts/visitor-note.tsx";
import { RoleBadge } from "../team/role.tsx";
import { SecondFactor } from "./second-factor.tsx";
import { Sessions } from "./sessions.tsx";

/** Who one is, how one signs in, and how the page looks in this browser. */
export function Account() {
  const { t } = useTranslation();
  const { session } = useHere();
  const { user } = session;
  return (
    <Page title={t("account.title")} beside={<Help about={t("account.title")}>{t("account.help")}</Help>}>
      <Stack gap={0} maw={640}>
        {user === null ? (
          <Stack mb="xl" mx={-16} mt={-12}>
            <VisitorNote>{t("account.visitor")}</VisitorNote>
          </Stack>
        ) : (
          <>
            <You user={user} />
            <Password />
            <SecondFactor isOn={user.second_factor} />
            <Sessions />
          </>
        )}
        <ThisBrowser />
      </Stack>
    </Page>
  );
}

function You({ user }: { user: NonNullable<Session["user"]> }) {
  const { t } = useTranslation();
  const { session } = useHere();
  const queries = useQueryClient();
  const [name, setName] = useState(user.name);
  const rename = useAct(() => apiOf(null).put("/v1/auth/me", { body: { name: name.trim() } }), {
    onDone: () => void queries.invalidateQueries({ queryKey: ["session"] }),
  });
  const isChanged = name.trim() !== user.name;
  return (
    <Section title={t("account.you")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          rename.mutate();
        }}
      >
        <Stack gap="md">
          <Group align="flex-end" gap="sm">
            <TextInput
              label={t("account.name")}
              description={t("account.nameHint")}
              autoComplete="name"
              required
              maxLength={100}
              w={320}
              maw="100%"
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Button type="submit" variant="default" disabled={!isChanged} loading={rename.isPending}>
              {t("account.save")}
            </Button>
            <Text size="sm" c="dimmed" role="status">
              {rename.isSuccess && !isChanged ? t("account.saved") : ""}
            </Text>
          </Group>
          {rename.error !== null && <Trouble error={rename.error} />}
          <Facts
            facts={[
              [
                t("account.email"),
                <span key="email">
                  {user.email} <span className="dim">· {t("account.emailHint")}</span>
                </span>,
              ],
              ...(session.role === null || session.is_visitor
                ? []
                : [[t("account.role"), <RoleBadge key="role" role={session.role} />] as const]),
            ]}
          />
        </Stack>
      </form>
    </Section>
  );
}

function Password() {
  const { t } = useTranslation();
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const change = useAct(() => apiOf(null).post("/v1/auth/password", { body: { current, password } }), {
    refresh: ["sessions"],
    onDone: () => {
      setCurrent("");
      setPassword("");
    },
  });
  return (
    <Section title={t("account.password")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate();
        }}
      >
        <Stack gap="md" maw={320}>
          <PasswordInput
            label={t("account.current")}
            autoComplete="current-password"
            required
            value={current}
            onChange={(event) => setCurrent(event.currentTarget.value)}
          />
          <PasswordInput
            label={t("account.next")}
            description={t("account.nextHint")}
            autoComplete="new-password"
            required
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          {change.error !== null && <Trouble error={change.error} />}
          <div>
            <Button type="submit" variant="default" loading={change.isPending}>
              {t("account.change")}
            </Button>
          </div>
          <Text size="sm" c="dimmed" role="status">
            {change.isSuccess ? t("account.changed") : t("account.passwordAbout")}
          </Text>
        </Stack>
      </form>
    </Section>
  );
}

function ThisBrowser() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { areLettersOn, setLettersOn } = useKeysSetting();
  const density = useDensity();
  const schemes: readonly MantineColorScheme[] = ["auto", "light", "dark"];
  const densities: readonly Density[] = ["dense", "comfortable"];
  return (
    <Section title={t("account.here")}>
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          {t("account.hereAbout")}
        </Text>
        <Stack gap={4} align="flex-start">
          <Text size="sm" fw={500}>
            {t("account.scheme")}
          </Text>
          <SegmentedControl
            aria-label={t("account.scheme")}
            data={schemes.map((value) => ({ value, label: t(`account.schemes.${value}`) }))}
            value={colorScheme}
            onChange={setColorScheme}
          />
        </Stack>
        <Stack gap={4} align="flex-start">
          <Text size="sm" fw={500}>
            {t("account.density")}
          </Text>
          <SegmentedControl
            aria-label={t("account.density")}
            data={densities.map((value) => ({ value, label: t(`account.densities.${value}`) }))}
            value={density}
            onChange={setDensity}
          />
        </Stack>
        <Switch
          label={t("account.letters")}
          description={t("account.lettersHint")}
          checked={areLettersOn}
          onChange={(event) => setLettersOn(event.currentTarget.checked)}
        />
      </Stack>
    </Section>
  );
}
