import { Button, Group, Modal, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent, type ReactNode } from "react";
import { useTranslation } from "../i18n.ts";
import { CodeField } from "../parts/code-field.tsx";
import { Trouble } from "../parts/page.tsx";
import { SecondFactorSetUp } from "../screens/account/second-factor-set-up.tsx";
import type { Asked } from "./act.ts";
import { apiOf } from "./api.ts";
import { useHere } from "./session.tsx";

/** Asks for what has to be shown before something goes on. What was on the page stays there, with all that was typed. */
export function ProveAgain({ asked: { proof, answer } }: { asked: Asked }) {
  const { t } = useTranslation();
  const leave = (): void => answer(false);
  return (
    <Modal
      opened
      onClose={leave}
      closeOnEscape={false}
      size="md"
      title={<Title order={2}>{t(`prove.${proof}.title`)}</Title>}
    >
      <Stack gap="md">
        <Text size="sm">{t(`prove.${proof}.why`)}</Text>
        {proof === "password" && <ShowPassword onShown={() => answer(true)} onLeave={leave} />}
        {proof === "sign_in" && <SignInHere onShown={() => answer(true)} onLeave={leave} />}
        {proof === "second_factor" && (
          <SecondFactorSetUp onDone={() => answer(true)} onLeave={leave} done={t("prove.goOn")} />
        )}
      </Stack>
    </Modal>
  );
}

interface ShowProps {
  onShown: () => void;
  onLeave: () => void;
}

function ShowPassword({ onShown, onLeave }: ShowProps) {
  const { t } = useTranslation();
  const { session } = useHere();
  const hasCode = session.user?.second_factor === true;
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const prove = useMutation({
    mutationFn: () => apiOf(null).post("/v1/auth/prove", { body: { password, ...(hasCode && { code }) } }),
    onSuccess: onShown,
  });
  return (
    <ShowForm onSubmit={() => prove.mutate()} isPending={prove.isPending} error={prove.error} onLeave={onLeave}>
      <PasswordInput
        label={t("prove.passwordOf", { email: session.user?.email ?? "" })}
        autoComplete="current-password"
        required
        data-autofocus
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      {hasCode && <CodeField value={code} onChange={setCode} hint={t("prove.noApp")} />}
    </ShowForm>
  );
}

/** The session is over; the page is still there, and so is what was typed into it. */
function SignInHere({ onShown, onLeave }: ShowProps) {
  const { t } = useTranslation();
  const { session } = useHere();
  const queries = useQueryClient();
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [needsCode, setNeedsCode] = useState(false);
  const email = session.user?.email ?? "";
  const show = useMutation({
    mutationFn: async () => {
      if (needsCode) return apiOf(null).post("/v1/auth/second-factor", { body: { code } });
      return apiOf(null).post("/v1/auth/sign-in", { body: { email, password } });
    },
    onSuccess: async ({ status }) => {
      if (status === "second_factor_needed") return setNeedsCode(true);
      onShown();
      await queries.invalidateQueries();
    },
  });
  return (
    <ShowForm onSubmit={() => show.mutate()} isPending={show.isPending} error={show.error} onLeave={onLeave}>
      <TextInput label={t("signIn.email")} value={email} readOnly autoComplete="username" />
      {needsCode ? (
        <CodeField value={code} onChange={setCode} autoFocus />
      ) : (
        <PasswordInput
          label={t("signIn.password")}
          autoComplete="current-password"
          required
          data-autofocus
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
      )}
    </ShowForm>
  );
}

interface ShowFormProps {
  onSubmit: () => void;
  onLeave: () => void;
  isPending: boolean;
  error: Error | null;
  children: ReactNode;
}
function ShowForm({ onSubmit, onLeave, isPending, error, children }: ShowFormProps) {
  const { t } = useTranslation();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        {children}
        {error !== null && <Trouble error={error} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onLeave}>
            {t("prove.leave")}
          </Button>
          <Button type="submit" loading={isPending}>
            {t("prove.goOn")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
