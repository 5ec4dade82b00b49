import { useTranslation } from "../../i18n.ts";
import type { Schemas } from "../../app/api.ts";
import { AddressLines, addressDifference } from "../address.tsx";
import classes from "./resolve.module.css";
import type { Hold, Order } from "./subject.ts";

type Address = Schemas["Address"];
const isAddress = (value: unknown): value is Address =>
  typeof value === "object" && value !== null && "postcode" in value;

/** What the channel says now and what holds here, side by side; what differs is marked. */
export function ChangeSides({ order, hold, chosen }: { order: Order; hold: Hold; chosen: "theirs" | "ours" }) {
  const { t } = useTranslation();
  const { theirs, ours } = hold.detail;
  const sides = [
    ["theirs", t("resolve.change.says", { channel: order.channel.name }), theirs, ours],
    ["ours", t("resolve.change.here"), ours, theirs],
  ] as const;
  return (
    <div className={classes["sides"]}>
      {sides.map(([side, title, value, other]) => (
        <div key={side} className={classes["side"]} data-chosen={side === chosen || undefined}>
          <div className={classes["sideTitle"]}>{title}</div>
          {isAddress(value) ? (
            <AddressLines address={value} changed={isAddress(other) ? addressDifference(value, other) : []} />
          ) : value === null || value === undefined ? (
            <span className="dim">{t("resolve.change.unknown")}</span>
          ) : typeof value === "number" ? (
            <strong className="num">{t("resolve.change.units", { count: value })}</strong>
          ) : (
            <strong>{JSON.stringify(value)}</strong>
          )}
        </div>
      ))}
    </div>
  );
}
