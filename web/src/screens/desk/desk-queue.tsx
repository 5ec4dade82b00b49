import { useTranslation } from "../../i18n.ts";
import { StateBadge } from "../../parts/badges.tsx";
import { letGo } from "../../parts/keys.tsx";
import { ShipBy } from "../../parts/ship-by.tsx";
import classes from "./desk.module.css";
import type { DeskRow } from "./me.ts";

interface DeskQueueProps {
  rows: readonly DeskRow[];
  isMore: boolean;
  currentId: string;
  me: string;
  onOpen: (id: string) => void;
}

export function DeskQueue({ rows, isMore, currentId, me, onOpen }: DeskQueueProps) {
  const { t } = useTranslation();
  return (
    <nav className={classes["queue"]} aria-label={t("desk.queue")}>
      {rows.map((row) => (
        <button
          key={row.id}
          type="button"
          className={classes["waiting"]}
          aria-current={row.id === currentId ? "true" : undefined}
          onClick={(event) => {
            letGo(event);
            onOpen(row.id);
          }}
        >
          <span className={classes["number"]}>
            {row.order.number}
            {row.no > 1 && <span className="dim"> / {row.no}</span>}
          </span>
          {row.claimed_by === null ? (
            <ShipBy at={row.ship_by} />
          ) : (
            <StateBadge tone={row.claimed_by === me ? "violet" : "grey"}>
              {t(row.claimed_by === me ? "desk.yours" : "desk.taken")}
            </StateBadge>
          )}
          <span className={`dim cut ${classes["supplier"]}`}>{row.supplier?.name}</span>
        </button>
      ))}
      {isMore && <p className="dim">{t("desk.more", { count: rows.length })}</p>}
    </nav>
  );
}
