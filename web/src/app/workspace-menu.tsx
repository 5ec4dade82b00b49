import { Menu, useMantineColorScheme } from "@mantine/core";
import { IconKeyboard, IconLogin2, IconLogout, IconMoon, IconSun, IconUser } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useLayoutEffect, type RefCallback, type RefObject } from "react";
import { useTranslation } from "../i18n.ts";
import { useKeysSetting } from "../parts/keys.tsx";
import { apiOf } from "./api.ts";
import { useHere } from "./session.tsx";

interface WorkspaceMenuProps {
  id: string;
  /** It is on the page before its menu is loaded, and stays the same one. */
  button: RefObject<HTMLButtonElement | null>;
  opened: boolean;
  onChange: (opened: boolean) => void;
}

/** The other workspaces, and what is one's own: account, colours, keys, the way out. */
export function WorkspaceMenu({ id, button, opened, onChange }: WorkspaceMenuProps) {
  const { t } = useTranslation();
  const { session, workspace } = useHere();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { showHelp } = useKeysSetting();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const signOut = async (): Promise<void> => {
    await apiOf(null).post("/v1/auth/sign-out", { body: {} });
    queries.clear();
    await navigate({ to: "/sign-in" });
  };
  const isDark = colorScheme === "dark";
  return (
    <Menu id={id} position="bottom-start" width={230} opened={opened} onChange={onChange}>
      <Menu.Target>
        <At button={button} />
      </Menu.Target>
      <Menu.Dropdown>
        {session.user !== null && (
          <Menu.Label>
            {session.user.name} · {session.user.email}
          </Menu.Label>
        )}
        {session.workspaces
          .filter(({ slug }) => slug !== workspace.slug)
          .map(({ slug, name }) => (
            <Menu.Item key={slug} component={Link} to={`/${slug}` as never}>
              {name}
            </Menu.Item>
          ))}
        {session.workspaces.length > 1 && <Menu.Divider />}
        <Menu.Item leftSection={<IconUser size={14} />} component={Link} to={`/${workspace.slug}/account` as never}>
          {t("shell.account")}
        </Menu.Item>
        <Menu.Item
          leftSection={isDark ? <IconSun size={14} /> : <IconMoon size={14} />}
          onClick={() => setColorScheme(isDark ? "light" : "dark")}
        >
          {isDark ? t("shell.light") : t("shell.dark")}
        </Menu.Item>
        <Menu.Item leftSection={<IconKeyboard size={14} />} onClick={showHelp}>
          {t("keys.help")}
        </Menu.Item>
        {session.user === null ? (
          <Menu.Item leftSection={<IconLogin2 size={14} />} component={Link} to="/sign-in">
            {t("shell.signIn")}
          </Menu.Item>
        ) : (
          <Menu.Item leftSection={<IconLogout size={14} />} onClick={() => void signOut()}>
            {t("shell.signOut")}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Tells the menu where its button is. */
function At({ button, ref }: { button: WorkspaceMenuProps["button"]; ref?: RefCallback<HTMLElement> }) {
  useLayoutEffect(() => {
    ref?.(button.current);
  }, [ref, button]);
  return null;
}
