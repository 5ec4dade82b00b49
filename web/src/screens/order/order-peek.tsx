import { ActionIcon, Group, Tooltip } from "@mantine/core";
import { IconArrowsDiagonal, IconX } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useTranslation } from "../../i18n.ts";
import { useHere } from "../../app/session.tsx";
import { useKeys } from "../../parts/keys.tsx";
import classes from "./order.module.css";
import { OrderView, type Begun } from "./order-view.tsx";

/** An order beside its list, which stays usable: J and K walk on, Enter opens it as a page. */
export function OrderPeek({ id, begun, onClose }: { id: string; begun: Begun | null; onClose: () => void }) {
  const { t } = useTranslation();
  const { workspace } = useHere();
  const navigate = useNavigate();
  const to = `/${workspace.slug}/orders/${id}`;
  useKeys([
    { key: "Escape", label: t("keys.close"), run: onClose },
    { key: "Enter", label: t("order.openPage"), run: () => void navigate({ to: to as never }) },
  ]);
  const panel = useRef<HTMLElement>(null);
  // Keys that scroll shall scroll it, and who hears the page hears that it opened; a form that is there already keeps its caret.
  useEffect(() => {
    if (panel.current?.contains(document.activeElement) === false) panel.current.focus({ preventScroll: true });
  }, []);
  return (
    <section ref={panel} className={classes["peek"]} role="dialog" aria-label={t("order.facts")} tabIndex={-1}>
      <OrderView
        id={id}
        begun={begun}
        controls={
          <Group gap={4} wrap="nowrap">
            <Tooltip label={t("order.openPage")}>
              <ActionIcon component={Link} to={to as never} aria-label={t("order.openPage")}>
                <IconArrowsDiagonal size={16} />
              </ActionIcon>
            </Tooltip>
            <ActionIcon onClick={onClose} aria-label={t("order.close")}>
              <IconX size={18} />
            </ActionIcon>
          </Group>
        }
      />
    </section>
  );
}
