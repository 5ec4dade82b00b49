import { Alert, Button, Group, MultiSelect, Select, Stack, Switch, Text, Textarea, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "../i18n.ts";
import type { SwitchyardClient } from "#client";
import { proved } from "../app/act.ts";
import { SwitchyardProblem, type Schemas } from "../app/api.ts";
import { useHere, useRefresh } from "../app/session.tsx";
import { countryCodes } from "./countries.ts";
import { countryName } from "./format.ts";
import { Trouble, Waiting } from "./page.tsx";
import {
  faultsOf,
  fieldsOf,
  isEmptyAValue,
  shownIn,
  typedAs,
  type Field,
  type FormSchema,
  type Values,
} from "./schema-fields.ts";
import classes from "./schema-form.module.css";

type Settings = Schemas["Settings"];
/** Whose settings. */
export type SettingsOf = { of: "workspace" } | { of: "channel" | "supplier" | "account"; id: string };

const zones = Intl.supportedValuesOf("timeZone");
const currencies = Intl.supportedValuesOf("currency");

interface FieldProps {
  field: Field;
  value: unknown;
  onChange: (value: unknown) => void;
  fault: string | undefined;
  isReadOnly?: boolean;
}

/** One setting by its schema: the control that fits how it is typed, with its hint and what is wrong with it. */
export function SchemaField({ field, value, onChange, fault, isReadOnly = false }: FieldProps) {
  const { t } = useTranslation();
  const [text, setText] = useState(() => shownIn(field, value));
  const { kind, none, help } = field;
  const hint =
    none === null
      ? help
      : kind === "boolean" || kind === "choice"
        ? help
        : `${help} ${t(isEmptyAValue(field) ? "schema.noneByWord" : "schema.none", { none })}`;
  const base = {
    label: field.needsSecondFactor ? (
      <span className={classes["head"]}>
        {field.title}{" "}
        <Text component="span" size="xs" c="dimmed">
          {t("schema.secondFactor")}
        </Text>
      </span>
    ) : (
      field.title
    ),
    description: hint,
    error: fault === undefined ? undefined : t("trouble.expected", { expected: fault }),
    required: field.isRequired,
    disabled: isReadOnly,
  };
  const type = (typed: string): void => {
    setText(typed);
    onChange(typedAs(field, typed));
  };
  switch (kind) {
    case "boolean":
      return (
        <Switch {...base} checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} mt={4} />
      );
    case "choice":
      return (
        <Select
          {...base}
          data={field.choices.map((choice) => ({ value: choice, label: choiceText(choice) }))}
          value={value === undefined || value === null ? null : String(value as string)}
          allowDeselect={false}
          onChange={(chosen) => onChange(chosen)}
        />
      );
    case "zone":
      return (
        <Select
          {...base}
          searchable
          data={zones.includes("UTC") ? zones : ["UTC", ...zones]}
          value={value === undefined ? null : String(value as string)}
          allowDeselect={false}
          limit={50}
          onChange={(chosen) => onChange(chosen)}
        />
      );
    case "currency":
      return (
        <Select
          {...base}
          searchable
          data={currencies}
          value={value === undefined ? null : String(value as string)}
          allowDeselect={false}
          limit={50}
          onChange={(chosen) => onChange(chosen)}
        />
      );
    case "countries":
      return (
        <MultiSelect
          {...base}
          searchable
          clearable
          limit={50}
          data={countryCodes.map((code) => ({ value: code, label: countryName(code) }))}
          value={Array.isArray(value) ? (value as string[]) : []}
          placeholder={Array.isArray(value) && value.length > 0 ? "" : (none ?? "")}
          onChange={(chosen) => onChange(chosen.length === 0 ? null : chosen)}
        />
      );
    case "json":
      return (
        <Textarea
          {...base}
          autosize
          minRows={2}
          maxRows={10}
          spellCheck={false}
          value={text}
          onChange={(event) => type(event.currentTarget.value)}
        />
      );
    default:
      return (
        <TextInput
          {...base}
          placeholder={isEmptyAValue(field) ? "" : (none ?? (kind === "folder" ? t("schema.folder") : ""))}
          value={text}
          {...(kind === "decimal" || kind === "whole" || kind === "number" || kind === "money"
            ? { inputMode: "decimal" as const }
            : {})}
          onChange={(event) => type(event.currentTarget.value)}
        />
      );
  }
}

/** `by_hand` → "by hand"; a mark (`;`) as it is, the invisible tab by its name. */
const choiceText = (choice: string): string => (choice === "\t" ? "tab" : choice.replaceAll("_", " "));

