import { Button, Group, Modal, Select, Stack, Text, Textarea, TextInput, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconClipboard, IconFileImport } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslation } from "../../i18n.ts";
import type { Answer } from "#client";
import { useAct } from "../../app/act.ts";
import { useHere } from "../../app/session.tsx";
import { StateBadge } from "../../parts/badges.tsx";
import { DataTable, type Column } from "../../parts/data-table.tsx";
import { formatCount, formatMoney } from "../../parts/format.ts";
import { Empty, Page, Trouble } from "../../parts/page.tsx";
import { useSuppliers } from "../../parts/resolve/set-up.ts";
import { Ago } from "../../parts/time.tsx";
import { pastedRows } from "./pasted.ts";

type Row = Answer<"get", "/v1/stock">["stock"][number];
const keyOf = ({ supplier, supplier_sku: sku }: Row): string => `${supplier} ${sku}`;

/** What suppliers have and what lies on one's own shelf; a count is corrected where it stands. */
export function Stock() {
  const { t } = useTranslation();
  const { api, workspace, may } = useHere();
  const { supplier } = useSearch({ from: "/$workspace/stock" });
  const navigate = useNavigate({ from: "/$workspace/stock" });
  const suppliers = useSuppliers();
  const [isPasting, setPasting] = useState(false);
  const [editing, setEditing] = useState<string | null>(null);
  const list = useInfiniteQuery({
    queryKey: [workspace.slug, "stock", "list", supplier],
    queryFn: ({ pageParam, signal }) =>
      api.get("/v1/stock", {
        query: { limit: 200, ...(supplier && { supplier }), ...(pageParam && { cursor: pageParam }) },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: ({ next }) => next,
  });
  const rows = useMemo(() => list.data?.pages.flatMap(({ stock }) => stock), [list.data]);
  const nameOf = (id: string): string => suppliers?.find((each) => each.id === id)?.name ?? "";
  const mayChange = may("set_up.change");
  const onHand = (row: Row) =>
    editing === keyOf(row) ? (
      <Count row={row} onDone={() => setEditing(null)} />
    ) : mayChange ? (
      <Button
        variant="subtle"
        color="gray"
        size="compact-sm"
        className="num"
        aria-label={`${t("setUp.stock.edit", { sku: row.supplier_sku })}: ${formatCount(row.on_hand)}`}
        onClick={() => setEditing(keyOf(row))}
      >
        {formatCount(row.on_hand)}
      </Button>
    ) : (
      formatCount(row.on_hand)
    );
  const columns: Column<Row>[] = [
    {
      id: "sku",
      header: t("setUp.stock.column.sku"),
      width: 260,
      cell: (row) => (
        <Group gap={8} wrap="nowrap">
          <span className="mono cut">{row.supplier_sku}</span>
          {row.is_shelf && <StateBadge tone="teal">{t("setUp.stock.shelf")}</StateBadge>}
        </Group>
      ),
    },
    { id: "supplier", header: t("setUp.stock.column.supplier"), cell: (row) => nameOf(row.supplier) },
    { id: "onHand", header: t("setUp.stock.column.onHand"), width: 140, isRight: true, cell: onHand },
    {
      id: "reserved",
      header: t("setUp.stock.column.reserved"),
      width: 100,
      isRight: true,
      cell: (row) => formatCount(row.reserved),
    },
    {
      id: "available",
      header: t("setUp.stock.column.available"),
      width: 100,
      isRight: true,
      cell: (row) => <strong>{formatCount(row.available)}</strong>,
    },
    {
      id: "cost",
      header: t("setUp.stock.column.cost"),
      width: 110,
      isRight: true,
      cell: (row) =>
        row.unit_cost === null || row.currency === null
          ? ""
          : formatMoney({ amount: row.unit_cost, currency: row.currency }),
    },
    {
      id: "asOf",
      header: t("setUp.stock.column.asOf"),
      width: 130,
      isRight: true,
      cell: (row) => (
        <span className="dim">
          <Ago at={row.as_of} />
        </span>
      ),
    },
  ];
  return (
    <Page
      title={t("setUp.stock.title")}
      isFull
      actions={
        <>
          {may("imports.change") && (
            <Button
              variant="default"
              leftSection={<IconFileImport size={14} />}
              component={Link}
              to={`/${workspace.slug}/imports` as never}
              search={{ new: true, kind: "stock" } as never}
            >
              {t("setUp.links.import")}
            </Button>
          )}
          {mayChange && (
            <Button leftSection={<IconClipboard size={14} />} onClick={() => setPasting(true)}>
              {t("setUp.stock.paste")}
            </Button>
          )}
        </>
      }
      top={
        <>
          <Group px="lg" py="sm">
            <Select
              aria-label={t("setUp.stock.supplier")}
              w={240}
              data={[
                { value: "", label: t("setUp.stock.every") },
                ...(suppliers ?? []).map(({ id, name }) => ({ value: id, label: name })),
              ]}
              value={supplier ?? ""}
              allowDeselect={false}
              onChange={(value) => void navigate({ search: value === null || value === "" ? {} : { supplier: value } })}
            />
          </Group>
          {list.error !== null && <Trouble error={list.error} onRetry={() => void list.refetch()} />}
        </>
      }
    >
      <DataTable
        label={t("setUp.stock.list")}
        columns={columns}
        rows={rows}
        rowId={keyOf}
        nameOf={(row) => row.supplier_sku}
        isMore={list.hasNextPage}
        onEnd={() => {
          if (!list.isFetchingNextPage) void list.fetchNextPage();
        }}
        card={(row) => (
          <Group justify="space-between" wrap="nowrap">
            <Stack gap={4} miw={0}>
              <span className="mono cut">{row.supplier_sku}</span>
              <span className="dim cut">{nameOf(row.supplier)}</span>
            </Stack>
            {onHand(row)}
          </Group>
        )}
        empty={<Empty title={t("setUp.stock.none")}>{t("setUp.stock.noneHint")}</Empty>}
      />
      {isPasting && suppliers !== undefined && (
        <Paste suppliers={suppliers} first={supplier} onClose={() => setPasting(false)} />
      )}
    </Page>
  );
}

/** Enter keeps the count, Escape leaves it as it was. */
function Count({ row, onDone }: { row: Row; onDone: () => void }) {
  const { t } = useTranslation();
  const { api } = useHere();
  const [text, setText] = useState(String(row.on_hand));
  const isCount = /^\d{1,9}$/.test(text.trim());
  const save = useAct(
    () =>
      api.put("/v1/stock", {
        body: { supplier: row.supplier, stock: [{ supplier_sku: row.supplier_sku, on_hand: Number(text) }] },
      }),
    {
      refresh: ["stock", "orders"],
      onDone: () => {
        notifications.show({ message: t("setUp.stock.saved", { sku: row.supplier_sku, count: Number(text) }) });
        onDone();
      },
    },
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isCount) save.mutate();
      }}
    >
      <TextInput
        aria-label={t("setUp.stock.edit", { sku: row.supplier_sku })}
        inputMode="numeric"
        size="xs"
        autoFocus
        value={text}
        error={save.error?.message ?? !isCount}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") onDone();
        }}
        onBlur={() => {
          if (text === String(row.on_hand)) onDone();
        }}
      />
    </form>
  );
}

