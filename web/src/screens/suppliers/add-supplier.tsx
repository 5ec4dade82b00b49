import { Button, Group, Modal, Select, Stack, TextInput, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { SwitchyardProblem } from "../../app/api.ts";
import { useHere, useRefresh } from "../../app/session.tsx";
import { useConnectors } from "../../parts/channels.ts";
import { Trouble, Waiting } from "../../parts/page.tsx";
import { faultsOf, type FormSchema, type Values } from "../../parts/schema-fields.ts";
import { SchemaFields } from "../../parts/schema-form.tsx";

const currencies = Intl.supportedValuesOf("currency");
/** A folder's name from a supplier's: `Northwind Ltd.` → `northwind-ltd`. */
const slugOf = (name: string): string =>
  name
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");

/** A supplier and its first account at once: without one nothing could be placed with it. */
export function AddSupplier({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { api, workspace } = useHere();
  const navigate = useNavigate();
  const refresh = useRefresh();
  const { data: connectors, error } = useConnectors();
  const [kind, setKind] = useState("csv");
  const [name, setName] = useState("");
  const [role, setRole] = useState<"supplier" | "prep">("supplier");
  const [currency, setCurrency] = useState(workspace.currency);
  const [typed, setTyped] = useState<Values>({});
  // What was added stays added when its account is refused: the next try goes on with it.
  const [added, setAdded] = useState<{ id: string; name: string } | null>(null);
  const chosen = connectors?.suppliers.find((each) => each.kind === kind) ?? connectors?.suppliers[0];
  const schema = chosen?.schema as unknown as FormSchema | undefined;
  const folder = Object.entries(schema?.properties ?? {}).find(([, { format }]) => format === "folder")?.[0];
  const settings: Record<string, unknown> = {
    ...(folder === undefined || slugOf(name) === "" ? {} : { [folder]: slugOf(name) }),
    ...typed,
  };
  const add = useMutation({
    mutationFn: async () => {
      const supplier =
        added ?? (await api.post("/v1/suppliers", { body: { kind: chosen!.kind, name, role, settings } }));
      setAdded(supplier);
      await api.post("/v1/suppliers/{id}/accounts", {
        path: { id: supplier.id },
        body: { name: t("setUp.suppliers.main"), settings: { currency } },
      });
      return supplier;
    },
    onSuccess: async (supplier) => {
      notifications.show({ message: t("setUp.suppliers.added", { name: supplier.name }) });
      await refresh();
      await navigate({
        to: "/$workspace/suppliers/$supplier",
        params: { workspace: workspace.slug, supplier: supplier.id },
      });
    },
  });
  const faults = add.error instanceof SwitchyardProblem ? faultsOf(add.error.errors) : new Map<string, string>();
  return (
    <Modal opened onClose={onClose} size="lg" title={<Title order={2}>{t("setUp.suppliers.add")}</Title>}>
      {error !== null && <Trouble error={error} />}
      {schema === undefined ? (
        error === null && <Waiting lines={4} />
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            add.mutate();
          }}
        >
          <Stack gap="md">
            <TextInput
              label={t("setUp.name")}
              required
              data-autofocus
              disabled={added !== null}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Group grow align="flex-start">
              <Select
                label={t("setUp.kind")}
                data={connectors!.suppliers.map((each) => ({ value: each.kind, label: each.title }))}
                value={chosen!.kind}
                allowDeselect={false}
                onChange={(value) => {
                  setKind(value ?? kind);
                  setTyped({});
                }}
              />
              <Select
                label={t("setUp.suppliers.role")}
                data={[
                  { value: "supplier", label: t("setUp.suppliers.supplier") },
                  { value: "prep", label: t("setUp.suppliers.prep") },
                ]}
                value={role}
                allowDeselect={false}
                onChange={(value) => setRole(value === "prep" ? "prep" : "supplier")}
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
            <SchemaFields
              key={`${chosen!.kind} ${folder !== undefined && !(folder in typed) ? slugOf(name) : ""}`}
              schema={schema}
              values={{}}
              changes={settings}
              onChange={(setting, value) => setTyped({ ...typed, [setting]: value })}
              faults={faults}
              only={({ isRequired }) => isRequired}
            />
            {add.error !== null && faults.size === 0 && <Trouble error={add.error} />}
            <Group gap="sm">
              <Button type="submit" loading={add.isPending}>
                {t("setUp.suppliers.add")}
              </Button>
              <Button variant="subtle" color="gray" onClick={onClose}>
                {t("setUp.cancel")}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
