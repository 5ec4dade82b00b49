import { Drawer } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "../i18n.ts";
import classes from "./shell.module.css";

interface SideDrawerProps {
  opened: boolean;
  onClose: () => void;
  children: ReactNode;
}

/** The side bar where the screen is narrow. */
export function SideDrawer({ opened, onClose, children }: SideDrawerProps) {
  const { t } = useTranslation();
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      size={260}
      withCloseButton={false}
      title={t("shell.menu")}
      classNames={{ header: classes["drawerHead"]!, body: classes["drawer"]! }}
    >
      {children}
    </Drawer>
  );
}
