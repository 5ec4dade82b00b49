import { ActionIcon, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { useHere, useRefresh } from "../../app/session.tsx";
import { ActForm } from "../../parts/act-form.tsx";
import { put } from "../../parts/api-call.tsx";
import { useChannels } from "../../parts/channels.ts";
import { Trouble, Waiting } from "../../parts/page.tsx";
import { useSetUpVerdict } from "../../parts/resolve/link-sku.tsx";
import type { Supplier } from "./account-state.tsx";
import classes from "./suppliers.module.css";

/** Which rate of a channel is which method of this supplier. */
export function ShippingMethods({ supplier }: { supplier: Supplier }) {
  const { t } = useTranslation();
  const { api, workspace, may } = useHere();
  const refresh = useRefresh();
  const { data: channels } = useChannels();
  const { data, error } = useQuery({
    queryKey: [workspace.slug, "shipping-mappings"],
    queryFn: ({ signal }) => api.get("/v1/shipping-mappings", { signal }),
  });
  const remove = useMutation({
    mutationFn: ({ channel, rate }: { channel: string; rate: string }) =>
      api.put("/v1/shipping-mappings", { body: { channel, rate_name: rate, supplier: supplier.id, method: null } }),
    onSuccess: async () => {
      notifications.show({ message: t("setUp.suppliers.unmapped") });
      await refresh("shipping-mappings");
    },
  });
  if (error !== null) return <Trouble error={error} />;
  if (data === undefined || channels === undefined) return <Waiting lines={4} />;
  const own = data.shipping_mappings.filter((each) => each.supplier === supplier.id);
  const nameOf = (channel: string): string => channels.channels.find(({ id }) => id === channel)?.name ?? "";
  return (
    <Stack gap="md" maw={900}>
      <Text size="sm" c="dimmed">
        {t("setUp.suppliers.mapping")}
      </Text>
      {remove.error !== null && <Trouble error={remove.error} />}
      {own.length === 0 ? (
        <Text size="sm">{t("setUp.suppliers.mappingNone")}</Text>
      ) : (
        <div className={classes["scroll"]} role="region" aria-label={t("setUp.suppliers.shipping")} tabIndex={0}>
          <table className={classes["table"]}>
            <thead>
              <tr>
                <th scope="col">{t("setUp.suppliers.channel")}</th>
                <th scope="col">{t("setUp.suppliers.rate")}</th>
                <th scope="col">{t("setUp.suppliers.method")}</th>
                <td />
              </tr>
            </thead>
            <tbody>
              {own.map((each) => (
                <tr key={`${each.channel} ${each.rate_name}`}>
                  <td>{nameOf(each.channel)}</td>
                  <td>{each.rate_name}</td>
                  <td className="mono">{each.method}</td>
                  <td data-right>
                    {may("set_up.change") && (
                      <ActionIcon
                        aria-label={t("setUp.suppliers.unmap", { rate: each.rate_name })}
                        onClick={() => remove.mutate({ channel: each.channel, rate: each.rate_name })}
                      >
                        <IconTrash size={16} />
                      </ActionIcon>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {may("set_up.change") && channels.channels.length > 0 && (
        <AddMapping supplier={supplier.id} channels={channels.channels} />
      )}
    </Stack>
  );
}

function AddMapping({ supplier, channels }: { supplier: string; channels: readonly { id: string; name: string }[] }) {
  const { t } = useTranslation();
  const [channel, setChannel] = useState(channels[0]!.id);
  const [rate, setRate] = useState("");
  const [method, setMethod] = useState("");
  return (
    <ActForm
      calls={[put("/v1/shipping-mappings", { body: { channel, rate_name: rate, supplier, method } })]}
      submit={t("setUp.suppliers.map")}
      verdict={useSetUpVerdict("set_up.change")}
      onDone={() => {
        notifications.show({ message: t("setUp.suppliers.mapped") });
        setRate("");
      }}
    >
      <Group gap="sm" align="flex-end">
        <Select
          label={t("setUp.suppliers.channel")}
          data={channels.map(({ id, name }) => ({ value: id, label: name }))}
          value={channel}
          allowDeselect={false}
          onChange={(value) => setChannel(value ?? channel)}
        />
        <TextInput
          label={t("setUp.suppliers.rate")}
          required
          value={rate}
          onChange={(event) => setRate(event.currentTarget.value)}
        />
        <TextInput
          label={t("setUp.suppliers.method")}
          required
          value={method}
          onChange={(event) => setMethod(event.currentTarget.value)}
        />
      </Group>
    </ActForm>
  );
}
