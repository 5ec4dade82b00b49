import { Anchor, Button, Paper, PasswordInput, PinInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState, type FormEvent } from "react";
import { useTranslation } from "../../i18n.ts";
import { apiOf } from "../../app/api.ts";
import { sessionQuery } from "../../app/session.tsx";
import { Trouble } from "../../parts/page.tsx";
import classes from "./sign-in.module.css";

type Step = "password" | "code" | "backup" | "forgotten";

/** In three steps at most: password, second factor, and on to where one wanted to go. */
export function SignIn() {
  const { t } = useTranslation();
  const { to } = useSearch({ from: "/sign-in" });
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [step, setStep] = useState<Step>("password");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const api = apiOf(null);
  const { data: session } = useQuery(sessionQuery(null));
  useEffect(() => {
    document.title = `${t("signIn.title")} · Switchyard`;
  }, [t]);

  const enter = async (): Promise<void> => {
    queries.clear();
    await navigate({ to: (to ?? "/") as never });
  };
  const withPassword = useMutation({
    mutationFn: () => api.post("/v1/auth/sign-in", { body: { email, password } }),
    onSuccess: async ({ status }) => (status === "signed_in" ? enter() : setStep("code")),
  });
  const withCode = useMutation({
    mutationFn: (shown: string) =>
      api.post("/v1/auth/second-factor", { body: step === "backup" ? { backup_code: shown } : { code: shown } }),
    onSuccess: enter,
  });
  const forgotten = useMutation({ mutationFn: () => api.post("/v1/auth/password/forgotten", { body: { email } }) });
  const running = step === "password" ? withPassword : step === "forgotten" ? forgotten : withCode;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (step === "password") withPassword.mutate();
    else if (step === "forgotten") forgotten.mutate();
    else withCode.mutate(code.trim());
  };
  const go = (next: Step) => (): void => {
    setStep(next);
    setCode("");
    running.reset();
  };

  return (
    <main className={classes["page"]}>
      <Paper withBorder p="xl" w="100%" maw={360} radius="lg">
        <form onSubmit={submit}>
          <Stack gap="md">
            <div className={classes["brand"]}>
              <img src="/icon.svg" alt="" width={22} height={22} />
              <Text fw={600}>Switchyard</Text>
            </div>
            <Title order={1}>{step === "code" || step === "backup" ? t("signIn.codeTitle") : t("signIn.title")}</Title>
            {running.error !== null && <Trouble error={running.error} />}
            {(step === "password" || step === "forgotten") && (
              <TextInput
                size="sm"
                label={t("signIn.email")}
                type="email"
                autoComplete="username"
                required
                value={email}
                onChange={(event) => setEmail(event.currentTarget.value)}
                data-autofocus
              />
            )}
            {step === "password" && (
              <PasswordInput
                size="sm"
                label={t("signIn.password")}
                autoComplete="current-password"
                required
                value={password}
                onChange={(event) => setPassword(event.currentTarget.value)}
              />
            )}
            {step === "code" && (
              <Stack gap="xs">
                <Text size="sm" id="code-label">
                  {t("signIn.code")}
                </Text>
                <PinInput
                  length={6}
                  type="number"
                  oneTimeCode
                  autoFocus
                  aria-label={t("signIn.code")}
                  value={code}
                  onChange={setCode}
                  onComplete={(shown) => withCode.mutate(shown)}
                />
              </Stack>
            )}
            {step === "backup" && (
              <TextInput
                size="sm"
                label={t("signIn.backupCode")}
                required
                autoFocus
                value={code}
                onChange={(event) => setCode(event.currentTarget.value)}
              />
            )}
            {step === "forgotten" && forgotten.data !== undefined ? (
              <Text role="status">{forgotten.data.next}</Text>
            ) : (
              <Button type="submit" size="sm" loading={running.isPending}>
                {step === "password"
                  ? t("signIn.submit")
                  : step === "forgotten"
                    ? t("signIn.sendLink")
                    : t("signIn.continue")}
              </Button>
            )}
            <div className={classes["others"]}>
              {step === "password" && (
                <Anchor component="button" type="button" size="sm" onClick={go("forgotten")}>
                  {t("signIn.forgotten")}
                </Anchor>
              )}
              {step === "code" && (
                <Anchor component="button" type="button" size="sm" onClick={go("backup")}>
                  {t("signIn.useBackup")}
                </Anchor>
              )}
              {step === "backup" && (
                <Anchor component="button" type="button" size="sm" onClick={go("code")}>
                  {t("signIn.useApp")}
                </Anchor>
              )}
              {step !== "password" && (
                <Anchor component="button" type="button" size="sm" onClick={go("password")}>
                  {t("signIn.back")}
                </Anchor>
              )}
              {session?.is_visitor === true && session.workspace !== null && (
                <Anchor component={Link} to={`/${session.workspace.slug}` as never} size="sm">
                  {t("signIn.lookAtSandbox")}
                </Anchor>
              )}
            </div>
          </Stack>
        </form>
      </Paper>
    </main>
  );
}
