import { Button, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconPlus } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { useHere, useRefresh } from "../../app/session.tsx";
import { ActForm } from "../../parts/act-form.tsx";
import { post } from "../../parts/api-call.tsx";
import { formatMoney, fromMinor } from "../../parts/format.ts";
import { Facts, Trouble } from "../../parts/page.tsx";
import { useSetUpVerdict } from "../../parts/resolve/link-sku.tsx";
import { SettingsForm, useSettings } from "../../parts/schema-form.tsx";
import { SecretsForm, TestButton } from "../../parts/secrets-form.tsx";
import { Ago } from "../../parts/time.tsx";
import { AccountState, type Supplier } from "./account-state.tsx";
import classes from "./suppliers.module.css";

type Account = Supplier["accounts"][number];

/** The accounts of a supplier: what stands on each, its limits, its secrets, and whether it is used. */
export function Accounts({ supplier }: { supplier: Supplier }) {
  const { t } = useTranslation();
  const { may } = useHere();
  const [isAdding, setAdding] = useState(supplier.accounts.length === 0);
  return (
    <>
      {supplier.accounts.map((account) => (
        <AccountCard key={account.id} account={account} />
      ))}
      {may("settings.change") &&
        (isAdding ? (
          <AddAccount supplier={supplier.id} onClose={() => setAdding(false)} />
        ) : (
          <Button variant="default" leftSection={<IconPlus size={14} />} onClick={() => setAdding(true)}>
            {t("setUp.suppliers.addAccount")}
          </Button>
        ))}
    </>
  );
}

function AccountCard({ account }: { account: Account }) {
  const { t } = useTranslation();
  const { api, may } = useHere();
  const refresh = useRefresh();
  const { data: settings } = useSettings({ of: "account", id: account.id });
  const turn = useMutation({
    mutationFn: (on: boolean) =>
      api.post(on ? "/v1/accounts/{id}/enable" : "/v1/accounts/{id}/disable", { path: { id: account.id } }),
    onSuccess: async (_answer, on) => {
      notifications.show({
        message: t(on ? "setUp.suppliers.enabled" : "setUp.suppliers.disabled", { name: account.name }),
      });
      await refresh();
    },
  });
  const money = (amount: string): string => formatMoney({ amount, currency: account.currency });
  const cap = settings?.settings["dailyCap"];
  const isOpen = account.active && account.credentials_rejected_at === null && account.paused_until === null;
  const { balance } = account;
  return (
    <section className={classes["account"]} aria-label={account.name}>
      <Group justify="space-between" mb="sm">
        <Group gap="sm">
          <strong>{account.name}</strong>
          <AccountState account={account} />
        </Group>
        {may("settings.change") && (
          <Group gap="sm">
            {!isOpen && (
              <Button loading={turn.isPending && turn.variables} onClick={() => turn.mutate(true)}>
                {t("setUp.suppliers.enable")}
              </Button>
            )}
            {account.active && (
              <Button variant="default" loading={turn.isPending && !turn.variables} onClick={() => turn.mutate(false)}>
                {t("setUp.suppliers.disable")}
              </Button>
            )}
          </Group>
        )}
      </Group>
      {turn.error !== null && <Trouble error={turn.error} />}
      <Facts
        facts={[
          ...(balance === null
            ? []
            : [
                [
                  t("setUp.suppliers.balance"),
                  <span key="balance" className="num">
                    {[
                      money(balance.available),
                      ...(Number(balance.held) === 0
                        ? []
                        : [t("setUp.suppliers.held", { amount: money(balance.held) })]),
                      ...(Number(balance.owed) === 0
                        ? []
                        : [t("setUp.suppliers.owed", { amount: money(balance.owed) })]),
                      ...(balance.action_credits === null
                        ? []
                        : [t("setUp.suppliers.credits", { count: Number(balance.action_credits) })]),
                    ].join(" · ")}
                  </span>,
                ] as const,
              ]),
          [
            t("setUp.balance.column.payment"),
            t(`setUp.balance.payment.${account.payment as "prepaid"}`, account.payment),
          ],
          [
            t("setUp.suppliers.cap"),
            <span key="cap" className="num">
              {typeof cap === "number" ? money(fromMinor(cap, account.currency)) : t("setUp.suppliers.noCap")}
            </span>,
          ],
          ...(account.last_call_at === null
            ? []
            : [[t("setUp.suppliers.lastCall"), <Ago key="call" at={account.last_call_at} />] as const]),
        ]}
      />
      <details>
        <summary>{t("setUp.channels.secrets")}</summary>
        <Stack gap="md" mt="xs">
          <SecretsForm of="account" id={account.id} />
          {may("secrets.change") && (
            <TestButton
              label={t("setUp.channels.test")}
              ask={() => api.post("/v1/accounts/{id}/secrets/test", { path: { id: account.id } })}
            />
          )}
        </Stack>
      </details>
      <details>
        <summary>{t("setUp.suppliers.limits")}</summary>
        <SettingsForm whose={{ of: "account", id: account.id }} />
      </details>
    </section>
  );
}

const currencies = Intl.supportedValuesOf("currency");

function AddAccount({ supplier, onClose }: { supplier: string; onClose: () => void }) {
  const { t } = useTranslation();
  const { workspace } = useHere();
  const [name, setName] = useState<string>(t("setUp.suppliers.main"));
  const [currency, setCurrency] = useState(workspace.currency);
  return (
    <section className={classes["account"]} aria-label={t("setUp.suppliers.addAccount")}>
      <ActForm
        calls={[
          post("/v1/suppliers/{id}/accounts", { path: { id: supplier }, body: { name, settings: { currency } } }),
        ]}
        submit={t("setUp.suppliers.addAccount")}
        verdict={useSetUpVerdict("settings.change")}
        onDone={() => {
          notifications.show({ message: t("setUp.suppliers.accountAdded", { name }) });
          onClose();
        }}
        onCancel={onClose}
      >
        <Group align="flex-end" gap="sm">
          <TextInput
            label={t("setUp.suppliers.accountName")}
            required
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Select
            label={t("setUp.suppliers.accountCurrency")}
            searchable
            data={currencies}
            value={currency}
            allowDeselect={false}
            onChange={(value) => setCurrency(value ?? currency)}
          />
        </Group>
        <Text size="sm" c="dimmed">
          {t("setUp.suppliers.noAccountHint")}
        </Text>
      </ActForm>
    </section>
  );
}
