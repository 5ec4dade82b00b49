import { Drawer } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "../i18n.ts";
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
      padding="lg"
      title={
        <span className={classes["title"]}>
          <span className="cut">{title}</span>
          {mark}
        </span>
      }
      classNames={{ header: classes["head"]!, title: classes["name"]!, body: classes["body"]! }}
      overlayProps={{ backgroundOpacity: 0.06 }}
      lockScroll={false}
      trapFocus={false}
    >
      {children}
    </Drawer>
  );
}