interface PasteProps {
  suppliers: readonly { id: string; name: string }[];
  first: string | undefined;
  onClose: () => void;
}

function Paste({ suppliers, first, onClose }: PasteProps) {
  const { t } = useTranslation();
  const { api } = useHere();
  const [supplier, setSupplier] = useState(first ?? suppliers[0]?.id ?? "");
  const [text, setText] = useState("");
  const { rows, wrong } = pastedRows(text);
  const store = useAct(
    async () => {
      for (let from = 0; from < rows.length; from += 1000)
        await api.put("/v1/stock", { body: { supplier, stock: rows.slice(from, from + 1000) } });
    },
    {
      refresh: ["stock", "orders"],
      onDone: () => {
        notifications.show({ message: t("setUp.stock.stored", { count: rows.length }) });
        onClose();
      },
    },
  );
  return (
    <Modal opened onClose={onClose} size="lg" title={<Title order={2}>{t("setUp.stock.paste")}</Title>}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (rows.length > 0 && wrong.length === 0) store.mutate();
        }}
      >
        <Stack gap="md">
          <Select
            label={t("setUp.stock.supplier")}
            required
            data={suppliers.map(({ id, name }) => ({ value: id, label: name }))}
            value={supplier}
            allowDeselect={false}
            onChange={(value) => setSupplier(value ?? supplier)}
          />
          <Textarea
            label={t("setUp.stock.rows")}
            description={t("setUp.stock.pasteHint")}
            data-autofocus
            autosize
            minRows={6}
            maxRows={14}
            spellCheck={false}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          {wrong.length > 0 && (
            <Stack gap={2} role="alert">
              {wrong.slice(0, 5).map((line) => (
                <Text key={line} size="sm" c="var(--mantine-color-error)">
                  {t("setUp.stock.wrong", { line, what: t("setUp.stock.wrongCells") })}
                </Text>
              ))}
            </Stack>
          )}
          {store.error !== null && <Trouble error={store.error} />}
          <Group gap="sm">
            <Button type="submit" loading={store.isPending} disabled={rows.length === 0 || wrong.length > 0}>
              {rows.length === 0 ? t("setUp.stock.nothing") : t("setUp.stock.store", { count: rows.length })}
            </Button>
            <Button variant="subtle" color="gray" onClick={onClose}>
              {t("setUp.cancel")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
