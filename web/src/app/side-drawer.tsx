import { Drawer } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "../i18n.ts";

interface SideDrawerProps {
  opened: boolean;
  onClose: () => void;
  children: ReactNode;
}

/** The side bar where the screen is narrow. */
export function SideDrawer({ opened, onClose, children }: SideDrawerProps) {
  const { t } = useTranslation();
  return (
    <Drawer opened={opened} onClose={onClose} size={260} padding={0} withCloseButton={false} title={t("shell.menu")}>
      {children}
    </Drawer>
  );
}
