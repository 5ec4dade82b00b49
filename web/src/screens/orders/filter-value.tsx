import { Button, Group, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { useAddressFormats } from "../../parts/address-fields.tsx";
import { countryName } from "../../parts/format.ts";
import { useWordTitles } from "./word-titles.ts";
import type { WordKey } from "./words.ts";

/** What is asked of a key of the search: one of its values, or a word that is typed. */
export function FilterValue({ filter, onChosen }: { filter: WordKey; onChosen: (value: string) => void }) {
  const { t } = useTranslation();
  const { choices } = useWordTitles();
  const { data } = useAddressFormats();
  const [typed, setTyped] = useState("");
  const offered =
    filter === "country"
      ? (data?.formats ?? []).map(({ country }) => ({ value: country, label: countryName(country) }))
      : choices[filter];
  if (offered !== undefined)
    return (
      <Select
        label={t(`orders.key.${filter}`)}
        data={offered}
        searchable
        autoFocus
        defaultDropdownOpened
        comboboxProps={{ withinPortal: false }}
        nothingFoundMessage={t("orders.noValue")}
        onChange={(value) => {
          if (value !== null) onChosen(value);
        }}
      />
    );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (typed.trim() !== "") onChosen(typed.trim());
      }}
    >
      <Group gap="sm" align="flex-end" wrap="nowrap">
        <TextInput
          label={t(`orders.key.${filter}`)}
          autoFocus
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Button type="submit">{t("orders.add")}</Button>
      </Group>
    </form>
  );
}
