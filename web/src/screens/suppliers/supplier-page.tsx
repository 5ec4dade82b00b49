import { ActionIcon, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useTranslation } from "../../i18n.ts";
import { useHere } from "../../app/session.tsx";
import { StateBadge, type Tone } from "../../parts/badges.tsx";
import { formatCount } from "../../parts/format.ts";
import { Facts, Page, Section, Trouble, Waiting } from "../../parts/page.tsx";
import { saveFile } from "../../parts/save-file.ts";
import { durationText } from "../../parts/schema-fields.ts";
import { SettingsForm } from "../../parts/schema-form.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import { Ago } from "../../parts/time.tsx";
import { Accounts } from "./accounts.tsx";
import { AccountState, type Supplier } from "./account-state.tsx";
import { ShippingMethods } from "./shipping-methods.tsx";
import { SupplierState } from "./suppliers.tsx";
import classes from "./suppliers.module.css";

/** One supplier: what it can, how it does, its accounts, its rules, and the files that went and came. */
export function SupplierPage() {
  const { t } = useTranslation();
  const { api, workspace } = useHere();
  const { supplier: id } = useParams({ from: "/$workspace/suppliers/$supplier" });
  const { tab = "" } = useSearch({ from: "/$workspace/suppliers/$supplier" });
  const navigate = useNavigate({ from: "/$workspace/suppliers/$supplier" });
  const { data, error, refetch } = useQuery({
    queryKey: [workspace.slug, "suppliers", "detail", id],
    queryFn: ({ signal }) => api.get("/v1/suppliers/{id}", { path: { id }, signal }),
  });
  return (
    <Page
      title={data?.name ?? t("setUp.suppliers.title")}
      beside={data && <SupplierState row={data} />}
      top={
        <Tabs
          label={t("setUp.suppliers.tabs")}
          tabs={[
            { id: "", label: t("setUp.suppliers.overview") },
            { id: "accounts", label: t("setUp.suppliers.accounts"), count: data?.accounts.length },
            { id: "limits", label: t("setUp.suppliers.limits") },
            { id: "shipping", label: t("setUp.suppliers.shipping") },
            { id: "files", label: t("setUp.suppliers.files") },
          ]}
          current={tab}
          onChange={(next) => void navigate({ search: next === "" ? {} : { tab: next } })}
        />
      }
    >
      {error !== null && <Trouble error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Waiting />}
      {data !== undefined && tab === "" && <Overview supplier={data} />}
      {data !== undefined && tab === "accounts" && <Accounts supplier={data} />}
      {data !== undefined && tab === "limits" && <SettingsForm whose={{ of: "supplier", id }} />}
      {data !== undefined && tab === "shipping" && <ShippingMethods supplier={data} />}
      {data !== undefined && tab === "files" && <FilesOf supplier={data} />}
    </Page>
  );
}

const abilities = ["stock", "quote", "cancel", "list", "acknowledges"] as const;

function Overview({ supplier }: { supplier: Supplier }) {
  const { t } = useTranslation();
  const { capabilities, contract, scan } = supplier;
  return (
    <div className={classes["columns"]}>
      <Section title={t("setUp.suppliers.can")}>
        {capabilities === null ? (
          <Text size="sm" c="dimmed">
            {t("setUp.suppliers.cannotKnow")}
          </Text>
        ) : (
          <Facts
            facts={[
              [t("setUp.kind"), supplier.title],
              [t("setUp.suppliers.tracking.label"), t(`setUp.suppliers.tracking.${capabilities.tracking}`)],
              ...abilities.map(
                (ability) =>
                  [
                    t(`setUp.suppliers.ability.${ability}.label`),
                    t(`setUp.suppliers.ability.${ability}.${capabilities[ability] ? "yes" : "no"}`),
                  ] as const,
              ),
              ...(contract === null
                ? []
                : [[t("setUp.suppliers.safety.label"), t(`setUp.suppliers.safety.${contract.kind}`)] as const]),
            ]}
          />
        )}
      </Section>
      <Section title={t("setUp.suppliers.health")}>
        <Facts
          facts={[
            [t("setUp.suppliers.lastProblem"), supplier.last_problem ?? t("setUp.suppliers.noProblem")],
            [
              t("setUp.suppliers.scan"),
              t("setUp.suppliers.scanPlan", {
                first: durationText(scan.first_ms),
                every: durationText(scan.every_ms),
                until: durationText(scan.until_ms),
              }),
            ],
            ...supplier.accounts.map(
              (account) => [account.name, <AccountHealth key={account.id} account={account} />] as const,
            ),
          ]}
        />
      </Section>
    </div>
  );
}

