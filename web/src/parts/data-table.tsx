import { Button, Checkbox, Skeleton } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconArrowUp } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import {
  memo,
  useCallback,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
  type CSSProperties,
  type MouseEvent,
  type ReactNode,
} from "react";
import { useTranslation } from "../i18n.ts";
import classes from "./data-table.module.css";
import { useDensity } from "./density.ts";
import { useKeys } from "./keys.tsx";
import type { Selection } from "./selection.ts";
import { useSteadyRows } from "./steady-rows.ts";

export interface Column<Row> {
  id: string;
  header: string;
  /** CSS width; the columns without one share what is left. */
  width?: number;
  /** Numbers and money. */
  isRight?: boolean;
  cell: (row: Row) => ReactNode;
}

interface DataTableProps<Row> {
  /** What the table lists, for those who hear the page. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[] | undefined;
  rowId: (row: Row) => string;
  /** On a narrow screen a row is this, not its cells. */
  card: (row: Row) => ReactNode;
  /** Click and Enter. */
  onOpen?: (row: Row) => void;
  /** Which one is open beside the table: J and K then walk through the rows with it. */
  openId?: string | null;
  selection?: Selection;
  /** Called when the end comes near and there is more. */
  onEnd?: () => void;
  isMore?: boolean;
  /** Shown instead of rows when there are none. */
  empty: ReactNode;
  /** Name of the row for its check box, such as its number. */
  nameOf: (row: Row) => string;
  /** Higher rows; unless told, as chosen for this browser. */
  isComfortable?: boolean;
  /** Its keys are on; off while something lies over it. */
  hasKeys?: boolean;
  /** More keys for the row where the reader is, such as R for its repair. */
  rowKeys?: readonly RowKey<Row>[];
  /** Told which rows are drawn, the last one included. */
  onSeen?: (first: number, last: number) => void;
  /** Of which list the rows are: with another one the table begins anew. */
  listKey?: string;
}
export interface RowKey<Row> {
  key: string;
  label: string;
  run: (row: Row) => void;
}

/** Where a list was read to, and which row the reader was at: whoever comes back to it finds the place. */
const places = new Map<string, { top: number; at?: string }>();

const denseHeight = 30;
const comfortHeight = 40;
const cardHeight = 68;

