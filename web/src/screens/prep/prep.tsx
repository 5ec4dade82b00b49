import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { useHere } from "../../app/session.tsx";
import { useKeys } from "../../parts/keys.tsx";
import { Page, Trouble } from "../../parts/page.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import { afterStep, type Detail } from "./counts.ts";
import classes from "./prep.module.css";
import { PrepList } from "./prep-list.tsx";
import { PrepOrder } from "./prep-order.tsx";
import { ScanResult, type Result } from "./result.tsx";
import { ScanField } from "./scan-field.tsx";
import { queueOf, useKept } from "./scan-queue.ts";
import { Shelf } from "./shelf.tsx";
import { play } from "./sounds.ts";

/** Who gets a scan now: the list, the order that is open, or the shelf. */
export interface Scanned {
  scan: (text: string) => void;
  /** Enter without a scan: the next step. */
  enter: () => void;
}
export type Show = (result: Omit<Result, "no">) => void;
const nobody: Scanned = { scan: () => undefined, enter: () => undefined };

/** The packing station: everything by scan, one step at a time, and nothing is lost while the network is away. */
export function Prep() {
  const { t } = useTranslation();
  const { api, workspace } = useHere();
  const queries = useQueryClient();
  const search = useSearch({ from: "/$workspace/prep" });
  const navigate = useNavigate({ from: "/$workspace/prep" });
  const queue = useMemo(() => queueOf(api, workspace.slug), [api, workspace.slug]);
  const kept = useKept(queue);
  const [isLate, setLate] = useState(false);
  const [result, setResult] = useState<Result | null>(null);
  const now = useRef<Scanned>(nobody);
  const resultNow = useRef(result);
  resultNow.current = result;

  const show: Show = (next) => setResult((before) => ({ ...next, no: (before?.no ?? 0) + 1 }));
  const over = (): void => setResult(null);
  const open = (order: string | undefined, tab?: string): void =>
    void navigate({ search: { ...(order && { order }), ...(tab && { tab }) } });
  useEffect(() => {
    const key = (part: string) => [workspace.slug, "desk", "one", part];
    queue.onDone = (step) => {
      queries.setQueryData<Detail>(key(step.part), (before) => before && afterStep(before, step));
      void queries.invalidateQueries({ queryKey: [workspace.slug, "desk"] });
    };
    queue.onLateRefusal = (step, problem) => {
      show({ tone: "bad", word: t("prep.word.stop"), text: problem.message });
      void queries.invalidateQueries({ queryKey: key(step.part) });
    };
    return () => {
      queue.onDone = () => undefined;
      queue.onLateRefusal = () => undefined;
    };
  }, [queue, queries, workspace.slug, t]);
  useEffect(() => {
    // What is answered within a second never waited for the network.
    if (kept.length === 0) setLate(false);
    else {
      const timer = setTimeout(() => setLate(true), 1_000);
      return () => clearTimeout(timer);
    }
    return undefined;
  }, [kept.length]);
  useKeys([
    {
      key: "Escape",
      label: t("prep.keys.list"),
      run: () => (resultNow.current === null ? open(undefined, search.tab) : over()),
      inFields: true,
    },
  ]);

  const list = useQuery({
    queryKey: [workspace.slug, "desk", "prep", "list"],
    queryFn: async ({ signal }) => {
      const [due, stopped] = await Promise.all([
        api.get("/v1/desk", { query: { at: "prep", limit: 100 }, signal }),
        api.get("/v1/desk", { query: { at: "prep", state: "cancelled", limit: 100 }, signal }),
      ]);
      const rows = [...stopped.fulfillment_orders, ...due.fulfillment_orders];
      return {
        // What is to be put back first, then what must leave first.
        rows: rows.toSorted((one, other) => rank(one).localeCompare(rank(other))),
        isMore: due.next !== null,
      };
    },
    placeholderData: keepPreviousData,
    refetchInterval: 5_000,
  });
  const isShelf = search.tab === "stock";
  return (
    <Page
      title={t("prep.title")}
      isFull
      top={
        <Tabs
          label={t("prep.tabs")}
          current={isShelf ? "stock" : "pack"}
          onChange={(id) => open(undefined, id === "stock" ? id : undefined)}
          tabs={[
            { id: "pack", label: t("prep.toPack"), count: list.data?.rows.length },
            { id: "stock", label: t("prep.stock") },
          ]}
        />
      }
    >
      <div className={classes["page"]}>
        <ScanField
          onScan={(text) => {
            if (resultNow.current?.tone === "bad") return play("bad"); // first it has to be understood
            over(); // the next scan takes the place of what is still shown
            now.current.scan(text);
          }}
          onEnter={() => (resultNow.current?.tone === "bad" ? over() : now.current.enter())}
        />
        {isLate && (
          <div className={classes["waiting"]} role="status">
            {t("prep.waiting", { count: kept.length })}
          </div>
        )}
        {list.error !== null && list.data === undefined && (
          <Trouble error={list.error} onRetry={() => void list.refetch()} />
        )}
        {isShelf ? (
          <Shelf now={now} show={show} />
        ) : search.order === undefined ? (
          <PrepList now={now} show={show} rows={list.data?.rows} isMore={list.data?.isMore === true} onOpen={open} />
        ) : (
          <PrepOrder
            key={search.order}
            id={search.order}
            now={now}
            show={show}
            queue={queue}
            rows={list.data?.rows ?? []}
            onOpen={open}
          />
        )}
        {result !== null && <ScanResult result={result} onOver={over} />}
      </div>
    </Page>
  );
}

const rank = ({ state, ship_by: shipBy }: { state: string; ship_by: string | null }): string =>
  `${state === "cancelled" ? 0 : 1}${shipBy ?? "9"}`;
