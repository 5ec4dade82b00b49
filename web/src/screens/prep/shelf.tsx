import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { useRef, useState, type FormEvent, type RefObject } from "react";
import { useTranslation } from "../../i18n.ts";
import { useHere, useRefresh } from "../../app/session.tsx";
import { formatCount } from "../../parts/format.ts";
import { Empty, Trouble, Waiting } from "../../parts/page.tsx";
import { useSuppliers } from "../../parts/resolve/set-up.ts";
import { same } from "./counts.ts";
import classes from "./prep.module.css";
import type { Scanned, Show } from "./prep.tsx";

/** What lies on a prep centre's shelf, and goods that come in: scan the item, type how many. */
export function Shelf({ now, show }: { now: RefObject<Scanned>; show: Show }) {
  const { t } = useTranslation();
  const { api, workspace, session, may } = useHere();
  const refresh = useRefresh();
  const [chosen, setChosen] = useState<string | null>(null);
  const [sku, setSku] = useState<string | null>(null);
  const [isCounting, setCounting] = useState(false);
  const amount = useRef<HTMLInputElement>(null);
  const seesAll = may("set_up.read");
  const suppliers = useSuppliers();
  // Who only packs knows the own centre by the session.
  const known = (seesAll ? suppliers : (session.suppliers ?? []))?.filter(({ role }) => role === "prep");
  const centres = known ?? [];
  const centre = chosen ?? centres[0]?.id;
  const { data, error, refetch } = useQuery({
    queryKey: [workspace.slug, "stock", centre],
    queryFn: async ({ signal }) => {
      const rows = [];
      for await (const page of api.pages("/v1/stock", { query: { supplier: centre!, limit: 200 }, signal }))
        rows.push(...page.stock);
      return rows;
    },
    enabled: centre !== undefined && seesAll,
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  });
  const put = useMutation({
    mutationFn: async ({ supplier, item, units }: { supplier: string; item: string; units: number }) => {
      if (isCounting) {
        await api.put("/v1/stock", { body: { supplier, stock: [{ supplier_sku: item, on_hand: units }] } });
        return units;
      }
      const { stock } = await api.post("/v1/stock/received", {
        body: { supplier, stock: [{ supplier_sku: item, units }] },
      });
      return stock[0]!.on_hand;
    },
    onSuccess: async (onHand, { item, units }) => {
      const text = isCounting
        ? t("prep.shelf.countedSaid", { sku: item, onHand })
        : t("prep.shelf.received", { sku: item, units, onHand });
      show({ tone: "good", word: t("prep.word.good"), text });
      setSku(null);
      await refresh("stock");
    },
  });
  const choose = (item: string, counts: boolean): void => {
    setSku(item);
    setCounting(counts);
    put.reset();
    setTimeout(() => amount.current?.focus());
  };
  now.current = {
    scan: (text) => choose(data?.find((row) => same(row.supplier_sku, text))?.supplier_sku ?? text, false),
    enter: () => undefined,
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const units = Number(amount.current?.value);
    if (centre !== undefined && sku !== null && Number.isInteger(units))
      put.mutate({ supplier: centre, item: sku, units });
  };
  if (known !== undefined && centres.length === 0)
    return <Empty title={t("prep.shelf.none")}>{t("prep.shelf.noneHint")}</Empty>;
  return (
    <div className={classes["body"]}>
      {error !== null && <Trouble error={error} onRetry={() => void refetch()} />}
      {centres.length > 1 && (
        <div className={classes["form"]}>
          <label>
            {t("prep.shelf.where")}
            <select value={centre} onChange={(event) => setChosen(event.currentTarget.value)}>
              {centres.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        </div>
      )}
      {sku !== null && (
        <form className={classes["form"]} onSubmit={submit} key={`${sku} ${isCounting}`}>
          <label>
            {sku} · {t(isCounting ? "prep.shelf.counted" : "prep.shelf.units")}
            <input
              ref={amount}
              type="number"
              inputMode="numeric"
              min={isCounting ? 0 : 1}
              max={1_000_000}
              step={1}
              required
              defaultValue={isCounting ? "" : 1}
              onFocus={(event) => event.currentTarget.select()}
            />
          </label>
          <button type="submit" className={classes["act"]} data-main disabled={put.isPending}>
            {t(isCounting ? "prep.shelf.count" : "prep.shelf.receive")}
          </button>
        </form>
      )}
      {put.error !== null && <Trouble error={put.error} />}
      {!seesAll ? (
        sku === null && <Empty title={t("prep.shelf.receive")}>{t("prep.shelf.noneHint")}</Empty>
      ) : data === undefined ? (
        <Waiting />
      ) : data.length === 0 ? (
        <Empty title={t("prep.shelf.none")}>{t("prep.shelf.noneHint")}</Empty>
      ) : (
        <table className={classes["shelf"]} aria-label={t("prep.shelf.list")}>
          <thead>
            <tr>
              <th scope="col">{t("prep.shelf.sku")}</th>
              <th scope="col" data-right>
                {t("prep.shelf.onHand")}
              </th>
              <th scope="col" data-right>
                {t("prep.shelf.promised")}
              </th>
              <th scope="col" data-right>
                {t("prep.shelf.free")}
              </th>
              <th />
            </tr>
          </thead>
          <tbody>
            {data.map((row) => (
              <tr key={row.supplier_sku}>
                <td>{row.supplier_sku}</td>
                <td data-right>{formatCount(row.on_hand)}</td>
                <td data-right>{formatCount(row.reserved)}</td>
                <td data-right>{formatCount(row.available)}</td>
                <td data-right>
                  <button type="button" className={classes["hand"]} onClick={() => choose(row.supplier_sku, false)}>
                    {t("prep.shelf.receive")}
                  </button>{" "}
                  {may("set_up.change") && (
                    <button type="button" className={classes["hand"]} onClick={() => choose(row.supplier_sku, true)}>
                      {t("prep.shelf.count")}
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
