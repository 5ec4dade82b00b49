import { ActionIcon, Button, Menu, Tooltip } from "@mantine/core";
import { IconArrowsSort, IconBaselineDensityMedium, IconPlus } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo, useRef, useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { usePageActions } from "../../app/page-actions.ts";
import { useHere } from "../../app/session.tsx";
import { useComingBack } from "../../app/way-back.ts";
import { DataTable, type RowKey } from "../../parts/data-table.tsx";
import { setDensity, useDensity } from "../../parts/density.ts";
import { KeyName, useKeys } from "../../parts/keys.tsx";
import { later } from "../../parts/later.tsx";
import { Empty, Page, Trouble } from "../../parts/page.tsx";
import { useSelection } from "../../parts/selection.ts";
import { Tabs } from "../../parts/tabs.tsx";
import type { Begun } from "../order/order-view.tsx";
import { AddFilter } from "./add-filter.tsx";
import { BulkBar } from "./bulk-bar.tsx";
import { ChooseColumns } from "./choose-columns.tsx";
import { areSame, writeColumns, type OrderColumn } from "./chosen-columns.ts";
import { OrderCard, useOrderColumns } from "./columns.tsx";
import classes from "./orders.module.css";
import { orderSorts, type OrdersSearch } from "./orders-search.ts";
import { isOneStep, isToResolve, useProcess } from "./row-button.tsx";
import { SearchBox } from "./search-box.tsx";
import { useOrderList, type Row } from "./use-order-list.ts";
import { useViews } from "./use-views.ts";
import { ViewMenu } from "./view-menu.tsx";
import { joinWords, splitWords } from "./words.ts";

// What lies beside the list is fetched when the list stands.
const OrderPeek = later(async () => (await import("../order/order-peek.tsx")).OrderPeek);
const NewOrderDrawer = later(async () => (await import("./new-order-drawer.tsx")).NewOrderDrawer);

