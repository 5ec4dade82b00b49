import { ActionIcon, Anchor, Checkbox, Popover, Stack, Tooltip } from "@mantine/core";
import { IconColumns3 } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { usePageActions } from "../../app/page-actions.ts";
import { useHere } from "../../app/session.tsx";
import { allColumns, areSame, moneyColumns, toggled, usualColumns, type OrderColumn } from "./chosen-columns.ts";

/** Which columns the list shows: of this view, once it is saved. */
export function ChooseColumns({
  columns,
  onChange,
}: {
  columns: readonly OrderColumn[];
  onChange: (columns: readonly OrderColumn[]) => void;
}) {
  const { t } = useTranslation();
  const { may } = useHere();
  const [isOpen, setOpen] = useState(false);
  const mine = (all: readonly OrderColumn[]): OrderColumn[] =>
    all.filter((each) => may("money.read") || !moneyColumns.has(each));
  usePageActions([{ id: "columns", label: t("orders.columns"), run: () => setOpen(true) }]);
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-end" shadow="md" trapFocus returnFocus width={200}>
      <Popover.Target>
        <Tooltip label={t("orders.columns")}>
          <ActionIcon
            variant="default"
            size={30}
            visibleFrom="xs"
            aria-label={t("orders.columns")}
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            <IconColumns3 size={15} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("orders.columns")}>
        <Stack gap={8}>
          {mine(allColumns).map((column) => (
            <Checkbox
              key={column}
              label={column === "country" ? t("orders.key.country") : t(`orders.column.${column}`)}
              checked={columns.includes(column)}
              onChange={() => onChange(toggled(columns, column))}
            />
          ))}
          {!areSame(columns, mine(usualColumns)) && (
            <Anchor component="button" type="button" size="sm" ta="left" onClick={() => onChange(usualColumns)}>
              {t("orders.columnsUsual")}
            </Anchor>
          )}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
