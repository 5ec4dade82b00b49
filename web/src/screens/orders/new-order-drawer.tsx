import { Drawer, Title } from "@mantine/core";
import { useTranslation } from "../../i18n.ts";
import { NewOrder } from "./new-order.tsx";

interface NewOrderDrawerProps {
  opened: boolean;
  onClose: () => void;
  onMade: (id: string) => void;
}

/** The form lies beside the list, and begins anew each time. */
export function NewOrderDrawer({ opened, onClose, onMade }: NewOrderDrawerProps) {
  const { t } = useTranslation();
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size={640}
      title={<Title order={2}>{t("orders.new.title")}</Title>}
      closeButtonProps={{ "aria-label": t("shell.close") }}
    >
      {opened && <NewOrder onMade={onMade} />}
    </Drawer>
  );
}
