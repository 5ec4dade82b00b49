import { ActionIcon, Popover, Text } from "@mantine/core";
import { IconHelp } from "@tabler/icons-react";
import { useTranslation } from "../i18n.ts";

/** What a word means here, one click away from it. */
export function Help({ about, children }: { about: string; children: string }) {
  const { t } = useTranslation();
  return (
    <Popover width={320} position="bottom-start" shadow="md" withArrow>
      <Popover.Target>
        <ActionIcon size="sm" aria-label={t("help.what", { about })}>
          <IconHelp size={15} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <Text size="sm">{children}</Text>
      </Popover.Dropdown>
    </Popover>
  );
}