/**
 * The one table of all lists: dense, its rows drawn only where they are seen, its head and first column standing still. Rows that come in by themselves do
 * not move what somebody points at: a bar says how many there are.
 */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const {
    columns,
    rowId,
    selection,
    onOpen,
    openId,
    onEnd,
    isMore = false,
    hasKeys = true,
    nameOf,
    onSeen,
    listKey,
  } = props;
  const { t } = useTranslation();
  const density = useDensity();
  const isNarrow = useMediaQuery("(max-width: 40em)") ?? false;
  const frame = useRef<HTMLDivElement>(null);
  const [isPointedAt, setPointedAt] = useState(false);
  const place = `${location.pathname} ${listKey ?? ""}`;
  const [cursor, setCursor] = useState(() => {
    const at = places.get(place)?.at;
    return at === undefined ? -1 : (props.rows?.findIndex((row) => rowId(row) === at) ?? -1);
  });
  const steady = useSteadyRows(props.rows, rowId, isPointedAt || cursor > 0, props.listKey);
  const { rows } = steady;
  const tableId = useId();
  const height = isNarrow
    ? cardHeight
    : (props.isComfortable ?? density === "comfortable")
      ? comfortHeight
      : denseHeight;
  const virtual = useVirtualizer({
    count: rows?.length ?? 0,
    getScrollElement: () => frame.current,
    estimateSize: () => height,
    overscan: 12,
    initialOffset: () => places.get(place)?.top ?? 0,
  });
  useEffect(() => virtual.measure(), [virtual, height]);
  const seen = virtual.getVirtualItems();
  const first = seen[0]?.index ?? 0;
  const last = seen.at(-1)?.index ?? 0;
  useEffect(() => onSeen?.(first, last), [onSeen, first, last]);
  const shownKey = useRef(listKey);
  useEffect(() => {
    if (shownKey.current === listKey) return;
    shownKey.current = listKey;
    setCursor(-1);
    virtual.scrollToOffset(0);
  }, [virtual, listKey]);
  useEffect(() => {
    if (isMore && rows !== undefined && last >= rows.length - 20) onEnd?.();
  }, [isMore, last, rows, onEnd]);

  const move = useCallback(
    (by: number, isExtending = false): void => {
      if (rows === undefined || rows.length === 0) return;
      const from = openId == null ? cursor : rows.findIndex((row) => rowId(row) === openId);
      const to = Math.max(0, Math.min(rows.length - 1, (from < 0 ? (by > 0 ? -1 : 0) : from) + by));
      setCursor(to);
      virtual.scrollToIndex(to);
      if (isExtending && selection !== undefined) selection.add([rows[Math.max(0, from)]!, rows[to]!].map(rowId));
      if (openId != null) onOpen?.(rows[to]!);
    },
    [rows, openId, cursor, rowId, virtual, selection, onOpen],
  );
  const here = rows?.[cursor];
  const hereId = here === undefined ? undefined : rowId(here);
  useEffect(() => {
    if (hereId !== undefined) places.set(place, { top: places.get(place)?.top ?? 0, at: hereId });
  }, [place, hereId]);
  useKeys(
    [
      { key: "j", label: t("keys.next"), run: () => move(1) },
      { key: "k", label: t("keys.previous"), run: () => move(-1) },
      { key: "ArrowDown", label: t("keys.next"), run: () => move(1) },
      { key: "ArrowUp", label: t("keys.previous"), run: () => move(-1) },
      ...(onOpen === undefined
        ? []
        : [
            { key: "Enter", label: t("keys.open"), run: () => here !== undefined && onOpen(here) },
            { key: "Space", label: t("keys.peek"), run: () => here !== undefined && onOpen(here) },
          ]),
      ...(selection === undefined
        ? []
        : [
            { key: "x", label: t("keys.select"), run: () => here !== undefined && selection.toggle(rowId(here)) },
            { key: "Shift+j", label: t("keys.extend"), run: () => move(1, true) },
            { key: "Shift+ArrowDown", label: t("keys.extend"), run: () => move(1, true) },
            { key: "Shift+k", label: t("keys.extend"), run: () => move(-1, true) },
            { key: "Shift+ArrowUp", label: t("keys.extend"), run: () => move(-1, true) },
            { key: "Mod+a", label: t("keys.selectAll"), run: () => selection.add((rows ?? []).map(rowId)) },
          ]),
      ...(props.rowKeys ?? []).map(({ key, label, run }) => ({
        key,
        label,
        run: () => here !== undefined && run(here),
      })),
    ],
    hasKeys,
  );

  const select = (event: MouseEvent, index: number): void => {
    if (selection === undefined || rows === undefined) return;
    if (event.shiftKey && cursor >= 0) {
      const [from, to] = [Math.min(cursor, index), Math.max(cursor, index)];
      selection.add(rows.slice(from, to + 1).map(rowId));
    } else selection.toggle(rowId(rows[index]!));
    setCursor(index);
  };

  // The same for every row and every drawing: a row is drawn anew only when something of it changed.
  const doing = useRef({ open: (_index: number) => {}, select });
  doing.current = {
    select,
    open: (index) => {
      setCursor(index);
      const row = rows?.[index];
      if (row !== undefined) onOpen?.(row);
    },
  };
  const on = useMemo<RowActions>(
    () => ({
      open: (index) => doing.current.open(index),
      select: (event, index) => doing.current.select(event, index),
    }),
    [],
  );
  const span = (isNarrow ? 1 : columns.length) + (selection === undefined ? 0 : 1);
  const before = seen[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (seen.at(-1)?.end ?? 0);
  const areAll = rows !== undefined && rows.length > 0 && rows.every((row) => selection?.ids.has(rowId(row)));
  const areSome = selection !== undefined && selection.ids.size > 0;
  return (
    <div
      className={classes["frame"]}
      ref={frame}
      onMouseMove={() => setPointedAt(true)}
      onMouseLeave={() => setPointedAt(false)}
      onScroll={(event) => places.set(place, { ...places.get(place), top: event.currentTarget.scrollTop })}
      data-narrow={isNarrow || undefined}
    >
      {steady.fresh > 0 && (
        <div className={classes["fresh"]}>
          <Button
            size="compact-sm"
            radius="xl"
            leftSection={<IconArrowUp size={14} />}
            onClick={() => {
              steady.take();
              virtual.scrollToOffset(0);
            }}
          >
            {t("table.fresh", { count: steady.fresh })}
          </Button>
        </div>
      )}
      <table
        className={classes["table"]}
        aria-label={props.label}
        aria-rowcount={isMore ? -1 : (rows?.length ?? 0)}
        style={{ "--row": `${height}px`, ...(isNarrow ? {} : { minWidth: widthOf(columns) }) } as CSSProperties}
        id={tableId}
        data-selects={selection !== undefined || undefined}
      >
        <colgroup>
          {selection !== undefined && <col style={{ width: 40 }} />}
          {isNarrow ? (
            <col />
          ) : (
            columns.map(({ id, width }) => <col key={id} {...(width === undefined ? {} : { style: { width } })} />)
          )}
        </colgroup>
        <thead className={isNarrow ? "heard" : undefined}>
          <tr>
            {selection !== undefined && (
              <th scope="col" className={classes["check"]}>
                <Checkbox
                  aria-label={t("table.selectAll")}
                  checked={areAll}
                  indeterminate={areSome && !areAll}
                  onChange={() => (areAll ? selection.clear() : selection.add((rows ?? []).map(rowId)))}
                />
              </th>
            )}
            {columns.map(({ id, header, isRight }) => (
              <th key={id} scope="col" data-right={isRight || undefined}>
                <span className="cut">{header}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows === undefined &&
            Array.from({ length: 12 }, (_, index) => (
              <tr key={index} aria-hidden>
                <td colSpan={span}>
                  <Skeleton height={12} width={`${85 - ((index * 23) % 45)}%`} />
                </td>
              </tr>
            ))}
          {before > 0 && (
            <tr aria-hidden className={classes["space"]}>
              <td colSpan={span} style={{ height: before }} />
            </tr>
          )}
          {rows !== undefined &&
            seen.map(({ index }) => {
              const row = rows[index]!;
              const id = rowId(row);
              return (
                <TableRow
                  key={id}
                  row={row}
                  index={index}
                  name={nameOf(row)}
                  columns={columns}
                  card={isNarrow ? props.card : null}
                  isChosen={selection === undefined ? null : selection.ids.has(id)}
                  isHere={index === cursor}
                  isOpen={id === openId}
                  isGone={steady.isGone(id)}
                  opens={onOpen !== undefined}
                  on={on}
                />
              );
            })}
          {after > 0 && (
            <tr aria-hidden className={classes["space"]}>
              <td colSpan={span} style={{ height: after }} />
            </tr>
          )}
        </tbody>
      </table>
      {rows?.length === 0 && props.empty}
    </div>
  );
}

/** Below this the table scrolls sideways: a column without a width of its own keeps room for some words. */
const widthOf = (columns: readonly { width?: number }[]): number =>
  columns.reduce((sum, { width = 110 }) => sum + width, 40);

interface RowActions {
  open: (index: number) => void;
  select: (event: MouseEvent, index: number) => void;
}
interface TableRowProps<Row> {
  row: Row;
  index: number;
  name: string;
  columns: readonly Column<Row>[];
  /** Instead of the cells, where it is narrow. */
  card: ((row: Row) => ReactNode) | null;
  /** null: rows cannot be chosen. */
  isChosen: boolean | null;
  isHere: boolean;
  isOpen: boolean;
  isGone: boolean;
  opens: boolean;
  on: RowActions;
}

const TableRow = memo(function Drawn<Row>(props: TableRowProps<Row>) {
  const { row, index, name, columns, card, isChosen, on } = props;
  const { t } = useTranslation();
  return (
    <tr
      aria-rowindex={index + 1}
      aria-selected={isChosen ?? undefined}
      data-cursor={props.isHere || undefined}
      data-open={props.isOpen || undefined}
      data-gone={props.isGone || undefined}
      data-opens={props.opens || undefined}
      onClick={() => on.open(index)}
    >
      {isChosen !== null && (
        <td className={classes["check"]} onClick={(event) => event.stopPropagation()}>
          <Checkbox
            aria-label={t("table.select", { name })}
            checked={isChosen}
            onChange={() => undefined}
            onClick={(event) => on.select(event, index)}
          />
        </td>
      )}
      {card !== null ? (
        <td>{card(row)}</td>
      ) : (
        columns.map(({ id, isRight, cell }) => (
          <td key={id} data-right={isRight || undefined}>
            <div className={classes["cell"]}>{cell(row)}</div>
          </td>
        ))
      )}
    </tr>
  );
}) as <Row>(props: TableRowProps<Row>) => ReactNode;
