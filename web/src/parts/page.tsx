import { Alert, Button, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useEffect } from "react";
import { useTranslation } from "../i18n.ts";
import { SwitchyardProblem } from "../app/api.ts";
import classes from "./page.module.css";

interface PageProps {
  title: string;
  /** What can be done here, right of the title; the one that matters most is the only filled button. */
  actions?: ReactNode;
  /** Beside the title: a badge, a count. */
  beside?: ReactNode;
  /** Below the title, above the content that scrolls: tabs, filters. */
  top?: ReactNode;
  /** The content fills the page itself (a table that scrolls). */
  isFull?: boolean;
  children: ReactNode;
}

/** The frame of every page: title and actions stand still, the content scrolls. */
export function Page({ title, actions, beside, top, isFull = false, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Switchyard`;
  }, [title]);
  return (
    <main className={classes["page"]} id="content">
      <header className={classes["head"]}>
        <Group gap="sm" wrap="nowrap" miw={0}>
          <Title order={1} className="cut">
            {title}
          </Title>
          {beside}
        </Group>
        <Group gap="sm" wrap="nowrap">
          {actions}
        </Group>
      </header>
      {top}
      <div className={isFull ? classes["full"] : classes["body"]}>{children}</div>
    </main>
  );
}

/** What went wrong, with the way out and the number that finds it in the log. What was on the page stays. */
export function Trouble({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  const isProblem = error instanceof SwitchyardProblem;
  return (
    <Alert color="red" variant="light" title={isProblem ? error.message : t("trouble.title")} role="alert">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{isProblem ? error.next : String(error)}</Text>
        {isProblem && error.errors.length > 0 && (
          <ul className={classes["errors"]}>
            {error.errors.map((each) => (
              <li key={each.field}>
                <span className="mono">{each.field}</span>: {t("trouble.expected", { expected: each.expected })}
              </li>
            ))}
          </ul>
        )}
        {isProblem && error.reference !== null && (
          <Text size="sm" c="dimmed">
            {t("trouble.reference")} <span className="mono">{error.reference}</span>
          </Text>
        )}
        {onRetry !== undefined && (
          <Button size="compact-sm" variant="default" leftSection={<IconRefresh size={14} />} onClick={onRetry}>
            {t("trouble.retry")}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

/** Three kinds, never mixed: first use (what it is, one button), no result (the filters stay), all done. */
export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <Stack align="center" gap="sm" py={48} px="lg" ta="center">
      <Title order={2}>{title}</Title>
      {children !== undefined && (
        <Text size="md" c="dimmed" maw={440}>
          {children}
        </Text>
      )}
      {action}
    </Stack>
  );
}

/** Label and value, one under the other. */
export function Facts({ facts }: { facts: readonly (readonly [label: string, value: ReactNode])[] }) {
  return (
    <dl className={classes["facts"]}>
      {facts.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A part of a page with a heading. */
export function Section({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  return (
    <section className={classes["section"]}>
      <Group justify="space-between" mb="sm" wrap="nowrap">
        <Title order={2}>{title}</Title>
        <Group gap="sm">{actions}</Group>
      </Group>
      {children}
    </section>
  );
}

export function Waiting({ lines = 8 }: { lines?: number }) {
  return (
    <Stack gap="sm" aria-hidden>
      {Array.from({ length: lines }, (_, index) => (
        <Skeleton key={index} height={14} width={`${90 - ((index * 17) % 40)}%`} />
      ))}
    </Stack>
  );
}
