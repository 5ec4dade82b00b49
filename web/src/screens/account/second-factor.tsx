import { Button, Group, PasswordInput, Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "../../i18n.ts";
import { useAct } from "../../app/act.ts";
import { apiOf } from "../../app/api.ts";
import { StateBadge } from "../../parts/badges.tsx";
import { Section, Trouble } from "../../parts/page.tsx";
import { BackupCodes, SecondFactorSetUp } from "./second-factor-set-up.tsx";

type Doing = "set_up" | "codes" | "remove" | null;

/** Whether a code is asked for besides the password; on, with new backup codes, and off again. */
export function SecondFactor({ isOn }: { isOn: boolean }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [doing, setDoing] = useState<Doing>(null);
  const leave = (): void => setDoing(null);
  const newCodes = useAct((password: string) =>
    apiOf(null).post("/v1/auth/second-factor/backup-codes", { body: { password } }),
  );
  const remove = useAct((password: string) => apiOf(null).delete("/v1/auth/second-factor", { body: { password } }), {
    onDone: () => {
      leave();
      void queries.invalidateQueries({ queryKey: ["session"] });
    },
  });
  return (
    <Section
      title={t("account.factor")}
      actions={
        <StateBadge
          tone={isOn ? "green" : "amber"}
          hint={isOn ? t("account.factorOnHint") : t("account.factorOffHint")}
        >
          {isOn ? t("account.factorOn") : t("account.factorOff")}
        </StateBadge>
      }
    >
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          {t("account.factorAbout")}
        </Text>
        {doing === null && (
          <Group gap="sm">
            {isOn ? (
              <>
                <Button variant="default" onClick={() => setDoing("codes")}>
                  {t("account.newCodes")}
                </Button>
                <Button variant="default" color="red" onClick={() => setDoing("remove")}>
                  {t("account.remove")}
                </Button>
              </>
            ) : (
              <Button onClick={() => setDoing("set_up")}>{t("account.setUp")}</Button>
            )}
          </Group>
        )}
        {doing === "set_up" && <SecondFactorSetUp onDone={leave} onLeave={leave} />}
        {doing === "codes" &&
          (newCodes.data === undefined ? (
            <WithPassword
              about={t("account.newCodesAbout")}
              submit={t("account.newCodes")}
              act={newCodes}
              onLeave={leave}
            />
          ) : (
            <Stack gap="md">
              <BackupCodes codes={newCodes.data.backup_codes} />
              <div>
                <Button
                  onClick={() => {
                    leave();
                    newCodes.reset();
                  }}
                >
                  {t("account.step.kept")}
                </Button>
              </div>
            </Stack>
          ))}
        {doing === "remove" && (
          <WithPassword
            about={t("account.removeAbout")}
            submit={t("account.remove")}
            isGrave
            act={remove}
            onLeave={leave}
          />
        )}
      </Stack>
    </Section>
  );
}

interface WithPasswordProps {
  about: ReactNode;
  submit: string;
  isGrave?: boolean;
  act: { mutate: (password: string) => void; isPending: boolean; error: Error | null };
  onLeave: () => void;
}
function WithPassword({ about, submit, isGrave = false, act, onLeave }: WithPasswordProps) {
  const { t } = useTranslation();
  const [password, setPassword] = useState("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        act.mutate(password);
      }}
    >
      <Stack gap="md">
        <Text size="sm">{about}</Text>
        <PasswordInput
          label={t("signIn.password")}
          autoComplete="current-password"
          required
          autoFocus
          maw={320}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {act.error !== null && <Trouble error={act.error} />}
        <Group gap="sm">
          <Button type="submit" loading={act.isPending} {...(isGrave ? { color: "red" } : {})}>
            {submit}
          </Button>
          <Button variant="default" onClick={onLeave}>
            {t("prove.leave")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
