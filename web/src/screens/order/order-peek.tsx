import { ActionIcon, Group, Tooltip } from "@mantine/core";
import { IconArrowsDiagonal, IconX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useHere } from "../../app/session.tsx";
import { useKeys } from "../../parts/keys.tsx";
import { OrderView } from "./order-view.tsx";

/** An order beside its list. */
export function OrderPeek({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const { workspace } = useHere();
  useKeys([{ key: "Escape", label: t("keys.close"), run: onClose }]);
  return (
    <OrderView
      id={id}
      controls={
        <Group gap={4}>
          <Tooltip label={t("order.openPage")}>
            <ActionIcon
              component={Link}
              to={`/${workspace.slug}/orders/${id}` as never}
              aria-label={t("order.openPage")}
            >
              <IconArrowsDiagonal size={16} />
            </ActionIcon>
          </Tooltip>
          <ActionIcon onClick={onClose} aria-label={t("order.close")}>
            <IconX size={18} />
          </ActionIcon>
        </Group>
      }
    />
  );
}
