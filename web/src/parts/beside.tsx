import { ActionIcon, Drawer, Group, Title } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import classes from "./beside.module.css";
import { useKeys } from "./keys.tsx";

interface BesideProps {
  title: string;
  /** Beside the title, such as a badge. */
  mark?: ReactNode;
  onClose: () => void;
  children: ReactNode;
}

/** One row of a list, open beside it; the list stays usable, and J and K walk on. */
export function Beside({ title, mark, onClose, children }: BesideProps) {
  const { t } = useTranslation();
  useKeys([{ key: "Escape", label: t("keys.close"), run: onClose }]);
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={480}
      withCloseButton={false}
      padding={0}
      title={null}
      overlayProps={{ backgroundOpacity: 0.06 }}
      lockScroll={false}
      trapFocus={false}
      aria-label={title}
    >
      <div className={classes["beside"]}>
        <header className={classes["head"]}>
          <Group gap="sm" wrap="nowrap" miw={0}>
            <Title order={2} className="cut">
              {title}
            </Title>
            {mark}
          </Group>
          <ActionIcon onClick={onClose} aria-label={t("shell.close")}>
            <IconX size={18} />
          </ActionIcon>
        </header>
        <div className={classes["body"]}>{children}</div>
      </div>
    </Drawer>
  );
}
