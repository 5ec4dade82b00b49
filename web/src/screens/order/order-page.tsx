import { Button } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { Link, useParams } from "@tanstack/react-router";
import { useWayBack } from "../../app/way-back.ts";
import { useTranslation } from "../../i18n.ts";
import { useHere } from "../../app/session.tsx";
import classes from "./order.module.css";
import { OrderView } from "./order-view.tsx";

export function OrderPage() {
  const { t } = useTranslation();
  const { workspace } = useHere();
  const { order } = useParams({ from: "/$workspace/orders/$order" });
  const { to, search, onClick } = useWayBack(`/${workspace.slug}/orders`);
  return (
    <main id="content" className={classes["page"]}>
      <OrderView
        id={order}
        isWide
        before={
          <Button
            component={Link}
            to={to as never}
            search={search as never}
            onClick={onClick}
            variant="subtle"
            color="gray"
            leftSection={<IconArrowLeft size={14} />}
          >
            {t("order.back")}
          </Button>
        }
      />
    </main>
  );
}
