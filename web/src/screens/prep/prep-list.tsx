import type { RefObject } from "react";
import { useTranslation } from "../../i18n.ts";
import type { Schemas } from "../../app/api.ts";
import { useHere } from "../../app/session.tsx";
import { StateBadge, type Tone } from "../../parts/badges.tsx";
import { Empty, Waiting } from "../../parts/page.tsx";
import { ShipBy } from "../../parts/ship-by.tsx";
import { same } from "./counts.ts";
import classes from "./prep.module.css";
import type { Scanned, Show } from "./prep.tsx";

type Row = Schemas["DeskRow"];

interface PrepListProps {
  now: RefObject<Scanned>;
  show: Show;
  rows: readonly Row[] | undefined;
  isMore: boolean;
  onOpen: (id: string) => void;
}
const tones: Readonly<Record<string, Tone>> = {
  ready: "blue",
  printed: "amber",
  collecting: "amber",
  partially_shipped: "teal",
  cancelled: "red",
};

/** What is to be packed. A scan of an order's number opens it, that of an item opens the order that wants it first. */
export function PrepList({ now, show, rows, isMore, onOpen }: PrepListProps) {
  const { t } = useTranslation();
  const { api } = useHere();
  const scan = async (text: string): Promise<void> => {
    const found = rows?.find((row) => same(row.order_number, text) || same(row.id, text)) ?? wanting(rows ?? [], text);
    if (found !== undefined) return onOpen(found.id);
    try {
      const { fulfillment_orders: elsewhere } = await api.get("/v1/desk", { query: { at: "prep", number: text } });
      const [first] = elsewhere;
      if (first !== undefined) return onOpen(first.id);
      show({ tone: "bad", word: t("prep.word.unknown"), text: t("prep.says.nothing", { text }) });
    } catch {
      show({ tone: "wait", word: t("prep.word.wait"), text: t("prep.says.offline") });
    }
  };
  now.current = {
    scan: (text) => void scan(text),
    enter: () => {
      const [first] = rows ?? [];
      if (first !== undefined) onOpen(first.id);
    },
  };
  return (
    <div className={classes["body"]}>
      {rows === undefined ? (
        <Waiting />
      ) : rows.length === 0 ? (
        <Empty title={t("prep.none")}>{t("prep.noneHint")}</Empty>
      ) : (
        <ul className={classes["rows"]} aria-label={t("prep.list")}>
          {rows.map((row) => (
            <li key={row.id}>
              <button type="button" className={classes["row"]} onClick={() => onOpen(row.id)}>
                <span className={`${classes["number"]} cut`}>{row.order_number}</span>
                <StateBadge tone={tones[row.state] ?? "grey"}>{stateOf(row)}</StateBadge>
                <span className={classes["what"]}>
                  {t("prep.items", { count: sum(row, "units") })} · {row.lines.map(({ title }) => title).join(", ")}
                  {row.ship_by !== null && (
                    <>
                      {" · "}
                      <ShipBy at={row.ship_by} />
                    </>
                  )}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {isMore && <p className="dim">{t("prep.more", { count: rows?.length ?? 0 })}</p>}
    </div>
  );

  function stateOf(row: Row): string {
    if (row.state === "collecting")
      return t("prep.state.collecting", { counted: sum(row, "units_collected"), expected: sum(row, "units") });
    return t(`prep.state.${row.state as "ready"}`, row.state);
  }
}

const sum = (row: Row, of: "units" | "units_collected"): number =>
  row.lines.reduce((total, line) => total + line[of] - (of === "units" ? line.units_cancelled : 0), 0);

/** The order that wants this item: one that is nothing else before one that is more, each time the one that must leave first. */
function wanting(rows: readonly Row[], text: string): Row | undefined {
  const its = rows.filter(
    ({ state, lines }) =>
      state !== "cancelled" &&
      lines.some((line) => same(line.supplier_sku, text) && line.units - line.units_cancelled > line.units_collected),
  );
  return its.find(({ lines }) => lines.length === 1) ?? its[0];
}
