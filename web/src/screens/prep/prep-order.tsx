import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type RefObject } from "react";
import { useTranslation } from "../../i18n.ts";
import type { Schemas } from "../../app/api.ts";
import { useHere } from "../../app/session.tsx";
import { addressText } from "../../parts/address.tsx";
import { StateBadge } from "../../parts/badges.tsx";
import { KeyName, useKeys } from "../../parts/keys.tsx";
import { Trouble, Waiting } from "../../parts/page.tsx";
import { ShipBy } from "../../parts/ship-by.tsx";
import { countsOf, same, type Counted, type Detail } from "./counts.ts";
import classes from "./prep.module.css";
import type { Scanned, Show } from "./prep.tsx";
import { useKept, type Outcome, type ScanQueue, type Step } from "./scan-queue.ts";
import { Slip } from "./slip.tsx";

interface PrepOrderProps {
  id: string;
  now: RefObject<Scanned>;
  show: Show;
  queue: ScanQueue;
  rows: readonly Schemas["DeskRow"][];
  onOpen: (id: string | undefined) => void;
}
interface LastScan {
  sku: string;
  units: number;
}
/** Whether printing a label prints a slip as well; a tablet without a printer has no use for it. */
const slipsKey = "switchyard.prep.slips";
const carriers = ["UPS", "DHL", "FedEx", "USPS", "Deutsche Post", "Royal Mail", "DPD", "GLS", "Evri", "La Poste"];

