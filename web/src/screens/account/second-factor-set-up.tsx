import { Anchor, Button, Group, PasswordInput, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { apiOf } from "../../app/api.ts";
import { CodeField } from "../../parts/code-field.tsx";
import { OnceShown } from "../../parts/once-shown.tsx";
import { Copyable } from "../../parts/copyable.tsx";
import { Trouble } from "../../parts/page.tsx";
import { QrCode } from "./qr-code.tsx";

interface SecondFactorSetUpProps {
  /** When it is on and the backup codes are kept. */
  onDone: () => void;
  onLeave: () => void;
  /** The last button, where "I have kept them" is not enough. */
  done?: string;
}

/** Password, then the app, then the backup codes; it counts once a code of the app was shown. */
export function SecondFactorSetUp({ onDone, onLeave, done }: SecondFactorSetUpProps) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const begin = useMutation({
    mutationFn: () => apiOf(null).post("/v1/auth/second-factor/set-up", { body: { password } }),
  });
  const confirm = useMutation({
    mutationFn: () => apiOf(null).post("/v1/auth/second-factor/confirm", { body: { code } }),
  });
  const finish = async (): Promise<void> => {
    onDone();
    await queries.invalidateQueries({ queryKey: ["session"] });
  };
  const leave = (
    <Button variant="default" onClick={onLeave}>
      {t("prove.leave")}
    </Button>
  );
  if (begin.data === undefined)
    return (
      <form
        onSubmit={(event) => {
          event.preventDefault();
          begin.mutate();
        }}
      >
        <Stack gap="md">
          <PasswordInput
            label={t("signIn.password")}
            autoComplete="current-password"
            required
            autoFocus
            data-autofocus
            maw={320}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          {begin.error !== null && <Trouble error={begin.error} />}
          <Group gap="sm">
            <Button type="submit" loading={begin.isPending}>
              {t("account.step.begin")}
            </Button>
            {leave}
          </Group>
        </Stack>
      </form>
    );
  const { uri, backup_codes: codes } = begin.data;
  if (!confirm.isSuccess)
    return (
      <form
        onSubmit={(event) => {
          event.preventDefault();
          confirm.mutate();
        }}
      >
        <Stack gap="md">
          <Text size="sm">{t("account.step.scan")}</Text>
          <Group gap="lg" align="flex-start">
            <QrCode text={uri} label={t("account.step.qr")} />
            <Stack gap="sm" flex={1} miw={200}>
              <div>
                <Text size="sm" fw={500}>
                  {t("account.step.secret")}
                </Text>
                <Copyable value={secretOf(uri)} label={t("account.step.secret")}>
                  <span className="mono">{secretOf(uri).replaceAll(/(.{4})(?=.)/g, "$1 ")}</span>
                </Copyable>
              </div>
              <Anchor href={uri} size="sm">
                {t("account.step.open")}
              </Anchor>
            </Stack>
          </Group>
          <CodeField value={code} onChange={setCode} />
          {confirm.error !== null && <Trouble error={confirm.error} />}
          <Group gap="sm">
            <Button type="submit" loading={confirm.isPending}>
              {t("account.step.confirm")}
            </Button>
            {leave}
          </Group>
        </Stack>
      </form>
    );
  return (
    <Stack gap="md">
      <BackupCodes codes={codes} />
      <div>
        <Button onClick={() => void finish()}>{done ?? t("account.step.kept")}</Button>
      </div>
    </Stack>
  );
}

/** Shown once, and never again. */
export function BackupCodes({ codes }: { codes: readonly string[] }) {
  const { t } = useTranslation();
  return (
    <OnceShown title={t("account.step.codes")} value={codes.join("\n")} what={t("account.step.codesWhat")}>
      {t("account.step.codesAbout")}
    </OnceShown>
  );
}

const secretOf = (uri: string): string => new URL(uri).searchParams.get("secret") ?? "";