/** The seller's heart of the day: every order, in the view that the address names. */
export function Orders() {
  const { t } = useTranslation();
  const { may, workspace } = useHere();
  const search = useSearch({ from: "/$workspace/orders" });
  const navigate = useNavigate({ from: "/$workspace/orders" });
  useComingBack(`/${workspace.slug}/orders`);
  const selection = useSelection();
  /** What the open order was opened for; another one lies there to be read. */
  const [begun, setBegun] = useState<{ id: string; what: Begun } | null>(null);
  const density = useDensity();
  const box = useRef<HTMLInputElement>(null);
  const process = useProcess();
  const { views, open, words, sort, columns: chosen, ownColumns, isChanged, isKnown, error } = useViews(search);
  const list = useOrderList({ q: words, sort }, isKnown);

  const set = useCallback(
    (change: { [Name in keyof OrdersSearch]?: OrdersSearch[Name] | undefined }): void =>
      void navigate({
        search: (before) => {
          const next = Object.entries({ ...before, ...change });
          return Object.fromEntries(next.filter(([, value]) => value !== undefined)) as OrdersSearch;
        },
        replace: "open" in change || "q" in change || "columns" in change,
      }),
    [navigate],
  );
  const find = (q: string): void => set({ q: q === (open?.words ?? "") ? undefined : q });
  const show = (id: string | undefined): void =>
    set({ view: id === views?.[0]?.id ? undefined : id, q: undefined, sort: undefined, columns: undefined });
  const choose = (next: readonly OrderColumn[]): void =>
    set({ columns: areSame(next, ownColumns) ? undefined : writeColumns(next) });
  const openRow = useCallback(
    ({ id }: Row): void => {
      setBegun(null);
      set({ open: id });
    },
    [set],
  );
  const begin = useCallback(
    (what: Begun, { id }: Row): void => {
      setBegun({ id, what });
      set({ open: id });
    },
    [set],
  );
  const resolve = useCallback((row: Row) => begin("resolve", row), [begin]);
  const close = useCallback((): void => {
    setBegun(null);
    set({ open: undefined });
  }, [set]);
  const columns = useOrderColumns(resolve, chosen);
  const card = useCallback((row: Row) => <OrderCard row={row} onResolve={resolve} />, [resolve]);
  const mayCreate = may("orders.change");
  const create = (): void => set({ new: true });

  useKeys([
    { key: "/", label: t("keys.search"), run: () => box.current?.focus() },
    ...(mayCreate ? [{ key: "c", label: t("orders.new.title"), run: create }] : []),
    ...(views ?? []).slice(0, 9).map(({ id, name }, index) => ({
      key: String(index + 1),
      label: t("orders.viewKey", { name }),
      run: () => show(id),
    })),
  ]);
  usePageActions([
    ...(mayCreate ? [{ id: "new", label: t("orders.new.title"), key: "C", run: create }] : []),
    ...(views ?? []).map(({ id, name }) => ({ id, label: t("orders.viewKey", { name }), run: () => show(id) })),
  ]);
  const rowKeys = useMemo<RowKey<Row>[]>(
    () => [
      {
        key: "p",
        label: t("orders.process"),
        run: (row) => {
          if (isOneStep(row)) process.mutate(row);
        },
      },
      {
        key: "r",
        label: t("orders.resolve"),
        run: (row) => {
          if (isToResolve(row)) resolve(row);
        },
      },
      { key: "e", label: t("orders.edit"), run: (row) => begin("edit", row) },
    ],
    [t, process, begin, resolve],
  );

  return (
    <Page
      title={t("orders.title")}
      isFull
      actions={
        mayCreate && (
          <Button leftSection={<IconPlus size={14} />} rightSection={<KeyName name="C" />} onClick={create}>
            {t("orders.new.title")}
          </Button>
        )
      }
      top={
        <>
          <Tabs
            label={t("orders.tabs")}
            tabs={(views ?? []).map(({ id, name, count }) => ({
              id,
              label: name,
              count: count?.orders,
              orMore: count?.or_more === true,
              isRed: id === "needs_attention",
              isChanged: isChanged && id === open?.id,
            }))}
            current={open?.id ?? ""}
            onChange={show}
          />
          <div className={classes["bar"]}>
            <SearchBox ref={box} q={words} onChange={find} />
            <AddFilter
              onAdd={(word) => {
                const { words: before, text } = splitWords(words);
                find(joinWords({ words: [...before, word], text }));
              }}
            />
            <Menu position="bottom-end">
              <Menu.Target>
                <Button
                  variant="default"
                  leftSection={<IconArrowsSort size={14} />}
                  aria-label={t("orders.sortBy", { by: t(`orders.sort.${sort}`) })}
                >
                  {t(`orders.sort.${sort}`)}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                {orderSorts.map((each) => (
                  <Menu.Item
                    key={each}
                    aria-current={each === sort}
                    fw={each === sort ? 600 : 400}
                    onClick={() => set({ sort: each === (open?.sort ?? "newest") ? undefined : each })}
                  >
                    {t(`orders.sort.${each}`)}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
            <ChooseColumns columns={chosen} onChange={choose} />
            <Tooltip label={t("orders.density")}>
              <ActionIcon
                variant="default"
                size={30}
                aria-label={t("orders.density")}
                aria-pressed={density === "comfortable"}
                onClick={() => setDensity(density === "dense" ? "comfortable" : "dense")}
              >
                <IconBaselineDensityMedium size={15} />
              </ActionIcon>
            </Tooltip>
            {open !== undefined && (
              <ViewMenu
                view={open}
                words={words}
                sort={sort}
                columns={[...chosen]}
                isChanged={isChanged}
                onShow={show}
              />
            )}
          </div>
          {(list.error ?? error ?? process.error) !== null && (
            <Trouble error={list.error ?? error ?? process.error} onRetry={list.retry} />
          )}
        </>
      }
    >
      <div className={classes["frame"]} data-old={list.isOld || undefined}>
        <DataTable
          label={t("orders.list")}
          columns={columns}
          rows={list.rows}
          listKey={list.listKey}
          rowId={idOf}
          nameOf={numberOf}
          selection={selection}
          openId={search.open ?? null}
          onOpen={openRow}
          isMore={list.isMore}
          onEnd={list.onEnd}
          onSeen={list.onSeen}
          rowKeys={rowKeys}
          isComfortable={density === "comfortable"}
          card={card}
          empty={<Nothing words={words} onClear={() => show(undefined)} isAll={open === views?.[0]} />}
        />
        <BulkBar rows={list.rows ?? []} isMore={list.isMore} selection={selection} words={words} sort={sort} />
      </div>
      {search.open !== undefined && (
        <OrderPeek id={search.open} begun={begun?.id === search.open ? begun.what : null} onClose={close} />
      )}
      <NewOrderDrawer
        when={search.new === true}
        opened={search.new === true}
        onClose={() => set({ new: undefined })}
        onMade={(id) => set({ new: undefined, open: id })}
      />
    </Page>
  );
}

const idOf = ({ id }: Row): string => id;
const numberOf = ({ number }: Row): string => number;

/** Three kinds of nothing: no order yet, all of it done, or none like this. */
function Nothing({ words, isAll, onClear }: { words: string; isAll: boolean; onClear: () => void }) {
  const { t } = useTranslation();
  if (words === "" && isAll) return <Empty title={t("orders.first")}>{t("orders.firstHint")}</Empty>;
  const only = splitWords(words);
  if (
    only.text === "" &&
    only.words[0]?.value === "needs_attention" &&
    only.words.every(({ key }) => key === "state" || key === "is")
  )
    return <Empty title={t("orders.done")}>{t("orders.doneHint")}</Empty>;
  return (
    <Empty
      title={t("orders.none")}
      action={
        <Button variant="default" onClick={onClear}>
          {t("orders.clear")}
        </Button>
      }
    >
      {t("orders.noneHint")}
    </Empty>
  );
}
