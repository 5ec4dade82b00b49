import { Button, Group } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "../../i18n.ts";
import { useHere } from "../../app/session.tsx";
import { StateBadge } from "../../parts/badges.tsx";
import { DataTable, type Column } from "../../parts/data-table.tsx";
import { countryName } from "../../parts/format.ts";
import { useKeys } from "../../parts/keys.tsx";
import { Empty, Page, Trouble } from "../../parts/page.tsx";
import type { SupplierRow } from "../../parts/resolve/set-up.ts";
import { AddSupplier } from "./add-supplier.tsx";

/** Who gets purchase orders, and whether each can take one now. */
export function Suppliers() {
  const { t } = useTranslation();
  const { api, workspace, may } = useHere();
  const { add } = useSearch({ from: "/$workspace/suppliers" });
  const navigate = useNavigate({ from: "/$workspace/suppliers" });
  const { data, error, refetch } = useQuery({
    queryKey: [workspace.slug, "suppliers", "list"],
    queryFn: ({ signal }) => api.get("/v1/suppliers", { signal }),
  });
  const setAdding = (on: boolean): void => void navigate({ search: on ? { add: true } : {} });
  useKeys(may("settings.change") ? [{ key: "c", label: t("setUp.suppliers.add"), run: () => setAdding(true) }] : []);
  const addButton = may("settings.change") && (
    <Button leftSection={<IconPlus size={14} />} onClick={() => setAdding(true)}>
      {t("setUp.suppliers.add")}
    </Button>
  );
  const columns: Column<SupplierRow>[] = [
    {
      id: "name",
      header: t("setUp.suppliers.column.name"),
      width: 240,
      cell: ({ name }) => <strong className="cut">{name}</strong>,
    },
    { id: "state", header: t("setUp.suppliers.column.state"), width: 200, cell: (row) => <SupplierState row={row} /> },
    {
      id: "kind",
      header: t("setUp.suppliers.column.kind"),
      width: 200,
      cell: ({ kind, role }) =>
        `${kind.replaceAll("_", " ")}${role === "prep" ? ` · ${t("setUp.suppliers.prep")}` : ""}`,
    },
    {
      id: "accounts",
      header: t("setUp.suppliers.column.accounts"),
      cell: ({ accounts }) => accounts.map(({ name, currency }) => `${name} (${currency})`).join(", "),
    },
    {
      id: "countries",
      header: t("setUp.suppliers.column.countries"),
      width: 180,
      cell: ({ countries }) =>
        countries === null ? (
          <span className="dim">{t("setUp.suppliers.everywhere")}</span>
        ) : (
          <span title={countries.map(countryName).join(", ")}>
            {countries.length <= 2
              ? countries.map(countryName).join(", ")
              : t("setUp.suppliers.countries", { count: countries.length })}
          </span>
        ),
    },
  ];
  return (
    <Page
      title={t("setUp.suppliers.title")}
      isFull
      actions={addButton}
      top={error !== null && <Trouble error={error} onRetry={() => void refetch()} />}
    >
      <DataTable
        label={t("setUp.suppliers.list")}
        columns={columns}
        rows={data?.suppliers}
        rowId={({ id }) => id}
        nameOf={({ name }) => name}
        isComfortable
        onOpen={({ id }) =>
          void navigate({ to: "/$workspace/suppliers/$supplier", params: { workspace: workspace.slug, supplier: id } })
        }
        card={(row) => (
          <Group justify="space-between" wrap="nowrap">
            <strong className="cut">{row.name}</strong>
            <SupplierState row={row} />
          </Group>
        )}
        empty={
          <Empty title={t("setUp.suppliers.none")} action={addButton}>
            {t("setUp.suppliers.noneHint")}
          </Empty>
        }
      />
      {add === true && <AddSupplier onClose={() => setAdding(false)} />}
    </Page>
  );
}

type Standing = Pick<SupplierRow, "enabled" | "last_problem"> & {
  accounts: readonly Pick<SupplierRow["accounts"][number], "active" | "credentials_rejected_at" | "paused_until">[];
};
/** The worst of what keeps a supplier from taking an order now. */
export function SupplierState({ row }: { row: Standing }) {
  const { t } = useTranslation();
  if (!row.enabled)
    return (
      <StateBadge tone="grey" hint={t("setUp.suppliers.offHint")}>
        {t("setUp.suppliers.off")}
      </StateBadge>
    );
  const active = row.accounts.filter((each) => each.active);
  if (row.accounts.some(({ credentials_rejected_at: at }) => at !== null))
    return <StateBadge tone="red">{t("setUp.suppliers.rejected")}</StateBadge>;
  if (active.some(({ paused_until: until }) => until !== null))
    return (
      <StateBadge tone="red" hint={t("setUp.suppliers.pausedHint")}>
        {t("setUp.suppliers.paused")}
      </StateBadge>
    );
  if (active.length === 0)
    return (
      <StateBadge tone="amber" hint={t("setUp.suppliers.noAccountHint")}>
        {t("setUp.suppliers.noAccount")}
      </StateBadge>
    );
  if (row.last_problem !== null)
    return (
      <StateBadge tone="amber" hint={row.last_problem}>
        {t("setUp.suppliers.problem")}
      </StateBadge>
    );
  return <StateBadge tone="green">{t("setUp.suppliers.ready")}</StateBadge>;
}
