import { ActionIcon, CopyButton, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "../i18n.ts";
import classes from "./page.module.css";

/** A value that a click copies. */
export function Copyable({ value, label, children }: { value: string; label?: string; children?: ReactNode }) {
  const { t } = useTranslation();
  return (
    <CopyButton value={value} timeout={1500}>
      {({ copied, copy }) => (
        <span className={classes["copyable"]}>
          <span>{children ?? value}</span>
          <Tooltip label={copied ? t("copy.done") : t("copy.do")}>
            <ActionIcon size="xs" onClick={copy} aria-label={t("copy.what", { what: label ?? value })}>
              {copied ? <IconCheck size={12} /> : <IconCopy size={12} />}
            </ActionIcon>
          </Tooltip>
        </span>
      )}
    </CopyButton>
  );
}
