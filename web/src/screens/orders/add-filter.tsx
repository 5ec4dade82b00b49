import { Button, Popover, Stack } from "@mantine/core";
import { IconFilterPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { later } from "../../parts/later.tsx";
import classes from "./orders.module.css";
import { wordKeys, type Word, type WordKey } from "./words.ts";

const FilterValue = later(async () => (await import("./filter-value.tsx")).FilterValue);

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
          <FilterValue
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
