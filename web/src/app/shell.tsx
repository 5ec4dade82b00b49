import { ActionIcon, Avatar, Burger, NavLink, Text, UnstyledButton } from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import { IconChevronDown, IconSearch } from "@tabler/icons-react";
import { Link, Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { useId, useRef } from "react";
import { useTranslation } from "../i18n.ts";
import { KeyName, useKeys } from "../parts/keys.tsx";
import { later } from "../parts/later.tsx";
import { Ago } from "../parts/time.tsx";
import { Ahead } from "./ahead.tsx";
import { useLive, useLiveness } from "./live.ts";
import { groupOrder, pagesFor } from "./nav.ts";
import { openPalette } from "./open-palette.ts";
import { LazyPalette } from "./lazy-palette.tsx";
import { LazyProve } from "./lazy-prove.tsx";
import { useHere } from "./session.tsx";
import classes from "./shell.module.css";

const WorkspaceMenu = later(async () => (await import("./workspace-menu.tsx")).WorkspaceMenu);
const SideDrawer = later(async () => (await import("./side-drawer.tsx")).SideDrawer);

/** The frame of every page of a workspace: where one is, where one can go, who one is, and whether what is shown is the newest. */
export function Shell() {
  useLive();
  const { t } = useTranslation();
  const { session, workspace, may } = useHere();
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const isNarrow = useMediaQuery("(max-width: 56em)") ?? false;
  const navigate = useNavigate();
  const items = pagesFor(may);
  useKeys([
    { key: "Mod+k", label: t("keys.palette"), run: openPalette, inFields: true },
    ...items
      .filter(({ chord }) => chord !== undefined)
      .map(({ chord, to, label }) => ({
        key: `g ${chord!}`,
        label: t("keys.goTo", { page: t(`nav.${label}`) }),
        run: () => void navigate({ to: `/${workspace.slug}/${to}` as never }),
      })),
  ]);
  const side = <Side onGo={close} />;
  return (
    <div className={classes["shell"]}>
      <a className={classes["skip"]} href="#content">
        {t("shell.skip")}
      </a>
      {isNarrow ? (
        <header className={classes["bar"]}>
          <Burger opened={isOpen} onClick={toggle} size="sm" aria-label={t("shell.menu")} />
          <Text fw={600} className="cut" flex={1}>
            {workspace.name}
          </Text>
          <ActionIcon size="lg" onClick={openPalette} aria-label={t("shell.search")}>
            <IconSearch size={18} />
          </ActionIcon>
          <SideDrawer when={isOpen} opened={isOpen} onClose={close}>
            {side}
          </SideDrawer>
        </header>
      ) : (
        <div className={classes["side"]}>{side}</div>
      )}
      <div className={classes["main"]}>
        {session.safe_mode !== null && (
          <div className={classes["notice"]} data-tone="red" role="status">
            {t("shell.safeMode", { why: session.safe_mode })}
          </div>
        )}
        {workspace.kind === "sandbox" && (
          <div className={classes["notice"]} data-tone="violet" role="status">
            <span>{t("shell.sandbox")}</span>
            {session.set_up_needed && <span className="dim">{t("shell.setUpNeeded")}</span>}
            {!session.set_up_needed && session.user === null && <Link to="/sign-in">{t("shell.signIn")}</Link>}
          </div>
        )}
        <Outlet />
      </div>
      <LazyPalette />
      <LazyProve />
      <Ahead />
    </div>
  );
}

function Side({ onGo }: { onGo: () => void }) {
  const { t } = useTranslation();
  const { workspace, may } = useHere();
  const { pathname } = useLocation();
  const items = pagesFor(may);
  const groups = groupOrder.filter((each) => items.some(({ group }) => group === each));
  return (
    <>
      <WorkspaceButton />
      <UnstyledButton className={classes["find"]} onClick={openPalette}>
        <IconSearch size={14} aria-hidden />
        <span className="cut">{t("shell.search")}</span>
        <KeyName name="Mod+K" />
      </UnstyledButton>
      <nav className={classes["nav"]} aria-label={t("shell.pages")}>
        {groups.map((group) => (
          <div key={group} className={classes["group"]}>
            {items
              .filter((each) => each.group === group)
              .map(({ to, label, icon: Icon, chord }) => {
                const href = `/${workspace.slug}/${to}`;
                const isHere = pathname === href || pathname.startsWith(`${href}/`);
                return (
                  <NavLink
                    key={to}
                    component={Link}
                    to={href as never}
                    onClick={onGo}
                    active={isHere}
                    aria-current={isHere ? "page" : undefined}
                    label={t(`nav.${label}`)}
                    title={chord === undefined ? undefined : `G ${chord.toUpperCase()}`}
                    leftSection={<Icon size={16} stroke={1.6} aria-hidden />}
                    className={classes["link"]!}
                  />
                );
              })}
          </div>
        ))}
      </nav>
      <Freshness />
    </>
  );
}

/** Whether the page is told of changes, and since when it was not. */
function Freshness() {
  const { t } = useTranslation();
  const { may } = useHere();
  const { state, at } = useLiveness();
  if (!may("events.read")) return null;
  return (
    <div className={classes["fresh"]} data-state={state} role="status">
      <span className={classes["dot"]} aria-hidden />
      {state === "live" ? (
        t("shell.live")
      ) : state === "connecting" ? (
        t("shell.connecting")
      ) : (
        <span>
          {t("shell.lost")} <Ago at={new Date(at).toISOString()} />
        </span>
      )}
    </div>
  );
}

/** What is on the page at once; the menu itself comes when it is wanted. */
function WorkspaceButton() {
  const { workspace } = useHere();
  const id = useId();
  const [isOpen, { toggle, set }] = useDisclosure(false);
  const button = useRef<HTMLButtonElement>(null);
  return (
    <>
      <UnstyledButton
        ref={button}
        id={id}
        className={classes["workspace"]}
        onClick={toggle}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={isOpen ? `${id}-dropdown` : undefined}
      >
        <Avatar size={24} radius="sm" color="rail" variant="filled" name={workspace.name} />
        <span className="cut">{workspace.name}</span>
        <IconChevronDown size={14} aria-hidden />
      </UnstyledButton>
      <WorkspaceMenu when={isOpen} id={id} button={button} opened={isOpen} onChange={set} />
    </>
  );
}
