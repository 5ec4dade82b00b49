import { MultiSelect, Select, Stack, Text } from "@mantine/core";
import { useTranslation } from "../../i18n.ts";
import type { Schemas } from "../../app/api.ts";
import { useHere } from "../../app/session.tsx";
import { StateBadge, type Tone } from "../../parts/badges.tsx";
import { useSuppliers } from "../../parts/resolve/set-up.ts";

export type Role = Schemas["Member"]["role"];
const tones: Readonly<Record<Role, Tone>> = {
  owner: "violet",
  admin: "blue",
  staff: "grey",
  viewer: "grey",
  operator: "teal",
  prep: "amber",
  supplier: "amber",
};
const roles = Object.keys(tones) as Role[];

/** What somebody may do here, in a word; what that means on hover. */
export function RoleBadge({ role }: { role: Role }) {
  const { t } = useTranslation();
  return (
    <StateBadge tone={tones[role]} hint={t(`roles.${role}.about`)}>
      {t(`roles.${role}.name`)}
    </StateBadge>
  );
}

/** Whose work somebody sees: certain suppliers' or everybody's. */
export function WorksFor({ role, suppliers }: { role: Role; suppliers: readonly { name: string }[] }) {
  const { t } = useTranslation();
  return isDesk(role) ? (
    <>{suppliers.map(({ name }) => name).join(", ")}</>
  ) : (
    <span className="dim">{t("team.all")}</span>
  );
}

export const isDesk = (role: Role): role is "prep" | "supplier" => role === "prep" || role === "supplier";

/** A role and, where it is one for certain suppliers, which. */
export interface Duty {
  role: Role;
  suppliers: readonly string[];
}

interface DutyFieldsProps {
  value: Duty;
  onChange: (duty: Duty) => void;
  /** Roles that nobody here can give; absent: owners only by an owner. */
  without?: readonly Role[];
}

export function DutyFields({ value: { role, suppliers }, onChange, without }: DutyFieldsProps) {
  const { t } = useTranslation();
  const { may } = useHere();
  const known = useSuppliers();
  const hidden = without ?? (may("owners.change") || role === "owner" ? [] : ["owner" as const]);
  const choices = (known ?? [])
    .filter((each) => each.role === role)
    .map(({ id, name }) => ({ value: id, label: name }));
  return (
    <Stack gap="md">
      <Select
        label={t("team.role")}
        description={t(`roles.${role}.about`)}
        allowDeselect={false}
        data={roles
          .filter((each) => !hidden.includes(each))
          .map((each) => ({ value: each, label: t(`roles.${each}.name`) }))}
        renderOption={({ option }) => (
          <Stack gap={0}>
            <Text size="sm">{option.label}</Text>
            <Text size="xs" c="dimmed">
              {t(`roles.${option.value as Role}.about`)}
            </Text>
          </Stack>
        )}
        maxDropdownHeight={380}
        value={role}
        onChange={(next) => onChange({ role: (next ?? role) as Role, suppliers: [] })}
      />
      {isDesk(role) && (
        <MultiSelect
          label={t("team.suppliers")}
          description={t("team.suppliersHint")}
          data={choices}
          value={[...suppliers]}
          onChange={(next) => onChange({ role, suppliers: next })}
          required={suppliers.length === 0}
          error={known !== undefined && choices.length === 0 ? t("team.noneOfKind") : undefined}
          searchable
        />
      )}
    </Stack>
  );
}