function AccountHealth({ account }: { account: Supplier["accounts"][number] }) {
  const { t } = useTranslation();
  const at = (label: string, time: string | null) => (
    <>
      {label}: {time === null ? t("setUp.never") : <Ago at={time} />}
    </>
  );
  return (
    <div className={classes["health"]}>
      <AccountState account={account} />
      {account.last_call_at !== null && (
        <span className="dim">{at(t("setUp.suppliers.lastCall"), account.last_call_at)}</span>
      )}
      <span className="dim">{at(t("setUp.suppliers.lastPurchase"), account.last_purchase_at)}</span>
      <span className="dim">
        {t("setUp.suppliers.unsettled")}: {formatCount(account.unsettled)}
      </span>
    </div>
  );
}

const sentTones: Readonly<Record<Supplier["documents"][number]["state"], Tone>> = {
  open: "amber",
  sent: "green",
  void: "grey",
};

function FilesOf({ supplier }: { supplier: Supplier }) {
  const { t } = useTranslation();
  const { api, may } = useHere();
  const download = useMutation({
    mutationFn: async ({ id, name }: { id: string; name: string }) =>
      saveFile(await api.get("/v1/fulfillment-orders/{id}/document", { path: { id } }), name),
  });
  return (
    <div className={classes["tables"]}>
      {download.error !== null && <Trouble error={download.error} />}
      <Section title={t("setUp.suppliers.sent")}>
        {supplier.documents.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t("setUp.suppliers.sentNone")}
          </Text>
        ) : (
          <div className={classes["scroll"]} role="region" aria-label={t("setUp.suppliers.sent")} tabIndex={0}>
            <table className={classes["table"]}>
              <thead>
                <tr>
                  <th scope="col">{t("setUp.suppliers.file")}</th>
                  <th scope="col">{t("setUp.channels.column.state")}</th>
                  <th scope="col" data-right>
                    {t("setUp.suppliers.orders")}
                  </th>
                  <th scope="col" data-right>
                    {t("setUp.suppliers.at")}
                  </th>
                  <th scope="col" data-right>
                    {t("setUp.suppliers.sentAt")}
                  </th>
                  <td />
                </tr>
              </thead>
              <tbody>
                {supplier.documents.map((file) => (
                  <tr key={file.name}>
                    <td className="mono">{file.name}</td>
                    <td>
                      <StateBadge tone={sentTones[file.state]}>{t(`setUp.suppliers.state.${file.state}`)}</StateBadge>
                    </td>
                    <td data-right>{formatCount(file.purchase_orders)}</td>
                    <td data-right>
                      <Ago at={file.at} />
                    </td>
                    <td data-right>{file.sent_at === null ? "" : <Ago at={file.sent_at} />}</td>
                    <td data-right>
                      {file.fulfillment_order !== null && may("desk.read") && (
                        <ActionIcon
                          aria-label={t("setUp.suppliers.download", { name: file.name })}
                          title={t("setUp.suppliers.download", { name: file.name })}
                          loading={download.isPending && download.variables.name === file.name}
                          onClick={() => download.mutate({ id: file.fulfillment_order!, name: file.name })}
                        >
                          <IconDownload size={16} />
                        </ActionIcon>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Section>
      <Section title={t("setUp.suppliers.received")}>
        {supplier.files.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t("setUp.suppliers.receivedNone")}
          </Text>
        ) : (
          <div className={classes["scroll"]} role="region" aria-label={t("setUp.suppliers.received")} tabIndex={0}>
            <table className={classes["table"]}>
              <thead>
                <tr>
                  <th scope="col">{t("setUp.suppliers.file")}</th>
                  <th scope="col">{t("setUp.kind")}</th>
                  <th scope="col" data-right>
                    {t("setUp.suppliers.rows")}
                  </th>
                  <th scope="col" data-right>
                    {t("setUp.suppliers.refused")}
                  </th>
                  <th scope="col" data-right>
                    {t("setUp.suppliers.cameAt")}
                  </th>
                </tr>
              </thead>
              <tbody>
                {supplier.files.map((file) => (
                  <tr key={`${file.name} ${file.at}`}>
                    <td className="mono">{file.name}</td>
                    <td>{file.kind}</td>
                    <td data-right>{formatCount(file.rows)}</td>
                    <td data-right>{formatCount(file.refused)}</td>
                    <td data-right>
                      <Ago at={file.at} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Section>
    </div>
  );
}