interface SchemaFieldsProps {
  schema: FormSchema;
  values: Values;
  /** What was changed, by name; only that is sent. */
  changes: Values;
  onChange: (name: string, value: unknown) => void;
  faults: ReadonlyMap<string, string>;
  only?: (field: Field) => boolean;
  isReadOnly?: boolean;
}

/** All fields of a schema, or some of them. */
export function SchemaFields({ schema, values, changes, onChange, faults, only, isReadOnly }: SchemaFieldsProps) {
  return (
    <div className={classes["fields"]}>
      {fieldsOf(schema, { ...values, ...changes })
        .filter((field) => only?.(field) ?? true)
        .map((field) => (
          <div key={field.name} className={field.kind === "json" ? classes["wide"] : undefined}>
            <SchemaField
              field={field}
              value={field.name in changes ? changes[field.name] : (values[field.name] ?? field.usual)}
              onChange={(value) => onChange(field.name, value)}
              fault={faults.get(field.name)}
              {...(isReadOnly === undefined ? {} : { isReadOnly })}
            />
          </div>
        ))}
    </div>
  );
}

const read = (api: SwitchyardClient, whose: SettingsOf, signal?: AbortSignal): Promise<Settings> => {
  switch (whose.of) {
    case "workspace":
      return api.get("/v1/settings", { signal });
    case "channel":
      return api.get("/v1/channels/{id}/settings", { path: { id: whose.id }, signal });
    case "supplier":
      return api.get("/v1/suppliers/{id}/settings", { path: { id: whose.id }, signal });
    case "account":
      return api.get("/v1/accounts/{id}/settings", { path: { id: whose.id }, signal });
  }
};
const write = (api: SwitchyardClient, whose: SettingsOf, settings: Record<string, unknown>, etag: string) => {
  const sent = { body: { settings }, headers: { "if-match": etag } };
  switch (whose.of) {
    case "workspace":
      return api.put("/v1/settings", sent);
    case "channel":
      return api.put("/v1/channels/{id}/settings", { path: { id: whose.id }, ...sent });
    case "supplier":
      return api.put("/v1/suppliers/{id}/settings", { path: { id: whose.id }, ...sent });
    case "account":
      return api.put("/v1/accounts/{id}/settings", { path: { id: whose.id }, ...sent });
  }
};

export function useSettings(whose: SettingsOf) {
  const { api, workspace, may } = useHere();
  return useQuery({
    queryKey: settingsKey(workspace.slug, whose),
    queryFn: ({ signal }) => read(api, whose, signal),
    enabled: may("settings.read"),
    meta: { live: false },
  });
}

const settingsKey = (workspace: string, whose: SettingsOf) =>
  [workspace, "settings", whose.of, "id" in whose ? whose.id : ""] as const;

interface SettingsFormProps {
  whose: SettingsOf;
  only?: (field: Field) => boolean;
}

/** UI-60. The settings of one thing, as its schema draws them. Only what was changed is sent, and only over what was looked at. */
export function SettingsForm({ whose, only }: SettingsFormProps) {
  const { data, error, refetch } = useSettings(whose);
  if (error !== null && data === undefined) return <Trouble error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Waiting lines={6} />;
  return <Editing whose={whose} newestRead={data} {...(only === undefined ? {} : { only })} />;
}

