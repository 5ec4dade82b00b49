import { Button, Group, Popover, Select, Stack, TextInput } from "@mantine/core";
import { IconFilterPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { useAddressFormats } from "../../parts/address-fields.tsx";
import { countryName } from "../../parts/format.ts";

import classes from "./orders.module.css";
import { useWordTitles } from "./word-titles.ts";
import { wordKeys, type Word, type WordKey } from "./words.ts";

/** Every key of the search and its values, for whoever does not know the words. */
export function AddFilter({ onAdd }: { onAdd: (word: Word) => void }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const [key, setKey] = useState<WordKey | null>(null);
  const close = (): void => {
    setOpen(false);
    setKey(null);
  };
  return (
    <Popover
      opened={isOpen}
      onChange={(next) => (next ? setOpen(true) : close())}
      position="bottom-start"
      shadow="md"
      trapFocus
      returnFocus
      width={key === null ? 180 : 260}
    >
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<IconFilterPlus size={14} />}
          onClick={() => (isOpen ? close() : setOpen(true))}
        >
          {t("orders.addFilter")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={6}>
        {key === null ? (
          <Stack gap={0}>
            {wordKeys.map((each) => (
              <button key={each} type="button" className={classes["choice"]} onClick={() => setKey(each)}>
                {t(`orders.key.${each}`)}
              </button>
            ))}
          </Stack>
        ) : (
          <Value
            filter={key}
            onChosen={(value) => {
              onAdd({ key, value });
              close();
            }}
          />
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

function Value({ filter, onChosen }: { filter: WordKey; onChosen: (value: string) => void }) {
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
        data-autofocus
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
          data-autofocus
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Button type="submit">{t("orders.add")}</Button>
      </Group>
    </form>
  );
}