/** One parcel: print, collect by scan against what is expected, scan the label, gone. */
export function PrepOrder({ id, now, show, queue, rows, onOpen }: PrepOrderProps) {
  const { t } = useTranslation();
  const { api, workspace } = useHere();
  const queries = useQueryClient();
  const queryKey = [workspace.slug, "desk", "one", id];
  const { data, error, refetch } = useQuery({
    queryKey,
    queryFn: ({ signal }) => api.get("/v1/desk/{id}", { path: { id }, signal }),
    refetchInterval: 10_000,
  });
  const kept = useKept(queue);
  const [last, setLast] = useState<LastScan | null>(null);
  const [isPart, setPart] = useState(false);
  const [asked, setAsked] = useState<string | null>(null);
  const [hasSlips, setSlips] = useState(() => localStorage.getItem(slipsKey) !== "off");

  const latest = (): { detail: Detail; counts: Counted[]; state: string } | null => {
    const detail = queries.getQueryData<Detail>(queryKey);
    const steps = queue.kept().map(({ step }) => step);
    return detail === undefined ? null : { detail, counts: countsOf(detail, steps), state: stateOf(detail, steps) };
  };
  const act = async (step: Step, good: () => void): Promise<void> => {
    const outcome: Outcome = await queue.add(step);
    if (outcome.is === "done") return good();
    if (outcome.is === "kept") return show({ tone: "wait", word: t("prep.word.kept"), text: t("prep.says.kept") });
    const { problem } = outcome;
    void refetch();
    if (problem.code === "carrier_missing" && step.do === "ship") return setAsked(step.body.tracking_number);
    show({
      tone: "bad",
      word: t(problem.code === "stop" || problem.message.startsWith("STOP") ? "prep.word.stop" : "prep.word.wrong"),
      text: problem.message.replace(/^STOP: /, ""),
      ...(problem.code === "tracking_not_accepted" && step.do === "ship"
        ? { offer: { label: t("prep.sure"), run: () => void ship({ ...step.body, sure: true }) } }
        : {}),
    });
  };

  const print = (): Promise<void> =>
    act({ do: "print", part: id, body: {} }, () => {
      show({ tone: "good", word: t("prep.word.printed"), text: t("prep.says.printed") });
      if (hasSlips) window.print();
    });
  const printAgain = async (): Promise<void> => {
    // A second label makes the first one void, and both are in the trail; once something is collected only the slip is printed again.
    if (latest()?.state !== "printed") return window.print();
    await queue.add({ do: "back", part: id, body: {} });
    await print();
  };
  const collect = (sku: string, units: number): Promise<void> =>
    act({ do: "collect", part: id, body: { supplier_sku: sku, units } }, () => {
      setLast({ sku, units });
      const counts = latest()?.counts ?? [];
      const line = counts.find((each) => each.sku === sku);
      const isAll = counts.every(({ left }) => left === 0);
      show({
        tone: "good",
        word: t(isAll ? "prep.word.all" : "prep.word.good"),
        text: isAll
          ? t("prep.says.complete")
          : t("prep.says.counted", { sku, counted: line?.counted ?? 0, expected: line?.expected ?? 0 }),
      });
    });
  const undo = (): Promise<void> | undefined =>
    last === null
      ? undefined
      : act({ do: "uncollect", part: id, body: { supplier_sku: last.sku, units: last.units } }, () => {
          setLast(null);
          show({ tone: "wait", word: t("prep.word.back"), text: t("prep.says.undone", { sku: last.sku }) });
        });
  const putBack = (sku: string, units: number): Promise<void> =>
    act({ do: "put-back", part: id, body: { supplier_sku: sku, units } }, () => {
      show({ tone: "good", word: t("prep.word.shelf"), text: t("prep.says.shelved", { sku }) });
      const rest = latest();
      if (rest?.state === "cancelled" && rest.counts.every(({ surplus }) => surplus === 0)) onOpen(undefined);
    });
  const ship = (body: { tracking_number: string; carrier?: string; sure?: boolean }): Promise<void> =>
    act({ do: "ship", part: id, body }, () => {
      const order = data?.order_number ?? "";
      const isRest = isPart && latest()?.counts.some(({ left }) => left > 0) === true;
      setPart(false);
      setAsked(null);
      setLast(null);
      show({ tone: "good", word: t("prep.word.shipped"), text: t("prep.says.shipped", { order }) });
      if (!isRest) onOpen(undefined);
    });

  const wrong = (text: string, word: "wrong" | "stop" = "wrong"): void =>
    show({ tone: "bad", word: t(`prep.word.${word}`), text });
  const scan = (text: string): void => {
    const seen = latest();
    if (seen === null) return show({ tone: "wait", word: t("prep.word.wait"), text: t("prep.says.offline") });
    const { detail, counts, state } = seen;
    if (same(text, detail.order_number) || same(text, detail.id)) {
      if (state === "ready") return void print();
      return show({ tone: "wait", word: t("prep.word.opened"), text: detail.order_number });
    }
    const line = counts.find(({ sku }) => same(sku, text));
    const surplus = counts.filter((each) => each.surplus > 0);
    if (surplus.length > 0) {
      if (line !== undefined && line.surplus > 0) return void putBack(line.sku, 1);
      return wrong(t("prep.says.putBackFirst", { expected: listed(surplus, "surplus") }), "stop");
    }
    if (line === undefined) {
      const other = rows.find((row) => same(row.order_number, text));
      if (other !== undefined) return onOpen(other.id);
    }
    if (state === "ready") return show({ tone: "wait", word: t("prep.word.wait"), text: t("prep.says.printFirst") });
    if (line !== undefined) {
      if (line.left > 0) return void collect(line.sku, 1);
      return wrong(t("prep.says.tooMany", { sku: line.sku, expected: line.expected }));
    }
    const isAll = counts.every(({ left }) => left === 0);
    if (isAll || isPart) return void ship({ tracking_number: text });
    wrong(
      t("prep.says.notHere", {
        sku: text,
        order: detail.order_number,
        expected: listed(counts, "left") || t("prep.says.nothingMore"),
      }),
    );
  };
  const state = data === undefined ? "" : stateOf(data, kept);
  now.current = {
    scan,
    enter: () => {
      if (latest()?.state === "ready") void print();
    },
  };
  useKeys([{ key: "Mod+z", label: t("prep.keys.undo"), run: () => void undo(), inFields: true }]);

  if (data === undefined)
    return (
      <div className={classes["body"]}>
        {error === null ? <Waiting /> : <Trouble error={error} onRetry={() => void refetch()} />}
      </div>
    );
  const counts = countsOf(data, kept);
  const isSurplus = counts.some(({ surplus }) => surplus > 0);
  const isAll = counts.every(({ left }) => left === 0);
  const mayCollect = (state === "printed" || state === "collecting" || state === "partially_shipped") && !isSurplus;
  const nextStep = isSurplus
    ? t("prep.steps.putBack")
    : state === "ready"
      ? t("prep.steps.print")
      : isAll || isPart
        ? t("prep.steps.ship")
        : t("prep.steps.collect");
  const verdict = data.actions.print;
  const to = data.ship_to;
  return (
    <>
      <div className={classes["body"]}>
        <div className={classes["head"]}>
          <h2 className="num">{data.order_number}</h2>
          {isSurplus && <StateBadge tone="red">{t("prep.state.cancelled")}</StateBadge>}
          {data.ship_by !== null && <ShipBy at={data.ship_by} />}
          <span className="dim">{data.supplier.name}</span>
        </div>
        <p className={classes["next"]}>{nextStep}</p>
        {asked !== null && (
          <section className={classes["where"]} aria-label={t("prep.carrier")}>
            <p>{t("prep.carrierAsk", { number: asked })}</p>
            <div className={classes["carriers"]}>
              {carriers.map((carrier) => (
                <button
                  key={carrier}
                  type="button"
                  className={classes["act"]}
                  onClick={() => void ship({ tracking_number: asked, carrier })}
                >
                  {carrier}
                </button>
              ))}
            </div>
          </section>
        )}
        <ul className={classes["lines"]}>
          {counts.map((line) => (
            <li
              key={line.sku}
              className={classes["line"]}
              data-state={line.surplus > 0 ? "back" : line.left === 0 ? "all" : line.counted > 0 ? "some" : undefined}
            >
              <div>
                <div className={classes["title"]}>{line.title}</div>
                <div className={classes["sku"]}>
                  {line.sku}
                  {line.shipped > 0 && ` · ${line.shipped} ${t("prep.gone")}`}
                  {line.surplus > 0 && ` · ${t("prep.putBack", { count: line.surplus })}`}
                </div>
              </div>
              <div className={classes["count"]}>
                {line.counted} <small>/ {line.expected}</small>
                <span className="heard">
                  {t("prep.inParcel")} / {t("prep.expected")}
                </span>
              </div>
              {line.surplus > 0 ? (
                <button type="button" className={classes["hand"]} onClick={() => void putBack(line.sku, line.surplus)}>
                  {t("prep.putBack", { count: line.surplus })}
                </button>
              ) : (
                mayCollect &&
                line.left > 0 && (
                  <button type="button" className={classes["hand"]} onClick={() => void collect(line.sku, line.left)}>
                    {t("prep.countAll", { count: line.left })}
                  </button>
                )
              )}
            </li>
          ))}
        </ul>
        {to !== null && (
          <div className={classes["where"]}>
            <span className="dim">{t("prep.sendTo")}</span>
            <p>{addressText(to)}</p>
            {data.method !== null && (
              <p className="dim">
                {t("prep.method")} {data.method}
              </p>
            )}
          </div>
        )}
      </div>
      <div className={classes["acts"]}>
        <button type="button" className={classes["act"]} onClick={() => onOpen(undefined)}>
          {t("prep.back")} <KeyName name="Escape" />
        </button>
        {state === "ready" && (
          <label className={classes["slips"]}>
            <input
              type="checkbox"
              checked={hasSlips}
              onChange={(event) => {
                localStorage.setItem(slipsKey, event.currentTarget.checked ? "on" : "off");
                setSlips(event.currentTarget.checked);
              }}
            />
            {t("prep.slips")}
          </label>
        )}
        {state === "ready" ? (
          <button
            type="button"
            className={classes["act"]}
            data-main
            aria-disabled={!verdict.allowed}
            aria-describedby="print-why"
            onClick={() => verdict.allowed && void print()}
          >
            {t("prep.print")} <KeyName name="Enter" />
          </button>
        ) : (
          <>
            {mayCollect && (
              <button type="button" className={classes["act"]} onClick={() => void printAgain()}>
                {t("prep.printAgain")}
              </button>
            )}
            {last !== null && (
              <button type="button" className={classes["act"]} onClick={() => void undo()}>
                {t("prep.undo")} <KeyName name="Mod+z" />
              </button>
            )}
            {mayCollect && !isAll && counts.some(({ counted, shipped }) => counted > shipped) && (
              <button type="button" className={classes["act"]} aria-pressed={isPart} onClick={() => setPart(!isPart)}>
                {t("prep.sendPart")}
              </button>
            )}
            {data.actions.back.allowed && (
              <button
                type="button"
                className={classes["act"]}
                onClick={() => void act({ do: "back", part: id, body: {} }, () => void setLast(null))}
              >
                {t("prep.oneBack")}
              </button>
            )}
          </>
        )}
        {!verdict.allowed && state === "ready" && (
          <span id="print-why" role="status">
            {verdict.why}
          </span>
        )}
      </div>
      <Slip detail={data} counts={counts} />
    </>
  );
}

/** What is still on its way counts as done. */
function stateOf({ id, state }: Detail, kept: readonly Step[]): string {
  const its = kept.filter(({ part }) => part === id);
  if (state === "ready" && its.some((step) => step.do === "print")) return "printed";
  return state;
}

const listed = (counts: readonly Counted[], of: "left" | "surplus"): string =>
  counts
    .filter((each) => each[of] > 0)
    .map((each) => `${each.sku} × ${each[of]}`)
    .join(", ");