function Editing({ whose, newestRead, only }: SettingsFormProps & { newestRead: Settings }) {
  const { t } = useTranslation();
  const { api, workspace, may, session } = useHere();
  const refresh = useRefresh();
  const queries = useQueryClient();
  const [changes, setChanges] = useState<Values>({});
  // What somebody edits is what they looked at: what is read meanwhile waits until nothing is edited.
  const [settings, setSettings] = useState(newestRead);
  const [round, setRound] = useState(0);
  if (settings.etag !== newestRead.etag && Object.keys(changes).length === 0) {
    setSettings(newestRead);
    setRound(round + 1);
  }
  const schema = settings.schema as unknown as FormSchema;
  const names = Object.keys(changes);
  const save = useMutation({
    mutationFn: (etag: string) => proved(() => write(api, whose, { ...changes }, etag)),
    onSuccess: async (saved) => {
      notifications.show({ message: t("schema.saved") });
      // What was saved is what the next change goes over: else one would be in one's own way until it is read again.
      queries.setQueryData(settingsKey(workspace.slug, whose), saved);
      setChanges({});
      await refresh();
    },
  });
  const newest = newestOf(save.error);
  const faults = save.error instanceof SwitchyardProblem ? faultsOf(save.error.errors) : new Map<string, string>();
  const fields = fieldsOf(schema, settings.settings);
  const limits = fields.filter((field) => field.needsSecondFactor && names.includes(field.name));
  const mayChange = may("settings.change");
  const set = (name: string, value: unknown): void => {
    const isAsBefore = JSON.stringify(value) === JSON.stringify(settings.settings[name]);
    setChanges(({ [name]: _before, ...others }) => (isAsBefore ? others : { ...others, [name]: value }));
  };
  const discard = (): void => {
    setChanges({});
    setRound(round + 1);
    save.reset();
    void refresh("settings");
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (names.length > 0 && !save.isPending) save.mutate(settings.etag);
      }}
    >
      <SchemaFields
        key={round}
        schema={schema}
        values={settings.settings}
        changes={changes}
        onChange={set}
        faults={faults}
        isReadOnly={!mayChange}
        {...(only === undefined ? {} : { only })}
      />
      {mayChange && <AddOpen schema={schema} onAdd={(name) => set(name, "")} />}
      {mayChange ? (
        <Stack gap="sm" className={classes["foot"]}>
          {newest !== null && (
            <Conflict
              changes={changes}
              newest={newest.settings}
              fields={fields}
              onMine={() => save.mutate(newest.etag)}
              onTheirs={discard}
            />
          )}
          {save.error !== null && newest === null && <Trouble error={save.error} />}
          {limits.length > 0 && session.user?.second_factor !== true && (
            <Text size="sm" c="dimmed">
              {t("schema.needsSecondFactor", { names: limits.map(({ title }) => title).join(", ") })}
            </Text>
          )}
          <Group gap="sm">
            <Button type="submit" loading={save.isPending} disabled={names.length === 0}>
              {names.length === 0 ? t("schema.unchanged") : t("schema.save", { count: names.length })}
            </Button>
            {names.length > 0 && (
              <Button variant="subtle" color="gray" onClick={discard}>
                {t("schema.discard")}
              </Button>
            )}
            <Text size="sm" c="dimmed">
              {t("schema.changed", { count: settings.changed.length })}
            </Text>
          </Group>
        </Stack>
      ) : (
        <Text size="sm" c="dimmed" mt="md">
          {t("schema.readOnly", { role: session.role ?? "" })}
        </Text>
      )}
    </form>
  );
}

/** A setting with a name of one's own, such as the rate of one more currency. */
function AddOpen({ schema, onAdd }: { schema: FormSchema; onAdd: (name: string) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  return Object.entries(schema.patternProperties).map(([pattern, { description }]) => {
    const group = /^\^(\w+)/.exec(pattern)?.[1] ?? "";
    const name = `${group}.${typed.trim()}`;
    const isName = new RegExp(pattern, "u").test(name);
    return (
      <Group key={pattern} gap="sm" align="flex-end" mt="md">
        <TextInput
          label={t("schema.open", { group })}
          description={typeof description === "string" ? description : undefined}
          placeholder="USD"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value.toUpperCase())}
        />
        <Button
          variant="default"
          disabled={!isName}
          onClick={() => {
            onAdd(name);
            setTyped("");
          }}
        >
          {t("schema.add")}
        </Button>
      </Group>
    );
  });
}

function newestOf(error: unknown): Pick<Settings, "settings" | "etag"> | null {
  if (!(error instanceof SwitchyardProblem) || error.code !== "version_changed") return null;
  const { current } = error.details as { current?: Pick<Settings, "settings" | "etag"> };
  return current ?? null;
}

/** Somebody saved meanwhile: theirs beside one's own, and nothing is lost before it is decided. */
function Conflict({
  changes,
  newest,
  fields,
  onMine,
  onTheirs,
}: {
  changes: Values;
  newest: Values;
  fields: readonly Field[];
  onMine: () => void;
  onTheirs: () => void;
}) {
  const { t } = useTranslation();
  const show = (field: Field, value: unknown): string => shownIn(field, value) || (field.none ?? "—");
  return (
    <Alert color="orange" variant="light" title={t("schema.conflict")} role="alert">
      <table className={classes["differences"]}>
        <thead>
          <tr>
            <th scope="col">{t("schema.setting")}</th>
            <th scope="col">{t("schema.yours")}</th>
            <th scope="col">{t("schema.newest")}</th>
          </tr>
        </thead>
        <tbody>
          {fields
            .filter(({ name }) => name in changes)
            .map((field) => (
              <tr key={field.name}>
                <th scope="row">{field.title}</th>
                <td>{show(field, changes[field.name])}</td>
                <td>{show(field, newest[field.name])}</td>
              </tr>
            ))}
        </tbody>
      </table>
      <Group gap="sm" mt="sm">
        <Button onClick={onMine}>{t("schema.takeMine")}</Button>
        <Button variant="default" onClick={onTheirs}>
          {t("schema.takeTheirs")}
        </Button>
      </Group>
    </Alert>
  );
}
