import { Button, Center, Loader, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, Navigate, useLocation, useParams } from "@tanstack/react-router";
import { useTranslation } from "../i18n.ts";
import { Trouble } from "../parts/page.tsx";
import { homeOf, SessionProvider, sessionQuery } from "./session.tsx";
import { Shell } from "./shell.tsx";

const lastKey = "switchyard.workspace";

/** `/`: the workspace that was looked at last, the only one, or the sandbox. */
export function Start() {
  const { data: session, error, refetch } = useQuery(sessionQuery(null));
  if (error !== null) return <Trouble error={error} onRetry={() => void refetch()} />;
  if (session === undefined) return <Opening />;
  const last = localStorage.getItem(lastKey);
  const slug =
    session.workspaces.find((each) => each.slug === last)?.slug ??
    session.workspaces.find((each) => each.kind === "own")?.slug ??
    session.workspaces[0]?.slug ??
    session.workspace?.slug;
  if (slug === undefined) return <Navigate to="/sign-in" replace />;
  return <Navigate to="/$workspace" params={{ workspace: slug }} replace />;
}

/** Below `/acme`: asks who this is there, and shows the frame; whoever is nobody there signs in first. */
export function EnterWorkspace() {
  const { workspace } = useParams({ from: "/$workspace" });
  const location = useLocation();
  const { data: session, error, refetch } = useQuery(sessionQuery(workspace));
  const { t } = useTranslation();
  if (error !== null && session === undefined) return <Trouble error={error} onRetry={() => void refetch()} />;
  if (session === undefined) return <Opening />;
  if (session.workspace === null) {
    if (session.user === null) return <Navigate to="/sign-in" search={{ to: location.href }} replace />;
    return (
      <Center h="100%">
        <Stack align="center" gap="sm">
          <Title order={1}>{t("enter.none")}</Title>
          <Text c="dimmed">{t("enter.noneHint", { workspace })}</Text>
          <Button component={Link} to="/">
            {t("enter.home")}
          </Button>
        </Stack>
      </Center>
    );
  }
  localStorage.setItem(lastKey, session.workspace.slug);
  const isAtTheDoor = location.pathname.replace(/\/$/, "") === `/${workspace}`;
  if (isAtTheDoor) return <Navigate to={`/${workspace}/${homeOf(session.role)}` as never} replace />;
  return (
    <SessionProvider session={session} key={session.workspace.slug}>
      <Shell />
    </SessionProvider>
  );
}

export function Opening() {
  const { t } = useTranslation();
  return (
    <Center h="100%">
      <Stack align="center" gap="sm">
        <Loader size="sm" />
        <Text c="dimmed" size="sm">
          {t("enter.opening")}
        </Text>
      </Stack>
    </Center>
  );
}

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Center h="100%">
      <Stack align="center" gap="sm">
        <Title order={1}>{t("enter.notFound")}</Title>
        <Text c="dimmed">{t("enter.notFoundHint")}</Text>
        <Button component={Link} to="/">
          {t("enter.home")}
        </Button>
      </Stack>
    </Center>
  );
}
