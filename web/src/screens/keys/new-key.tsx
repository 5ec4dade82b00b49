import {
  Button,
  Checkbox,
  Group,
  Modal,
  ScrollArea,
  Select,
  Stack,
  Switch,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import type { Answer } from "#client";
import { useAct } from "../../app/act.ts";
import { useHere } from "../../app/session.tsx";
import { OnceShown } from "../../parts/once-shown.tsx";
import { Copyable } from "../../parts/copyable.tsx";
import { Trouble } from "../../parts/page.tsx";
import { DutyFields, type Duty } from "../team/role.tsx";

type Catalogue = Answer<"get", "/v1/keys">;
type Scope = Catalogue["scopes"][number]["code"];

const dayMs = 86_400_000;
const lifetimes = ["30", "90", "365", "never"] as const;
type Lifetime = (typeof lifetimes)[number];

/** A key is made, and shown this once. */
export function NewKey({ catalogue, onClose }: { catalogue: Catalogue; onClose: () => void }) {
  const { t } = useTranslation();
  const { api } = useHere();
  const [name, setName] = useState("");
  const [duty, setDuty] = useState<Duty>({ role: "staff", suppliers: [] });
  const [scopes, setScopes] = useState<readonly Scope[] | null>(null);
  const [lifetime, setLifetime] = useState<Lifetime>("365");
  const make = useAct(
    () =>
      api.post("/v1/keys", {
        body: {
          name: name.trim(),
          role: duty.role,
          suppliers: [...duty.suppliers],
          scopes: scopes === null ? null : [...scopes],
          expires_at: lifetime === "never" ? null : new Date(Date.now() + Number(lifetime) * dayMs).toISOString(),
        },
      }),
    { refresh: ["keys"] },
  );
  const made = make.data;
  return (
    <Modal opened onClose={onClose} size="lg" title={<Title order={2}>{t("apiKeys.makeTitle")}</Title>}>
      {made === undefined ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            make.mutate();
          }}
        >
          <Stack gap="md">
            <TextInput
              label={t("apiKeys.name")}
              description={t("apiKeys.nameHint")}
              required
              maxLength={200}
              data-autofocus
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <DutyFields
              value={duty}
              onChange={(next) => {
                setDuty(next);
                if (scopes !== null) setScopes([]);
              }}
            />
            <Switch
              label={t("apiKeys.only")}
              description={t("apiKeys.onlyHint")}
              checked={scopes !== null}
              onChange={(event) => setScopes(event.currentTarget.checked ? [] : null)}
            />
            {scopes !== null && (
              <ScopePicker
                scopes={catalogue.scopes.filter(({ code }) => catalogue.roles[duty.role]?.includes(code))}
                value={scopes}
                onChange={setScopes}
              />
            )}
            <Select
              label={t("apiKeys.lasts")}
              allowDeselect={false}
              maw={240}
              data={lifetimes.map((each) => ({ value: each, label: t(`apiKeys.lastsFor.${each}`) }))}
              value={lifetime}
              onChange={(next) => setLifetime((next ?? "365") as Lifetime)}
            />
            {make.error !== null && <Trouble error={make.error} />}
            <Group justify="flex-end" gap="sm">
              <Button variant="default" onClick={onClose}>
                {t("prove.leave")}
              </Button>
              <Button type="submit" loading={make.isPending} disabled={scopes?.length === 0}>
                {t("apiKeys.submit")}
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <Stack gap="md">
          {made.key === null ? (
            <Text role="alert">{t("apiKeys.again")}</Text>
          ) : (
            <>
              <OnceShown title={t("apiKeys.shownTitle", { name: made.name })} value={made.key} what={t("apiKeys.what")}>
                {t("apiKeys.shownAbout")}
              </OnceShown>
              <div>
                <Text size="sm" fw={500}>
                  {t("apiKeys.try")}
                </Text>
                <Copyable value={trial(made.key)} label={t("apiKeys.tryWhat")}>
                  <code className="mono">{trial("$SWITCHYARD_KEY")}</code>
                </Copyable>
              </div>
            </>
          )}
          <Group justify="flex-end">
            <Button onClick={onClose}>{t("apiKeys.done")}</Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}

const trial = (key: string): string => `curl -H "Authorization: Bearer ${key}" ${location.origin}/v1/session`;

interface ScopePickerProps {
  scopes: Catalogue["scopes"];
  value: readonly Scope[];
  onChange: (scopes: readonly Scope[]) => void;
}
function ScopePicker({ scopes, value, onChange }: ScopePickerProps) {
  const { t } = useTranslation();
  return (
    <Checkbox.Group
      label={t("apiKeys.pick")}
      description={t("apiKeys.pickHint")}
      value={[...value]}
      onChange={(next) => onChange(next as Scope[])}
    >
      <ScrollArea.Autosize mah={240} mt="xs" type="auto" offsetScrollbars>
        <Stack gap="sm">
          {scopes.map(({ code, allows }) => (
            <Checkbox
              key={code}
              value={code}
              label={
                <>
                  {allows} <span className="mono dim">{code}</span>
                </>
              }
            />
          ))}
        </Stack>
      </ScrollArea.Autosize>
    </Checkbox.Group>
  );
}
